#include "config/productivity_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/spelling.h"
#include "config/document.h"
#include "config/read_table.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

using productivity::CapitalColumns;
using productivity::InitialStockRule;
using productivity::Model;
using productivity::Orientation;
using productivity::Reference;
using productivity::Returns;
using productivity::Specification;

constexpr const char* computed_input = "capital";

class Reader {
 public:
  Reader(SpecMap& root, ProductivityTask& task) : root_(root), task_(task), spec_(task.specification) {}

  void read() {
    for (const std::string& name : task_.table.names()) columns_.push_back(name);
    read_panel();
    read_capital();
    read_variables();
    read_measure();
    read_options();
    root_.finish();
  }

 private:
  /// A column of the data; a name that is none is a fault at its place.
  std::string column(SpecMap& map, std::string_view key) {
    const std::string name = map.text(key).value_or("");
    if (!name.empty()) require_column(map, key, name);
    return name;
  }

  void require_column(SpecMap& map, std::string_view key, const std::string& name) {
    // Data that could not be read have no columns, and were reported.
    if (columns_.empty() || std::find(columns_.begin(), columns_.end(), name) != columns_.end()) return;
    map.fault(key, fmt::format("no column '{}' in the data{}", name, did_you_mean(name, columns_)));
  }

  void read_panel() {
    const Node* node = root_.node("panel");
    if (node == nullptr)
      return root_.fault("panel", "missing key; expected panel: {entity: COLUMN, time: COLUMN}, time optional");
    SpecMap panel = root_.below("panel");
    spec_.entity = panel.required_text("entity");
    if (!spec_.entity.empty()) require_column(panel, "entity", spec_.entity);
    spec_.time = column(panel, "time");
    static_cast<void>(panel.texts("coordinates"));  // of other commands; a panel may be written once for all
    panel.finish();
  }

  void read_capital() {
    const Node* node = root_.node("capital");
    if (node == nullptr) return;
    SpecMap map = root_.below("capital");
    CapitalColumns capital;
    capital.investment = map.required_text("investment");
    if (!capital.investment.empty()) require_column(map, "investment", capital.investment);
    capital.deflator = column(map, "deflator");
    capital.depreciation = map.number("depreciation").value_or(capital.depreciation);
    if (const Node* initial = map.node("initial")) read_initial(map, *initial, capital);
    map.finish();
    if (spec_.time.empty()) root_.fault("capital", "needs panel.time");
    spec_.capital = std::move(capital);
  }

  void read_initial(SpecMap& map, const Node& node, CapitalColumns& capital) {
    constexpr const char* allowed = "expected growth, {growth: RATE}, {ratio: NUMBER} or {column: COLUMN}";
    if (node.kind == NodeKind::scalar && node.text == "growth") return;
    if (node.kind != NodeKind::map) return map.fault("initial", fmt::format("{}, found {}", allowed, found_text(node)));
    if (node.entries.size() != 1)
      return map.fault("initial", fmt::format("{}, found {} keys", allowed, node.entries.size()));
    SpecMap initial = map.below("initial");
    if (const auto growth = initial.number("growth")) {
      capital.initial = InitialStockRule::given_growth;
      capital.initial_value = *growth;
    }
    if (const auto ratio = initial.number("ratio")) {
      capital.initial = InitialStockRule::ratio;
      capital.initial_value = *ratio;
    }
    if (initial.has("column")) {
      capital.initial = InitialStockRule::column;
      capital.initial_column = column(initial, "column");
    }
    initial.finish();
  }

  void read_variables() {
    spec_.inputs = variables("inputs");
    spec_.outputs = variables("outputs");
    if (spec_.inputs.empty() != spec_.outputs.empty())
      root_.fault(spec_.inputs.empty() ? "outputs" : "inputs",
                  "inputs and outputs belong together: one of them is missing");
    if (spec_.inputs.empty() && spec_.outputs.empty() && !spec_.capital)
      root_.fault("inputs", "nothing to compute: give inputs and outputs, or capital");
    for (std::size_t k = 0; k < spec_.outputs.size(); ++k) {
      if (std::find(spec_.inputs.begin(), spec_.inputs.end(), spec_.outputs[k]) != spec_.inputs.end())
        root_.fault("outputs", fmt::format("'{}' is an input, too", spec_.outputs[k]));
    }
  }

  std::vector<std::string> variables(std::string_view key) {
    std::vector<std::string> names = root_.texts(key);
    for (std::size_t k = 0; k < names.size(); ++k) {
      if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(k), names[k]) !=
          names.begin() + static_cast<std::ptrdiff_t>(k))
        root_.fault(key, fmt::format("'{}' comes twice", names[k]));
      if (!(names[k] == computed_input && spec_.capital)) require_column(root_, key, names[k]);
    }
    return names;
  }

  void read_measure() {
    if (root_.word("model").value_or("radial") == "sbm") spec_.model = Model::slack_based;
    const bool radial = spec_.model == Model::radial;
    const auto orientation = root_.word("orientation");
    spec_.orientation = radial ? Orientation::output : Orientation::none;
    if (orientation) {
      spec_.orientation = *orientation == "input"
                              ? Orientation::input
                              : (*orientation == "output" ? Orientation::output : Orientation::none);
      if (radial && spec_.orientation == Orientation::none)
        root_.fault("orientation",
                    "a radial measure changes inputs or outputs: input or output; none is for model: sbm");
    }
    if (root_.has("returns")) {
      spec_.returns.clear();
      const std::vector<std::string>& allowed = root_.row("returns").words;
      for (const std::string& word : root_.texts("returns")) {
        const auto found = std::find(allowed.begin(), allowed.end(), word);
        if (found == allowed.end()) {
          root_.fault("returns", fmt::format("unknown returns '{}'; allowed: {}", word, fmt::join(allowed, ", ")));
          continue;
        }
        const auto returns = static_cast<Returns>(found - allowed.begin());
        if (std::find(spec_.returns.begin(), spec_.returns.end(), returns) == spec_.returns.end())
          spec_.returns.push_back(returns);
      }
      if (spec_.returns.empty() && root_.faults().empty()) root_.fault("returns", "an empty list");
    }
    const std::string reference = root_.word("reference").value_or("contemporaneous");
    spec_.reference = reference == "pooled"       ? Reference::pooled
                      : reference == "sequential" ? Reference::sequential
                      : reference == "global"     ? Reference::global
                                                  : Reference::contemporaneous;
    spec_.base_year = root_.integer("base_year");
    if (spec_.base_year && spec_.time.empty()) root_.fault("base_year", "needs panel.time");
  }

  void read_options() {
    spec_.super_efficiency = root_.boolean("super_efficiency").value_or(false);
    spec_.slacks = root_.boolean("slacks").value_or(false);
    if (root_.has("bootstrap")) {
      SpecMap map = root_.below("bootstrap");
      productivity::BootstrapOptions options;
      options.replications = static_cast<int>(map.integer("replications").value_or(options.replications));
      options.level = map.number("level").value_or(options.level);
      options.seed = static_cast<std::uint64_t>(map.integer("seed").value_or(1));
      options.bandwidth = map.number("bandwidth").value_or(options.bandwidth);
      map.finish();
      spec_.bootstrap = options;
    }
    if (spec_.model == Model::radial) return;
    if (spec_.super_efficiency) root_.fault("super_efficiency", "is of the radial measure; not with model: sbm");
    if (spec_.bootstrap) root_.fault("bootstrap", "is of the radial measure; not with model: sbm");
  }

  SpecMap& root_;
  ProductivityTask& task_;
  Specification& spec_;
  std::vector<std::string> columns_;
};

void read_data(SpecMap& root, const std::optional<std::filesystem::path>& instead, ProductivityTask& task) {
  const auto named = root.text("data");
  if (instead) {
    task.data = instead->string();
    task.table = read_table(*instead, root.faults());
    return;
  }
  if (!named) {
    if (!root.has("data")) root.fault("data", "missing key; or name the data with --data");
    return;
  }
  const Place place = root.node("data")->place;
  const NamedAt at{place, "data"};
  const std::filesystem::path file(*named);
  const bool as_it_is = *named == "-" || file.is_absolute() || !place.source;
  const std::filesystem::path path = as_it_is ? file : place.source->folder / file;
  task.data = path.string();
  task.table = read_table(path, root.faults(), &at);
}

}  // namespace

ProductivityTask read_productivity_task(const std::filesystem::path& file,
                                        const std::optional<std::filesystem::path>& data, Faults& faults) {
  ProductivityTask task;
  const Document document = read_document(file, {}, faults);
  if (!document.complete) return task;
  SpecMap root(document.root, "", spec_keys(FileKind::productivity), faults);
  if (document.root.kind != NodeKind::map) return task;
  read_data(root, data, task);
  Reader(root, task).read();
  return task;
}

}  // namespace pericore::config

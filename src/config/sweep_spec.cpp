#include "config/sweep_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/parameters.h"
#include "config/read_table.h"
#include "config/settings.h"
#include "config/spec_map.h"

namespace pericore::config {

Node scalar_node(std::string text, const Place& place) {
  Node node;
  node.kind = NodeKind::scalar;
  node.place = place;
  node.text = std::move(text);
  return node;
}

std::string shortest(double value) { return fmt::format("{}", value); }

namespace {

namespace fs = std::filesystem;

constexpr double any = 1e300;
constexpr long most_points = 4294967295;
constexpr long most_seed = 9007199254740992;

const std::vector<std::string> design_names = {
    "grid", "list", "latin_hypercube", "sobol", "monte_carlo", "morris", "radial_morris", "saltelli", "one_at_a_time"};

fs::path beside(const Place& place, const std::string& name) {
  const fs::path file(name);
  return file.is_absolute() || !place.source ? file : (place.source->folder / file).lexically_normal();
}

/// The last key of a path that says something: `policies[0].size.production_subsidy` gives production_subsidy.
std::string default_name(const std::string& key) {
  const std::vector<Step> steps = parse_key_path(key);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (!step->index) return step->key;
  }
  return key;
}

bool fits_coordinate(const std::string& name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

/// Names that results give a meaning of their own.
const std::vector<std::string> taken_names = {"run",  "point",  "seed",   "status", "error",
                                              "year", "region", "sector", "factor"};

class Reader {
 public:
  Reader(SpecMap& root, SweepSpec& spec) : root_(root), spec_(spec) {}

  void read() {
    spec_.title = root_.text("title").value_or("");
    read_scenario();
    read_parameters();
    read_design();
    read_seeds();
    read_output();
    read_limits();
    spec_.runs_per_part = static_cast<int>(root_.integer("runs_per_part", 1, 100000).value_or(0));
    if (const Node* slurm = root_.node("slurm")) spec_.slurm = read_slurm_spec(*slurm, root_.faults());
    root_.finish();
    if (root_.faults().empty()) hold_against_scenario();
  }

 private:
  void read_scenario() {
    const std::string name = root_.required_text("scenario");
    if (name.empty()) return;
    const Node* node = root_.node("scenario");
    spec_.scenario = beside(node->place, name);
    std::error_code ignored;
    if (!fs::is_regular_file(spec_.scenario, ignored))
      return root_.fault("scenario", fmt::format("cannot open {}", spec_.scenario.string()));
    scenario_ = read_document(spec_.scenario, {}, root_.faults());
  }

  void read_parameters() {
    const Node* node = root_.node("parameters");
    if (node == nullptr)
      return root_.fault("parameters", "missing key; expected a list of {key: KEY.PATH, range: [LOW, HIGH]}");
    if (node->kind != NodeKind::list)
      return root_.fault("parameters", "expected a list of maps, found " + found_text(*node));
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      SpecMap map(node->items[i], join_index("parameters", i), root_.faults());
      if (node->items[i].kind == NodeKind::map) spec_.parameters.push_back(read_parameter(map));
    }
    if (node->items.empty()) root_.fault("parameters", "an empty list");
  }

  SweepParameter read_parameter(SpecMap& map) {
    SweepParameter parameter;
    parameter.place = map.self().place;
    if (map.has("key") == map.has("keys"))
      map.faults().add(map.self().place, map.path("key"), "expected either key, or keys that take the same value");
    parameter.keys = map.texts(map.has("keys") ? "keys" : "key");
    static_cast<void>(map.has("keys"));
    parameter.relative = map.boolean("relative").value_or(false);
    for (const std::string& key : parameter.keys) read_key(map, key, parameter);
    parameter.name = map.text("name").value_or(parameter.keys.empty() ? "" : default_name(parameter.keys.front()));
    check_name(map, parameter.name);
    parameter.levels = static_cast<std::uint64_t>(map.integer("levels", 1, 1000000).value_or(0));
    read_values(map, parameter);
    map.finish();
    return parameter;
  }

  void read_key(SpecMap& map, const std::string& key, SweepParameter& parameter) {
    const std::string where = map.has("keys") ? "keys" : "key";
    const std::vector<Step> steps = parse_key_path(key);
    if (steps.empty()) return map.fault(where, fmt::format("'{}' is not a key path", key));
    if (key == "seed") return map.fault(where, "seeds of the runs are given by `seeds:`");
    const Parameter* row = find_parameter(steps);
    if (row == nullptr) return;  // said when held against the scenario, with the nearest spelling
    if (parameter.unit.empty()) parameter.unit = parameter.relative || row->unit.empty() ? "1" : std::string(row->unit);
    if (parameter.definition.empty()) parameter.definition = std::string(row->definition);
    parameter.own.push_back(own_value(*row, key));
    if (parameter.relative && parameter.own.back().empty())
      map.fault(where, fmt::format("relative: the scenario has no number at '{}' to multiply", key));
  }

  /// Number of the scenario at a key, or its default.
  [[nodiscard]] std::string own_value(const Parameter& row, const std::string& key) const {
    if (!(row.type & (types::number | types::integer))) return {};
    Faults none;
    try {
      const Settings settings(scenario_, none);
      return row.type & types::number ? shortest(settings.number(key)) : std::to_string(settings.integer(key));
    } catch (const std::exception&) {
      return {};  // neither a number nor a default
    }
  }

  void check_name(SpecMap& map, const std::string& name) {
    const std::string at = map.has("name") ? "name" : "key";
    if (!fits_coordinate(name))
      return map.fault(
          at, fmt::format("'{}' cannot name a coordinate: letters, digits and _, a letter first; give a name", name));
    if (std::find(taken_names.begin(), taken_names.end(), name) != taken_names.end())
      return map.fault(at, fmt::format("'{}' has a meaning of its own in results; give another name", name));
    for (const SweepParameter& other : spec_.parameters) {
      if (other.name == name)
        return map.fault(at, fmt::format("a second parameter called '{}'; give each a name", name));
    }
  }

  void read_values(SpecMap& map, SweepParameter& parameter) {
    const int forms = (map.has("range") ? 1 : 0) + (map.has("values") ? 1 : 0) + (map.has("distribution") ? 1 : 0);
    if (forms > 1) return map.fault("values", "give one of range, values and distribution");
    if (map.has("range")) return read_range(map, parameter);
    if (map.has("values")) return read_listed_values(map, parameter);
    if (map.has("distribution")) return read_distribution(map, parameter);
    ranges_missing_.push_back({map.self().place, map.path("range")});
  }

  void read_range(SpecMap& map, SweepParameter& parameter) {
    const Node& node = *map.node("range");
    if (node.kind != NodeKind::list || node.items.size() != 2)
      return map.fault("range", "expected [LOW, HIGH], found " + found_text(node));
    const auto low = spec_number(node.items[0], map.path("range"), map.faults());
    const auto high = spec_number(node.items[1], map.path("range"), map.faults());
    const std::string scale = map.word("scale", {"linear", "log", "integer"}).value_or("linear");
    if (!low || !high) return;
    if (scale == "integer") {
      if (std::nearbyint(*low) != *low || std::nearbyint(*high) != *high)
        return map.fault("range", "scale: integer takes whole numbers");
      parameter.scale = design::Integer{static_cast<std::int64_t>(*low), static_cast<std::int64_t>(*high)};
      parameter.integer = true;
    } else if (scale == "log") {
      parameter.scale = design::Log{*low, *high};
    } else {
      parameter.scale = design::Linear{*low, *high};
    }
    check_scale(map, "range", parameter.scale);
  }

  static void check_scale(SpecMap& map, std::string_view key, const design::Scale& scale) {
    if (const std::string fault = design::fault_of(scale); !fault.empty()) map.fault(key, fault);
  }

  void read_listed_values(SpecMap& map, SweepParameter& parameter) {
    const Node& node = *map.node("values");
    if (node.kind == NodeKind::map) {
      for (const Entry& entry : node.entries) {
        parameter.labels.push_back(entry.key);
        parameter.values.push_back(entry.value);
      }
      parameter.numeric = false;
    } else if (node.kind == NodeKind::list) {
      for (const Node& item : node.items) {
        if (item.kind != NodeKind::scalar) {
          map.fault_at(item, map.path("values"),
                       "expected a number or word; lists and maps are given names: values: {NAME: VALUE, ...}");
          continue;
        }
        parameter.labels.push_back(item.text);
        parameter.values.push_back(item);
        parameter.numeric = parameter.numeric && !item.quoted && panel::parse_number(item.text).has_value();
      }
    }
    if (parameter.values.empty()) return map.fault("values", "expected a list of values or a map of names to values");
    if (map.has("scale")) map.fault("scale", "belongs to range");
    if (map.has("levels")) map.fault("levels", "belongs to range; listed values are the levels");
    if (parameter.relative && !parameter.numeric) map.fault("relative", "needs numbers to multiply by");
    for (std::size_t i = 0; i < parameter.labels.size(); ++i) {
      if (std::find(parameter.labels.begin(), parameter.labels.begin() + static_cast<std::ptrdiff_t>(i),
                    parameter.labels[i]) != parameter.labels.begin() + static_cast<std::ptrdiff_t>(i))
        map.fault("values", fmt::format("'{}' comes twice", parameter.labels[i]));
    }
    parameter.scale = design::Choice{parameter.values.size()};
    parameter.levels = parameter.values.size();
  }

  void read_distribution(SpecMap& map, SweepParameter& parameter) {
    const Node& node = *map.node("distribution");
    constexpr const char* allowed =
        "expected {normal: {mean: M, sd: S}}, {lognormal: {log_mean: M, log_sd: S}} or {triangular: {low: L, mode: M, "
        "high: H}}";
    if (node.kind != NodeKind::map || node.entries.size() != 1) return map.fault("distribution", allowed);
    SpecMap form(node, map.path("distribution"), map.faults());
    const auto numbers = [&](const char* name, const auto& read) {
      const Node* body = form.node(name);
      if (body == nullptr) return;
      SpecMap inner(*body, form.path(name), map.faults());
      read(inner);
      inner.finish();
    };
    const auto needed = [&](SpecMap& inner, const char* key) {
      if (!inner.has(key)) inner.fault(key, "missing key");
      return inner.number(key, -any, any).value_or(0.0);
    };
    numbers("normal", [&](SpecMap& inner) {
      design::Normal normal{.mean = needed(inner, "mean"), .standard_deviation = needed(inner, "sd")};
      normal.low = inner.number("low", -any, any).value_or(normal.low);
      normal.high = inner.number("high", -any, any).value_or(normal.high);
      parameter.scale = normal;
    });
    numbers("lognormal", [&](SpecMap& inner) {
      parameter.scale =
          design::Lognormal{.log_mean = needed(inner, "log_mean"), .log_standard_deviation = needed(inner, "log_sd")};
    });
    numbers("triangular", [&](SpecMap& inner) {
      parameter.scale =
          design::Triangular{.low = needed(inner, "low"), .mode = needed(inner, "mode"), .high = needed(inner, "high")};
    });
    form.finish();
    check_scale(map, "distribution", parameter.scale);
  }

  void read_design() {
    const Node* node = root_.node("design");
    if (node == nullptr)
      return root_.fault("design", fmt::format("missing key; one of {}", fmt::join(design_names, ", ")));
    if (node->kind == NodeKind::scalar) {
      Node map;
      map.kind = NodeKind::map;
      map.place = node->place;
      map.entries.push_back({"type", node->place, *node});
      SpecMap fields(map, "design", root_.faults());
      return read_design(fields);
    }
    SpecMap fields(*node, "design", root_.faults());
    if (node->kind == NodeKind::map) read_design(fields);
  }

  void read_design(SpecMap& map) {
    const std::string type = map.word("type", design_names).value_or("");
    if (!map.has("type")) map.fault("type", fmt::format("missing key; one of {}", fmt::join(design_names, ", ")));
    spec_.design_name = type;
    if (type == "list") {
      read_list(map);
    } else {
      for (const auto& [place, path] : ranges_missing_)
        root_.faults().add(place, path,
                           "missing key: range, values or distribution (only design: list brings its own values)");
    }
    const std::size_t count = spec_.parameters.size();
    const auto whole = [&](const char* key, long least, long fallback) {
      if (!map.has(key) && fallback < least) map.fault(key, "missing key");
      return static_cast<std::uint64_t>(map.integer(key, least, most_points).value_or(std::max(fallback, least)));
    };
    const auto seed = [&] { return static_cast<std::uint64_t>(map.integer("seed", 0, most_seed).value_or(1)); };
    if (type == "grid") spec_.design = design::FullFactorial{.levels = levels(map, false)};
    if (type == "one_at_a_time") spec_.design = OneAtATimeLevels{levels(map, true)};
    if (type == "latin_hypercube") {
      spec_.design = design::LatinHypercube{.runs = whole("points", 1, 0),
                                            .dimensions = count,
                                            .centred = map.boolean("centred").value_or(false),
                                            .seed = seed()};
    }
    if (type == "monte_carlo")
      spec_.design = design::MonteCarlo{.runs = whole("points", 1, 0), .dimensions = count, .seed = seed()};
    if (type == "sobol") {
      spec_.design = design::Sobol{.runs = whole("points", 1, 0),
                                   .dimensions = count,
                                   .seed = seed(),
                                   .skip = whole("skip", 0, 0),
                                   .scrambling = scrambling(map)};
    }
    if (type == "radial_morris") {
      spec_.design = design::RadialMorris{
          .blocks = whole("trajectories", 1, 0), .dimensions = count, .seed = seed(), .scrambling = scrambling(map)};
    }
    if (type == "morris" && count > 0) {
      const std::uint64_t p = whole("levels", 2, 4);
      if (p % 2 != 0) map.fault("levels", "must be even: only then is each level equally likely");
      spec_.design = design::Morris{
          .trajectories = whole("trajectories", 1, 0), .groups = groups(map), .levels = p + p % 2, .seed = seed()};
      refuse_unbounded(map);
    }
    if (type == "saltelli" && count > 0) {
      spec_.design = design::Saltelli{.base_points = whole("base_points", 1, 0),
                                      .groups = groups(map),
                                      .second_order = map.boolean("second_order").value_or(false),
                                      .seed = seed(),
                                      .skip = whole("skip", 0, 0),
                                      .scrambling = scrambling(map)};
    }
    map.finish();
  }

  /// Trajectories go from end to end of the unit interval, where these have no value.
  void refuse_unbounded(SpecMap& map) {
    for (const SweepParameter& parameter : spec_.parameters) {
      const auto* normal = std::get_if<design::Normal>(&parameter.scale);
      const bool endless = std::holds_alternative<design::Lognormal>(parameter.scale) ||
                           (normal != nullptr && (std::isinf(normal->low) || std::isinf(normal->high)));
      if (endless)
        map.fault("type", fmt::format("trajectories reach the ends of a range, and '{}' has none: give low and high",
                                      parameter.name));
    }
  }

  design::Scrambling scrambling(SpecMap& map) {
    const std::string word = map.word("scrambling", {"owen", "digital_shift", "none"}).value_or("owen");
    return word == "owen" ? design::Scrambling::owen
                          : (word == "none" ? design::Scrambling::none : design::Scrambling::digital_shift);
  }

  std::vector<std::uint64_t> levels(SpecMap& map, bool ends_by_default) {
    const long common = map.integer("levels", 1, 1000000).value_or(ends_by_default ? 2 : 0);
    std::vector<std::uint64_t> result;
    for (const SweepParameter& parameter : spec_.parameters) {
      result.push_back(parameter.levels > 0 ? parameter.levels : static_cast<std::uint64_t>(common));
      if (result.back() > 0) continue;
      map.faults().add(
          parameter.place, "levels",
          fmt::format("missing key: how many values '{}' takes (or design.levels for all)", parameter.name));
      result.back() = 1;
    }
    return result;
  }

  design::Groups groups(SpecMap& map) {
    const std::size_t count = spec_.parameters.size();
    const Node* node = map.node("groups");
    if (node == nullptr) return design::Groups(count);
    std::vector<std::string> names;
    for (const SweepParameter& parameter : spec_.parameters) names.push_back(parameter.name);
    std::vector<std::size_t> of(count, count);
    if (node->kind != NodeKind::list)
      map.fault("groups", "expected a list of lists of parameters, found " + found_text(*node));
    std::size_t group = 0;
    for (const Node& item : node->items) {
      if (item.kind != NodeKind::list || item.items.empty()) {
        map.fault_at(item, map.path("groups"), "expected a list of parameters, found " + found_text(item));
        continue;
      }
      for (const Node& member : item.items) {
        const auto found = std::find(names.begin(), names.end(), member.text);
        if (found == names.end()) {
          map.fault_at(member, map.path("groups"),
                       fmt::format("no parameter '{}'{}", member.text, did_you_mean(member.text, names)));
        } else if (auto& mine = of[static_cast<std::size_t>(found - names.begin())]; mine != count) {
          map.fault_at(member, map.path("groups"), fmt::format("'{}' is in two groups", member.text));
        } else {
          mine = group;
        }
      }
      ++group;
    }
    // Those in no group stand alone.
    for (std::size_t& mine : of) {
      if (mine == count) mine = group++;
    }
    return map.faults().empty() ? design::Groups(of) : design::Groups(count);
  }

  void read_list(SpecMap& map) {
    const std::string name = map.required_text("path");
    ListedPoints points;
    if (!name.empty()) {
      const NamedAt at{map.node("path")->place, "design.path"};
      const panel::Table table = read_table(beside(at.place, name), root_.faults(), &at);
      points.points = table.row_count();
      if (!table.names().empty()) take_columns(map, table, points);
    }
    spec_.design = std::move(points);
  }

  void take_columns(SpecMap& map, const panel::Table& table, ListedPoints& points) {
    std::vector<std::string> names;
    for (SweepParameter& parameter : spec_.parameters) {
      names.push_back(parameter.name);
      const panel::Column* column = table.find(parameter.name);
      if (column == nullptr) {
        map.fault("path", fmt::format("no column '{}'{}", parameter.name, did_you_mean(parameter.name, table.names())));
        continue;
      }
      std::vector<std::string> values;
      for (std::size_t row = 0; row < table.row_count(); ++row) {
        if (column->missing(row)) map.fault("path", fmt::format("row {} has no '{}'", row + 1, parameter.name));
        values.push_back(column->label(row));
      }
      parameter.numeric = !column->is_text;
      if (parameter.relative && column->is_text)
        map.fault("path", fmt::format("column '{}' must hold numbers", parameter.name));
      points.values.push_back(std::move(values));
    }
    for (const std::string& column : table.names()) {
      if (std::find(names.begin(), names.end(), column) == names.end())
        map.fault("path", fmt::format("column '{}' is no parameter{}", column, did_you_mean(column, names)));
    }
    if (table.row_count() == 0) map.fault("path", "the list has no rows");
  }

  void read_seeds() {
    const Node* node = root_.node("seeds");
    if (node == nullptr) return;
    if (node->kind == NodeKind::scalar) {
      spec_.seeds.resize(static_cast<std::size_t>(root_.integer("seeds", 1, 1000000).value_or(1)));
      std::iota(spec_.seeds.begin(), spec_.seeds.end(), 1);
      return;
    }
    for (const Node& item : node->items) {
      const auto value = spec_number(item, "seeds", root_.faults());
      if (!value) continue;
      if (*value < 0 || *value > 4294967295.0 || std::nearbyint(*value) != *value)
        root_.fault("seeds", fmt::format("{} is no seed: whole numbers from 0 to 4294967295", item.text));
      spec_.seeds.push_back(static_cast<std::int64_t>(*value));
      if (std::count(spec_.seeds.begin(), spec_.seeds.end(), spec_.seeds.back()) > 1)
        root_.fault("seeds", fmt::format("{} comes twice", item.text));
    }
    if (node->kind != NodeKind::list || node->items.empty())
      root_.fault("seeds", "expected how many, or a list of seeds");
  }

  void read_output() {
    const Node* node = root_.node("output");
    if (node == nullptr)
      return root_.fault("output", "missing key: what of each run is kept, {metrics: [...], variables: [...]}");
    SpecMap map(*node, "output", root_.faults());
    if (node->kind != NodeKind::map) return;
    spec_.variables = map.texts("variables");
    if (const Node* variables = map.node("variables")) spec_.variables_place = variables->place;
    if (const Node* metrics = map.node("metrics"))
      spec_.metrics = read_metrics(*metrics, "output.metrics", root_.faults());
    for (const PlacedMetric& metric : spec_.metrics) {
      const bool parameter = std::any_of(spec_.parameters.begin(), spec_.parameters.end(),
                                         [&](const SweepParameter& p) { return p.name == metric.metric.name; });
      const bool variable =
          std::find(spec_.variables.begin(), spec_.variables.end(), metric.metric.name) != spec_.variables.end();
      const bool taken = std::find(taken_names.begin(), taken_names.end(), metric.metric.name) != taken_names.end();
      if (parameter || variable || taken)
        root_.faults().add(metric.node.place, metric.path,
                           fmt::format("'{}' is the name of a {}; give the metric another", metric.metric.name,
                                       parameter ? "parameter" : (variable ? "variable that is kept" : "coordinate")));
    }
    if (spec_.variables.empty() && spec_.metrics.empty())
      root_.fault("output", "nothing to keep: name metrics or variables");
    map.finish();
  }

  void read_limits() {
    const Node* node = root_.node("limits");
    if (node == nullptr) return;
    SpecMap map(*node, "limits", root_.faults());
    spec_.seconds_per_run = map.number("seconds", 1e-3, 1e7).value_or(0.0);
    map.finish();
  }

  void hold_against_scenario() {
    // Each parameter by itself, at its ends or at all its values; what only a combination gets wrong fails its run.
    for (std::size_t p = 0; p < spec_.parameters.size(); ++p) {
      const SweepParameter& parameter = spec_.parameters[p];
      for (const Node& value : samples(p)) {
        Document changed = scenario_;
        for (std::size_t k = 0; k < parameter.keys.size(); ++k) {
          Node own = value;
          if (parameter.relative)
            own.text = shortest(panel::parse_number(value.text).value_or(1.0) *
                                panel::parse_number(parameter.own[k]).value_or(1.0));
          assign(changed, {parameter.keys[k], own}, root_.faults());
        }
        const Settings checked(std::move(changed), root_.faults());
      }
    }
  }

  [[nodiscard]] std::vector<Node> samples(std::size_t p) const {
    constexpr std::size_t most = 100;
    const SweepParameter& parameter = spec_.parameters[p];
    if (const auto* list = std::get_if<ListedPoints>(&spec_.design)) {
      std::vector<std::string> texts = list->values[p];
      std::sort(texts.begin(), texts.end());
      texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
      std::vector<Node> nodes;
      for (std::size_t i = 0; i < std::min(most, texts.size()); ++i)
        nodes.push_back(scalar_node(texts[i], parameter.place));
      return nodes;
    }
    if (!parameter.values.empty())
      return {parameter.values.begin(),
              parameter.values.begin() + static_cast<std::ptrdiff_t>(std::min(most, parameter.values.size()))};
    std::vector<Node> nodes;
    const bool prior = std::holds_alternative<design::Normal>(parameter.scale) ||
                       std::holds_alternative<design::Lognormal>(parameter.scale);
    for (const double u : {prior ? 0.001 : 0.0, prior ? 0.999 : 1.0})
      nodes.push_back(scalar_node(shortest(design::value_at(parameter.scale, u)), parameter.place));
    return nodes;
  }

  SpecMap& root_;
  SweepSpec& spec_;
  Document scenario_;
  std::vector<std::pair<Place, std::string>> ranges_missing_;
};

}  // namespace

SweepSpec read_sweep_spec(const std::filesystem::path& file, Faults& faults) {
  SweepSpec spec;
  const Document document = read_document(file, {}, faults);
  if (!document.complete) return spec;
  SpecMap root(document.root, "", faults);
  if (document.root.kind != NodeKind::map) return spec;
  Reader(root, spec).read();
  spec.source = document.sources.front()->text;
  Node counted = document.root;  // where runs are computed changes no result
  std::erase_if(counted.entries, [](const Entry& entry) { return entry.key == "slurm"; });
  spec.text = canonical_yaml(counted);
  if (const auto* list = std::get_if<ListedPoints>(&spec.design)) {
    for (std::size_t p = 0; p < list->values.size(); ++p)
      spec.text += fmt::format("{}: {}\n", spec.parameters[p].name, fmt::join(list->values[p], ", "));
  }
  return spec;
}

}  // namespace pericore::config

#include "config/sweep_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.h"
#include "base/files.h"
#include "base/spelling.h"
#include "config/parameters.h"
#include "config/read_table.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"
#include "config/sweep_check.h"
#include "config/sweep_design.h"
#include "config/sweep_parameters.h"

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

}  // namespace

Document read_sweep_scenario(SpecMap& root, SweepSpec& spec) {
  const std::string name = root.required_text("scenario");
  if (name.empty()) return {};
  spec.scenario = path_beside(root.node("scenario")->place, name);
  std::error_code ignored;
  if (fs::is_regular_file(spec.scenario, ignored)) return read_document(spec.scenario, {}, root.faults());
  root.fault("scenario", fmt::format("cannot open {}", spec.scenario.string()));
  return {};
}

void read_sweep_seeds(SpecMap& root, SweepSpec& spec) {
  const Node* node = root.node("seeds");
  if (node == nullptr) return;
  if (node->kind == NodeKind::scalar) {
    spec.seeds.resize(static_cast<std::size_t>(root.integer("seeds").value_or(1)));
    std::iota(spec.seeds.begin(), spec.seeds.end(), 1);
    return;
  }
  for (const Node& item : node->items) {
    const auto value = spec_number(item, "seeds", root.faults());
    if (!value) continue;
    if (*value < 0 || *value > 4294967295.0 || std::nearbyint(*value) != *value)
      root.fault("seeds", fmt::format("{} is no seed: whole numbers from 0 to 4294967295", item.text));
    spec.seeds.push_back(static_cast<std::int64_t>(*value));
    if (std::count(spec.seeds.begin(), spec.seeds.end(), spec.seeds.back()) > 1)
      root.fault("seeds", fmt::format("{} comes twice", item.text));
  }
  if (node->kind != NodeKind::list || node->items.empty()) root.fault("seeds", "expected how many, or a list of seeds");
}

namespace {

class Reader {
 public:
  Reader(SpecMap& root, SweepSpec& spec) : root_(root), spec_(spec) {}

  void read() {
    spec_.title = root_.text("title").value_or("");
    scenario_ = read_sweep_scenario(root_, spec_);
    read_sweep_design(root_, read_sweep_parameters(root_, scenario_, spec_), spec_);
    read_sweep_seeds(root_, spec_);
    read_output();
    read_limits();
    spec_.runs_per_part = static_cast<int>(root_.integer("runs_per_part").value_or(0));
    if (const Node* slurm = root_.node("slurm")) spec_.slurm = read_slurm_spec(*slurm, root_.faults());
    root_.finish();
    refuse_overlaps(spec_, root_.faults());
    if (root_.faults().empty()) hold_against_scenario(spec_, scenario_, root_.faults());
  }

 private:
  void read_output() {
    const Node* node = root_.node("output");
    if (node == nullptr)
      return root_.fault("output", "missing key: what of each run is kept, {metrics: [...], variables: [...]}");
    SpecMap map = root_.below("output");
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
      const bool taken =
          std::find(taken_names().begin(), taken_names().end(), metric.metric.name) != taken_names().end();
      if (parameter || variable || taken)
        root_.faults().add(metric.node.place, metric.path,
                           fmt::format("'{}' is the name of a {}; give the metric another", metric.metric.name,
                                       parameter ? "parameter" : (variable ? "variable that is kept" : "coordinate")));
    }
    if (map.has("estimates")) read_estimates(map.below("estimates"));
    if (spec_.variables.empty() && spec_.metrics.empty() && spec_.estimates.files.empty())
      root_.fault("output", "nothing to keep: name metrics, variables or estimates");
    map.finish();
  }

  void read_estimates(SpecMap map) {
    if (map.self().kind != NodeKind::map) return;
    for (const std::string& name : map.texts("files")) {
      const fs::path file = path_beside(map.node("files")->place, name);
      std::error_code ignored;
      if (!fs::is_regular_file(file, ignored)) {
        map.fault("files", fmt::format("cannot open {}", file.string()));
        continue;
      }
      spec_.estimates.files.push_back(file);
      spec_.estimates.texts.push_back(read_text(file));
    }
    if (!map.has("files")) root_.faults().add(map.self().place, map.path("files"), "missing key");
    spec_.estimates.on_baseline = map.word("on").value_or("run") == "baseline";
    map.finish();
  }

  void read_limits() {
    if (!root_.has("limits")) return;
    SpecMap map = root_.below("limits");
    spec_.seconds_per_run = map.number("seconds").value_or(0.0);
    map.finish();
  }

  SpecMap& root_;
  SweepSpec& spec_;
  Document scenario_;
};

}  // namespace

SweepSpec read_sweep_spec(const std::filesystem::path& file, Faults& faults) {
  SweepSpec spec;
  const Document document = read_document(file, {}, faults);
  if (!document.complete) return spec;
  SpecMap root(document.root, "", spec_keys(FileKind::sweep), faults);
  if (document.root.kind != NodeKind::map) return spec;
  Reader(root, spec).read();
  spec.source = document.sources.front()->text;
  Node counted = document.root;  // where runs are computed changes no result
  std::erase_if(counted.entries, [](const Entry& entry) { return entry.key == "slurm"; });
  spec.text = canonical_yaml(counted);
  for (const std::string& text : spec.estimates.texts) spec.text += "estimates\n" + text;
  if (const auto* list = std::get_if<ListedPoints>(&spec.design)) {
    for (std::size_t p = 0; p < list->values.size(); ++p)
      spec.text += fmt::format("{}: {}\n", spec.parameters[p].name, fmt::join(list->values[p], ", "));
  }
  return spec;
}

}  // namespace pericore::config

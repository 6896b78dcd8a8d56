#include "config/calibration_sweep.h"

#include <fmt/format.h>

#include <variant>

#include "base/errors.h"
#include "config/sweep_spec.h"

namespace pericore::config {
namespace {

namespace fs = std::filesystem;

Node text_node(std::string text) { return scalar_node(std::move(text), {}); }

Node list_node(std::vector<Node> items) {
  Node list;
  list.kind = NodeKind::list;
  list.items = std::move(items);
  return list;
}

class Map {
 public:
  Map() { node_.kind = NodeKind::map; }
  Map& put(std::string key, Node value) {
    node_.entries.push_back({.key = std::move(key), .key_place = {}, .value = std::move(value)});
    return *this;
  }
  [[nodiscard]] Node take() { return std::move(node_); }

 private:
  Node node_;
};

Node parameter_node(const SweepParameter& parameter) {
  std::vector<Node> keys;
  for (const std::string& key : parameter.keys) keys.push_back(text_node(key));
  Map map;
  map.put("name", text_node(parameter.name)).put("keys", list_node(std::move(keys)));
  if (parameter.relative) map.put("relative", text_node("true"));
  map.put("range", list_node({text_node(shortest(design::value_at(parameter.scale, 0.0))),
                              text_node(shortest(design::value_at(parameter.scale, 1.0)))}));
  if (std::holds_alternative<design::Log>(parameter.scale)) map.put("scale", text_node("log"));
  return map.take();
}

}  // namespace

std::string sweep_text(const CalibrationSpec& spec, const fs::path& folder) {
  const calibrate::GlobalStage& global = spec.problem.global;
  if (global.points == 0 || global.search)
    throw InputError("--write-sweep: needs optimiser.global with method sobol, whose points it writes");
  std::vector<Node> parameters;
  for (const SweepParameter& parameter : spec.runs.parameters) parameters.push_back(parameter_node(parameter));
  Map output;
  std::vector<Node> metrics;
  for (const PlacedMetric& metric : spec.runs.metrics) metrics.push_back(metric.node);
  if (!metrics.empty()) output.put("metrics", list_node(std::move(metrics)));
  std::vector<Node> variables;
  for (const std::string& name : spec.runs.variables) variables.push_back(text_node(name));
  if (!variables.empty()) output.put("variables", list_node(std::move(variables)));
  Map sweep;
  sweep.put("title", text_node(fmt::format("Global stage of: {}", spec.title)))
      .put("scenario", text_node(fs::proximate(spec.runs.scenario, folder).generic_string()))
      .put("parameters", list_node(std::move(parameters)))
      .put("design", Map()
                         .put("type", text_node("sobol"))
                         .put("points", text_node(std::to_string(global.points)))
                         .put("seed", text_node(std::to_string(global.seed)))
                         .take());
  if (!spec.runs.seeds.empty()) {
    std::vector<Node> seeds;
    for (const std::int64_t seed : spec.runs.seeds) seeds.push_back(text_node(std::to_string(seed)));
    sweep.put("seeds", list_node(std::move(seeds)));
  }
  sweep.put("output", output.take());
  return canonical_yaml(sweep.take());
}

}  // namespace pericore::config

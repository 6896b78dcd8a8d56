#include "config/metrics_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "base/errors.h"
#include "config/estimation_formula.h"
#include "config/indices_result.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

using metrics::Comparison;
using metrics::Metric;
using metrics::Statistic;

/// The value of a word, behind `offset` values that have none.
template <class Value>
std::optional<Value> value_of(SpecMap& map, std::string_view key, std::size_t offset) {
  const auto place = map.choice(key);
  return place ? std::optional(static_cast<Value>(*place + offset)) : std::nullopt;
}

/// Names under a key; a list without any is a fault.
std::vector<std::string> names(SpecMap& map, std::string_view key) {
  auto texts = map.texts(key);
  if (texts.empty() && map.has(key) && map.node(key)->kind == NodeKind::list) map.fault(key, "the list is empty");
  return texts;
}

void read_years(SpecMap& map, Metric& metric) {
  const Node* node = map.node("years");
  if (node == nullptr) return;
  if (node->kind == NodeKind::scalar && (node->text == "last" || node->text == "first")) {
    metric.first = node->text == "first";
  } else if (node->kind == NodeKind::list && node->items.size() == 2) {
    std::array<int, 2> years{};
    for (std::size_t i = 0; i < 2; ++i) {
      const auto year = spec_number(node->items[i], join_index(map.path("years"), i), map.faults());
      if (year && *year != std::nearbyint(*year)) map.fault("years", "expected whole years");
      years[i] = static_cast<int>(std::clamp(year.value_or(0.0), -1e9, 1e9));
    }
    metric.years = {years[0], years[1]};
  } else if (node->kind == NodeKind::list || node->kind == NodeKind::map) {
    map.fault("years", "expected a year, [first, last], first or last; found " + found_text(*node));
  } else if (const auto year = map.integer("years")) {
    metric.years = {static_cast<int>(*year), static_cast<int>(*year)};
  }
}

Metric read_metric(const Node& node, const std::string& path, Faults& faults) {
  SpecMap map(node, path, metric_keys(), faults);
  Metric metric;
  metric.name = map.text("name").value_or("");
  metric.welfare = map.text("welfare").value_or("");
  if (!metric.welfare.empty()) {
    for (const Entry& entry : node.entries) {
      if (entry.key != "name" && entry.key != "welfare")
        map.fault(entry.key, "has no meaning beside 'welfare', which names a metric of docs/welfare.md");
    }
    return metric;
  }
  metric.statistic = value_of<Statistic>(map, "statistic", 1).value_or(Statistic::value);
  metric.of = value_of<Comparison>(map, "of", 0).value_or(Comparison::level);
  metric.variable = map.text("variable").value_or(metric.statistic == Statistic::lq ? "employment" : "");
  metric.sectors = names(map, "sectors");
  metric.factors = names(map, "factors");
  metric.regions = read_region_filter(map, "regions");
  metric.relative_to = read_region_filter(map, "relative_to");
  read_years(map, metric);
  metric.weight = map.text("weight").value_or("");
  metric.across = map.text("across").value_or("");
  metric.groups = map.text("groups").value_or("");
  map.finish();
  return metric;
}

/// The node that a key path below `node` leads to, as far as it exists.
const Node& nearest(const Node& node, std::string_view key) {
  const Node* found = &node;
  for (const Step& step : parse_key_path(key)) {
    const Entry* entry = found->kind == NodeKind::map ? found->find(step.key) : nullptr;
    if (entry == nullptr) break;
    found = &entry->value;
  }
  return *found;
}

void report(const PlacedMetric& placed, std::span<const metrics::Fault> found, Faults& faults) {
  for (const metrics::Fault& fault : found) {
    const Node& node = nearest(placed.node, fault.key);
    faults.add(fault.position ? place_in(node, *fault.position) : node.place, placed.path + "." + fault.key,
               fault.message);
  }
}

/// Names are those of variables in files, each once.
void check_name(const PlacedMetric& placed, panel::Dataset& names, Faults& faults) {
  try {
    names.add_variable({.name = placed.metric.name,
                        .dimensions = {},
                        .unit = "1",
                        .long_name = {},
                        .provenance = panel::Provenance::simulated,
                        .values = std::vector<double>(1),
                        .attributes = {}});
  } catch (const DomainError& error) {
    report(placed, std::vector<metrics::Fault>{{"name", error.what()}}, faults);
  }
}

}  // namespace

metrics::RegionFilter read_region_filter(SpecMap& map, std::string_view key) {
  metrics::RegionFilter filter;
  const Node* node = map.node(key);
  if (node == nullptr || (node->kind == NodeKind::scalar && node->text == "all")) return filter;
  // Names of regions hold no comparison, and a condition has one.
  if (node->kind == NodeKind::scalar && node->text.find_first_of("<>=!") != std::string::npos) {
    filter.condition = node->text;
    return filter;
  }
  if (node->kind != NodeKind::map) {
    filter.names = names(map, key);
    return filter;
  }
  SpecMap columns = map.below(key);
  for (const Entry& entry : node->entries) {
    if (entry.key == "except") {
      filter.except = names(columns, entry.key);
    } else {
      filter.columns.emplace_back(entry.key, names(columns, entry.key));
    }
  }
  return filter;
}

std::vector<PlacedMetric> read_metrics(const Node& list, const std::string& path, Faults& faults) {
  std::vector<PlacedMetric> read;
  if (list.kind != NodeKind::list) {
    faults.add(list.place, path, "expected a list of metrics, found " + found_text(list));
    return read;
  }
  panel::Dataset names;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    PlacedMetric placed{.metric = {}, .node = list.items[i], .path = join_index(path, i)};
    const std::size_t before = faults.size();
    placed.metric = read_metric(placed.node, placed.path, faults);
    if (faults.size() == before) report(placed, metrics::check(placed.metric), faults);
    if (!placed.metric.name.empty()) check_name(placed, names, faults);
    read.push_back(std::move(placed));
  }
  return read;
}

void check_metrics(std::span<const PlacedMetric> metrics, const panel::Dataset& reference,
                   const metrics::Context& context, Faults& faults) {
  for (const PlacedMetric& placed : metrics) report(placed, metrics::check(placed.metric, reference, context), faults);
}

std::vector<metrics::Metric> without_places(std::span<const PlacedMetric> metrics) {
  std::vector<metrics::Metric> bare;
  for (const PlacedMetric& placed : metrics) bare.push_back(placed.metric);
  return bare;
}

metrics::Context metrics_context(const economy::Economy& economy) {
  metrics::Context context;
  for (const economy::Sector& sector : economy.sectors) {
    for (const std::string& name : sector.classes) context.classes[name].push_back(sector.name);
  }
  return context;
}

metrics::Context metrics_context(const panel::Dataset& result) {
  metrics::Context context;
  for (auto& [name, members] : result_classes(result)) context.classes[name] = std::move(members);
  return context;
}

}  // namespace pericore::config

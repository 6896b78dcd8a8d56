#include "config/indices_extras.h"

#include <algorithm>

#include "base/spelling.h"
#include "config/quantity.h"
#include "config/read_table.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

/// The table a part of the specification names; empty after a fault.
panel::Table read_part(SpecMap& map) {
  if (!map.has("path")) {
    map.fault("path", "missing key: a CSV");
    return {};
  }
  const Node& node = *map.node("path");
  const NamedAt at{node.place, map.path("path")};
  return read_table((node.place.source->folder / node.text).lexically_normal(), map.faults(), &at);
}

std::optional<std::string> column_of(SpecMap& map, const panel::Table& table, std::string_view key, bool number,
                                     bool required) {
  if (!map.has(key)) {
    if (required) map.fault(key, "missing key: a column of the file");
    return std::nullopt;
  }
  const auto name = map.text(key);
  if (name && !table.columns().empty()) {
    if (number) {
      require_number_column(table, *name, *map.node(key), map.path(key), map.faults());
    } else {
      require_column(table, *name, *map.node(key), map.path(key), map.faults());
    }
  }
  return name;
}

void read_indicators(SpecMap& above, std::string_view key, const Node& list, const panel::Table& table,
                     indices::SubsystemColumns& subsystem) {
  Faults& faults = above.faults();
  if (list.kind != NodeKind::list || list.items.empty()) {
    faults.add(list.place, above.path(key), "expected a list of columns, found " + found_text(list));
    return;
  }
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const Node& item = list.items[i];
    const std::string at = join_index(above.path(key), i);
    std::string column = item.text;
    bool lower = false;
    if (item.kind == NodeKind::map) {
      SpecMap map = above.entry(key, i);
      column = map.required_text("column");
      lower = map.word("better").value_or("higher") == "lower";
      map.finish();
    }
    if (!require_number_column(table, column, item, at, faults)) continue;
    subsystem.columns.push_back(column);
    subsystem.lower_better.push_back(lower ? 1 : 0);
  }
}

}  // namespace

bool require_column(const panel::Table& table, const std::string& name, const Node& node, const std::string& key_path,
                    Faults& faults) {
  if (table.find(name) != nullptr) return true;
  faults.add(node.place, key_path, "unknown column '" + name + "'" + did_you_mean(name, table.names()));
  return false;
}

bool require_number_column(const panel::Table& table, const std::string& name, const Node& node,
                           const std::string& key_path, Faults& faults) {
  if (!require_column(table, name, node, key_path, faults)) return false;
  const panel::Column& column = table.column(name);
  if (!column.is_text) return true;
  faults.add(node.place, key_path, "column '" + name + "' is no column of numbers: " + column.not_a_number());
  return false;
}

std::optional<indices::Plants> read_plants(SpecMap map, bool with_time) {
  const OwnFaults own(map.faults());
  indices::Plants plants;
  plants.table = read_part(map);
  plants.entity = column_of(map, plants.table, "entity", false, true).value_or("");
  plants.sector = column_of(map, plants.table, "sector", false, true).value_or("");
  plants.value = column_of(map, plants.table, "value", true, true).value_or("");
  plants.time = column_of(map, plants.table, "time", true, false);
  if (plants.time && !with_time) map.fault("time", "the data have no time");
  if (!plants.time && with_time) map.fault("time", "missing key: the data have a time, so plants need one");
  map.finish();
  if (own.any()) return std::nullopt;
  return plants;
}

std::optional<indices::Points> read_points(SpecMap map) {
  const OwnFaults own(map.faults());
  indices::Points points;
  points.table = read_part(map);
  points.latitude = column_of(map, points.table, "latitude", true, true).value_or("");
  points.longitude = column_of(map, points.table, "longitude", true, true).value_or("");
  points.sector = column_of(map, points.table, "sector", false, true).value_or("");
  points.value = column_of(map, points.table, "value", true, false);
  points.time = column_of(map, points.table, "time", true, false);
  map.finish();
  if (own.any()) return std::nullopt;
  return points;
}

indices::KDensityOptions read_k_density(SpecMap map) {
  indices::KDensityOptions options;
  options.reach = map.quantity("reach").value_or(0.0);
  options.step = map.quantity("step").value_or(0.0);
  options.bandwidth = map.quantity("bandwidth").value_or(0.0);
  options.draws = map.integer("draws").value_or(options.draws);
  options.level = map.number("level").value_or(options.level);
  if (options.step > 0.0 && options.reach > 0.0 && options.reach / options.step > 1e5)
    map.fault("step", "more than 100000 distances");
  map.finish();
  return options;
}

void read_coupling(SpecMap map, const panel::Table& table, indices::Request& request) {
  request.indicator_weights = map.word("weights").value_or("entropy") == "entropy" ? indices::IndicatorWeights::entropy
                                                                                   : indices::IndicatorWeights::equal;
  const Node* subsystems = map.node("subsystems");
  if (subsystems == nullptr || subsystems->kind != NodeKind::map || subsystems->entries.size() < 2) {
    map.fault("subsystems", "expected at least two subsystems, {name: [columns]}");
  } else {
    SpecMap all = map.below("subsystems");
    for (const Entry& entry : subsystems->entries) {
      indices::SubsystemColumns subsystem;
      subsystem.name = entry.key;
      if (entry.value.kind == NodeKind::map) {
        SpecMap of_system = all.below(entry.key);
        subsystem.coefficient = of_system.number("coefficient").value_or(1.0);
        const Node* list = of_system.node("indicators");
        if (list == nullptr) {
          of_system.fault("indicators", "missing key: a list of columns");
        } else {
          read_indicators(of_system, "indicators", *list, table, subsystem);
        }
        of_system.finish();
      } else {
        read_indicators(all, entry.key, entry.value, table, subsystem);
      }
      request.subsystems.push_back(std::move(subsystem));
    }
  }
  map.finish();
}

std::vector<std::pair<std::string, std::string>> usual_pairs(
    const std::vector<std::pair<std::string, std::vector<std::string>>>& classes) {
  const auto find = [&](const std::string& name) {
    return std::ranges::find(classes, name, &std::pair<std::string, std::vector<std::string>>::first);
  };
  const std::string manufacturing = "manufacturing";
  std::vector<std::pair<std::string, std::string>> pairs;
  if (find(manufacturing) == classes.end()) return pairs;
  for (const std::string name : {"producer_services", "high_end", "low_end"}) {
    if (find(name) != classes.end()) pairs.emplace_back(manufacturing, name);
  }
  if (const auto services = find("producer_services"); services != classes.end()) {
    for (const std::string& sector : services->second) pairs.emplace_back(manufacturing, sector);
  }
  return pairs;
}

}  // namespace pericore::config

#include "config/indices_extras.h"

#include <algorithm>

#include "base/spelling.h"
#include "config/quantity.h"
#include "config/read_table.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

/// The table a part of the specification names; empty after a fault.
panel::Table read_part(SpecMap& map, Faults& faults) {
  if (!map.has("path")) {
    map.fault("path", "missing key: a CSV");
    return {};
  }
  const Node& node = *map.node("path");
  const NamedAt at{node.place, map.path("path")};
  return read_table((node.place.source->folder / node.text).lexically_normal(), faults, &at);
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

/// A distance in km; 0 where it is not given.
double distance(SpecMap& map, std::string_view key) {
  const Node* node = map.node(key);
  if (node == nullptr) return 0.0;
  const auto value = parse_number_in(node->text, "km", above(0.0));
  if (node->kind == NodeKind::scalar && std::holds_alternative<double>(value)) return std::get<double>(value);
  map.fault(key, node->kind == NodeKind::scalar ? std::get<std::string>(value)
                                                : "expected a distance such as 100 km, found " + found_text(*node));
  return 0.0;
}

void read_indicators(const Node& list, const std::string& path, const panel::Table& table,
                     indices::SubsystemColumns& subsystem, Faults& faults) {
  if (list.kind != NodeKind::list || list.items.empty()) {
    faults.add(list.place, path, "expected a list of columns, found " + found_text(list));
    return;
  }
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const Node& item = list.items[i];
    const std::string at = join_index(path, i);
    std::string column = item.text;
    bool lower = false;
    if (item.kind == NodeKind::map) {
      SpecMap map(item, at, faults);
      column = map.required_text("column");
      lower = map.word("better", {"higher", "lower"}).value_or("higher") == "lower";
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

std::optional<indices::Plants> read_plants(const Node& node, bool with_time, Faults& faults) {
  const std::size_t before = faults.size();
  SpecMap map(node, "plants", faults);
  indices::Plants plants;
  plants.table = read_part(map, faults);
  plants.entity = column_of(map, plants.table, "entity", false, true).value_or("");
  plants.sector = column_of(map, plants.table, "sector", false, true).value_or("");
  plants.value = column_of(map, plants.table, "value", true, true).value_or("");
  plants.time = column_of(map, plants.table, "time", true, false);
  if (plants.time && !with_time) map.fault("time", "the data have no time");
  if (!plants.time && with_time) map.fault("time", "missing key: the data have a time, so plants need one");
  map.finish();
  if (faults.size() != before) return std::nullopt;
  return plants;
}

std::optional<indices::Points> read_points(const Node& node, Faults& faults) {
  const std::size_t before = faults.size();
  SpecMap map(node, "points", faults);
  indices::Points points;
  points.table = read_part(map, faults);
  points.latitude = column_of(map, points.table, "latitude", true, true).value_or("");
  points.longitude = column_of(map, points.table, "longitude", true, true).value_or("");
  points.sector = column_of(map, points.table, "sector", false, true).value_or("");
  points.value = column_of(map, points.table, "value", true, false);
  points.time = column_of(map, points.table, "time", true, false);
  map.finish();
  if (faults.size() != before) return std::nullopt;
  return points;
}

indices::KDensityOptions read_k_density(const Node& node, Faults& faults) {
  SpecMap map(node, "k_density", faults);
  indices::KDensityOptions options;
  options.reach = distance(map, "reach");
  options.step = distance(map, "step");
  options.bandwidth = distance(map, "bandwidth");
  options.draws = map.integer("draws", 20, 1000000).value_or(options.draws);
  options.level = map.number("level", 0.51, 0.9999).value_or(options.level);
  if (options.step > 0.0 && options.reach > 0.0 && options.reach / options.step > 1e5)
    map.fault("step", "more than 100000 distances");
  map.finish();
  return options;
}

void read_coupling(const Node& node, const panel::Table& table, indices::Request& request, Faults& faults) {
  SpecMap map(node, "coupling", faults);
  request.indicator_weights = map.word("weights", {"entropy", "equal"}).value_or("entropy") == "entropy"
                                  ? indices::IndicatorWeights::entropy
                                  : indices::IndicatorWeights::equal;
  const Node* subsystems = map.node("subsystems");
  if (subsystems == nullptr || subsystems->kind != NodeKind::map || subsystems->entries.size() < 2) {
    map.fault("subsystems", "expected at least two subsystems, {name: [columns]}");
  } else {
    for (const Entry& entry : subsystems->entries) {
      const std::string path = join_key("coupling.subsystems", entry.key);
      indices::SubsystemColumns subsystem;
      subsystem.name = entry.key;
      if (entry.value.kind == NodeKind::map) {
        SpecMap of_system(entry.value, path, faults);
        subsystem.coefficient = of_system.number("coefficient", 1e-9, 1e9).value_or(1.0);
        const Node* list = of_system.node("indicators");
        if (list == nullptr) {
          of_system.fault("indicators", "missing key: a list of columns");
        } else {
          read_indicators(*list, of_system.path("indicators"), table, subsystem, faults);
        }
        of_system.finish();
      } else {
        read_indicators(entry.value, path, table, subsystem, faults);
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

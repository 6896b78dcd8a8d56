/// Parts of the specification of `pericore indices` that bring files or structure of their own.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/faults.h"
#include "config/node.h"
#include "config/spec_map.h"
#include "indices/request.h"

namespace pericore::config {

/// A fault with the nearest name where the table lacks the column. @return whether it is there
bool require_column(const panel::Table& table, const std::string& name, const Node& node, const std::string& key_path,
                    Faults& faults);
/// The same for a column of numbers.
bool require_number_column(const panel::Table& table, const std::string& name, const Node& node,
                           const std::string& key_path, Faults& faults);

/// `plants: {path, entity, sector, value, time}`. @param with_time  whether the data have periods, so that plants need one
[[nodiscard]] std::optional<indices::Plants> read_plants(SpecMap map, bool with_time);
/// `points: {path, latitude, longitude, sector, value, time}`
[[nodiscard]] std::optional<indices::Points> read_points(SpecMap map);
/// `k_density: {reach, step, bandwidth, draws, level}`
[[nodiscard]] indices::KDensityOptions read_k_density(SpecMap map);
/// `coupling: {subsystems: {input: [a, {column: b, better: lower}], output: {indicators: [c], coefficient: 2}}, weights: entropy}`
void read_coupling(SpecMap map, const panel::Table& table, indices::Request& request);

/// Manufacturing with all producer services, with their high and low end, and with each one, as far as the classes are there.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> usual_pairs(
    const std::vector<std::pair<std::string, std::vector<std::string>>>& classes);

}  // namespace pericore::config

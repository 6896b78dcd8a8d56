/// Parameters of a sweep file: key paths and the values they take.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/spec_map.h"
#include "config/sweep_spec.h"

namespace pericore::config {

/// Names that results of sweeps give a meaning of their own.
[[nodiscard]] const std::vector<std::string>& taken_names();

/// Reads the list `parameters`. Faults of ranges, values, distributions and names are collected; keys are held against the scenario later.
/// @param scenario  whose own values relative parameters multiply
/// @return          parameters without values, with their places: a fault unless the design brings them
std::vector<std::pair<Place, std::string>> read_sweep_parameters(SpecMap& root, const Document& scenario,
                                                                 SweepSpec& spec);

}  // namespace pericore::config

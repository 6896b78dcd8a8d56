/// The design of a sweep file: which points are run.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "config/spec_map.h"
#include "config/sweep_spec.h"

namespace pericore::config {

/// Reads `design` for parameters that have been read.
/// @param without_values  what read_sweep_parameters returned
void read_sweep_design(SpecMap& root, const std::vector<std::pair<Place, std::string>>& without_values,
                       SweepSpec& spec);

/// A path as given if absolute, else from the folder of the file that names it.
[[nodiscard]] std::filesystem::path path_beside(const Place& place, const std::string& name);

}  // namespace pericore::config

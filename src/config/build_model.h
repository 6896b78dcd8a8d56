/// From a configuration file to a model that runs.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "simulation/model.h"

namespace pericore::config {

/// Reads, checks and calibrates. All faults of the input are shown at once.
///
/// @param file     scenario or configuration; "-" is standard input
/// @param options  `key.path=value`, as given to --set
/// @throws InputError      with every fault, ready to print
/// @throws NumericalError  if the base year cannot be calibrated
[[nodiscard]] simulation::Model load_model(const std::filesystem::path& file, std::span<const std::string> options);

}  // namespace pericore::config

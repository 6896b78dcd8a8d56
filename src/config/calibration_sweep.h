/// The global stage of a calibration as a sweep file, for clusters.
#pragma once

#include <filesystem>
#include <string>

#include "config/calibration_spec.h"

namespace pericore::config {

/// A sweep file (docs/sweeps.md) that simulates the Sobol design of the calibration and keeps what its moments are made of.
///
/// @param folder  where the file will stand
/// @throws InputError  the calibration has no design
[[nodiscard]] std::string sweep_text(const CalibrationSpec& spec, const std::filesystem::path& folder);

}  // namespace pericore::config

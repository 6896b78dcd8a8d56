/// What `pericore calibrate` prints and writes.
#pragma once

#include <string>
#include <vector>

#include "config/calibration_spec.h"
#include "moments/calibration.h"
#include "panel/dataset.h"
#include "report/output_table.h"

namespace pericore::cli {

/// Parameters, targets, hindcast, sensitivity.
/// @param exact      all digits, for CSV
/// @param reference  a panel with all variables, for units
[[nodiscard]] std::vector<report::OutputTable> calibration_tables(const config::CalibrationSpec& spec,
                                                                  const moments::Calibration& result,
                                                                  const panel::Dataset& reference, bool exact);

/// Everything there is: docs/calibrate.md#calibrationjson.
[[nodiscard]] std::string calibration_json(const config::CalibrationSpec& spec, const moments::Calibration& result,
                                           const panel::Dataset& reference);

/// The scenario with the fitted values, as a file in `folder`.
[[nodiscard]] std::string fitted_scenario(const config::CalibrationSpec& spec, const moments::Calibration& result,
                                          const sweep::Plan& plan, const std::filesystem::path& folder);

}  // namespace pericore::cli

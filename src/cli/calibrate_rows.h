/// Rows that tables and JSON of `pericore calibrate` share.
#pragma once

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/calibration_spec.h"
#include "moments/calibration.h"
#include "panel/dataset.h"

namespace pericore::cli {

/// By calibrate::Weights.
inline constexpr std::array<std::string_view, 3> weight_words = {"identity", "inverse_variance", "optimal"};

/// What the rows of gap, Jacobian and sensitivity are: targets, priors, then series of the hindcast.
struct BlockRow {
  std::string name;
  std::string unit;
  double empirical = std::numeric_limits<double>::quiet_NaN();
  double simulated = std::numeric_limits<double>::quiet_NaN();
  double deviation = std::numeric_limits<double>::quiet_NaN();  ///< of the source, or of the prior
};

/// Unit of a target's number. @param reference  a panel with all variables
[[nodiscard]] std::string unit_of(const config::CalibrationSpec& spec, std::size_t target,
                                  const panel::Dataset& reference);

[[nodiscard]] std::vector<BlockRow> block_rows(const config::CalibrationSpec& spec, const moments::Calibration& result,
                                               const panel::Dataset& reference);

/// Series of residuals, each once, and the rows of each.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<Eigen::Index>>> residual_rows(
    const moments::Calibration& result);

/// What an independent error of one typical observed change in every unit does to a parameter: root of the sum of squares.
[[nodiscard]] double series_sensitivity(const moments::Calibration& result, Eigen::Index parameter,
                                        const std::vector<Eigen::Index>& rows);

}  // namespace pericore::cli

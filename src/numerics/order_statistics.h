/// Quantiles and ranks of a sample.
#pragma once

#include <span>
#include <vector>

namespace pericore::numerics {

/// Linear between order statistics (type 7 of Hyndman and Fan, 1996): the default of R, NumPy and Excel.
///
/// @param sorted       rising, not empty
/// @param probability  in [0, 1]
[[nodiscard]] double sorted_quantile(std::span<const double> sorted, double probability);

/// Ranks from 1; equal values share the mean of theirs.
[[nodiscard]] std::vector<double> average_ranks(std::span<const double> values);

}  // namespace pericore::numerics

/// Inference shared by the global and local spatial statistics.
#pragma once

#include <span>

#include "indices/spatial_autocorrelation.h"
#include "numerics/keyed_draws.h"

namespace pericore::indices::detail {

/// Keys of what permutations are drawn for.
inline constexpr std::uint32_t global_permutations = 0x676c6f62U;
inline constexpr std::uint32_t local_permutations = 0x6c6f6361U;

/// Fills z (with the sign given) and the normal p-value; a variance that is not positive leaves a reason.
void finish(SpatialStatistic& statistic, double sign = 1.0);

/// Mean, variance and two-sided pseudo p-value of the values of permutations.
void add_permutations(SpatialStatistic& statistic, std::span<const double> values);

/// Why x has no spatial statistic: too few units, no variation, no neighbours; empty where it has.
[[nodiscard]] std::string why_none(const Values& x, const WeightMatrix& w);

}  // namespace pericore::indices::detail

/// Spatial autocorrelation of a variable: Moran's I, Geary's C, Getis and Ord's G, global and local. Formulas, sources and edge cases:
/// docs/estimators/indices.md.
///
/// Conventions (those of R's spdep): units without neighbours count in the mean, the sum of squares and the kurtosis, but not in n; local
/// statistics use all units and have no value for a unit without neighbours.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "geography/spatial_weights.h"
#include "indices/inequality.h"

namespace pericore::indices {

using geography::WeightMatrix;

/// Random permutations beside the analytical distribution; none where count is 0.
struct Permutations {
  long count = 0;
  std::uint64_t seed = 1;
};

inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// A statistic with its distribution under the hypothesis of no spatial pattern. NaN where it does not apply.
struct SpatialStatistic {
  double value = undefined;
  double expectation = undefined;
  double variance = undefined;
  double z = undefined;
  double p_value = undefined;  ///< two-sided, normal
  double permutation_mean = undefined;
  double permutation_variance = undefined;
  double permutation_p_value =
      undefined;       ///< two-sided: twice the smaller tail, (1 + exceedances)/(1 + permutations), at most 1
  std::string reason;  ///< why there is no value, or no variance; else empty
};

enum class Hypothesis { randomisation, normality };

/// Moran's I, n/S0 z'Wz/z'z; Cliff and Ord (1981), ch. 2.
///
/// @param x  by unit, finite
/// @param w  units x units
[[nodiscard]] SpatialStatistic moran(const Values& x, const WeightMatrix& w, Hypothesis hypothesis,
                                     const Permutations& permutations = {});
/// Geary's C, (n - 1)/(2 S0) sum w_ij (x_i - x_j)^2 / z'z, variance under randomisation; z = (1 - C)/sd: positive where like neighbours like.
[[nodiscard]] SpatialStatistic geary(const Values& x, const WeightMatrix& w, const Permutations& permutations = {});
/// Getis and Ord's (1992) global G, sum w_ij x_i x_j over all pairs i != j; needs x >= 0.
[[nodiscard]] SpatialStatistic getis_ord(const Values& x, const WeightMatrix& w, const Permutations& permutations = {});

/// Local Moran, z_i (Wz)_i/(z'z/n), Anselin (1995), expectation and variance under conditional randomisation: Sokal, Oden and Thomson (1998).
[[nodiscard]] std::vector<SpatialStatistic> local_moran(const Values& x, const WeightMatrix& w,
                                                        const Permutations& permutations = {});
/// Local G*, Ord and Getis (1995), in standard deviates; the unit itself has the largest weight of its row.
[[nodiscard]] std::vector<SpatialStatistic> local_getis_ord(const Values& x, const WeightMatrix& w,
                                                            const Permutations& permutations = {});

}  // namespace pericore::indices

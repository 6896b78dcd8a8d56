/// Localisation of a sector in continuous space: Duranton and Overman (2005), Review of Economic Studies 72. docs/estimators/indices.md#k-density.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pericore::indices {

struct KDensityOptions {
  double reach = 0.0;      ///< largest distance [km]; 0: the median distance between all sites
  double step = 0.0;       ///< between the distances of the result [km]; 0: a hundredth of the reach
  double bandwidth = 0.0;  ///< of the Gaussian kernel [km]; 0: Silverman's rule, 0.9 min(sd, IQR/1.34) pairs^-1/5
  long draws = 1000;       ///< random sectors for the bands
  double level = 0.95;     ///< of the global band; a local band leaves (1 - level) on each side, as in the source
  std::uint64_t seed = 1;
};

/// Of one sector. Arrays by distance.
struct KDensity {
  Eigen::ArrayXd distance;     ///< [km]
  Eigen::ArrayXd density;      ///< K [1/km]; integrates to one over all distances
  Eigen::ArrayXd local_lower;  ///< 5th and 95th percentile of the random sectors at each distance (level 0.95)
  Eigen::ArrayXd local_upper;
  Eigen::ArrayXd global_lower;  ///< 95 % of the random sectors lie above it everywhere, as many below the upper one
  Eigen::ArrayXd global_upper;
  double localisation = 0.0;  ///< sum over distances of the excess over the global upper band [1/km]
  double dispersion = 0.0;    ///< sum of the shortfall below the global lower band; 0 where localised anywhere
  double bandwidth = 0.0;     ///< [km]
  std::string reason;         ///< why there is none; else empty
};

/// K-density of the plants `members` among all sites, with bands of random sectors: as many sites drawn without replacement, which get the
/// members' employments in random order.
///
/// @param latitude, longitude  [degrees], by site (all plants of all sectors)
/// @param members              sites of the sector
/// @param weight               employment by member, > 0; empty: each plant counts one
/// @throws DomainError  if lengths differ or an option is out of range
[[nodiscard]] KDensity k_density(const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                                 const Eigen::Ref<const Eigen::ArrayXd>& longitude, std::span<const int> members,
                                 std::span<const double> weight, const KDensityOptions& options);

/// Median great-circle distance between all pairs of sites [km]; of a fixed keyed sample of pairs where there are more than a million.
[[nodiscard]] double median_distance(const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                                     const Eigen::Ref<const Eigen::ArrayXd>& longitude);

}  // namespace pericore::indices

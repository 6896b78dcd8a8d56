/// Great-circle distances on the mean sphere.
#pragma once

#include <Eigen/Core>

namespace pericore::geography {

/// Mean radius (2a + b)/3 of the reference ellipsoid [km]; IUGG, Moritz (2000).
inline constexpr double earth_radius_km = 6371.0088;

struct Coordinates {
  double longitude;  ///< [degrees east]
  double latitude;   ///< [degrees north]
};

/// Great-circle distance by the haversine formula, exact to rounding also for close places. The sphere is within 0.6 % of
/// the ellipsoid.
///
/// @return [km], 0 to pi x earth_radius_km
/// @see docs/model.md#trade-costs; Sinnott (1984), Sky and Telescope 68
[[nodiscard]] double great_circle_distance(const Coordinates& from, const Coordinates& to);

/// Distances between all places; exactly symmetric, zero on the diagonal.
///
/// @param longitude, latitude  [degrees], by place
/// @return [km], places x places
/// @throws DomainError  if the lengths differ or a coordinate is not finite
[[nodiscard]] Eigen::ArrayXXd great_circle_distances(const Eigen::Ref<const Eigen::ArrayXd>& longitude,
                                                     const Eigen::Ref<const Eigen::ArrayXd>& latitude);

}  // namespace pericore::geography

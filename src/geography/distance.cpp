#include "geography/distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/errors.h"
#include "geography/preconditions.h"

namespace pericore::geography {

double great_circle_distance(const Coordinates& from, const Coordinates& to) {
  constexpr double degree = std::numbers::pi / 180.0;
  const double half_dy = std::sin(0.5 * degree * (to.latitude - from.latitude));
  const double half_dx = std::sin(0.5 * degree * (to.longitude - from.longitude));
  const double haversine =
      half_dy * half_dy + std::cos(degree * from.latitude) * std::cos(degree * to.latitude) * half_dx * half_dx;
  // Rounding may carry antipodes past 1, where the arcsine ends.
  return 2.0 * earth_radius_km * std::asin(std::sqrt(std::min(1.0, haversine)));
}

Eigen::ArrayXXd great_circle_distances(const Eigen::Ref<const Eigen::ArrayXd>& longitude,
                                       const Eigen::Ref<const Eigen::ArrayXd>& latitude) {
  const Eigen::Index places = longitude.size();
  require_size(latitude.size(), places, "latitude");
  if (!longitude.isFinite().all() || !latitude.isFinite().all()) throw DomainError("a coordinate is not finite");
  // From the chords between unit vectors: three products a pair where the haversine takes two sines. Equal to it within 1e-12.
  constexpr double degree = std::numbers::pi / 180.0;
  Eigen::ArrayX3d unit(places, 3);
  unit << (degree * latitude).cos() * (degree * longitude).cos(),
      (degree * latitude).cos() * (degree * longitude).sin(), (degree * latitude).sin();
  Eigen::ArrayXXd distances(places, places);
  for (Eigen::Index to = 0; to < places; ++to) {
    const Eigen::ArrayXd chord_squared = (unit.col(0) - unit(to, 0)).square() + (unit.col(1) - unit(to, 1)).square() +
                                         (unit.col(2) - unit(to, 2)).square();
    distances.col(to) = 2.0 * earth_radius_km * (0.5 * chord_squared.sqrt()).min(1.0).asin();
  }
  return distances;
}

}  // namespace pericore::geography

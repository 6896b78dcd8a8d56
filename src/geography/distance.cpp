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
  Eigen::ArrayXXd distances = Eigen::ArrayXXd::Zero(places, places);
  for (Eigen::Index to = 0; to < places; ++to) {
    for (Eigen::Index from = to + 1; from < places; ++from) {
      distances(from, to) = great_circle_distance({longitude[from], latitude[from]}, {longitude[to], latitude[to]});
      distances(to, from) = distances(from, to);
    }
  }
  return distances;
}

}  // namespace pericore::geography

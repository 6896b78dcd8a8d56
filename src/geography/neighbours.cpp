#include "geography/neighbours.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/errors.h"
#include "geography/preconditions.h"

namespace pericore::geography {

Neighbours nearest_neighbours(const Eigen::Ref<const Eigen::ArrayXXd>& distances, Eigen::Index k) {
  const Eigen::Index regions = distances.rows();
  require_square(distances, regions, "distances");
  if (k < 0) throw DomainError(fmt::format("k is {}: must not be negative", k));
  Neighbours neighbours(static_cast<std::size_t>(regions));
  std::vector<std::pair<double, Eigen::Index>> others;
  for (Eigen::Index region = 0; region < regions; ++region) {
    others.clear();
    for (Eigen::Index other = 0; other < regions; ++other) {
      if (other == region) continue;
      const double distance = distances(region, other);
      if (!(distance >= 0.0)) {
        throw DomainError(fmt::format("distances({},{}) is {}: must not be negative", region, other, distance));
      }
      if (std::isfinite(distance)) others.emplace_back(distance, other);
    }
    const auto count = std::min(k, static_cast<Eigen::Index>(others.size()));
    std::partial_sort(others.begin(), others.begin() + count, others.end());
    for (Eigen::Index i = 0; i < count; ++i) neighbours[region].push_back(others[i].second);
  }
  return neighbours;
}

Neighbours border_neighbours(Eigen::Index regions, std::span<const Border> borders) {
  Neighbours neighbours(static_cast<std::size_t>(regions));
  for (const auto& [first, second] : borders) {
    if (std::min(first, second) < 0 || std::max(first, second) >= regions || first == second) {
      throw DomainError(fmt::format("border between {} and {}: not two of the {} regions", first, second, regions));
    }
    neighbours[first].push_back(second);
    neighbours[second].push_back(first);
  }
  for (auto& list : neighbours) {
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return neighbours;
}

}  // namespace pericore::geography

/// Who is next to whom: the nearest regions, or those with a common border.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace pericore::geography {

/// By region: its neighbours.
using Neighbours = std::vector<std::vector<Eigen::Index>>;

/// Two regions with a common border.
struct Border {
  Eigen::Index first;
  Eigen::Index second;
};

/// The k nearest other regions of each, nearest first; ties go to the lower index. Infinite distances are no neighbours.
///
/// @param distances  [km] or [h], regions x regions; [i, j] from i to j
/// @throws DomainError  if not square, an entry off the diagonal is negative or NaN, or k < 0
[[nodiscard]] Neighbours nearest_neighbours(const Eigen::Ref<const Eigen::ArrayXXd>& distances, Eigen::Index k);

/// Adjacency lists in ascending order; both directions from each pair, repeated pairs once.
///
/// @throws DomainError  if a border names no region, or a region and itself
[[nodiscard]] Neighbours border_neighbours(Eigen::Index regions, std::span<const Border> borders);

}  // namespace pericore::geography

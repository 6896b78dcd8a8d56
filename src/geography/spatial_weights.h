/// Spatial weights: who influences whom, and how much. Sparse, one row a unit; the diagonal is empty.
#pragma once

#include <Eigen/SparseCore>
#include <span>
#include <string_view>
#include <vector>

namespace pericore::geography {

/// Row i holds the weights w_ij >= 0 of the neighbours j of unit i.
using WeightMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// The weight of unit `to` in the row of unit `from`.
struct Link {
  Eigen::Index from;
  Eigen::Index to;
  double weight = 1.0;
};

enum class LinkDirection {
  as_given,  ///< a link counts for `from` alone
  both,      ///< a common border: a link counts for both ends, repeated ones once
};

/// Weights from a list of links.
///
/// @param units  number of units, rows of the result
/// @throws InputError  if a link joins a unit with itself or names no unit, a weight is negative or not finite, or a pair comes twice with
///                     different weights (`both`) or twice at all (`as_given`)
[[nodiscard]] WeightMatrix weights_from_links(Eigen::Index units, std::span<const Link> links,
                                              LinkDirection direction = LinkDirection::as_given);

/// Weight 1 for each of the k nearest other units by great-circle distance; ties go to the lower index.
///
/// @param latitude, longitude  [degrees], by unit
/// @throws InputError  if k < 1, or fewer than k other units exist, or a coordinate is not finite
[[nodiscard]] WeightMatrix nearest_weights(const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                                           const Eigen::Ref<const Eigen::ArrayXd>& longitude, Eigen::Index k);

/// Weight 1 for all units within a distance.
///
/// @param cutoff_km  [km], > 0; the distance itself is within
/// @throws InputError  if a coordinate is not finite
[[nodiscard]] WeightMatrix distance_band_weights(const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                                                 const Eigen::Ref<const Eigen::ArrayXd>& longitude, double cutoff_km);

/// Weight d^-power [km^-power] for all units within a distance.
///
/// @param cutoff_km  [km], > 0; infinite for none
/// @param power      > 0
/// @throws InputError  if a coordinate is not finite, or two units share a place: names their rows
[[nodiscard]] WeightMatrix inverse_distance_weights(const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                                                    const Eigen::Ref<const Eigen::ArrayXd>& longitude, double cutoff_km,
                                                    double power);

/// Rows divided by their sums; rows without neighbours stay empty.
[[nodiscard]] WeightMatrix row_standardised(WeightMatrix weights);

/// Units whose row has no positive weight, in ascending order.
[[nodiscard]] std::vector<Eigen::Index> islands(const WeightMatrix& weights);

/// Rows and columns of the units listed, in that order: what is left of the weights where other units are missing.
///
/// @param units  distinct, within range
[[nodiscard]] WeightMatrix subset(const WeightMatrix& weights, std::span<const Eigen::Index> units);

}  // namespace pericore::geography

/// Trade costs as a function of two places: the same as trade_cost.h makes of travel times by rule or of a textbook layout,
/// pair by pair and without any array of regions x regions. For compressed kernels; docs/model.md#compressed-kernels.
#pragma once

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "geography/trade_cost.h"
#include "geography/travel_time.h"
#include "numerics/cluster_tree.h"
#include "numerics/hierarchical_matrix.h"

namespace pericore::geography {

/// Where regions are and how long a trip between them takes, one entry a region. Immutable: kernels share it.
class PlaceGeography {
 public:
  /// Travel times by rule on great-circle distances, as travel_times_by_rule.
  ///
  /// @param longitude, latitude  [degrees], by region
  /// @param area_km2        [km2], by region: for the trip inside a region
  /// @param groups          by region, e.g. provinces: names the keys of `parameters.within`
  /// @param reference_time  d0 [h], > 0
  /// @param jurisdiction    code by region; equal codes have no border
  /// @throws DomainError  as travel_times_by_rule and trade_geography
  PlaceGeography(const Eigen::Ref<const Eigen::ArrayXd>& longitude, const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                 const Eigen::Ref<const Eigen::ArrayXd>& area_km2, std::span<const std::string> groups,
                 const TravelTimeParameters& parameters, double reference_time, Eigen::ArrayXi jurisdiction);

  /// A textbook layout, as layout_iceberg.
  /// @throws DomainError  if step_cost < 1 or is not finite, or there is no region
  PlaceGeography(Layout layout, double step_cost, Eigen::Index regions);

  [[nodiscard]] Eigen::Index size() const { return regions_; }
  /// Whether trade costs are those of a layout, which knows no border and no relief.
  [[nodiscard]] bool has_layout() const { return layout_.has_value(); }
  /// D(from, to) [h]; not for a layout.
  [[nodiscard]] double travel_time(Eigen::Index from, Eigen::Index to) const;
  /// max(0, ln(D/d0)), or ln tau of a layout.
  [[nodiscard]] double log_relative_time(Eigen::Index from, Eigen::Index to) const;
  [[nodiscard]] bool border_between(Eigen::Index from, Eigen::Index to) const {
    return has_border(jurisdiction_[from], jurisdiction_[to]);
  }
  /// Clusters of the places, regions of one jurisdiction together.
  [[nodiscard]] const std::shared_ptr<const numerics::ClusterTree>& tree() const { return tree_; }

 private:
  Eigen::Index regions_;
  std::optional<Layout> layout_;
  double log_step_cost_ = 0.0;
  Eigen::Matrix3Xd sphere_;            ///< unit vectors
  std::vector<TravelTimeRule> rules_;  ///< [0] between groups, then those within one
  Eigen::ArrayXi group_;               ///< of `within`, by region; 0: none
  Eigen::ArrayXd own_time_;            ///< D(r,r) [h]
  double reference_time_ = 1.0;
  Eigen::ArrayXi jurisdiction_;
  std::shared_ptr<const numerics::ClusterTree> tree_;
};

/// Freeness tau^(1-sigma) of one sector between all pairs of places, compressed: the entries of trade_freeness (of
/// given_trade_freeness for a layout), each within `tolerance` of its value.
///
/// @param tolerance  relative error of every entry [1], 1e-13 to 1e-2
/// @throws DomainError  if shapes differ or a parameter is out of range
[[nodiscard]] std::shared_ptr<const numerics::HierarchicalMatrix> compressed_freeness(const PlaceGeography& places,
                                                                                      const SectorTradeCost& sector,
                                                                                      const TradeCostRelief& relief,
                                                                                      double tolerance);

}  // namespace pericore::geography

/// Travel times between regions [h]: a rule on great-circle distances, regions merged from members, and the rest of the world.
#pragma once

#include <Eigen/Core>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace pericore::geography {

/// hours = intercept + slope x great-circle km, as fitted to observed road times; docs/model.md#trade-costs.
struct TravelTimeRule {
  double intercept = 0.72;  ///< access and egress [h], >= 0
  double slope = 0.010334;  ///< inverse speed with detours [h/km], >= 0
};

/// How travel times follow from distances; docs/model.md#trade-costs.
struct TravelTimeParameters {
  TravelTimeRule between = {};                        ///< pairs of different regions
  std::map<std::string, TravelTimeRule> within = {};  ///< by group: replaces `between` for pairs of this one group
  double access_time = 0.3;                           ///< of a region's trade with itself [h], >= 0
  double local_speed = 30.0;                          ///< inside a region [km/h], > 0
  double local_radius_max =
      25.0;  ///< cap of 2/3 sqrt(area/pi) [km], >= 0: people live in the built-up part of the area
};

/// Mean distance from the centre of a disc of the region's area, capped: min(2/3 sqrt(area/pi), radius_max).
///
/// @param area_km2  [km2], by region, >= 0
/// @return          [km], by region
/// @throws DomainError  if an area is negative or not finite
/// @see Head and Mayer (2010), ch. 6 of The Gravity Model in International Trade
[[nodiscard]] Eigen::ArrayXd internal_distance(const Eigen::Ref<const Eigen::ArrayXd>& area_km2, double radius_max);

/// Travel times by rule: between regions from their distance, inside a region access plus internal distance at local speed.
///
/// @param distances  [km], regions x regions, >= 0
/// @param area_km2   [km2], by region
/// @param groups     by region, e.g. provinces: names the keys of `within`
/// @return           [h], regions x regions; symmetric if the distances are
/// @throws DomainError  if shapes differ, a parameter is out of range or a key of `within` names no region's group
[[nodiscard]] Eigen::ArrayXXd travel_times_by_rule(const Eigen::Ref<const Eigen::ArrayXXd>& distances,
                                                   const Eigen::Ref<const Eigen::ArrayXd>& area_km2,
                                                   std::span<const std::string> groups,
                                                   const TravelTimeParameters& parameters);

/// The faster of two ways for each pair; a region's time to itself stays that of `rule`, since a network has no inside.
///
/// @param rule, network  [h], regions x regions; the network's times may be infinite
/// @throws DomainError   if the shapes differ
[[nodiscard]] Eigen::ArrayXXd faster_travel_times(const Eigen::Ref<const Eigen::ArrayXXd>& rule,
                                                  const Eigen::Ref<const Eigen::ArrayXXd>& network);

/// Travel times between merged regions: harmonic means over all pairs of members, weighted by the product of populations, the
/// member with itself included. Harmonic, because trade falls with time: a near member counts for more than a far one.
///
/// @param times       [h], members x members, >= 0
/// @param population  [persons], by member, >= 0; only ratios inside a merged region count
/// @param mapping     by member: merged region 0..A-1 (geography::aggregate)
/// @return            [h], A x A; regions of a single member keep their times to the bit; symmetric if `times` is
///                    (exactly with one merged region, else to rounding)
/// @throws DomainError  if shapes differ, an entry is out of range, a merged region has no member or no population
[[nodiscard]] Eigen::ArrayXXd aggregate_travel_time(const Eigen::Ref<const Eigen::ArrayXXd>& times,
                                                    const Eigen::Ref<const Eigen::ArrayXd>& population,
                                                    const std::vector<Eigen::Index>& mapping);

/// Appends the rest of the world as last region: to the nearest port and then by sea. To merge regions afterwards, append
/// first: each member then has its own nearest port, and the new region an own entry of mapping and population.
///
/// @param times     [h], regions x regions
/// @param ports     rows of `times`, at least one; a port reaches itself in its own-region time
/// @param sea_time  [h], >= 0
/// @return          [h], (regions + 1) x (regions + 1); the time of the new region to itself is 0
/// @throws DomainError  if `times` is not square, a port is no region or the sea time is negative
[[nodiscard]] Eigen::ArrayXXd append_rest_of_world(const Eigen::Ref<const Eigen::ArrayXXd>& times,
                                                   std::span<const Eigen::Index> ports, double sea_time);

}  // namespace pericore::geography

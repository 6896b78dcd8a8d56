/// Specialisation: how a region's mix of sectors differs from the nation's, and how two sectors gather together. Here and not
/// with the other indices because the simulation feeds them back into firms (docs/model.md#growth).
#pragma once

#include <Eigen/Core>

namespace pericore::geography {

/// Location quotient, LQ_rs = (E_rs / E_r.) / (E_.s / E_..).
///
/// @param employment  [persons], regions x sectors, all >= 0
/// @return            [1], regions x sectors; 1 is the national share, 0 where only the sector is absent from the region, NaN
///                    where a margin is empty
/// @throws DomainError  if an entry is negative or not finite
/// @see docs/estimators.md#location-quotient; Isard (1960), ch. 7
[[nodiscard]] Eigen::ArrayXXd location_quotient(const Eigen::Ref<const Eigen::ArrayXXd>& employment);

/// The same against given totals E_r., for sectors that do not add up to them (groups that overlap, a part of all sectors).
///
/// @param region_total  [persons], by region, >= 0
/// @throws DomainError  as above, if the lengths differ, and if a sector exceeds its region's total
[[nodiscard]] Eigen::ArrayXXd location_quotient(const Eigen::Ref<const Eigen::ArrayXXd>& employment,
                                                const Eigen::Ref<const Eigen::ArrayXd>& region_total);

/// How well two sectors match in size, 1 - |a - b| / (a + b): 1 if equally specialised, 0 where one is absent.
///
/// @param lq_a, lq_b  location quotients [1], of one shape, >= 0 or NaN
/// @return            [1], 0 to 1; NaN where both are absent or one is NaN
/// @throws DomainError  if the shapes differ or an entry is negative or infinite
/// @see docs/estimators.md#theta
[[nodiscard]] Eigen::ArrayXXd specialisation_match(const Eigen::Ref<const Eigen::ArrayXXd>& lq_a,
                                                   const Eigen::Ref<const Eigen::ArrayXXd>& lq_b);

/// Co-agglomeration of two sectors: quality (match) and height (sum), theta = 1 - |a - b| / (a + b) + a + b.
///
/// @param lq_a, lq_b  location quotients [1], of one shape, >= 0 or NaN
/// @return            [1]; a + b where one sector is absent, NaN where both are or one is NaN; 3 at the national average
/// @throws DomainError  if the shapes differ or an entry is negative or infinite
/// @see docs/estimators.md#coagglomeration; Chen, Liu and Zou (2016); Geng, Industrial Synergy Agglomeration, eq. 2
[[nodiscard]] Eigen::ArrayXXd co_agglomeration_theta(const Eigen::Ref<const Eigen::ArrayXXd>& lq_a,
                                                     const Eigen::Ref<const Eigen::ArrayXXd>& lq_b);

}  // namespace pericore::geography

/// Agglomeration of manufacturing and producer services by region: location quotients and their co-agglomeration theta.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace pericore::indices {

/// Whose employment the quotients are shares of.
enum class EmploymentBase {
  all,               ///< everyone at work, farmers included (census)
  non_agricultural,  ///< comparable with statistics of urban units, which hardly contain farmers
};

/// Columns of the employment table, by role; a column belongs to at most one role.
struct SectorRoles {
  std::vector<Eigen::Index> manufacturing;
  std::vector<std::vector<Eigen::Index>> producer_services;  ///< by sub-sector, e.g. transport, information, finance
  std::vector<Eigen::Index> agriculture;                     ///< left out of the non-agricultural base
};

struct Agglomeration {
  Eigen::ArrayXXd lq;                   ///< regions x sectors; NaN in a column outside the base
  Eigen::ArrayXd lq_manufacturing;      ///< by region
  Eigen::ArrayXd lq_producer_services;  ///< by region, all sub-sectors together
  Eigen::ArrayXXd lq_sub_sectors;       ///< regions x sub-sectors
  Eigen::ArrayXd theta;                 ///< manufacturing against all producer services, by region
  Eigen::ArrayXXd theta_sub_sectors;    ///< manufacturing against each sub-sector, regions x sub-sectors
};

/// All of it from one year's employment. Missing values are NaN: where a region has no employment in the base, a sector none in
/// the country, or (theta) both sectors of a pair are absent; never 0.
///
/// @param employment  [persons], regions x sectors, all >= 0; the nation is the sum of the regions given
/// @return            [1]
/// @throws DomainError  if an entry is negative or not finite, or a column is out of range or has two roles
/// @see docs/estimators.md#location-quotient, #coagglomeration; geography/location_quotient.h
[[nodiscard]] Agglomeration agglomeration(const Eigen::Ref<const Eigen::ArrayXXd>& employment, const SectorRoles& roles,
                                          EmploymentBase base);

}  // namespace pericore::indices

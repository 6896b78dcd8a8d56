#include "indices/agglomeration.h"

#include <fmt/format.h>

#include <limits>

#include "base/errors.h"
#include "geography/location_quotient.h"
#include "geography/preconditions.h"

namespace pericore::indices {

namespace {

using Columns = std::vector<Eigen::Index>;

void require_disjoint(const SectorRoles& roles, Eigen::Index sectors) {
  std::vector<char> taken(static_cast<std::size_t>(sectors), 0);
  const auto take = [&](const Columns& columns) {
    for (const Eigen::Index column : columns) {
      if (column < 0 || column >= sectors)
        throw DomainError(fmt::format("column {} is none of the {} sectors", column, sectors));
      if (taken[column]++) throw DomainError(fmt::format("column {} has two roles", column));
    }
  };
  take(roles.manufacturing);
  take(roles.agriculture);
  for (const Columns& sub_sector : roles.producer_services) take(sub_sector);
}

Eigen::ArrayXd sum_of(const Eigen::Ref<const Eigen::ArrayXXd>& employment, const Columns& columns) {
  Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(employment.rows());
  for (const Eigen::Index column : columns) sum += employment.col(column);
  return sum;
}

}  // namespace

Agglomeration agglomeration(const Eigen::Ref<const Eigen::ArrayXXd>& employment, const SectorRoles& roles,
                            EmploymentBase base) {
  require_disjoint(roles, employment.cols());
  geography::require_non_negative(employment, "employment");
  // Columns outside the base are taken out, not subtracted: a region of farmers alone then has exactly nothing left.
  Eigen::ArrayXXd counted = employment;
  if (base == EmploymentBase::non_agricultural) {
    for (const Eigen::Index column : roles.agriculture) counted.col(column).setZero();
  }
  const Eigen::ArrayXd total = counted.rowwise().sum();
  const auto n_sub = static_cast<Eigen::Index>(roles.producer_services.size());
  Eigen::ArrayXXd sub_sectors(employment.rows(), n_sub);
  for (Eigen::Index sub = 0; sub < n_sub; ++sub) sub_sectors.col(sub) = sum_of(counted, roles.producer_services[sub]);

  Agglomeration result;
  result.lq = geography::location_quotient(counted, total);
  result.lq_manufacturing = geography::location_quotient(sum_of(counted, roles.manufacturing), total);
  result.lq_producer_services = geography::location_quotient(sub_sectors.rowwise().sum(), total);
  result.lq_sub_sectors = geography::location_quotient(sub_sectors, total);
  result.theta = geography::co_agglomeration_theta(result.lq_manufacturing, result.lq_producer_services);
  result.theta_sub_sectors =
      geography::co_agglomeration_theta(result.lq_manufacturing.replicate(1, n_sub), result.lq_sub_sectors);
  return result;
}

}  // namespace pericore::indices

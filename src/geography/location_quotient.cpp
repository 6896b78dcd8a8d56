#include "geography/location_quotient.h"

#include <fmt/format.h>

#include <cmath>

#include "base/errors.h"
#include "geography/preconditions.h"

namespace pericore::geography {

namespace {

void require_quotients(const Eigen::Ref<const Eigen::ArrayXXd>& lq, std::string_view name) {
  // Written so that NaN, an undefined quotient, passes.
  if ((lq < 0.0).any() || lq.isInf().any()) throw DomainError(fmt::format("{} has a negative or infinite entry", name));
}

}  // namespace

Eigen::ArrayXXd location_quotient(const Eigen::Ref<const Eigen::ArrayXXd>& employment) {
  return location_quotient(employment, employment.rowwise().sum());
}

Eigen::ArrayXXd location_quotient(const Eigen::Ref<const Eigen::ArrayXXd>& employment,
                                  const Eigen::Ref<const Eigen::ArrayXd>& region_total) {
  require_non_negative(employment, "employment");
  require_non_negative(region_total, "region_total");
  require_size(region_total.size(), employment.rows(), "region_total");
  // Sums taken in another order may fall short by rounding, not by more.
  if (employment.cols() > 0 && (employment.rowwise().maxCoeff() > region_total * (1.0 + 1e-9)).any()) {
    throw DomainError("a sector employs more than its region's total");
  }
  const Eigen::RowVectorXd national_share = employment.colwise().sum() / region_total.sum();
  // An empty margin leaves 0/0, hence NaN.
  return (employment.colwise() / region_total).rowwise() / national_share.array();
}

Eigen::ArrayXXd specialisation_match(const Eigen::Ref<const Eigen::ArrayXXd>& lq_a,
                                     const Eigen::Ref<const Eigen::ArrayXXd>& lq_b) {
  if (lq_a.rows() != lq_b.rows() || lq_a.cols() != lq_b.cols()) {
    throw DomainError(fmt::format("location quotients are {} x {} and {} x {}: must be of one shape", lq_a.rows(),
                                  lq_a.cols(), lq_b.rows(), lq_b.cols()));
  }
  require_quotients(lq_a, "lq_a");
  require_quotients(lq_b, "lq_b");
  return 1.0 - (lq_a - lq_b).abs() / (lq_a + lq_b);
}

Eigen::ArrayXXd co_agglomeration_theta(const Eigen::Ref<const Eigen::ArrayXXd>& lq_a,
                                       const Eigen::Ref<const Eigen::ArrayXXd>& lq_b) {
  return specialisation_match(lq_a, lq_b) + lq_a + lq_b;
}

}  // namespace pericore::geography

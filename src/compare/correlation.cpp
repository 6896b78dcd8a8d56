#include "compare/correlation.h"

#include <cmath>
#include <limits>

#include "numerics/order_statistics.h"

namespace pericore::compare {
namespace {

Eigen::ArrayXd ranks(const Eigen::ArrayXd& values) {
  const std::vector<double> result = numerics::average_ranks({values.data(), static_cast<std::size_t>(values.size())});
  return Eigen::Map<const Eigen::ArrayXd>(result.data(), static_cast<Eigen::Index>(result.size()));
}

}  // namespace

double correlation(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) {
  if (a.size() == 0) return std::numeric_limits<double>::quiet_NaN();
  const Eigen::ArrayXd da = a - a.mean();
  const Eigen::ArrayXd db = b - b.mean();
  const double scale = std::sqrt(da.square().sum() * db.square().sum());
  return scale > 0.0 ? (da * db).sum() / scale : std::numeric_limits<double>::quiet_NaN();
}

double rank_correlation(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) { return correlation(ranks(a), ranks(b)); }

}  // namespace pericore::compare

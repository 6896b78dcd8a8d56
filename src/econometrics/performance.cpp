#include "econometrics/performance.h"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::econometrics {

Performance performance(std::span<const double> estimates, std::span<const double> standard_errors, double truth,
                        double level) {
  if (estimates.size() != standard_errors.size()) throw DomainError("as many standard errors as estimates");
  if (!(level > 0.0 && level < 1.0)) throw DomainError("a level of confidence is between 0 and 1");
  const double half_width = boost::math::quantile(boost::math::normal(), 0.5 + 0.5 * level);
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  Performance result;
  result.truth = truth;
  double sum = 0.0;
  double variances = 0.0;
  double errors = 0.0;
  std::size_t covered = 0;
  std::size_t rejected = 0;
  const auto counts = [&](std::size_t i) { return std::isfinite(estimates[i]) && std::isfinite(standard_errors[i]); };
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    if (!counts(i)) continue;
    ++result.draws;
    const double reach = half_width * standard_errors[i];
    sum += estimates[i];
    variances += standard_errors[i] * standard_errors[i];
    errors += (estimates[i] - truth) * (estimates[i] - truth);
    covered += std::abs(estimates[i] - truth) <= reach ? 1 : 0;
    rejected += std::abs(estimates[i]) > reach ? 1 : 0;
  }
  const auto n = static_cast<double>(result.draws);
  if (result.draws == 0) {
    result.mean = result.bias = result.bias_error = result.deviation = nothing;
    result.standard_error = result.rmse = result.coverage = result.rejections = nothing;
    return result;
  }
  result.mean = sum / n;
  result.bias = result.mean - truth;
  result.standard_error = std::sqrt(variances / n);
  result.rmse = std::sqrt(errors / n);
  result.coverage = static_cast<double>(covered) / n;
  result.rejections = static_cast<double>(rejected) / n;
  double squares = 0.0;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    if (counts(i)) squares += (estimates[i] - result.mean) * (estimates[i] - result.mean);
  }
  result.deviation = result.draws > 1 ? std::sqrt(squares / (n - 1.0)) : nothing;
  result.bias_error = result.deviation / std::sqrt(n);
  return result;
}

}  // namespace pericore::econometrics

#include "econometrics/estimate.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace pericore::econometrics {

namespace math = boost::math;

double normal_p(double z) {
  if (std::isnan(z)) return missing;
  return std::isinf(z) ? 0.0 : 2.0 * math::cdf(math::complement(math::normal(), std::abs(z)));
}

double t_p(double t, double df) {
  if (std::isnan(t) || !(df > 0.0)) return missing;
  return std::isinf(t) ? 0.0 : 2.0 * math::cdf(math::complement(math::students_t(df), std::abs(t)));
}

double chi2_p(double statistic, double df) {
  if (std::isnan(statistic) || !(df > 0.0)) return missing;
  if (std::isinf(statistic)) return 0.0;
  return math::cdf(math::complement(math::chi_squared(df), std::max(0.0, statistic)));
}

double f_p(double statistic, double df1, double df2) {
  if (std::isnan(statistic) || !(df1 > 0.0) || !(df2 > 0.0)) return missing;
  if (std::isinf(statistic)) return 0.0;
  return math::cdf(math::complement(math::fisher_f(df1, df2), std::max(0.0, statistic)));
}

Test chi2_test(double statistic, double df) {
  Test test;
  test.statistic = statistic;
  test.df = {df};
  test.p_value = chi2_p(statistic, df);
  return test;
}

Test f_test(double statistic, double df1, double df2) {
  Test test;
  test.statistic = statistic;
  test.df = {df1, df2};
  test.p_value = f_p(statistic, df1, df2);
  return test;
}

void finish_coefficients(Estimate& estimate) {
  for (std::size_t i = 0; i < estimate.coefficients.size(); ++i) {
    Coefficient& c = estimate.coefficients[i];
    c.statistic = c.std_error > 0.0 ? c.estimate / c.std_error : missing;
    c.p_value = estimate.df_residual ? t_p(c.statistic, *estimate.df_residual) : normal_p(c.statistic);
  }
}

}  // namespace pericore::econometrics

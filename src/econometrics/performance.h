/// How an estimator does over draws of data whose truth is known (Monte Carlo; Morris, White and Crowther 2019, Statistics in Medicine 38).
#pragma once

#include <cstddef>
#include <span>

namespace pericore::econometrics {

struct Performance {
  std::size_t draws = 0;    ///< with an estimate and a standard error
  double truth = 0.0;       ///< in units of the coefficient
  double mean = 0.0;        ///< of estimates
  double bias = 0.0;        ///< mean less truth
  double bias_error = 0.0;  ///< Monte-Carlo standard error of the bias; NaN with one draw
  double deviation = 0.0;   ///< standard deviation of estimates (n - 1); NaN with one draw
  double standard_error =
      0.0;                ///< root of the mean square of standard errors: what the estimator believes of `deviation`
  double rmse = 0.0;      ///< root of the mean square of estimate less truth
  double coverage = 0.0;  ///< share of confidence intervals that hold the truth [1]
  double rejections =
      0.0;  ///< share of draws in which the hypothesis 0 is rejected [1]: power, or size where the truth is 0
};

/// @param estimates, standard_errors  by draw; draws without either (NaN) are left out
/// @param level                       of confidence, 0 to 1; intervals are normal
/// @throws DomainError  sizes differ, level outside (0, 1)
[[nodiscard]] Performance performance(std::span<const double> estimates, std::span<const double> standard_errors,
                                      double truth, double level);

}  // namespace pericore::econometrics

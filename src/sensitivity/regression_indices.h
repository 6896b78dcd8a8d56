/// Regression-based indices, for any design: standardised coefficients and partial correlations, of values or of ranks.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sensitivity/bootstrap.h"

namespace pericore::sensitivity {

struct RegressionOptions {
  bool ranks = false;  ///< parameters and output by their ranks: SRRC and PRCC
  BootstrapOptions bootstrap = {};
};

struct RegressionIndices {
  std::vector<Estimate>
      standardised;  ///< SRC or SRRC: standard deviations of output a standard deviation of the parameter [1]
  std::vector<Estimate> partial;  ///< PCC or PRCC [1], -1 to 1
  Estimate r2;           ///< share of the variance that the regression explains: below some 0.7 the others say little
  std::size_t used = 0;  ///< rows
  std::size_t dropped = 0;  ///< rows with a failed run
  std::string reason;       ///< why there are no indices
};

/// Least squares of the output on all parameters at once. SRC_j = b_j sd(x_j)/sd(y); PCC_j is the correlation of what the other
/// parameters leave of x_j and y. On ranks: Iman and Conover (1979), Saltelli and Marivoet (1990). The interval resamples rows (and
/// ranks anew). A parameter that does not vary has no index (NaN).
///
/// @param points   rows x d; SRC and PCC depend on the scale they are given in
/// @param outputs  one a row; NaN or infinite where the run failed
/// @return         without indices if the output does not vary, parameters are collinear, or there are not more rows than d + 1
/// @throws DomainError  if there is not one output a row
[[nodiscard]] RegressionIndices regression_indices(const Eigen::Ref<const Eigen::MatrixXd>& points,
                                                   std::span<const double> outputs, const RegressionOptions& options);

}  // namespace pericore::sensitivity

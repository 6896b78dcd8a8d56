/// First-order Sobol indices from any sample: the correlation ratio.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sensitivity/bootstrap.h"

namespace pericore::sensitivity {

struct CorrelationRatioOptions {
  std::size_t slices = 0;  ///< of each parameter; 0: the square root of the rows, between 2 and 100
  BootstrapOptions bootstrap = {};
};

struct CorrelationRatios {
  std::vector<Estimate> first_order;  ///< S_i [share of the variance]
  std::size_t slices = 0;             ///< at most, of each parameter
  std::size_t used = 0;               ///< rows
  std::size_t dropped = 0;            ///< rows with a failed run
  std::string reason;                 ///< why there are no indices
};

/// S_i = Var(E[Y | X_i])/Var(Y), the conditional mean constant within slices of X_i (slices_of): Pearson's correlation ratio;
/// Plischke, Borgonovo and Smith (2013). Corrected for what K slices of n rows explain by chance: 1 - (W/(n - K))/(T/(n - 1)), W
/// the sum of squares within slices, T in all (Kelley, 1935); so an inert parameter has 0 on average, and values below 0 occur.
///
/// Independent parameters are assumed, no particular design; what bends faster than the slices are wide is missed. The interval
/// resamples rows.
///
/// @param points   rows x d
/// @param outputs  one a row; NaN or infinite where the run failed
/// @return         without indices if the output does not vary or there are fewer rows than twice the slices
/// @throws DomainError  one slice, or not one output a row
[[nodiscard]] CorrelationRatios correlation_ratios(const Eigen::Ref<const Eigen::MatrixXd>& points,
                                                   std::span<const double> outputs,
                                                   const CorrelationRatioOptions& options);

}  // namespace pericore::sensitivity

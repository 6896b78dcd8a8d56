/// Spatial lag, error and Durbin models of panels and cross-sections by maximum likelihood. Formulas, sources and edge cases:
/// docs/estimators/spatial.md.
#pragma once

#include <string>
#include <vector>

#include "econometrics/estimate.h"
#include "econometrics/sample.h"
#include "geography/spatial_weights.h"

namespace pericore::econometrics {

enum class SpatialModel {
  lag,     ///< y = rho W y + X b + effects + e
  error,   ///< y = X b + effects + u, u = lambda W u + e
  durbin,  ///< y = rho W y + X b + W X c + effects + e
};

struct SpatialOptions {
  SpatialModel model = SpatialModel::durbin;
  /// Durbin: names of the exogenous columns whose spatial lags are regressors, too. The constant has none.
  std::vector<std::string> lags_of;
  /// Fixed effects: Lee and Yu's (2010) correction of the variance and, with both effects, of all parameters.
  bool lee_yu = true;
};

/// Estimates one model. Coefficients: exogenous columns, `W:x` of the Durbin model, then `rho` or `lambda`; z statistics. The variance of
/// e is variance_components.idiosyncratic; effects (lag and Durbin) are averages over units with errors by the delta method. Tests: `lm_lag`,
/// `lm_error`, `robust_lm_lag`, `robust_lm_error` (of the model without spatial term) and `lr_spatial` (against it, with `log_likelihood`).
///
/// @param sample   balanced: each entity in each period; absorbed effects are the entity's, the period's, both or none; without
///                 endogenous columns. A cross-section has no `time` and rows in the order of the weights where it has no entity
/// @param weights  units x units, by code of sample.entity, standardised as the user wants it
/// @throws InputError  unbalanced panels (names a unit), other absorbed effects, no neighbours at all, too few observations
/// @throws NumericalError  if the likelihood has no maximum inside the bounds of rho
[[nodiscard]] Estimate spatial_panel(const Sample& sample, const geography::WeightMatrix& weights,
                                     const SpatialOptions& options);

}  // namespace pericore::econometrics

/// The parts of the likelihood of spatial models that depend on the weights alone.
#pragma once

#include <Eigen/Dense>
#include <functional>

#include "geography/spatial_weights.h"

namespace pericore::econometrics {

/// ln |I - rho W| by LU, sparse where W is.
[[nodiscard]] double log_determinant(const geography::WeightMatrix& w, double rho);

/// Largest modulus of an eigenvalue of a matrix with entries >= 0 (power iteration on W + I, whose largest eigenvalue is real and simple in
/// modulus). 0 where no unit has neighbours in a circle.
[[nodiscard]] double spectral_radius(const geography::WeightMatrix& w);

/// Where a function of one variable is largest in an open interval: a grid, then Brent's method in the best cell.
/// @throws NumericalError  if that is at an end
[[nodiscard]] double maximise(const std::function<double(double)>& f, double low, double high);

/// Traces and sums of A = (I - rho W)^-1 that information matrices and effects need; n units.
struct SpatialMultiplier {
  Eigen::MatrixXd wa;         ///< W A
  double trace = 0.0;         ///< tr(WA)
  double trace_square = 0.0;  ///< tr(WA WA)
  double trace_cross = 0.0;   ///< tr((WA)'WA)
  // Averages over units, for x and for W x, and their derivatives by rho.
  double direct[2] = {0.0, 0.0};        ///< tr(A)/n, tr(AW)/n
  double total[2] = {0.0, 0.0};         ///< 1'A1/n, 1'AW1/n
  double direct_slope[2] = {0.0, 0.0};  ///< tr(AWA)/n, tr(AWAW)/n
  double total_slope[2] = {0.0, 0.0};   ///< 1'AWA1/n, 1'AWAW1/n
};
[[nodiscard]] SpatialMultiplier spatial_multiplier(const geography::WeightMatrix& w, double rho);

}  // namespace pericore::econometrics

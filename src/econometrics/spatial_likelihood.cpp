#include "econometrics/spatial_likelihood.h"

#include <Eigen/SparseLU>
#include <boost/math/tools/minima.hpp>
#include <cmath>

#include "base/errors.h"

namespace pericore::econometrics {

using geography::WeightMatrix;

double log_determinant(const WeightMatrix& w, double rho) {
  const Eigen::Index n = w.rows();
  // Below this share of entries the sparse factors of maps stay sparse enough to pay.
  constexpr double sparse = 0.05;
  if (static_cast<double>(w.nonZeros()) < sparse * static_cast<double>(n) * static_cast<double>(n)) {
    Eigen::SparseMatrix<double> identity(n, n);
    identity.setIdentity();
    const Eigen::SparseMatrix<double> a = identity - rho * Eigen::SparseMatrix<double>(w);
    Eigen::SparseLU<Eigen::SparseMatrix<double>> lu;
    lu.compute(a);
    if (lu.info() != Eigen::Success) return -std::numeric_limits<double>::infinity();
    return lu.logAbsDeterminant();
  }
  const Eigen::MatrixXd a = Eigen::MatrixXd::Identity(n, n) - rho * Eigen::MatrixXd(w);
  return a.partialPivLu().matrixLU().diagonal().array().abs().log().sum();
}

double spectral_radius(const WeightMatrix& w) {
  Eigen::VectorXd x = Eigen::VectorXd::Ones(w.rows()).normalized();
  double radius = 0.0;
  for (int step = 0; step < 20000; ++step) {
    Eigen::VectorXd y = w * x + x;
    const double next = y.norm();
    x = y / next;
    if (std::abs(next - radius) <= 1e-13 * next) return next - 1.0;
    radius = next;
  }
  return radius - 1.0;
}

double maximise(const std::function<double(double)>& f, double low, double high) {
  // The likelihood may have two maxima where few units are linked unevenly.
  constexpr int cells = 20;
  double best = 0.0;
  double best_value = -std::numeric_limits<double>::infinity();
  for (int k = 1; k < cells; ++k) {
    const double at = low + (high - low) * k / cells;
    const double value = f(at);
    if (value > best_value) {
      best_value = value;
      best = at;
    }
  }
  const double width = (high - low) / cells;
  const auto found = boost::math::tools::brent_find_minima([&](double at) { return -f(at); }, best - width,
                                                           best + width, std::numeric_limits<double>::digits / 2);
  if (std::min(found.first - low, high - found.first) < 1e-6 * (high - low))
    throw NumericalError("spatial model: the likelihood grows up to the bound of the spatial coefficient");
  return found.first;
}

SpatialMultiplier spatial_multiplier(const WeightMatrix& w, double rho) {
  const Eigen::Index n = w.rows();
  const double units = static_cast<double>(n);
  const Eigen::MatrixXd dense = w;
  const Eigen::MatrixXd a = (Eigen::MatrixXd::Identity(n, n) - rho * dense).inverse();
  SpatialMultiplier m;
  m.wa.noalias() = w * a;  // = AW: both are functions of W
  m.trace = m.wa.trace();
  m.trace_square = m.wa.cwiseProduct(m.wa.transpose()).sum();
  m.trace_cross = m.wa.squaredNorm();
  m.direct[0] = a.trace() / units;
  m.direct[1] = m.trace / units;
  m.direct_slope[0] = a.cwiseProduct(m.wa.transpose()).sum() / units;
  m.direct_slope[1] = m.trace_square / units;
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(n);
  const Eigen::VectorXd a_ones = a * ones;
  const Eigen::VectorXd wa_ones = m.wa * ones;
  m.total[0] = a_ones.sum() / units;
  m.total[1] = wa_ones.sum() / units;
  m.total_slope[0] = (m.wa * a_ones).sum() / units;
  m.total_slope[1] = (m.wa * wa_ones).sum() / units;
  return m;
}

}  // namespace pericore::econometrics

/// Generalised minimal residuals for A x = b, known by its products (Saad and Schultz 1986), preconditioned from the right.
#pragma once

#include <Eigen/Dense>
#include <functional>

namespace pericore::numerics {

/// y = A x; x and y are distinct.
using LinearMap = std::function<void(const Eigen::VectorXd& x, Eigen::VectorXd& y)>;

struct GmresResult {
  Eigen::VectorXd solution;
  double residual = 0.0;  ///< |b - A x| / |b|, as recurred [1]
  int products = 0;       ///< with A
  bool converged = false;
};

/// Starts from x = 0, so that no product is spent on the first residual.
/// @param precondition  x = M^-1 y, applied before A; empty for none
/// @param tolerance     on |b - A x| / |b| [1]
/// @param restart       longest Krylov basis, and by `max_products` how often it is made anew
[[nodiscard]] GmresResult gmres(const LinearMap& product, const Eigen::VectorXd& right, const LinearMap& precondition,
                                double tolerance, int restart, int max_products);

}  // namespace pericore::numerics

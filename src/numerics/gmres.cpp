#include "numerics/gmres.h"

#include <cmath>
#include <vector>

namespace pericore::numerics {

GmresResult gmres(const LinearMap& product, const Eigen::VectorXd& right, const LinearMap& precondition,
                  double tolerance, int restart, int max_products) {
  const Eigen::Index size = right.size();
  GmresResult result{.solution = Eigen::VectorXd::Zero(size), .residual = 1.0, .products = 0, .converged = false};
  const double norm = right.norm();
  if (norm == 0.0) {
    result.residual = 0.0;
    result.converged = true;
    return result;
  }
  Eigen::VectorXd residual = right;
  Eigen::VectorXd preconditioned(size);
  Eigen::VectorXd image(size);
  while (result.products < max_products) {
    const int width = std::min(restart, max_products - result.products);
    Eigen::MatrixXd basis(size, width + 1);
    Eigen::MatrixXd hessenberg = Eigen::MatrixXd::Zero(width + 1, width);
    std::vector<Eigen::JacobiRotation<double>> rotations;
    Eigen::VectorXd right_side = Eigen::VectorXd::Zero(width + 1);
    right_side(0) = residual.norm();
    basis.col(0) = residual / right_side(0);
    int used = 0;
    for (; used < width;) {
      const int j = used++;
      if (precondition) {
        precondition(basis.col(j), preconditioned);
        product(preconditioned, image);
      } else {
        product(basis.col(j), image);
      }
      ++result.products;
      // Twice, so that the basis stays orthogonal to rounding.
      for (int pass = 0; pass < 2; ++pass) {
        const Eigen::VectorXd part = basis.leftCols(j + 1).transpose() * image;
        image.noalias() -= basis.leftCols(j + 1) * part;
        hessenberg.col(j).head(j + 1) += part;
      }
      const double rest = image.norm();
      hessenberg(j + 1, j) = rest;
      if (rest > 0.0) basis.col(j + 1) = image / rest;
      for (int i = 0; i < j; ++i)
        hessenberg.col(j).applyOnTheLeft(i, i + 1, rotations[static_cast<std::size_t>(i)].adjoint());
      Eigen::JacobiRotation<double> rotation;
      rotation.makeGivens(hessenberg(j, j), hessenberg(j + 1, j));
      hessenberg.col(j).applyOnTheLeft(j, j + 1, rotation.adjoint());
      right_side.applyOnTheLeft(j, j + 1, rotation.adjoint());
      rotations.push_back(rotation);
      result.residual = std::abs(right_side(j + 1)) / norm;
      if (result.residual <= tolerance || rest == 0.0 || !std::isfinite(result.residual)) break;
    }
    const Eigen::VectorXd weight =
        hessenberg.topLeftCorner(used, used).triangularView<Eigen::Upper>().solve(right_side.head(used));
    image.noalias() = basis.leftCols(used) * weight;
    if (precondition) {
      precondition(image, preconditioned);
      result.solution += preconditioned;
    } else {
      result.solution += image;
    }
    if (result.residual <= tolerance) {
      result.converged = result.solution.allFinite();
      return result;
    }
    if (!std::isfinite(result.residual) || result.products >= max_products) return result;
    product(result.solution, image);
    ++result.products;
    residual = right - image;
  }
  return result;
}

}  // namespace pericore::numerics

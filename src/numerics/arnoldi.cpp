#include "numerics/arnoldi.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace pericore::numerics {

LeadingEigenvalues leading_eigenvalues(const std::function<void(const Eigen::VectorXd&, Eigen::VectorXd&)>& product,
                                       Eigen::Index size, Eigen::Index subspace, Eigen::Index wanted) {
  LeadingEigenvalues result;
  const Eigen::Index steps = std::min(subspace, size);
  if (steps == 0) return result;
  Eigen::MatrixXd basis = Eigen::MatrixXd::Zero(size, steps + 1);
  Eigen::MatrixXd hessenberg = Eigen::MatrixXd::Zero(steps + 1, steps);
  // A start that is orthogonal to no eigenvector by symmetry: the bits of a multiplicative hash, the same on every machine.
  for (Eigen::Index i = 0; i < size; ++i) {
    basis(i, 0) =
        static_cast<double>((static_cast<std::uint64_t>(i + 1) * 0x9E3779B97F4A7C15ULL) >> 40U) / 16777216.0 - 0.5;
  }
  basis.col(0).normalize();
  Eigen::VectorXd image(size);
  Eigen::Index built = 0;
  for (Eigen::Index j = 0; j < steps; ++j) {
    product(basis.col(j), image);
    const double before = image.norm();
    // Twice is enough (Giraud, Langou and Rozloznik 2005).
    for (int pass = 0; pass < 2; ++pass) {
      const Eigen::VectorXd share = basis.leftCols(j + 1).transpose() * image;
      image.noalias() -= basis.leftCols(j + 1) * share;
      hessenberg.col(j).head(j + 1) += share;
    }
    const double rest = image.norm();
    built = j + 1;
    if (rest <= 1e-14 * before) break;  // an invariant subspace: exact
    hessenberg(j + 1, j) = rest;
    basis.col(j + 1) = image / rest;
  }
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(hessenberg.topLeftCorner(built, built));
  std::vector<Eigen::Index> order(static_cast<std::size_t>(built));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const Eigen::VectorXcd values = solver.eigenvalues();
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return std::abs(values(a)) > std::abs(values(b)); });
  const Eigen::Index count = std::min(wanted, built);
  result.values.resize(count);
  result.vectors.resize(size, count);
  result.residuals.resize(count);
  const double tail = built < hessenberg.rows() ? hessenberg(built, built - 1) : 0.0;
  for (Eigen::Index i = 0; i < count; ++i) {
    const Eigen::Index source = order[static_cast<std::size_t>(i)];
    const Eigen::VectorXcd small = solver.eigenvectors().col(source).normalized();
    result.values(i) = values(source);
    result.vectors.col(i) = basis.leftCols(built).cast<std::complex<double>>() * small;
    result.residuals(i) = tail * std::abs(small(built - 1));
  }
  return result;
}

}  // namespace pericore::numerics

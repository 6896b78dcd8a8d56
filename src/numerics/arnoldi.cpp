#include "numerics/arnoldi.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace pericore::numerics {

namespace {

/// Orthonormal basis of a Krylov space, and the map on it.
struct KrylovSpace {
  Eigen::MatrixXd basis;       ///< size x built
  Eigen::MatrixXd hessenberg;  ///< built x built
  double tail = 0.0;           ///< how far the last vector leads out of the space
};

KrylovSpace arnoldi(const std::function<void(const Eigen::VectorXd&, Eigen::VectorXd&)>& product, Eigen::Index size,
                    Eigen::Index steps) {
  KrylovSpace space;
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
  if (built > 0) space.tail = hessenberg(built, built - 1);
  space.basis = basis.leftCols(built);
  space.hessenberg = hessenberg.topLeftCorner(built, built);
  return space;
}

std::vector<Eigen::Index> by_falling_modulus(const Eigen::VectorXcd& values) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return std::abs(values(a)) > std::abs(values(b)); });
  return order;
}

}  // namespace

LeadingEigenvalues leading_eigenvalues(const std::function<void(const Eigen::VectorXd&, Eigen::VectorXd&)>& product,
                                       Eigen::Index size, Eigen::Index subspace, Eigen::Index wanted) {
  LeadingEigenvalues result;
  const Eigen::Index steps = std::min(subspace, size);
  if (steps == 0) return result;
  const KrylovSpace space = arnoldi(product, size, steps);
  const Eigen::Index built = space.basis.cols();
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(space.hessenberg);
  const Eigen::VectorXcd values = solver.eigenvalues();
  const std::vector<Eigen::Index> order = by_falling_modulus(values);
  const Eigen::Index count = std::min(wanted, built);
  result.values.resize(count);
  result.vectors.resize(size, count);
  result.residuals.resize(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    const Eigen::Index source = order[static_cast<std::size_t>(i)];
    const Eigen::VectorXcd small = solver.eigenvectors().col(source).normalized();
    result.values(i) = values(source);
    result.vectors.col(i) = space.basis.cast<std::complex<double>>() * small;
    result.residuals(i) = space.tail * std::abs(small(built - 1));
  }
  return result;
}

DominantSubspace dominant_subspace(const std::function<void(const Eigen::VectorXd&, Eigen::VectorXd&)>& product,
                                   Eigen::Index size, Eigen::Index subspace, Eigen::Index wanted) {
  DominantSubspace result;
  const Eigen::Index steps = std::min(subspace, size);
  if (steps == 0 || wanted <= 0) return result;
  const KrylovSpace space = arnoldi(product, size, steps);
  const Eigen::Index built = space.basis.cols();
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(space.hessenberg);
  const Eigen::VectorXcd values = solver.eigenvalues();
  Eigen::MatrixXd spanning(built, built);
  Eigen::Index count = 0;
  for (const Eigen::Index i : by_falling_modulus(values)) {
    if (count >= wanted || count >= built) break;
    if (values(i).imag() < 0.0) continue;  // of a pair the real and imaginary part of the other one
    const Eigen::VectorXcd vector = solver.eigenvectors().col(i);
    spanning.col(count++) = vector.real().normalized();
    if (values(i).imag() > 0.0 && count < built) spanning.col(count++) = vector.imag().normalized();
  }
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(spanning.leftCols(count));
  const Eigen::MatrixXd small = qr.householderQ() * Eigen::MatrixXd::Identity(built, count);
  result.basis = space.basis * small;
  result.restricted = small.transpose() * space.hessenberg * small;
  return result;
}

}  // namespace pericore::numerics

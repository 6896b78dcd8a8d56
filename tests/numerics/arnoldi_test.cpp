#include "numerics/arnoldi.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

using pericore::numerics::leading_eigenvalues;

namespace {

Eigen::MatrixXd random_matrix(Eigen::Index size, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(size, size, [&] { return normal(random); });
}

auto product_of(const Eigen::MatrixXd& matrix) {
  return [&matrix](const Eigen::VectorXd& x, Eigen::VectorXd& y) { y = matrix * x; };
}

/// Distance of a value from the nearest of the exact ones.
double nearest(const Eigen::VectorXcd& exact, std::complex<double> value) {
  return (exact.array() - value).abs().minCoeff();
}

}  // namespace

TEST_CASE("a full Krylov space has the eigenvalues of the matrix", "[numerics]") {
  const unsigned seed = GENERATE(1u, 2u, 3u, 4u);
  CAPTURE(seed);
  const Eigen::Index n = 30;
  const Eigen::MatrixXd a = random_matrix(n, seed);
  const Eigen::EigenSolver<Eigen::MatrixXd> exact(a);
  const auto found = leading_eigenvalues(product_of(a), n, n, n);
  REQUIRE(found.values.size() == n);
  std::vector<double> moduli(static_cast<std::size_t>(n));
  for (Eigen::Index i = 0; i < n; ++i) moduli[static_cast<std::size_t>(i)] = std::abs(exact.eigenvalues()(i));
  std::sort(moduli.rbegin(), moduli.rend());
  for (Eigen::Index i = 0; i < n; ++i) {
    CHECK(nearest(exact.eigenvalues(), found.values(i)) < 1e-9);
    // By falling modulus, and none twice or left out.
    CHECK(std::abs(found.values(i)) == Approx(moduli[static_cast<std::size_t>(i)]).epsilon(1e-9));
    const Eigen::VectorXcd v = found.vectors.col(i);
    CHECK(v.norm() == Approx(1.0).epsilon(1e-12));
    CHECK((a.cast<std::complex<double>>() * v - found.values(i) * v).norm() < 1e-9);
  }
}

TEST_CASE("a small Krylov space finds what stands out, and its residuals are those of the pairs", "[numerics]") {
  // Spectrum known by construction: 0.99, 0.9 +- 0.3i, and the rest within 0.5.
  const Eigen::Index n = 200;
  Eigen::MatrixXd d = Eigen::MatrixXd::Zero(n, n);
  d(0, 0) = 0.99;
  d(1, 1) = d(2, 2) = 0.9;
  d(1, 2) = 0.3;
  d(2, 1) = -0.3;
  for (Eigen::Index i = 3; i < n; ++i) d(i, i) = 0.5 * static_cast<double>(i) / static_cast<double>(n);
  const Eigen::MatrixXd q = random_matrix(n, 5).householderQr().householderQ();
  const Eigen::MatrixXd a = q * d * q.transpose();
  const auto found = leading_eigenvalues(product_of(a), n, 30, 3);
  REQUIRE(found.values.size() == 3);
  CHECK(std::abs(found.values(0)) == Approx(0.99).epsilon(1e-9));
  const Eigen::VectorXcd expected = (Eigen::VectorXcd(3) << std::complex<double>(0.9, 0.3),
                                     std::complex<double>(0.9, -0.3), std::complex<double>(0.99, 0.0))
                                        .finished();
  for (Eigen::Index i = 0; i < 3; ++i) {
    CHECK(nearest(expected, found.values(i)) < 1e-8);
    const Eigen::VectorXcd v = found.vectors.col(i);
    CHECK((a.cast<std::complex<double>>() * v - found.values(i) * v).norm() ==
          Approx(found.residuals(i)).margin(1e-12));
  }
}

TEST_CASE("invariant subspaces end the iteration early and exactly", "[numerics]") {
  const Eigen::Index n = 12;
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(n, n);
  const auto one = leading_eigenvalues(product_of(identity), n, 8, 8);
  REQUIRE(one.values.size() == 1);  // every start is an eigenvector
  CHECK(std::abs(one.values(0) - 1.0) < 1e-14);
  CHECK(one.residuals(0) == 0.0);

  const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(n, n);
  const auto none = leading_eigenvalues(product_of(zero), n, 8, 8);
  REQUIRE(none.values.size() == 1);
  CHECK(none.values(0) == std::complex<double>(0.0, 0.0));

  CHECK(leading_eigenvalues(product_of(identity), 0, 8, 8).values.size() == 0);
}

TEST_CASE("the dominant subspace holds the largest eigenvalues of a non-normal matrix, complex pairs whole",
          "[numerics]") {
  // Block triangular: 0.9, a pair 0.5 +- 0.4i, 0.6, then a tail of at most 0.1; the part above the blocks makes it non-normal.
  const Eigen::Index n = 60;
  Eigen::MatrixXd a = 0.3 * random_matrix(n, 5u).triangularView<Eigen::StrictlyUpper>().toDenseMatrix();
  for (Eigen::Index i = 4; i < n; ++i) a(i, i) = 0.1 * static_cast<double>(n - i) / static_cast<double>(n);
  a(0, 0) = 0.9;
  a.block(1, 1, 2, 2) << 0.5, 0.4, -0.4, 0.5;
  a(3, 3) = 0.6;
  a.block(0, 4, 4, n - 4) *= 0.1;
  a.bottomRightCorner(n - 4, n - 4).triangularView<Eigen::StrictlyUpper>() *= 0.05;

  // Asked for 2: the pair (modulus 0.64) after 0.9 comes as a whole.
  const auto found = pericore::numerics::dominant_subspace(product_of(a), n, 40, 2);
  REQUIRE(found.basis.cols() == 3);
  CHECK((found.basis.transpose() * found.basis - Eigen::MatrixXd::Identity(3, 3)).norm() < 1e-12);
  CHECK((found.basis.transpose() * a * found.basis - found.restricted).norm() < 1e-10);
  // Invariant: A V = V H.
  CHECK((a * found.basis - found.basis * found.restricted).norm() < 1e-8);
  const Eigen::VectorXcd values = Eigen::EigenSolver<Eigen::MatrixXd>(found.restricted).eigenvalues();
  CHECK(nearest(values, 0.9) < 1e-8);
  CHECK(nearest(values, {0.5, 0.4}) < 1e-8);
}

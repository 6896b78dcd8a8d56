#include "numerics/gmres.h"

#include <catch2/catch.hpp>
#include <random>

using namespace pericore;

namespace {

Eigen::MatrixXd random_matrix(Eigen::Index size) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  Eigen::MatrixXd matrix = Eigen::MatrixXd::NullaryExpr(size, size, [&] { return uniform(random); });
  matrix.diagonal().array() += 2.0 * std::sqrt(static_cast<double>(size));
  return matrix;
}

}  // namespace

TEST_CASE("GMRES solves what LU solves, with and without restarts and preconditioner", "[numerics][gmres]") {
  const Eigen::Index size = 60;
  const Eigen::MatrixXd matrix = random_matrix(size);
  const Eigen::VectorXd right = Eigen::VectorXd::LinSpaced(size, -1.0, 2.0);
  const int restart = GENERATE(60, 12);
  const bool with_diagonal = GENERATE(false, true);
  const numerics::LinearMap product = [&](const Eigen::VectorXd& x, Eigen::VectorXd& y) { y = matrix * x; };
  const numerics::LinearMap diagonal = [&](const Eigen::VectorXd& x, Eigen::VectorXd& y) {
    y = x.cwiseQuotient(matrix.diagonal());
  };
  const auto result =
      numerics::gmres(product, right, with_diagonal ? diagonal : numerics::LinearMap(), 1e-13, restart, 500);
  CHECK(result.converged);
  // The condition number is below 100.
  CHECK((result.solution - matrix.partialPivLu().solve(right)).norm() < 1e-10);
  CHECK((right - matrix * result.solution).norm() <= 2e-13 * right.norm());
}

TEST_CASE("GMRES ends in as many products as there are different eigenvalues", "[numerics][gmres]") {
  Eigen::VectorXd values = Eigen::VectorXd::Constant(40, 2.0);
  values.head(10).setConstant(5.0);
  values.tail(3).setConstant(-1.0);
  const numerics::LinearMap product = [&](const Eigen::VectorXd& x, Eigen::VectorXd& y) { y = values.cwiseProduct(x); };
  const auto result = numerics::gmres(product, Eigen::VectorXd::Ones(40), {}, 1e-12, 40, 100);
  CHECK(result.converged);
  CHECK(result.products == 3);
}

TEST_CASE("GMRES says when it has not converged", "[numerics][gmres]") {
  const Eigen::MatrixXd matrix = random_matrix(50);
  const numerics::LinearMap product = [&](const Eigen::VectorXd& x, Eigen::VectorXd& y) { y = matrix * x; };
  const auto result = numerics::gmres(product, Eigen::VectorXd::Ones(50), {}, 1e-13, 5, 5);
  CHECK_FALSE(result.converged);
  CHECK(result.residual > 1e-13);
  const auto nothing = numerics::gmres(product, Eigen::VectorXd::Zero(50), {}, 1e-13, 5, 5);
  CHECK(nothing.converged);
  CHECK(nothing.solution.norm() == 0.0);
}

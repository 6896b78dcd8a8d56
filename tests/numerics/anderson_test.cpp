#include "numerics/anderson.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using pericore::numerics::Anderson;

namespace {

Eigen::MatrixXd random_matrix(Eigen::Index size, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(size, size, [&] { return normal(random); });
}

/// Steps until |g(x) - x| is below the tolerance; `limit` if never.
template <class Map>
int steps_to_converge(const Map& map, Eigen::VectorXd& x, int depth, double tolerance, int limit) {
  Anderson accelerator(x.size(), depth);
  Eigen::VectorXd next;
  for (int step = 0; step < limit; ++step) {
    const Eigen::VectorXd image = map(x);
    if ((image - x).cwiseAbs().maxCoeff() <= tolerance) return step;
    accelerator.step(x, image, 1.0, next);
    x = next;
  }
  return limit;
}

}  // namespace

TEST_CASE("a linear problem of n unknowns is solved in n + 1 steps, even where plain iteration diverges",
          "[numerics]") {
  // With all steps kept the residual after k steps is the minimum over a Krylov space of dimension k (Walker and Ni 2011).
  const Eigen::Index n = 6;
  const Eigen::MatrixXd rotation = random_matrix(n, 1).householderQr().householderQ();
  const Eigen::MatrixXd a = 1.5 * rotation;  // all eigenvalues of modulus 1.5
  const Eigen::VectorXd b = random_matrix(n, 2).col(0);
  const auto map = [&](const Eigen::VectorXd& x) -> Eigen::VectorXd { return a * x + b; };
  Eigen::VectorXd x = Eigen::VectorXd::Zero(n);
  CHECK(steps_to_converge(map, x, static_cast<int>(n), 1e-8, 100) <= n + 1);
  const Eigen::VectorXd exact = (Eigen::MatrixXd::Identity(n, n) - a).fullPivLu().solve(b);
  CHECK((x - exact).cwiseAbs().maxCoeff() < 1e-6);

  Eigen::VectorXd plain = Eigen::VectorXd::Zero(n);
  CHECK(steps_to_converge(map, plain, 0, 1e-8, 100) == 100);
}

TEST_CASE("a nonlinear problem takes fewer steps than plain iteration and ends at the same point", "[numerics]") {
  const Eigen::Index n = 20;
  const Eigen::MatrixXd coupling = 0.9 * Eigen::MatrixXd::Identity(n, n) + 0.02 * random_matrix(n, 3);
  const auto map = [&](const Eigen::VectorXd& x) -> Eigen::VectorXd { return (coupling * x).array().cos(); };
  Eigen::VectorXd fast = Eigen::VectorXd::Zero(n);
  Eigen::VectorXd slow = Eigen::VectorXd::Zero(n);
  const int accelerated = steps_to_converge(map, fast, 5, 1e-12, 500);
  const int plain = steps_to_converge(map, slow, 0, 1e-12, 500);
  REQUIRE(plain < 500);
  CHECK(3 * accelerated < plain);
  CHECK((fast - slow).cwiseAbs().maxCoeff() < 1e-11);
}

TEST_CASE("without stored steps the next iterate is the mixture of x and g(x)", "[numerics]") {
  const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(3, 0.0, 1.0);
  const Eigen::VectorXd image = Eigen::VectorXd::LinSpaced(3, 2.0, -4.0);
  Eigen::VectorXd next;
  Anderson none(3, 0);
  none.step(x, image, 0.25, next);
  CHECK((next - (0.75 * x + 0.25 * image)).norm() == Approx(0.0).margin(1e-15));
  none.step(next, image, 1.0, next);
  CHECK(next == image);

  // After a restart the first step knows nothing of what came before.
  Anderson kept(3, 4);
  kept.step(x, image, 1.0, next);
  kept.step(image, 0.5 * image, 1.0, next);
  CHECK(next != 0.5 * image);
  kept.restart();
  kept.step(image, 0.5 * image, 1.0, next);
  CHECK(next == 0.5 * image);
}

TEST_CASE("repeated steps do not break the least-squares problem", "[numerics]") {
  // The same step twice gives linearly dependent columns: the shortest solution is taken.
  const Eigen::VectorXd x = Eigen::VectorXd::Ones(4);
  const Eigen::VectorXd image = 2.0 * Eigen::VectorXd::Ones(4);
  Anderson accelerator(4, 3);
  Eigen::VectorXd next;
  for (int i = 0; i < 6; ++i) {
    accelerator.step(x, image, 1.0, next);
    REQUIRE(next.allFinite());
  }
}

#include "calibrate/bootstrap.h"

#include <Eigen/Dense>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "base/errors.h"

using namespace pericore;
using calibrate::Bootstrap;
using calibrate::EstimatedMoments;

namespace {

/// A regression with clusters: three residuals each, of y = x theta + a shock of the cluster; one moment with a variance beside them.
EstimatedMoments regression(int clusters) {
  std::mt19937_64 generator(11);
  std::normal_distribution<double> normal;
  constexpr int size = 3;
  EstimatedMoments e;
  e.jacobian.resize(1 + size * clusters, 2);
  e.gap.resize(1 + size * clusters);
  e.jacobian.row(0) << 0.5, 1.0;
  e.gap[0] = 0.3;
  for (int c = 0; c < clusters; ++c) {
    const double shock = normal(generator);
    for (int i = 0; i < size; ++i) {
      const int row = 1 + size * c + i;
      e.jacobian.row(row) << 1.0 + 0.5 * normal(generator), normal(generator);
      e.gap[row] = shock + 0.5 * normal(generator);
      e.cluster.push_back(c);
    }
  }
  e.weighting = {.block = Eigen::MatrixXd::Constant(1, 1, 4.0), .diagonal = Eigen::VectorXd::Ones(size * clusters)};
  e.covariance = Eigen::MatrixXd::Constant(1, 1, 0.25);
  e.scale = Eigen::Vector2d::Ones();
  const Eigen::MatrixXd weighted = e.weighting.times(e.jacobian);
  const Eigen::VectorXd estimate = -(weighted.transpose() * e.jacobian).ldlt().solve(weighted.transpose() * e.gap);
  e.gap += e.jacobian * estimate;  // at the estimate
  return e;
}

const Eigen::Vector2d values(1.0, 2.0);
const Eigen::Vector2d far_low(-100.0, -100.0);
const Eigen::Vector2d far_high(100.0, 100.0);

}  // namespace

TEST_CASE("With many clusters the bootstrap has the clustered standard errors", "[calibrate][bootstrap]") {
  const EstimatedMoments e = regression(400);
  const calibrate::Inference inference = calibrate::infer(e);
  const Bootstrap found = calibrate::bootstrap_clusters(e, values, far_low, far_high, {.draws = 2000, .seed = 1});
  for (int p = 0; p < 2; ++p) {
    // Of 2,000 draws a standard deviation is known to 1.6 %; clusters are 400.
    CHECK(found.standard_errors[p] == Approx(inference.standard_errors[p]).epsilon(0.08));
    CHECK(found.estimates.col(p).mean() == Approx(values[p]).margin(0.1 * found.standard_errors[p]));
    CHECK(found.high[p] - found.low[p] == Approx(2.0 * 1.96 * found.standard_errors[p]).epsilon(0.1));
  }
}

TEST_CASE("A draw is the weighted least squares of the clusters drawn", "[calibrate][bootstrap]") {
  // Without an error of the block, two clusters have three outcomes: both the first, both the second, one of each, which is the estimate.
  EstimatedMoments e = regression(2);
  e.covariance.setZero();
  const Bootstrap found = calibrate::bootstrap_clusters(e, values, far_low, far_high, {.draws = 400, .seed = 3});
  const auto refit = [&](double first, double second) -> Eigen::Vector2d {
    Eigen::VectorXd weight(7);
    weight << 4.0, first, first, first, second, second, second;
    const Eigen::MatrixXd weighted = weight.asDiagonal() * e.jacobian;
    return values - (weighted.transpose() * e.jacobian).ldlt().solve(weighted.transpose() * e.gap);
  };
  const Eigen::Vector2d outcomes[] = {refit(2, 0), refit(1, 1), refit(0, 2)};
  CHECK((outcomes[1] - values).norm() == Approx(0.0).margin(1e-10));
  int seen[3] = {0, 0, 0};
  for (Eigen::Index draw = 0; draw < 400; ++draw) {
    int matched = -1;
    for (int k = 0; k < 3; ++k) {
      if ((found.estimates.row(draw).transpose() - outcomes[k]).norm() < 1e-9) matched = k;
    }
    REQUIRE(matched >= 0);
    ++seen[matched];
  }
  // A quarter, half, a quarter; three binomial standard errors of 400.
  CHECK(seen[1] == Approx(200).margin(30));
  CHECK(seen[0] == Approx(100).margin(26));
}

TEST_CASE("Draws stay within the ranges, belong to the seed, and need clusters", "[calibrate][bootstrap]") {
  const EstimatedMoments e = regression(20);
  const Bootstrap inside =
      calibrate::bootstrap_clusters(e, values, Eigen::Vector2d(1.0, 1.9), far_high, {.draws = 100, .seed = 5});
  CHECK(inside.estimates.col(0).minCoeff() == 1.0);
  CHECK((inside.estimates.col(0).array() == 1.0).count() > 20);
  CHECK((inside.estimates.col(1).array() >= 1.9).all());
  const auto draw = [&](std::uint64_t seed) {
    return calibrate::bootstrap_clusters(e, values, far_low, far_high, {.draws = 50, .seed = seed}).estimates;
  };
  CHECK(draw(5) == draw(5));
  CHECK(draw(5) != draw(6));
  CHECK_THROWS_AS(calibrate::bootstrap_clusters(regression(1), values, far_low, far_high, {.draws = 50, .seed = 1}),
                  DomainError);
  CHECK_THROWS_AS(calibrate::bootstrap_clusters(e, values, far_low, far_high, {.draws = 1, .seed = 1}), DomainError);
}

TEST_CASE("Nonlinearity is the share of a change that a line misses", "[calibrate][bootstrap]") {
  const EstimatedMoments e = regression(5);
  const Eigen::Vector2d step(0.2, -0.1);
  const Eigen::VectorXd line = e.jacobian * step;
  CHECK(calibrate::nonlinearity(e, step, e.gap + line) == Approx(0.0).margin(1e-12));
  CHECK(calibrate::nonlinearity(e, step, e.gap + 1.3 * line) == Approx(0.3));
}

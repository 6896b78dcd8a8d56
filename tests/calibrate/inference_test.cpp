// Linear moments m(theta) = B theta have everything in closed form.
#include "calibrate/inference.h"

#include <Eigen/Dense>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "base/errors.h"

using namespace pericore;
using calibrate::EstimatedMoments;

namespace {

/// Four moments, two parameters, correlated errors.
struct LinearProblem {
  Eigen::MatrixXd b = (Eigen::MatrixXd(4, 2) << 1.0, 0.5, 0.2, 2.0, -1.0, 1.0, 0.3, 0.3).finished();
  Eigen::VectorXd data = (Eigen::VectorXd(4) << 1.1, 3.9, 1.2, 0.7).finished();
  Eigen::MatrixXd omega = (Eigen::MatrixXd(4, 4) << 0.04, 0.01, 0.0, 0.0, 0.01, 0.09, 0.02, 0.0, 0.0, 0.02, 0.16, 0.01,
                           0.0, 0.0, 0.01, 0.01)
                              .finished();

  [[nodiscard]] Eigen::VectorXd estimate(const Eigen::MatrixXd& w) const {
    return (b.transpose() * w * b).ldlt().solve(b.transpose() * w * data);
  }
  [[nodiscard]] EstimatedMoments at_estimate(const Eigen::MatrixXd& w) const {
    return {.jacobian = b,
            .gap = b * estimate(w) - data,
            .weighting = {.block = w, .diagonal = {}},
            .covariance = omega,
            .cluster = {},
            .scale = Eigen::Vector2d(1.0, 3.0)};
  }
};

}  // namespace

TEST_CASE("Optimal weights give the covariance, the sensitivity and the J of generalised least squares",
          "[calibrate][inference]") {
  const LinearProblem problem;
  const Eigen::MatrixXd w = calibrate::optimal_weights(problem.omega);
  CHECK((w * problem.omega - Eigen::MatrixXd::Identity(4, 4)).norm() == Approx(0.0).margin(1e-12));
  const EstimatedMoments at = problem.at_estimate(w);
  const calibrate::Inference result = calibrate::infer(at);
  const Eigen::MatrixXd gls = (problem.b.transpose() * problem.omega.inverse() * problem.b).inverse();
  CHECK((result.covariance - gls).norm() == Approx(0.0).margin(1e-13));
  CHECK(result.standard_errors[0] == Approx(std::sqrt(gls(0, 0))));
  // The estimate is -Lambda data.
  CHECK((-result.sensitivity * problem.data - problem.estimate(w)).norm() == Approx(0.0).margin(1e-12));
  CHECK(result.j.statistic == Approx(at.gap.dot(problem.omega.inverse() * at.gap)).epsilon(1e-10));
  CHECK(result.j.df == 2);
  CHECK(result.j.p_value == Approx(std::exp(-0.5 * result.j.statistic)));  // chi-squared with two degrees of freedom
}

TEST_CASE("Other weights: sandwich, and the J of what is left does not depend on them", "[calibrate][inference]") {
  const LinearProblem problem;
  const Eigen::MatrixXd w = Eigen::Vector4d(1.0, 4.0, 0.5, 2.0).asDiagonal();
  const calibrate::Inference result = calibrate::infer(problem.at_estimate(w));
  const Eigen::MatrixXd h = (problem.b.transpose() * w * problem.b).inverse() * problem.b.transpose() * w;
  CHECK((result.covariance - h * problem.omega * h.transpose()).norm() == Approx(0.0).margin(1e-13));
  // M g spans the complement of G whatever W: linear moments have one J.
  const calibrate::Inference best = calibrate::infer(problem.at_estimate(calibrate::optimal_weights(problem.omega)));
  CHECK(result.j.statistic == Approx(best.j.statistic).epsilon(1e-9));
  // Standard errors of the gaps that are left.
  const Eigen::MatrixXd m = Eigen::MatrixXd::Identity(4, 4) - problem.b * h;
  CHECK(result.gap_errors[2] == Approx(std::sqrt((m * problem.omega * m.transpose())(2, 2))));
}

TEST_CASE("Residuals of units: the variance of least squares clustered by Liang and Zeger", "[calibrate][inference]") {
  const LinearProblem problem;
  EstimatedMoments at = problem.at_estimate(Eigen::MatrixXd::Identity(4, 4));
  at.weighting = {.block = Eigen::MatrixXd(0, 0), .diagonal = Eigen::VectorXd::Ones(4)};
  at.covariance = Eigen::MatrixXd(0, 0);
  at.cluster = {0, 1, 0, 1};
  const calibrate::Inference result = calibrate::infer(at);
  Eigen::MatrixXd meat = Eigen::MatrixXd::Zero(2, 2);
  for (const std::array<int, 2> rows : {std::array{0, 2}, std::array{1, 3}}) {
    const Eigen::VectorXd sum =
        problem.b.row(rows[0]).transpose() * at.gap[rows[0]] + problem.b.row(rows[1]).transpose() * at.gap[rows[1]];
    meat += sum * sum.transpose();
  }
  const Eigen::MatrixXd bread = (problem.b.transpose() * problem.b).inverse();
  CHECK((result.covariance - bread * meat * bread).norm() == Approx(0.0).margin(1e-13));
  CHECK(std::isnan(result.j.statistic));
  CHECK_FALSE(result.j.reason.empty());
}

TEST_CASE("Two parameters that only their sum identifies have no standard error, a third keeps its own",
          "[calibrate][inference]") {
  Eigen::MatrixXd g(4, 3);
  g << 1.0, 1.0, 0.0, 2.0, 2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 2.0;
  const calibrate::Inference result =
      calibrate::infer({.jacobian = g,
                        .gap = Eigen::VectorXd::Zero(4),
                        .weighting = {.block = Eigen::MatrixXd::Identity(4, 4), .diagonal = {}},
                        .covariance = Eigen::MatrixXd::Identity(4, 4),
                        .cluster = {},
                        .scale = Eigen::Vector3d::Ones()});
  CHECK(std::isnan(result.standard_errors[0]));
  CHECK(std::isnan(result.standard_errors[1]));
  CHECK(result.standard_errors[2] == Approx(std::sqrt(1.0 / 5.0)));
  CHECK(result.condition > 1e12);
  CHECK(result.identified == std::vector<char>{0, 0, 1});
  CHECK(std::isnan(result.j.statistic));
}

TEST_CASE("Sizes that do not fit are refused", "[calibrate][inference]") {
  EstimatedMoments at = LinearProblem().at_estimate(Eigen::MatrixXd::Identity(4, 4));
  at.gap.conservativeResize(3);
  CHECK_THROWS_AS(calibrate::infer(at), DomainError);
  CHECK_THROWS_AS(calibrate::optimal_weights(Eigen::MatrixXd::Ones(2, 2)), NumericalError);
}

TEST_CASE(
    "A covariance estimated between few seeds: J keeps its size, standard errors of optimal weights are those of the "
    "estimates",
    "[calibrate][inference]") {
  // 6 moments, 2 parameters, 14 seeds. With chi-squared J would reject in a third of all draws, and uncorrected errors would be too small by a third.
  constexpr int moments = 6;
  constexpr int seeds = 14;
  constexpr int draws = 2000;
  std::mt19937_64 generator(7);
  std::normal_distribution<double> normal;
  const auto noise = [&](int columns) {
    return Eigen::MatrixXd(Eigen::MatrixXd::NullaryExpr(moments, columns, [&] { return normal(generator); }));
  };
  const Eigen::MatrixXd b = noise(2);
  const Eigen::MatrixXd mix = noise(moments) + 2.0 * Eigen::MatrixXd::Identity(moments, moments);
  for (const bool optimal : {false, true}) {
    CAPTURE(optimal);
    int rejected = 0;
    Eigen::Array2d squares = Eigen::Array2d::Zero();
    Eigen::Array2d variances = Eigen::Array2d::Zero();
    for (int draw = 0; draw < draws; ++draw) {
      const Eigen::MatrixXd simulated = mix * noise(seeds);
      const Eigen::VectorXd gap = simulated.rowwise().mean() - mix * noise(1).col(0);  // at the truth, 0
      const Eigen::MatrixXd off = simulated.colwise() - simulated.rowwise().mean();
      const Eigen::MatrixXd omega = off * off.transpose() / (seeds - 1) * (1.0 + 1.0 / seeds);
      const Eigen::MatrixXd w =
          optimal ? Eigen::MatrixXd(omega.inverse()) : Eigen::MatrixXd(omega.diagonal().cwiseInverse().asDiagonal());
      const Eigen::VectorXd estimate = -(b.transpose() * w * b).ldlt().solve(b.transpose() * w * gap);
      const calibrate::Inference found = calibrate::infer({.jacobian = b,
                                                           .gap = gap + b * estimate,
                                                           .weighting = {.block = w, .diagonal = {}},
                                                           .covariance = omega,
                                                           .cluster = {},
                                                           .covariance_df = seeds - 1,
                                                           .optimal = optimal,
                                                           .scale = Eigen::Vector2d::Ones()});
      REQUIRE(found.j.df == 4);
      REQUIRE(found.j.df_below == 10);
      if (found.j.p_value < 0.05) ++rejected;
      squares += estimate.array().square();
      variances += found.standard_errors.array().square();
    }
    // Three binomial standard errors; J is F exactly, whatever the weights.
    CHECK(rejected / static_cast<double>(draws) == Approx(0.05).margin(3.0 * std::sqrt(0.05 * 0.95 / draws)));
    const Eigen::Array2d ratio = (squares / variances).sqrt();
    // Of 2,000 draws: some 3 %. Diagonal weights are estimated too, which is worth some per cent and not corrected.
    for (const double own : ratio) CHECK(own == Approx(1.0).margin(optimal ? 0.1 : 0.15));
  }
}

TEST_CASE("Too few seeds for a test or an error say so", "[calibrate][inference]") {
  const LinearProblem problem;
  EstimatedMoments moments = problem.at_estimate(problem.omega.inverse());
  moments.covariance_df = 1;
  moments.optimal = true;
  const calibrate::Inference found = calibrate::infer(moments);
  CHECK(std::isnan(found.j.p_value));
  CHECK(found.j.reason == "seeds are too few to tell the covariance of the moments");
  CHECK(std::isnan(found.standard_errors[0]));
}

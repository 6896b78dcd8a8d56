#include "calibrate/fit.h"

#include <Eigen/Dense>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "base/parallel.h"
#include "design/sampling.h"

using namespace pericore;
using calibrate::Fit;
using calibrate::Problem;
using calibrate::Simulated;

namespace {

/// A decay a exp(-b t) seen at some times: two parameters, nonlinear in one.
Eigen::VectorXd decay(double a, double b) {
  const Eigen::ArrayXd t = Eigen::ArrayXd::LinSpaced(5, 0.0, 4.0);
  return a * (-b * t).exp();
}

std::vector<Simulated> decays(std::span<const Eigen::VectorXd> points) {
  std::vector<Simulated> result;
  for (const Eigen::VectorXd& x : points) result.push_back({.moments = decay(x[0], x[1]), .error = {}});
  return result;
}

Problem decay_problem(const Eigen::VectorXd& data) {
  Problem problem;
  problem.parameters = {{.name = "a", .scale = design::Linear{0.5, 4.0}, .start = 1.0, .prior = {}},
                        {.name = "b", .scale = design::Log{0.05, 2.0}, .start = 1.5, .prior = {}}};
  problem.empirical.values = data;
  problem.empirical.variance = Eigen::VectorXd::Constant(5, 0.01);
  problem.local = {.evaluations = 400, .tolerance = 1e-8};
  problem.difference_step = 0.001;
  return problem;
}

}  // namespace

TEST_CASE("Data without noise give the parameters back, and derivatives their closed form", "[calibrate][fit]") {
  const Problem problem = decay_problem(decay(2.0, 0.4));
  const Fit fit = calibrate::fit(problem, decays);
  CHECK(fit.converged);
  CHECK(fit.values[0] == Approx(2.0).epsilon(1e-5));
  CHECK(fit.values[1] == Approx(0.4).epsilon(1e-5));
  CHECK(fit.objective == Approx(0.0).margin(1e-7));
  for (int k = 0; k < 5; ++k) {
    const double t = k;
    // Steps of a thousandth of the range: errors of the second order are below 1e-5.
    CHECK(fit.jacobian(k, 0) == Approx(std::exp(-0.4 * t)).epsilon(1e-4));
    CHECK(fit.jacobian(k, 1) == Approx(-2.0 * t * std::exp(-0.4 * t)).margin(1e-9).epsilon(1e-4));
  }
  // Nonlinear least squares: sigma^2 (G'G)^-1.
  const Eigen::MatrixXd v = 0.01 * (fit.jacobian.transpose() * fit.jacobian).inverse();
  CHECK(fit.inference.standard_errors[0] == Approx(std::sqrt(v(0, 0))).epsilon(1e-6));
  CHECK(fit.inference.standard_errors[1] == Approx(std::sqrt(v(1, 1))).epsilon(1e-6));
  CHECK(fit.inference.j.df == 3);
  CHECK(fit.warnings.empty());
}

TEST_CASE("Standard errors are the spread of estimates over samples, and J has its level", "[calibrate][fit]") {
  const Eigen::VectorXd truth = decay(2.0, 0.4);
  constexpr int samples = 400;
  Eigen::ArrayXXd estimates(samples, 2);
  Eigen::ArrayXXd errors(samples, 2);
  int rejected = 0;
  const auto draws = design::make_design(design::MonteCarlo{.runs = samples, .dimensions = 10, .seed = 11});
  for (int i = 0; i < samples; ++i) {
    Eigen::VectorXd data = truth;
    for (int k = 0; k < 5; ++k) {
      std::vector<double> unit(10);
      draws->point(static_cast<std::uint64_t>(i), unit);
      data[k] += 0.1 * std::sqrt(-2.0 * std::log(unit[2 * k])) * std::cos(2.0 * M_PI * unit[2 * k + 1]);
    }
    Problem problem = decay_problem(data);
    problem.profiles.points = 0;
    problem.local.tolerance = 1e-6;
    const Fit fit = calibrate::fit(problem, decays);
    estimates.row(i) = fit.values.transpose();
    errors.row(i) = fit.inference.standard_errors.transpose();
    rejected += fit.inference.j.p_value < 0.05 ? 1 : 0;
  }
  for (int p = 0; p < 2; ++p) {
    const double spread =
        std::sqrt((estimates.col(p) - estimates.col(p).mean()).square().sum() / static_cast<double>(samples - 1));
    // A standard deviation of 400 draws is known to 3.5 %; three times that.
    CHECK(errors.col(p).mean() == Approx(spread).epsilon(0.11));
  }
  // Binomial: 20 of 400 expected, standard deviation 4.4.
  CHECK(rejected >= 7);
  CHECK(rejected <= 33);
}

TEST_CASE("A prior is one more moment: linear problem in closed form", "[calibrate][fit]") {
  Problem problem;
  problem.parameters = {{.name = "x",
                         .scale = design::Linear{-5.0, 5.0},
                         .start = 0.0,
                         .prior = calibrate::Prior{.mean = 1.0, .deviation = 0.5, .logarithm = false}}};
  problem.empirical.values = Eigen::VectorXd::Constant(1, 6.0);
  problem.empirical.variance = Eigen::VectorXd::Constant(1, 1.0);
  problem.local = {.method = calibrate::Minimiser::sbplx, .evaluations = 500, .tolerance = 1e-9};
  const Fit fit = calibrate::fit(problem, [](std::span<const Eigen::VectorXd> points) {
    std::vector<Simulated> result;
    for (const auto& x : points) result.push_back({.moments = 2.0 * x, .error = {}});
    return result;
  });
  // Precision 4 / 1 + 1 / 0.25 = 8, mean (2 * 6 + 1 / 0.25) / 8 = 2.
  CHECK(fit.values[0] == Approx(2.0).epsilon(1e-6));
  CHECK(fit.inference.standard_errors[0] == Approx(std::sqrt(1.0 / 8.0)).epsilon(1e-6));
  CHECK(fit.inference.j.statistic == Approx(4.0 + 4.0).epsilon(1e-5));
  CHECK(fit.inference.j.df == 1);
}

namespace {

/// Two noisy moments with common random numbers: seed s adds the same to every point.
std::vector<Simulated> noisy(std::span<const Eigen::VectorXd> points) {
  constexpr int seeds = 40;
  std::vector<Simulated> result;
  for (const Eigen::VectorXd& x : points) {
    Simulated one{.moments = Eigen::MatrixXd(3, seeds), .error = {}};
    for (int s = 0; s < seeds; ++s) {
      const double e = std::sin(1.7 * s + 0.3);
      const double f = std::cos(2.9 * s);
      const double g = std::sin(4.1 * s + 1.0);
      one.moments.col(s) =
          Eigen::Vector3d(x[0] + e, x[0] - x[1] + 0.5 * e + f, 2.0 * x[1] + 0.2 * f - 0.3 * e + 0.7 * g);
    }
    result.push_back(std::move(one));
  }
  return result;
}

}  // namespace

TEST_CASE("Optimal weights of noise between seeds: two steps, (1 + 1/S) Omega", "[calibrate][fit]") {
  Problem problem;
  problem.parameters = {{.name = "x", .scale = design::Linear{-5.0, 5.0}, .start = 0.0, .prior = {}},
                        {.name = "y", .scale = design::Linear{-5.0, 5.0}, .start = 0.0, .prior = {}}};
  problem.empirical.values = Eigen::Vector3d(1.0, -1.2, 3.5);
  problem.empirical.variance = Eigen::Vector3d::Ones();
  problem.weights = calibrate::Weights::optimal;
  problem.sampling_error = calibrate::SamplingError::seeds;
  problem.local = {.evaluations = 1000, .tolerance = 1e-9};
  const Fit fit = calibrate::fit(problem, noisy);
  REQUIRE(fit.second.size() == 1);
  const std::vector<Eigen::VectorXd> at = {Eigen::Vector2d(0.0, 0.0)};
  const Simulated zero = noisy(at).front();
  const Eigen::MatrixXd omega = calibrate::covariance_between_seeds(zero.moments) * (1.0 + 1.0 / 40.0);
  Eigen::MatrixXd b(3, 2);
  b << 1.0, 0.0, 1.0, -1.0, 0.0, 2.0;
  const Eigen::MatrixXd w = omega.inverse();
  const Eigen::VectorXd target = problem.empirical.values - zero.mean();
  const Eigen::VectorXd closed = (b.transpose() * w * b).ldlt().solve(b.transpose() * w * target);
  CHECK(fit.values[0] == Approx(closed[0]).epsilon(1e-5));
  CHECK(fit.values[1] == Approx(closed[1]).epsilon(1e-5));
  const double estimated = 39.0 / 37.0;  // n (n - 1) / ((n - q) (n - q - 1)) of n = 39, q = 1
  CHECK((fit.inference.covariance - estimated * (b.transpose() * w * b).inverse()).norm() == Approx(0.0).margin(1e-9));
  CHECK(fit.inference.j.statistic == Approx((b * closed - target).dot(w * (b * closed - target))).epsilon(1e-6));
}

TEST_CASE("Starts, threads and known points: same bytes, the lowest minimum found", "[calibrate][fit]") {
  const auto wavy = [](std::span<const Eigen::VectorXd> points) {
    std::vector<Simulated> result;
    for (const auto& x : points) {
      Eigen::Vector2d m(x[0] + 0.6 * std::sin(9.0 * x[0]), x[1] - 0.3 * x[0]);
      result.push_back({.moments = m, .error = {}});
    }
    return result;
  };
  Problem problem;
  problem.parameters = {{.name = "x", .scale = design::Linear{0.0, 4.0}, .start = 0.1, .prior = {}},
                        {.name = "y", .scale = design::Linear{-2.0, 2.0}, .start = -1.0, .prior = {}}};
  problem.empirical.values = Eigen::Vector2d(3.9, -0.5);
  problem.empirical.variance = Eigen::Vector2d(0.01, 0.01);
  problem.local = {.evaluations = 200, .tolerance = 1e-7};
  const Fit alone = calibrate::fit(problem, wavy);
  CHECK(alone.objective > 1.0);  // a local minimum
  problem.global.points = 64;
  problem.starts = 4;
  const Fit several = calibrate::fit(problem, wavy);
  CHECK(several.objective == Approx(0.0).margin(1e-6));
  REQUIRE(several.starts.size() == 4);
  set_thread_count(1);
  const Fit again = calibrate::fit(problem, wavy);
  set_thread_count(0);
  CHECK(again.values == several.values);
  CHECK(again.points == several.points);
  CHECK(again.inference.covariance == several.inference.covariance);
  // A profile passes through the estimate and rises to both sides.
  REQUIRE(several.profiles.size() == 2);
  for (const auto& profile : several.profiles) {
    for (const auto& point : profile) CHECK(point.objective >= several.objective);
  }
}

TEST_CASE("Failed points are stepped over and counted, and where all fail it is said why", "[calibrate][fit]") {
  const auto half = [](std::span<const Eigen::VectorXd> points) {
    std::vector<Simulated> result;
    for (const auto& x : points) {
      if (x[0] > 2.5) {
        result.push_back({.moments = {}, .error = "no equilibrium"});
      } else {
        result.push_back({.moments = decay(x[0], x[1]), .error = {}});
      }
    }
    return result;
  };
  Problem problem = decay_problem(decay(2.0, 0.4));
  problem.global.points = 32;
  const Fit fit = calibrate::fit(problem, half);
  CHECK(fit.values[0] == Approx(2.0).epsilon(1e-4));
  CHECK(fit.failed > 0);
  CHECK_FALSE(fit.warnings.empty());
  const auto none = [](std::span<const Eigen::VectorXd> points) {
    return std::vector<Simulated>(points.size(), {.moments = {}, .error = "no equilibrium"});
  };
  CHECK_THROWS_WITH(calibrate::fit(problem, none), Catch::Contains("no equilibrium"));
}

TEST_CASE("Warnings: a bound, a parameter that does nothing, a silent moment", "[calibrate][warnings]") {
  Problem problem;
  problem.parameters = {{.name = "x", .scale = design::Linear{0.0, 1.0}, .start = 0.5, .prior = {}},
                        {.name = "idle", .scale = design::Linear{0.0, 1.0}, .start = 0.5, .prior = {}}};
  problem.empirical.values = Eigen::Vector3d(2.0, 0.4, 1.0);
  problem.empirical.variance = Eigen::Vector3d(0.01, 0.01, 1.0);
  const Fit fit = calibrate::fit(problem, [](std::span<const Eigen::VectorXd> points) {
    std::vector<Simulated> result;
    for (const auto& x : points) result.push_back({.moments = Eigen::Vector3d(x[0], 0.2 * x[0], 1.0), .error = {}});
    return result;
  });
  const auto warned = [&](const std::string& text) {
    return std::any_of(fit.warnings.begin(), fit.warnings.end(),
                       [&](const std::string& w) { return w.find(text) != std::string::npos; });
  };
  CHECK(fit.values[0] == 1.0);
  CHECK(warned("x: at the upper bound"));
  CHECK(warned("idle: not identified"));
  CHECK(warned("idle: flat profile"));
  CHECK(warned("1 of 3 moments answer to no parameter"));
  CHECK(std::isnan(fit.inference.standard_errors[1]));
}

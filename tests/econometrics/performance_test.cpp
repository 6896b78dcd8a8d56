#include "econometrics/performance.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "base/errors.h"

using namespace pericore;
using econometrics::performance;

TEST_CASE("performance of an estimator by hand") {
  const std::vector<double> estimates = {1.0, 2.0, 3.0, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<double> errors = {0.5, 0.5, 2.0, 1.0};
  const auto p = performance(estimates, errors, 1.5, 0.95);
  CHECK(p.draws == 3);
  CHECK(p.mean == Approx(2.0));
  CHECK(p.bias == Approx(0.5));
  CHECK(p.deviation == Approx(1.0));
  CHECK(p.bias_error == Approx(1.0 / std::sqrt(3.0)));
  CHECK(p.standard_error == Approx(std::sqrt(4.5 / 3.0)));
  CHECK(p.rmse == Approx(std::sqrt((0.25 + 0.25 + 2.25) / 3.0)));
  CHECK(p.coverage == Approx(1.0));          // 0.5 <= 0.98, 0.5 <= 0.98, 1.5 <= 3.92
  CHECK(p.rejections == Approx(2.0 / 3.0));  // 1 > 0.98, 2 > 0.98, 3 < 3.92
}

TEST_CASE("a right estimator covers at its level and rejects a true nil as often as it says") {
  std::mt19937_64 generator(7);
  std::normal_distribution<double> normal;
  constexpr std::size_t draws = 40000;
  std::vector<double> estimates;
  const std::vector<double> errors(draws, 0.3);
  for (std::size_t i = 0; i < draws; ++i) estimates.push_back(0.3 * normal(generator));
  const auto p = performance(estimates, errors, 0.0, 0.9);
  const double tolerance = 4.0 * std::sqrt(0.9 * 0.1 / draws);  // four standard errors of a share
  CHECK(p.coverage == Approx(0.9).margin(tolerance));
  CHECK(p.rejections == Approx(0.1).margin(tolerance));
  CHECK(std::abs(p.bias) < 4.0 * p.bias_error);
}

TEST_CASE("performance without draws is not a number") {
  const auto p = performance({}, {}, 1.0, 0.95);
  CHECK(p.draws == 0);
  CHECK(std::isnan(p.coverage));
  const std::vector<double> one = {1.0};
  CHECK_THROWS_AS(performance(one, {}, 1.0, 0.95), DomainError);
  CHECK_THROWS_AS(performance(one, one, 1.0, 1.0), DomainError);
}

#include "welfare/metrics.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "base/errors.h"

using namespace pericore;
using welfare::Metric;

namespace {

Metric plain(double value) { return {.name = "plain", .unit = "1", .definition = "", .value = value}; }

Metric ratio(double numerator, double denominator, double noise = 0.0) {
  return {.name = "ratio",
          .unit = "1",
          .definition = "",
          .value = welfare::ratio_or_nothing(numerator, denominator, noise),
          .numerator = numerator,
          .denominator = denominator,
          .noise = noise,
          .ratio = true};
}

}  // namespace

TEST_CASE("mean over seeds with its standard error, by hand", "[welfare]") {
  const std::vector<std::vector<Metric>> runs = {{plain(1.0)}, {plain(2.0)}, {plain(6.0)}};
  const auto estimate = welfare::average(runs).front();
  CHECK(estimate.mean == Approx(3.0).epsilon(1e-15));
  CHECK(estimate.standard_error == Approx(std::sqrt(14.0 / 2.0 / 3.0)).epsilon(1e-14));
  CHECK(estimate.runs == 3);
}

TEST_CASE("one run has no standard error, a run without value is not counted", "[welfare]") {
  const double undefined = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::vector<Metric>> one = {{plain(4.0)}};
  CHECK(welfare::average(one).front().mean == 4.0);
  CHECK(std::isnan(welfare::average(one).front().standard_error));
  const std::vector<std::vector<Metric>> three = {{plain(4.0)}, {plain(undefined)}, {plain(6.0)}};
  CHECK(welfare::average(three).front().mean == 5.0);
  CHECK(welfare::average(three).front().runs == 2);
  const std::vector<std::vector<Metric>> none = {{plain(undefined)}};
  CHECK(std::isnan(welfare::average(none).front().mean));
  CHECK_THROWS_AS(welfare::average(std::vector<std::vector<Metric>>()), DomainError);
  CHECK_THROWS_AS(welfare::average(std::vector<std::vector<Metric>>{{plain(1.0)}, {ratio(1.0, 1.0)}}), DomainError);
}

TEST_CASE("a ratio is a ratio of means, and nothing where its denominator may be zero", "[welfare]") {
  // Jobs of 1, 2 and 3 at a cost of 6, 6 and 6: 3 a job, not the mean of 6, 3 and 2.
  const std::vector<std::vector<Metric>> runs = {{ratio(6.0, 1.0)}, {ratio(6.0, 2.0)}, {ratio(6.0, 3.0)}};
  const auto estimate = welfare::average(runs).front();
  CHECK(estimate.mean == Approx(3.0).epsilon(1e-15));
  // Residuals 3, 0, -3: s = 3, over sqrt(3) and the mean of jobs, 2.
  CHECK(estimate.standard_error == Approx(3.0 / std::sqrt(3.0) / 2.0).epsilon(1e-14));
  // Mean jobs 1 with a standard error of 2: as good as none.
  const std::vector<std::vector<Metric>> doubtful = {{ratio(6.0, 3.0)}, {ratio(6.0, -1.0)}};
  CHECK(std::isnan(welfare::average(doubtful).front().mean));
  // One run, below the solver's noise.
  const std::vector<std::vector<Metric>> small = {{ratio(6.0, 1e-7, 1e-6)}};
  CHECK(std::isnan(welfare::average(small).front().mean));
  CHECK(std::isnan(welfare::ratio_or_nothing(1.0, 0.0, 0.0)));
  CHECK(std::isnan(welfare::ratio_or_nothing(1.0, -2.0, 0.0)));
}

TEST_CASE("standard errors cover: over many draws they are the spread of the estimate", "[welfare]") {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  constexpr int draws = 4000;
  double spread = 0.0;
  double error = 0.0;
  for (int draw = 0; draw < draws; ++draw) {
    std::vector<std::vector<Metric>> runs;
    for (int run = 0; run < 20; ++run) {
      const double jobs = 10.0 + normal(random);
      runs.push_back({ratio(50.0 + 2.0 * normal(random) + jobs, jobs)});
    }
    const auto estimate = welfare::average(runs).front();
    spread += (estimate.mean - 6.0) * (estimate.mean - 6.0) / draws;
    error += estimate.standard_error * estimate.standard_error / draws;
  }
  // The share of a variance over 4,000 draws is known to sqrt(2/4000) = 2 %; the delta method leaves some per mille.
  CHECK(error / spread == Approx(1.0).margin(0.08));
}

#include "sensitivity/bootstrap.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"

using namespace pericore;
using namespace pericore::sensitivity;

namespace {

/// Mean of 0, 1, .., 399 drawn again: normal about 199.5 with standard deviation sqrt((400^2 - 1)/12/400).
constexpr std::size_t items = 400;
const double spread = std::sqrt((400.0 * 400.0 - 1.0) / 12.0 / 400.0);

void mean_of(std::span<const std::size_t> sample, std::span<double> out) {
  double sum = 0.0;
  for (const std::size_t k : sample) sum += static_cast<double>(k);
  out[0] = sum / static_cast<double>(sample.size());
}

Estimate interval(int replications, double level, std::uint64_t seed = 1) {
  const double value[] = {199.5};
  return bootstrap(value, items, {.replications = replications, .level = level, .seed = seed}, mean_of)[0];
}

}  // namespace

TEST_CASE("bootstrap intervals of a mean are the normal ones", "[sensitivity]") {
  // 20,000 replications: a percentile at 2.5 % is known to sqrt(.025 x .975/20000)/.0584 = .019 standard deviations; four times that.
  const Estimate wide = interval(20000, 0.95);
  CHECK(wide.value == 199.5);
  CHECK(wide.lower == Approx(199.5 - 1.96 * spread).epsilon(0).margin(0.08 * spread));
  CHECK(wide.upper == Approx(199.5 + 1.96 * spread).epsilon(0).margin(0.08 * spread));
  CHECK(wide.conf == Approx(1.96 * spread).epsilon(0.02));
  const Estimate narrow = interval(20000, 0.5);
  CHECK(narrow.lower == Approx(199.5 - 0.6745 * spread).epsilon(0).margin(0.04 * spread));
  CHECK(narrow.upper == Approx(199.5 + 0.6745 * spread).epsilon(0).margin(0.04 * spread));
  CHECK(narrow.conf == Approx(0.6745 * spread).epsilon(0.02));
}

TEST_CASE("the bootstrap belongs to its seed", "[sensitivity]") {
  CHECK(interval(100, 0.9).lower == interval(100, 0.9).lower);
  CHECK(interval(100, 0.9).lower != interval(100, 0.9, 2).lower);
  CHECK(std::isnan(interval(0, 0.9).lower));
  CHECK(std::isnan(interval(1, 0.9).conf));
  CHECK_FALSE(std::isnan(interval(2, 0.9).conf));
}

TEST_CASE("replications without a number are left out", "[sensitivity]") {
  const double value[] = {1.0, 1.0, std::numeric_limits<double>::quiet_NaN()};
  const auto estimates = bootstrap(value, 10, {.replications = 500}, [](auto sample, auto out) {
    out[0] = sample[0] < 5 ? std::numeric_limits<double>::quiet_NaN() : 1.0 + 0.1 * static_cast<double>(sample[0]);
    out[1] = std::numeric_limits<double>::infinity();
    out[2] = 1.0;
  });
  CHECK(estimates[0].lower == Approx(1.5));
  CHECK(estimates[0].upper == Approx(1.9));
  CHECK(std::isnan(estimates[1].lower));
  CHECK(std::isnan(estimates[2].lower));
}

TEST_CASE("faults of the bootstrap", "[sensitivity]") {
  CHECK_THROWS_AS(interval(-1, 0.9), DomainError);
  CHECK_THROWS_AS(interval(10, 0.0), DomainError);
  CHECK_THROWS_AS(interval(10, 1.0), DomainError);
}

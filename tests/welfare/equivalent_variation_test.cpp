#include "welfare/equivalent_variation.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

using namespace pericore;
using welfare::Channel;
using welfare::Circumstances;

namespace {

/// Utility and expected utility from the other terms.
Circumstances lived(Circumstances c, double option) {
  c.utility = std::log(c.income) - c.goods_price - c.housing_price + c.amenities + c.public_services + c.congestion;
  c.expected_utility = c.utility + option;
  return c;
}

Circumstances somewhere() {
  return lived({.income = 2.0,
                .pay = 1.5,
                .goods_price = 0.2,
                .housing_price = -0.1,
                .amenities = 0.4,
                .public_services = 0.05,
                .congestion = -0.02},
               0.1);
}

double part(const welfare::Variation& variation, Channel channel) {
  return variation.channels[static_cast<std::size_t>(channel)];
}

double sum(const welfare::Variation& variation) {
  return std::accumulate(variation.channels.begin(), variation.channels.end(), 0.0);
}

}  // namespace

TEST_CASE("incomes that all rise by a are worth a times income", "[welfare]") {
  const Circumstances before = somewhere();
  for (const double a : {-0.5, -1e-9, 1e-12, 0.01, 0.2, 3.0}) {
    CAPTURE(a);
    Circumstances now = before;
    now.income *= 1.0 + a;
    now.pay *= 1.0 + a;
    now = lived(now, 0.1);
    const auto variation = welfare::equivalent_variation(1000.0, now, before);
    // ln(1 + a) loses what 1 + a rounds away.
    CHECK(variation.total == Approx(1000.0 * ((1.0 + a) - 1.0)).epsilon(1e-12).margin(1e-12));
    CHECK(variation.real_income == Approx(variation.total).epsilon(1e-12));
    // Pay is three quarters of income before and after.
    CHECK(part(variation, Channel::pay) == Approx(0.75 * variation.total).epsilon(1e-10).margin(1e-12));
    CHECK(part(variation, Channel::other_income) == Approx(0.25 * variation.total).epsilon(1e-10).margin(1e-12));
  }
}

TEST_CASE("nothing changes: nothing is worth anything, exactly", "[welfare]") {
  const auto variation = welfare::equivalent_variation(1000.0, somewhere(), somewhere());
  CHECK(variation.total == 0.0);
  CHECK(variation.real_income == 0.0);
  for (const double channel : variation.channels) CHECK(channel == 0.0);
}

TEST_CASE("a price of a Cobb-Douglas consumer: the expenditure function", "[welfare]") {
  // One region, income 100, a good with budget share 1/4 doubles in price. e(p, u) is proportional to p^(1/4), so that
  // EV = e(p0, u1) - e(p0, u0) = 100 (2^(-1/4) - 1) = -15.91 (Mas-Colell, Whinston and Green 1995, section 3.I).
  Circumstances before{.income = 100.0, .pay = 100.0};
  before = lived(before, 0.0);
  Circumstances now = before;
  now.goods_price = 0.25 * std::log(2.0);
  now = lived(now, 0.0);
  const auto variation = welfare::equivalent_variation(100.0, now, before);
  CHECK(variation.total == Approx(100.0 * (std::pow(2.0, -0.25) - 1.0)).epsilon(1e-14));
  CHECK(variation.total == Approx(-15.91).margin(0.005));
  CHECK(part(variation, Channel::goods_prices) == Approx(variation.total).epsilon(1e-14));
  CHECK(variation.real_income == Approx(variation.total).epsilon(1e-14));
  for (const Channel other : {Channel::pay, Channel::other_income, Channel::rents, Channel::amenities,
                              Channel::public_services, Channel::congestion, Channel::moving})
    CHECK(part(variation, other) == 0.0);
}

TEST_CASE("parts add up, whatever changes and by how much", "[welfare]") {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  for (const double size : {1e-9, 1e-3, 0.3, 2.0}) {
    for (int i = 0; i < 200; ++i) {
      const Circumstances before = somewhere();
      Circumstances now = before;
      now.income *= std::exp(size * normal(random));
      now.pay = now.income + size * normal(random);  // other income may be negative
      for (double* term : {&now.goods_price, &now.housing_price, &now.amenities, &now.public_services, &now.congestion})
        *term += size * normal(random);
      now = lived(now, 0.1 + size * normal(random));
      const auto variation = welfare::equivalent_variation(1000.0, now, before);
      double scale = std::abs(variation.total);
      for (const double channel : variation.channels) scale = std::max(scale, std::abs(channel));
      CHECK(sum(variation) == Approx(variation.total).epsilon(0.0).margin(4e-15 * scale));
      const double change = now.expected_utility - before.expected_utility;
      CHECK(variation.total == Approx(1000.0 * std::expm1(change)).epsilon(1e-12).margin(1e-11));
      // Each part has the sign of what it is part of.
      CHECK(part(variation, Channel::amenities) * (now.amenities - before.amenities) >= 0.0);
      CHECK(part(variation, Channel::goods_prices) * (now.goods_price - before.goods_price) <= 0.0);
    }
  }
}

TEST_CASE("parts are those of Aumann and Shapley: small steps along the straight path", "[welfare]") {
  const Circumstances before = somewhere();
  Circumstances now = before;
  now.goods_price -= 0.3;
  now.amenities += 0.5;
  now.congestion -= 0.2;
  now = lived(now, 0.1);
  const auto variation = welfare::equivalent_variation(1000.0, now, before);
  // The midpoint rule on income e^(s change) d(amenities): error of order 1 / steps^2.
  constexpr int steps = 2000;
  const double change = 0.3 + 0.5 - 0.2;
  double integral = 0.0;
  for (int i = 0; i < steps; ++i) integral += 1000.0 * std::exp((i + 0.5) / steps * change) * 0.5 / steps;
  CHECK(part(variation, Channel::amenities) == Approx(integral).epsilon(1e-7));
}

TEST_CASE("logarithmic mean: between geometric and arithmetic, exact where both are equal", "[welfare]") {
  CHECK(welfare::logarithmic_mean(3.0, 3.0) == 3.0);
  CHECK(welfare::logarithmic_mean(1.0, 2.0) == Approx(1.0 / std::log(2.0)).epsilon(1e-14));
  for (const double ratio : {1.0 + 1e-12, 1.001, 1.0021, 1.5, 1e6}) {
    CAPTURE(ratio);
    const double mean = welfare::logarithmic_mean(ratio, 1.0);
    CHECK(mean == Approx((ratio - 1.0) / std::log1p(ratio - 1.0)).epsilon(1e-13));
    CHECK(mean >= std::sqrt(ratio) * (1.0 - 1e-15));
    CHECK(mean <= 0.5 * (1.0 + ratio) * (1.0 + 1e-15));
    CHECK(mean == Approx(welfare::logarithmic_mean(1.0, ratio)).epsilon(1e-14));
  }
}

#include "numerics/elementary.h"

#include <catch2/catch.hpp>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>

#include "base/errors.h"
#include "numerics/instruction_set.h"

using namespace pericore::numerics;
using Eigen::ArrayXd;
using Eigen::Index;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double denormal = std::numeric_limits<double>::denorm_min();

struct RestoreInstructionSet {
  RestoreInstructionSet() = default;
  ~RestoreInstructionSet() { set_instruction_set(available_instruction_sets().back()); }
  RestoreInstructionSet(const RestoreInstructionSet&) = delete;
  RestoreInstructionSet& operator=(const RestoreInstructionSet&) = delete;
};

ArrayXd exp_of(const ArrayXd& x) {
  ArrayXd y(x.size());
  exponential(x, y);
  return y;
}

ArrayXd log_of(const ArrayXd& x) {
  ArrayXd y(x.size());
  logarithm(x, y);
  return y;
}

bool same_bytes(const ArrayXd& a, const ArrayXd& b) {
  return a.size() == b.size() &&
         (a.size() == 0 || std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0);
}

/// Distance from the exact value in units of its last place, 2^-1074 for denormal values.
double units_in_the_last_place(double value, long double exact) {
  int exponent = 0;
  std::frexp(static_cast<double>(exact), &exponent);
  const int last_place = std::max(exponent, DBL_MIN_EXP) - DBL_MANT_DIG;
  return static_cast<double>(std::abs((static_cast<long double>(value) - exact) / std::ldexp(1.0L, last_place)));
}

ArrayXd uniform(double low, double high, Index count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> draw(low, high);
  return ArrayXd::NullaryExpr(count, [&] { return draw(random); });
}

/// Positive numbers of every exponent, denormal ones among them.
ArrayXd any_positive(Index count, unsigned seed) {
  std::mt19937_64 random(seed);
  return ArrayXd::NullaryExpr(count, [&] {
    const std::uint64_t bits = random() % 0x7ff0000000000000;
    double value = 0.0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  });
}

}  // namespace

TEST_CASE("exponential and logarithm within one unit in the last place", "[numerics]") {
  if (LDBL_MANT_DIG < 64) return;  // no wider type to compare with
  const unsigned seed = GENERATE(1u, 2u, 3u);
  const auto [low, high] =
      GENERATE(table<double, double>({{-1.0, 1.0}, {-30.0, 30.0}, {-708.0, 709.78}, {-745.13, -708.0}, {-1e-9, 1e-9}}));
  const ArrayXd x = uniform(low, high, 20'000, seed);
  const ArrayXd y = exp_of(x);
  double worst = 0.0;
  for (Index i = 0; i < x.size(); ++i)
    worst = std::max(worst, units_in_the_last_place(y(i), std::exp(static_cast<long double>(x(i)))));
  CHECK(worst < 1.0);

  const ArrayXd positive =
      low < -700.0 ? any_positive(20'000, seed) : 1.0 + uniform(-0.5, 1.0, 20'000, seed) * high / 800.0;
  const ArrayXd logs = log_of(positive);
  worst = 0.0;
  for (Index i = 0; i < positive.size(); ++i)
    worst = std::max(worst, units_in_the_last_place(logs(i), std::log(static_cast<long double>(positive(i)))));
  CHECK(worst < 1.0);
}

TEST_CASE("exponential and logarithm at the ends of their range", "[numerics]") {
  const RestoreInstructionSet restore;
  set_instruction_set(GENERATE(from_range(available_instruction_sets())));
  ArrayXd x(12);
  x << 0.0, -0.0, infinity, -infinity, 709.782712893384, 709.7827128933841, 1e300, -745.1332191019411,
      -745.1332191019412, -1e300, denormal, 1.0;
  ArrayXd expected(12);
  expected << 1.0, 1.0, infinity, 0.0, std::exp(709.782712893384), infinity, infinity, denormal, 0.0, 0.0, 1.0,
      std::exp(1.0);
  const ArrayXd y = exp_of(x);
  for (Index i = 0; i < x.size(); ++i) {
    CAPTURE(x(i));
    // Exact where the value is; a unit in the last place apart from the library's otherwise.
    CHECK((y(i) == expected(i) || std::abs(y(i) / expected(i) - 1.0) <= DBL_EPSILON));
  }
  CHECK(std::isnan(exp_of(ArrayXd::Constant(1, not_a_number))(0)));

  ArrayXd p(8);
  p << 1.0, 0.0, -0.0, infinity, denormal, DBL_MIN, DBL_MAX, std::sqrt(0.5);
  ArrayXd logs(8);
  logs << 0.0, -infinity, -infinity, infinity, std::log(denormal), std::log(DBL_MIN), std::log(DBL_MAX),
      std::log(std::sqrt(0.5));
  const ArrayXd l = log_of(p);
  for (Index i = 0; i < p.size(); ++i) {
    CAPTURE(p(i));
    CHECK((l(i) == logs(i) || std::abs(l(i) / logs(i) - 1.0) <= DBL_EPSILON));
  }
  for (const double wrong : {-1.0, -denormal, -infinity, not_a_number})
    CHECK(std::isnan(log_of(ArrayXd::Constant(1, wrong))(0)));
}

TEST_CASE("an element alone has the bytes it has among others and for each instruction set", "[numerics]") {
  const RestoreInstructionSet restore;
  ArrayXd x = uniform(-746.0, 711.0, 1003, 9);
  x.segment(500, 5) << 0.0, not_a_number, infinity, -infinity, 1e-310;
  ArrayXd positive = any_positive(1003, 9);
  positive.segment(500, 4) << 0.0, 1.0, infinity, 0.99999;
  set_instruction_set(InstructionSet::baseline);
  const ArrayXd exponentials = exp_of(x);
  const ArrayXd logarithms = log_of(positive);
  for (const InstructionSet set : available_instruction_sets()) {
    set_instruction_set(set);
    CAPTURE(name(set));
    CHECK(same_bytes(exp_of(x), exponentials));
    CHECK(same_bytes(log_of(positive), logarithms));
    bool equal = true;
    for (const Index begin : {0, 1, 2, 3, 7, 8, 496, 501}) {
      for (const Index count : {0, 1, 2, 3, 5, 8, 9, 17, 500}) {
        equal = equal && same_bytes(exp_of(x.segment(begin, count)), exponentials.segment(begin, count));
        equal = equal && same_bytes(log_of(positive.segment(begin, count)), logarithms.segment(begin, count));
      }
    }
    CHECK(equal);
  }
}

TEST_CASE("exponential and logarithm of blocks, and in place", "[numerics]") {
  const Eigen::ArrayXXd x = Eigen::ArrayXXd::Random(9, 5) * 10.0;
  Eigen::ArrayXXd whole(9, 5);
  exponential(x, whole);
  Eigen::ArrayXXd block = Eigen::ArrayXXd::Constant(12, 5, 7.0);
  block.topRows(9) = x;
  exponential(block.topRows(9), block.topRows(9));
  CHECK((block.topRows(9) == whole).all());
  CHECK((block.bottomRows(3) == 7.0).all());
  logarithm(block.topRows(9), block.topRows(9));
  // exp turns a rounding of e^x, 1.1e-16 relative, into as much absolutely.
  CHECK((block.topRows(9) - x).abs().maxCoeff() < 4e-15);
  ArrayXd shorter(8);
  CHECK_THROWS_AS(exponential(ArrayXd::Zero(9), shorter), pericore::DomainError);
  CHECK_THROWS_AS(logarithm(ArrayXd::Zero(9), shorter), pericore::DomainError);
}

#include "compare/targets.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"

namespace pericore::compare {
namespace {

Target level(double value, double error, double tolerance) {
  Target target;
  target.value = value;
  target.standard_error = error;
  target.tolerance = tolerance;
  return target;
}

TEST_CASE("a level is met within two standard errors of source and runs together") {
  const std::vector<double> one = {1.3};
  CHECK(judge(level(1.0, 0.16, 0.0), one).verdict == Verdict::met);
  CHECK(judge(level(1.0, 0.14, 0.0), one).verdict == Verdict::missed);
  CHECK(judge(level(1.0, 0.14, 0.0), one).distance == Approx(0.3 / 0.14));
  // Runs at 1.1 and 1.5: standard error sqrt(0.08)/sqrt(2) = 0.2.
  const std::vector<double> two = {1.1, 1.5};
  const Outcome outcome = judge(level(1.0, 0.14, 0.0), two);
  CHECK(outcome.simulated.mean == Approx(1.3));
  CHECK(outcome.simulated.deviation == Approx(std::sqrt(0.08)));
  CHECK(outcome.distance == Approx(0.3 / std::hypot(0.14, 0.2)));
  CHECK(outcome.verdict == Verdict::met);
  CHECK(judge(level(1.0, 0.0, 0.31), one).verdict == Verdict::met);
  CHECK(judge(level(1.0, 0.0, 0.29), one).verdict == Verdict::missed);
  CHECK_FALSE(judge(level(1.0, 0.0, 0.29), one).in_errors);
}

TEST_CASE("signs and bounds are unclear where runs do not tell") {
  const auto verdict = [](Expectation expected, double value, const std::vector<double>& runs) {
    Target target;
    target.expected = expected;
    target.value = value;
    return judge(target, runs).verdict;
  };
  CHECK(verdict(Expectation::positive, 0, {0.1}) == Verdict::met);
  CHECK(verdict(Expectation::positive, 0, {0.0}) == Verdict::missed);
  CHECK(verdict(Expectation::not_negative, 0, {0.0}) == Verdict::met);
  CHECK(verdict(Expectation::negative, 0, {0.1}) == Verdict::missed);
  CHECK(verdict(Expectation::at_least, 2, {2.5}) == Verdict::met);
  CHECK(verdict(Expectation::at_most, 2, {2.5}) == Verdict::missed);
  CHECK(verdict(Expectation::positive, 0, {-1.0, 1.5}) == Verdict::unclear);
  CHECK(verdict(Expectation::positive, 0, {1.4, 1.5}) == Verdict::met);
  CHECK(verdict(Expectation::positive, 0, {std::nan("")}) == Verdict::undefined);
}

Target coefficient(double value, double error) {
  Target target = level(value, error, 0.0);
  target.coefficient = Coefficient{};
  return target;
}

TEST_CASE("a coefficient is off by the errors of source and runs, and agrees in sign and significance") {
  // Runs at 1.1 and 1.5: their standard deviation, sqrt(0.08), counts whole: each is a sample of its own.
  const std::vector<double> two = {1.1, 1.5};
  const std::vector<double> errors = {0.2, 0.4};
  const Outcome outcome = judge(coefficient(1.0, 0.14), two, errors);
  CHECK(outcome.distance == Approx(0.3 / std::hypot(0.14, std::sqrt(0.08))));
  CHECK(outcome.in_errors);
  CHECK(outcome.std_error == Approx(0.3));
  CHECK(outcome.same_sign == true);
  CHECK(outcome.same_significance == true);                                      // 1.3 / 0.3 and 1.0 / 0.14
  CHECK(judge(coefficient(1.0, 0.52), two, errors).same_significance == false);  // 1.0 / 0.52 is below 1.96
  CHECK(judge(coefficient(-1.0, 0.14), two, errors).same_sign == false);
  const std::vector<double> one = {1.3};
  const std::vector<double> wide = {0.7};
  CHECK(judge(coefficient(1.0, 0.14), one, wide).distance == Approx(0.3 / 0.14));
  CHECK(judge(coefficient(1.0, 0.14), one, wide).same_significance == false);
  CHECK_FALSE(judge(level(1.0, 0.14, 0.0), one).same_sign.has_value());
}

TEST_CASE("a coefficient is insignificant within 1.96 of its own standard errors") {
  Target target;
  target.coefficient = Coefficient{};
  target.expected = Expectation::insignificant;
  const std::vector<double> one = {1.0};
  const auto verdict = [&](double error) { return judge(target, one, std::vector<double>{error}).verdict; };
  CHECK(verdict(0.52) == Verdict::met);
  CHECK(verdict(0.50) == Verdict::missed);
  CHECK(verdict(std::nan("")) == Verdict::undefined);
  CHECK(judge(target, one, std::vector<double>{0.5}).distance == Approx(2.0));
}

TEST_CASE("rankings: the order of those named, or their place among all") {
  Ranking ranking;
  ranking.labels = {"a", "b", "c"};
  const std::vector<double> falling = {3, 2, 1};
  const std::vector<double> mixed = {2, 3, 1};
  CHECK(judge(ranking, falling, {}).verdict == Verdict::met);
  CHECK(judge(ranking, falling, {}).rank_correlation == Approx(1.0));
  const RankingOutcome outcome = judge(ranking, mixed, {});
  CHECK(outcome.verdict == Verdict::missed);
  CHECK(outcome.simulated == std::vector<std::string>{"b", "a", "c"});
  CHECK(outcome.rank_correlation == Approx(0.5));
  ranking.among_all = true;
  const std::vector<double> all = {2, 3, 1, 0.5, 0.2};
  CHECK(judge(ranking, mixed, all).verdict == Verdict::met);
  const std::vector<double> more = {2, 3, 1, 1.5, 2.5};
  CHECK(judge(ranking, mixed, more).overlap == Approx(2.0 / 3.0));
  ranking.overlap = 0.6;
  CHECK(judge(ranking, mixed, more).verdict == Verdict::met);
  // Of the two highest of all, 3 and 2.5, one is among the three named.
  ranking.top = 2;
  CHECK(judge(ranking, mixed, more).overlap == Approx(0.5));
  CHECK(judge(ranking, mixed, more).verdict == Verdict::missed);
  ranking.top = 6;
  CHECK(judge(ranking, mixed, more).verdict == Verdict::undefined);
  CHECK_THROWS_AS(judge(ranking, std::vector<double>{1.0}, all), DomainError);
}

}  // namespace
}  // namespace pericore::compare

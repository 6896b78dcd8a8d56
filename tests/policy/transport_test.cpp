#include "policy/transport.h"

#include <catch2/catch.hpp>
#include <limits>

#include "base/errors.h"
#include "small_economy.h"

using namespace pericore;
using namespace pericore::policy;
using namespace pericore::policy::test;
using Catch::Matchers::Contains;

namespace {

const economy::Economy country = small_economy();

Eigen::MatrixXd distances() {
  Eigen::MatrixXd km(4, 4);
  km << 0, 100, 300, 9000, 100, 0, 200, 9000, 300, 200, 0, 9000, 9000, 9000, 9000, 0;
  return km;
}

Eigen::MatrixXd base_times() {
  Eigen::MatrixXd times = 0.5 + distances().array() * 0.02;
  times.diagonal().setConstant(0.8);
  return times;
}

Eigen::MatrixXd times_in(int year, const std::vector<PolicyEntry>& entries) {
  return travel_time_of_year(country, base_times(), distances(), entries, year);
}

PolicyEntry rule(double intercept, double slope) {
  PolicyEntry entry = pull("transport", 1.0);
  entry.travel.rule = geography::TravelTimeRule{intercept, slope};
  entry.schedule = {2012, 2020, 2};
  return entry;
}

}  // namespace

TEST_CASE("a rule is reached over the ramp, on pairs inside the targets", "[policy]") {
  PolicyEntry entry = rule(0.3, 0.01);
  entry.regions = only({0, 1});
  CHECK(times_in(2011, {entry}) == base_times());
  Eigen::MatrixXd expected = base_times();
  expected(0, 1) = expected(1, 0) = (2.5 + 1.3) / 2;
  CHECK(times_in(2012, {entry}).isApprox(expected, 1e-15));
  expected(0, 1) = expected(1, 0) = 0.3 + 0.01 * 100;
  CHECK(times_in(2013, {entry}) == expected);
  CHECK(times_in(2021, {entry}) == base_times());
}

TEST_CASE("pairs may touch the targets with one end", "[policy]") {
  PolicyEntry entry = pull("transport", 0.25);
  entry.regions = only({0});
  CHECK(times_in(2012, {entry}) == base_times());
  entry.travel.pairs = Pairs::one_inside;
  Eigen::MatrixXd expected = base_times();
  for (Eigen::Index n = 1; n < 4; ++n) {
    expected(0, n) *= 0.75;
    expected(n, 0) *= 0.75;
  }
  CHECK(times_in(2012, {entry}) == expected);
}

TEST_CASE("times never rise unless asked", "[policy]") {
  PolicyEntry slow = rule(10.0, 0.05);
  CHECK(times_in(2015, {slow}) == base_times());
  slow.travel.may_lengthen = true;
  CHECK(times_in(2015, {slow})(0, 1) == Approx(15.0));
  CHECK(times_in(2015, {slow})(0, 0) == 0.8);
  PolicyEntry cut = pull("transport", -0.5);
  CHECK_THROWS_WITH(times_in(2012, {cut}), Contains("would lengthen travel times"));
  cut.travel.may_lengthen = true;
  CHECK(times_in(2012, {cut})(0, 1) == Approx(2.5 * 1.5));
}

TEST_CASE("of several targets the fastest holds, cuts add up", "[policy]") {
  const PolicyEntry road = rule(0.4, 0.012);
  PolicyEntry rail = rule(0.4, 0.012);
  rail.travel.rule.reset();
  Eigen::MatrixXd network = Eigen::MatrixXd::Constant(4, 4, std::numeric_limits<double>::infinity());
  network(0, 2) = network(2, 0) = 1.0;
  network(0, 1) = network(1, 0) = 2.0;
  rail.travel.times = std::make_shared<const Eigen::MatrixXd>(network);
  const Eigen::MatrixXd both = times_in(2015, {road, rail});
  CHECK(both(0, 2) == 1.0);
  CHECK(both(0, 1) == Approx(0.4 + 1.2));
  CHECK(both(1, 2) == Approx(0.4 + 2.4));
  CHECK(both == times_in(2015, {rail, road}));
  CHECK((both.array() <= base_times().array()).all());
  CHECK(both == both.transpose());

  PolicyEntry cut = pull("transport", 0.3);
  CHECK(times_in(2012, {cut, cut})(0, 1) == Approx(2.5 * 0.4));
  CHECK_THROWS_WITH(times_in(2012, {cut, cut, cut, cut}),
                    Contains("year 2012") && Contains("'Core'") && Contains("below 1"));
}

TEST_CASE("target times must be there", "[policy]") {
  PolicyEntry entry = pull("transport", 1.0);
  entry.size.reset();
  entry.sizes = {{"travel_time_target", 1.0}};
  CHECK_THROWS_WITH(times_in(2012, {entry}), Contains("needs target times"));
  entry = pull("transport", 1.0);  // a cut of all travel time
  CHECK_THROWS_AS(times_in(2012, {entry}), InputError);
}

TEST_CASE("years of equal travel times are told", "[policy]") {
  const std::vector<PolicyEntry> entries{rule(0.3, 0.01), pull("rd_support", 0.01)};
  CHECK(changes_travel_time(entries));
  CHECK_FALSE(changes_travel_time(std::vector{pull("rd_support", 0.01)}));
  CHECK(same_travel_time(entries, 2010, 2011));
  CHECK_FALSE(same_travel_time(entries, 2011, 2012));
  CHECK_FALSE(same_travel_time(entries, 2012, 2013));
  CHECK(same_travel_time(entries, 2013, 2020));
}

TEST_CASE("relative travel time is the mean over partners", "[policy]") {
  Eigen::MatrixXd times = base_times();
  times(0, 1) *= 0.5;
  CHECK(relative_travel_time(base_times(), times)(0) == Approx((0.5 + 1 + 1) / 3));
  CHECK(relative_travel_time(base_times(), times)(1) == 1.0);
}

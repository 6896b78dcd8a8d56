// Welfare of simulated policies: what theory says of them, and identities of the panel it is computed from.
#include <catch2/catch.hpp>
#include <cmath>

#include "simulation/panels.h"
#include "simulation/small_model.h"
#include "welfare/assessment.h"
#include "welfare/metrics.h"

using namespace pericore;
using namespace pericore::testing;
using welfare::Channel;

namespace {

struct Pair {
  panel::Dataset policy;
  panel::Dataset baseline;
};

Pair run_both(simulation::Model model, std::vector<policy::PolicyEntry> policies) {
  model.policies = std::move(policies);
  const auto base = simulation::prepare(model);
  return {.policy = simulation::run(model, base), .baseline = simulation::run(model, base, baseline_only())};
}

constexpr std::size_t places = 5;

/// Cells of labour groups at home, by place in arrays over [year, region, factor].
template <class Look>
void for_each_cell(const panel::Dataset& panel, Look&& look) {
  const std::size_t regions = panel.dimension("region").size;
  const std::size_t factors = panel.dimension("factor").size;
  for (std::size_t year = 0; year < panel.dimension("year").size; ++year) {
    for (std::size_t r = 0; r < places; ++r) {
      for (std::size_t f = 0; f <= static_cast<std::size_t>(skilled); ++f)
        look((year * regions + r) * factors + f, year * regions + r, year);
    }
  }
}

}  // namespace

TEST_CASE("utility in the panel is the sum of its terms, incomes of the groups are disposable income", "[welfare]") {
  const Pair pair = run_both(small_model(), {everywhere("producer_service_support", 0.05)});
  const panel::Dataset& p = pair.policy;
  for_each_cell(p, [&](std::size_t cell, std::size_t place, std::size_t year) {
    const double index = p.numbers("consumer_price_index")[year];
    const double sum = std::log(p.numbers("income_per_head")[cell] / index) - p.numbers("log_price_goods")[place] -
                       p.numbers("log_price_housing")[place] + p.numbers("utility_amenities")[cell] +
                       p.numbers("utility_public_services")[cell] + p.numbers("utility_congestion")[place];
    CHECK(sum == Approx(p.numbers("utility")[cell]).epsilon(0.0).margin(1e-13));
    CHECK(p.numbers("pay_per_head")[cell] < p.numbers("income_per_head")[cell] * 1.5);
  });
  const std::size_t regions = p.dimension("region").size;
  const std::size_t factors = p.dimension("factor").size;
  for (std::size_t place = 0; place < 6 * regions; ++place) {
    if (place % regions >= places) continue;
    double income = 0.0;
    double people = 0.0;
    for (std::size_t f = 0; f <= static_cast<std::size_t>(skilled); ++f) {
      const std::size_t cell = place * factors + f;
      income += p.numbers("group_population")[cell] * p.numbers("income_per_head")[cell];
      people += p.numbers("group_population")[cell];
    }
    CHECK(income == Approx(p.numbers("disposable_income")[place]).epsilon(1e-12));
    CHECK(people == Approx(p.numbers("population")[place]).epsilon(1e-13));
  }
}

TEST_CASE("no policy, or policies of size 0: every variation is exactly zero", "[welfare]") {
  const Pair pair = run_both(small_model(), {everywhere("rd_support", 0.0)});
  for (const auto& year : welfare::assess(pair.policy, pair.baseline, {}).years) {
    CHECK(year.variation.total == 0.0);
    for (const double channel : year.variation.channels) CHECK(channel == 0.0);
    CHECK(year.variation.real_income == 0.0);
    CHECK(year.abroad == 0.0);
    CHECK(year.outlay == 0.0);
    CHECK(year.jobs.moved == 0.0);
  }
}

TEST_CASE("a good that everybody gets everywhere moves nobody and is worth e^v - 1 of income", "[welfare]") {
  // Amenities up by v for all groups in all regions: utilities shift together, choices and prices stay.
  const double v = 0.04;
  auto amenity = everywhere("amenity", v);
  amenity.factors = {rural, migrant, unskilled, skilled};
  amenity.cost = 0.0;
  const Pair pair = run_both(small_model(), {amenity});
  const auto result = welfare::assess(pair.policy, pair.baseline, {});
  CHECK(result.years.front().variation.total == 0.0);  // not in force yet
  for (std::size_t year = 1; year < result.years.size(); ++year) {
    const auto& outcome = result.years[year];
    // The solver starts and ends at the same prices; utilities carry the rounding of logs of choice.
    CHECK(outcome.variation.total == Approx(outcome.income * std::expm1(v)).epsilon(1e-10));
    CHECK(outcome.variation.channels[static_cast<std::size_t>(Channel::amenities)] ==
          Approx(outcome.variation.total).epsilon(1e-10));
    CHECK(std::abs(outcome.variation.real_income) < 1e-9 * outcome.income);
  }
}

TEST_CASE("variation follows from expected utilities alone, and its parts add up", "[welfare]") {
  const Pair pair =
      run_both(small_model(), {everywhere("producer_service_support", 0.05), everywhere("rd_support", 0.01)});
  const auto result = welfare::assess(pair.policy, pair.baseline, {});
  double most = 0.0;
  for_each_cell(pair.policy, [&](std::size_t cell, std::size_t, std::size_t year) {
    const double income = pair.baseline.numbers("group_population")[cell] *
                          pair.baseline.numbers("income_per_head")[cell] /
                          pair.baseline.numbers("consumer_price_index")[year];
    const double change =
        pair.policy.numbers("expected_utility")[cell] - pair.baseline.numbers("expected_utility")[cell];
    const auto& variation = result.cells[cell];
    CHECK(variation.total == Approx(income * std::expm1(change)).epsilon(0.0).margin(1e-12 * income));
    double sum = 0.0;
    for (const double channel : variation.channels) sum += channel;
    CHECK(sum == Approx(variation.total).epsilon(0.0).margin(1e-13 * income));
    most = std::max(most, std::abs(change));
  });
  CHECK(most > 1e-3);  // something happened
}

TEST_CASE("who cannot move: expected utility is utility, the variation is that of real income and place", "[welfare]") {
  auto model = small_model();
  for (auto& group : model.dynamics.groups) group.mobility = dynamics::Mobility::none;
  const Pair pair = run_both(model, {everywhere("producer_service_support", 0.05)});
  const auto result = welfare::assess(pair.policy, pair.baseline, {});
  for_each_cell(pair.policy, [&](std::size_t cell, std::size_t, std::size_t) {
    CHECK(pair.policy.numbers("expected_utility")[cell] == pair.policy.numbers("utility")[cell]);
    CHECK(result.cells[cell].channels[static_cast<std::size_t>(Channel::moving)] == 0.0);
  });
  CHECK(result.last().variation.total != 0.0);
}

TEST_CASE("fiscal cost: what the lever pays, and what levies must bring in addition", "[welfare]") {
  // Government buys 1 % of base-year GDP more in 2011 to 2015: the outlay is known beforehand.
  const Pair pair = run_both(small_model(), {everywhere("procurement", 0.01)});
  const auto result = welfare::assess(pair.policy, pair.baseline, {});
  double gdp = 0.0;
  const auto first = of_year(pair.baseline, "gdp", 0);
  for (std::size_t r = 0; r < places; ++r) gdp += first[r];
  for (std::size_t year = 0; year < 6; ++year) {
    const auto levies = [&](const panel::Dataset& panel) {
      return (panel.numbers("public_outlay")[year] - panel.numbers("base_tax_revenue")[year]) /
             panel.numbers("consumer_price_index")[year];
    };
    const auto& outcome = result.years[year];
    CHECK(outcome.fiscal_cost == Approx(levies(pair.policy) - levies(pair.baseline)).epsilon(1e-9).margin(1e-12));
    // Bought at prices that the purchases themselves move: near, not equal.
    CHECK(outcome.outlay == Approx(year == 0 ? 0.0 : 0.01 * gdp).epsilon(0.02));
  }
}

TEST_CASE("renumbering regions renumbers the variations and leaves the country's", "[welfare]") {
  const std::vector<policy::PolicyEntry> policies = {everywhere("producer_service_support", 0.05)};
  const Pair one = run_both(small_model(), policies);
  const Pair two = run_both(small_model({3, 0, 4, 1, 2}), policies);
  const auto a = welfare::metrics(welfare::assess(one.policy, one.baseline, {}));
  const auto b = welfare::metrics(welfare::assess(two.policy, two.baseline, {}));
  for (std::size_t m = 0; m < a.size(); ++m) {
    CAPTURE(a[m].name);
    if (std::isnan(a[m].value)) continue;
    // Solutions agree to the solver's 1e-10, their differences to some more.
    CHECK(b[m].value == Approx(a[m].value).epsilon(1e-5).margin(1e-6));
  }
}

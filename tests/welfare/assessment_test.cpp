#include "welfare/assessment.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "welfare/made_up_panel.h"
#include "welfare/output.h"

using namespace pericore;
using namespace pericore::testing;
using welfare::Channel;

namespace {

double part(const welfare::Variation& variation, Channel channel) {
  return variation.channels[static_cast<std::size_t>(channel)];
}

const welfare::Settings five_percent{.discount_rate = 0.05, .targets = {}};

}  // namespace

TEST_CASE("the same panel twice: every number of an assessment is zero, exactly", "[welfare]") {
  const auto panel = made_up_panel();
  const auto result = welfare::assess(panel, panel, five_percent);
  for (const auto& year : result.years) {
    CHECK(year.variation.total == 0.0);
    for (const double channel : year.variation.channels) CHECK(channel == 0.0);
    CHECK(year.abroad == 0.0);
    CHECK(year.fiscal_cost == 0.0);
    CHECK(year.jobs.moved == 0.0);
    CHECK(year.technology == 0.0);
    CHECK(year.uncovered == 0.0);
  }
  for (const auto& metric : welfare::metrics(result)) {
    CAPTURE(metric.name);
    const bool per_job = metric.name.starts_with("cost_per_job");
    const bool unmeasured = metric.name == "observed_tfp";
    if (per_job || unmeasured) {
      CHECK(std::isnan(metric.value));
    } else {
      CHECK(metric.value == 0.0);
    }
  }
}

TEST_CASE("all incomes and the pay in them up by a: a times income, discounted", "[welfare]") {
  const auto before = made_up_panel();
  auto now = before;
  const double a = 0.03;
  for (const char* name : {"income_per_head", "pay_per_head", "real_income"}) scale(now, name, 1.0 + a);
  for (const char* name : {"utility", "expected_utility"}) shift(now, name, std::log1p(a));
  const auto result = welfare::assess(now, before, five_percent);
  double income = 0.0;
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t g = 0; g < 2; ++g) {
      const std::size_t cell = (0 * made_up_regions + r) * made_up_factors + g;
      const double all = before.numbers("group_population")[cell] * before.numbers("income_per_head")[cell];
      CHECK(result.cells[result.at(0, r, g)].total == Approx(a * all).epsilon(1e-13));
      income += all;
    }
  }
  CHECK(std::isnan(result.cells[result.at(0, 0, 2)].total));  // land
  CHECK(std::isnan(result.cells[result.at(0, 3, 0)].total));  // abroad
  CHECK(result.last().variation.total == Approx(a * income).epsilon(1e-13));
  CHECK(result.last().income == Approx(income).epsilon(1e-14));
  const double factor = 1.0 + 1.0 / 1.05 + 1.0 / (1.05 * 1.05);
  CHECK(result.present_value([](const auto& y) { return y.variation.total; }) ==
        Approx(a * income * factor).epsilon(1e-13));
  // Incomes of all regions alike are no more unequal than before.
  CHECK(result.last().inequality_with.theil == Approx(result.last().inequality_without.theil).epsilon(1e-12));
}

TEST_CASE("the numeraire does not matter", "[welfare]") {
  // Every figure in money of the year times a number, in one run only: prices and incomes of a year have no level.
  const auto before = made_up_panel();
  auto now = before;
  scale(now, "income_per_head", 1.02);
  shift(now, "utility", std::log(1.02));
  shift(now, "expected_utility", std::log(1.02));
  scale(now, "lever_outlay", 2.0);
  scale(now, "public_outlay", 1.5);
  auto other = now;
  for (const char* name : {"income_per_head", "pay_per_head", "consumer_price_index", "public_outlay",
                           "base_tax_revenue", "lever_outlay", "disposable_income", "gdp", "sales"})
    scale(other, name, 17.0);
  const auto a = welfare::metrics(welfare::assess(now, before, five_percent));
  const auto b = welfare::metrics(welfare::assess(other, before, five_percent));
  for (std::size_t m = 0; m < a.size(); ++m) {
    CAPTURE(a[m].name);
    if (std::isnan(a[m].value)) {
      CHECK(std::isnan(b[m].value));
    } else {
      CHECK(b[m].value == Approx(a[m].value).epsilon(1e-12).margin(1e-12));
    }
  }
}

TEST_CASE("each channel is paid for what changed", "[welfare]") {
  const auto before = made_up_panel();
  const std::vector<std::pair<const char*, Channel>> terms = {{"log_price_goods", Channel::goods_prices},
                                                              {"log_price_housing", Channel::rents},
                                                              {"utility_amenities", Channel::amenities},
                                                              {"utility_public_services", Channel::public_services},
                                                              {"utility_congestion", Channel::congestion}};
  for (const auto& [name, channel] : terms) {
    CAPTURE(name);
    const double sign = std::string(name).starts_with("log_price") ? -1.0 : 1.0;
    auto now = before;
    shift(now, name, sign * 0.02);
    for (const char* utility : {"utility", "expected_utility"}) shift(now, utility, 0.02);
    const auto year = welfare::assess(now, before, five_percent).last();
    CHECK(year.variation.total == Approx(year.income * std::expm1(0.02)).epsilon(1e-12));
    CHECK(part(year.variation, channel) == Approx(year.variation.total).epsilon(1e-12));
  }
  // The option to move alone: a better way out for those who stay.
  auto now = before;
  shift(now, "expected_utility", 0.01);
  const auto year = welfare::assess(now, before, five_percent).last();
  CHECK(part(year.variation, Channel::moving) == Approx(year.income * std::expm1(0.01)).epsilon(1e-12));
  CHECK(year.variation.real_income == 0.0);
}

TEST_CASE("the rest of the world by itself", "[welfare]") {
  const auto before = made_up_panel();
  auto now = before;
  for (std::size_t year = 0; year < made_up_years; ++year) {
    now.numbers("disposable_income")[year * made_up_regions + 3] *= 1.1;
    now.numbers("log_price_goods")[year * made_up_regions + 3] += 0.05;
  }
  const auto result = welfare::assess(now, before, five_percent);
  CHECK(result.last().abroad == Approx(95.0 * (1.1 * std::exp(-0.05) - 1.0)).epsilon(1e-12));
  CHECK(result.last().variation.total == 0.0);  // nobody at home is touched
}

TEST_CASE("jobs moved and created in the cells aimed at, and what they cost", "[welfare]") {
  const auto before = made_up_panel();
  auto now = before;
  auto employment = now.numbers("employment");
  for (std::size_t year = 0; year < made_up_years; ++year) {
    const std::size_t first = year * made_up_regions * made_up_sectors;
    employment[first] += 30.0;                        // goods in a
    employment[first + made_up_sectors] -= 20.0;      // goods in b
    employment[first + 2 * made_up_sectors] -= 10.0;  // goods in c
    employment[first + 1] += 500.0;                   // services in a are no target
    employment[first + 3 * made_up_sectors] += 99.0;  // nor is what happens abroad
  }
  shift(now, "public_outlay", 6.0);
  welfare::Settings settings = five_percent;
  settings.targets = {.regions = {1, 0, 0, 0}, .sectors = {1, 0}};
  const auto result = welfare::assess(now, before, settings);
  CHECK(result.last().jobs.moved == Approx(30.0));
  CHECK(result.last().jobs.created == Approx(30.0));
  const double cost = 6.0 * (1.0 + 1.0 / 1.05 + 1.0 / (1.05 * 1.05));
  const auto metrics = welfare::metrics(result);
  const auto value = [&](const std::string& name) {
    return std::find_if(metrics.begin(), metrics.end(), [&](const auto& m) { return m.name == name; })->value;
  };
  CHECK(value("fiscal_cost") == Approx(cost).epsilon(1e-13));
  CHECK(value("cost_per_job_moved") == Approx(1e6 * cost / 30.0).epsilon(1e-13));
  // A region that loses jobs has none to divide by.
  settings.targets.regions = {0, 1, 0, 0};
  const auto losing = welfare::metrics(welfare::assess(now, before, settings));
  for (const auto& metric : losing) {
    if (metric.name == "jobs_created") CHECK(metric.value == Approx(-20.0));
    if (metric.name == "cost_per_job_created") CHECK(std::isnan(metric.value));
  }
}

TEST_CASE("targets travel with a panel", "[welfare]") {
  auto panel = made_up_panel();
  CHECK(welfare::targets_of(panel).regions.empty());
  welfare::add_targets(panel, {.regions = {0, 1, 0, 0}, .sectors = {}});
  CHECK(welfare::targets_of(panel).regions == std::vector<char>{0, 1, 0, 0});
  CHECK(welfare::targets_of(panel).sectors == std::vector<char>{1, 1});
}

TEST_CASE("jobs that the solver's tolerance explains have no cost", "[welfare]") {
  const auto before = made_up_panel();
  auto now = before;
  scale(now, "employment", 1.0 + 1e-11);
  shift(now, "public_outlay", 6.0);
  const auto result = welfare::assess(now, before, five_percent);  // residuals of 1e-12
  CHECK(result.last().jobs.created > 0.0);
  CHECK(result.last().jobs.created < result.last().jobs.noise);
  for (const auto& metric : welfare::metrics(result)) {
    if (metric.name.starts_with("cost_per_job")) CHECK(std::isnan(metric.value));
  }
}

TEST_CASE("who is gone with the policy is told, not counted", "[welfare]") {
  const auto before = made_up_panel();
  auto now = before;
  const std::size_t cell = (2 * made_up_regions + 1) * made_up_factors;  // rural people of b in the last year
  for (const char* name : {"income_per_head", "pay_per_head", "utility", "expected_utility"})
    now.numbers(name)[cell] = std::nan("");
  const auto result = welfare::assess(now, before, five_percent);
  CHECK(result.last().uncovered == before.numbers("group_population")[cell]);
  CHECK(result.last().variation.total == 0.0);
  CHECK(std::isnan(result.cells[result.at(2, 1, 0)].total));
  CHECK(result.years.front().uncovered == 0.0);
}

TEST_CASE("technology: a rise everywhere counts by sales over GDP", "[welfare]") {
  const auto before = made_up_panel();
  auto now = before;
  shift(now, "log_productivity", 0.01);
  double sales = 0.0;
  double gdp = 0.0;
  for (std::size_t r = 0; r < 3; ++r) {
    gdp += before.numbers("gdp")[r];
    for (std::size_t s = 0; s < made_up_sectors; ++s) sales += before.numbers("sales")[r * made_up_sectors + s];
  }
  CHECK(welfare::assess(now, before, five_percent).last().technology == Approx(0.01 * sales / gdp).epsilon(1e-12));
}

TEST_CASE("panels that do not fit are refused, missing variables are named", "[welfare]") {
  const auto panel = made_up_panel();
  welfare::Settings settings = five_percent;
  settings.targets.sectors = {1};
  CHECK_THROWS_AS(welfare::assess(panel, panel, settings), DomainError);
  CHECK(welfare::missing_variables(panel).empty());
  panel::Dataset empty;
  CHECK(welfare::missing_variables(empty).size() == welfare::needed_variables().size());
}

TEST_CASE("an assessment as variables: what it says, in the panel's dimensions", "[welfare]") {
  const auto before = made_up_panel();
  auto now = before;
  shift(now, "utility_amenities", 0.02);
  for (const char* utility : {"utility", "expected_utility"}) shift(now, utility, 0.02);
  const auto result = welfare::assess(now, before, five_percent);
  auto panel = before;
  welfare::add_to(panel, result);
  const auto total = panel.numbers("equivalent_variation");
  REQUIRE(total.size() == result.cells.size());
  for (std::size_t i = 0; i < total.size(); ++i) {
    if (std::isnan(total[i])) continue;
    double sum = 0.0;
    for (std::size_t k = 0; k < welfare::n_channels; ++k)
      sum += panel.numbers("equivalent_variation_" + std::string(to_text(static_cast<Channel>(k))))[i];
    CHECK(sum == Approx(total[i]).epsilon(1e-13));
  }
  CHECK(panel.numbers("discount_factor")[1] == Approx(1.0 / 1.05).epsilon(1e-15));
  CHECK(welfare::tables(result).size() == 4);
}

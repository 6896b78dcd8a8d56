/// Random combinations of levers: whatever is pulled, the accounts close and what is spent is paid.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "base/errors.h"
#include "config/lever_scenarios.h"
#include "policy/levers.h"
#include "policy/rule.h"
#include "simulation/panels.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

using Random = std::mt19937;

double between(Random& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random()) / 4294967296.0;
}
std::size_t below(Random& random, std::size_t count) { return random() % count; }

bool planned_only(const policy::Lever& lever) {
  return lever.cost_unit != policy::CostUnit::per_head &&
         std::none_of(lever.instruments.begin(), lever.instruments.end(),
                      [](const auto& part) { return policy::row_of(part.instrument).outlay == policy::Outlay::flow; });
}

bool national(const policy::Lever& lever) {
  return std::any_of(lever.instruments.begin(), lever.instruments.end(), [](const auto& part) {
    const policy::Reach reach = policy::row_of(part.instrument).reach;
    return part.per_size != 0.0 && (reach == policy::Reach::country || reach == policy::Reach::sector);
  });
}

/// In force where producer services were below the national share the year before.
std::shared_ptr<const policy::Rule> while_services_are_rare() {
  policy::Rule rule;
  rule.text = "lq_producer_services < 1";
  rule.variables = {"lq_producer_services"};
  rule.by_region = true;
  rule.cells = [](const policy::Figures& figures) -> policy::Cells {
    const policy::Cells rare = (figures.find("lq_producer_services")->second.values < 1.0).cast<char>();
    return rare.replicate(1, 12);
  };
  return std::make_shared<const policy::Rule>(std::move(rule));
}

/// One lever at 0.2 to 1.5 times its default, on random units of Jilin, paid by a random budget.
policy::PolicyEntry draw(Random& random, const simulation::Model& model) {
  const policy::Lever& lever = policy::levers()[below(random, policy::levers().size())];
  policy::PolicyEntry entry;
  entry.lever = lever.key;
  entry.place = "drawn";
  entry.size = std::clamp(lever.default_size * between(random, 0.2, 1.5), lever.lowest, lever.highest);
  entry.schedule.start = 2010 + static_cast<int>(below(random, 3));
  entry.schedule.ramp = static_cast<int>(below(random, 3));
  if (!national(lever)) {
    entry.regions.assign(static_cast<std::size_t>(model.base.economy.n_regions()), 0);
    for (std::size_t r = 0; r < 9; ++r) entry.regions[r] = below(random, 3) == 0 ? 1 : 0;
    entry.regions[below(random, 9)] = 1;
  }
  if (!national(lever) && below(random, 4) == 0) entry.rule = while_services_are_rare();
  if (lever.cost_unit == policy::CostUnit::gdp_share && below(random, 2) == 0) entry.cost = between(random, 0.0, 0.02);
  if (planned_only(lever) && below(random, 3) == 0) {
    entry.funding.cut = below(random, 2) == 0 ? policy::Funding::Cut::regional : policy::Funding::Cut::national;
  } else {
    entry.funding.account = static_cast<economy::Account>(below(random, economy::n_accounts));
  }
  return entry;
}

/// What is spent is what the accounts pay, and what they pay is what is levied; by year, relative to national GDP.
void check_paid(const simulation::Model& model, const panel::Dataset& panel) {
  const auto& economy = model.base.economy;
  const economy::Instruments& base = model.base.state.instruments;
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  for (std::size_t year = 0; year < panel.dimension("year").size; ++year) {
    const auto of = [&](const char* name) { return of_year(panel, name, year); };
    const auto sum = [](std::span<const double> values) {
      double all = 0.0;
      for (const double value : values) all += value;
      return all;
    };
    double charged = 0.0;
    for (const char* account : {"outlay_main_budget", "outlay_lump_sum_national", "outlay_lump_sum_regional",
                                "outlay_income_tax_national", "outlay_income_tax_regional"})
      charged += sum(of(account));
    double lines = 0.0;  // of the base year's budget, at quantities and prices of the year
    for (Eigen::Index r = 0; r < regions; ++r) {
      for (Eigen::Index s = 0; s < sectors; ++s) {
        const auto cell = static_cast<std::size_t>(r * sectors + s);
        lines += base.production_subsidy(r, s) * of("sales")[cell];
        for (const auto& purchases : base.purchases) lines += purchases(r, s) * of("price_index")[cell];
      }
      for (const auto& transfers : base.transfers) lines += transfers(r) * of("consumer_price_index")[0];
    }
    const double gdp = sum(of("gdp"));
    CHECK(std::abs(charged - lines - sum(of("lever_outlay"))) < 1e-9 * gdp);
    CHECK(std::abs(sum(of("tax_paid")) + sum(of("lump_sum")) - of("public_outlay")[0]) < 1e-9 * gdp);
  }
}

}  // namespace

TEST_CASE("random levers, targets, sizes and budgets: accounts close and every outlay is paid", "[config][levers]") {
  const auto closure = GENERATE(std::string("lump_sum"), std::string("income_tax"));
  const auto level = GENERATE(std::string("national"), std::string("regional"));
  CAPTURE(closure, level);
  auto model = rich_model({"years=[2010, 2013]", "closure.by=" + closure, "closure.level=" + level});
  const auto base = simulation::prepare(model);
  Random random(closure == "lump_sum" ? 1U : 2U);
  int ran = 0;
  int refused = 0;
  while (ran < 40) {
    model.policies.clear();
    const std::size_t count = 1 + below(random, 6);
    for (std::size_t i = 0; i < count; ++i) model.policies.push_back(draw(random, model));
    std::string drawn;
    for (const auto& entry : model.policies)
      drawn += entry.lever + " " + std::to_string(*entry.size) + " by " + std::to_string(entry.funding.account) + ", ";
    CAPTURE(drawn);
    try {
      const auto panel = simulation::run(model, base);
      check_accounts(panel, 1e-9);
      check_paid(model, panel);
      ++ran;
    } catch (const InputError& error) {
      // Two costs a head in one year, sums beyond a limit, a cut beyond what there is: said, not solved.
      CAPTURE(error.what());
      REQUIRE(++refused < 40);
    }
  }
}

TEST_CASE("what cannot be funded is refused with the amount that lacks", "[config][levers]") {
  auto model = rich_model({"years=[2010, 2012]"});
  const auto base = simulation::prepare(model);
  policy::PolicyEntry entry;
  entry.lever = "transfer";
  entry.place = "it.yaml:3:5: policies[0]";
  entry.size = 0.5;
  entry.regions.assign(static_cast<std::size_t>(model.base.economy.n_regions()), 0);
  entry.regions[0] = 1;
  SECTION("a cut beyond the purchases there are") {
    entry.funding.cut = policy::Funding::Cut::regional;
    model.policies = {entry};
    CHECK_THROWS_WITH(simulation::run(model, base), Catch::Contains("region 'Changchun': a cut of ") &&
                                                        Catch::Contains(" too much [base-year value]"));
  }
  SECTION("levies beyond the income of a region") {
    entry.lever = "producer_service_support";
    entry.size.reset();
    entry.sizes = {{"production_subsidy", 1.0}};
    entry.sectors = {};
    for (Eigen::Index s = 1; s < model.base.economy.n_sectors(); ++s) entry.sectors.push_back(s);
    entry.funding.account = economy::lump_sum_regional;
    entry.schedule.start = 2011;
    model.policies = {entry};
    CHECK_THROWS_WITH(simulation::run(model, base),
                      Catch::StartsWith("year 2011: Changchun has no disposable income: the policies in force need "
                                        "taxes and levies of ") &&
                          Catch::Contains(" too much [million yuan, at prices of the year before]"));
  }
}

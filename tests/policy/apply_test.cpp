#include "policy/apply.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/errors.h"
#include "economy/public_accounts.h"
#include "policy/instrument_table.h"
#include "policy/levers.h"
#include "policy/targets.h"
#include "small_economy.h"

using namespace pericore;
using namespace pericore::policy;
using namespace pericore::policy::test;
using Catch::Matchers::Contains;

namespace {

const economy::Economy country = small_economy();
const BaseYear base_year = small_base_year();

economy::Instruments in_2012(const std::vector<PolicyEntry>& entries, const economy::Instruments& base = small_base()) {
  return instruments_of_year(country, base_year, base, entries, 2012);
}

std::string message(const std::vector<PolicyEntry>& entries, const economy::Instruments& base = small_base()) {
  try {
    in_2012(entries, base);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// Names of the instruments that differ in any bit.
std::set<std::string> changed(const economy::Instruments& a, const economy::Instruments& b) {
  const auto first = instrument_table(country, a);
  const auto second = instrument_table(country, b);
  REQUIRE(first.size() == second.size());
  std::set<std::string> names;
  for (std::size_t i = 0; i < first.size(); ++i) {
    REQUIRE(first[i].name == second[i].name);
    if ((first[i].values != second[i].values).any()) names.insert(first[i].name);
  }
  if (a.information_sectors != b.information_sectors) names.insert("information_sectors");
  return names;
}

}  // namespace

TEST_CASE("a lever alone changes exactly its instruments", "[policy]") {
  const std::map<std::string_view, std::set<std::string>> expected{
      {"producer_service_support",
       {"production_subsidy", "factor_subsidy_rural", "factor_subsidy_unskilled", "factor_subsidy_skilled"}},
      {"entry_deregulation", {"entry_barrier"}},
      {"relocation_grant", {"relocation_grant"}},
      {"outsourcing", {"input_shift"}},
      {"procurement", {"government_purchases"}},
      {"rd_support", {"government_purchases", "research"}},
      {"training", {"training", "training_cost"}},
      {"transport", {}},
      {"information_infrastructure", {"information", "information_sectors"}},
      {"market_unification", {"border_relief"}},
      {"public_services", {"public_quality", "public_capital", "government_purchases"}},
      {"registration_reform", {"registration_relief", "citizenisation", "citizenisation_cost"}},
      {"production_subsidy", {"production_subsidy"}},
      {"wage_subsidy", {"factor_subsidy_rural", "factor_subsidy_unskilled", "factor_subsidy_skilled"}},
      {"interest_subsidy", {"factor_subsidy_capital"}},
      {"transfer", {"transfer"}},
      {"land_supply", {"land_supply"}},
      {"congestion_relief", {"congestion_relief"}},
      {"amenity", {"amenity"}},
      {"zoning", {"zoning_penalty"}},
      {"cluster_bonus", {"cluster_bonus"}},
      {"knowledge_range", {"knowledge_range"}},
      {"capital_wedge", {"capital_wedge"}},
      {"foreign_investment", {"foreign_entry"}},
      {"state_reform", {"state_share_change"}},
      {"less_processing_trade", {"processing"}},
      {"finance_access", {"capital_wedge", "factor_subsidy_capital"}},
      {"talent", {"factor_subsidy_skilled"}},
      {"consumer_services", {"production_subsidy"}},
      {"land_remediation", {"land_supply"}},
      {"spatial_plan", {"zoning_penalty"}},
  };
  REQUIRE(levers().size() == expected.size());
  for (const Lever& lever : levers()) {
    CAPTURE(lever.key);
    PolicyEntry entry = pull(std::string(lever.key), lever.default_size);
    if (lever.cost_unit != CostUnit::per_head) entry.cost = 0.0;
    if (entry.lever == "consumer_services") entry.sectors = {information_services};
    CHECK(changed(small_base(), in_2012({entry})) == expected.at(lever.key));
    entry.size.reset();  // the default is the default
    PolicyEntry same = pull(entry.lever, lever.default_size);
    same.sectors = entry.sectors;
    CHECK(changed(in_2012({entry}), in_2012({same})).size() <=
          (lever.default_cost > 0.0 && lever.cost_unit != CostUnit::per_head ? 1U : 0U));
  }
}

TEST_CASE("levers not in force leave the base as it is, bit for bit", "[policy]") {
  std::vector<PolicyEntry> entries;
  for (const Lever& lever : levers()) {
    entries.push_back(pull(std::string(lever.key), lever.default_size));
    entries.back().schedule = {2013, 2015, 2};
    if (entries.back().lever == "consumer_services") entries.back().sectors = {information_services};
  }
  const economy::Instruments base = small_base();
  CHECK(changed(base, in_2012(entries)).empty());
  CHECK(changed(base, in_2012({})).empty());
  CHECK(changed(base, instruments_of_year(country, base_year, base, entries, 2016)).empty());
  CHECK_FALSE(changed(base, instruments_of_year(country, base_year, base, entries, 2015)).empty());
  const economy::Instruments off = in_2012(entries);
  for (const auto& subsidy : off.production_subsidy_by_account) CHECK(subsidy.size() == 0);
  for (const auto& subsidy : off.factor_subsidy) CHECK(subsidy.size() == 0);
}

TEST_CASE("sizes act on the chosen cells only and add up", "[policy]") {
  PolicyEntry one = pull("production_subsidy", 0.10);
  one.regions = only({0});
  one.sectors = {manufacturing};
  PolicyEntry two = pull("production_subsidy", 0.05);
  two.regions = only({0, 1});
  two.sectors = {manufacturing, information_services};
  const economy::Instruments sum = in_2012({one, two});
  CHECK(sum.production_subsidy(0, manufacturing) == Approx(-0.04 + 0.15));
  CHECK(sum.production_subsidy(1, manufacturing) == Approx(-0.04 + 0.05));
  CHECK(sum.production_subsidy(1, information_services) == Approx(0.01));
  CHECK(sum.production_subsidy(2, manufacturing) == -0.04);
  CHECK(sum.production_subsidy(0, agriculture) == -0.04);

  PolicyEntry barrier = pull("entry_deregulation", 0.25);
  CHECK(in_2012({barrier, barrier}).entry_barrier(1, research_services) == 0.5);
  CHECK(in_2012({barrier, barrier}).entry_barrier(overseas, research_services) == 1.0);
}

TEST_CASE("a ramp scales every instrument", "[policy]") {
  PolicyEntry entry = pull("procurement", 0.02);
  entry.schedule = {2011, 2020, 4};
  const double full = 0.02 * 175.0;
  const auto bought = [&](int year) {
    const economy::Instruments sum = instruments_of_year(country, base_year, small_base(), std::vector{entry}, year);
    return ((sum.purchases[0] - small_base().purchases[0]) * country.reference_log_price.exp()).sum();
  };
  CHECK(bought(2010) == 0.0);
  CHECK(bought(2011) == Approx(full / 4));
  CHECK(bought(2013) == Approx(full * 3 / 4));
  CHECK(bought(2020) == Approx(full));
  CHECK(bought(2021) == 0.0);
}

TEST_CASE("one number and sizes by instrument", "[policy]") {
  PolicyEntry entry = pull("public_services", 0.2);
  economy::Instruments sum = in_2012({entry});
  CHECK(sum.public_quality(1) == Approx(0.2));
  CHECK(sum.public_capital(1) == Approx(0.05 * 0.2 * 50.0));
  entry.size.reset();
  entry.sizes = {{"public_capital", 0.03}};
  sum = in_2012({entry});
  CHECK(sum.public_quality(1) == 0.0);
  CHECK(sum.public_capital(1) == Approx(0.03 * 50.0));
}

TEST_CASE("money sizes are shares of the region's base-year GDP at base-year prices", "[policy]") {
  const Eigen::ArrayXXd price = country.reference_log_price.exp();
  const auto value = [&](const economy::Instruments& sum) {
    return Eigen::ArrayXXd((sum.purchases[0] - small_base().purchases[0]) * price);
  };
  PolicyEntry procurement = pull("procurement", 0.04);
  procurement.regions = only({0, 2});
  const Eigen::ArrayXXd bought = value(in_2012({procurement}));
  // National sales of the two services are 3 to 1.
  CHECK(bought(0, information_services) == Approx(0.04 * 100 * 0.75));
  CHECK(bought(2, research_services) == Approx(0.04 * 25 * 0.25));
  CHECK(bought.sum() == Approx(0.04 * 125));
  CHECK((bought.row(1) == 0.0).all());

  PolicyEntry research = pull("rd_support", 0.1);
  const economy::Instruments with_research = in_2012({research});
  CHECK(value(with_research).col(research_services).head(3).isApprox(0.1 * base_year.gdp.head(3)));
  CHECK(with_research.research.head(3).isApprox(0.1 * base_year.gdp.head(3)));
  CHECK(with_research.research(overseas) == 0.0);

  PolicyEntry capital = pull("public_services", 0.0);
  capital.size.reset();
  capital.sizes = {{"public_capital", 0.02}};
  const Eigen::ArrayXXd built = value(in_2012({capital}));
  CHECK(built(0, manufacturing) == Approx(0.02 * 100 * 0.75));
  CHECK(built.row(0).sum() == Approx(2.0));

  PolicyEntry transport = pull("transport", 0.5);
  transport.cost = 0.02;
  CHECK(value(in_2012({transport})).row(1).sum() == Approx(0.5 * 0.02 * 50));

  CHECK(in_2012({pull("training", 0.01)}).training_cost == Approx(0.3 * 175.0 / 50.0));
  CHECK(in_2012({pull("transfer", 0.01)}).transfers[0](1) == Approx(0.5));
}

TEST_CASE("accounts pay for their own and add up to the total", "[policy]") {
  PolicyEntry tax = pull("producer_service_support", 0.1);
  tax.funding.account = economy::income_tax_national;
  PolicyEntry levy = pull("producer_service_support", 0.05);
  levy.regions = only({1});
  levy.funding.account = economy::lump_sum_regional;
  PolicyEntry main = pull("interest_subsidy", 0.2);
  PolicyEntry bought = pull("procurement", 0.02);
  bought.funding.account = economy::lump_sum_national;
  PolicyEntry paid = pull("transfer", 0.01);
  paid.funding.account = economy::income_tax_regional;
  economy::State state;
  state.instruments = in_2012({tax, levy, main, bought, paid});
  const economy::Instruments& sum = state.instruments;

  economy::Accounts accounts;
  accounts.sales = Eigen::ArrayXXd::Constant(n_regions, n_sectors, 7.0);
  accounts.sales(1, information_services) = 11.0;
  accounts.factor_subsidy_outlay = Eigen::ArrayXd::Zero(n_regions);
  for (Eigen::Index f = 0; f < n_factors; ++f) {
    accounts.factor_use.push_back(Eigen::ArrayXXd::Constant(n_regions, n_sectors, 1.0 + static_cast<double>(f)));
    const Eigen::ArrayXXd& subsidy = sum.factor_subsidy[static_cast<std::size_t>(f)];
    if (subsidy.size() > 0) accounts.factor_subsidy_outlay += (subsidy * accounts.factor_use.back()).rowwise().sum();
  }
  const Eigen::ArrayXXd log_wage = Eigen::ArrayXXd::Zero(n_regions, n_factors);
  const Eigen::ArrayXXd outlay =
      economy::outlays_by_account(country, state, country.reference_log_price, log_wage, accounts);
  const Eigen::ArrayXXd price = country.reference_log_price.exp();
  const double purchases = (small_base().purchases[0] * price).sum() + 0.02 * 175;
  const double subsidies = (sum.production_subsidy * accounts.sales).sum() + accounts.factor_subsidy_outlay.sum();
  CHECK(outlay.sum() == Approx(subsidies + purchases + 0.01 * 175).epsilon(1e-14));

  // 10 % of sales and of the wages of rural (1), unskilled (2) and skilled (3 units) of two services in three regions.
  CHECK(outlay.col(economy::income_tax_national).sum() == Approx(0.1 * (5 * 7 + 11) + 0.1 * 6 * 2 * 3));
  CHECK(outlay.col(economy::lump_sum_regional).sum() == Approx(0.05 * (7 + 11) + 0.05 * 6 * 2));
  CHECK(outlay(0, economy::lump_sum_regional) == 0.0);
  CHECK(outlay.col(economy::lump_sum_national).sum() == Approx(0.02 * 175));
  CHECK(outlay.col(economy::income_tax_regional).sum() == Approx(0.01 * 175));
  // The main budget is left with the base-year taxes, its purchases and the interest subsidy (capital: 4 units in 4 sectors).
  CHECK(outlay.col(economy::main_budget).sum() ==
        Approx(-0.04 * accounts.sales.sum() + (small_base().purchases[0] * price).sum() + 0.2 * 4 * 4 * 3));
}

TEST_CASE("a cut leaves planned spending as it was", "[policy]") {
  const Eigen::ArrayXXd price = country.reference_log_price.exp();
  const Eigen::ArrayXd before = (small_base().purchases[0] * price).rowwise().sum();
  PolicyEntry entry = pull("rd_support", 0.05);
  entry.regions = only({0});
  entry.funding.cut = Funding::Cut::regional;
  Eigen::ArrayXd after = (in_2012({entry}).purchases[0] * price).rowwise().sum();
  CHECK(after.isApprox(before, 1e-14));

  entry.funding.cut = Funding::Cut::national;
  after = (in_2012({entry}).purchases[0] * price).rowwise().sum();
  CHECK(after(0) > before(0));
  CHECK(after(1) / before(1) == Approx(after(2) / before(2)));
  CHECK(after(overseas) == before(overseas));
  CHECK(after.sum() == Approx(before.sum()).epsilon(1e-14));

  entry.size = 0.2;
  entry.regions = only({0});
  entry.funding.cut = Funding::Cut::regional;
  CHECK_THAT(message({entry}),
             Contains("policies[0]: year 2012, region 'Core'") && Contains("more than the general purchases"));
  PolicyEntry flow = pull("production_subsidy", 0.05);
  flow.funding.cut = Funding::Cut::national;
  CHECK_THAT(message({flow}), Contains("policies[0].funding: a cut must be planned"));
}

TEST_CASE("outsourcing moves labour to suppliers by what they sell already", "[policy]") {
  PolicyEntry entry = pull("outsourcing", 0.04);
  entry.regions = only({1});
  entry.efficiency = 0.02;
  const auto shifts = in_2012({entry}).input_shifts;
  REQUIRE(shifts.size() == 2);
  CHECK(shifts[0].region == 1);
  CHECK(shifts[0].sector == manufacturing);
  CHECK(shifts[0].input == information_services);
  CHECK(shifts[0].amount == Approx(0.03));
  CHECK(shifts[1].amount == Approx(0.01));
  CHECK(shifts[0].efficiency + shifts[1].efficiency == Approx(0.02));

  const auto twice = in_2012({entry, entry}).input_shifts;
  REQUIRE(twice.size() == 2);
  CHECK(twice[0].amount == Approx(0.06));

  entry.size = 0.2;
  CHECK_THAT(message({entry, entry}),
             Contains("region 'Near', sector 'mfl': input_shift adds up to 0.4") && Contains("labour share 0.3"));
  entry.size = -0.3;
  CHECK_THAT(message({entry}), Contains("sector 'mfl'") && Contains("'inf' moves back in house"));
}

TEST_CASE("relocation grants go to movers from elsewhere, and merge", "[policy]") {
  PolicyEntry entry = pull("relocation_grant", 0.2);
  entry.regions = only({1});
  PolicyEntry other = pull("relocation_grant", 0.1);
  other.regions = only({1, 2});
  other.origins = only({0, 2});
  const auto grants = in_2012({entry, other}).relocation_grants;
  REQUIRE(grants.size() == 1);
  CHECK(grants[0].sector == manufacturing);
  CHECK(grants[0].origins == only({0, 2}));
  CHECK(grants[0].amount(1) == Approx(0.3));
  CHECK(grants[0].amount(2) == Approx(0.1));
  CHECK(grants[0].amount(0) == 0.0);
  other.funding.account = economy::lump_sum_national;
  CHECK(in_2012({entry, other}).relocation_grants.size() == 2);
  CHECK(in_2012({other}).relocation_grants[0].account == economy::lump_sum_national);
}

TEST_CASE("groups and lands can be picked", "[policy]") {
  PolicyEntry entry = pull("wage_subsidy", 0.1);
  entry.factors = {skilled};
  economy::Instruments sum = in_2012({entry});
  CHECK(changed(small_base(), sum) == std::set<std::string>{"factor_subsidy_skilled"});
  entry = pull("land_supply", -0.1);
  entry.factors = {farmland};
  sum = in_2012({entry});
  CHECK(sum.land_supply(0, farmland) == -0.1);
  CHECK(sum.land_supply(0, land) == 0.0);
  CHECK(in_2012({pull("land_supply", 0.1)}).land_supply(0, land) == 0.1);
  entry.factors = {skilled};
  CHECK_THAT(message({entry}), Contains("policies[0].groups: land_supply"));
}

TEST_CASE("sums beyond a limit name year, region, sector and the entries", "[policy]") {
  const auto twice = [](std::string lever, double size) {
    std::vector<PolicyEntry> entries{pull(lever, size), pull(lever, size)};
    entries[0].regions = only({0, 1});
    entries[1].regions = only({1, 2});
    entries[1].place = "it.yaml:19:5: policies[1]";
    return entries;
  };
  const std::string both = "it.yaml:14:5: policies[0], it.yaml:19:5: policies[1]: year 2012, region 'Near'";
  CHECK_THAT(message(twice("information_infrastructure", 0.6)),
             Contains(both + ": information adds up to 1.2, allowed: at least 0, at most 1"));
  CHECK_THAT(message(twice("market_unification", 0.6)),
             Contains(both + ", sector 'agr': border_relief adds up to 1.2"));
  CHECK_THAT(message(twice("entry_deregulation", 0.5)),
             Contains(both + ", sector 'inf': entry_barrier adds up to 0, allowed: above 0"));
  CHECK_THAT(message(twice("interest_subsidy", 0.5)),
             Contains(both + ", sector 'agr': interest_subsidy adds up to 1") && Contains("below 1"));
  CHECK_THAT(message(twice("wage_subsidy", 0.6)), Contains(both + ", sector 'agr': wage_subsidy"));
  CHECK_THAT(message(twice("registration_reform", 0.6)), Contains(both + ", factor 'rural': registration_relief"));
  CHECK_THAT(message(twice("congestion_relief", 0.6)), Contains(both + ": congestion_relief"));
  CHECK_THAT(message(twice("land_supply", -0.6)), Contains(both + ", factor 'land': land_supply"));
  CHECK_THAT(message(twice("training", 0.5)), Contains("no error"));
  CHECK_THAT(message({pull("production_subsidy", -0.9), pull("production_subsidy", -0.1)}),
             Contains("production_subsidy adds up to -1.04"));
  PolicyEntry less = pull("procurement", -0.4);
  less.regions = only({0});
  CHECK_THAT(message({less}), Contains("region 'Core', sector 'inf': government purchases fall to"));
}

TEST_CASE("a base beyond a limit is not blamed on a policy elsewhere", "[policy]") {
  economy::Instruments base = small_base();
  base.information(2) = 1.5;
  base.information_sectors[information_services] = 1;
  PolicyEntry entry = pull("information_infrastructure", 0.2);
  entry.regions = only({0});
  entry.sectors = {information_services};
  CHECK(message({entry}, base) == "no error");
}

TEST_CASE("entries that contradict each other are refused", "[policy]") {
  PolicyEntry one = pull("information_infrastructure", 0.2);
  PolicyEntry two = one;
  CHECK(message({one, two}) == "no error");
  two.sectors = {research_services};
  two.place = "second";
  CHECK_THAT(message({one, two}), Contains("second: year 2012: information helps the same sectors"));

  PolicyEntry cheap = pull("training", 0.01);
  PolicyEntry dear = cheap;
  CHECK(in_2012({cheap, dear}).training(0) == Approx(0.02));
  dear.cost = 2.0;
  CHECK_THAT(message({cheap, dear}), Contains("training has one cost a head"));
  dear.cost.reset();
  dear.funding.account = economy::income_tax_national;
  CHECK_THAT(message({cheap, dear}), Contains("training has one cost a head"));
  CHECK(in_2012({dear}).training_account == economy::income_tax_national);
}

TEST_CASE("everything wrong with the entries is said at once", "[policy]") {
  std::vector<PolicyEntry> entries(9, pull("rd_support", 0.01));
  entries[0].lever = "rd_suport";
  entries[1].size = 0.7;
  entries[2].size.reset();
  entries[2].sizes = {{"reserch", 0.1}};
  entries[3].regions = only({overseas});
  entries[4].suppliers = {0};
  entries[5].schedule = {2015, 2012, 0};
  entries[6].cost = -1.0;
  entries[7] = pull("knowledge_range", 0.5);
  entries[7].regions = only({0});
  entries[8].size = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::string> faults = problems(country, entries);
  REQUIRE(faults.size() == 9);
  CHECK(faults[0] == "it.yaml:14:5: policies[0].lever: unknown lever 'rd_suport'; did you mean 'rd_support'?");
  CHECK(faults[1] ==
        "it.yaml:14:5: policies[0].size: 0.7 is out of range, allowed: 0 to 0.2 [share of the region's base-year GDP, "
        "a year]");
  CHECK_THAT(faults[2], Contains("did you mean 'research'?"));
  CHECK_THAT(faults[3], Contains("'Overseas' lies abroad"));
  CHECK_THAT(faults[4], Contains(".supplier: rd_support has none"));
  CHECK_THAT(faults[5], Contains(".end: 2012 lies before the start 2015"));
  CHECK_THAT(faults[6], Contains(".cost: -1"));
  CHECK_THAT(faults[7], Contains("acts on the whole country"));
  CHECK_THAT(faults[8], Contains(".size: nan is out of range"));
}

TEST_CASE("a class that no sector carries must be replaced by names", "[policy]") {
  economy::Economy poor = country;
  for (economy::Sector& sector : poor.sectors) sector.classes.clear();
  std::vector<PolicyEntry> entries{pull("rd_support", 0.01)};
  REQUIRE(problems(poor, entries).size() == 1);
  CHECK_THAT(problems(poor, entries)[0], Contains(".sectors: must be named"));
  entries[0].sectors = {research_services};
  CHECK(problems(poor, entries).empty());
}

TEST_CASE("zoning can forbid", "[policy]") {
  PolicyEntry entry = pull("zoning", std::numeric_limits<double>::infinity());
  entry.regions = only({0});
  entry.sectors = {manufacturing};
  const economy::Instruments sum = in_2012({entry});
  CHECK(std::isinf(sum.zoning_penalty(0, manufacturing)));
  CHECK(sum.zoning_penalty(1, manufacturing) == 0.0);
}

TEST_CASE("processing is relieved in proportion to what the base year requires, and never below nothing", "[policy]") {
  PolicyEntry less = pull("less_processing_trade", 0.25);
  less.regions = only({0});
  const auto relieved = in_2012({less, less});
  CHECK(relieved.processing[0].share == Approx(0.1));
  CHECK(relieved.processing[0].required == 0.2);
  CHECK(relieved.processing[1].share == 0.4);
  PolicyEntry all = pull("less_processing_trade", 0.6);
  CHECK_THAT(message({all, all}), Contains("year 2012, region 'Core', sector 'mfl': processing_relief adds up to 1.2"));
}

TEST_CASE("land is converted area for area, and paid for by area", "[policy]") {
  PolicyEntry entry = pull("land_remediation", 0.5);
  entry.regions = only({0, 1});
  entry.cost = 3.0;
  const auto with = in_2012({entry});
  CHECK(with.land_supply(0, land) == 0.5);
  CHECK(with.land_supply(1, land) == 0.5);
  CHECK(with.land_supply(2, land) == 0.0);
  CHECK(with.land_supply(0, farmland) == Approx(-0.5 * 4.0 / 10.0));
  CHECK(with.land_supply(1, farmland) == Approx(-0.5 * 2.0 / 20.0));
  double paid = 0.0;
  const Eigen::ArrayXXd bought = with.purchases[economy::main_budget] - small_base().purchases[economy::main_budget];
  for (Eigen::Index k = 0; k < n_sectors; ++k) paid += bought(0, k) * std::exp(country.reference_log_price(0, k));
  CHECK(paid == Approx(3.0 * 0.5 * 4.0));
  entry.size = 2.5;  // ten units of farmland are not enough
  entry.regions = only({0});
  CHECK_THAT(message({entry}), Contains("region 'Core', factor 'farmland': land_conversion adds up to -1"));
}

TEST_CASE("foreign firms may come where the base year has none", "[policy]") {
  PolicyEntry entry = pull("foreign_investment", 0.0);
  entry.size.reset();
  entry.sizes = {{"foreign_firms", 0.05}};
  entry.sectors = {manufacturing};
  entry.regions = only({2});
  const auto with = in_2012({entry});
  CHECK(with.foreign_firms(2, manufacturing) == Approx(0.4));
  CHECK(with.foreign_firms.sum() == Approx(0.4));
}

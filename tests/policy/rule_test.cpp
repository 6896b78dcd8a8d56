#include "policy/rule.h"

#include <catch2/catch.hpp>

#include "base/errors.h"
#include "policy/targets.h"
#include "policy/transport.h"
#include "small_economy.h"

using namespace pericore;
using namespace pericore::policy;
using namespace pericore::policy::test;
using Catch::Matchers::Contains;

namespace {

const economy::Economy country = small_economy();

/// A rule that holds in the cells given, by region or by region and sector.
PolicyEntry with_rule(PolicyEntry entry, const Cells& cells, bool by_sector) {
  Rule rule;
  rule.text = "test";
  rule.by_region = true;
  rule.by_sector = by_sector;
  rule.cells = [cells](const Figures&) { return cells; };
  entry.rule = std::make_shared<const Rule>(std::move(rule));
  return entry;
}

Cells nowhere() { return Cells::Zero(n_regions, n_sectors); }

economy::Instruments in_2012(const std::vector<PolicyEntry>& entries) {
  return instruments_of_year(country, small_base_year(), small_base(), entries, 2012, cells_in_force(entries, {}));
}

}  // namespace

TEST_CASE("a rule by region and sector picks cells among the targets", "[policy][rules]") {
  Cells cells = nowhere();
  cells(0, manufacturing) = cells(1, information_services) = cells(2, manufacturing) = 1;
  PolicyEntry entry = pull("production_subsidy", 0.1);
  entry.sectors = {manufacturing, information_services};
  entry.regions = only({0, 1});
  entry = with_rule(entry, cells, true);
  const Eigen::ArrayXXd change = in_2012({entry}).production_subsidy - small_base().production_subsidy;
  CHECK(change(0, manufacturing) == Approx(0.1));
  CHECK(change(1, information_services) == Approx(0.1));
  CHECK(change.abs().sum() == Approx(0.2));
  std::vector<std::string> faults;
  const Target target = resolve(country, entry, faults);
  const Eigen::ArrayXd share = intensity_by_region(entry, cells, target.regions, target.sectors, 2012);
  CHECK(share(0) == 0.5);  // one of two sectors
  CHECK(share(1) == 0.5);
  CHECK(share(2) == 0.0);  // no target
  CHECK(intensity_by_region(entry, cells, target.regions, target.sectors, 2011).sum() == 0.0);
}

TEST_CASE("a rule that holds nowhere leaves no trace, and costs nothing", "[policy][rules]") {
  PolicyEntry entry = pull("information_infrastructure", 0.5);
  entry.cost = 0.1;
  const auto off = in_2012({with_rule(entry, nowhere(), false)});
  const auto base = small_base();
  CHECK((off.information == base.information).all());
  CHECK(off.information_sectors == base.information_sectors);
  for (std::size_t a = 0; a < economy::n_accounts; ++a) CHECK((off.purchases[a] == base.purchases[a]).all());
}

TEST_CASE("cost and planned outlays follow the rule", "[policy][rules]") {
  Cells cells = nowhere();
  cells.row(1).setOnes();
  PolicyEntry entry = pull("procurement", 0.02);
  entry.sectors = {information_services};
  const auto with = in_2012({with_rule(entry, cells, false)});
  const Eigen::ArrayXXd bought = with.purchases[economy::main_budget] - small_base().purchases[economy::main_budget];
  CHECK(bought(1, information_services) * std::exp(country.reference_log_price(1, information_services)) ==
        Approx(0.02 * 50.0));
  CHECK(bought.row(0).abs().sum() == 0.0);
}

TEST_CASE("a rule may not differ along what the instrument does not tell apart", "[policy][rules]") {
  Cells all = Cells::Ones(n_regions, n_sectors);
  const auto problem = [&](PolicyEntry entry, bool by_sector) {
    const auto found = problems(country, std::vector<PolicyEntry>{with_rule(std::move(entry), all, by_sector)});
    return found.empty() ? std::string("none") : found.front();
  };
  CHECK_THAT(problem(pull("transfer", 0.01), true), Contains(".while: transfer does not tell sectors apart"));
  CHECK_THAT(problem(pull("knowledge_range", 0.1), false),
             Contains(".while: knowledge_range acts on the whole country"));
  CHECK(problem(pull("transfer", 0.01), false) == "none");
  CHECK(problem(pull("zoning", 1.0), true) == "none");
}

TEST_CASE("travel times change among the regions in which the rule holds", "[policy][rules]") {
  Cells cells = nowhere();
  cells.row(0).setOnes();
  cells.row(1).setOnes();
  const std::vector<PolicyEntry> entries{with_rule(pull("transport", 0.5), cells, false)};
  const Eigen::MatrixXd base = Eigen::MatrixXd::Constant(n_regions, n_regions, 2.0);
  const auto times = travel_time_of_year(country, base, base, entries, 2012, cells_in_force(entries, {}));
  CHECK(times(0, 1) == 1.0);
  CHECK(times(0, 2) == 2.0);
  CHECK(same_cells(entries, cells_in_force(entries, {}), cells_in_force(entries, {})));
  CHECK_FALSE(same_cells(entries, std::vector<Cells>{nowhere()}, cells_in_force(entries, {})));
  CHECK_THROWS_AS(travel_time_of_year(country, base, base, entries, 2012), DomainError);
}

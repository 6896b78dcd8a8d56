/// Each of the twelve levers alone, on Jilin: something changes, only its own instruments move, small sizes act in proportion.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "config/shipped.h"
#include "simulation/panels.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// Instruments that a lever may move. Outlays are purchases of government, travel costs show as travel time.
const std::map<std::string, std::set<std::string>>& own_instruments() {
  static const std::map<std::string, std::set<std::string>> table = {
      {"producer_service_support",
       {"production_subsidy", "factor_subsidy_rural", "factor_subsidy_migrant", "factor_subsidy_unskilled",
        "factor_subsidy_skilled"}},
      {"entry_deregulation", {"entry_barrier"}},
      {"relocation_grant", {"relocation_grant"}},
      {"outsourcing", {"input_shift"}},
      {"procurement", {"government_purchases"}},
      {"rd_support", {"research", "government_purchases"}},
      {"training", {"training", "training_cost"}},
      {"transport", {"travel_time", "government_purchases"}},
      {"information_infrastructure", {"information", "government_purchases"}},
      {"market_unification", {"border_relief"}},
      {"public_services", {"public_quality", "public_capital", "government_purchases"}},
      {"registration_reform", {"registration_relief", "citizenisation", "citizenisation_cost"}},
  };
  return table;
}

void scale(policy::PolicyEntry& entry, double by) {
  if (entry.size) *entry.size *= by;
  for (auto& [instrument, size] : entry.sizes) size *= by;
  // Costs per unit of size stay; those of flows follow the flows.
}

struct Effect {
  std::string variable;
  std::size_t place = 0;
  double size = 0.0;  ///< relative to the baseline
};

/// Where a scenario differs most from the baseline, relatively, among outcomes over [year, region, sector] or [year, region].
Effect strongest(const panel::Dataset& scenario, const panel::Dataset& baseline) {
  Effect most;
  for (const char* name : {"employment", "firms", "stock", "log_productivity", "gdp", "knowledge", "public_capital"}) {
    const bool logs = std::string(name) == "log_productivity";
    const auto with = scenario.numbers(name);
    const auto without = baseline.numbers(name);
    for (std::size_t i = 0; i < with.size(); ++i) {
      if (!std::isfinite(without[i]) || (!logs && !(without[i] > 0.0))) continue;
      const double effect = logs ? with[i] - without[i] : with[i] / without[i] - 1.0;
      if (std::abs(effect) > std::abs(most.size)) most = {name, i, effect};
    }
  }
  return most;
}

double effect_at(const Effect& at, const panel::Dataset& scenario, const panel::Dataset& baseline) {
  const double with = scenario.numbers(at.variable)[at.place];
  const double without = baseline.numbers(at.variable)[at.place];
  return at.variable == "log_productivity" ? with - without : with / without - 1.0;
}

}  // namespace

TEST_CASE("each lever alone: its instruments, an effect, accounts that close, small sizes in proportion",
          "[config][levers]") {
  auto model = shipped_model(all_levers, {"solver.tolerance=1e-12"});
  const auto entries = model.policies;
  const auto base = simulation::prepare(model);
  const auto run_with = [&](std::vector<policy::PolicyEntry> policies) {
    model.policies = std::move(policies);
    return simulation::run(model, base);
  };
  const auto baseline = run_with({});
  std::set<std::string> seen;
  for (const policy::PolicyEntry& entry : entries) {
    CAPTURE(entry.lever);
    seen.insert(entry.lever);
    policy::PolicyEntry small = entry;
    small.funding = {};  // cuts would move government purchases on their own
    scale(small, 0.1);
    policy::PolicyEntry half = small;
    scale(half, 0.5);
    const auto scenario = run_with({small});
    check_accounts(scenario, 1e-9);

    const auto& own = own_instruments().at(entry.lever);
    bool moved = false;
    for (const std::string& name : differing(scenario, baseline)) {
      if (name.rfind("instrument_", 0) != 0) continue;
      CAPTURE(name);
      CHECK(own.count(name.substr(11)) == 1);
      moved = true;
    }
    CHECK(moved);

    const Effect effect = strongest(scenario, baseline);
    CAPTURE(effect.variable, effect.place, effect.size);
    CHECK(std::abs(effect.size) > 1e-6);
    const double of_half = effect_at(effect, run_with({half}), baseline);
    CHECK(effect.size / of_half == Approx(2.0).epsilon(0.05));
  }
  CHECK(seen.size() == 12);
}

TEST_CASE("size 0 is the baseline bit for bit, trends kept", "[config][levers]") {
  auto model = shipped_model(all_levers);
  const auto base = simulation::prepare(model);
  simulation::RunOptions trends_only;
  trends_only.policies = false;
  const auto baseline = simulation::run(model, base, trends_only);
  CHECK(baseline.numbers("instrument_travel_time").front() == 1.0);
  CHECK(of_year(baseline, "instrument_travel_time", 10).front() < 0.95);
  for (auto& entry : model.policies) {
    scale(entry, 0.0);
    entry.cost = 0.0;
  }
  CHECK(differing(simulation::run(model, base), baseline).empty());
}

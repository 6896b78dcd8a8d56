/// Targets written as conditions, tiers, and rules of policies, from files.
#include <catch2/catch.hpp>
#include <fstream>

#include "base/errors.h"
#include "base/temporary_folder.h"
#include "config/shipped.h"
#include "policy/rule.h"
#include "simulation/figures.h"
#include "simulation/panels.h"

using namespace pericore;
using namespace pericore::testing;
using Catch::Matchers::Contains;

namespace {

/// The Jilin baseline with one policy, whose keys are given.
simulation::Model with_policy(const std::string& keys) {
  const TemporaryFolder folder;
  std::ofstream(folder / "it.yaml") << "title: test\nextends: " << shipped(jilin).string()
                                    << "\nyears: [2010, 2012]\npolicies:\n  - lever: transfer\n    size: 0.01\n"
                                    << keys;
  return config::load_model(folder / "it.yaml", {});
}

std::vector<std::string> chosen(const simulation::Model& model) {
  std::vector<std::string> names;
  const auto& mask = model.policies.at(0).regions;
  for (std::size_t r = 0; r < mask.size(); ++r) {
    if (mask[r] != 0) names.push_back(model.base.economy.regions[r]);
  }
  return names;
}

std::string message(const std::string& keys) {
  try {
    static_cast<void>(with_policy(keys));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("regions are chosen by tier, by column and by condition", "[config][conditions]") {
  CHECK(chosen(with_policy("    regions: {province: [Jilin], tier: [core]}\n")) ==
        std::vector<std::string>{"Changchun"});
  CHECK(chosen(with_policy("    regions: {tier: [second_centre]}\n")) == std::vector<std::string>{"Jilin City"});
  CHECK(chosen(with_policy("    regions: {tier: [periphery]}\n")).size() == 7);
  CHECK(chosen(with_policy("    regions: population > 5e6 and province == \"Jilin\"\n")) ==
        std::vector<std::string>{"Changchun"});
  CHECK(chosen(with_policy("    regions: not (tier == \"core\") and province == \"Jilin\"\n")).size() == 8);
  // The same with a variable of the base year: millions of residents.
  CHECK(chosen(with_policy("    regions: pop > 5 and province == \"Jilin\"\n")) ==
        std::vector<std::string>{"Changchun"});
  CHECK(chosen(with_policy("    regions: population > 1\n")).size() == 10);  // never the rest of the world
}

TEST_CASE("faults of a condition stand under the character that is wrong", "[config][conditions]") {
  CHECK_THAT(message("    regions: poplation > 5e6\n"),
             Contains("it.yaml:7:14: policies[0].regions: unknown variable 'poplation'; did you mean 'population'?"));
  CHECK_THAT(message("    regions: population > 5e6 and gpd > 1\n"),
             Contains("it.yaml:7:35: policies[0].regions: unknown variable 'gpd'; did you mean 'gdp'?"));
  CHECK_THAT(message("    regions: population > 1e12\n"), Contains("policies[0].regions: no region fits"));
  CHECK_THAT(message("    regions: population >\n"), Contains("it.yaml:7:26: policies[0].regions: "));
  CHECK_THAT(message("    regions: Changchun\n"), Contains("a region is named in a list: [Changchun]"));
  CHECK_THAT(message("    regions: province > 3\n"), Contains("policies[0].regions: ") && Contains("is a text"));
  CHECK_THAT(message("    regions: lq < 1\n"), Contains("policies[0].regions: differs between sectors"));
  CHECK_THAT(message("    regions: l(gdp, 1) > 2\n"), Contains("looks at another year"));
  CHECK_THAT(message("    regions: {tier: [cor]}\n"), Contains("unknown tier 'cor'; did you mean 'core'?"));
  CHECK_THAT(
      message("    while: gdp_per_haed < 1\n"),
      Contains("it.yaml:7:12: policies[0].while: unknown variable 'gdp_per_haed'; did you mean 'gdp_per_head'?"));
  CHECK_THAT(message("    while: lq < 1\n"), Contains("policies[0].while: transfer does not tell sectors apart"));
  CHECK_THAT(message("    while: tier == \"core\"\n"), Contains("reads nothing that changes"));
  CHECK_THAT(message("trends:\n  - {lever: transfer, size: 0.01, while: gdp > 1}\n"),
             Contains("trends[0].while: trends are the same whatever happens"));
}

TEST_CASE("names in conditions are checked beside other faults, and none is unknown that a rule may read",
          "[config][conditions]") {
  const std::string other = "    ramp: soon\n";
  CHECK_THAT(message(other + "    while: lqq < 1\n"), Contains("unknown variable 'lqq'; did you mean 'lq'?"));
  CHECK_THAT(message(other + "    regions: popu > 1\n"), Contains("unknown variable 'popu'"));
  const simulation::Model model = shipped_model(jilin);
  std::string all = "lq + population";
  for (const auto& [name, figure] :
       simulation::base_year_figures(model, simulation::prepare(model, simulation::Purpose::base_year)))
    all += " + " + name;
  const std::string said = message(other + "    while: " + all + " > 0\n");
  CHECK_THAT(said, Contains("expected a number, found 'soon'"));
  CHECK_THAT(said, !Contains("unknown variable"));
}

TEST_CASE("tiers rank within a column, or come from the file", "[config][conditions]") {
  const auto tiers_with = [](const std::vector<std::string>& options) {
    const auto model = shipped_model(china, options);
    const auto words = geography::text_column(model.geography.table, "tier");
    return std::pair(std::count(words.begin(), words.end(), "core"),
                     std::count(words.begin(), words.end(), "second_centre"));
  };
  CHECK(tiers_with({}).first == 31);  // one in each province
  CHECK(tiers_with({"regions.tiers.within=country", "regions.tiers.core=4", "regions.tiers.second_centre=20"}) ==
        std::pair<long, long>(4, 20));
  CHECK(tiers_with({"regions.tiers.within=macro_region", "regions.tiers.core=2"}).first == 6);
  CHECK_THROWS_WITH(tiers_with({"regions.tiers.within=provinc"}), Contains("did you mean 'province'?"));
  CHECK_THROWS_WITH(tiers_with({"regions.tiers.by=urban"}), Contains("regions.tiers.by: unknown column of numbers"));
}

TEST_CASE("a rule from a file switches the lever cell by cell", "[config][conditions]") {
  auto model = with_policy("    regions: {province: [Jilin]}\n    while: gdp_per_head < 29000 and pop > 2\n");
  REQUIRE(model.policies[0].rule);
  CHECK(model.policies[0].rule->variables == std::vector<std::string>{"gdp_per_head", "pop"});
  const auto panel = simulation::run(model, simulation::prepare(model));
  const auto share = of_year(panel, "policy_intensity", 2);
  const auto income = of_year(panel, "gdp_per_head", 1);
  const auto people = of_year(panel, "pop", 1);
  std::size_t on = 0;
  for (std::size_t r = 0; r < 9; ++r) {
    const bool poor = income[r] < 29000.0 && people[r] > 2.0;
    CHECK(share[r] == (poor ? 1.0 : 0.0));
    on += poor ? 1U : 0U;
  }
  CHECK(on > 0);
  CHECK(on < 9);
}

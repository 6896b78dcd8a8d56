#include "simulation/difference.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "simulation/panels.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

struct Pair {
  panel::Dataset scenario;
  panel::Dataset baseline;
};

Pair run_both(std::vector<policy::PolicyEntry> policies) {
  auto model = small_model();
  model.policies = std::move(policies);
  const auto base = simulation::prepare(model);
  return {.scenario = simulation::run(model, base), .baseline = simulation::run(model, base, baseline_only())};
}

}  // namespace

TEST_CASE("a difference is scenario minus baseline, number by number", "[simulation][difference]") {
  const Pair pair = run_both({everywhere("producer_service_support", 0.05)});
  const auto result = simulation::difference(pair.scenario, pair.baseline);
  std::size_t compared = 0;
  for (const auto& variable : result.variables()) {
    if (variable.provenance != panel::Provenance::simulated) {
      CHECK(same_values(variable.values, pair.scenario.variable(variable.name).values));  // facts stay facts
      continue;
    }
    CHECK_FALSE(variable.name.rfind("certificate_", 0) == 0);
    const auto values = result.numbers(variable.name);
    const auto with = pair.scenario.numbers(variable.name);
    const auto without = pair.baseline.numbers(variable.name);
    REQUIRE(values.size() == with.size());
    CHECK(variable.unit == pair.scenario.variable(variable.name).unit);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double expected = with[i] - without[i];
      CHECK((values[i] == expected || (std::isnan(values[i]) && std::isnan(expected))));
    }
    ++compared;
  }
  CHECK(compared > 80);
  for (const char* name : {"employment", "firms", "gdp", "instrument_production_subsidy", "public_outlay"}) {
    CAPTURE(name);
    CHECK(largest(result.numbers(name)) > 0.0);
  }
}

TEST_CASE("where nothing differs every difference is zero", "[simulation][difference]") {
  const Pair pair = run_both({});
  const auto result = simulation::difference(pair.scenario, pair.baseline);
  for (const auto& variable : result.variables()) {
    if (variable.provenance != panel::Provenance::simulated) continue;
    for (const double value : result.numbers(variable.name)) CHECK((value == 0.0 || std::isnan(value)));
  }
}

TEST_CASE("panels of different shape have no difference", "[simulation][difference]") {
  const Pair pair = run_both({});
  auto longer = small_model();
  longer.last_year = 2016;
  const auto other = simulation::run(longer, simulation::prepare(longer));
  CHECK_THROWS_AS(simulation::difference(pair.scenario, other), DomainError);
}

TEST_CASE("the summary of a policy says what its panels say", "[simulation][difference]") {
  const Pair pair = run_both({everywhere("producer_service_support", 0.05)});
  const auto tables = simulation::summarise_policy(pair.scenario, pair.baseline);
  REQUIRE(tables.size() == 3);
  const auto& employment = tables.front().rows;
  REQUIRE(employment.size() == 6);  // a header and five places; nobody lives abroad
  const auto with = of_year(pair.scenario, "employment", 5);
  const auto without = of_year(pair.baseline, "employment", 5);
  for (std::size_t r = 0; r < 5; ++r) {
    for (std::size_t s = 0; s < n_small_sectors; ++s) {
      const double after = with[r * n_small_sectors + s];
      const double before = without[r * n_small_sectors + s];
      const std::string& cell = employment[r + 1][s + 1];
      CAPTURE(r, s, cell);
      if (before == 0.0) {
        CHECK(cell == "-");
      } else {
        CHECK(std::stod(cell) == Approx(100.0 * (after / before - 1.0)).margin(0.00501));
      }
    }
  }
  CHECK(simulation::summarise(pair.baseline).size() == 1);
}

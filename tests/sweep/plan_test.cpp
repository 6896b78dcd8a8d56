/// The numbered list of runs: a pure function of the file, run by run.
#include "sweep/plan.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "config/yaml.h"
#include "sweep/sweep_files.h"

using namespace pericore;
using namespace pericore::testing;
using sweep::Plan;
using sweep::PlannedRun;

namespace {

double number(const PlannedRun& run, std::size_t parameter) { return std::get<double>(run.values[parameter]); }

std::string text_of(const PlannedRun& run) {
  std::string text = fmt::format("{} {} {}\n", run.number, run.point, run.seed.value_or(-1));
  for (const auto& assignment : run.assignments)
    text += assignment.path + "=" + config::canonical_yaml(assignment.value) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a run asked for alone is the run of the list", "[sweep]") {
  const auto design =
      GENERATE(as<std::string>{}, "grid", "{type: latin_hypercube, points: 9, seed: 2}", "{type: sobol, points: 9}",
               "{type: monte_carlo, points: 9}", "{type: morris, trajectories: 3}",
               "{type: radial_morris, trajectories: 3}", "{type: saltelli, base_points: 4}", "one_at_a_time");
  const std::string text = two_parameters(design, "seeds: [5, 7]\n");
  const Plan plan = plan_of(text);
  std::vector<std::string> list;
  for (std::uint64_t run = 0; run < plan.runs(); ++run) list.push_back(text_of(plan.run(run)));
  REQUIRE(list.size() == plan.points() * 2);
  for (std::uint64_t run = plan.runs(); run-- > 0;) CHECK(text_of(plan_of(text).run(run)) == list[run]);
  CHECK_THROWS_AS(plan.run(plan.runs()), DomainError);
}

TEST_CASE("numbers of runs: all seeds of a point one after the other", "[sweep]") {
  const Plan plan = plan_of(two_parameters("grid", "seeds: [5, 7, 9]\n"));
  CHECK(plan.points() == 6);  // 3 x 2 levels
  CHECK(plan.runs() == 18);
  const PlannedRun run = plan.run(7);
  CHECK(run.point == 2);
  CHECK(run.seed == 7);
  // Level 1 of 3 on a logarithmic scale is the geometric mean; the last parameter runs fastest.
  CHECK(number(run, 0) == Approx(std::sqrt(0.01 * 0.1)));
  CHECK(number(run, 1) == 0.0);
  REQUIRE(run.assignments.size() == 3);
  CHECK(run.assignments[0].path == "migration.crowding");
  CHECK(run.assignments[1].path == "policies[1].size");
  CHECK(run.assignments[2].path == "seed");
  CHECK(run.assignments[2].value.text == "7");
  CHECK_FALSE(plan_of(two_parameters("grid")).run(0).seed.has_value());
  CHECK(plan_of(two_parameters("grid", "seeds: 2\n")).run(1).seed == 2);  // how many: 1, 2, ...
}

TEST_CASE("a longer Sobol sample begins with the shorter one", "[sweep]") {
  const auto type = GENERATE(as<std::string>{}, "sobol", "monte_carlo");
  const Plan shorter = plan_of(two_parameters("{type: " + type + ", points: 8}"));
  const Plan longer = plan_of(two_parameters("{type: " + type + ", points: 32}"));
  for (std::uint64_t run = 0; run < 8; ++run) CHECK(text_of(shorter.run(run)) == text_of(longer.run(run)));
}

TEST_CASE("one at a time: the others stay as the scenario has them", "[sweep]") {
  const Plan plan = plan_of(two_parameters("one_at_a_time"));
  REQUIRE(plan.runs() == 1 + 3 + 2);
  CHECK(plan.run(0).assignments.empty());
  const double own_crowding = number(plan.run(0), 0);
  const double own_grant = number(plan.run(0), 1);
  CHECK(own_grant == 1.0);  // `size: 1` in the scenario
  for (std::uint64_t run = 1; run < plan.runs(); ++run) {
    const PlannedRun planned = plan.run(run);
    REQUIRE(planned.assignments.size() == 1);
    const bool first = planned.assignments[0].path == "migration.crowding";
    CHECK(first == (run <= 3));
    CHECK(number(planned, first ? 1 : 0) == (first ? own_grant : own_crowding));
  }
  CHECK(number(plan.run(1), 0) == 0.01);
  CHECK(number(plan.run(3), 0) == 0.1);
  CHECK(number(plan.run(5), 1) == 2.0);
}

TEST_CASE("relative values multiply the scenario's own, key by key", "[sweep]") {
  const std::string text = "scenario: " + std::string(PERICORE_SOURCE_DIR) +
                           "/scenarios/jilin/high_end_services.yaml\n"
                           "parameters:\n"
                           "  - {keys: [sectors.mfl.elasticity, sectors.fin.elasticity], name: elasticity,\n"
                           "     values: [1, 1.5], relative: true}\n"
                           "design: grid\noutput: {variables: [gdp]}\n";
  const Plan plan = plan_of(text);
  const config::SweepParameter& parameter = plan.spec().parameters.front();
  REQUIRE(parameter.own.size() == 2);
  CHECK(parameter.unit == "1");
  const PlannedRun run = plan.run(1);
  CHECK(number(run, 0) == 1.5);
  REQUIRE(run.assignments.size() == 2);
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(run.assignments[k].path == parameter.keys[k]);
    CHECK(std::stod(run.assignments[k].value.text) == 1.5 * std::stod(parameter.own[k]));
  }
}

TEST_CASE("families: what is not a policy tells models apart", "[sweep]") {
  const Plan plan = plan_of(two_parameters("grid", "seeds: [1, 2]\n"));
  const auto family = [&](std::uint64_t run) { return family_of(plan.run(run)); };
  CHECK(family(0) == family(2));  // another grant
  CHECK(family(0) != family(1));  // another seed
  CHECK(family(0) != family(4));  // another economy
  CHECK(sweep::is_policy_key("policies[0].size"));
  CHECK_FALSE(sweep::is_policy_key("migration.crowding"));
  CHECK_FALSE(plan.shares_models());

  const std::string policies = "scenario: " + std::string(PERICORE_SOURCE_DIR) +
                               "/scenarios/jilin/high_end_services.yaml\n"
                               "parameters: [{key: 'policies[1].size', name: grant, range: [0, 2]}]\n"
                               "output: {variables: [gdp]}\ndesign: {type: sobol, points: ";
  CHECK(plan_of(policies + "8}\n").shares_models());
  CHECK_FALSE(plan_of(policies + "7}\n").shares_models());      // too few runs to share
  CHECK(plan_of(policies + "8}\nseeds: 2\n").shares_models());  // 8 runs a seed
}

TEST_CASE("parts: all runs, each in one of them", "[sweep]") {
  const Plan plan = plan_of(two_parameters("{type: monte_carlo, points: 1000}"));
  CHECK(plan.runs_per_part() == 16);  // 1000/64 rounded up
  CHECK(plan.parts() == 63);
  CHECK(plan_of(two_parameters("{type: monte_carlo, points: 100000}")).runs_per_part() == 100);
  CHECK(plan_of(two_parameters("{type: monte_carlo, points: 10}", "runs_per_part: 4\n")).parts() == 3);
}

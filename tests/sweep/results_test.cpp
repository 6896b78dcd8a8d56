/// What each run leaves: shapes, units, and NaN where it failed.
#include "sweep/results.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "metrics/three_regions.h"
#include "sweep/runner.h"
#include "sweep/sweep_files.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// Two parameters, the metric `jobs` (a sum of employment), and employment kept whole.
sweep::Plan plan_with_panel(const std::string& more = "") {
  std::string text = two_parameters("grid", more);
  const std::string metrics = "metrics: [";
  return plan_of(text.replace(text.find(metrics), metrics.size(), "variables: [employment], metrics: ["));
}

}  // namespace

TEST_CASE("results over runs: coordinates, status, metrics, variables, NaN where a run failed", "[sweep]") {
  const sweep::Plan plan = plan_with_panel("seeds: [5, 7]\n");
  const panel::Dataset reference = three_regions();
  const sweep::Layout layout(plan, reference, {});
  CHECK(layout.needed() == std::vector<std::string>{"employment"});
  CHECK(layout.values_per_run() == 1 + 3 * 4 * 3);

  std::vector<sweep::RunResult> results(3);
  for (std::size_t k = 0; k < 3; ++k) results[k].number = 4 + k;
  layout.measure(reference, nullptr, results[0]);
  results[1].status = sweep::RunStatus::failed_numbers;
  results[1].error = "no equilibrium in 2011";
  layout.measure(three_regions(3.0), nullptr, results[2]);
  const panel::Dataset panel = layout.dataset(plan, results);

  CHECK(std::get<std::vector<std::int64_t>>(panel.dimension("run").coordinates) == std::vector<std::int64_t>{4, 5, 6});
  CHECK(std::get<std::vector<std::int64_t>>(panel.variable("point").values) == std::vector<std::int64_t>{2, 2, 3});
  CHECK(std::get<std::vector<std::int64_t>>(panel.variable("seed").values) == std::vector<std::int64_t>{5, 7, 5});
  CHECK(std::get<std::vector<std::int64_t>>(panel.variable("status").values) == std::vector<std::int64_t>{0, 3, 0});
  CHECK(std::get<std::vector<std::string>>(panel.variable("error").values)[1] == "no equilibrium in 2011");
  const auto jobs = panel.numbers("jobs");
  CHECK(jobs[0] == 71.0 * 4.0);  // 2012: doubled twice
  CHECK(std::isnan(jobs[1]));
  CHECK(jobs[2] == 71.0 * 9.0);
  CHECK(panel.variable("jobs").unit == "persons");
  const auto employment = panel.numbers("employment");
  CHECK(panel.variable("employment").dimensions == std::vector<std::string>{"run", "year", "region", "sector"});
  for (std::size_t k = 0; k < 36; ++k) {
    CHECK(employment[k] == reference.numbers("employment")[k]);
    CHECK(std::isnan(employment[36 + k]));
    CHECK_FALSE(std::isnan(employment[72 + k]));
  }
  CHECK(panel.find_variable("tier") != nullptr);  // what regions are
  const auto coordinates = std::get<std::string>(*panel.find_attribute("coordinates"));
  CHECK_THAT(coordinates, Catch::StartsWith("point seed crowding grant"));

  // Values and seeds say whether a row is the run of a plan.
  CHECK(sweep::is_as_planned(plan, panel, 0));
  CHECK(sweep::is_as_planned(plan, panel, 2));
  CHECK_FALSE(sweep::is_as_planned(plan_with_panel("seeds: [6, 7]\n"), panel, 0));
  CHECK(sweep::is_as_planned(plan_with_panel("seeds: [6, 7]\n"), panel, 1));
  CHECK_FALSE(sweep::is_as_planned(plan_with_panel(), panel, 0));  // run 4 is another point
}

TEST_CASE("a run of another shape is the run's fault", "[sweep]") {
  const sweep::Plan plan = plan_with_panel();
  const sweep::Layout layout(plan, three_regions(), {});
  panel::Dataset shorter;
  shorter.add_dimension(panel::years(2010, 2011));
  sweep::RunResult result;
  CHECK_THROWS_WITH(layout.measure(shorter, nullptr, result), Catch::Contains("years"));
}

TEST_CASE("variables and metrics that the scenario does not have are faults of the sweep file", "[sweep]") {
  std::string text = two_parameters("grid");
  const std::string wrong = "variable: employmnt";
  text.replace(text.find("variable: employment"), 20, wrong);
  text.replace(text.find("output: {"), 9, "output: {variables: [reginal], ");
  const sweep::Plan plan = plan_of(text);
  CHECK_THROWS_WITH(sweep::Layout(plan, three_regions(), {}), Catch::Contains("'employmnt'") &&
                                                                  Catch::Contains("did you mean 'employment'") &&
                                                                  Catch::Contains("'reginal'"));
}

/// Designs to text and back: the same points.
#include "sweep/design_text.h"

#include <catch2/catch.hpp>

#include "base/errors.h"
#include "design/points.h"
#include "sweep/sweep_files.h"

using namespace pericore;
using namespace pericore::testing;

TEST_CASE("a design read back from its text has the same points", "[sweep]") {
  const auto design =
      GENERATE(as<std::string>{}, "grid", "{type: latin_hypercube, points: 9, seed: 2, centred: true}",
               "{type: sobol, points: 9, skip: 16, scrambling: digital_shift}",
               "{type: monte_carlo, points: 9, seed: 4294967296}", "{type: morris, trajectories: 3, levels: 6}",
               "{type: morris, trajectories: 3, groups: [[crowding, grant]]}",
               "{type: radial_morris, trajectories: 3, scrambling: none}",
               "{type: saltelli, base_points: 4, second_order: true, seed: 7}", "one_at_a_time");
  const sweep::Plan plan = plan_of(two_parameters(design, "seeds: [5, 7]\n"));
  const std::string text = sweep::design_text(plan);
  const sweep::RecordedDesign record = sweep::design_from(text);
  CHECK(record.type == plan.spec().design_name);
  CHECK(record.points() == plan.points());
  CHECK(record.seeds == plan.spec().seeds);
  CHECK(record.runs_per_point() == 2);
  const auto points = design::points(*sweep::unit_points(record.design).design);
  CHECK(points == design::points(*sweep::unit_points(plan.spec().design).design));
  // Scales, too: the values of the runs come out to the last bit.
  REQUIRE(record.parameters.size() == 2);
  if (record.type == "one_at_a_time") return;  // which leaves the others alone
  for (std::uint64_t point = 0; point < plan.points(); ++point) {
    const sweep::PlannedRun run = plan.run(2 * point);
    for (std::size_t p = 0; p < 2; ++p)
      CHECK(design::value_at(record.parameters[p].scale,
                             points(static_cast<Eigen::Index>(point), static_cast<Eigen::Index>(p))) ==
            std::get<double>(run.values[p]));
  }
}

TEST_CASE("priors, choices and bounds that are not there survive", "[sweep]") {
  config::SweepSpec spec;
  spec.design_name = "monte_carlo";
  spec.design = design::MonteCarlo{.runs = 5, .dimensions = 4};
  spec.parameters.resize(4);
  spec.parameters[0].scale = design::Normal{.mean = 0.05, .standard_deviation = 0.01, .low = 0.0};
  spec.parameters[1].scale = design::Lognormal{-3.0, 0.1};
  spec.parameters[2].scale = design::Triangular{0.0, 1.0, 2.0};
  spec.parameters[3].scale = design::Choice{2};
  spec.parameters[3].labels = {"none", "some"};
  spec.parameters[3].numeric = false;
  const sweep::RecordedDesign record = sweep::design_from(sweep::design_text(sweep::Plan(spec)));
  for (std::size_t p = 0; p < 4; ++p) {
    CHECK(record.parameters[p].scale.index() == spec.parameters[p].scale.index());
    for (const double u : {0.01, 0.5, 0.99})
      CHECK(design::value_at(record.parameters[p].scale, u) == design::value_at(spec.parameters[p].scale, u));
  }
  CHECK(record.parameters[3].labels == spec.parameters[3].labels);
  CHECK_FALSE(record.parameters[3].numeric);
}

TEST_CASE("a text that is no design is refused", "[sweep]") {
  CHECK_THROWS_AS(sweep::design_from(""), IoError);
  CHECK_THROWS_AS(sweep::design_from("{}"), IoError);
  CHECK_THROWS_WITH(sweep::design_from(R"({"pericore_design": 99})"), Catch::Contains("newer"));
  CHECK_THROWS_WITH(
      sweep::design_from(R"({"pericore_design": 1, "type": "spiral", "options": {}, "seeds": [], "parameters": []})"),
      Catch::Contains("spiral"));
  // A sample without points cannot be: faults of numbers are faults of the text.
  CHECK_THROWS_AS(
      sweep::design_from(R"({"pericore_design": 1, "type": "monte_carlo", "options": {"points": 0, "seed": 1},
    "seeds": [], "parameters": []})"),
      IoError);
}

/// Sensitivity of a sweep from its merged results: closed forms within the stated intervals.
#include "sweep/analyse.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "base/temporary_folder.h"
#include "panel/hdf5_file.h"
#include "sensitivity/test_functions.h"
#include "sweep/made_up_sweep.h"
#include "sweep/rows.h"

using namespace pericore;
using namespace pericore::testing;
using sensitivity::Estimate;
using sweep::AnalysisOptions;
using sweep::IndexTable;
using sweep::Method;
using sweep::MetricAnalysis;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double pi = std::numbers::pi;

double ishigami(const std::vector<double>& x, std::int64_t) {
  return std::sin(x[0]) + 7.0 * std::pow(std::sin(x[1]), 2) + 0.1 * std::pow(x[2], 4) * std::sin(x[0]);
}

MetricAnalysis analysis_of(const panel::Dataset& runs, AnalysisOptions options = {}) {
  const sweep::Sample sample(runs);
  return sweep::analyse(runs, sample, options).front();
}

bool within(const Estimate& estimate, double truth) { return estimate.lower <= truth && truth <= estimate.upper; }

panel::Dataset saltelli_sweep() {
  return made_up_sweep(
      made_up_spec("saltelli", design::Saltelli{.base_points = 1024, .groups = design::Groups(3), .second_order = true},
                   3),
      ishigami);
}

}  // namespace

TEST_CASE("Ishigami on Saltelli points: the closed-form indices lie in the intervals", "[sweep][published]") {
  const MetricAnalysis analysis = analysis_of(saltelli_sweep());
  CHECK(analysis.metric == "y");
  CHECK(std::isnan(analysis.seed_share));
  REQUIRE(analysis.tables.size() == 3);
  CHECK(analysis.tables[0].method == "distribution");
  const IndexTable& table = analysis.tables[1];
  CHECK(table.method == "sobol");
  const auto truth = sensitivity::ishigami_function();
  REQUIRE(table.rows.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(table.rows[i].parameter == "x" + std::to_string(i + 1));
    CHECK(within(table.rows[i].indices[0], truth.first_order[i]));
    CHECK(within(table.rows[i].indices[1], truth.total[i]));
    // Not so wide as to say nothing: 1,024 points give some hundredths.
    CHECK(table.rows[i].indices[1].upper - table.rows[i].indices[1].lower < 0.2);
    CHECK(table.rows[i].used == 1024);
    CHECK(table.rows[i].dropped == 0);
  }
  const IndexTable& pairs = analysis.tables[2];
  REQUIRE(pairs.rows.size() == 3);
  CHECK(pairs.rows[1].parameter == "x1 : x3");
  CHECK(within(pairs.rows[1].indices[0], sensitivity::ishigami_interaction));
  CHECK(within(pairs.rows[0].indices[0], 0.0));
}

TEST_CASE("Ishigami on Morris trajectories: mu* in closed form lies in the interval", "[sweep][published]") {
  const auto spec =
      made_up_spec("morris", design::Morris{.trajectories = 1000, .groups = design::Groups(3), .levels = 4}, 3);
  const MetricAnalysis analysis = analysis_of(made_up_sweep(spec, ishigami));
  REQUIRE(analysis.tables.size() == 1);
  const IndexTable& table = analysis.tables[0];
  CHECK(table.method == "morris");
  // See tests/sensitivity/morris_indices_test.cpp for the derivation.
  const double root = std::sqrt(0.75);
  const double pi4 = std::pow(pi, 4);
  CHECK(within(table.rows[0].indices[0], root * (1.0 + 0.1 * pi4 * 0.5 * (1.0 + 1.0 / 81.0)) * 1.5));
  CHECK(table.rows[1].indices[0].value == Approx(7.875).epsilon(1e-9));  // the same in every trajectory
  CHECK(within(table.rows[2].indices[0], 0.5 * root * 0.1 * pi4 * (1.0 - 1.0 / 81.0) * 1.5));
  CHECK(table.rows[0].used == 1000);
}

TEST_CASE("groups are named after their members", "[sweep]") {
  const auto linear = [](const std::vector<double>& x, std::int64_t) { return x[0] + x[1] + 4.0 * x[2]; };
  const auto spec = made_up_spec("morris", design::Morris{.trajectories = 8, .groups = design::Groups({0, 0, 1})}, 3,
                                 design::Linear{});
  const IndexTable table = analysis_of(made_up_sweep(spec, linear)).tables[0];
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].parameter == "x1 + x2");
  CHECK(std::isnan(table.rows[0].indices[1].value));  // no direction, no mean
  CHECK(table.rows[1].indices[0].value == Approx(4.0));
}

TEST_CASE("a sample of the space: regression, correlation ratio and PAWN", "[sweep]") {
  const auto spec = made_up_spec("sobol", design::Sobol{.runs = 4096, .dimensions = 3}, 3);
  const panel::Dataset runs = made_up_sweep(spec, ishigami);
  const MetricAnalysis analysis = analysis_of(runs, {.metrics = {}, .method = {}, .replications = 200});
  REQUIRE(analysis.tables.size() == 4);
  CHECK(analysis.tables[1].method == "regression");
  CHECK(analysis.tables[2].method == "correlation_ratio");
  CHECK(analysis.tables[3].method == "pawn");
  // Mean a/2, variance by the closed form; half of the points lie above the median.
  const auto& spread = analysis.tables[0].summary;
  REQUIRE(spread.size() == 9);
  CHECK(spread[0].estimate.value == 4096.0);
  CHECK(spread[1].estimate.value == Approx(3.5).margin(0.01));
  CHECK(spread[5].name == "median");
  CHECK(spread[3].estimate.value <= spread[4].estimate.value);
  CHECK(spread[6].estimate.value <= spread[7].estimate.value);
  // Best linear fit of (1 + 0.1 E x3^4) sin x1: slope cov/var with E[x sin x] = 1, E x^2 = pi^2/3.
  const auto truth = sensitivity::ishigami_function();
  const double variance = 0.5 * std::pow(1.0 + 0.1 * std::pow(pi, 4) / 5.0, 2) / truth.first_order[0];
  const double src = (1.0 + 0.1 * std::pow(pi, 4) / 5.0) * std::sqrt(3.0) / pi / std::sqrt(variance);
  CHECK(within(analysis.tables[1].rows[0].indices[0], src));
  CHECK(analysis.tables[1].summary[0].name == "R2");
  CHECK(analysis.tables[1].summary[0].estimate.value == Approx(src * src).margin(0.01));
  CHECK_FALSE(analysis.tables[1].notes.empty());  // a fit this bad is said to be bad
  // 64 slices: within a slice x1 moves by 0.1, whose square is the bias.
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(analysis.tables[2].rows[i].indices[0].value == Approx(truth.first_order[i]).margin(0.02));
  REQUIRE(analysis.tables[3].rows.size() == 4);
  CHECK(analysis.tables[3].rows[3].parameter == "(dummy)");
  CHECK(analysis.tables[3].rows[0].indices[0].value > analysis.tables[3].rows[3].indices[2].value);

  // One of them alone, and of a Saltelli design the points A and B.
  const auto alone =
      analysis_of(saltelli_sweep(), {.metrics = {}, .method = Method::correlation_ratio, .replications = 0});
  REQUIRE(alone.tables.size() == 1);
  CHECK(alone.tables[0].rows[0].used == 2048);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(alone.tables[0].rows[i].indices[0].value == Approx(truth.first_order[i]).margin(0.03));
}

TEST_CASE("a model linear in logarithms is explained whole on a logarithmic scale", "[sweep]") {
  const auto spec = made_up_spec("latin_hypercube", design::LatinHypercube{.runs = 300, .dimensions = 2}, 2,
                                 design::Log{0.01, 100.0});
  const auto model = [](const std::vector<double>& x, std::int64_t) {
    return 3.0 * std::log(x[0]) - 4.0 * std::log(x[1]);
  };
  const auto table =
      analysis_of(made_up_sweep(spec, model), {.metrics = {}, .method = Method::regression, .replications = 100})
          .tables[0];
  CHECK(table.summary[0].estimate.value == Approx(1.0));
  CHECK(table.rows[0].indices[1].value == Approx(1.0));  // nothing but the parameter is left
  CHECK(table.rows[1].indices[1].value == Approx(-1.0));
  CHECK(table.rows[0].indices[0].value == Approx(0.6).margin(0.05));  // 3/5, up to what 300 points correlate by chance
}

TEST_CASE("failed and missing runs are counted and left out", "[sweep]") {
  const auto spec = made_up_spec("saltelli", design::Saltelli{.base_points = 64, .groups = design::Groups(3)}, 3);
  int call = 0;
  const panel::Dataset all = made_up_sweep(spec, [&](const std::vector<double>& x, std::int64_t seed) {
    return call++ == 7 ? no_number : ishigami(x, seed);  // in the second block
  });
  std::vector<std::int64_t> kept;
  for (std::int64_t run = 0; run < 64 * 5; ++run) {
    if (run != 21 && run != 22) kept.push_back(run);  // of the fifth block
  }
  const panel::Dataset* piece = &all;
  const panel::Dataset runs = sweep::gather_runs({&piece, 1}, kept);
  const sweep::Sample sample(runs);
  CHECK(sample.failed() == 1);
  CHECK(sample.missing() == 2);
  const auto table = sweep::analyse(runs, sample, {}).front().tables[1];
  CHECK(table.rows[0].used == 62);
  CHECK(table.rows[0].dropped == 2);
  CHECK(std::isfinite(table.rows[0].indices[1].lower));
}

TEST_CASE("seeds: the mean over them is analysed, and what they explain is told", "[sweep]") {
  auto spec = made_up_spec("grid", design::FullFactorial{.levels = {2}}, 1, design::Linear{0.0, 4.0});
  spec.seeds = {1, 2};
  const auto model = [](const std::vector<double>& x, std::int64_t seed) { return x[0] + (seed == 1 ? 1.0 : -1.0); };
  const panel::Dataset runs = made_up_sweep(spec, model);
  const sweep::Sample sample(runs);
  CHECK(sample.outputs("y") == std::vector<double>{0.0, 4.0});
  const auto spread =
      sweep::analyse(runs, sample, {.metrics = {}, .method = {}, .replications = 0}).front().tables[0].summary;
  CHECK(spread[0].estimate.value == 2.0);
  CHECK(spread[2].estimate.value == Approx(std::sqrt(8.0)));  // n - 1
  CHECK(spread[8].name == "share_above_0");
  CHECK(spread[8].estimate.value == 0.5);  // 0 is not above 0
  // Points 0 and 4: mean square between 2 x 8 = 16, within (1 + 1 + 1 + 1)/2 = 2, so points (16 - 2)/2 = 7, seeds 2.
  CHECK(sample.seed_share("y") == Approx(2.0 / 9.0));

  // A point counts with all of its seeds or not at all.
  const auto failing = [&](const std::vector<double>& x, std::int64_t seed) {
    return x[0] > 1.0 && seed == 2 ? no_number : model(x, seed);
  };
  const panel::Dataset gaps = made_up_sweep(spec, failing);
  const sweep::Sample with_gaps(gaps);
  CHECK(with_gaps.failed() == 1);
  CHECK(with_gaps.outputs("y")[0] == 0.0);
  CHECK(std::isnan(with_gaps.outputs("y")[1]));
  CHECK(std::isnan(with_gaps.seed_share("y")));
}

TEST_CASE("one at a time: changes from the base point", "[sweep]") {
  const auto spec = made_up_spec("one_at_a_time", config::OneAtATimeLevels{{3, 2}}, 2, design::Linear{-2.0, 2.0});
  const auto model = [](const std::vector<double>& x, std::int64_t) { return 10.0 + 3.0 * x[0] + x[1] * x[1]; };
  const auto table = analysis_of(made_up_sweep(spec, model)).tables[0];
  CHECK(table.method == "one_at_a_time");
  CHECK(table.summary[0].estimate.value == 10.0);
  REQUIRE(table.rows.size() == 5);
  const double change[] = {-6.0, 0.0, 6.0, 4.0, 4.0};
  const double level[] = {-2.0, 0.0, 2.0, -2.0, 2.0};
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(table.rows[k].parameter == (k < 3 ? "x1" : "x2"));
    CHECK(std::get<double>(table.rows[k].level) == level[k]);
    CHECK(table.rows[k].indices[0].value == Approx(change[k]));
    CHECK(table.rows[k].indices[1].value == Approx(10.0 * change[k]));
  }
}

TEST_CASE("values without an order have no slope, but a share of the variance", "[sweep]") {
  auto spec = made_up_spec("grid", design::FullFactorial{.levels = {3, 20}}, 2, design::Linear{0.0, 1.0});
  panel::Dataset runs =
      made_up_sweep(spec, [](const std::vector<double>& x, std::int64_t) { return (x[0] == 0.5 ? 3.0 : 0.0) + x[1]; });
  // The first parameter as words: the middle one matters, so that numbers of labels would have no slope.
  spec.parameters[0].scale = design::Choice{3};
  spec.parameters[0].labels = {"left", "middle", "right"};
  spec.parameters[0].numeric = false;
  panel::Dataset worded;
  worded.add_dimension(runs.dimension("run"));
  for (panel::Variable variable : runs.variables()) {
    if (variable.name == "x1") {
      std::vector<std::string> labels;
      for (const double value : runs.numbers("x1"))
        labels.push_back(spec.parameters[0].labels[static_cast<std::size_t>(2.0 * value)]);
      variable.values = labels;
      variable.unit.clear();
    }
    worded.add_variable(std::move(variable));
  }
  worded.set_attribute("coordinates", *runs.find_attribute("coordinates"));
  worded.set_document("sweep_design",
                      R"({"pericore_design": 1, "type": "grid", "options": {"levels": [3, 20], "centred": false},
    "seeds": [], "parameters": [
      {"name": "x1", "scale": {"type": "choice", "count": 3}, "numeric": false, "labels": ["left", "middle", "right"]},
      {"name": "x2", "scale": {"type": "linear", "low": 0, "high": 1}, "numeric": true}]})");
  const MetricAnalysis analysis = analysis_of(worded, {.metrics = {}, .method = {}, .replications = 50});
  const IndexTable& regression = analysis.tables[1];
  CHECK(std::isnan(regression.rows[0].indices[0].value));
  CHECK(std::isfinite(regression.rows[1].indices[0].value));
  CHECK_THAT(regression.notes.front(), Catch::StartsWith("x1:"));
  // Var of the words: 9 x 1/3 x 2/3 = 2; of x2 on 20 levels: (1/12) (20 + 1)/(20 - 1).
  const double second = 21.0 / 19.0 / 12.0;
  CHECK(analysis.tables[2].rows[0].indices[0].value == Approx(2.0 / (2.0 + second)).margin(0.01));
}

TEST_CASE("a method is refused where the design does not serve it", "[sweep]") {
  const auto small = [](const char* type, config::SweepDesign design) {
    return made_up_sweep(made_up_spec(type, std::move(design), 3), ishigami);
  };
  const panel::Dataset morris = small("morris", design::Morris{.trajectories = 2, .groups = design::Groups(3)});
  const panel::Dataset sobol = small("sobol", design::Sobol{.runs = 64, .dimensions = 3});
  const auto with = [](const panel::Dataset& runs, Method method) {
    return analysis_of(runs, {.metrics = {}, .method = method, .replications = 10});
  };
  CHECK_THROWS_WITH(with(sobol, Method::morris),
                    Catch::Contains("morris or radial_morris") && Catch::Contains("is sobol"));
  CHECK_THROWS_WITH(with(sobol, Method::sobol), Catch::Contains("saltelli"));
  CHECK_THROWS_WITH(with(morris, Method::regression), Catch::Contains("latin_hypercube"));
  CHECK_THROWS_AS(with(morris, Method::pawn), InputError);
  CHECK_NOTHROW(with(sobol, Method::pawn));
  CHECK_THROWS_WITH(analysis_of(sobol, {.metrics = {"Y2"}, .method = {}, .replications = 0}),
                    Catch::Contains("there are y"));
}

TEST_CASE("files that are no merged sweep are refused", "[sweep]") {
  const TemporaryFolder folder;
  panel::Dataset plain;
  plain.add_dimension(panel::years(2010, 2012));
  plain.add_variable({.name = "gdp",
                      .dimensions = {"year"},
                      .unit = "1",
                      .long_name = "",
                      .provenance = panel::Provenance::simulated,
                      .values = std::vector<double>{1, 2, 3},
                      .attributes = {}});
  panel::write_dataset(folder / "plain.h5", plain);
  CHECK_THROWS_AS(sweep::read_runs(folder / "plain.h5"), InputError);
  CHECK_THROWS_AS(sweep::read_runs(folder / "nothing.h5"), IoError);

  panel::Dataset whole = saltelli_sweep();
  panel::write_dataset(folder / "whole.h5", whole);
  const panel::Dataset runs = sweep::read_runs(folder / "whole.h5");
  CHECK(sweep::metric_names(runs) == std::vector<std::string>{"y"});
  CHECK(sweep::Sample(runs).outputs("y") == sweep::Sample(whole).outputs("y"));

  panel::Dataset without;  // the design is what makes it a sweep
  for (const auto& dimension : whole.dimensions()) without.add_dimension(dimension);
  for (const auto& variable : whole.variables()) without.add_variable(variable);
  CHECK_THROWS_AS(sweep::Sample(without), InputError);
}

#include "simulation/run.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "base/temporary_folder.h"
#include "panel/hdf5_file.h"
#include "simulation/panels.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// Policies of several kinds, each in force in part of the horizon.
std::vector<policy::PolicyEntry> some_policies() {
  std::vector<policy::PolicyEntry> entries = {everywhere("producer_service_support", 0.04),
                                              everywhere("rd_support", 0.01), everywhere("training", 0.01),
                                              everywhere("relocation_grant", 0.3)};
  entries[0].regions = {1, 0, 0, 0, 0, 0};
  entries[2].schedule.start = 2012;
  entries[3].regions = {0, 1, 1, 0, 0, 0};
  entries[3].origins = {1, 0, 0, 1, 0, 0};
  return entries;
}

struct Killed {};

/// A run with a checkpoint that notes its years, and may be interrupted or killed after one of them.
struct Watched {
  explicit Watched(std::filesystem::path file) : checkpoint(std::move(file)) {}

  [[nodiscard]] simulation::RunOptions options() {
    simulation::RunOptions result;
    result.checkpoint = checkpoint;
    result.interrupted = &interrupted;
    result.progress = [this](int year, int) {
      years.push_back(year);
      if (year == die_after) throw Killed{};
      interrupted = year == stop_after;
    };
    return result;
  }

  std::filesystem::path checkpoint;
  int stop_after = 0;
  int die_after = 0;
  std::vector<int> years;
  std::atomic<bool> interrupted{false};
};

/// Largest relative change of a variable against the first year; cells that are 0 must stay 0.
double drift(const panel::Dataset& panel, const std::string& name) {
  double most = 0.0;
  const auto first = of_year(panel, name, 0);
  for (std::size_t year = 1; year < panel.dimension("year").size; ++year) {
    const auto now = of_year(panel, name, year);
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (std::isnan(first[i]) && std::isnan(now[i])) continue;
      most = std::max(most, first[i] == now[i] ? 0.0 : std::abs(now[i] / first[i] - 1.0));
    }
  }
  return most;
}

}  // namespace

TEST_CASE("without policies fifty years change nothing", "[simulation]") {
  auto model = small_model();
  model.last_year = 2060;
  const auto base = simulation::prepare(model);
  const auto panel = simulation::run(model, base);
  for (const char* name : {"employment", "stock", "firms", "knowledge", "public_capital", "gdp", "population"}) {
    CAPTURE(name);
    CHECK(drift(panel, name) < 1e-8);
  }
  check_accounts(panel, 1e-9);
}

TEST_CASE("equal regions stay equal under a policy that treats all alike", "[simulation]") {
  // Five places on a circle, every one like the next; what is unequal are the last bits of sines and cosines.
  auto model = small_model({0, 1, 2, 3, 4}, true);
  model.last_year = 2030;
  model.solver.tolerance = 1e-12;
  model.policies = {everywhere("producer_service_support", 0.05), everywhere("entry_deregulation", 0.3),
                    everywhere("rd_support", 0.01), everywhere("training", 0.01)};
  const auto base = simulation::prepare(model);
  const auto panel = simulation::run(model, base);
  const std::size_t places = 5;
  const std::size_t regions = 6;
  for (const char* name : {"employment", "stock", "firms", "knowledge", "public_capital", "gdp", "real_income",
                           "location_quotient", "consumption"}) {
    CAPTURE(name);
    for (std::size_t year = 0; year <= 20; ++year) {
      const auto values = of_year(panel, name, year);
      const std::size_t each = values.size() / regions;
      double unequal = 0.0;
      for (std::size_t i = 0; i < places * each; ++i) {
        const double first = values[i % each];
        if (std::isnan(first) && std::isnan(values[i])) continue;
        unequal = std::max(unequal, values[i] == first ? 0.0 : std::abs(values[i] / first - 1.0));
      }
      // Rounding of the solver, once a year; the base year is near neutral stability and forgets none of it.
      CHECK(unequal < 1e-10);
    }
  }
  // Something did happen.
  CHECK(drift(panel, "firms") > 0.01);
}

TEST_CASE("policies of size 0 and policies yet to come change no bit", "[simulation]") {
  auto model = small_model();
  model.trends = {everywhere("transport", 0.0)};
  model.trends[0].size.reset();
  model.trends[0].sizes = {{"travel_time_cut", 0.1}};
  const auto base = simulation::prepare(model);
  const auto baseline = simulation::run(model, base, baseline_only());
  CHECK(drift(baseline, "firms") > 1e-4);  // trends are kept

  model.policies = some_policies();
  for (auto& entry : model.policies) entry.size = 0.0;
  CHECK(differing(simulation::run(model, base), baseline).empty());

  model.policies = some_policies();
  CHECK_FALSE(differing(simulation::run(model, base), baseline).empty());
  CHECK(differing(simulation::run(model, base, baseline_only()), baseline).empty());

  // The years before the first start are those of the baseline, certificates included.
  for (auto& entry : model.policies) entry.schedule.start = 2013;
  const auto late = simulation::run(model, base);
  const auto changed = differing(late, baseline);
  CHECK(std::find(changed.begin(), changed.end(), "employment") != changed.end());
  for (const std::string& name : changed) {
    if (name == "certificate_worst_market") continue;
    for (std::size_t year = 0; year < 3; ++year) {
      const auto mine = of_year(late, name, year);
      const auto theirs = of_year(baseline, name, year);
      CAPTURE(name, year);
      CHECK(std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(), same_bits));
    }
  }
  for (auto& entry : model.policies) entry.schedule.start = 2016;  // after the last year
  CHECK(differing(simulation::run(model, base), baseline).empty());
}

TEST_CASE("a checkpoint belongs to the amenities of its run", "[simulation]") {
  auto model = small_model({0, 1, 2});
  const std::string before = simulation::fingerprint(model, true);
  CHECK(simulation::fingerprint(model, true) == before);
  auto& group = model.dynamics.groups.front();
  group.log_amenity = Eigen::ArrayXd::Zero(model.base.economy.n_regions());
  const std::string with = simulation::fingerprint(model, true);
  CHECK(with != before);
  group.log_amenity(1) = 0.1;
  CHECK(simulation::fingerprint(model, true) != with);
}

TEST_CASE("a run stopped after any year resumes to the same bytes", "[simulation]") {
  auto model = small_model();
  model.policies = some_policies();
  if (GENERATE(false, true))
    model.shocks = {
        .productivity = {.sd = 0.02, .persistence = 0.7}, .productivity_common = 0.5, .knowledge = {.sd = 0.1}};
  const auto base = simulation::prepare(model);
  const auto whole = simulation::run(model, base);
  const int stop = GENERATE(2010, 2011, 2013, 2014);
  CAPTURE(stop);
  const TemporaryFolder folder;
  Watched first(folder / "state.checkpoint");
  first.stop_after = stop;
  CHECK_THROWS_AS(simulation::run(model, base, first.options()), Interrupted);
  REQUIRE(std::filesystem::exists(folder / "state.checkpoint"));
  Watched second(folder / "state.checkpoint");
  const auto resumed = simulation::run(model, base, second.options());
  CHECK(first.years.back() == stop);
  CHECK(second.years.front() == stop + 1);  // what was done is not done again
  CHECK(differing(resumed, whole).empty());
  CHECK(panel::to_hdf5(resumed) == panel::to_hdf5(whole));
  CHECK_FALSE(std::filesystem::exists(folder / "state.checkpoint"));
}

TEST_CASE("a run stopped twice, and one that leaves checkpoints by itself", "[simulation]") {
  auto model = small_model();
  model.policies = some_policies();
  model.checkpoint_every = 2;
  const auto base = simulation::prepare(model);
  const auto whole = simulation::run(model, base);
  const TemporaryFolder folder;
  for (const int stop : {2011, 2013}) {
    Watched stopped(folder / "state.checkpoint");
    stopped.stop_after = stop;
    CHECK_THROWS_AS(simulation::run(model, base, stopped.options()), Interrupted);
  }
  Watched last(folder / "state.checkpoint");
  CHECK(differing(simulation::run(model, base, last.options()), whole).empty());

  // Killed without a word after 2014: the last regular checkpoint holds the years to 2013.
  Watched killed(folder / "state.checkpoint");
  killed.die_after = 2014;
  CHECK_THROWS_AS(simulation::run(model, base, killed.options()), Killed);
  Watched resumed(folder / "state.checkpoint");
  const auto panel = simulation::run(model, base, resumed.options());
  CHECK(resumed.years == std::vector<int>{2014, 2015});
  CHECK(panel::to_hdf5(panel) == panel::to_hdf5(whole));
}

TEST_CASE("the checkpoint of another run is not continued", "[simulation]") {
  auto model = small_model();
  const auto base = simulation::prepare(model);
  const TemporaryFolder folder;
  Watched stopped(folder / "state.checkpoint");
  stopped.stop_after = 2012;
  auto options = stopped.options();
  options.policies = false;
  CHECK_THROWS_AS(simulation::run(model, base, options), Interrupted);
  // The same model with its policies is another run.
  Watched other(folder / "state.checkpoint");
  static_cast<void>(simulation::run(model, base, other.options()));
  CHECK(other.years.front() == 2010);
}

TEST_CASE("a policy that no budget can pay is a failure that names year and region", "[simulation]") {
  auto model = small_model();
  const auto base = simulation::prepare(model);
  SECTION("levies beyond the income of a region from the first evaluation on") {
    model.policies = {everywhere("producer_service_support", 0.9)};
    model.policies[0].funding.account = economy::lump_sum_regional;
    model.policies[0].regions = {1, 0, 0, 0, 0, 0};
    model.policies[0].schedule.start = 2012;
    CHECK_THROWS_WITH(simulation::run(model, base), Catch::StartsWith("year 2012: place 1 has no disposable income"));
  }
  SECTION("levies that outgrow it on the way: the worst market is named too") {
    model.policies = {everywhere("procurement", 0.5), everywhere("production_subsidy", 1.0)};
    model.policies[1].funding.account = economy::lump_sum_regional;
    model.policies[1].regions = {1, 0, 0, 0, 0, 0};
    for (auto& entry : model.policies) entry.schedule.start = 2012;
    CHECK_THROWS_WITH(simulation::run(model, base), Catch::StartsWith("year 2012: place 1 has no disposable income") &&
                                                        Catch::Contains("furthest off: ") &&
                                                        Catch::Contains(" in place "));
  }
  SECTION("levies beyond the pay of a group") {
    model.policies = {everywhere("wage_subsidy", 0.9)};
    model.policies[0].sectors = {goods};
    model.policies[0].funding.account = economy::lump_sum_national;
    model.policies[0].schedule.start = 2013;
    CHECK_THROWS_WITH(simulation::run(model, base),
                      Catch::StartsWith("year 2013: ") && Catch::Contains("group 'rural' in place 1"));
  }
  CHECK_THROWS_AS(simulation::run(model, base), NumericalError);
  // The baseline of the same model runs.
  CHECK_NOTHROW(simulation::run(model, base, baseline_only()));
}

TEST_CASE("runs together have the bytes of runs alone, and one that fails leaves the others alone", "[simulation]") {
  auto model = small_model();
  model.trends = {everywhere("transport", 0.2)};  // kernels change from year to year
  model.trends[0].schedule.start = 2011;
  const auto base = simulation::prepare(model);
  // Policies that leave geography alone, that change trade costs, and travel times; none; one that cannot be paid.
  std::vector<std::vector<policy::PolicyEntry>> sets = {some_policies(),
                                                        {everywhere("producer_service_support", 0.02)},
                                                        {everywhere("information_infrastructure", 0.3)},
                                                        {everywhere("transport", 0.1)},
                                                        {},
                                                        {everywhere("producer_service_support", 0.9)}};
  sets[3][0].schedule.start = 2012;
  sets[5][0].funding.account = economy::lump_sum_regional;
  sets[5][0].regions = {1, 0, 0, 0, 0, 0};
  sets[5][0].schedule.start = 2012;
  const auto together = simulation::run_together(model, base, sets);
  REQUIRE(together.size() == sets.size());
  for (std::size_t i = 0; i + 1 < sets.size(); ++i) {
    CAPTURE(i);
    model.policies = sets[i];
    REQUIRE(together[i].panel);
    CHECK_FALSE(together[i].error);
    CHECK(differing(*together[i].panel, simulation::run(model, base)).empty());
  }
  CHECK_FALSE(differing(*together[0].panel, *together[4].panel).empty());
  CHECK_FALSE(differing(*together[2].panel, *together[4].panel).empty());
  CHECK_FALSE(differing(*together[3].panel, *together[4].panel).empty());
  CHECK_FALSE(together[5].panel);
  REQUIRE(together[5].error);
  CHECK_THROWS_WITH(std::rethrow_exception(together[5].error),
                    Catch::StartsWith("year 2012: place 1 has no disposable income"));
}

TEST_CASE("a path beside saves evaluations and changes results by no more than the tolerance", "[simulation]") {
  auto model = small_model();
  model.trends = {everywhere("transport", 0.2), everywhere("transport", 0.1)};  // kinks in 2011 and 2013
  model.trends[0].schedule.start = 2011;
  model.trends[1].schedule.start = 2013;
  model.policies = some_policies();
  const auto base = simulation::prepare(model);
  const simulation::PricePath path = simulation::trend_path(model, base);
  REQUIRE(path.covers(model.first_year, model.last_year));
  CHECK_FALSE(path.covers(model.first_year - 1, model.last_year));

  int evaluations = 0;
  simulation::RunOptions options;
  options.progress = [&](int, int used) { evaluations += used; };
  const auto plain = simulation::run(model, base, options);
  const int alone = evaluations;
  evaluations = 0;
  options.beside = &path;
  const auto helped = simulation::run(model, base, options);
  CHECK(evaluations < alone);
  for (const char* name : {"employment", "sales", "price_index", "factor_price"}) {
    CAPTURE(name);
    const std::size_t years = plain.dimension("year").size;
    for (std::size_t year = 0; year < years; ++year) {
      const auto a = of_year(plain, name, year);
      const auto b = of_year(helped, name, year);
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (!std::isnan(a[i]))
          CHECK(b[i] == Approx(a[i]).epsilon(1e-7));  // residuals of 1e-10, carried on by the years
      }
    }
  }

  // In lock step with others, to the same bytes.
  const std::vector<std::vector<policy::PolicyEntry>> sets = {{}, model.policies};
  options.progress = {};
  const auto together = simulation::run_together(model, base, sets, options);
  REQUIRE(together[1].panel);
  CHECK(differing(*together[1].panel, helped).empty());
  // Of the trends alone the path is the solution: one evaluation a year confirms it.
  evaluations = 0;
  options.progress = [&](int, int used) { evaluations += used; };
  options.policies = false;
  static_cast<void>(simulation::run(model, base, options));
  CHECK(evaluations <= 2 * (model.last_year - model.first_year + 1));
}

TEST_CASE("variables that are not kept leave the others as they are", "[simulation]") {
  auto model = small_model();
  model.policies = some_policies();
  const auto base = simulation::prepare(model);
  const auto all = simulation::run(model, base);
  model.output_variables = {"real_gdp", "instrument_production_subsidy", "theta"};
  const auto few = simulation::run(model, base);
  for (const std::string& name : model.output_variables) {
    CAPTURE(name);
    CHECK(same_values(few.variable(name).values, all.variable(name).values));
  }
  CHECK(few.find_variable("employment") == nullptr);
  CHECK(few.find_variable("certificate_residual") != nullptr);
}

TEST_CASE("variables to keep that no panel has are named with the nearest", "[simulation]") {
  auto model = small_model();
  const auto base = simulation::prepare(model);
  CHECK_NOTHROW(simulation::check_output_variables(model, base));
  model.output_variables = {"theta", "emplyment", "province", "instrument_transfers"};
  model.output_variables_place = "it.yaml:14:7";
  CHECK_THROWS_WITH(simulation::check_output_variables(model, base),
                    "it.yaml:14:7: output.variables: unknown variable 'emplyment'; did you mean 'employment'?\n"
                    "it.yaml:14:7: output.variables: unknown variable 'instrument_transfers'; did you mean "
                    "'instrument_transfer'?");
}

TEST_CASE("a cell without firms stays exactly empty", "[simulation]") {
  auto model = small_model();
  model.last_year = 2030;
  model.policies = some_policies();
  const auto base = simulation::prepare(model);
  const auto panel = simulation::run(model, base);
  for (const char* name : {"employment", "firms", "sales", "firm_entries", "firms_moved_in", "bundle_cost"}) {
    CAPTURE(name);
    for (std::size_t year = 0; year <= 20; ++year) {
      CHECK(of_year(panel, name, year)[1 * n_small_sectors + business] == 0.0);  // place 2
    }
  }
}

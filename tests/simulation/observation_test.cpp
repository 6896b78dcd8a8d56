#include "simulation/observation.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <string>

#include "base/temporary_folder.h"
#include "simulation/panels.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// Every class of errors at 10 %.
simulation::MeasurementError ten_percent() {
  simulation::MeasurementError error;
  for (double* sd : {&error.employment, &error.value_added, &error.population, &error.income_per_head,
                     &error.investment, &error.government_use, &error.public_capital, &error.skilled,
                     &error.new_knowledge, &error.foreign_firms, &error.research_use})
    *sd = 0.1;
  return error;
}

panel::Dataset measured(simulation::Model model, const simulation::MeasurementError& error) {
  model.measurement_error = error;
  model.policies = {everywhere("producer_service_support", 0.05)};
  return simulation::run(model, simulation::prepare(model));
}

}  // namespace

TEST_CASE("errors: log-normal, mean 1, the standard deviation asked for, independent", "[simulation][observation]") {
  constexpr int draws = 40000;
  const double sd = 0.3;
  double sum = 0.0;
  double squares = 0.0;
  double logs = 0.0;
  double log_squares = 0.0;
  double neighbours = 0.0;
  double last = 0.0;
  const double s = std::sqrt(std::log1p(sd * sd));
  for (int i = 0; i < draws; ++i) {
    const double factor = simulation::error_factor(7, "employment", "region " + std::to_string(i / 40), "", i % 40, sd);
    CHECK(factor > 0.0);
    sum += factor;
    squares += (factor - 1.0) * (factor - 1.0);
    const double z = (std::log(factor) + 0.5 * s * s) / s;
    logs += z;
    log_squares += z * z;
    neighbours += z * last;
    last = z;
  }
  const double root = std::sqrt(static_cast<double>(draws));
  // Four standard errors of each moment: of a standard normal's mean and variance, and of the log-normal's.
  CHECK(std::abs(logs / draws) < 4.0 / root);
  CHECK(std::abs(log_squares / draws - 1.0) < 4.0 * std::sqrt(2.0) / root);
  CHECK(std::abs(neighbours / draws) < 4.0 / root);
  CHECK(std::abs(sum / draws - 1.0) < 4.0 * sd / root);
  // Kurtosis of this log-normal is about 5: the standard error of its variance is sd^2 sqrt(4 / n).
  CHECK(std::sqrt(squares / draws) == Approx(sd).epsilon(4.0 / root));
}

TEST_CASE("an error belongs to its names and its seed", "[simulation][observation]") {
  const double one = simulation::error_factor(7, "employment", "a", "x", 2010, 0.1);
  CHECK(simulation::error_factor(7, "employment", "a", "x", 2010, 0.1) == one);
  std::set<double> all = {one};
  all.insert(simulation::error_factor(8, "employment", "a", "x", 2010, 0.1));
  all.insert(simulation::error_factor(7, "population", "a", "x", 2010, 0.1));
  all.insert(simulation::error_factor(7, "employment", "b", "x", 2010, 0.1));
  all.insert(simulation::error_factor(7, "employment", "a", "y", 2010, 0.1));
  all.insert(simulation::error_factor(7, "employment", "a", "x", 2011, 0.1));
  all.insert(simulation::error_factor(7, "employment", "ax", "", 2010, 0.1));  // not the words run together
  CHECK(all.size() == 7);
  CHECK(simulation::error_factor(7, "employment", "a", "x", 2010, 1e-12) == Approx(1.0).epsilon(1e-11));
}

TEST_CASE("no error: the panel as it was, bit by bit", "[simulation][observation]") {
  const auto plain = measured(small_model(), {});
  auto model = small_model();
  model.seed = 99;
  CHECK(differing(measured(model, {}), plain).empty());
  CHECK(plain.find_variable("true_employment") == nullptr);
}

TEST_CASE("with errors the truth stands beside, and the economy takes its course", "[simulation][observation]") {
  const auto plain = measured(small_model(), {});
  const auto noisy = measured(small_model(), ten_percent());
  std::size_t observed = 0;
  for (const auto& variable : plain.variables()) {
    CAPTURE(variable.name);
    if (noisy.find_variable("true_" + variable.name) != nullptr) {
      CHECK(same_values(noisy.variable("true_" + variable.name).values, variable.values));
      CHECK(noisy.variable(variable.name).unit == variable.unit);
      ++observed;
    } else {
      CHECK(same_values(noisy.variable(variable.name).values, variable.values));
    }
  }
  CHECK(observed > 35);
  for (const char* name : {"employment",
                           "value_added",
                           "gdp",
                           "real_gdp",
                           "population",
                           "location_quotient",
                           "theta",
                           "theta_sub_nonagri",
                           "pgdp",
                           "str",
                           "gov",
                           "road",
                           "h",
                           "sci",
                           "labour",
                           "fixed_investment",
                           "income_per_head",
                           "real_income",
                           "new_knowledge",
                           "sagg",
                           "ico",
                           "fdi"}) {
    CAPTURE(name);
    REQUIRE(noisy.find_variable(std::string("true_") + name) != nullptr);
    CHECK_FALSE(same_values(noisy.variable(name).values, plain.variable(name).values));
  }
  // Nothing that only the model knows has an error.
  for (const char* name : {"log_productivity", "profitability", "utility", "firms", "certificate_residual"})
    CHECK(noisy.find_variable(std::string("true_") + name) == nullptr);
}

TEST_CASE("what is computed from counts is computed from the counts with errors", "[simulation][observation]") {
  const auto panel = measured(small_model(), ten_percent());
  const auto employment = panel.numbers("employment");
  const auto value_added = panel.numbers("value_added");
  const auto truth = panel.numbers("true_employment");
  const std::size_t regions = panel.dimension("region").size;
  for (std::size_t place = 0; place < 6 * regions; ++place) {
    CAPTURE(place);
    double added = panel.numbers("housing_rent")[place];
    double urban = 0.0;
    for (std::size_t s = 0; s < n_small_sectors; ++s) {
      added += value_added[place * n_small_sectors + s];
      if (s != farm) urban += employment[place * n_small_sectors + s];
    }
    if (place % regions + 1 == regions) {  // abroad: nobody measures there
      for (std::size_t s = 0; s < n_small_sectors; ++s)
        CHECK(employment[place * n_small_sectors + s] == truth[place * n_small_sectors + s]);
      continue;
    }
    CHECK(panel.numbers("gdp")[place] == Approx(added).epsilon(1e-12));
    CHECK(panel.numbers("labour")[place] == Approx(urban).epsilon(1e-12));
    CHECK(panel.numbers("pgdp")[place] ==
          Approx(100.0 * panel.numbers("real_gdp")[place] / panel.numbers("population")[place]).epsilon(1e-12));
    CHECK(panel.numbers("pop")[place] == Approx(1e-6 * panel.numbers("population")[place]).epsilon(1e-14));
  }
}

TEST_CASE("errors go with the region, whatever its number, and with both runs", "[simulation][observation]") {
  const auto one = measured(small_model(), ten_percent());
  const auto two = measured(small_model({3, 0, 4, 1, 2}), ten_percent());
  const auto ratio = [](const panel::Dataset& panel, const char* name, std::size_t at) {
    return panel.numbers(name)[at] / panel.numbers(std::string("true_") + name)[at];
  };
  // Place 4 of the first is row 3 there and row 0 here.
  for (std::size_t year = 0; year < 6; ++year)
    CHECK(ratio(one, "population", year * 6 + 3) == Approx(ratio(two, "population", year * 6)).epsilon(1e-14));
  auto model = small_model();
  model.measurement_error = ten_percent();
  const auto baseline = simulation::run(model, simulation::prepare(model), baseline_only());
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(ratio(one, "population", 30 + i) == Approx(ratio(baseline, "population", 30 + i)).epsilon(1e-14));
}

TEST_CASE("a run with errors resumes to the same bytes", "[simulation][observation]") {
  const TemporaryFolder folder;
  auto model = small_model();
  model.measurement_error = ten_percent();
  model.checkpoint_every = 2;
  const auto base = simulation::prepare(model);
  const auto whole = simulation::run(model, base);
  struct Killed {};
  simulation::RunOptions options;
  options.checkpoint = folder.path() / "run.checkpoint";
  options.progress = [](int year, int) {
    if (year == 2013) throw Killed{};
  };
  CHECK_THROWS_AS(simulation::run(model, base, options), Killed);
  options.progress = {};
  CHECK(differing(simulation::run(model, base, options), whole).empty());
}

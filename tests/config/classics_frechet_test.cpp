/// The shipped configurations of Allen and Arkolakis (2014) and Redding (2016): from the file to the papers' own equations.
#include <catch2/catch.hpp>
#include <cmath>

#include "../dynamics/location_papers.h"
#include "base/errors.h"
#include "config/shipped.h"
#include "dynamics/long_run.h"
#include "dynamics/uniqueness.h"
#include "simulation/panels.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

const char* const allen_arkolakis = "scenarios/textbook/allen_arkolakis_2014.yaml";
const char* const redding = "scenarios/textbook/redding_2016.yaml";

dynamics::LongRunEquilibrium long_run(const simulation::Model& model, const simulation::BaseState& base) {
  return dynamics::long_run_equilibrium(model.base.economy, model.dynamics, base.calibration.fundamentals,
                                        model.base.kernels, base.calibration.state, base.equilibrium.prices,
                                        model.geography.travel_time.array());
}

Eigen::ArrayXd column(const simulation::Model& model, const std::string& name) {
  for (const auto& found : model.geography.table.numeric) {
    if (found.name == name) return found.values;
  }
  FAIL("no column " << name);
  return {};
}

/// Stocks of the first factor in the last year of a run.
Eigen::ArrayXd last_workers(const simulation::Model& model, const simulation::BaseState& base) {
  const auto panel = simulation::run(model, base);
  const auto regions = panel.dimension("region").size;
  const auto stock = of_year(panel, "stock", panel.dimension("year").size - 1);
  Eigen::ArrayXd workers(static_cast<Eigen::Index>(regions));
  const std::size_t factors = stock.size() / regions;
  for (std::size_t r = 0; r < regions; ++r) workers(static_cast<Eigen::Index>(r)) = stock[r * factors];
  return workers;
}

double log_distance(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) { return (a / b).log().abs().maxCoeff(); }

std::string fault_of(const std::string& file, const std::vector<std::string>& options) {
  try {
    (void)shipped_model(file, options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Allen and Arkolakis from the file: equation (12), unique, and where the years lead", "[config][published]") {
  const auto model = shipped_model(allen_arkolakis);
  const auto base = simulation::prepare(model);
  const auto rest = long_run(model, base);
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  const Eigen::ArrayXd workers = rest.state.economy.stock.col(0);
  const Eigen::ArrayXd expected = allen_arkolakis_people(9.0, 0.1, -0.3, model.base.kernels.freeness[0],
                                                         column(model, "productivity"), Eigen::ArrayXd::Ones(10), 10.0);
  CHECK(log_distance(workers, expected) < 1e-9);
  // The base year has the spillovers of its own people, here one a region: none.
  CHECK((model.base.state.log_productivity.col(0) - column(model, "productivity").log()).abs().maxCoeff() < 1e-14);

  const auto unique =
      dynamics::uniqueness(model.base.economy, model.dynamics, base.calibration.fundamentals, model.base.kernels);
  REQUIRE(unique);
  CHECK(unique->theory == "Allen and Arkolakis (2014)");
  CHECK(unique->value == Approx(-0.5 / 2.9).epsilon(1e-12));
  CHECK(unique->guaranteed);

  // The year's lag of the spillovers does not matter in the end, nor where people are at first.
  CHECK(log_distance(last_workers(model, base), expected) < 1e-8);
  const auto ends = shipped_model(allen_arkolakis, {"factors.worker.stock=workers_at_the_ends"});
  CHECK(log_distance(last_workers(ends, simulation::prepare(ends)), expected) < 1e-8);
}

TEST_CASE("Redding from the file: the paper's equations, unique, and where the years lead", "[config][published]") {
  const auto model = shipped_model(redding);
  const auto base = simulation::prepare(model);
  const auto rest = long_run(model, base);
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  const auto paper = redding_equilibrium({.sigma = 4.0,
                                          .mu = 0.75,
                                          .epsilon = 3.0,
                                          .freeness = model.base.kernels.freeness[0],
                                          .productivity = column(model, "productivity"),
                                          .amenity = column(model, "amenity"),
                                          .land = column(model, "land"),
                                          .people = 16.0});
  CHECK(log_distance(rest.state.economy.stock.col(0), paper.workers) < 1e-9);
  const auto unique =
      dynamics::uniqueness(model.base.economy, model.dynamics, base.calibration.fundamentals, model.base.kernels);
  REQUIRE(unique);
  CHECK(unique->theory == "Redding (2016)");
  CHECK(unique->value == Approx(1.75).epsilon(1e-14));
  CHECK(unique->guaranteed);
  CHECK(log_distance(last_workers(model, base), paper.workers) < 1e-8);
}

TEST_CASE("spillovers and congestion in levels count from the reference that is written", "[config]") {
  const auto plain = shipped_model(allen_arkolakis);
  const auto base = simulation::prepare(plain);
  const auto rest = long_run(plain, base);
  // A reference of 2 is a productivity lower by 2^-0.1 and an amenity higher by 2^0.3 everywhere: the same places for people.
  const auto moved = shipped_model(allen_arkolakis, {"growth.reference_employment=2", "migration.reference_density=2"});
  CHECK((moved.base.state.log_productivity - plain.base.state.log_productivity + 0.1 * std::log(2.0)).abs().maxCoeff() <
        1e-14);
  const auto other = long_run(moved, simulation::prepare(moved));
  CHECK(log_distance(other.state.economy.stock.col(0), rest.state.economy.stock.col(0)) < 1e-9);
  CHECK(other.utility(0, 0) - rest.utility(0, 0) == Approx((0.3 - 0.1) * std::log(2.0)).margin(1e-9));
  // Unequal people: unequal productivity from the first year on.
  const auto ends = shipped_model(allen_arkolakis, {"factors.worker.stock=workers_at_the_ends"});
  CHECK(ends.base.state.log_productivity(0, 0) == Approx(0.1 * std::log(4.6)).epsilon(1e-12));
  CHECK(simulation::prepare(ends).calibration.fundamentals.log_productivity(0, 0) == Approx(0.0).margin(1e-14));
}

TEST_CASE("amenities: a number, a column, or such as keep people where they are", "[config]") {
  const auto column_given = shipped_model(redding);
  CHECK((column_given.dynamics.groups[0].log_amenity - column(column_given, "amenity").log()).abs().maxCoeff() == 0.0);
  CHECK_FALSE(column_given.dynamics.groups[0].calibrated_amenities);
  const auto number = shipped_model(redding, {"factors.worker.amenity=2"});
  CHECK((number.dynamics.groups[0].log_amenity == std::log(2.0)).all());
  const auto none = shipped_model(redding, {"factors.worker.amenity=null"});
  CHECK(none.dynamics.groups[0].log_amenity.size() == 0);
  CHECK(log_distance(long_run(number, simulation::prepare(number)).state.economy.stock.col(0),
                     long_run(none, simulation::prepare(none)).state.economy.stock.col(0)) < 1e-9);

  const auto calibrated = shipped_model(redding, {"migration.amenities=calibrated"});
  const auto base = simulation::prepare(calibrated);
  const auto rest = long_run(calibrated, base);
  CHECK(rest.steps == 0);
  CHECK(log_distance(rest.state.economy.stock.col(0), Eigen::ArrayXd::Ones(16)) < 1e-12);

  CHECK(fault_of(redding, {"factors.land.amenity=2"}).find("only labour") != std::string::npos);
  CHECK(fault_of(redding, {"factors.worker.amenity=amenities"}).find("did you mean 'amenity'") != std::string::npos);
  CHECK(fault_of(redding, {"factors.worker.amenity=longitude"}).find("column of the regions") != std::string::npos);
  CHECK(fault_of(redding, {"factors.worker.mobility=none"}).find("has this factor move") != std::string::npos);
  for (const char* option : {"growth.reference_employment=2", "migration.reference_density=2",
                             "migration.amenities=given", "factors.skilled.amenity=2"}) {
    CAPTURE(option);
    CHECK(fault_of(jilin, {option}).find("this key is for base: levels") != std::string::npos);
  }
}

TEST_CASE("moves at once, a part a year, and without tastes lead where theory says", "[config]") {
  const auto at_once = shipped_model(redding);
  const auto reference = long_run(at_once, simulation::prepare(at_once)).state.economy.stock.col(0).eval();
  // Costless logit of those who reconsider: slower, to the same place.
  const auto slowly =
      shipped_model(redding, {"factors.worker.mobility=logit", "migration.groups.worker.cost=0",
                              "migration.groups.worker.distance_cost=0", "migration.groups.worker.registration=0",
                              "migration.groups.worker.reconsider=0.5"});
  const auto base = simulation::prepare(slowly);
  CHECK(log_distance(long_run(slowly, base).state.economy.stock.col(0), reference) < 1e-9);
  CHECK(log_distance(last_workers(slowly, base), reference) < 1e-8);
  const auto unique =
      dynamics::uniqueness(slowly.base.economy, slowly.dynamics, base.calibration.fundamentals, slowly.base.kernels);
  REQUIRE(unique);
  CHECK(unique->theory == "Redding (2016)");
  // Costs of moving make history matter: no theorem, and people who start elsewhere end elsewhere.
  const auto costly = shipped_model(redding, {"factors.worker.mobility=logit"});
  CHECK_FALSE(dynamics::uniqueness(costly.base.economy, costly.dynamics,
                                   simulation::prepare(costly).calibration.fundamentals, costly.base.kernels));
  // The stronger the tastes, the nearer an equal spread.
  const auto rooted = shipped_model(redding, {"migration.groups.worker.elasticity=0.001"});
  CHECK(log_distance(long_run(rooted, simulation::prepare(rooted)).state.economy.stock.col(0),
                     Eigen::ArrayXd::Ones(16)) < 0.005);
}

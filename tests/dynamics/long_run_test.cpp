// Long-run equilibria of economies outside the class with one good: an immobile factor, corners, labour that several sectors share.
#include "dynamics/long_run.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "../equilibrium/krugman.h"
#include "dynamics/uniqueness.h"
#include "location_economy.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

using Eigen::Array2d;

struct Textbook {
  CorePeriphery model;
  dynamics::Parameters parameters;
  dynamics::Calibration base;
  economy::Prices prices;
  Eigen::ArrayXXd hours = Eigen::ArrayXXd::Ones(2, 2);

  [[nodiscard]] dynamics::LongRunEquilibrium long_run(const Array2d& share) const {
    dynamics::DynamicState state = base.state;
    state.economy.stock.col(1) = 0.4 * share;
    return dynamics::long_run_equilibrium(model.economy, parameters, base.fundamentals, model.kernels, state, prices,
                                          hours);
  }
};

/// Fujita, Krugman and Venables (1999), ch. 5: sigma 5, mu 0.4.
Textbook core_periphery(double trade_cost) {
  Textbook result{.model = krugman(5.0, 0.4, two_regions(trade_cost), Array2d(0.6, 0.4)),
                  .parameters = {},
                  .base = {},
                  .prices = {}};
  const auto& model = result.model;
  const auto solved = equilibrium::solve_short_run(model.economy, model.kernels, model.state,
                                                   equilibrium::cold_start(model.economy, model.kernels, model.state),
                                                   {.tolerance = 1e-13});
  REQUIRE(solved.status == equilibrium::SolverStatus::converged);
  result.prices = solved.prices;
  result.parameters.firms.resize(2);
  result.parameters.spillovers.resize(2);
  result.parameters.groups.resize(2);
  result.parameters.groups[1].mobility = dynamics::Mobility::replicator;
  result.parameters.people.congestion = 0.0;
  result.base =
      dynamics::calibrate_dynamics(model.economy, result.parameters, model.state, solved, result.hours, result.hours);
  return result;
}

}  // namespace

TEST_CASE("core and periphery: the long run is where the workers' start leads", "[dynamics][published]") {
  // At T = 1.7 the even spread and both cores are stable, between them unstable states at 0.83488683553 and its mirror.
  const auto textbook = core_periphery(1.7);
  const auto end_of = [&](double share) {
    const auto rest = textbook.long_run(Array2d(share, 1.0 - share));
    REQUIRE(rest.status == equilibrium::SolverStatus::converged);
    CHECK(rest.residual <= 1e-10);
    CHECK(dynamics::drift_in_a_year(textbook.model.economy, textbook.parameters, textbook.base.fundamentals, rest,
                                    textbook.hours) < 1e-9);
    return rest.state.economy.stock(0, 1) / 0.4;
  };
  CHECK(end_of(0.7) == Approx(0.5).epsilon(1e-8));
  CHECK(end_of(0.83) == Approx(0.5).epsilon(1e-8));
  CHECK(end_of(0.84) == Approx(1.0).epsilon(1e-14));
  CHECK(end_of(0.1) == 0.0);
  CHECK(end_of(0.83488683553) == Approx(0.83488683553).epsilon(1e-9));  // from the boundary nobody leaves
  CHECK(end_of(1.0) == 1.0);
  CHECK_FALSE(dynamics::uniqueness(textbook.model.economy, textbook.parameters, textbook.base.fundamentals,
                                   textbook.model.kernels));
}

TEST_CASE("groups that move by replicator can be kept where they are", "[dynamics]") {
  const auto textbook = core_periphery(1.5);
  dynamics::LongRunOptions options;
  options.replicators = false;
  const auto rest = dynamics::long_run_equilibrium(textbook.model.economy, textbook.parameters,
                                                   textbook.base.fundamentals, textbook.model.kernels,
                                                   textbook.base.state, textbook.prices, textbook.hours, options);
  CHECK(rest.status == equilibrium::SolverStatus::converged);
  CHECK(rest.solutions <= 2);
  CHECK((rest.state.economy.stock == textbook.base.state.economy.stock).all());
}

TEST_CASE("labour shared by two sectors: spillovers and employment settle together", "[dynamics]") {
  // Two armington sectors hire the same workers; the first gains from its own employment, which depends on its productivity.
  const Eigen::Index regions = 4;
  LocationNumbers numbers;
  numbers.sigma = 4.0;
  numbers.theta = 2.0;
  numbers.trade_cost = line(regions, 1.2);
  numbers.productivity = scattered(regions, 3);
  numbers.amenity = Eigen::ArrayXd::Ones(regions);
  numbers.start = Eigen::ArrayXd::Constant(regions, 2.0);
  LocationEconomy model = location_economy(numbers);
  auto& e = model.economy;
  e.sectors.push_back(e.sectors[0]);
  e.sectors[1].name = "services";
  e.technologies[0].alpha = Eigen::ArrayXXd::Ones(1, 2);
  e.technologies[0].gamma = Eigen::ArrayXXd::Zero(2, 2);
  e.wage_premium = Eigen::ArrayXXd::Ones(1, 2);
  e.household_basket = economy::Array::Constant(regions, 2, 0.5);
  e.investment_basket = economy::Array::Zero(regions, 2);
  e.reference_log_price = economy::Array::Zero(regions, 2);
  model.kernels.freeness.push_back(line(regions, 1.5).pow(-3.0).matrix());
  economy::State state;
  state.stock = numbers.start;
  state.firms = state.effective_firms = economy::Array::Ones(regions, 2);
  state.log_productivity = economy::Array::Zero(regions, 2);
  state.log_productivity.col(0) = numbers.productivity.log();
  state.investment_weight = economy::Vector::Zero(regions);
  state.foreign_share = economy::Array::Zero(regions, 2);
  state.instruments = economy::Instruments(regions, 2, 1);
  auto& p = model.parameters;
  p.firms.resize(2);
  p.spillovers.assign(2, {});
  p.spillovers[0].mar = 0.1;
  p.spillovers[1].cong = 0.05;
  p.reference = dynamics::SpilloverReference{.employment = 0.5, .density = 2.0};
  const auto settled =
      dynamics::settle_spillovers(e, p, model.kernels, state, equilibrium::cold_start(e, model.kernels, state),
                                  {.tolerance = 1e-13, .max_evaluations = 20000});
  const auto spillover = [&](const economy::Array& log_productivity, const economy::Accounts& accounts,
                             const economy::Array& stock) {
    const Eigen::ArrayXd first = numbers.productivity.log() + 0.1 * (accounts.employment.col(0) / 0.5).log();
    const Eigen::ArrayXd second = -0.05 * (stock.col(0) / 2.0).log();
    return std::max((log_productivity.col(0) - first).abs().maxCoeff(),
                    (log_productivity.col(1) - second).abs().maxCoeff());
  };
  CHECK(spillover(settled.log_productivity, settled.equilibrium.accounts, state.stock) < 1e-12);
  state.log_productivity = settled.log_productivity;
  model.base = dynamics::calibrate_dynamics(e, p, state, settled.equilibrium, model.hours, model.hours);
  model.prices = settled.equilibrium.prices;
  // The place's own productivity is found again.
  CHECK((model.base.fundamentals.log_productivity.col(0) - numbers.productivity.log()).abs().maxCoeff() < 1e-12);

  const auto rest = model.long_run(numbers.start);
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  CHECK(spillover(rest.state.economy.log_productivity, rest.equilibrium.accounts, rest.state.economy.stock) < 1e-10);
  const Eigen::ArrayXd weight = (2.0 * rest.utility.col(0)).exp();
  CHECK(log_distance(rest.state.economy.stock.col(0), 8.0 * weight / weight.sum()) < 1e-9);
  // Employment did move between the sectors, differently from place to place.
  const Eigen::ArrayXd share = rest.equilibrium.accounts.employment.col(0) / rest.state.economy.stock.col(0);
  CHECK(share.maxCoeff() - share.minCoeff() > 0.01);
  CHECK(dynamics::drift_in_a_year(e, p, model.base.fundamentals, rest, model.hours) < 1e-9);
  CHECK_FALSE(dynamics::uniqueness(e, p, model.base.fundamentals, model.kernels));
}

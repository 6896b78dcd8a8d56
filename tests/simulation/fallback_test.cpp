/// What the solver does when it does not get there at once.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "equilibrium/short_run.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;
using equilibrium::SolverStatus;

namespace {

/// A shock to everything the homotopy interpolates: travel times halved, subsidies, stocks, firms and productivity moved.
struct Shocked {
  simulation::Model model = small_model();
  simulation::BaseState base = simulation::prepare(model);
  economy::State state = base.calibration.state.economy;
  economy::TradeKernels kernels;

  explicit Shocked(double size) {
    const auto& economy = model.base.economy;
    for (Eigen::Index r = 0; r + 1 < economy.n_regions(); ++r) {
      const double sign = r % 2 == 0 ? 1.0 : -1.0;
      state.stock.row(r) *= std::exp(sign * size);
      state.firms.row(r) *= std::exp(-sign * size);
      state.effective_firms.row(r) *= std::exp(-sign * size);
      state.log_productivity(r, goods) += 0.5 * size * sign;
      state.instruments.production_subsidy(r, research) += 0.1 * size;
    }
    const Eigen::MatrixXd times = model.geography.travel_time / (1.0 + size);
    kernels = simulation::trade_kernels(economy, model.geography, times, state.instruments);
  }

  [[nodiscard]] equilibrium::Refuge refuge() const {
    return {.kernels = model.base.kernels, .state = base.calibration.state.economy, .prices = base.equilibrium.prices};
  }
};

equilibrium::SolverOptions tight() {
  equilibrium::SolverOptions options;
  options.tolerance = 1e-12;
  return options;
}

double distance(const economy::Prices& a, const economy::Prices& b, const economy::MarketMap& map) {
  double most = 0.0;
  for (Eigen::Index f = 0; f < a.log_wage.cols(); ++f) {
    for (Eigen::Index r = 0; r < a.log_wage.rows(); ++r) {
      if (map.active().factor(r, f)) most = std::max(most, std::abs(a.log_wage(r, f) - b.log_wage(r, f)));
    }
  }
  most = std::max(most, (a.log_price_index - b.log_price_index).abs().maxCoeff());
  return std::max(most, map.active().supply.select(a.log_market_access - b.log_market_access, 0.0).abs().maxCoeff());
}

/// A start from which no evaluation makes sense: the wages of one place beyond any number.
economy::Prices hopeless(economy::Prices prices) {
  prices.log_wage.row(0).setConstant(800.0);
  return prices;
}

}  // namespace

TEST_CASE("a start that leads nowhere: the refuge's prices do", "[simulation][fallback]") {
  const Shocked shocked(0.3);
  const auto& economy = shocked.model.base.economy;
  const economy::Prices bad = hopeless(shocked.base.equilibrium.prices);
  // On its own the solver goes a long way round: by a cold start without government.
  const auto alone = equilibrium::solve_short_run(economy, shocked.kernels, shocked.state, bad);
  REQUIRE(alone.status == SolverStatus::converged);
  const auto safe = equilibrium::solve_short_run_safely(economy, shocked.kernels, shocked.state, bad, shocked.refuge());
  REQUIRE(safe.status == SolverStatus::converged);
  const auto direct = equilibrium::solve_short_run(economy, shocked.kernels, shocked.state,
                                                   equilibrium::cold_start(economy, shocked.kernels, shocked.state));
  REQUIRE(direct.status == SolverStatus::converged);
  const economy::MarketMap map(economy, shocked.kernels, shocked.state);
  CHECK(distance(safe.prices, direct.prices, map) < 1e-7);
}

TEST_CASE("too few evaluations for one leap are enough for small steps", "[simulation][fallback]") {
  const Shocked shocked(0.8);
  const auto& economy = shocked.model.base.economy;
  equilibrium::SolverOptions options;
  const auto direct =
      equilibrium::solve_short_run(economy, shocked.kernels, shocked.state, shocked.base.equilibrium.prices, tight());
  REQUIRE(direct.status == SolverStatus::converged);
  // The largest budget with which the leap from the refuge still fails; each step of a homotopy starts nearer.
  options.max_evaluations = 0;
  int leapt = 0;
  for (int budget = 4 * direct.evaluations; budget > 20; budget -= 4) {
    options.max_evaluations = budget;
    const auto leap =
        equilibrium::solve_short_run(economy, shocked.kernels, shocked.state, shocked.base.equilibrium.prices, options);
    leapt = leap.evaluations;
    if (leap.status != SolverStatus::converged) break;
  }
  CAPTURE(options.max_evaluations);
  const auto safe = equilibrium::solve_short_run_safely(economy, shocked.kernels, shocked.state,
                                                        shocked.base.equilibrium.prices, shocked.refuge(), options);
  REQUIRE(safe.status == SolverStatus::converged);
  CHECK(safe.evaluations > 2 * leapt);  // both leaps were tried first
  const economy::MarketMap map(economy, shocked.kernels, shocked.state);
  CHECK(distance(safe.prices, direct.prices, map) < 1e-7);
}

TEST_CASE("what cannot be solved is not called solved", "[simulation][fallback]") {
  Shocked shocked(0.1);
  const auto& economy = shocked.model.base.economy;
  // A levy on one place of many times its income.
  shocked.state.instruments.transfers[economy::lump_sum_regional](0) =
      -1.0;  // neutral size first: the arrays are there
  shocked.state.instruments.purchases[economy::lump_sum_regional].row(0).setConstant(
      10.0 * shocked.base.equilibrium.accounts.disposable_income(0));
  const auto result = equilibrium::solve_short_run_safely(economy, shocked.kernels, shocked.state,
                                                          shocked.base.equilibrium.prices, shocked.refuge());
  CHECK(result.status == SolverStatus::insolvent);
  CHECK(result.insolvent_region == 0);
}

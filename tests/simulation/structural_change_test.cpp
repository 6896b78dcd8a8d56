#include "simulation/structural_change.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "economy/market_map.h"
#include "simulation/panels.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

simulation::Model with_change(double demand_for_business, double leaving) {
  simulation::Model model = small_model();
  model.structural_change = {.demand = Eigen::ArrayXd::Zero(n_small_sectors),
                             .leaving_agriculture = leaving,
                             .rural = rural,
                             .unskilled = unskilled};
  model.structural_change.demand(business) = demand_for_business;
  return model;
}

panel::Dataset run_of(const simulation::Model& model) {
  return simulation::run(model, simulation::prepare(model), baseline_only());
}

/// Persons of a sector in the country.
double employed(const panel::Dataset& panel, std::size_t year, Eigen::Index sector) {
  const auto values = of_year(panel, "employment", year);
  const std::size_t sectors = panel.dimension("sector").size;
  const std::size_t regions = panel.dimension("region").size;
  double sum = 0.0;
  for (std::size_t r = 0; r + 1 < regions; ++r) sum += values[r * sectors + static_cast<std::size_t>(sector)];
  return sum;
}

double stock(const panel::Dataset& panel, std::size_t year, Eigen::Index factor) {
  const auto values = of_year(panel, "stock", year);
  const std::size_t factors = panel.dimension("factor").size;
  const std::size_t regions = panel.dimension("region").size;
  double sum = 0.0;
  for (std::size_t r = 0; r + 1 < regions; ++r) sum += values[r * factors + static_cast<std::size_t>(factor)];
  return sum;
}

}  // namespace

TEST_CASE("weights in spending follow their trend, sums stay", "[simulation]") {
  const simulation::Model model = with_change(0.05, 0.0);
  const economy::Economy& before = model.base.economy;
  const economy::Economy after = simulation::economy_after(before, model.structural_change, 4.0);
  const double factor = std::exp(0.05 * 4.0);
  for (Eigen::Index r = 0; r < before.n_regions(); ++r) {
    const auto ratio = [&](const economy::Array& basket) { return basket(r, business) / basket(r, goods); };
    const double expected = before.is_abroad(r) ? 1.0 : factor;
    CHECK(ratio(after.household_basket) == Approx(expected * ratio(before.household_basket)).epsilon(1e-13));
    CHECK(after.household_basket.row(r).sum() == Approx(before.household_basket.row(r).sum()).epsilon(1e-13));
    CHECK(after.investment_basket.row(r).sum() == Approx(before.investment_basket.row(r).sum()).epsilon(1e-13));
  }
  const Eigen::ArrayXXd& gamma = after.technologies[0].gamma;
  const Eigen::ArrayXXd& gamma0 = before.technologies[0].gamma;
  for (Eigen::Index s = 0; s < n_small_sectors; ++s) {
    CHECK(gamma.col(s).sum() == Approx(gamma0.col(s).sum()).epsilon(1e-13));
    CHECK(gamma(business, s) * gamma0(goods, s) ==
          Approx(factor * gamma0(business, s) * gamma(goods, s)).epsilon(1e-13));
  }
}

TEST_CASE("new input shares by themselves move no cost", "[simulation]") {
  const simulation::Model model = with_change(0.05, 0.0);
  const auto base = simulation::prepare(model);
  dynamics::DynamicState state = base.calibration.state;
  const economy::Economy after = simulation::economy_after(model.base.economy, model.structural_change, 4.0);
  const economy::Array purchases = state.economy.instruments.purchases[economy::main_budget];
  simulation::adjust_to_demand(model.base.economy, after, model.structural_change, 4.0, purchases, state);
  const auto costs = [&](const economy::Economy& economy, const economy::State& at) {
    economy::MarketMap map(economy, model.base.kernels, at);
    economy::Prices cleared;
    economy::Accounts accounts;
    map.evaluate(base.equilibrium.prices, cleared, accounts);
    return accounts.unit_cost;
  };
  const economy::Array now = costs(after, state.economy);
  const economy::Array then = costs(model.base.economy, base.calibration.state.economy);
  for (Eigen::Index r = 0; r < now.rows(); ++r) {
    for (Eigen::Index s = 0; s < now.cols(); ++s) {
      if (base.calibration.state.economy.firms(r, s) > 0.0)
        CHECK(now(r, s) == Approx(then(r, s)).epsilon(1e-9));  // prices are solved to 1e-10
    }
  }
  CHECK(state.economy.instruments.purchases[economy::main_budget].col(business).sum() ==
        Approx(purchases.col(business).head(purchases.rows() - 1).sum() * std::exp(0.2) +
               purchases(purchases.rows() - 1, business)));
}

TEST_CASE("a trend in demand moves jobs, and every account still closes", "[simulation]") {
  const panel::Dataset still = run_of(small_model());
  const panel::Dataset zero = run_of(with_change(0.0, 0.0));
  CHECK(differing(still, zero).empty());
  const panel::Dataset panel = run_of(with_change(0.1, 0.0));
  check_accounts(panel, 1e-8);
  CHECK(employed(panel, 0, business) == Approx(employed(still, 0, business)).epsilon(1e-8));
  CHECK(employed(panel, 5, business) > 1.2 * employed(still, 5, business));
  CHECK(employed(panel, 5, goods) < employed(still, 5, goods));
}

TEST_CASE("labour leaves agriculture where it lives", "[simulation]") {
  const panel::Dataset still = run_of(small_model());
  const panel::Dataset panel = run_of(with_change(0.0, 0.04));
  check_accounts(panel, 1e-8);
  CHECK(stock(panel, 0, rural) == Approx(stock(still, 0, rural)).epsilon(1e-12));
  // The base year stands still: what is not there a year later has left.
  CHECK(stock(panel, 1, rural) == Approx(0.96 * stock(still, 1, rural)).epsilon(1e-12));
  CHECK(stock(panel, 1, rural) + stock(panel, 1, unskilled) ==
        Approx(stock(still, 1, rural) + stock(still, 1, unskilled)).epsilon(1e-12));
  CHECK(employed(panel, 5, farm) < 0.9 * employed(still, 5, farm));
}

namespace {

/// Sum of weights times values by row and by column, the worst one.
double worst_mean(const economy::Array& weight, const economy::Array& value) {
  const double by_row = (weight * value).rowwise().sum().abs().maxCoeff();
  return std::max(by_row, (weight * value).colwise().sum().abs().maxCoeff());
}

simulation::Model converging(double speed) {
  simulation::Model model = small_model();
  model.structural_change.convergence = Eigen::ArrayXd::Constant(n_small_sectors, speed);
  return model;
}

}  // namespace

TEST_CASE("comparative advantage is what effects of region and sector leave", "[simulation]") {
  const simulation::Model model = small_model();
  const auto base = simulation::prepare(model);
  const economy::Array& output = base.equilibrium.accounts.sales;
  const economy::Array& log_productivity = base.calibration.fundamentals.log_productivity;
  const economy::Array advantage = simulation::comparative_advantage(model.base.economy, log_productivity, output);
  economy::Array weight = (advantage != 0.0).select(output, 0.0);
  CHECK(worst_mean(weight, advantage) < 1e-12 * weight.sum());
  CHECK(advantage.row(*model.base.economy.abroad).abs().maxCoeff() == 0.0);
  CHECK(advantage.abs().maxCoeff() > 1e-3);

  // Effects of regions and sectors are none of it, so that they may be added to anything.
  economy::Array shifted = log_productivity;
  shifted.colwise() += Eigen::ArrayXd::LinSpaced(shifted.rows(), -2.0, 3.0);
  shifted.rowwise() += Eigen::ArrayXd::LinSpaced(shifted.cols(), 1.0, 4.0).transpose();
  const economy::Array again = simulation::comparative_advantage(model.base.economy, shifted, output);
  CHECK((again - advantage).abs().maxCoeff() < 1e-12);
  // Two regions, two sectors, equal weights: the textbook's double difference, a quarter of it in each cell.
  economy::Economy pair = model.base.economy;
  pair.abroad.reset();
  const economy::Array square = (economy::Array(2, 2) << 1.0, 0.2, 0.3, 0.4).finished();
  const economy::Array cells = simulation::comparative_advantage(pair, square, economy::Array::Ones(2, 2));
  const double quarter = (1.0 - 0.2 - 0.3 + 0.4) / 4.0;
  CHECK(cells(0, 0) == Approx(quarter).epsilon(1e-12));
  CHECK(cells(0, 1) == Approx(-quarter).epsilon(1e-12));
  CHECK(cells(1, 0) == Approx(-quarter).epsilon(1e-12));
}

TEST_CASE("comparative advantage is lost at its speed, and every account still closes", "[simulation]") {
  const panel::Dataset still = run_of(small_model());
  CHECK(differing(still, run_of(converging(0.0))).empty());
  const simulation::Model model = converging(0.1);
  const auto base = simulation::prepare(model);
  const panel::Dataset panel = run_of(model);
  check_accounts(panel, 1e-8);
  const economy::Array advantage = simulation::comparative_advantage(
      model.base.economy, base.calibration.fundamentals.log_productivity, base.equilibrium.accounts.sales);
  // Spillovers answer a year later: after one year the law stands alone.
  for (const std::size_t year : {std::size_t{0}, std::size_t{1}}) {
    const auto with = of_year(panel, "log_productivity", year);
    const auto without = of_year(still, "log_productivity", year);
    const double lost = year == 0 ? 0.0 : 0.1;
    for (Eigen::Index r = 0; r < advantage.rows(); ++r) {
      for (Eigen::Index s = 0; s < advantage.cols(); ++s) {
        const auto i = static_cast<std::size_t>(r * advantage.cols() + s);
        if (std::isfinite(without[i]))
          CHECK(with[i] - without[i] ==
                Approx(-lost * advantage(r, s)).margin(1e-9));  // the base year is solved to 1e-10
      }
    }
  }
}

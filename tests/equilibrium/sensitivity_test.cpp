// Exact answers of an equilibrium to its state against central differences of solved equilibria.
#include "equilibrium/sensitivity.h"

#include <catch2/catch.hpp>
#include <random>

#include "everything_on.h"
#include "krugman.h"
#include "small_country.h"
#include "vertical_linkages.h"

using namespace pericore;
using economy::Array;

namespace {

constexpr double tolerance = 1e-13;
constexpr double step = 1e-4;

struct Case {
  const economy::Economy& economy;
  const economy::TradeKernels& kernels;
  const economy::State& state;
  economy::Prices start;
};

equilibrium::ShortRunEquilibrium solve(const Case& at, const economy::State& state, const economy::Prices& start) {
  const auto solved = equilibrium::solve_short_run(at.economy, at.kernels, state, start,
                                                   {.tolerance = tolerance, .max_evaluations = 20000});
  REQUIRE(solved.status == equilibrium::SolverStatus::converged);
  return solved;
}

/// Fourth-order differences: errors of h^4 times fifth derivatives and of the tolerance over h, 1e-9.
void check_response(const Case& at, const economy::StateChange& change, double accuracy) {
  const auto solved = solve(at, at.state, at.start);
  const equilibrium::Sensitivity sensitivity(at.economy, at.kernels, at.state, solved);
  const auto response = sensitivity.respond(change);
  const auto moved = [&](double h) {
    economy::State state = at.state;
    if (change.log_stock.size() > 0) state.stock *= (h * change.log_stock).exp();
    if (change.log_firms.size() > 0) {
      state.firms *= (h * change.log_firms).exp();
      state.effective_firms *= (h * change.log_firms).exp();
    }
    if (change.log_productivity.size() > 0) state.log_productivity += h * change.log_productivity;
    return solve(at, state, solved.prices);
  };
  const auto far_up = moved(2.0 * step), up = moved(step), down = moved(-step), far_down = moved(-2.0 * step);
  const auto compare = [&](const Array& exact, auto member, const char* what) {
    CAPTURE(what);
    const Array difference = (8.0 * (member(up) - member(down)) - (member(far_up) - member(far_down))) / (12.0 * step);
    const double size = std::max(1.0, difference.isFinite().select(difference.abs(), 0.0).maxCoeff());
    for (Eigen::Index i = 0; i < exact.size(); ++i) {
      if (!std::isfinite(difference.data()[i])) continue;
      CAPTURE(i, exact.data()[i], difference.data()[i]);
      CHECK(std::abs(exact.data()[i] - difference.data()[i]) < accuracy * size);
    }
  };
  compare(
      response.prices.log_wage, [](const auto& e) { return e.prices.log_wage; }, "W");
  compare(
      response.prices.log_price_index, [](const auto& e) { return e.prices.log_price_index; }, "P");
  compare(
      response.prices.log_market_access, [](const auto& e) { return e.prices.log_market_access; }, "M");
  compare(
      response.accounts.profitability, [](const auto& e) { return e.accounts.profitability; }, "x");
  compare(
      response.accounts.sales, [](const auto& e) { return e.accounts.sales; }, "sales");
  compare(
      response.accounts.disposable_income, [](const auto& e) -> Array { return e.accounts.disposable_income; },
      "disposable income");
}

economy::StateChange random_change(const economy::State& state, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  const auto draw = [&](const Array& shape) -> Array {
    return Array::NullaryExpr(shape.rows(), shape.cols(), [&] { return uniform(random); });
  };
  economy::StateChange change{draw(state.stock), draw(state.firms), draw(state.firms)};
  change.log_productivity = state.log_productivity.isFinite().select(change.log_productivity, 0.0);
  return change;
}

}  // namespace

TEST_CASE("an equilibrium answers as its differences say, all instruments on", "[equilibrium][sensitivity]") {
  const auto places = GENERATE(6, 130);  // the second is solved by products alone
  auto data = testing::small_country(places);
  const auto base = equilibrium::invert_base_year(data);
  economy::State state = places == 6 ? testing::everything_on(base) : base.state;
  check_response({base.economy, base.kernels, state, base.prices}, random_change(state, 11), 1e-7);
}

TEST_CASE("an equilibrium with a numeraire and an empty region answers as its differences say",
          "[equilibrium][sensitivity]") {
  const double share = GENERATE(0.7, 1.0);
  const Eigen::ArrayXd shares = (Eigen::ArrayXd(2) << share, 1.0 - share).finished();
  auto model = testing::krugman(5.0, 0.4, testing::two_regions(1.7), shares);
  check_response(
      {model.economy, model.kernels, model.state, equilibrium::cold_start(model.economy, model.kernels, model.state)},
      random_change(model.state, 12), 1e-7);
}

TEST_CASE("an equilibrium with free entry answers as its differences say", "[equilibrium][sensitivity]") {
  auto model = testing::vertical_linkages(5.0, 0.4, 0.4, testing::two_regions(2.0));
  model.state.stock(0, 0) = 1.1;
  economy::StateChange change;
  change.log_stock = Array::Zero(2, 1);
  change.log_stock(1, 0) = 1.0;
  check_response(
      {model.economy, model.kernels, model.state, equilibrium::cold_start(model.economy, model.kernels, model.state)},
      change, 1e-6);
}

// The exact derivative of the market map against central differences of the map itself, all fiscal instruments on.
#include "economy/market_tangent.h"

#include <catch2/catch.hpp>
#include <random>

#include "equilibrium/free_entry.h"
#include "equilibrium/short_run.h"
#include "everything_on.h"
#include "krugman.h"
#include "small_country.h"
#include "vertical_linkages.h"

using namespace pericore;
using economy::Array;

namespace {

Array random_like(const Array& shape, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  return Array::NullaryExpr(shape.rows(), shape.cols(), [&] { return uniform(random); });
}

economy::State moved(const economy::State& state, const economy::StateChange& change, double step) {
  economy::State next = state;
  next.stock *= (step * change.log_stock).exp();
  next.firms *= (step * change.log_firms).exp();
  next.effective_firms *= (step * change.log_firms).exp();
  next.log_productivity += step * change.log_productivity;
  return next;
}

void compare(const Array& exact, const Array& up, const Array& down, double step, const char* what) {
  CAPTURE(what);
  const Array difference = (up - down) / (2.0 * step);
  const double size = std::max(1.0, difference.isFinite().select(difference.abs(), 0.0).maxCoeff());
  for (Eigen::Index j = 0; j < exact.cols(); ++j) {
    for (Eigen::Index i = 0; i < exact.rows(); ++i) {
      if (!std::isfinite(difference(i, j))) continue;
      CAPTURE(i, j, exact(i, j), difference(i, j));
      // Truncation h^2 and rounding 1e-16/h, both near 1e-10 at h = 1e-5, times second derivatives of some tens.
      CHECK(std::abs(exact(i, j) - difference(i, j)) < 3e-7 * size);
    }
  }
}

void check_tangent(const economy::Economy& economy, const economy::TradeKernels& kernels, const economy::State& state,
                   const economy::Prices& at, unsigned seed) {
  std::mt19937_64 random(seed);
  economy::Prices prices = at;
  for (Array* array : {&prices.log_wage, &prices.log_price_index, &prices.log_market_access}) {
    *array = array->isFinite().select(*array, 0.0) + 0.02 * random_like(*array, random);
  }
  economy::MarketMap map(economy, kernels, state);
  if (map.numeraire() >= 0) prices.log_price_index.col(map.numeraire()).setZero();
  economy::Prices cleared;
  economy::Accounts accounts;
  map.evaluate(prices, cleared, accounts);
  const economy::MarketTangent tangent(map, prices, cleared, accounts);
  for (int direction = 0; direction < 3; ++direction) {
    economy::PriceChange change{random_like(prices.log_wage, random), random_like(prices.log_price_index, random),
                                random_like(prices.log_market_access, random)};
    if (map.numeraire() >= 0) change.log_price_index.col(map.numeraire()).setZero();
    economy::StateChange by{random_like(state.stock, random), random_like(state.firms, random),
                            random_like(state.firms, random)};
    by.log_productivity = state.log_productivity.isFinite().select(by.log_productivity, 0.0);
    economy::PriceChange exact;
    economy::AccountsChange answer;
    tangent.apply(change, &by, exact, answer);
    constexpr double step = 1e-5;
    economy::Prices ends[2];
    economy::Accounts books[2];
    for (const int side : {0, 1}) {
      const double h = side == 0 ? step : -step;
      const economy::State shifted = moved(state, by, h);
      economy::MarketMap there(economy, kernels, shifted);
      economy::Prices from = prices;
      from.log_wage += h * change.log_wage;
      from.log_price_index += h * change.log_price_index;
      from.log_market_access += h * change.log_market_access;
      there.evaluate(from, ends[side], books[side]);
    }
    const auto same = [&](const Array& found, auto member, const char* what) {
      compare(found, member(books[0]), member(books[1]), step, what);
    };
    compare(exact.log_price_index, ends[0].log_price_index, ends[1].log_price_index, step, "P");
    compare(exact.log_market_access, ends[0].log_market_access, ends[1].log_market_access, step, "M");
    compare(exact.log_wage, ends[0].log_wage, ends[1].log_wage, step, "W");
    same(
        answer.sales, [](const auto& b) { return b.sales; }, "sales");
    same(
        answer.bundle_cost, [](const auto& b) { return b.bundle_cost; }, "bundle cost");
    same(
        answer.profit, [](const auto& b) { return b.profit; }, "profit");
    same(
        answer.fixed_payment, [](const auto& b) { return b.fixed_payment; }, "fixed payment");
    same(
        answer.profitability, [](const auto& b) { return b.profitability; }, "profitability");
    same(
        answer.factor_income, [](const auto& b) { return b.factor_income; }, "factor income");
    same(
        answer.primary_income, [](const auto& b) -> Array { return b.primary_income; }, "primary income");
    same(
        answer.disposable_income, [](const auto& b) -> Array { return b.disposable_income; }, "disposable income");
    same(
        answer.consumption, [](const auto& b) -> Array { return b.consumption; }, "consumption");
    same(
        answer.tax_rate, [](const auto& b) -> Array { return b.tax_rate; }, "tax rate");
    same(
        answer.saving, [](const auto& b) -> Array { return b.saving; }, "saving");
    same(
        answer.investment, [](const auto& b) -> Array { return b.investment; }, "investment");
    same(
        answer.government, [](const auto& b) { return b.government; }, "government");
    same(
        answer.expenditure, [](const auto& b) { return b.expenditure; }, "expenditure");
    same(
        answer.employment, [](const auto& b) { return b.employment; }, "employment");
    CHECK(answer.log_consumer_price ==
          Approx(std::log(books[0].consumer_price / books[1].consumer_price) / (2.0 * step)).margin(1e-8));
  }
}

}  // namespace

TEST_CASE("the tangent is the derivative of the market map, each closure, all instruments", "[equilibrium][tangent]") {
  const auto by = GENERATE(economy::ClosureBy::lump_sum, economy::ClosureBy::income_tax);
  const auto level = GENERATE(economy::ClosureLevel::national, economy::ClosureLevel::regional);
  auto data = testing::small_country();
  data.economy.closure = {by, level};
  auto base = equilibrium::invert_base_year(data);
  base.economy.capital_mobility = 1.5;
  check_tangent(base.economy, base.kernels, testing::everything_on(base), base.prices, 3);
}

TEST_CASE("the tangent is the derivative where a factor or firms' own factor settles entry", "[equilibrium][tangent]") {
  const Eigen::ArrayXd shares = (Eigen::ArrayXd(2) << 0.7, 0.3).finished();
  auto model = testing::krugman(5.0, 0.4, testing::two_regions(1.7), shares);
  check_tangent(model.economy, model.kernels, model.state,
                equilibrium::cold_start(model.economy, model.kernels, model.state), 4);
  SECTION("an empty region") {
    model.state.stock(1, 1) = 0.0;
    check_tangent(model.economy, model.kernels, model.state,
                  equilibrium::cold_start(model.economy, model.kernels, model.state), 5);
  }
  SECTION("fixed input of one factor, the other shared with agriculture") {
    model.economy.technologies[0].alpha << 1.0, 1.0, 0.0, 0.0;
    model.economy.sectors[1].fixed_input = 1;
    check_tangent(model.economy, model.kernels, model.state,
                  equilibrium::cold_start(model.economy, model.kernels, model.state), 6);
  }
}

TEST_CASE("the tangent is the derivative with firms that may enter", "[equilibrium][tangent]") {
  auto model = testing::vertical_linkages(5.0, 0.4, 0.4, testing::two_regions(1.7));
  model.state.effective_firms.col(1) << 0.5, 0.3;
  model.state.firms = model.state.effective_firms;
  check_tangent(model.economy, model.kernels, model.state,
                equilibrium::cold_start(model.economy, model.kernels, model.state), 7);
}

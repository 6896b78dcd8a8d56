#include "equilibrium/base_year.h"

#include <catch2/catch.hpp>

#include "economy/market_map.h"
#include "small_country.h"

using namespace pericore;

TEST_CASE("the inverted base year is an equilibrium that reproduces the data", "[equilibrium]") {
  const auto data = testing::small_country();
  const auto base = equilibrium::invert_base_year(data);
  economy::MarketMap map(base.economy, base.kernels, base.state);
  economy::Prices cleared;
  economy::Accounts accounts;
  map.evaluate(base.prices, cleared, accounts);

  // Exact by construction; what is left is rounding of the balances (1e-13) magnified by 1/(sigma-1).
  for (Eigen::Index r = 0; r < base.economy.n_regions(); ++r) {
    for (Eigen::Index f = 0; f < base.economy.n_factors(); ++f) {
      if (map.active().factor(r, f)) CHECK(cleared.log_wage(r, f) == Approx(base.prices.log_wage(r, f)).margin(1e-11));
    }
    for (Eigen::Index s = 1; s < base.economy.n_sectors(); ++s) {
      CHECK(cleared.log_price_index(r, s) == Approx(base.prices.log_price_index(r, s)).margin(1e-11));
      CHECK(cleared.log_market_access(r, s) == Approx(base.prices.log_market_access(r, s)).margin(1e-11));
    }
  }
  const Eigen::Index places = base.economy.n_regions() - 1;
  for (Eigen::Index s = 0; s < base.economy.n_sectors(); ++s) {
    for (Eigen::Index r = 0; r < places; ++r)
      CHECK(accounts.employment(r, s) == Approx(data.employment(r, s)).epsilon(1e-11));
    CHECK(accounts.sales.col(s).head(places).sum() == Approx(data.accounts.output()(s)).epsilon(1e-11));
    CHECK(accounts.sales(places, s) == Approx(data.accounts.imports(s)).epsilon(1e-11));
    CHECK(accounts.expenditure(places, s) == Approx(data.accounts.exports(s)).epsilon(1e-11));
  }
  CHECK(accounts.sales(1, 2) == 0.0);
  CHECK(std::abs(accounts.walras) < 1e-11);
  CHECK(accounts.profit.abs().maxCoeff() < 1e-9);
  CHECK(accounts.consumer_price == Approx(1.0).epsilon(1e-12));
}

TEST_CASE("processing trade leaves the base year as the data have it, and its relief is felt", "[equilibrium]") {
  auto data = testing::small_country();
  const Eigen::Index sectors = data.economy.n_sectors();
  data.processing = Eigen::ArrayXXd::Zero(sectors, sectors);
  data.processing(1, 1) = 0.05;
  data.processing(2, 1) = 0.02;
  auto base = equilibrium::invert_base_year(data);
  REQUIRE_FALSE(base.state.instruments.processing.empty());
  const auto solve = [&] {
    return equilibrium::solve_short_run(base.economy, base.kernels, base.state, base.prices, {.tolerance = 1e-12});
  };
  const auto now = solve();
  REQUIRE(now.status == equilibrium::SolverStatus::converged);
  const Eigen::Index places = base.economy.n_regions() - 1;
  CHECK((now.prices.log_wage - base.prices.log_wage).abs().maxCoeff() < 1e-10);
  CHECK(now.accounts.direct_imports.col(1).sum() > 0.0);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    for (Eigen::Index r = 0; r < places; ++r)
      CHECK(now.accounts.employment(r, s) == Approx(data.employment(r, s)).epsilon(1e-10));
    CHECK(now.accounts.sales(places, s) == Approx(data.accounts.imports(s)).epsilon(1e-10));
  }
  CHECK(std::abs(now.accounts.walras) < 1e-11);

  for (auto& own : base.state.instruments.processing) own.share = 0.0;
  const auto relieved = solve();
  REQUIRE(relieved.status == equilibrium::SolverStatus::converged);
  CHECK(relieved.accounts.direct_imports.abs().maxCoeff() == 0.0);
  CHECK(relieved.accounts.sales(places, 1) < now.accounts.sales(places, 1));
  CHECK(std::abs(relieved.accounts.walras) < 1e-11);

  data.processing(1, 1) = 1.0;  // more than is imported
  CHECK_THROWS_WITH(equilibrium::invert_base_year(data), Catch::Contains("processing firms must buy ") &&
                                                             Catch::Contains("imports in the national table are "));
}

TEST_CASE("processing firms pay the price index of what comes from abroad", "[equilibrium]") {
  // With lambda the share of the rest of the world in what r buys otherwise, the index of foreign varieties is lambda^(-1/(sigma-1)) P:
  // what a CES buyer loses who may buy from nobody else. How many firms count as one does not matter.
  auto data = testing::small_country();
  data.processing = Eigen::ArrayXXd::Zero(data.economy.n_sectors(), data.economy.n_sectors());
  data.processing(1, 1) = 0.05;
  const auto relieved_income = [&](double firm_size) {
    data.firm_size(1) = firm_size;
    auto base = equilibrium::invert_base_year(data);
    const auto at = [&] {
      auto result =
          equilibrium::solve_short_run(base.economy, base.kernels, base.state, base.prices, {.tolerance = 1e-12});
      REQUIRE(result.status == equilibrium::SolverStatus::converged);
      return result;
    };
    const auto now = at();
    const double sigma = base.economy.sectors[1].elasticity;
    const auto& accounts = now.accounts;
    const Eigen::Index abroad = base.economy.n_regions() - 1;
    const Eigen::ArrayXd supply = accounts.effective_firms.col(1) * ((1.0 - sigma) * accounts.mill_price.col(1)).exp();
    for (Eigen::Index r = 0; r < abroad; ++r) {
      const Eigen::ArrayXd from = base.kernels.freeness[1].col(r).array() * supply;
      const double share = from(abroad) / from.sum();
      const auto& technology = base.economy.technology(r);
      const double cost = (technology.alpha.col(1).transpose() * now.prices.log_wage.row(r)).sum() +
                          (technology.gamma.col(1).transpose() * now.prices.log_price_index.row(r)).sum() +
                          0.05 * technology.gamma(1, 1) * -std::log(share) / (sigma - 1.0) -
                          base.state.log_productivity(r, 1);
      CAPTURE(r, share);
      CHECK(accounts.unit_cost(r, 1) == Approx(cost).margin(1e-10));  // sums of logs at prices good to 1e-12
    }
    for (auto& own : base.state.instruments.processing) own.share = 0.0;
    const auto relieved = at();
    return Eigen::ArrayXd((relieved.accounts.disposable_income / relieved.accounts.consumer_price) /
                          (now.accounts.disposable_income / now.accounts.consumer_price));
  };
  const double usual = data.firm_size(1);
  const Eigen::ArrayXd gain = relieved_income(usual);
  CHECK(gain.head(gain.size() - 1).maxCoeff() > 1.0001);
  CHECK((relieved_income(50.0 * usual) / gain - 1.0).abs().maxCoeff() < 1e-9);
}

TEST_CASE("the solver comes back to the base year from 20 % off", "[equilibrium]") {
  const auto seed = GENERATE(7U, 8U, 9U);
  const auto base = equilibrium::invert_base_year(testing::small_country(6, seed));
  const auto check = equilibrium::check_return(base, 0.2, {.tolerance = 1e-12});
  CAPTURE(check.evaluations);
  REQUIRE(check.status == equilibrium::SolverStatus::converged);
  CHECK(check.distance < 1e-9);
}

TEST_CASE("rebalancing a table brings a failing row to its bound and keeps columns", "[equilibrium]") {
  auto accounts = testing::small_country().accounts;
  accounts.exports(2) += accounts.final_demand()(2) + 0.5;
  REQUIRE(accounts.final_demand()(2) < 0.0);
  const auto balanced = equilibrium::rebalance(accounts, 0.01);
  CHECK(balanced.accounts.final_demand()(2) == Approx(0.01 * accounts.output()(2)).epsilon(1e-10));
  CHECK((balanced.accounts.final_demand() > 0.0).all());
  for (Eigen::Index s = 0; s < 5; ++s)
    CHECK(balanced.accounts.intermediate.col(s).sum() == Approx(accounts.intermediate.col(s).sum()).epsilon(1e-12));
  CHECK(balanced.supplier == 2);
  CHECK(balanced.largest_change > 0.0);
}

TEST_CASE("a negative final demand is an error that names sector and amount", "[equilibrium]") {
  auto data = testing::small_country();
  data.accounts.exports(2) += data.accounts.final_demand()(2) + 0.5;
  CHECK_THROWS_WITH(equilibrium::invert_base_year(data), Catch::Contains("finance") && Catch::Contains("-0.5"));
}

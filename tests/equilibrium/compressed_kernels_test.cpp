/// Equilibria with compressed kernels against dense ones.
#include <catch2/catch.hpp>
#include <cmath>

#include "economy/social_accounts.h"
#include "equilibrium/regional_blocks.h"
#include "equilibrium/short_run.h"
#include "support/places_country.h"

using namespace pericore;
using namespace pericore::equilibrium;

namespace {

/// Every market of a compressed solution, judged by the dense kernels.
ShortRunEquilibrium judge(const testing::PlacesCountry& country, const economy::TradeKernels& dense,
                          const economy::Prices& prices) {
  return solve_short_run(country.economy, dense, country.state, prices, {.tolerance = 1.0, .refine = false});
}

void check_against_dense(const testing::PlacesCountry& country, double tolerance) {
  const economy::TradeKernels dense = country.dense_kernels();
  const economy::TradeKernels compressed = country.compressed_kernels(tolerance);
  const auto exact =
      solve_short_run(country.economy, dense, country.state, cold_start(country.economy, dense, country.state), {});
  const auto found = solve_short_run(country.economy, compressed, country.state,
                                     cold_start(country.economy, compressed, country.state), {});
  REQUIRE(exact.status == SolverStatus::converged);
  REQUIRE(found.status == SolverStatus::converged);
  CHECK(judge(country, dense, found.prices).residual < 1e-6);
  CHECK((exact.prices.log_wage - found.prices.log_wage).abs().maxCoeff() < 1e-6);
  CHECK((exact.prices.log_price_index - found.prices.log_price_index).abs().maxCoeff() < 1e-6);
  CHECK((exact.prices.log_market_access - found.prices.log_market_access).abs().maxCoeff() < 1e-6);
  const auto sales = [](const ShortRunEquilibrium& at) { return at.accounts.sales; };
  CHECK(((sales(exact) - sales(found)).abs() <= 1e-6 * sales(exact)).all());
}

}  // namespace

TEST_CASE("compressed kernels: every market within 1e-6 of the dense solution", "[equilibrium]") {
  check_against_dense(testing::places_country(1000, 3), 1e-8);
}

TEST_CASE("compressed kernels: every market within 1e-6 of the dense solution at 3,000 regions",
          "[equilibrium][.slow]") {
  check_against_dense(testing::places_country(3000, 11), 1e-8);
}

TEST_CASE("compressed kernels: a coarse tolerance shows in the markets, and not beyond it", "[equilibrium]") {
  const auto country = testing::places_country(500, 2);
  const economy::TradeKernels dense = country.dense_kernels();
  const economy::TradeKernels compressed = country.compressed_kernels(1e-4);
  const auto found = solve_short_run(country.economy, compressed, country.state,
                                     cold_start(country.economy, compressed, country.state), {});
  REQUIRE(found.status == SolverStatus::converged);
  const double off = judge(country, dense, found.prices).residual;
  CHECK(off > 1e-10);
  CHECK(off < 1e-4);
}

TEST_CASE("compressed kernels: blocks, accounts and the homotopy work without any dense array", "[equilibrium]") {
  const auto country = testing::places_country(300, 3);
  const economy::TradeKernels kernels = country.compressed_kernels(1e-8);
  const auto solved =
      solve_short_run(country.economy, kernels, country.state, cold_start(country.economy, kernels, country.state), {});
  REQUIRE(solved.status == SolverStatus::converged);
  CHECK(regional_blocks_at(country.economy, kernels, country.state, solved) != nullptr);
  const auto flows = economy::social_accounts(country.economy, kernels, country.state, solved.prices, solved.accounts);
  CHECK((flows.home_sales <= solved.accounts.sales * (1.0 + 1e-7)).all());
  CHECK((flows.home_sales.rightCols(3) > 0.0).all());

  // So far from the start that prices of the refuge are of no use.
  economy::State shocked = country.state;
  shocked.log_productivity.rightCols(3).topRows(100) += 3.0;
  economy::Prices nonsense = solved.prices;
  nonsense.log_market_access += 400.0;
  const auto walked = solve_short_run_safely(country.economy, kernels, shocked, nonsense,
                                             {.kernels = kernels, .state = country.state, .prices = solved.prices},
                                             {.max_evaluations = 200});
  CHECK(walked.status == SolverStatus::converged);
}

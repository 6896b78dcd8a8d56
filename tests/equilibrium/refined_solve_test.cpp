/// Steps in single precision end at the same equilibrium, to the same tolerance, for any number of threads.
#include "equilibrium/refined_solve.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/parallel.h"
#include "numerics/dense_kernel.h"
#include "support/places_country.h"

using namespace pericore;
using namespace pericore::equilibrium;

namespace {

double largest_difference(const economy::Prices& a, const economy::Prices& b) {
  const auto of = [](const economy::Array& x, const economy::Array& y) { return (x - y).abs().maxCoeff(); };
  return std::max({of(a.log_wage, b.log_wage), of(a.log_price_index, b.log_price_index),
                   of(a.log_market_access, b.log_market_access)});
}

}  // namespace

TEST_CASE("refined solution: all markets of the exact kernels clear", "[equilibrium]") {
  const auto country = testing::places_country(400, 4);
  const economy::TradeKernels kernels = country.dense_kernels();
  const auto start = cold_start(country.economy, kernels, country.state);
  const SolverOptions options{.refine = false};
  const auto exact = solve_short_run(country.economy, kernels, country.state, start, options);
  const auto refined = solve_refined(country.economy, kernels, country.state, start, options);
  REQUIRE(exact.status == SolverStatus::converged);
  REQUIRE(refined.status == SolverStatus::converged);
  CHECK(refined.residual <= options.tolerance);
  CHECK(largest_difference(exact.prices, refined.prices) < 1e-8);
  // The corrected products lead to the tolerance: one evaluation with the exact kernels is enough at the end.
  CHECK(refined.evaluations <= exact.evaluations + 4);

  SECTION("judged by exact products alone") {
    economy::MarketMap map(country.economy, kernels, country.state);
    economy::Prices cleared;
    economy::Accounts accounts;
    map.evaluate(refined.prices, cleared, accounts);
    CHECK((cleared.log_wage - refined.prices.log_wage).abs().maxCoeff() <= options.tolerance);
  }
}

TEST_CASE("refined solution: the same bytes for any number of threads", "[equilibrium]") {
  const auto country = testing::places_country(300, 3);
  const economy::TradeKernels kernels = country.dense_kernels();
  const auto start = cold_start(country.economy, kernels, country.state);
  set_thread_count(1);
  const auto alone = solve_refined(country.economy, kernels, country.state, start);
  set_thread_count(4);
  const auto together = solve_refined(country.economy, kernels, country.state, start);
  set_thread_count(0);
  REQUIRE(alone.status == SolverStatus::converged);
  CHECK((alone.prices.log_wage == together.prices.log_wage).all());
  CHECK((alone.prices.log_price_index == together.prices.log_price_index).all());
  CHECK((alone.prices.log_market_access == together.prices.log_market_access).all());
  CHECK(alone.evaluations == together.evaluations);
}

TEST_CASE("refined solution: a start from which nothing clears falls back to exact kernels", "[equilibrium]") {
  auto country = testing::places_country(60, 2);
  const economy::TradeKernels kernels = country.dense_kernels();
  const auto start = cold_start(country.economy, kernels, country.state);
  const SolverOptions options{.max_evaluations = 4};
  const auto failed = solve_refined(country.economy, kernels, country.state, start, options);
  CHECK(failed.status == SolverStatus::iteration_limit);
  CHECK(failed.residual > options.tolerance);
}

TEST_CASE("refined solution: only for many regions with dense kernels", "[equilibrium]") {
  const auto country = testing::places_country(60, 2);
  CHECK_FALSE(worth_refining(country.economy, country.dense_kernels(), country.state));
  const auto large = testing::places_country(refined_regions, 1);
  economy::TradeKernels kernels;
  kernels.freeness.resize(2);
  CHECK_FALSE(worth_refining(large.economy, kernels, large.state));
  kernels.freeness[1] = Eigen::MatrixXd::Identity(refined_regions, refined_regions);
  CHECK_FALSE(worth_refining(large.economy, kernels, large.state));  // not accelerated
  kernels.accelerate();
  CHECK(worth_refining(large.economy, kernels, large.state));
}

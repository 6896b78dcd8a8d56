// Fujita, Krugman and Venables (1999), ch. 4-5, at 12 digits: the primitives of the model solved at high precision.
#include "krugman.h"

#include <catch2/catch.hpp>

#include "equilibrium/short_run.h"

using namespace pericore;

TEST_CASE("short-run equilibrium of the core-periphery model", "[equilibrium][published]") {
  struct Row {
    double t, w1, w2, g1, g2, gap;
  };
  const auto row = GENERATE(Row{1.5, 0.985664253853, 1.03345007434, 1.05950582053, 1.25007815343, 0.0179558726131},
                            Row{1.7, 0.969369026492, 1.07147227152, 1.05086028366, 1.32695825362, -0.00651436108376},
                            Row{2.1, 0.932829489045, 1.15673119223, 1.01746742837, 1.46837980552, -0.0655762510972});
  CAPTURE(row.t);
  const auto model = testing::krugman(5.0, 0.4, testing::two_regions(row.t), Eigen::Array2d(0.7, 0.3));
  const auto start = equilibrium::cold_start(model.economy, model.kernels, model.state);
  const auto result =
      equilibrium::solve_short_run(model.economy, model.kernels, model.state, start, {.tolerance = 1e-13});
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  const Eigen::Array2d w = result.prices.log_wage.col(1).exp();
  const Eigen::Array2d g = result.prices.log_price_index.col(1).exp();
  // Printed to 12 significant digits.
  CHECK(w(0) == Approx(row.w1).epsilon(5e-12));
  CHECK(w(1) == Approx(row.w2).epsilon(5e-12));
  CHECK(g(0) == Approx(row.g1).epsilon(5e-12));
  CHECK(g(1) == Approx(row.g2).epsilon(5e-12));
  CHECK(w(0) * std::pow(g(0), -0.4) - w(1) * std::pow(g(1), -0.4) == Approx(row.gap).margin(5e-12));
  CHECK(std::abs(result.accounts.walras) < 1e-12);
}

TEST_CASE("full core: exact zeros, shadow wage and sustain point", "[equilibrium][published]") {
  const double sustain = 1.80731271993;
  const auto model = testing::krugman(5.0, 0.4, testing::two_regions(sustain), Eigen::Array2d(1.0, 0.0));
  const auto start = equilibrium::cold_start(model.economy, model.kernels, model.state);
  const auto result =
      equilibrium::solve_short_run(model.economy, model.kernels, model.state, start, {.tolerance = 1e-13});
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  CHECK(result.accounts.sales(1, 1) == 0.0);
  const double shadow = equilibrium::log_shadow_price(model.economy, model.state, result, 1, 1);
  const auto& p = result.prices.log_price_index;
  const double core = result.prices.log_wage(0, 1) - 0.4 * p(0, 1);
  const double edge = shadow - 0.4 * p(1, 1);
  // Zero gap at the sustain point, which is printed to 12 digits.
  CHECK(edge - core == Approx(0.0).margin(1e-11));
}

TEST_CASE("firms by free entry earn nothing when policy shifts inputs either", "[equilibrium]") {
  auto model = testing::krugman(5.0, 0.4, testing::two_regions(1.7), Eigen::Array2d(0.6, 0.4));
  model.state.instruments.input_shifts = {{0, 1, 1, 0.1, 0.0}, {1, 1, 1, 0.1, 0.0}};
  const auto start = equilibrium::cold_start(model.economy, model.kernels, model.state);
  const auto result =
      equilibrium::solve_short_run(model.economy, model.kernels, model.state, start, {.tolerance = 1e-12});
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  CHECK(result.accounts.profitability.col(1).abs().maxCoeff() < 1e-10);
  CHECK(std::abs(result.accounts.walras) < 1e-11);
}

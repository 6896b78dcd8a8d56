// Krugman's core-periphery model under the replicator: laws of motion that a textbook economy does not use must not disturb it.
#include <catch2/catch.hpp>

#include <cmath>

#include "../equilibrium/krugman.h"
#include "dynamics/year.h"
#include "equilibrium/short_run.h"

using namespace pericore;

namespace {

struct Textbook {
  testing::CorePeriphery model;
  equilibrium::ShortRunEquilibrium solved;
  dynamics::Parameters parameters;
  dynamics::Calibration base;
  dynamics::Year year;
};

Textbook one_year(double trade_cost, const Eigen::Array2d& share) {
  Textbook result{.model = testing::krugman(5.0, 0.4, testing::two_regions(trade_cost), share),
                  .solved = {},
                  .parameters = {},
                  .base = {},
                  .year = {}};
  const auto& model = result.model;
  result.solved = equilibrium::solve_short_run(model.economy, model.kernels, model.state,
                                               equilibrium::cold_start(model.economy, model.kernels, model.state),
                                               {.tolerance = 1e-13});
  REQUIRE(result.solved.status == equilibrium::SolverStatus::converged);
  result.parameters.firms.resize(2);
  result.parameters.spillovers.resize(2);
  result.parameters.groups.resize(2);
  result.parameters.groups[1].mobility = dynamics::Mobility::replicator;
  const Eigen::ArrayXXd hours = Eigen::ArrayXXd::Ones(2, 2);
  result.base =
      dynamics::calibrate_dynamics(model.economy, result.parameters, model.state, result.solved, hours, hours);
  result.year = dynamics::advance(model.economy, result.parameters, result.base.fundamentals, result.base.state,
                                  result.solved, hours);
  return result;
}

}  // namespace

TEST_CASE("real wages of the core-periphery model drive the replicator", "[dynamics][published]") {
  struct Row {
    double t, gap;
  };
  // Gap of real wages at a share of 0.7: primitives of Fujita, Krugman and Venables (1999), ch. 5, solved at high precision.
  const auto row = GENERATE(Row{1.5, 0.0179558726131}, Row{1.7, -0.00651436108376}, Row{2.1, -0.0655762510972});
  const auto textbook = one_year(row.t, {0.7, 0.3});
  const auto& V = textbook.year.flows.utility;
  CHECK(std::exp(V(0, 1)) - std::exp(V(1, 1)) == Approx(row.gap).margin(5e-12));
  const auto& after = textbook.year.next.economy.stock;
  CHECK(after(0, 1) == Approx(0.4 * (0.7 + 0.21 * (V(0, 1) - V(1, 1)))).epsilon(1e-12));
  CHECK(after(0, 1) + after(1, 1) == Approx(0.4).epsilon(1e-14));
  CHECK((after.col(0) == textbook.model.state.stock.col(0)).all());  // farmers stay
  CHECK((textbook.year.next.economy.log_productivity == textbook.model.state.log_productivity).all());
}

TEST_CASE("symmetry and full agglomeration are at rest", "[dynamics]") {
  const auto even = one_year(1.5, {0.5, 0.5}).year.next.economy.stock;
  CHECK(even(0, 1) == Approx(0.2).epsilon(1e-12));
  const auto core = one_year(1.5, {1.0, 0.0}).year.next.economy.stock;
  CHECK(core(0, 1) == 0.4);
  CHECK(core(1, 1) == 0.0);
}

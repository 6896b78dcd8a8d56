// Regional blocks, and the slow directions that deflation adds to them.
#include "equilibrium/regional_blocks.h"

#include <catch2/catch.hpp>

#include "equilibrium/base_year.h"
#include "equilibrium/linear_system.h"
#include "equilibrium/short_run.h"
#include "equilibrium/unknowns.h"
#include "numerics/arnoldi.h"
#include "small_country.h"

using namespace pericore;
using equilibrium::BlockKind;

namespace {

/// Spectral radius of I - B^-1 (I - J) at an equilibrium, B^-1 as the solver applies it.
double slowest(const equilibrium::BaseYear& country, const equilibrium::RegionalBlocks& blocks) {
  economy::MarketMap map(country.economy, country.kernels, country.state);
  economy::Prices prices = country.prices;
  equilibrium::make_finite(map, prices);
  economy::Prices cleared;
  economy::Accounts accounts;
  map.evaluate(prices, cleared, accounts);
  const equilibrium::Unknowns unknowns(map);
  const economy::MarketTangent tangent(map, prices, cleared, accounts);
  const equilibrium::LinearSystem system(tangent, unknowns, {});
  Eigen::VectorXd image;
  Eigen::VectorXd corrected;
  const auto values = numerics::leading_eigenvalues(
                          [&](const Eigen::VectorXd& x, Eigen::VectorXd& rest) {
                            system.product(x, image);
                            blocks.approximate(unknowns, image, corrected);
                            rest = x - corrected;
                          },
                          unknowns.size(), 60, 1)
                          .values;
  return std::abs(values(0));
}

}  // namespace

TEST_CASE("deflated blocks close in faster, and solve a near equilibrium with fewer evaluations", "[equilibrium]") {
  const auto country = equilibrium::invert_base_year(testing::small_country(40));
  const auto solved = equilibrium::solve_short_run(country.economy, country.kernels, country.state, country.prices, {});
  const auto plain = regional_blocks_at(country.economy, country.kernels, country.state, solved);
  const auto deflated =
      regional_blocks_at(country.economy, country.kernels, country.state, solved, BlockKind::deflated);
  REQUIRE(plain);
  REQUIRE(deflated);
  CHECK(plain->deflated() == 0);
  CHECK(deflated->deflated() >= 8);
  const double before = slowest(country, *plain);
  const double after = slowest(country, *deflated);
  CAPTURE(before, after);
  CHECK(after < 0.6 * before);

  economy::State shocked = country.state;
  for (Eigen::Index k = 0; k < shocked.log_productivity.size(); ++k)
    shocked.log_productivity.data()[k] += 0.02 * static_cast<double>(k % 5 - 2);
  const auto solve = [&](const equilibrium::RegionalBlocks& blocks) {
    equilibrium::SolverOptions options;
    options.blocks = &blocks;
    return equilibrium::solve_short_run(country.economy, country.kernels, shocked, country.prices, options);
  };
  const auto slow = solve(*plain);
  const auto fast = solve(*deflated);
  REQUIRE(slow.status == equilibrium::SolverStatus::converged);
  REQUIRE(fast.status == equilibrium::SolverStatus::converged);
  CHECK(fast.evaluations < slow.evaluations);
  CHECK((fast.prices.log_wage - slow.prices.log_wage).abs().maxCoeff() <
        1e-9);  // tolerance 1e-10 over what errors grow by
}

TEST_CASE("where few directions are slow deflation leaves none", "[equilibrium]") {
  const auto country = equilibrium::invert_base_year(testing::small_country(1));
  const auto solved = equilibrium::solve_short_run(country.economy, country.kernels, country.state, country.prices, {});
  const auto plain = regional_blocks_at(country.economy, country.kernels, country.state, solved);
  const auto deflated =
      regional_blocks_at(country.economy, country.kernels, country.state, solved, BlockKind::deflated);
  REQUIRE(plain);
  REQUIRE(deflated);
  const double before = slowest(country, *plain);
  CAPTURE(before);
  CHECK(slowest(country, *deflated) < 0.01 * before);
}

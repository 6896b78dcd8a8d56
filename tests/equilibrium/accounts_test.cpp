// Accounting identities with every fiscal door open: they hold for any economy and any policy, to rounding of the solver.
#include <catch2/catch.hpp>

#include "economy/public_accounts.h"
#include "economy/social_accounts.h"
#include "equilibrium/base_year.h"
#include "everything_on.h"
#include "small_country.h"

using namespace pericore;
using testing::everything_on;

TEST_CASE("every account closes with all fiscal instruments on, under each closure", "[equilibrium][identities]") {
  const auto by = GENERATE(economy::ClosureBy::lump_sum, economy::ClosureBy::income_tax);
  const auto level = GENERATE(economy::ClosureLevel::national, economy::ClosureLevel::regional);
  auto data = testing::small_country();
  data.economy.closure = {by, level};
  const auto base = equilibrium::invert_base_year(data);
  const auto state = everything_on(base);
  const double tolerance = 1e-12;
  const auto solved =
      equilibrium::solve_short_run(base.economy, base.kernels, state, base.prices, {.tolerance = tolerance});
  REQUIRE(solved.status == equilibrium::SolverStatus::converged);
  const auto& accounts = solved.accounts;
  const auto flows = economy::social_accounts(base.economy, base.kernels, state, solved.prices, accounts);

  // Ten times the solver's tolerance, as the unsolved market collects the residuals of all others.
  CHECK(std::abs(accounts.walras) < 10.0 * tolerance);
  CHECK(flows.imbalance < 1e-10);
  CHECK(std::abs(flows.net_fiscal_transfer.sum()) < 1e-10 * flows.gdp_output.sum());
  for (Eigen::Index r = 0; r < base.economy.n_regions(); ++r) {
    CAPTURE(r);
    CHECK(flows.gdp_income(r) == Approx(flows.gdp_output(r)).epsilon(1e-10));
    CHECK(flows.gdp_expenditure(r) == Approx(flows.gdp_output(r)).epsilon(1e-10));
  }
  // What is saved is invested, what is exported is imported.
  CHECK(accounts.investment.sum() == Approx(accounts.saving.sum()).epsilon(1e-12));
  CHECK(flows.exports.sum() == Approx(flows.imports.sum()).epsilon(1e-10));
  if (level == economy::ClosureLevel::regional) {
    // A region's own budget: its transfers from elsewhere are those of the policies that a national account pays.
    const auto outlay = economy::outlays_by_account(base.economy, state, solved.prices.log_price_index,
                                                    solved.prices.log_wage, accounts);
    const Eigen::ArrayXd own = outlay.col(economy::main_budget) + outlay.col(economy::lump_sum_regional) +
                               outlay.col(economy::income_tax_regional);
    const Eigen::ArrayXd national = outlay.col(economy::lump_sum_national).sum() * base.economy.national_share;
    const Eigen::ArrayXd income = (Eigen::ArrayXd(7) << accounts.primary_income.head(6), 0.0).finished();
    const Eigen::ArrayXd taxed = outlay.col(economy::income_tax_national).sum() * income / income.sum();
    const Eigen::ArrayXd revenue = accounts.tax_paid + accounts.lump_sum + flows.public_factor_income;
    for (Eigen::Index r = 0; r < 7; ++r) CHECK(revenue(r) == Approx(own(r) + national(r) + taxed(r)).margin(1e-10));
  }
}

TEST_CASE("doubling all nominal magnitudes changes nothing real", "[equilibrium][identities]") {
  auto data = testing::small_country();
  const auto base = equilibrium::invert_base_year(data);
  auto& t = data.accounts;
  for (auto* flow :
       {&t.labour, &t.capital, &t.production_tax, &t.household, &t.government, &t.investment, &t.exports, &t.imports})
    *flow *= 2.0;
  t.intermediate *= 2.0;
  t.housing *= 2.0;
  const auto doubled = equilibrium::invert_base_year(data);
  CHECK((doubled.state.stock.leftCols(3) / base.state.stock.leftCols(3) - 1.0)
            .isFinite()
            .select((doubled.state.stock.leftCols(3) / base.state.stock.leftCols(3) - 1.0).abs(), 0.0)
            .maxCoeff() < 1e-12);
  CHECK((doubled.economy.household_basket - base.economy.household_basket).abs().maxCoeff() < 1e-14);
  CHECK((doubled.economy.saving_rate - base.economy.saving_rate).abs().maxCoeff() < 1e-13);
  CHECK((doubled.prices.log_price_index - base.prices.log_price_index).abs().maxCoeff() < 1e-11);
}

TEST_CASE("renumbering the regions renumbers the result", "[equilibrium][identities]") {
  // The same country with its first two places exchanged, rest of the world last as before.
  const auto data = testing::small_country();
  auto swapped = data;
  Eigen::PermutationMatrix<Eigen::Dynamic> order(7);
  order.setIdentity();
  std::swap(order.indices()(0), order.indices()(1));
  for (auto* array : {&swapped.employment, &swapped.relative_wage, &swapped.given_stock})
    *array = (order * array->matrix()).array().eval();
  for (auto* array : {&swapped.population, &swapped.government_weights})
    *array = (order * array->matrix()).array().eval();
  for (auto& freeness : swapped.kernels.freeness) {
    if (freeness.size() > 0) freeness = (order * freeness * order.transpose()).eval();
  }
  const auto one = equilibrium::invert_base_year(data);
  const auto two = equilibrium::invert_base_year(swapped);
  CHECK((one.prices.log_wage.row(0) - two.prices.log_wage.row(1)).abs().maxCoeff() < 1e-11);
  CHECK((one.prices.log_price_index.row(1) - two.prices.log_price_index.row(0)).abs().maxCoeff() < 1e-11);
  CHECK((one.prices.log_market_access.row(4) - two.prices.log_market_access.row(4)).abs().maxCoeff() < 1e-11);
}

// A census of random economies in small; pericore_robustness takes it at large (docs/robustness.md).
#include "support/census.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <sstream>

#include "equilibrium/unknowns.h"
#include "solved_draw.h"

using namespace pericore;
using testing::Outcome;

namespace {
constexpr double allowed_share = 0.005;  // of numerical failures; docs/robustness.md has the figures
}

TEST_CASE("random economies are solved with all invariants, or have no equilibrium", "[robustness][census]") {
  constexpr std::uint64_t count = 300;
  testing::CensusOptions options;
  options.starts = 4;
  const auto verdicts = testing::take_census(2, 0, count, options);
  int failed = 0;
  for (const auto& v : verdicts) {
    CAPTURE(v.index, testing::name(v.kind), testing::name(v.existence), testing::name(v.outcome), v.cause, v.rescue);
    // A result that is wrong is never acceptable, one that is missing only rarely.
    CHECK(v.outcome != Outcome::false_success);
    if (v.existence == testing::Existence::none) CHECK(v.outcome == Outcome::no_equilibrium);
    if (v.outcome == Outcome::numerical_failure) ++failed;
  }
  CHECK(failed <= static_cast<int>(allowed_share * static_cast<double>(count)));
}

TEST_CASE("a census does not depend on the number of threads, nor on its neighbours", "[robustness][census]") {
  testing::CensusOptions options;
  options.starts = 0;
  const auto several = testing::take_census(5, 0, 24, options);
  for (const std::uint64_t i : {std::uint64_t{3}, std::uint64_t{17}}) {
    const auto one = testing::examine(testing::random_economy(5, i), options);
    CHECK(one.outcome == several[i].outcome);
    CHECK(one.evaluations == several[i].evaluations);
    CHECK(one.residual == several[i].residual);
    CHECK(one.audit.walras == several[i].audit.walras);
  }
  std::ostringstream csv;
  testing::print_csv(csv, 5, several);
  const std::string text = csv.str();
  CHECK(std::count(text.begin(), text.end(), '\n') == 25);
}

TEST_CASE("free entry that leads nowhere ends when its evaluations are spent", "[robustness][census]") {
  // Proved to have no equilibrium; without a bound on the whole it took 435,825 evaluations.
  const auto draw = testing::random_economy(1, 193);
  REQUIRE(draw.existence == testing::Existence::none);
  const economy::MarketMap map(draw.economy, draw.kernels, draw.state);
  REQUIRE(map.active().contestable.any());
  const auto prices = equilibrium::cold_start(draw.economy, draw.kernels, draw.state);
  for (const int most : {1000, 4000}) {
    const equilibrium::SolverOptions options{.max_evaluations = 200, .entry_evaluations = most};
    const auto found = equilibrium::solve_short_run(draw.economy, draw.kernels, draw.state, prices, options);
    CHECK(found.status != equilibrium::SolverStatus::converged);
    // As many again without government, and each time the last solution is finished.
    const int last = options.max_evaluations + 4 * static_cast<int>(equilibrium::Unknowns(map).size());
    CAPTURE(most, last);
    CHECK(found.evaluations <= 2 * (most + last));
  }
  CHECK(equilibrium::entry_budget({.max_evaluations = 30}) == 50 * 30);
}

TEST_CASE("the audit sees what is wrong", "[robustness][census]") {
  // An equilibrium bent a little in one place breaks the invariant of that place.
  const auto draw = testing::random_economy(3, 9);  // fiscal
  const auto good = testing::solved_as_planted(draw, 1e-12);
  REQUIRE(good.status == equilibrium::SolverStatus::converged);
  economy::State state = draw.state;
  equilibrium::keep_firms(draw.economy, draw.kernels, good.accounts, state);
  const auto look = [&](const auto& bend) {
    auto bent = good;
    bend(bent);
    return testing::audit(draw.economy, draw.kernels, state, bent.prices, bent.accounts);
  };
  CHECK(look([](auto&) {}).breach(1e-10, 1e-10).empty());
  Eigen::Index used = 0;
  good.accounts.factor_income.row(0).maxCoeff(&used);
  CHECK(look([&](auto& e) { e.prices.log_wage(0, used) += 1e-6; }).factor_markets > 5e-7);
  const Eigen::Index sector = draw.economy.n_sectors() - 1;
  CHECK(look([&](auto& e) { e.prices.log_price_index(0, sector) += 1e-6; }).price_indices > 5e-7);
  CHECK(look([&](auto& e) { e.prices.log_market_access(0, sector) += 1e-6; }).market_access >
        (good.accounts.sales(0, sector) > 0.0 ? 5e-7 : -1.0));
  CHECK(look([&](auto& e) { e.accounts.consumption(0) *= 1.0 + 1e-6; }).incomes > 1e-9);
  CHECK(look([&](auto& e) { e.accounts.lump_sum(0) += 1e-6 * e.accounts.primary_income(0); }).budgets > 1e-9);
  CHECK(look([&](auto& e) { e.accounts.sales.row(0) *= 1.0 + 1e-6; }).gdp > 1e-9);
  CHECK(look([&](auto& e) { e.accounts.expenditure(0, sector) *= 1.0 + 1e-6; }).social_accounts > 1e-10);
  CHECK_FALSE(look([&](auto& e) { e.prices.log_wage(0, used) = std::numeric_limits<double>::quiet_NaN(); })
                  .breach(1e-10, 1e-10)
                  .empty());
}

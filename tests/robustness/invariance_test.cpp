// What must leave an equilibrium alone: other names, other units, a larger scale, a border that costs nothing.
//
// Each property is tested twice on random economies: on the planted equilibrium, whose image must clear every market (to rounding),
// and on the solver, which must find the image of what it found before. Solved to 1e-12; two solutions differ by that times the
// condition of the economy. Regions that hardly trade hardly tie each other's prices down (conditions of 1e8 and more), so
// the second test keeps to economies whose trade costs are moderate, with conditions below 1e5.
#include "solved_draw.h"
#include "support/rearrange.h"

using namespace pericore;
using economy::Array;
using equilibrium::SolverStatus;
using testing::RandomEconomy;

namespace {

constexpr double tolerance = 1e-12;
constexpr double margin = 1e-7;

/// Anything the engine has.
testing::Traits any_traits() {
  testing::Traits t;
  t.free_shared = 1.0;
  t.own_factor_farm = t.one_factor_farm = 0.3;
  t.max_regions = 12;
  t.policy = 0.5;
  return t;
}

testing::Traits trading_traits() {
  testing::Traits t = any_traits();
  t.decay_high = 1.5;
  return t;
}

/// The number of firms is given, or settled by a factor of their own: what the solver reaches from a cold start does not hang on which
/// firms enter first.
testing::Traits settled_traits() {
  testing::Traits t = trading_traits();
  t.free_shared = 0.0;
  t.own_factor_farm = t.one_factor_farm = 0.5;
  return t;
}

/// Two solutions, the second put into the order of the first.
void check_same(const RandomEconomy& draw, const equilibrium::ShortRunEquilibrium& one,
                const equilibrium::ShortRunEquilibrium& two) {
  CHECK(testing::largest_gap(one.prices.log_wage, two.prices.log_wage, one.accounts.factor_income) < margin);
  CHECK(testing::largest_gap(one.prices.log_price_index, two.prices.log_price_index, one.accounts.expenditure) <
        margin);
  CHECK(testing::largest_gap(one.prices.log_market_access, two.prices.log_market_access, one.accounts.sales) < margin);
  CHECK(testing::relative_gap(one.accounts.sales, two.accounts.sales) < margin);
  CHECK(testing::relative_gap(one.accounts.disposable_income, two.accounts.disposable_income) < margin);
  CHECK(draw.economy.n_regions() == one.accounts.sales.rows());
}

}  // namespace

TEST_CASE("nominal scale is free without a numeraire", "[robustness]") {
  auto traits = trading_traits();
  traits.homogeneous = 0.0;
  for (std::uint64_t i = 0; i < 80; ++i) {
    const auto draw = testing::random_economy(11, i, traits);
    CAPTURE(i);
    auto doubled = draw;
    const double shift = std::log(2.0);
    doubled.planted_prices.log_wage += shift;
    doubled.planted_prices.log_price_index += shift;
    for (Eigen::Index s = 0; s < draw.economy.n_sectors(); ++s)
      doubled.planted_prices.log_market_access.col(s) +=
          draw.economy.sectors[static_cast<std::size_t>(s)].elasticity * shift;
    CHECK(testing::planted_residual(doubled) < 1e-10);

    // A start at twice the prices ends at twice the prices.
    const auto one = testing::solved_as_planted(draw, tolerance);
    const auto two = testing::solved_as_planted(doubled, tolerance);
    REQUIRE(one.status == SolverStatus::converged);
    REQUIRE(two.status == SolverStatus::converged);
    CHECK(testing::largest_gap(one.prices.log_wage + shift, two.prices.log_wage, one.accounts.factor_income) < margin);
    CHECK(testing::relative_gap(2.0 * one.accounts.sales, two.accounts.sales) < margin);
    CHECK(testing::relative_gap(2.0 * one.accounts.disposable_income, two.accounts.disposable_income) < margin);
  }
}

TEST_CASE("renumbering regions, sectors and factors renumbers the equilibrium", "[robustness]") {
  for (std::uint64_t i = 0; i < 80; ++i) {
    const bool settled = i % 2 == 0;
    const auto draw = testing::random_economy(12, i, settled ? settled_traits() : trading_traits());
    CAPTURE(i);
    const auto any = testing::random_economy(112, i, any_traits());
    CHECK(testing::planted_residual(testing::rearranged(any, testing::shuffled_order(any))) < 1e-10);
    const auto order = testing::shuffled_order(draw);
    const auto shuffled = testing::rearranged(draw, order);
    CHECK(testing::planted_residual(shuffled) < 1e-10);
    const auto one = settled ? testing::solved(draw, tolerance) : testing::solved_as_planted(draw, tolerance);
    auto two = settled ? testing::solved(shuffled, tolerance) : testing::solved_as_planted(shuffled, tolerance);
    REQUIRE(one.status == SolverStatus::converged);
    REQUIRE(two.status == SolverStatus::converged);
    two = testing::at_scale(shuffled, two, one.accounts.factor_income.sum());
    auto expected = one;
    const auto& [regions, sectors, factors] = order;
    expected.prices.log_wage = testing::rearranged(one.prices.log_wage, regions, factors);
    expected.prices.log_price_index = testing::rearranged(one.prices.log_price_index, regions, sectors);
    expected.prices.log_market_access = testing::rearranged(one.prices.log_market_access, regions, sectors);
    expected.accounts.factor_income = testing::rearranged(one.accounts.factor_income, regions, factors);
    expected.accounts.expenditure = testing::rearranged(one.accounts.expenditure, regions, sectors);
    expected.accounts.sales = testing::rearranged(one.accounts.sales, regions, sectors);
    expected.accounts.disposable_income = testing::rearranged(one.accounts.disposable_income, regions, {0});
    check_same(shuffled, expected, two);
  }
}

TEST_CASE("a region cut in two at no distance leaves the sums and the others alone", "[robustness]") {
  for (std::uint64_t i = 0; i < 80; ++i) {
    const bool settled = i % 2 == 0;
    const auto draw = testing::random_economy(13, i, settled ? settled_traits() : trading_traits());
    CAPTURE(i);
    const auto cut = static_cast<Eigen::Index>(i % 2);
    const auto any = testing::random_economy(113, i, any_traits());
    CHECK(testing::planted_residual(testing::split(any, cut, 0.01)) < 1e-10);
    const auto parts = testing::split(draw, cut, 0.3);
    CHECK(testing::planted_residual(parts) < 1e-10);
    const auto whole = settled ? testing::solved(draw, tolerance) : testing::solved_as_planted(draw, tolerance);
    auto two = settled ? testing::solved(parts, tolerance) : testing::solved_as_planted(parts, tolerance);
    REQUIRE(whole.status == SolverStatus::converged);
    REQUIRE(two.status == SolverStatus::converged);
    two = testing::at_scale(parts, two, whole.accounts.factor_income.sum());
    const Eigen::Index regions = draw.economy.n_regions();
    const auto together = [&](const Array& array) {
      Array sum = array.topRows(regions);
      sum.row(cut) += array.row(regions);
      return sum;
    };
    CHECK(testing::relative_gap(whole.accounts.sales, together(two.accounts.sales)) < margin);
    CHECK(testing::relative_gap(whole.accounts.expenditure, together(two.accounts.expenditure)) < margin);
    CHECK(testing::relative_gap(whole.accounts.factor_income, together(two.accounts.factor_income)) < margin);
    CHECK(testing::relative_gap(whole.accounts.disposable_income, together(two.accounts.disposable_income)) < margin);
    CHECK(testing::largest_gap(whole.prices.log_price_index, two.prices.log_price_index.topRows(regions),
                               whole.accounts.expenditure) < margin);
    CHECK(testing::largest_gap(whole.prices.log_wage, two.prices.log_wage.topRows(regions),
                               whole.accounts.factor_income) < margin);
  }
}

TEST_CASE("twice of everything is twice of everything at the same prices", "[robustness]") {
  for (std::uint64_t i = 0; i < 80; ++i) {
    const bool settled = i % 2 == 0;
    const auto draw = testing::random_economy(14, i, settled ? settled_traits() : trading_traits());
    CAPTURE(i);
    const auto any = testing::random_economy(114, i, any_traits());
    CHECK(testing::planted_residual(testing::enlarged(any, 100.0)) < 1e-10);
    const auto large = testing::enlarged(draw, 2.0);
    CHECK(testing::planted_residual(large) < 1e-10);
    const auto one = testing::solved_as_planted(draw, tolerance);
    const auto two = testing::solved_as_planted(large, tolerance);
    REQUIRE(one.status == SolverStatus::converged);
    REQUIRE(two.status == SolverStatus::converged);
    CHECK(testing::largest_gap(one.prices.log_wage, two.prices.log_wage, one.accounts.factor_income) < margin);
    CHECK(testing::largest_gap(one.prices.log_price_index, two.prices.log_price_index, one.accounts.expenditure) <
          margin);
    CHECK(testing::relative_gap(2.0 * one.accounts.sales, two.accounts.sales) < margin);
    CHECK(testing::relative_gap(2.0 * one.accounts.consumption, two.accounts.consumption) < margin);
    CHECK(testing::relative_gap(2.0 * one.accounts.lump_sum, two.accounts.lump_sum) < margin * 10.0);
  }
}

TEST_CASE("equal regions get equal results", "[robustness]") {
  for (std::uint64_t i = 0; i < 80; ++i) {
    const auto draw = testing::random_economy(15, i, testing::traits_of(testing::EconomyClass::equal_regions));
    CAPTURE(i);
    const auto result = testing::solved(draw, 1e-11);
    REQUIRE(result.status == SolverStatus::converged);
    for (const Array* array : {&result.accounts.sales, &result.accounts.expenditure, &result.accounts.factor_income,
                               &result.accounts.firms}) {
      const Array spread = array->colwise().maxCoeff() - array->colwise().minCoeff();
      const Array scale = array->abs().colwise().maxCoeff();
      CHECK((spread <= 1e-7 * scale).all());
    }
    const auto& income = result.accounts.disposable_income;
    CHECK(income.maxCoeff() - income.minCoeff() <= 1e-7 * income.maxCoeff());
  }
}

TEST_CASE("a cell that firms leave empty stays empty, though it is the only contestable one of its sector",
          "[robustness]") {
  // Cells of the sector elsewhere are settled by a factor of their own; entry must not refill this one without profit.
  const auto draw = testing::random_economy(14, 57, trading_traits());
  REQUIRE(testing::planted_residual(draw) < 1e-10);
  const auto result = equilibrium::solve_short_run(draw.economy, draw.kernels, testing::planted_firms_in(draw),
                                                   draw.planted_prices, {.tolerance = tolerance});
  CHECK(result.status == SolverStatus::converged);
}

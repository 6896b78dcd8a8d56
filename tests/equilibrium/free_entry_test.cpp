// Free entry with shared factors: Krugman and Venables (1995), complementarity and exact zeros in economies at large.
#include "equilibrium/free_entry.h"

#include <catch2/catch.hpp>

#include "small_country.h"
#include "vertical_linkages.h"

using namespace pericore;

namespace {

constexpr Eigen::Index manufacturing = 1;

equilibrium::ShortRunEquilibrium solve(const testing::CorePeriphery& model, double tolerance) {
  const auto start = equilibrium::cold_start(model.economy, model.kernels, model.state);
  return equilibrium::solve_short_run(model.economy, model.kernels, model.state, start, {.tolerance = tolerance});
}

/// Every contestable cell obeys x <= 0, N >= 0, x N = 0; returns how many are empty.
int check_complementarity(const testing::CorePeriphery& model, const equilibrium::ShortRunEquilibrium& result,
                          double tolerance) {
  const economy::MarketMap map(model.economy, model.kernels, model.state);
  int empty = 0;
  for (Eigen::Index s = 0; s < model.economy.n_sectors(); ++s) {
    for (Eigen::Index r = 0; r < model.economy.n_regions(); ++r) {
      if (!map.active().contestable(r, s)) continue;
      CAPTURE(r, s);
      const double n = result.accounts.effective_firms(r, s);
      const double x = result.accounts.profitability(r, s);
      if (n == 0.0) {
        ++empty;
        CHECK(x <= tolerance);
        CHECK(result.accounts.sales(r, s) == 0.0);
        CHECK(result.accounts.bundle_cost(r, s) == 0.0);
      } else {
        CHECK(n > 0.0);
        CHECK(std::abs(x) <= tolerance);
      }
    }
  }
  return empty;
}

}  // namespace

TEST_CASE("vertical linkages: a core holds up to the sustain point", "[equilibrium][published]") {
  struct Row {
    double alpha, sustain;
  };
  const auto row = GENERATE(Row{0.3, 1.47386050412}, Row{0.4, 1.80731271993}, Row{0.5, 2.51671561617});
  const auto mu = GENERATE(0.3, 0.45);  // the point does not depend on it
  CAPTURE(row.alpha, mu);
  const auto core_at = [&](double trade_cost) {
    auto model = testing::vertical_linkages(5.0, row.alpha, mu, testing::two_regions(trade_cost));
    model.state.effective_firms(0, manufacturing) = 1.0;
    return model;
  };
  // The point is printed to 12 digits: x there is zero to 1e-11, so entry at that tolerance leaves region 2 empty.
  const auto at = solve(core_at(row.sustain), 1e-11);
  REQUIRE(at.status == equilibrium::SolverStatus::converged);
  CHECK(at.accounts.effective_firms(1, manufacturing) == 0.0);
  CHECK(at.accounts.sales(1, manufacturing) == 0.0);
  CHECK(at.accounts.profitability(1, manufacturing) == Approx(0.0).margin(1e-9));
  CHECK(at.prices.log_wage(0, 0) == Approx(0.0).margin(1e-12));
  CHECK(at.prices.log_wage(1, 0) == Approx(0.0).margin(1e-12));
  CHECK(std::abs(at.accounts.walras) < 1e-10);
  // All manufacturing is sold for (1-alpha) of it to consumers, who spend mu of an income of 1 a region.
  CHECK(at.accounts.sales(0, manufacturing) == Approx(2.0 * mu / (1.0 - row.alpha)).epsilon(1e-9));

  const auto below = solve(core_at(row.sustain * 0.999), 1e-11);
  REQUIRE(below.status == equilibrium::SolverStatus::converged);
  CHECK(below.accounts.effective_firms(1, manufacturing) == 0.0);
  CHECK(below.accounts.profitability(1, manufacturing) < -1e-6);

  // Above it firms enter the empty region, up to the even spread, which is then the only stable state.
  const auto above = solve(core_at(row.sustain * 1.02), 1e-11);
  REQUIRE(above.status == equilibrium::SolverStatus::converged);
  CHECK(above.accounts.effective_firms(1, manufacturing) ==
        Approx(above.accounts.effective_firms(0, manufacturing)).epsilon(1e-7));
}

TEST_CASE("vertical linkages: equal regions break apart at the break point", "[equilibrium][published]") {
  struct Row {
    double alpha, break_point;
  };
  const auto row = GENERATE(Row{0.3, 1.42172957669}, Row{0.4, 1.6265765617}, Row{0.5, 1.89882892212});
  const auto mu = GENERATE(0.3, 0.45);
  CAPTURE(row.alpha, mu);
  CHECK(testing::linkage_break_point(5.0, row.alpha) == Approx(row.break_point).epsilon(1e-11));
  constexpr double tolerance = 1e-13;
  /// d(x1 - x2) / d ln(N1/N2) at equal regions.
  const auto slope_at = [&](double trade_cost) {
    auto model = testing::vertical_linkages(5.0, row.alpha, mu, testing::two_regions(trade_cost));
    const auto even = solve(model, tolerance);
    REQUIRE(even.status == equilibrium::SolverStatus::converged);
    // Where stability changes, a difference of d between the regions moves x by less than d times the slope: rounding shows in N.
    CHECK(even.accounts.effective_firms(0, manufacturing) ==
          Approx(even.accounts.effective_firms(1, manufacturing)).epsilon(1e-6));
    const auto gap = [&](double shift) {
      auto moved = model.state;
      moved.effective_firms(0, manufacturing) = even.accounts.effective_firms(0, manufacturing) * std::exp(0.5 * shift);
      moved.effective_firms(1, manufacturing) =
          even.accounts.effective_firms(1, manufacturing) * std::exp(-0.5 * shift);
      const auto solved =
          equilibrium::solve_given_firms(model.economy, model.kernels, moved, even.prices, {.tolerance = tolerance});
      REQUIRE(solved.status == equilibrium::SolverStatus::converged);
      return solved.accounts.profitability(0, manufacturing) - solved.accounts.profitability(1, manufacturing);
    };
    const auto slope = [&](double step) { return (gap(step) - gap(-step)) / (2.0 * step); };
    constexpr double step =
        4e-3;  // Richardson: errors of the order of step^4 = 3e-10 times a small constant, and of tolerance / step
    return (4.0 * slope(0.5 * step) - slope(step)) / 3.0;
  };
  CHECK(slope_at(row.break_point) == Approx(0.0).margin(1e-8));
  CHECK(slope_at(row.break_point * 0.99) > 1e-4);   // unstable
  CHECK(slope_at(row.break_point * 1.01) < -1e-4);  // stable
}

TEST_CASE("entry leads to a core below the break point and to the even spread above the sustain point",
          "[equilibrium]") {
  const auto trade_cost = GENERATE(1.3, 1.5, 1.6, 1.9, 2.3);  // alpha 0.4: break 1.63, sustain 1.81
  CAPTURE(trade_cost);
  auto model = testing::vertical_linkages(5.0, 0.4, 0.4, testing::two_regions(trade_cost));
  model.state.effective_firms.col(manufacturing) = Eigen::Array2d(0.51, 0.49);
  const auto result = solve(model, 1e-11);
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  const int empty = check_complementarity(model, result, 1e-11);
  CHECK(empty == (trade_cost < 1.7 ? 1 : 0));
  CHECK(result.accounts.effective_firms(0, manufacturing) > 0.0);
  CHECK(std::abs(result.accounts.walras) < 1e-10);
  CHECK(result.accounts.profit.abs().maxCoeff() < 1e-10);
  if (empty == 0)
    CHECK(result.accounts.effective_firms(1, manufacturing) ==
          Approx(result.accounts.effective_firms(0, manufacturing)).epsilon(1e-7));

  // Renumbering the regions renumbers the result.
  auto mirror = model;
  mirror.state.effective_firms.col(manufacturing).reverseInPlace();
  const auto mirrored = solve(mirror, 1e-11);
  REQUIRE(mirrored.status == equilibrium::SolverStatus::converged);
  for (const Eigen::Index r : {0, 1}) {
    CHECK(mirrored.accounts.effective_firms(1 - r, manufacturing) ==
          Approx(result.accounts.effective_firms(r, manufacturing)).margin(1e-10));
    CHECK(mirrored.accounts.profitability(1 - r, manufacturing) ==
          Approx(result.accounts.profitability(r, manufacturing)).margin(1e-9));
  }
}

TEST_CASE("equal regions stay equal under free entry, however many and however unstable", "[equilibrium]") {
  const auto regions = GENERATE(2, 3, 6);
  Eigen::MatrixXd trade_cost = Eigen::MatrixXd::Constant(regions, regions, 1.4);
  trade_cost.diagonal().setOnes();
  const auto model = testing::vertical_linkages(5.0, 0.4, 0.4, trade_cost);
  const auto result = solve(model, 1e-11);
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  CHECK(check_complementarity(model, result, 1e-11) == 0);
  const Eigen::ArrayXd n = result.accounts.effective_firms.col(manufacturing);
  CHECK((n / n(0) - 1.0).abs().maxCoeff() < 1e-9);
  // Zero profit: sales mu/(1-alpha) a region, sigma F c a firm, and F = mu m / sigma.
  const double cost = std::exp(result.accounts.unit_cost(0, manufacturing));
  CHECK(n(0) == Approx(0.4 / 0.6 / (0.4 * 1.25 * cost)).epsilon(1e-9));
}

TEST_CASE("free entry leaves a base year of zero profit as it is", "[equilibrium]") {
  const auto seed = GENERATE(7U, 8U, 9U);
  auto data = testing::small_country(6, seed);
  const auto sector = GENERATE(1, 2, 3);
  CAPTURE(seed, sector);
  data.economy.sectors[static_cast<std::size_t>(sector)].entry = economy::Entry::free;
  auto base = equilibrium::invert_base_year(data);
  constexpr double tolerance = 1e-11;
  const auto same =
      equilibrium::solve_short_run(base.economy, base.kernels, base.state, base.prices, {.tolerance = tolerance});
  REQUIRE(same.status == equilibrium::SolverStatus::converged);
  for (Eigen::Index r = 0; r < base.economy.n_regions(); ++r) {
    CHECK(same.accounts.effective_firms(r, sector) ==
          Approx(base.state.effective_firms(r, sector)).epsilon(1e-8).margin(1e-12));
  }

  // A shock: half of the sector's productivity in one place, a quarter more in another.
  auto model = testing::CorePeriphery{base.economy, base.kernels, base.state};
  model.state.log_productivity(0, sector) -= 0.7;
  model.state.log_productivity(3, sector) += 0.22;
  const auto shocked =
      equilibrium::solve_short_run(model.economy, model.kernels, model.state, base.prices, {.tolerance = tolerance});
  REQUIRE(shocked.status == equilibrium::SolverStatus::converged);
  const int empty = check_complementarity(model, shocked, 1e-9);
  CHECK(empty >= 1);
  CHECK(shocked.accounts.effective_firms(0, sector) == 0.0);
  CHECK(std::abs(shocked.accounts.walras) < 1e-9);
  CHECK(shocked.accounts.profit.col(sector).abs().maxCoeff() < 1e-8 * shocked.accounts.sales.maxCoeff());

  // The firms found are an equilibrium of the economy in which they are given.
  auto given = model;
  equilibrium::keep_firms(given.economy, given.kernels, shocked.accounts, given.state);
  given.economy.sectors[static_cast<std::size_t>(sector)].entry = economy::Entry::stock;
  const auto again =
      equilibrium::solve_short_run(given.economy, given.kernels, given.state, base.prices, {.tolerance = tolerance});
  REQUIRE(again.status == equilibrium::SolverStatus::converged);
  CHECK(again.accounts.profit.col(sector).abs().maxCoeff() < 1e-8 * again.accounts.sales.maxCoeff());
}

TEST_CASE("an emptied cell is entered again when the shock has gone", "[equilibrium]") {
  auto data = testing::small_country();
  constexpr Eigen::Index sector = 3;
  data.economy.sectors[sector].entry = economy::Entry::free;
  const auto base = equilibrium::invert_base_year(data);
  auto state = base.state;
  state.log_productivity(0, sector) -= 0.7;
  const auto shocked =
      equilibrium::solve_short_run(base.economy, base.kernels, state, base.prices, {.tolerance = 1e-11});
  REQUIRE(shocked.status == equilibrium::SolverStatus::converged);
  REQUIRE(shocked.accounts.effective_firms(0, sector) == 0.0);
  equilibrium::keep_firms(base.economy, base.kernels, shocked.accounts, state);
  state.log_productivity = base.state.log_productivity;
  const auto back =
      equilibrium::solve_short_run(base.economy, base.kernels, state, shocked.prices, {.tolerance = 1e-11});
  REQUIRE(back.status == equilibrium::SolverStatus::converged);
  for (Eigen::Index r = 0; r < base.economy.n_regions(); ++r) {
    CHECK(back.accounts.effective_firms(r, sector) ==
          Approx(base.state.effective_firms(r, sector)).epsilon(1e-8).margin(1e-12));
  }
}

TEST_CASE("free entry in a country too large for a linearisation at every step", "[equilibrium]") {
  auto data = testing::small_country(100, 1);
  constexpr Eigen::Index sector = 1;
  data.economy.sectors[sector].entry = economy::Entry::free;
  const auto base = equilibrium::invert_base_year(data);
  auto model = testing::CorePeriphery{base.economy, base.kernels, base.state};
  for (Eigen::Index r = 0; r < 100; ++r)
    model.state.log_productivity(r, sector) += 0.2 * std::sin(7.0 * static_cast<double>(r));
  const auto result = equilibrium::solve_short_run(model.economy, model.kernels, model.state, base.prices);
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  CHECK(check_complementarity(model, result, 1e-9) >= 1);
  CHECK(std::abs(result.accounts.walras) < 1e-9);
}

namespace {

constexpr double goods_labour = 0.3;  // labour's share in manufacturing
constexpr double food_labour = 0.6;   // and in agriculture; the rest is capital in both
constexpr double goods_budget = 0.4;

/// Two goods, two factors, both shared; varieties travel free, so that the world is one integrated economy where endowments allow.
testing::CorePeriphery two_by_two(double labour_west, double capital_west) {
  auto model = testing::vertical_linkages(5.0, 0.0, goods_budget, testing::two_regions(1.0));
  auto& e = model.economy;
  e.factors.resize(2);
  e.factors[1].name = "capital";
  e.factors[1].kind = economy::FactorKind::capital;
  e.technologies[0].alpha = Eigen::ArrayXXd(2, 2);
  e.technologies[0].alpha << food_labour, goods_labour, 1.0 - food_labour, 1.0 - goods_labour;
  e.wage_premium = Eigen::ArrayXXd::Ones(2, 2);
  e.reference_log_wage = economy::Array::Zero(2, 2);
  model.state.stock = economy::Array(2, 2);
  model.state.stock << labour_west, capital_west, 2.0 - labour_west, 2.0 - capital_west;
  model.state.log_productivity.col(0).setConstant(0.3);
  model.state.instruments = economy::Instruments(2, 2, 2);
  return model;
}

}  // namespace

TEST_CASE("a homogeneous sector of two shared factors: factor prices equalise inside the cone",
          "[equilibrium][published]") {
  const auto model = two_by_two(1.1, 0.9);
  const auto result = solve(model, 1e-12);
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  CHECK(check_complementarity(model, result, 1e-11) == 0);
  // The integrated economy (Helpman and Krugman 1985, ch. 1 and 7): incomes of factors follow from budget shares, levels from c[h] = 1.
  const double labour_income =
      goods_budget * goods_labour + (1.0 - goods_budget) * food_labour;      // of a world income of 1
  const double log_ratio = std::log(labour_income / (1.0 - labour_income));  // W_L / W_K, stocks are equal
  const double capital_price = 0.3 - food_labour * log_ratio;
  for (const Eigen::Index r : {0, 1}) {
    CHECK(result.prices.log_wage(r, 1) == Approx(capital_price).epsilon(1e-10));
    CHECK(result.prices.log_wage(r, 0) == Approx(capital_price + log_ratio).epsilon(1e-10));
  }
  // What each makes clears its factor markets: 2 x 2 equations in the spending of the two sectors.
  Eigen::Matrix2d shares;
  shares << food_labour, goods_labour, 1.0 - food_labour, 1.0 - goods_labour;
  const Eigen::Vector2d incomes(1.1 * std::exp(capital_price + log_ratio), 0.9 * std::exp(capital_price));
  const Eigen::Vector2d spending = shares.partialPivLu().solve(incomes);
  CHECK(result.accounts.bundle_cost(0, 0) == Approx(spending(0)).epsilon(1e-9));
  CHECK(result.accounts.bundle_cost(0, 1) == Approx(spending(1)).epsilon(1e-9));
  CHECK(std::abs(result.accounts.walras) < 1e-11);
}

TEST_CASE("a homogeneous sector of two shared factors: specialisation outside the cone is exact", "[equilibrium]") {
  const auto model = two_by_two(0.2, 1.7);
  const auto result = solve(model, 1e-12);
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  CHECK(check_complementarity(model, result, 1e-11) >= 1);
  CHECK(result.accounts.sales(0, 0) == 0.0);  // the west has next to no labour: no food
  CHECK(result.accounts.profitability(0, 0) < -0.01);
  CHECK(result.accounts.unit_cost(1, 0) == Approx(0.0).margin(1e-11));
  // All its income comes from goods: each factor is paid its share.
  const double west = result.accounts.bundle_cost(0, 1);
  CHECK(0.2 * std::exp(result.prices.log_wage(0, 0)) == Approx(goods_labour * west).epsilon(1e-10));
  CHECK(std::abs(result.accounts.walras) < 1e-11);
}

TEST_CASE("a homogeneous sector that buys inputs and has no factor of its own", "[equilibrium]") {
  auto model = testing::vertical_linkages(5.0, 0.3, 0.4, testing::two_regions(1.7));
  constexpr double bought = 0.2;
  model.economy.technologies[0].alpha(0, 0) = 1.0 - bought;
  model.economy.technologies[0].gamma(1, 0) = bought;
  const auto result = solve(model, 1e-12);
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  CHECK(check_complementarity(model, result, 1e-11) == 0);
  for (const Eigen::Index r : {0, 1}) {
    CHECK((1.0 - bought) * result.prices.log_wage(r, 0) + bought * result.prices.log_price_index(r, 1) ==
          Approx(0.0).margin(1e-11));
    // Equal regions trade varieties only: each eats its own food, (1-mu) of its wages.
    CHECK(result.accounts.sales(r, 0) == Approx(0.6 * std::exp(result.prices.log_wage(r, 0))).epsilon(1e-10));
  }
  CHECK(std::abs(result.accounts.walras) < 1e-11);
}

TEST_CASE("free entry without a numeraire: only relative prices count", "[equilibrium]") {
  // The first good is each region's own variety, which travels; nothing has the price 1.
  auto model = testing::vertical_linkages(5.0, 0.3, 0.4, testing::two_regions(1.5));
  model.economy.sectors[0].market = economy::Market::armington;
  model.economy.sectors[0].elasticity = 3.0;
  model.kernels.freeness[0] = testing::two_regions(1.2).array().pow(-2.0).matrix();
  model.state.effective_firms.col(0).setOnes();
  model.state.stock.col(0) = Eigen::Array2d(1.2, 0.8);
  const auto result = solve(model, 1e-12);
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  CHECK(check_complementarity(model, result, 1e-11) == 0);
  CHECK((result.prices.log_wage.col(0).exp() * model.state.stock.col(0)).sum() ==
        Approx(2.0).epsilon(1e-12));  // as at the start
  CHECK(std::abs(result.accounts.walras) < 1e-11);

  auto start = equilibrium::cold_start(model.economy, model.kernels, model.state);
  start.log_wage += 1.0;
  const auto dearer =
      equilibrium::solve_short_run(model.economy, model.kernels, model.state, start, {.tolerance = 1e-12});
  REQUIRE(dearer.status == equilibrium::SolverStatus::converged);
  for (const Eigen::Index r : {0, 1}) {
    CHECK(dearer.accounts.effective_firms(r, 1) == Approx(result.accounts.effective_firms(r, 1)).epsilon(1e-9));
    CHECK(dearer.prices.log_wage(r, 0) == Approx(result.prices.log_wage(r, 0) + 1.0).epsilon(1e-10));
  }
}

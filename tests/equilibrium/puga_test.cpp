// Puga (1999), "The rise and fall of regional inequalities": labour shared by farms and firms, with and without
// migration.
#include "puga.h"

#include "equilibrium/free_entry.h"
#include "textbook_measures.h"

using namespace pericore;

namespace {

constexpr Eigen::Index manufacturing = 1;
constexpr Eigen::Index worker = 1;

/// Roots of A phi^2 + B phi + C, between which equal regions are unstable without migration; smaller first.
Eigen::Array2d bell(const testing::Puga& p) {
  const auto [sigma, mu, gamma, eta] = p;
  const double a = (sigma * (1.0 + mu) - 1.0) * ((1.0 + mu) * (1.0 + eta) + (1.0 - mu) * gamma);
  const double b =
      -2.0 * ((sigma * (1.0 + mu * mu) - 1.0) * (1.0 + eta) - sigma * (1.0 - mu) * (2.0 * (sigma - 1.0) - gamma * mu));
  const double c = (1.0 - mu) * (sigma * (1.0 - mu) - 1.0) * (eta + 1.0 - gamma);
  const double root = std::sqrt(b * b - 4.0 * a * c);
  return {(-b - root) / (2.0 * a), (-b + root) / (2.0 * a)};
}

/// T^(sigma-1) below which equal regions are unstable with migration; negative: at any trade cost.
double migration_break(const testing::Puga& p) {
  const auto [sigma, mu, gamma, eta] = p;
  const double denominator =
      (1.0 - mu) * ((1.0 - gamma) * (sigma * (1.0 - gamma) * (1.0 - mu) - 1.0) - gamma * gamma * eta);
  return denominator < 0.0 ? -1.0 : 1.0 + 2.0 * (2.0 * sigma - 1.0) * (mu + gamma * (1.0 - mu)) / denominator;
}

struct Row {
  testing::Puga puga;
  Eigen::Array2d freeness;
  Eigen::Array2d trade_cost;
};

const Row rows[] = {
    {{4.0, 0.4, 0.4, 50.0}, {0.143636609716, 0.897948125554}, {1.9094646297, 1.03653248453}},
    {{4.0, 0.5, 0.1, 20.0}, {0.0793583133441, 0.834746282535}, {2.32703290129, 1.06205865414}},
};

testing::CorePeriphery equal_regions(const testing::Puga& puga, double trade_cost) {
  return testing::puga_model(puga, testing::two_regions(trade_cost), Eigen::Array2d(0.5, 0.5));
}

/// d(x_1 - x_2) / d ln(N_1/N_2) at equal regions, all markets cleared; workers stay.
double entry_slope(const testing::Puga& puga, double trade_cost) {
  const auto model = equal_regions(puga, trade_cost);
  const auto even = testing::solved(model);
  const auto gap = [&](double shift) {
    auto moved = model.state;
    const double n = even.accounts.effective_firms.col(manufacturing).mean();
    moved.effective_firms.col(manufacturing) = n * Eigen::Array2d(std::exp(0.5 * shift), std::exp(-0.5 * shift));
    const auto result = equilibrium::solve_given_firms(model.economy, model.kernels, moved, even.prices,
                                                       {.tolerance = 1e-13, .max_evaluations = 40000});
    REQUIRE(result.status == equilibrium::SolverStatus::converged);
    return result.accounts.profitability(0, manufacturing) - result.accounts.profitability(1, manufacturing);
  };
  return testing::derivative(gap, 0.0);
}

/// d(ln real wage_1 - ln real wage_2) / d share_1 at equal regions, firms entering and leaving meanwhile.
double migration_slope(const testing::Puga& puga, double trade_cost) {
  const auto gap = [&](double share) {
    const auto model = testing::puga_model(puga, testing::two_regions(trade_cost), Eigen::Array2d(share, 1.0 - share));
    const Eigen::ArrayXd income = testing::log_real_income(model, testing::solved(model), worker);
    return income(0) - income(1);
  };
  // The fifth derivative is large near the break point: with this step its part is below 1e-9.
  return testing::derivative(gap, 0.5, 5e-4);
}

}  // namespace

TEST_CASE("Puga: equal regions, and what the formulas take for granted", "[equilibrium]") {
  const auto& puga = GENERATE(0, 1) == 0 ? rows[0].puga : rows[1].puga;
  const auto result = testing::solved(equal_regions(puga, 1.5));
  const auto& use = result.accounts.factor_use[worker];
  const double theta = puga.farm_labour_share();
  for (const Eigen::Index r : {0, 1}) {
    CHECK(use.row(r).sum() == Approx(0.5).epsilon(1e-12));
    CHECK(use(r, 0) / use(r, 1) == Approx(theta * (1.0 - puga.gamma) / puga.gamma).epsilon(1e-10));
    CHECK(use(r, 0) / (use(r, 1) * (1.0 - theta)) == Approx(puga.eta).epsilon(1e-10));
    CHECK(std::abs(result.accounts.profitability(r, manufacturing)) < 1e-12);
  }
  CHECK(std::abs(result.accounts.walras) < 1e-11);
}

TEST_CASE("Puga without migration: unstable between two trade costs", "[equilibrium][published]") {
  const auto& row = GENERATE(0, 1) == 0 ? rows[0] : rows[1];
  const auto& puga = row.puga;
  CAPTURE(puga.mu, puga.gamma, puga.eta);
  const Eigen::Array2d freeness = bell(puga);
  CHECK(freeness(0) == Approx(row.freeness(0)).epsilon(1e-11));
  CHECK(freeness(1) == Approx(row.freeness(1)).epsilon(1e-11));
  const double dear = std::pow(freeness(0), 1.0 / (1.0 - puga.sigma));
  const double cheap = std::pow(freeness(1), 1.0 / (1.0 - puga.sigma));
  CHECK(dear == Approx(row.trade_cost(0)).epsilon(1e-11));
  CHECK(cheap == Approx(row.trade_cost(1)).epsilon(1e-11));
  const auto slope = [&](double trade_cost) { return entry_slope(puga, trade_cost); };
  CHECK(testing::zero_between(slope, 0.95 * dear, 1.05 * dear) == Approx(dear).epsilon(1e-8));
  CHECK(testing::zero_between(slope, 1.0 + 0.5 * (cheap - 1.0), 1.0 + 1.5 * (cheap - 1.0)) ==
        Approx(cheap).epsilon(1e-8));
  CHECK(slope(1.05 * dear) < 0.0);                // dispersion
  CHECK(slope(0.5 * (dear + cheap)) > 0.0);       // agglomeration
  CHECK(slope(1.0 + 0.5 * (cheap - 1.0)) < 0.0);  // dispersion again
}

TEST_CASE("Puga with migration: unstable below one trade cost, or always", "[equilibrium][published]") {
  const auto& once = rows[1].puga;
  const double expected = std::pow(migration_break(once), 1.0 / (once.sigma - 1.0));
  CHECK(expected == Approx(3.12833490137).epsilon(1e-11));
  CHECK(1.0 / migration_break(once) == Approx(0.0326633165829).epsilon(1e-10));
  const auto slope = [&](double trade_cost) { return migration_slope(once, trade_cost); };
  CHECK(slope(3.3) < -1e-3);
  CHECK(slope(3.0) > 1e-3);
  CHECK(testing::zero_between(slope, 3.0, 3.3) == Approx(expected).epsilon(1e-8));

  const auto& always = rows[0].puga;
  CHECK(migration_break(always) < 0.0);
  for (const double trade_cost : {2.5, 6.0, 20.0}) {
    CAPTURE(trade_cost);
    CHECK(migration_slope(always, trade_cost) > 1e-2);
  }
}

TEST_CASE("Puga without migration: firms gather and spread again as trade gets cheaper", "[equilibrium]") {
  const auto& puga = rows[1].puga;
  const double share[] = {0.5, 1.0, 0.5};  // of the region that starts ahead
  int i = 0;
  for (const double trade_cost : {2.6, 1.4, 1.03}) {
    CAPTURE(trade_cost);
    auto model = equal_regions(puga, trade_cost);
    const auto even = testing::solved(model);
    model.state.effective_firms.col(manufacturing) =
        even.accounts.effective_firms.col(manufacturing).mean() * Eigen::Array2d(1.3, 0.7);
    const auto result = testing::solved(model, 1e-11);
    const auto& n = result.accounts.effective_firms;
    const double found = n(0, manufacturing) / n.col(manufacturing).sum();
    if (share[i] < 1.0) {
      CHECK(found == Approx(0.5).margin(1e-7));
    } else {
      CHECK(found == 1.0);
    }
    ++i;
  }
}

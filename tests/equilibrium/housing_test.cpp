// Helpman (1998) and Redding and Sturm (2008): agglomeration against the price of housing.
#include "housing.h"

#include "textbook_measures.h"

using namespace pericore;

namespace {

constexpr Eigen::Index worker = 0;

struct Solved {
  testing::CorePeriphery model;
  equilibrium::ShortRunEquilibrium result;
  Eigen::ArrayXd log_income;  ///< real

  [[nodiscard]] double gap() const { return log_income(0) - log_income(1); }
  /// Share of its own goods in what region r spends on goods.
  [[nodiscard]] double own_share(Eigen::Index r) const {
    const double sigma = model.economy.sectors[0].elasticity;
    return result.accounts.effective_firms(r, 0) *
           std::exp((1.0 - sigma) * (result.accounts.mill_price(r, 0) - result.prices.log_price_index(r, 0)));
  }
};

Solved solve(double sigma, double mu, double trade_cost, double share,
             const Eigen::Array2d& productivity = {1.0, 1.0}) {
  Solved s{.model = testing::housing_model(sigma, mu, testing::two_regions(trade_cost),
                                           Eigen::Array2d(share, 1.0 - share), Eigen::Array2d(1.0, 1.0), productivity),
           .result = {},
           .log_income = {}};
  s.result = testing::solved(s.model);
  s.log_income = testing::log_real_income(s.model, s.result, worker);
  return s;
}

}  // namespace

TEST_CASE("Redding and Sturm: population, wages and trade shares of unequal regions", "[equilibrium][published]") {
  constexpr double sigma = 4.0;
  constexpr double mu = 2.0 / 3.0;
  const Eigen::Array2d productivity(1.0, 1.2);
  const auto long_run = [&](double trade_cost) {
    const auto gap = [&](double share) { return solve(sigma, mu, trade_cost, share, productivity).gap(); };
    // Unique and stable, sigma (1 - mu) = 4/3 > 1: the gap falls all the way.
    double before = gap(0.02);
    for (const double share : {0.1, 0.25, 0.4, 0.6, 0.8, 0.98}) {
      const double now = gap(share);
      CHECK(now < before);
      before = now;
    }
    return testing::zero_between(gap, 0.02, 0.98);
  };
  // Derived from the primitives at 30 digits; printed to 12.
  const double dear = long_run(1.8);
  const double cheap = long_run(1.4);
  CHECK(dear == Approx(0.322117471089).epsilon(1e-10));
  CHECK(cheap == Approx(0.367148291961).epsilon(1e-10));
  const auto before = solve(sigma, mu, 1.8, dear, productivity);
  const auto after = solve(sigma, mu, 1.4, cheap, productivity);
  const auto& w = before.result.prices.log_wage;
  CHECK(std::exp(w(0, worker) - w(1, worker)) == Approx(0.788534792109).epsilon(1e-10));
  CHECK(before.own_share(0) == Approx(0.765858869874).epsilon(1e-10));

  // Real income needs no numeraire. Income is wages and rents, w/mu a head, so that real wages tell.
  const Eigen::Array2d change = (after.log_income - before.log_income).exp();
  for (const Eigen::Index r : {0, 1}) {
    CHECK(change(r) == Approx(1.03182594581).epsilon(1e-10));
    const double workers = r == 0 ? dear / cheap : (1.0 - dear) / (1.0 - cheap);
    const double formula = std::pow(before.own_share(r) / after.own_share(r), mu / (sigma - 1.0)) *
                           std::pow(workers, (sigma * (1.0 - mu) - 1.0) / (sigma - 1.0));
    CHECK(change(r) == Approx(formula).epsilon(1e-10));
  }
  CHECK(std::abs(before.result.accounts.walras) < 1e-12);
  // Rents are housing's share of consumption, wages the rest.
  const auto& income = before.result.accounts.factor_income;
  for (const Eigen::Index r : {0, 1}) CHECK(income(r, 1) / income(r, 0) == Approx((1.0 - mu) / mu).epsilon(1e-11));
}

TEST_CASE("Helpman: equal regions break apart where trade is dear", "[equilibrium][published]") {
  constexpr double sigma = 3.0;
  constexpr double mu = 0.75;
  const double critical =
      sigma * (sigma - 1.0) * (1.0 - mu) / (mu * (2.0 * sigma - 1.0) - (1.0 - mu) * (sigma - 1.0) * (sigma - 1.0));
  CHECK(critical == Approx(6.0 / 11.0).epsilon(1e-14));
  const double expected = std::pow((1.0 - critical) / (1.0 + critical), 1.0 / (1.0 - sigma));
  CHECK(expected == Approx(1.84390889146).epsilon(1e-11));
  const auto slope = [&](double trade_cost) {
    return testing::derivative([&](double share) { return solve(sigma, mu, trade_cost, share).gap(); }, 0.5);
  };
  CHECK(slope(1.5) < -1e-2);  // the reverse of the core-periphery model: cheap trade disperses
  CHECK(slope(2.5) > 1e-2);
  CHECK(testing::zero_between(slope, 1.5, 2.5) == Approx(expected).epsilon(1e-8));
  // The other side of sigma (1 - mu) = 1: even autarky does not break equal regions.
  const auto safe = [](double share) { return solve(4.0, 2.0 / 3.0, 100.0, share).gap(); };
  CHECK(testing::derivative(safe, 0.5) < -1e-2);
}

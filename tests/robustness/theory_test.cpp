// What theory says of economies with one factor and one sector, on random draws of them.
#include <cmath>

#include "simple_economy.h"

using namespace pericore;
using economy::Array;
using economy::Vector;
using Eigen::Index;
using testing::Kind;
using testing::log_real_wage;
using testing::simple_economy;
using testing::solve;
using testing::trade_shares;

TEST_CASE("free trade equalises real wages where entry is free", "[robustness][theory]") {
  // Zero profit and one market: the same price of a variety everywhere, hence the same wage (Krugman 1980, tau = 1).
  for (std::uint64_t i = 0; i < 30; ++i) {
    auto m = simple_economy(i, Kind::free_entry, 0.4);
    CAPTURE(i, m.sigma, m.inputs);
    if (m.inputs >= (m.sigma - 1.0) / m.sigma) continue;  // increasing returns to inputs alone: output without bound
    m.kernels.freeness[0].setOnes();
    m.state.log_productivity.setZero();
    const auto result = solve(m, 1e-11);
    const Eigen::ArrayXd wage = log_real_wage(result);
    CHECK(wage.maxCoeff() - wage.minCoeff() < 1e-8);
    // Zero profit sets output, hence employment of a firm: varieties are in proportion to labour.
    const Eigen::ArrayXd firms = result.accounts.firms.col(0) / m.state.stock.col(0);
    CHECK(firms.maxCoeff() / firms.minCoeff() - 1.0 < 1e-8);
  }
}

TEST_CASE("gains from trade are the home share's", "[robustness][theory]") {
  // Arkolakis, Costinot and Rodriguez-Clare (2012): W/P over autarky = home share ^ (-1/((sigma-1)(1-gamma))), never below 1.
  for (std::uint64_t i = 0; i < 80; ++i) {
    const auto m = simple_economy(i, Kind::armington, 0.6);
    CAPTURE(i, m.sigma, m.inputs);
    const auto result = solve(m, 1e-12);
    const Eigen::ArrayXd home = trade_shares(m, result).matrix().diagonal().array();
    // Autarky: P = c = W^(1-gamma) P^gamma / A.
    const Eigen::ArrayXd autarky = m.state.log_productivity.col(0) / (1.0 - m.inputs);
    const Eigen::ArrayXd gain = log_real_wage(result) - autarky;
    const Eigen::ArrayXd formula = -home.log() / ((m.sigma - 1.0) * (1.0 - m.inputs));
    // ln P is solved to 1e-12, amplified by 1/((sigma-1)(1-gamma)) < 5 at most; the rest are sums of logs.
    CHECK((gain - formula).abs().maxCoeff() < 1e-9);
    CHECK(gain.minCoeff() >= -1e-12);
  }
}

TEST_CASE("a more productive region earns more, in real terms and against all others", "[robustness][theory]") {
  // With sigma > 1 and balanced trade labour of different regions are gross substitutes (Alvarez and Lucas 2007, for gamma = 0).
  // Higher A in r raises the demand for its labour and lowers that for all other at given wages; then W_r rises most (Mas-Colell,
  // Whinston and Green 1995, ch. 17.F: the largest relative rise cannot be elsewhere), W_r / W_n for every n. All other prices fall
  // relative to W_r, its own at least by A, so W_r / P_r rises. Likewise more labour in r lowers W_r / W_n for every n.
  for (std::uint64_t i = 0; i < 80; ++i) {
    const auto m = simple_economy(i, Kind::armington, 0.0);
    const auto region = static_cast<Index>(i) % m.economy.n_regions();
    CAPTURE(i, m.sigma, region);
    const auto before = solve(m, 1e-12);
    auto better = m;
    better.state.log_productivity(region, 0) += 0.05;
    const auto after = solve(better, 1e-12);
    const Eigen::ArrayXd relative = (after.prices.log_wage(region, 0) - after.prices.log_wage.col(0)) -
                                    (before.prices.log_wage(region, 0) - before.prices.log_wage.col(0));
    auto larger = m;
    larger.state.stock(region, 0) *= 1.05;
    const auto peopled = solve(larger, 1e-12);
    const Eigen::ArrayXd crowded = (peopled.prices.log_wage(region, 0) - peopled.prices.log_wage.col(0)) -
                                   (before.prices.log_wage(region, 0) - before.prices.log_wage.col(0));
    for (Index n = 0; n < m.economy.n_regions(); ++n) {
      if (n == region) continue;
      CAPTURE(n);
      CHECK(relative(n) > 1e-6);
      CHECK(crowded(n) < -1e-6);
    }
    CHECK(log_real_wage(after)(region) - log_real_wage(before)(region) > 1e-6);
    if (m.economy.n_regions() == 2) {
      // Two regions: the partner buys at terms that can only have improved.
      CHECK(log_real_wage(after)(1 - region) - log_real_wage(before)(1 - region) > -1e-11);
    }
  }
}

TEST_CASE("changes in exact hats equal the difference of two equilibria", "[robustness][theory]") {
  // Dekle, Eaton and Kortum (2008): with base shares pi[r,n] and incomes alone, w' = w hat solves
  //   what_r V_r = (1-gamma) sum_n pi'_rn X'_n,  pi' = pi (chat_r tauhat_rn)^(1-sigma) / Phat_n^(1-sigma),  X' = what V / (1-gamma).
  for (std::uint64_t i = 0; i < 80; ++i) {
    const auto m = simple_economy(i, Kind::armington, 0.6);
    const Index regions = m.economy.n_regions();
    CAPTURE(i, m.sigma, m.inputs);
    const auto before = solve(m, 1e-12);
    auto changed = m;
    Eigen::ArrayXXd log_hat_cost = Eigen::ArrayXXd::Zero(regions, regions);
    Eigen::ArrayXd log_hat_productivity(regions);
    for (Index r = 0; r < regions; ++r) {
      log_hat_productivity(r) = 0.4 * testing::keyed_normal(23, i, 1, static_cast<std::uint64_t>(r));
      for (Index n = 0; n < regions; ++n) {
        if (r != n)
          log_hat_cost(r, n) =
              0.3 / (m.sigma - 1.0) *
              testing::keyed_normal(23, i, 2, static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(n));
      }
    }
    changed.state.log_productivity.col(0) += log_hat_productivity;
    changed.kernels.freeness[0].array() *= ((1.0 - m.sigma) * log_hat_cost).exp();
    const auto after = solve(changed, 1e-12);

    // The other road: base shares and value added only.
    const Eigen::ArrayXXd base_share = trade_shares(m, before);
    const Eigen::ArrayXd value = before.prices.log_wage.col(0).exp() * m.state.stock.col(0);
    Eigen::ArrayXd log_wage = Eigen::ArrayXd::Zero(regions);
    Eigen::ArrayXd log_price = Eigen::ArrayXd::Zero(regions);
    double gap = 1.0;
    for (int step = 0; step < 200000 && gap > 1e-14; ++step) {
      const Eigen::ArrayXd log_cost = (1.0 - m.inputs) * log_wage + m.inputs * log_price - log_hat_productivity;
      Eigen::ArrayXXd share = base_share * ((1.0 - m.sigma) * (log_hat_cost.colwise() + log_cost)).exp();
      const Eigen::ArrayXd power = share.colwise().sum().transpose();
      const Eigen::ArrayXd new_price = power.log() / (1.0 - m.sigma);
      share.rowwise() /= power.transpose();
      const Eigen::ArrayXd spending = log_wage.exp() * value;
      const Eigen::ArrayXd demand = (share.matrix() * spending.matrix()).array();
      const Eigen::ArrayXd move = (demand / spending).log();
      gap = std::max(move.abs().maxCoeff(), (new_price - log_price).abs().maxCoeff());
      log_price = new_price;
      log_wage += move / m.sigma;
      log_wage -= std::log((log_wage.exp() * value).sum() / value.sum());
    }
    REQUIRE(gap <= 1e-13);
    const Eigen::ArrayXd real = log_wage - log_price;
    const Eigen::ArrayXd engine = log_real_wage(after) - log_real_wage(before);
    CHECK((real - engine).abs().maxCoeff() < 1e-9);
    Eigen::ArrayXd nominal = after.prices.log_wage.col(0) - before.prices.log_wage.col(0);
    nominal -= nominal(0) - log_wage(0);  // the scale of prices is free
    CHECK((nominal - log_wage).abs().maxCoeff() < 1e-9);
  }
}

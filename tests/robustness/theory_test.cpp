// What theory says of economies with one factor and one sector, on random draws of them.
#include <cmath>

#include "solved_draw.h"

using namespace pericore;
using economy::Array;
using economy::Vector;
using Eigen::Index;
using equilibrium::SolverStatus;

namespace {

/// One factor (labour), one sector, own inputs, no policy: Armington, or free entry as in Krugman (1980).
struct Simple {
  economy::Economy economy;
  economy::TradeKernels kernels;
  economy::State state;
  Eigen::ArrayXXd log_trade_cost;
  double sigma;
  double inputs;  ///< share gamma of the sector's own output in its costs
};

enum class Kind { armington, free_entry };

/// @param inputs  largest share of inputs
Simple simple_economy(std::uint64_t index, Kind kind, double inputs) {
  const std::uint64_t seed = kind == Kind::armington ? 21 : 22;
  const auto uniform = [&](std::uint64_t purpose, Index i = 0, Index j = 0) {
    return testing::keyed_uniform(seed, index, purpose, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(j));
  };
  Simple m;
  const Index regions = 2 + static_cast<Index>(18.0 * uniform(1));
  m.sigma = 1.0 + 0.5 * std::pow(28.0, uniform(2));  // 1.5 to 15
  m.inputs = inputs * uniform(3);
  auto& e = m.economy;
  for (Index r = 0; r < regions; ++r) e.regions.push_back("region " + std::to_string(r));
  e.sectors.resize(1);
  e.sectors[0].name = "goods";
  e.sectors[0].elasticity = m.sigma;
  e.sectors[0].market = kind == Kind::armington ? economy::Market::armington : economy::Market::monopolistic;
  e.sectors[0].entry = kind == Kind::armington ? economy::Entry::none : economy::Entry::free;
  e.factors.resize(1);
  e.factors[0].name = "labour";
  economy::Technology technology{.alpha = Eigen::ArrayXXd::Constant(1, 1, 1.0 - m.inputs),
                                 .gamma = Eigen::ArrayXXd::Constant(1, 1, m.inputs)};
  e.technologies = {technology};
  e.technology_of.assign(e.regions.size(), 0);
  e.wage_premium = Eigen::ArrayXXd::Ones(1, 1);
  e.household_basket = Array::Ones(regions, 1);
  e.housing_share = e.saving_rate = e.income_tax = Vector::Zero(regions);
  e.investment_basket = Array::Zero(regions, 1);
  e.population_per_worker = Vector::Ones(regions);
  e.national_share = Vector::Constant(regions, 1.0 / static_cast<double>(regions));
  e.reference_log_wage = e.reference_log_price = Array::Zero(regions, 1);
  m.log_trade_cost.setZero(regions, regions);
  for (Index r = 0; r < regions; ++r) {
    for (Index n = 0; n < r; ++n)
      m.log_trade_cost(r, n) = m.log_trade_cost(n, r) = (0.1 + uniform(4, r, n)) * 3.0 / (m.sigma - 1.0);
  }
  m.kernels.freeness = {((1.0 - m.sigma) * m.log_trade_cost).exp().matrix()};
  m.state.stock.resize(regions, 1);
  m.state.log_productivity.resize(regions, 1);
  for (Index r = 0; r < regions; ++r) {
    m.state.stock(r, 0) = std::exp(4.0 * (uniform(5, r) - 0.5));
    m.state.log_productivity(r, 0) = uniform(6, r) - 0.5;
  }
  m.state.firms = m.state.effective_firms = Array::Constant(regions, 1, kind == Kind::armington ? 1.0 : 0.0);
  m.state.investment_weight = Vector::Zero(regions);
  m.state.instruments = economy::Instruments(regions, 1, 1);
  return m;
}

equilibrium::ShortRunEquilibrium solve(const Simple& m, double tolerance) {
  const auto start = equilibrium::cold_start(m.economy, m.kernels, m.state);
  const auto result = equilibrium::solve_short_run(m.economy, m.kernels, m.state, start, {.tolerance = tolerance});
  REQUIRE(result.status == SolverStatus::converged);
  return result;
}

/// ln W/P by region.
Eigen::ArrayXd log_real_wage(const equilibrium::ShortRunEquilibrium& result) {
  return result.prices.log_wage.col(0) - result.prices.log_price_index.col(0);
}

/// Share of r in what n buys, [r, n].
Eigen::ArrayXXd trade_shares(const Simple& m, const equilibrium::ShortRunEquilibrium& result) {
  const Eigen::ArrayXd supply =
      result.accounts.effective_firms.col(0) * ((1.0 - m.sigma) * result.accounts.mill_price.col(0)).exp();
  Eigen::ArrayXXd share = m.kernels.freeness[0].array().colwise() * supply;
  share.rowwise() /= share.colwise().sum();
  return share;
}

}  // namespace

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

// What a fall of trade costs inside a country is worth, against the formulas of sufficient statistics: Arkolakis, Costinot and
// Rodriguez-Clare (2012, ACR below), and with inputs and entry Costinot and Rodriguez-Clare (2014, section 4). One factor, one sector.
#include <cmath>
#include <utility>

#include "geography/trade_cost.h"
#include "simple_economy.h"

using namespace pericore;
using Eigen::Index;
using testing::Kind;
using testing::log_real_wage;
using testing::simple_economy;
using testing::solve;
using testing::trade_shares;

namespace {

constexpr double wedge = 0.3;

/// Freeness where trade between three jurisdictions costs `border` more, a share of it relieved: the engine's own trade costs.
Eigen::MatrixXd freeness(const testing::Simple& m, double border, double relief) {
  const Index regions = m.economy.n_regions();
  Eigen::ArrayXi jurisdiction(regions);
  for (Index r = 0; r < regions; ++r) jurisdiction(r) = static_cast<int>(r % 3);
  const auto shared = geography::trade_geography(m.log_trade_cost.exp(), 1.0, jurisdiction);
  Eigen::MatrixXd written(regions, regions);
  geography::trade_freeness(shared, {.elasticity = m.sigma, .distance_elasticity = 1.0, .border = border},
                            {.border = Eigen::ArrayXd::Constant(regions, relief)}, written);
  return written;
}

struct Gain {
  Eigen::ArrayXd real_wage;        ///< change of ln W/P, by region
  Eigen::ArrayXd log_real_income;  ///< change of ln of (wages and profits)/P
  Eigen::ArrayXd home_share;       ///< change of ln of the share of own goods in purchases
};

/// @param before, after  the same economy but for its trade costs
Gain gain(const testing::Simple& before, const testing::Simple& after) {
  const auto from = solve(before, 1e-12);
  const auto to = solve(after, 1e-12);
  const auto real_income = [](const equilibrium::ShortRunEquilibrium& at) {
    const Eigen::ArrayXd income = at.accounts.factor_income.col(0) + at.accounts.profit.col(0);
    return Eigen::ArrayXd(income.log() - at.prices.log_price_index.col(0));
  };
  return {.real_wage = log_real_wage(to) - log_real_wage(from),
          .log_real_income = real_income(to) - real_income(from),
          .home_share = trade_shares(after, to).matrix().diagonal().array().log() -
                        trade_shares(before, from).matrix().diagonal().array().log()};
}

/// The economy with its wedge, and with half of it.
std::pair<testing::Simple, testing::Simple> half_a_wedge(testing::Simple m) {
  m.kernels.freeness = {freeness(m, wedge, 0.0)};
  testing::Simple relieved = m;
  relieved.kernels.freeness = {freeness(m, wedge, 0.5)};
  const Eigen::ArrayXXd same = relieved.kernels.freeness[0].array() - freeness(m, 0.5 * wedge, 0.0).array();
  CHECK(same.abs().maxCoeff() < 1e-14);  // half the relief is half the wedge, once
  return {std::move(m), std::move(relieved)};
}

/// Firms as free entry would have them, given from now on.
void hold_firms(testing::Simple& m) {
  m.state.firms = m.state.effective_firms = solve(m, 1e-12).accounts.firms;
  m.economy.sectors[0].entry = economy::Entry::stock;
}

/// Real income, wages being w up in logs, where the number of firms stands and profits were 0: of I = W L + Pi with Pi = Y/sigma - n F c and
/// (1-gamma) (Y (sigma-1)/sigma + n F c) = W L.
Eigen::ArrayXd with_profits(const testing::Simple& m, const Eigen::ArrayXd& real_wage) {
  const double scale = 1.0 / ((m.sigma - 1.0) * (1.0 - m.inputs));
  return real_wage + (1.0 + scale * (1.0 - (-m.inputs * real_wage).exp())).log();
}

}  // namespace

TEST_CASE("half a wedge is worth what the change of home shares says", "[robustness][theory][published]") {
  // ln P is solved to 1e-12, amplified by 1/((sigma-1)(1-gamma) - gamma) < 50; the rest are sums of logs.
  for (std::uint64_t i = 0; i < 60; ++i) {
    for (const double inputs : {0.0, 0.8}) {
      auto armington = simple_economy(i, Kind::armington, inputs);
      CAPTURE(i, armington.sigma, armington.inputs);
      const auto [before, after] = half_a_wedge(armington);
      const Gain constant_returns = gain(before, after);
      // ACR: home share ^ (-1/((sigma-1)(1-gamma))), inputs multiply by the inverse of the labour share.
      const Eigen::ArrayXd formula = -constant_returns.home_share / ((before.sigma - 1.0) * (1.0 - before.inputs));
      CHECK((constant_returns.real_wage - formula).abs().maxCoeff() < 1e-9);
      CHECK((constant_returns.log_real_income - formula).abs().maxCoeff() < 1e-9);
    }
  }
}

TEST_CASE("returns to scale raise the worth of half a wedge as theory says", "[robustness][theory][published]") {
  for (std::uint64_t i = 0; i < 60; ++i) {
    for (const double inputs : {0.0, 0.8}) {
      auto m = simple_economy(i, Kind::free_entry, inputs);
      CAPTURE(i, m.sigma, m.inputs);
      // Below 1 cheaper inputs make more firms, which make inputs cheaper, without end; near it errors are amplified.
      if (m.inputs * m.sigma > 0.9 * (m.sigma - 1.0)) continue;
      auto [before, after] = half_a_wedge(m);
      // N = W L / ((1-gamma) sigma F c) and c = W^(1-gamma) P^gamma / A: N ~ (W/P)^gamma, and P falls by N^(-1/(sigma-1)).
      const Gain entry = gain(before, after);
      const Eigen::ArrayXd with_entry = -entry.home_share / ((m.sigma - 1.0) * (1.0 - m.inputs) - m.inputs);
      CHECK((entry.real_wage - with_entry).abs().maxCoeff() < 1e-9);
      CHECK(entry.log_real_income.isApprox(entry.real_wage, 1e-9));

      // The number of firms given: wages as with constant returns, and what larger firms save on fixed costs is profit.
      hold_firms(before);
      after.state = before.state;
      after.economy = before.economy;
      const Gain given = gain(before, after);
      const Eigen::ArrayXd wages = -given.home_share / ((m.sigma - 1.0) * (1.0 - m.inputs));
      CHECK((given.real_wage - wages).abs().maxCoeff() < 1e-9);
      CHECK((given.log_real_income - with_profits(m, wages)).abs().maxCoeff() < 1e-8);
    }
  }
}

TEST_CASE("equal provinces: the worth of half a wedge from trade costs alone", "[robustness][theory][published]") {
  // Home shares follow from trade costs: lambda = 1 / (1 + (R-1) e^((1-sigma) wedge)); no result of the engine is in the formula.
  constexpr Index provinces = 31;
  const double sigma = GENERATE(5.0, 8.0);
  const double inputs = GENERATE(0.0, 0.6);
  const auto log_home_share = [&](double border) {
    return -std::log1p(static_cast<double>(provinces - 1) * std::exp((1.0 - sigma) * border));
  };
  const double fall = log_home_share(0.5 * wedge) - log_home_share(wedge);
  for (const Kind kind : {Kind::armington, Kind::free_entry}) {
    testing::Simple m = simple_economy(0, kind, 0.0, provinces);
    m.sigma = m.economy.sectors[0].elasticity = sigma;
    m.inputs = inputs;
    m.economy.technologies[0].alpha.setConstant(1.0 - inputs);
    m.economy.technologies[0].gamma.setConstant(inputs);
    m.state.stock.setOnes();
    m.state.log_productivity.setZero();
    const auto with_border = [&](testing::Simple copy, double border) {
      copy.kernels.freeness = {Eigen::MatrixXd::Constant(provinces, provinces, std::exp((1.0 - sigma) * border))};
      copy.kernels.freeness[0].diagonal().setOnes();
      return copy;
    };
    CAPTURE(sigma, inputs, kind == Kind::armington);
    auto before = with_border(m, wedge);
    auto after = with_border(m, 0.5 * wedge);
    const double entry = kind == Kind::free_entry ? inputs : 0.0;
    const Gain free = gain(before, after);
    const double formula = -fall / ((sigma - 1.0) * (1.0 - inputs) - entry);
    CHECK((free.real_wage - formula).abs().maxCoeff() < 1e-9);
    if (kind == Kind::armington) continue;
    hold_firms(before);
    after.state = before.state;
    after.economy = before.economy;
    const Eigen::ArrayXd wages = Eigen::ArrayXd::Constant(provinces, -fall / ((sigma - 1.0) * (1.0 - inputs)));
    CHECK((gain(before, after).log_real_income - with_profits(m, wages)).abs().maxCoeff() < 1e-8);
  }
}

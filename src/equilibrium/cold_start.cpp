// Prices to start from where nothing is known: those of one national economy in which every sector breaks even. Spending shares are constant, so
// that national incomes follow from one linear system, and prices from another one in logs, whatever the units of factors and goods.
#include <cmath>
#include <limits>

#include "equilibrium/short_run.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {
namespace {

using economy::Accounts;
using economy::Array;
using economy::Economy;
using economy::Entry;
using economy::MarketMap;
using economy::Prices;
using economy::State;
using economy::TradeKernels;
using economy::Vector;

double log_or_zero(double value) { return value > 0.0 && std::isfinite(value) ? std::log(value) : 0.0; }

/// The nation's averages. Vectors by sector or factor.
struct Nation {
  Eigen::MatrixXd alpha;  ///< factors x sectors
  Eigen::MatrixXd gamma;  ///< suppliers x sectors
  Eigen::VectorXd gross;  ///< 1 + b
  Eigen::VectorXd sales;  ///< Y, total income 1
  Eigen::VectorXd wage;   ///< ln W at total income 1
  Eigen::VectorXd stock;  ///< sum X in use
};

/// Where a sector's firms are, and how productive: weights of regions that sum to 1 (0 where it cannot be).
Vector supply_weights(const MarketMap& map, Eigen::Index s) {
  const State& state = map.state();
  const Economy& economy = map.economy();
  const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
  Vector weight = Vector::Zero(economy.n_regions());
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    const bool possible = map.active().supply(r, s) || map.active().contestable(r, s);
    if (!possible) continue;
    double mass = state.effective_firms(r, s);
    const Eigen::Index own = map.own_factor(r, s);
    if (sector.market == economy::Market::monopolistic && sector.entry == Entry::free) {
      if (sector.fixed_input) {
        mass = state.stock(r, *sector.fixed_input);
      } else if (own >= 0) {
        mass = state.stock(r, own);
      }
    } else if (sector.market != economy::Market::monopolistic) {
      mass = own >= 0 ? state.stock(r, own) : 1.0;
    }
    weight(r) = mass;
  }
  if (!(weight.sum() > 0.0)) {
    for (Eigen::Index r = 0; r < weight.size(); ++r) weight(r) = map.active().contestable(r, s) ? 1.0 : 0.0;
  }
  const double total = weight.sum();
  return total > 0.0 ? Vector(weight / total) : weight;
}

/// ln sum over regions of m_r A_r^power, with m the masses.
double log_mass(const State& state, Eigen::Index s, const Vector& mass, double power) {
  double largest = -std::numeric_limits<double>::infinity();
  const auto term = [&](Eigen::Index r) {
    return mass(r) > 0.0 && std::isfinite(state.log_productivity(r, s))
               ? std::log(mass(r)) + power * state.log_productivity(r, s)
               : -std::numeric_limits<double>::infinity();
  };
  for (Eigen::Index r = 0; r < mass.size(); ++r) largest = std::max(largest, term(r));
  if (!std::isfinite(largest)) return 0.0;
  double sum = 0.0;
  for (Eigen::Index r = 0; r < mass.size(); ++r) sum += std::exp(term(r) - largest);
  return largest + std::log(sum);
}

/// Incomes and sales of the nation at a total income of 1.
void balance_nation(const MarketMap& map, const Array& weights, Nation& nation) {
  const Economy& economy = map.economy();
  const State& state = map.state();
  const Eigen::Index sectors = economy.n_sectors();
  const Eigen::Index factors = economy.n_factors();
  nation.alpha = Eigen::MatrixXd::Zero(factors, sectors);
  nation.gamma = Eigen::MatrixXd::Zero(sectors, sectors);
  nation.gross = Eigen::VectorXd::Ones(sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (weights(r, s) == 0.0) continue;
      const economy::Technology& technology = economy.technology(r);
      nation.alpha.col(s) += weights(r, s) * technology.alpha.col(s).matrix();
      nation.gamma.col(s) += weights(r, s) * technology.gamma.col(s).matrix();
      nation.gross(s) += weights(r, s) * state.instruments.production_subsidy(r, s);
    }
  }
  nation.stock = Eigen::VectorXd::Zero(factors);
  double reference_income = 0.0;
  for (Eigen::Index f = 0; f < factors; ++f) {
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (!(state.stock(r, f) > 0.0)) continue;
      nation.stock(f) += state.stock(r, f);
      reference_income += state.stock(r, f) * std::exp(economy.reference_log_wage(r, f));
    }
  }
  const double regions = static_cast<double>(economy.n_regions());
  const double saving = economy.saving_rate.sum() / regions;
  Eigen::VectorXd bought = Eigen::VectorXd::Zero(sectors);  // by government, of income
  for (const Array& purchases : state.instruments.purchases)
    bought += (purchases * economy.reference_log_price.exp()).colwise().sum().matrix().transpose() / reference_income;
  const double private_part = std::max(0.1, 1.0 - bought.sum());
  const double consumption = (1.0 - saving) * private_part;
  const Eigen::VectorXd demand = (consumption * economy.household_basket.colwise().mean().transpose() +
                                  saving * private_part * economy.investment_basket.colwise().mean().transpose())
                                     .matrix() +
                                 bought;
  Eigen::VectorXd bundle = nation.gross;  // BC / Y
  for (Eigen::Index s = 0; s < sectors; ++s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (sector.fixed_input) bundle(s) *= (sector.elasticity - 1.0) / sector.elasticity;
  }
  const Eigen::MatrixXd system = Eigen::MatrixXd::Identity(sectors, sectors) - nation.gamma * bundle.asDiagonal();
  nation.sales = system.partialPivLu().solve(demand).cwiseMax(1e-12);
  Eigen::VectorXd income = nation.alpha * bundle.cwiseProduct(nation.sales);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (sector.fixed_input) income(*sector.fixed_input) += nation.gross(s) * nation.sales(s) / sector.elasticity;
  }
  if (map.housing() >= 0) income(map.housing()) += consumption * economy.housing_share.mean();
  nation.wage.resize(factors);
  for (Eigen::Index f = 0; f < factors; ++f)
    nation.wage(f) = income(f) > 0.0 && nation.stock(f) > 0.0 ? std::log(income(f) / nation.stock(f)) : 0.0;
}

}  // namespace

Prices cold_start(const Economy& economy, const TradeKernels& kernels, const State& state) {
  MarketMap map(economy, kernels, state);
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const Eigen::Index h = map.numeraire();
  Array weights(regions, sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) weights.col(s) = supply_weights(map, s);
  Nation nation;
  balance_nation(map, weights, nation);

  // (1-sigma) ln P = ln K + ln(sum N A^(sigma-1)) + (1-sigma)(ln m - ln(1+b) + ln c~), c~ = cost at A = 1, linear in ln P and ln W;
  // ln W = wage + l: solved for ln P = at_one + slope l.
  const Vector buyers = Vector::Constant(regions, 1.0 / static_cast<double>(regions));
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(sectors, sectors);
  Eigen::MatrixXd right = Eigen::MatrixXd::Zero(sectors, 2);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == h || !(weights.col(s).sum() > 0.0)) continue;
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    const double sigma = sector.elasticity;
    const double markup = sector.market == economy::Market::monopolistic ? std::log(sigma / (sigma - 1.0)) : 0.0;
    double by_cost = 1.0 - sigma;  // coefficient of ln c~
    double constant = log_or_zero(kernels.mean_freeness(s, weights.col(s), buyers)) +
                      (1.0 - sigma) * (markup - std::log(nation.gross(s)));
    double by_income = 0.0;
    const Vector& weight = weights.col(s);
    if (sector.market == economy::Market::armington) {
      constant += log_mass(state, s, (weight > 0.0).cast<double>(), sigma - 1.0);
    } else if (sector.entry == Entry::free && sector.fixed_input) {
      constant += log_mass(state, s, state.stock.col(*sector.fixed_input) / sector.fixed_cost, sigma - 1.0);
    } else if (const Vector firms = (weight > 0.0).select(state.effective_firms.col(s), 0.0);
               sector.entry == Entry::stock || firms.sum() > 0.0) {
      constant += log_mass(state, s, firms, sigma - 1.0);
    } else {
      // As many firms as break even on the nation's demand.
      constant +=
          std::log(nation.sales(s) * nation.gross(s) / (sigma * sector.fixed_cost)) + log_mass(state, s, weight, sigma);
      by_cost -= 1.0;
      by_income = 1.0;
    }
    const double wages = nation.alpha.col(s).dot(nation.wage);
    const double by_wage = nation.alpha.col(s).sum();
    system(s, s) = 1.0 - sigma;
    system.row(s) -= by_cost * nation.gamma.col(s).transpose();
    right(s, 0) = constant + by_cost * wages;
    right(s, 1) = by_income + by_cost * by_wage;
  }
  const Eigen::MatrixXd solved = system.partialPivLu().solve(right);
  double income = std::log(std::max(1e-300, nation.stock.sum()));  // without a numeraire: wages of 1 on average
  if (h >= 0) {
    const double slope = nation.alpha.col(h).sum() + nation.gamma.col(h).dot(solved.col(1));
    double productivity = 0.0;
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (weights(r, h) > 0.0 && std::isfinite(state.log_productivity(r, h)))
        productivity += weights(r, h) * state.log_productivity(r, h);
    }
    const double cost = nation.alpha.col(h).dot(nation.wage) + nation.gamma.col(h).dot(solved.col(0)) - productivity;
    if (weights.col(h).sum() > 0.0 && slope > 0.1) income = (std::log(nation.gross(h)) - cost) / slope;
  }
  if (!std::isfinite(income) || !solved.allFinite()) income = 0.0;

  Prices prices{.log_wage = Array::Zero(regions, economy.n_factors()),
                .log_price_index = Array::Zero(regions, sectors),
                .log_market_access = Array::Zero(regions, sectors)};
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) prices.log_wage.col(f).setConstant(nation.wage(f) + income);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s != h) prices.log_price_index.col(s).setConstant(solved(s, 0) + solved(s, 1) * income);
  }
  make_finite(map, prices);
  Prices cleared;
  Accounts accounts;
  map.evaluate(prices, cleared, accounts);
  // Where nobody supplies yet, the nation's price stays.
  prices.log_price_index = cleared.log_price_index.isFinite().select(cleared.log_price_index, prices.log_price_index);
  make_finite(map, prices);
  map.evaluate(prices, cleared, accounts);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == h) continue;
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (sector.market == economy::Market::monopolistic) {
      // M where profits are zero: whatever demand is, nobody's losses make an income negative.
      prices.log_market_access.col(s) = -accounts.profitability.col(s);
      // Firms that are less productive than the average of their cell pay more fixed costs for the same sales.
      if (sector.entry == Entry::stock) {
        const Vector excess = (state.firms.col(s) / state.effective_firms.col(s)).log();
        prices.log_market_access.col(s) += (excess.isFinite() && excess > 0.0).select(excess, 0.0);
      }
    } else if (const double supply = accounts.sales.col(s).sum(); supply > 0.0) {
      prices.log_market_access.col(s).setConstant(std::log(nation.sales(s) / supply) + income);
    }
  }
  make_finite(map, prices);
  return prices;
}

}  // namespace pericore::equilibrium

#include "economy/market_map.h"

#include <cmath>

#include "base/errors.h"
#include "numerics/elementary.h"
#include "numerics/narrow_product.h"

namespace pericore::economy {
namespace {

bool has_entries(const Array& array) { return array.size() > 0; }

}  // namespace

MarketMap::MarketMap(const Economy& economy, const TradeKernels& kernels, const State& state)
    : economy_(economy), kernels_(kernels), state_(state), plans_(economy, state) {
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    if (economy.sectors[static_cast<std::size_t>(s)].market == Market::homogeneous) {
      if (numeraire_ >= 0) throw DomainError("an economy has at most one homogeneous sector");
      numeraire_ = s;
    }
  }
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].housing) housing_ = f;
  }
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    if (economy.technology_of[static_cast<std::size_t>(r)] != 0) other_technology_.push_back(r);
  }
  for (const auto& account : state.instruments.factor_subsidy_by_account) {
    for (const Array& subsidy : account) funds_own_use_ = funds_own_use_ || has_entries(subsidy);
  }
  find_own_factors();
  find_active_cells();
  prepare_constants();
  // The numeraire's column stays.
  trade_.price_power.setOnes(economy.n_regions(), economy.n_sectors());
  trade_.access.setOnes(economy.n_regions(), economy.n_sectors());
}

void MarketMap::find_own_factors() {
  const Eigen::Index sectors = economy_.n_sectors();
  const auto technologies = static_cast<Eigen::Index>(economy_.technologies.size());
  own_factor_.setConstant(sectors, technologies, -1);
  for (Eigen::Index t = 0; t < technologies; ++t) {
    const Eigen::ArrayXXd& alpha = economy_.technologies[static_cast<std::size_t>(t)].alpha;
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      if (f == housing_) continue;
      Eigen::Index user = -1;
      Eigen::Index users = 0;
      for (Eigen::Index s = 0; s < sectors; ++s) {
        const bool fixed = economy_.sectors[static_cast<std::size_t>(s)].fixed_input == static_cast<int>(f);
        if (alpha(f, s) > share_epsilon) user = s;
        if (alpha(f, s) > share_epsilon || fixed) ++users;
      }
      if (users == 1 && user >= 0 && own_factor_(user, t) < 0) own_factor_(user, t) = f;
    }
  }
  homogeneous_own_.setConstant(economy_.n_factors(), technologies, false);
  if (numeraire_ < 0) return;
  for (Eigen::Index t = 0; t < technologies; ++t) {
    const Eigen::ArrayXXd& alpha = economy_.technologies[static_cast<std::size_t>(t)].alpha;
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      bool own = f != housing_ && alpha(f, numeraire_) > share_epsilon;
      for (Eigen::Index s = 0; s < sectors && own; ++s) {
        own = s == numeraire_ || (alpha(f, s) <= share_epsilon &&
                                  economy_.sectors[static_cast<std::size_t>(s)].fixed_input != static_cast<int>(f));
      }
      homogeneous_own_(f, t) = own;
    }
  }
}

Eigen::Index MarketMap::shared_factor_of_homogeneous(Eigen::Index region) const {
  Eigen::Index shared = -1;
  for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
    if (economy_.technology(region).alpha(f, numeraire_) > share_epsilon && !is_own_of_homogeneous(region, f))
      shared = f;
  }
  return shared;
}

double MarketMap::factor_share(Eigen::Index region, Eigen::Index factor, Eigen::Index sector) const {
  double share = economy_.technology(region).alpha(factor, sector);
  for (const ShiftedCell& cell : shifts_) {
    if (cell.region == region && cell.sector == sector) share += cell.alpha(factor);
  }
  return share;
}

/// By region, for one factor and sector.
void MarketMap::factor_shares(Eigen::Index factor, Eigen::Index sector, Vector& shares) const {
  shares.setConstant(economy_.n_regions(), economy_.technologies.front().alpha(factor, sector));
  for (const Eigen::Index r : other_technology_) shares(r) = economy_.technology(r).alpha(factor, sector);
  for (const ShiftedCell& cell : shifts_) {
    if (cell.sector == sector) shares(cell.region) += cell.alpha(factor);
  }
}

void MarketMap::cell_shares(Eigen::Index region, Eigen::Index sector, Eigen::ArrayXd& alpha,
                            Eigen::ArrayXd& gamma) const {
  const Technology& technology = economy_.technology(region);
  alpha = technology.alpha.col(sector);
  gamma = technology.gamma.col(sector);
  for (const ShiftedCell& shift : shifts_) {
    if (shift.region == region && shift.sector == sector) {
      alpha += shift.alpha;
      gamma += shift.gamma;
    }
  }
}

void MarketMap::find_active_cells() {
  const Eigen::Index regions = economy_.n_regions();
  const Eigen::Index sectors = economy_.n_sectors();
  const Eigen::Index factors = economy_.n_factors();
  active_.supply.resize(regions, sectors);
  active_.factor.resize(regions, factors);
  active_.factor.setConstant(false);
  active_.contestable.resize(regions, sectors);
  active_.contestable.setConstant(false);

  for (Eigen::Index s = 0; s < sectors; ++s) {
    const Sector& sector = economy_.sectors[static_cast<std::size_t>(s)];
    const bool homogeneous = sector.market == Market::homogeneous;
    for (Eigen::Index r = 0; r < regions; ++r) {
      const Technology& technology = economy_.technology(r);
      bool possible = std::isfinite(state_.log_productivity(r, s));
      Eigen::Index used = 0;
      for (Eigen::Index f = 0; f < factors; ++f) {
        if (technology.alpha(f, s) <= share_epsilon) continue;
        ++used;
        possible = possible && state_.stock(r, f) > 0.0;
      }
      const bool buys = (technology.gamma.col(s) > share_epsilon).any();
      if (sector.fixed_input) possible = possible && state_.stock(r, *sector.fixed_input) > 0.0;
      possible = possible && (used > 0 || buys);
      // What settles the scale: an own factor or a fixed input; in a homogeneous sector also a lone shared factor, of which it takes the rest.
      const bool free = homogeneous || (sector.market == Market::monopolistic && sector.entry == Entry::free);
      const bool settled = sector.fixed_input || own_factor(r, s) >= 0 || (homogeneous && used == 1 && !buys);
      active_.contestable(r, s) = possible && free && !settled;
      active_.supply(r, s) = possible && (state_.effective_firms(r, s) > 0.0 || (free && settled));
    }
  }
  for (Eigen::Index f = 0; f < factors; ++f) {
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (!(state_.stock(r, f) > 0.0)) continue;
      bool used = f == housing_ && economy_.housing_share(r) > 0.0;
      const Technology& technology = economy_.technology(r);
      for (Eigen::Index s = 0; s < sectors && !used; ++s) {
        used =
            active_.supply(r, s) && (technology.alpha(f, s) > share_epsilon ||
                                     economy_.sectors[static_cast<std::size_t>(s)].fixed_input == static_cast<int>(f));
      }
      active_.factor(r, f) = used;
    }
  }
}

void MarketMap::prepare_constants() {
  const Eigen::Index regions = economy_.n_regions();
  const Eigen::Index sectors = economy_.n_sectors();
  const Instruments& instruments = state_.instruments;

  for (const InputShift& shift : instruments.input_shifts) {
    const Technology& technology = economy_.technology(shift.region);
    ShiftedCell cell{shift.region, shift.sector, Eigen::ArrayXd::Zero(economy_.n_factors()),
                     Eigen::ArrayXd::Zero(sectors)};
    double labour = 0.0;
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      if (economy_.factors[static_cast<std::size_t>(f)].kind == FactorKind::labour)
        labour += technology.alpha(f, shift.sector);
    }
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      if (economy_.factors[static_cast<std::size_t>(f)].kind == FactorKind::labour && labour > 0.0) {
        cell.alpha(f) = -shift.amount * technology.alpha(f, shift.sector) / labour;
      }
    }
    cell.gamma(shift.input) = shift.amount;
    shifts_.push_back(std::move(cell));
  }

  cost_constant_ = -state_.log_productivity;
  log_price_constant_ = Array::Zero(regions, sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    const Sector& sector = economy_.sectors[static_cast<std::size_t>(s)];
    const double markup = sector.market == Market::monopolistic ? sector.elasticity / (sector.elasticity - 1.0) : 1.0;
    log_price_constant_.col(s) = std::log(markup) - (1.0 + instruments.production_subsidy.col(s)).log();
    for (std::size_t f = 0; f < instruments.factor_subsidy.size(); ++f) {
      const Array& subsidy = instruments.factor_subsidy[f];
      if (!has_entries(subsidy)) continue;
      for (Eigen::Index r = 0; r < regions; ++r) {
        const Technology& technology = economy_.technology(r);
        cost_constant_(r, s) += technology.alpha(static_cast<Eigen::Index>(f), s) * std::log1p(-subsidy(r, s));
      }
    }
  }
  uses_.setConstant(economy_.n_factors(), sectors, false);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      bool used = economy_.sectors[static_cast<std::size_t>(s)].fixed_input == static_cast<int>(f);
      for (const Technology& technology : economy_.technologies) used = used || technology.alpha(f, s) != 0.0;
      for (const ShiftedCell& cell : shifts_) used = used || (cell.sector == s && cell.alpha(f) != 0.0);
      uses_(f, s) = used;
    }
  }
  for (std::size_t i = 0; i < shifts_.size(); ++i) {
    ShiftedCell& cell = shifts_[i];
    double& constant = cost_constant_(cell.region, cell.sector);
    constant -= instruments.input_shifts[i].efficiency;
    // Ratio form: the shift by itself leaves the base-year cost as it was, whatever the units of W and P.
    constant -= (cell.alpha * economy_.reference_log_wage.row(cell.region).transpose()).sum();
    constant -= (cell.gamma * economy_.reference_log_price.row(cell.region).transpose()).sum();
    for (std::size_t f = 0; f < instruments.factor_subsidy.size(); ++f) {
      const Array& subsidy = instruments.factor_subsidy[f];
      if (has_entries(subsidy))
        constant += cell.alpha(static_cast<Eigen::Index>(f)) * std::log1p(-subsidy(cell.region, cell.sector));
    }
  }
  const Technology& main = economy_.technologies.front();
  alpha_ = main.alpha;
  gamma_ = main.gamma;
  gamma_transposed_ = main.gamma.transpose();
  payment_shares_ = main.alpha.transpose();
  for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
    if (has_entries(instruments.factor_subsidy[static_cast<std::size_t>(f)])) payment_shares_.col(f).setZero();
  }
  clearing_shares_ = (payment_shares_.array() / economy_.wage_premium.transpose()).matrix();
  if (numeraire_ >= 0) prepare_homogeneous();
  cost_constant_ = active_.supply.select(cost_constant_, cost_constant_.isFinite().select(cost_constant_, 0.0));
}

/// Shares times log prices of factors and inputs: linear, so that it serves changes of prices too.
void MarketMap::add_input_prices(const Array& log_wage, const Array& log_price, Array& log_cost) const {
  Array before(static_cast<Eigen::Index>(other_technology_.size()), log_cost.cols());
  for (std::size_t i = 0; i < other_technology_.size(); ++i)
    before.row(static_cast<Eigen::Index>(i)) = log_cost.row(other_technology_[i]);
  numerics::add_narrow_product(log_wage, alpha_, log_cost);
  numerics::add_narrow_product(log_price, gamma_, log_cost);
  for (std::size_t i = 0; i < other_technology_.size(); ++i) {
    const Eigen::Index r = other_technology_[i];
    const Technology& own = economy_.technology(r);
    log_cost.row(r) = before.row(static_cast<Eigen::Index>(i));
    log_cost.row(r).matrix() += log_wage.row(r).matrix() * own.alpha.matrix();
    log_cost.row(r).matrix() += log_price.row(r).matrix() * own.gamma.matrix();
  }
  for (const ShiftedCell& cell : shifts_) {
    log_cost(cell.region, cell.sector) += (cell.alpha * log_wage.row(cell.region).transpose()).sum() +
                                          (cell.gamma * log_price.row(cell.region).transpose()).sum();
  }
}

void MarketMap::unit_costs(const Prices& prices, Accounts& accounts) const {
  accounts.unit_cost = cost_constant_;
  add_input_prices(prices.log_wage, prices.log_price_index, accounts.unit_cost);
}

/// Purchases of inputs by region and supplying sector, for given bundle costs: linear.
Array MarketMap::intermediate_demand(const Array& bundle_cost) const {
  Array demand = Array::Zero(economy_.n_regions(), economy_.n_sectors());
  numerics::add_narrow_product(bundle_cost, gamma_transposed_, demand);
  for (const Eigen::Index r : other_technology_)
    demand.row(r).matrix() = bundle_cost.row(r).matrix() * economy_.technology(r).gamma.matrix().transpose();
  for (const ShiftedCell& cell : shifts_)
    demand.row(cell.region) += (cell.gamma * bundle_cost(cell.region, cell.sector)).transpose();
  return demand;
}

/// Firms of a cell with free entry whose own factor settles how many they are.
///
/// @param scale  price of the fixed cost
double MarketMap::firms_of_own_factor(const Prices& prices, Eigen::Index r, Eigen::Index s, Eigen::Index own,
                                      double scale) const {
  const Sector& sector = economy_.sectors[static_cast<std::size_t>(s)];
  const Array& subsidy = state_.instruments.factor_subsidy[static_cast<std::size_t>(own)];
  const double net = has_entries(subsidy) ? 1.0 - subsidy(r, s) : 1.0;
  return std::exp(prices.log_wage(r, own)) * net * economy_.wage_premium(own, s) * state_.stock(r, own) /
         (factor_share(r, own, s) * sector.elasticity * sector.fixed_cost * scale);
}

void MarketMap::sales_and_costs(const Prices& prices, const Array& log_access, Accounts& accounts) {
  const Eigen::Index regions = economy_.n_regions();
  const Eigen::Index sectors = economy_.n_sectors();
  const Instruments& instruments = state_.instruments;
  accounts.effective_firms = state_.effective_firms;
  accounts.firms = state_.firms;
  accounts.sales.setZero(regions, sectors);
  accounts.bundle_cost.setZero(regions, sectors);
  accounts.fixed_payment.setZero(regions, sectors);
  accounts.profit.setZero(regions, sectors);
  accounts.mill_price = accounts.unit_cost + log_price_constant_;
  trade_.supply.setZero(regions, sectors);
  // Of all sectors at once: c, p^(1-sigma) and M.
  cost_.resize(regions, sectors);
  demand_term_.resize(regions, sectors);
  access_.resize(regions, sectors);
  numerics::exponential(accounts.unit_cost, cost_);
  for (Eigen::Index s = 0; s < sectors; ++s)
    demand_term_.col(s) = (1.0 - economy_.sectors[static_cast<std::size_t>(s)].elasticity) * accounts.mill_price.col(s);
  numerics::exponential(demand_term_, demand_term_);
  numerics::exponential(log_access, access_);

  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == numeraire_) {
      accounts.mill_price.col(s).setZero();
      continue;
    }
    const Sector& sector = economy_.sectors[static_cast<std::size_t>(s)];
    const double sigma = sector.elasticity;
    const Eigen::ArrayXd gross = 1.0 + instruments.production_subsidy.col(s);
    Eigen::ArrayXd scale = cost_.col(s);  // price of the fixed cost
    if (sector.fixed_input) {
      scale = prices.log_wage.col(*sector.fixed_input).exp();
      const Array& subsidy = instruments.factor_subsidy[static_cast<std::size_t>(*sector.fixed_input)];
      if (has_entries(subsidy)) scale *= 1.0 - subsidy.col(s);
    }

    if (sector.market == Market::armington) {
      accounts.effective_firms.col(s) = active_.supply.col(s).cast<double>();
      accounts.firms.col(s) = accounts.effective_firms.col(s);
    } else if (sector.entry == Entry::free) {
      if (sector.fixed_input) {
        accounts.effective_firms.col(s) = state_.stock.col(*sector.fixed_input) / sector.fixed_cost;
      } else {
        for (Eigen::Index r = 0; r < regions; ++r) {
          const Eigen::Index own = own_factor(r, s);
          if (own < 0) {
            if (!active_.contestable(r, s)) accounts.effective_firms(r, s) = 0.0;
            continue;
          }
          accounts.effective_firms(r, s) =
              active_.supply(r, s) ? firms_of_own_factor(prices, r, s, own, scale(r)) : 0.0;
        }
      }
      accounts.firms.col(s) = accounts.effective_firms.col(s);
    }

    trade_.supply.col(s) = active_.supply.col(s).select(accounts.effective_firms.col(s) * demand_term_.col(s), 0.0);
    accounts.sales.col(s) = trade_.supply.col(s) * access_.col(s);
    const Eigen::ArrayXd receipts = accounts.sales.col(s) * gross;
    if (sector.market == Market::monopolistic) {
      const Eigen::ArrayXd fixed_cost =
          active_.supply.col(s).select(accounts.firms.col(s) * sector.fixed_cost * scale, 0.0);
      const double markup = sigma / (sigma - 1.0);
      if (sector.entry == Entry::free) {
        accounts.bundle_cost.col(s) = sector.fixed_input ? Eigen::ArrayXd(receipts / markup) : receipts;
        if (sector.fixed_input) accounts.fixed_payment.col(s) = receipts / sigma;
        // Firms as given: what they earn beside their costs vanishes once their number is right.
        for (Eigen::Index r = 0; r < regions; ++r) {
          if (!active_.contestable(r, s)) continue;
          accounts.bundle_cost(r, s) = receipts(r) / markup + fixed_cost(r);
          accounts.profit(r, s) = receipts(r) - accounts.bundle_cost(r, s);
        }
      } else {
        accounts.bundle_cost.col(s) =
            sector.fixed_input ? Eigen::ArrayXd(receipts / markup) : Eigen::ArrayXd(receipts / markup + fixed_cost);
        if (sector.fixed_input) accounts.fixed_payment.col(s) = fixed_cost;
        accounts.profit.col(s) = receipts - accounts.bundle_cost.col(s) - accounts.fixed_payment.col(s);
      }
    } else {
      accounts.bundle_cost.col(s) = receipts;
    }
  }

  // Processing trade: what must be bought abroad is sold there directly, whatever the price.
  accounts.direct_imports = processing_purchases(accounts.bundle_cost);
  sell_abroad(accounts.direct_imports, accounts.sales, accounts.bundle_cost, accounts.profit);
  if (numeraire_ >= 0) homogeneous_sector(prices, accounts);
}

/// What each region must buy of each sector in the rest of the world, for given bundle costs: linear.
Array MarketMap::processing_purchases(const Array& bundle_cost) const {
  Array direct = Array::Zero(economy_.n_regions(), economy_.n_sectors());
  Eigen::ArrayXd alpha;
  Eigen::ArrayXd gamma;
  for (const ProcessingShare& processing : state_.instruments.processing) {
    if (!economy_.abroad || processing.input == numeraire_) continue;  // one world price: nothing to tell apart
    cell_shares(processing.region, processing.sector, alpha, gamma);
    direct(processing.region, processing.input) +=
        processing.share * gamma(processing.input) * bundle_cost(processing.region, processing.sector);
  }
  return direct;
}

/// Adds direct purchases to what the rest of the world sells, spends and earns: linear.
void MarketMap::sell_abroad(const Array& direct, Array& sales, Array& bundle_cost, Array& profit) const {
  if (!economy_.abroad) return;
  const Eigen::Index abroad = *economy_.abroad;
  for (Eigen::Index k = 0; k < economy_.n_sectors(); ++k) {
    const double sold = direct.col(k).sum();
    if (sold == 0.0) continue;
    const Sector& sector = economy_.sectors[static_cast<std::size_t>(k)];
    sales(abroad, k) += sold;
    const double receipts = sold * (1.0 + state_.instruments.production_subsidy(abroad, k));
    const double cost = sector.market == Market::monopolistic && sector.entry == Entry::stock
                            ? receipts * (sector.elasticity - 1.0) / sector.elasticity
                            : receipts;
    bundle_cost(abroad, k) += cost;
    profit(abroad, k) += receipts - cost;
  }
}

/// Constants of what homogeneous_sector() spends where a factor of its own settles the scale.
void MarketMap::prepare_homogeneous() {
  const Eigen::Index h = numeraire_;
  homogeneous_own_share_.setZero(economy_.n_regions());
  homogeneous_constant_.setZero(economy_.n_regions());
  homogeneous_wage_shares_.setZero(economy_.n_factors(), static_cast<Eigen::Index>(economy_.technologies.size()));
  for (Eigen::Index r = 0; r < economy_.n_regions(); ++r) {
    if (!active_.supply(r, h)) continue;
    const Technology& technology = economy_.technology(r);
    double& log_cost = homogeneous_constant_(r);
    log_cost = std::log1p(state_.instruments.production_subsidy(r, h)) + state_.log_productivity(r, h);
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      const double alpha = technology.alpha(f, h);
      if (alpha <= share_epsilon) continue;
      if (is_own_of_homogeneous(r, f)) {
        homogeneous_own_share_(r) += alpha;
        log_cost += alpha * std::log(state_.stock(r, f) / alpha);
      } else {
        homogeneous_wage_shares_(f, economy_.technology_of[static_cast<std::size_t>(r)]) = alpha;
        log_cost -= alpha * std::log(net_price(f, r, h));
      }
    }
  }
}

/// 1 - u: what of a factor's price is left to `sector`.
double MarketMap::net_price(Eigen::Index factor, Eigen::Index region, Eigen::Index sector) const {
  const Array& subsidy = state_.instruments.factor_subsidy[static_cast<std::size_t>(factor)];
  return has_entries(subsidy) ? 1.0 - subsidy(region, sector) : 1.0;
}

/// Spending of the homogeneous sector where factors of its own settle it, by region: its price is 1, so that they take what is left.
Vector MarketMap::homogeneous_spending(const Prices& prices) const {
  const Eigen::Index h = numeraire_;
  Vector log_cost = homogeneous_constant_;
  const Technology& main = economy_.technologies.front();
  for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
    if (homogeneous_wage_shares_(f, 0) != 0.0) log_cost -= homogeneous_wage_shares_(f, 0) * prices.log_wage.col(f);
  }
  for (Eigen::Index k = 0; k < economy_.n_sectors(); ++k) {
    if (k != h && main.gamma(k, h) != 0.0) log_cost -= main.gamma(k, h) * prices.log_price_index.col(k);
  }
  for (const Eigen::Index r : other_technology_) {
    const auto technology = economy_.technology_of[static_cast<std::size_t>(r)];
    log_cost(r) = homogeneous_constant_(r) -
                  (homogeneous_wage_shares_.col(technology) * prices.log_wage.row(r).transpose()).sum();
    for (Eigen::Index k = 0; k < economy_.n_sectors(); ++k) {
      if (k != h) log_cost(r) -= economy_.technology(r).gamma(k, h) * prices.log_price_index(r, k);
    }
  }
  log_cost /= (homogeneous_own_share_ > share_epsilon).select(homogeneous_own_share_, 1.0);
  numerics::exponential(log_cost, log_cost);
  return log_cost;
}

void MarketMap::homogeneous_sector(const Prices& prices, Accounts& accounts) const {
  const Eigen::Index h = numeraire_;
  const Vector spending = homogeneous_spending(prices);
  for (Eigen::Index r = 0; r < economy_.n_regions(); ++r) {
    if (!active_.supply(r, h)) continue;
    if (active_.contestable(r, h)) {
      accounts.bundle_cost(r, h) = state_.effective_firms(r, h);
    } else if (homogeneous_own_share_(r) > share_epsilon) {
      accounts.bundle_cost(r, h) = spending(r);
    } else {
      // One shared factor and no inputs: it takes what the others leave at the floor price.
      const Eigen::Index shared = shared_factor_of_homogeneous(r);
      const double gross = 1.0 + state_.instruments.production_subsidy(r, h);
      const double floor_price = std::exp(state_.log_productivity(r, h)) * gross / net_price(shared, r, h);
      double other = 0.0;
      for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
        if (s == h) continue;
        const double net = net_price(shared, r, s);
        other += factor_share(r, shared, s) * accounts.bundle_cost(r, s) / (net * economy_.wage_premium(shared, s));
        if (economy_.sectors[static_cast<std::size_t>(s)].fixed_input == static_cast<int>(shared))
          other += accounts.fixed_payment(r, s) / net;
      }
      const double left = std::max(0.0, state_.stock(r, shared) - other / floor_price);
      accounts.bundle_cost(r, h) = left * floor_price * net_price(shared, r, h);
    }
    accounts.sales(r, h) = accounts.bundle_cost(r, h) / (1.0 + state_.instruments.production_subsidy(r, h));
  }
}

/// What a sector pays for a factor, net of subsidy, by region.
void MarketMap::net_payments(Eigen::Index factor, Eigen::Index sector, const Accounts& accounts,
                             Vector& payments) const {
  factor_shares(factor, sector, payments);
  payments *= accounts.bundle_cost.col(sector);
  if (economy_.sectors[static_cast<std::size_t>(sector)].fixed_input == static_cast<int>(factor))
    payments += accounts.fixed_payment.col(sector);
}

void MarketMap::factor_payments(const Prices& prices, Accounts& accounts) {
  const Eigen::Index regions = economy_.n_regions();
  const Eigen::Index factors = economy_.n_factors();
  accounts.factor_income.setZero(regions, factors);
  clearing_.setZero(regions, factors);
  accounts.factor_subsidy_outlay.setZero(regions);
  numerics::add_narrow_product(accounts.bundle_cost, payment_shares_, accounts.factor_income);
  numerics::add_narrow_product(accounts.bundle_cost, clearing_shares_, clearing_);
  for (Eigen::Index f = 0; f < factors; ++f) {
    if (payment_shares_.col(f).any()) {
      add_other_payments(f, accounts);
    } else {
      add_all_payments(f, accounts);
    }
  }
  if (funds_own_use_) factor_use(prices, accounts);
}

/// What payment_shares_ do not tell of a factor without subsidies: other technologies, shifts and fixed inputs.
void MarketMap::add_other_payments(Eigen::Index factor, Accounts& accounts) {
  for (const Eigen::Index r : other_technology_) {
    accounts.factor_income(r, factor) = 0.0;
    clearing_(r, factor) = 0.0;
    for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
      const double payment = economy_.technology(r).alpha(factor, s) * accounts.bundle_cost(r, s);
      accounts.factor_income(r, factor) += payment;
      clearing_(r, factor) += payment / economy_.wage_premium(factor, s);
    }
  }
  for (const ShiftedCell& cell : shifts_) {
    const double payment = cell.alpha(factor) * accounts.bundle_cost(cell.region, cell.sector);
    accounts.factor_income(cell.region, factor) += payment;
    clearing_(cell.region, factor) += payment / economy_.wage_premium(factor, cell.sector);
  }
  for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
    if (economy_.sectors[static_cast<std::size_t>(s)].fixed_input != static_cast<int>(factor)) continue;
    accounts.factor_income.col(factor) += accounts.fixed_payment.col(s);
    clearing_.col(factor) += accounts.fixed_payment.col(s) * (1.0 / economy_.wage_premium(factor, s));
  }
}

/// All payments for a factor, sector by sector.
void MarketMap::add_all_payments(Eigen::Index factor, Accounts& accounts) {
  const Array& subsidy = state_.instruments.factor_subsidy[static_cast<std::size_t>(factor)];
  for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
    if (!uses_(factor, s)) continue;
    net_payments(factor, s, accounts, column_);
    if (has_entries(subsidy) && (subsidy.col(s) != 0.0).any()) {
      column_ /= 1.0 - subsidy.col(s);
      accounts.factor_subsidy_outlay += column_ * subsidy.col(s);
    }
    accounts.factor_income.col(factor) += column_;
    clearing_.col(factor) += column_ * (1.0 / economy_.wage_premium(factor, s));
  }
}

void MarketMap::factor_use(const Prices& prices, Accounts& accounts) const {
  const Eigen::Index factors = economy_.n_factors();
  accounts.factor_use.resize(static_cast<std::size_t>(factors));
  Vector payments;
  for (Eigen::Index f = 0; f < factors; ++f) {
    Array& use = accounts.factor_use[static_cast<std::size_t>(f)];
    use.setZero(economy_.n_regions(), economy_.n_sectors());
    const Array& subsidy = state_.instruments.factor_subsidy[static_cast<std::size_t>(f)];
    const Vector per_wage = (-prices.log_wage.col(f)).exp();
    for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
      if (!uses_(f, s)) continue;
      net_payments(f, s, accounts, payments);
      if (has_entries(subsidy)) payments /= 1.0 - subsidy.col(s);
      use.col(s) = payments * per_wage / economy_.wage_premium(f, s);
    }
  }
}

/// What a firm would earn at these prices relative to its fixed cost, ln, in empty cells too.
void MarketMap::profitability(const Prices& prices, Accounts& accounts) const {
  accounts.profitability.setZero(economy_.n_regions(), economy_.n_sectors());
  for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
    if (s == numeraire_) {
      const Eigen::ArrayXd log_price = accounts.unit_cost.col(s) + log_price_constant_.col(s);
      accounts.profitability.col(s) = active_.contestable.col(s).select(-log_price, 0.0);
      continue;
    }
    const Sector& sector = economy_.sectors[static_cast<std::size_t>(s)];
    if (sector.market != Market::monopolistic) continue;
    const double sigma = sector.elasticity;
    const double log_markup = std::log(sigma / (sigma - 1.0));
    // ln(1+b) is ln m less the constant of the price.
    accounts.profitability.col(s) = (1.0 - sigma) * accounts.mill_price.col(s) + prices.log_market_access.col(s) -
                                    log_price_constant_.col(s) + log_markup - std::log(sigma * sector.fixed_cost);
    if (!sector.fixed_input) {
      accounts.profitability.col(s) -= accounts.unit_cost.col(s);
      continue;
    }
    accounts.profitability.col(s) -= prices.log_wage.col(*sector.fixed_input);
    const Array& subsidy = state_.instruments.factor_subsidy[static_cast<std::size_t>(*sector.fixed_input)];
    if (has_entries(subsidy)) accounts.profitability.col(s) -= (1.0 - subsidy.col(s)).log();
  }
}

void MarketMap::complete(const Prices& prices, Accounts& accounts) const {
  factor_use(prices, accounts);
  profitability(prices, accounts);
  accounts.employment.setZero(economy_.n_regions(), economy_.n_sectors());
  for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
    if (economy_.factors[static_cast<std::size_t>(f)].kind == FactorKind::labour)
      accounts.employment += accounts.factor_use[static_cast<std::size_t>(f)];
  }
  if (numeraire_ >= 0) {
    const double sold = accounts.sales.col(numeraire_).sum() - accounts.direct_imports.col(numeraire_).sum();
    const double bought = accounts.expenditure.col(numeraire_).sum();
    accounts.walras = bought != 0.0 ? (sold - bought) / bought : 0.0;
  } else {
    const double sold = accounts.sales.sum() - accounts.direct_imports.sum();
    accounts.walras = sold / accounts.expenditure.sum() - 1.0;
  }
}

/// ln of the price index of a sector's varieties from abroad at the foreign gate: ln (N p^(1-sigma))^(1/(1-sigma)). Where nobody
/// supplies, what a single firm would ask.
double MarketMap::log_foreign_price(const Prices& prices, const Accounts& accounts, Eigen::Index s) const {
  const Eigen::Index abroad = *economy_.abroad;
  const Sector& sector = economy_.sectors[static_cast<std::size_t>(s)];
  const double mill_price = accounts.unit_cost(abroad, s) + log_price_constant_(abroad, s);
  if (sector.market == Market::armington || !active_.supply(abroad, s)) return mill_price;
  double firms = state_.effective_firms(abroad, s);
  if (sector.entry == Entry::free && sector.fixed_input) {
    firms = state_.stock(abroad, *sector.fixed_input) / sector.fixed_cost;
  } else if (const Eigen::Index own = own_factor(abroad, s); sector.entry == Entry::free && own >= 0) {
    firms = firms_of_own_factor(prices, abroad, s, own, std::exp(accounts.unit_cost(abroad, s)));
  }
  return mill_price + std::log(firms) / (1.0 - sector.elasticity);
}

/// Processing trade buys all varieties from abroad, and pays their price index and the trade cost tau(abroad, r), read back from the
/// freeness tau^(1-sigma).
void MarketMap::processing_costs(const Prices& prices, Accounts& accounts) const {
  Eigen::ArrayXd alpha;
  Eigen::ArrayXd gamma;
  for (const ProcessingShare& processing : state_.instruments.processing) {
    if (processing.input == numeraire_) continue;
    cell_shares(processing.region, processing.sector, alpha, gamma);
    const Sector& supplier = economy_.sectors[static_cast<std::size_t>(processing.input)];
    const double log_trade_cost =
        std::log(kernels_.entry(processing.input, *economy_.abroad, processing.region)) / (1.0 - supplier.elasticity);
    accounts.unit_cost(processing.region, processing.sector) +=
        gamma(processing.input) * processing.share *
        (log_foreign_price(prices, accounts, processing.input) + log_trade_cost -
         prices.log_price_index(processing.region, processing.input));
  }
}

void MarketMap::supply(const Prices& prices, Accounts& accounts) {
  unit_costs(prices, accounts);
  processing_costs(prices, accounts);
  sales_and_costs(prices, prices.log_market_access, accounts);
}

void MarketMap::demand(const Prices& prices, Prices& cleared, Accounts& accounts) {
  const Eigen::Index sectors = economy_.n_sectors();
  work_.resizeLike(trade_.price_power);
  numerics::logarithm(trade_.price_power, work_);
  cleared.log_price_index.resizeLike(work_);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == numeraire_) {
      cleared.log_price_index.col(s).setZero();
    } else {
      cleared.log_price_index.col(s) = work_.col(s) / (1.0 - economy_.sectors[static_cast<std::size_t>(s)].elasticity);
    }
  }
  factor_payments(prices, accounts);
  incomes_and_demand(prices, cleared.log_price_index, accounts);
  trade_.demand = accounts.expenditure / trade_.price_power;
  // Where nobody supplies there is nothing to buy.
  if (!(trade_.price_power.minCoeff() > 0.0)) trade_.demand = (trade_.price_power > 0.0).select(trade_.demand, 0.0);
}

void MarketMap::clear(const Prices& prices, Prices& cleared) {
  cleared.log_market_access.resizeLike(trade_.access);
  numerics::logarithm(trade_.access, cleared.log_market_access);
  if (numeraire_ >= 0) cleared.log_market_access.col(numeraire_).setZero();
  work_ = active_.factor.select(clearing_ / state_.stock, 1.0);
  numerics::logarithm(work_, work_);
  cleared.log_wage = active_.factor.select(work_, prices.log_wage);
}

void MarketMap::evaluate(const Prices& prices, Prices& cleared, Accounts& accounts) {
  clear_markets(prices, cleared, accounts);
  complete(prices, accounts);
}

void MarketMap::clear_markets(const Prices& prices, Prices& cleared, Accounts& accounts) {
  supply(prices, accounts);
  for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
    if (s == numeraire_) continue;
    column_ = trade_.supply.col(s);
    kernels_.reach(s, column_, product_);
    trade_.price_power.col(s) = product_;
  }
  demand(prices, cleared, accounts);
  for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
    if (s == numeraire_) continue;
    column_ = trade_.demand.col(s);
    kernels_.access(s, column_, product_);
    trade_.access.col(s) = product_;
  }
  clear(prices, cleared);
}

void MarketMap::incomes_and_demand(const Prices& prices, const Array& log_price, Accounts& accounts) {
  const Instruments& instruments = state_.instruments;
  accounts.intermediate = intermediate_demand(accounts.bundle_cost);
  accounts.subsidy_outlay = (instruments.production_subsidy * accounts.sales).rowwise().sum();

  close_accounts(economy_, state_, plans_, housing_, log_price, prices.log_wage, accounts);
  if (housing_ >= 0) {
    const Eigen::ArrayXd rent = economy_.housing_share * accounts.consumption;
    accounts.factor_income.col(housing_) += rent;
    clearing_.col(housing_) += rent;
  }

  accounts.expenditure = accounts.intermediate - accounts.direct_imports + accounts.government;
  accounts.expenditure += economy_.household_basket.colwise() * accounts.consumption;
  accounts.expenditure += economy_.investment_basket.colwise() * accounts.investment;
}

}  // namespace pericore::economy

#include "economy/market_tangent.h"

#include <cmath>

#include "economy/budget_closure.h"

namespace pericore::economy {
namespace {

bool has_entries(const Array& array) { return array.size() > 0; }

const Array* log_stock(const StateChange* state) {
  return state != nullptr && has_entries(state->log_stock) ? &state->log_stock : nullptr;
}
const Array* log_firms(const StateChange* state) {
  return state != nullptr && has_entries(state->log_firms) ? &state->log_firms : nullptr;
}
const Array* log_productivity(const StateChange* state) {
  return state != nullptr && has_entries(state->log_productivity) ? &state->log_productivity : nullptr;
}

/// a / b where b > 0, else 0.
Array ratio(const Array& a, const Array& b) { return (b > 0.0).select(a / b, 0.0); }

}  // namespace

MarketTangent::MarketTangent(const MarketMap& map, const Prices& prices, const Prices& cleared,
                             const Accounts& accounts)
    : map_(map), prices_(prices), cleared_(cleared), accounts_(accounts) {
  const Economy& economy = map.economy();
  const Eigen::Index sectors = economy.n_sectors();
  access_ = prices.log_market_access.exp();
  supply_ = Array::Zero(economy.n_regions(), sectors);
  per_power_ = Array::Zero(economy.n_regions(), sectors);
  per_access_ = Array::Zero(economy.n_regions(), sectors);
  demand_ = Array::Zero(economy.n_regions(), sectors);
  own_freeness_ = Array::Zero(economy.n_regions(), sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == map.numeraire()) continue;
    const double sigma = economy.sectors[static_cast<std::size_t>(s)].elasticity;
    own_freeness_.col(s) = map.kernels().diagonal(s);
    supply_.col(s) = map.active().supply.col(s).select(
        accounts.effective_firms.col(s) * ((1.0 - sigma) * accounts.mill_price.col(s)).exp(), 0.0);
    const Eigen::ArrayXd price_power = ((1.0 - sigma) * cleared.log_price_index.col(s)).exp();
    // Where nobody supplies, P is infinite, and nothing is sold.
    per_power_.col(s) = (price_power > 0.0).select(1.0 / price_power, 0.0);
    demand_.col(s) = accounts.expenditure.col(s) * per_power_.col(s);
    per_access_.col(s) =
        cleared.log_market_access.col(s).isFinite().select((-cleared.log_market_access.col(s)).exp(), 0.0);
  }
  market_sales_ = supply_ * access_;
  clearing_ = map.active().factor.select(cleared.log_wage.exp() * map.state().stock, 0.0);
  own_weight_ = Array::Zero(economy.n_regions(), economy.n_factors());
  if (map.numeraire() >= 0) {
    const Eigen::Index h = map.numeraire();
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
        const double alpha = economy.technology(r).alpha(f, h);
        if (alpha > share_epsilon && map.is_own_of_homogeneous(r, f)) own_weight_(r, f) = alpha;
      }
    }
  }
  own_weight_sum_ = own_weight_.rowwise().sum();
}

double MarketTangent::net_price(Eigen::Index factor, Eigen::Index region, Eigen::Index sector) const {
  const Array& subsidy = map_.state().instruments.factor_subsidy[static_cast<std::size_t>(factor)];
  return has_entries(subsidy) ? 1.0 - subsidy(region, sector) : 1.0;
}

double MarketTangent::foreign_price(const PriceChange& prices, const StateChange* state, const Array& log_unit_cost,
                                    Eigen::Index s) const {
  const Eigen::Index abroad = *map_.economy().abroad;
  const Sector& sector = map_.economy().sectors[static_cast<std::size_t>(s)];
  const double cost = log_unit_cost(abroad, s);
  if (sector.market == Market::armington || !map_.active().supply(abroad, s)) return cost;
  const Array* stock = log_stock(state);
  const Array* given_firms = log_firms(state);
  const Eigen::Index own = map_.own_factor(abroad, s);
  double firms = 0.0;
  if (sector.entry == Entry::free && sector.fixed_input) {
    firms = stock != nullptr ? (*stock)(abroad, *sector.fixed_input) : 0.0;
  } else if (sector.entry == Entry::free && own >= 0) {
    firms = prices.log_wage(abroad, own) - cost + (stock != nullptr ? (*stock)(abroad, own) : 0.0);
  } else if (given_firms != nullptr) {
    firms = (*given_firms)(abroad, s);
  }
  return cost + firms / (1.0 - sector.elasticity);
}

void MarketTangent::costs_and_sales(const PriceChange& prices, const StateChange* state, AccountsChange& change,
                                    Array& supply, Array& direct) const {
  const Economy& economy = map_.economy();
  const State& now = map_.state();
  const Instruments& instruments = now.instruments;
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const Array* stock = log_stock(state);
  const Array* given_firms = log_firms(state);

  change.log_unit_cost.setZero(regions, sectors);
  if (const Array* productivity = log_productivity(state))
    change.log_unit_cost = productivity->isFinite().select(-*productivity, 0.0);
  map_.add_input_prices(prices.log_wage, prices.log_price_index, change.log_unit_cost);
  Eigen::ArrayXd alpha;
  Eigen::ArrayXd gamma;
  for (const ProcessingShare& processing : instruments.processing) {
    if (processing.input == map_.numeraire()) continue;
    map_.cell_shares(processing.region, processing.sector, alpha, gamma);
    change.log_unit_cost(processing.region, processing.sector) +=
        gamma(processing.input) * processing.share *
        (foreign_price(prices, state, change.log_unit_cost, processing.input) -
         prices.log_price_index(processing.region, processing.input));
  }

  change.log_firms.setZero(regions, sectors);
  change.sales.setZero(regions, sectors);
  change.bundle_cost.setZero(regions, sectors);
  change.fixed_payment.setZero(regions, sectors);
  change.profit.setZero(regions, sectors);
  change.profitability.setZero(regions, sectors);
  supply.setZero(regions, sectors);
  const auto& active = map_.active();
  for (Eigen::Index s = 0; s < sectors; ++s) {
    const auto cost = change.log_unit_cost.col(s);
    if (s == map_.numeraire()) {
      change.profitability.col(s) = active.contestable.col(s).select(-cost, 0.0);
      continue;
    }
    const Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    const double sigma = sector.elasticity;
    const Eigen::ArrayXd scale =
        sector.fixed_input ? Eigen::ArrayXd(prices.log_wage.col(*sector.fixed_input)) : Eigen::ArrayXd(cost);
    if (sector.market == Market::monopolistic) {
      if (sector.entry == Entry::stock) {
        if (given_firms != nullptr) change.log_firms.col(s) = given_firms->col(s);
      } else if (sector.fixed_input) {
        if (stock != nullptr) change.log_firms.col(s) = stock->col(*sector.fixed_input);
      } else {
        for (Eigen::Index r = 0; r < regions; ++r) {
          const Eigen::Index own = map_.own_factor(r, s);
          if (own >= 0) {
            change.log_firms(r, s) = prices.log_wage(r, own) - cost(r) + (stock != nullptr ? (*stock)(r, own) : 0.0);
          } else if (given_firms != nullptr && active.contestable(r, s)) {
            change.log_firms(r, s) = (*given_firms)(r, s);
          }
        }
      }
      change.log_firms.col(s) = active.supply.col(s).select(change.log_firms.col(s), 0.0);
    }
    // In empty cells supply is 0 and so is its change.
    const Eigen::ArrayXd log_supply = change.log_firms.col(s) + (1.0 - sigma) * cost;
    supply.col(s) = supply_.col(s) * log_supply;
    change.sales.col(s) = market_sales_.col(s) * (log_supply + prices.log_market_access.col(s));
    const Eigen::ArrayXd receipts = change.sales.col(s) * (1.0 + instruments.production_subsidy.col(s));
    if (sector.market != Market::monopolistic) {
      change.bundle_cost.col(s) = receipts;
      continue;
    }
    const double markup = sigma / (sigma - 1.0);
    // Fixed costs at the price of what pays them.
    const Eigen::ArrayXd price = sector.fixed_input ? Eigen::ArrayXd(prices_.log_wage.col(*sector.fixed_input).exp())
                                                    : Eigen::ArrayXd(accounts_.unit_cost.col(s).exp());
    Eigen::ArrayXd fixed_cost = Eigen::ArrayXd::Zero(regions);
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (!active.supply(r, s)) continue;
      const double net = sector.fixed_input ? net_price(*sector.fixed_input, r, s) : 1.0;
      fixed_cost(r) = accounts_.firms(r, s) * sector.fixed_cost * price(r) * net * (change.log_firms(r, s) + scale(r));
    }
    if (sector.entry == Entry::free) {
      change.bundle_cost.col(s) = sector.fixed_input ? Eigen::ArrayXd(receipts / markup) : receipts;
      if (sector.fixed_input) change.fixed_payment.col(s) = receipts / sigma;
      for (Eigen::Index r = 0; r < regions; ++r) {
        if (!active.contestable(r, s)) continue;
        change.bundle_cost(r, s) = receipts(r) / markup + fixed_cost(r);
        change.profit(r, s) = receipts(r) - change.bundle_cost(r, s);
      }
    } else {
      change.bundle_cost.col(s) =
          sector.fixed_input ? Eigen::ArrayXd(receipts / markup) : Eigen::ArrayXd(receipts / markup + fixed_cost);
      if (sector.fixed_input) change.fixed_payment.col(s) = fixed_cost;
      change.profit.col(s) = receipts - change.bundle_cost.col(s) - change.fixed_payment.col(s);
    }
    change.profitability.col(s) = (1.0 - sigma) * cost + prices.log_market_access.col(s) - scale;
  }

  direct = map_.processing_purchases(change.bundle_cost);
  map_.sell_abroad(direct, change.sales, change.bundle_cost, change.profit);
  if (map_.numeraire() >= 0) homogeneous_sector(prices, state, change);
}

void MarketTangent::homogeneous_sector(const PriceChange& prices, const StateChange* state,
                                       AccountsChange& change) const {
  const Economy& economy = map_.economy();
  const Eigen::Index h = map_.numeraire();
  const Array* stock = log_stock(state);
  const Array* given_firms = log_firms(state);
  const Array* productivity = log_productivity(state);
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    if (!map_.active().supply(r, h)) continue;
    const Technology& technology = economy.technology(r);
    const double spent = accounts_.bundle_cost(r, h);
    const double log_a = productivity != nullptr ? (*productivity)(r, h) : 0.0;
    double cost = 0.0;
    if (map_.active().contestable(r, h)) {
      cost = given_firms != nullptr ? spent * (*given_firms)(r, h) : 0.0;
    } else if (own_weight_sum_(r) > share_epsilon) {
      double log_cost = log_a;
      for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
        if (own_weight_(r, f) > 0.0) {
          if (stock != nullptr) log_cost += own_weight_(r, f) * (*stock)(r, f);
        } else if (technology.alpha(f, h) > share_epsilon) {
          log_cost -= technology.alpha(f, h) * prices.log_wage(r, f);
        }
      }
      for (Eigen::Index k = 0; k < economy.n_sectors(); ++k) {
        if (k != h) log_cost -= technology.gamma(k, h) * prices.log_price_index(r, k);
      }
      cost = spent * log_cost / own_weight_sum_(r);
    } else if (spent > 0.0) {
      // One shared factor: what the others leave, at the floor price.
      const Eigen::Index shared = map_.shared_factor_of_homogeneous(r);
      const double floor_price = std::exp(map_.state().log_productivity(r, h)) *
                                 (1.0 + map_.state().instruments.production_subsidy(r, h)) / net_price(shared, r, h);
      double other = 0.0;
      for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
        if (s == h) continue;
        const double net = net_price(shared, r, s);
        other += map_.factor_share(r, shared, s) * change.bundle_cost(r, s) / (net * economy.wage_premium(shared, s));
        if (economy.sectors[static_cast<std::size_t>(s)].fixed_input == static_cast<int>(shared))
          other += change.fixed_payment(r, s) / net;
      }
      const double whole = map_.state().stock(r, shared) * floor_price;
      cost = net_price(shared, r, h) * (whole * ((stock != nullptr ? (*stock)(r, shared) : 0.0) + log_a) - other);
    }
    change.bundle_cost(r, h) = cost;
    change.sales(r, h) = cost / (1.0 + map_.state().instruments.production_subsidy(r, h));
  }
}

void MarketTangent::factor_payments(const PriceChange& prices, AccountsChange& change, Array& clearing,
                                    Array& outlay) const {
  const Economy& economy = map_.economy();
  const Instruments& instruments = map_.state().instruments;
  const Eigen::Index regions = economy.n_regions();
  change.factor_income.setZero(regions, economy.n_factors());
  change.employment.setZero(regions, economy.n_sectors());
  clearing.setZero(regions, economy.n_factors());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const Array& subsidy = instruments.factor_subsidy[static_cast<std::size_t>(f)];
    const bool labour = economy.factors[static_cast<std::size_t>(f)].kind == FactorKind::labour;
    const Eigen::ArrayXd per_wage = (-prices_.log_wage.col(f)).exp();
    for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
      if (!map_.uses_(f, s)) continue;
      Eigen::ArrayXd net;
      map_.factor_shares(f, s, net);
      net *= change.bundle_cost.col(s);
      if (economy.sectors[static_cast<std::size_t>(s)].fixed_input == static_cast<int>(f))
        net += change.fixed_payment.col(s);
      if (has_entries(subsidy)) {
        const Eigen::ArrayXd gross = net / (1.0 - subsidy.col(s));
        outlay.col(main_budget) += gross - net;
        for (std::size_t a = 1; a < n_accounts; ++a) {
          const Array& part = instruments.factor_subsidy_by_account[a][static_cast<std::size_t>(f)];
          if (!has_entries(part)) continue;
          const Eigen::ArrayXd paid = part.col(s) * gross;
          outlay.col(static_cast<Eigen::Index>(a)) += paid;
          outlay.col(main_budget) -= paid;
        }
        net = gross;
      }
      change.factor_income.col(f) += net;
      const Eigen::ArrayXd without_premium = net / economy.wage_premium(f, s);
      clearing.col(f) += without_premium;
      if (labour) {
        change.employment.col(s) += without_premium * per_wage -
                                    accounts_.factor_use[static_cast<std::size_t>(f)].col(s) * prices.log_wage.col(f);
      }
    }
  }
}

void MarketTangent::incomes(const PriceChange& prices, const StateChange* state, const Array& log_price,
                            AccountsChange& change, Array& outlay, Reach reach) const {
  // Sums over the nation count, or not.
  const double nation = reach == Reach::everywhere ? 1.0 : 0.0;
  const Economy& economy = map_.economy();
  const State& now = map_.state();
  const Instruments& instruments = now.instruments;
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index housing = map_.housing();
  const Vector& mu = economy.housing_share;

  change.log_consumer_price = 0.0;
  if (economy.price_weights.size() > 0) {
    Vector index = (economy.household_basket * log_price).rowwise().sum();
    if (housing >= 0) index += mu * prices.log_wage.col(housing);
    change.log_consumer_price = nation * (economy.price_weights * index).sum();
  }
  change.government = accounts_.government * log_price;
  const Vector transfers = accounts_.transfers * change.log_consumer_price;

  // Outlays: factor subsidies are in; production subsidies, purchases, transfers and grants follow.
  outlay.col(main_budget) += (instruments.production_subsidy * change.sales).rowwise().sum();
  Array price_change = Array::Zero(regions, economy.n_sectors());
  for (const Eigen::Index k : map_.plans_.bought)
    price_change.col(k) = cleared_.log_price_index.col(k).exp() * log_price.col(k);
  const double index_change = accounts_.consumer_price * change.log_consumer_price;
  for (int account = 0; account < n_accounts; ++account) {
    const auto a = static_cast<std::size_t>(account);
    if (account != main_budget) {
      if (const Array& part = instruments.production_subsidy_by_account[a]; has_entries(part)) {
        const Vector paid = (part * change.sales).rowwise().sum();
        outlay.col(account) += paid;
        outlay.col(main_budget) -= paid;
      }
    }
    if (const Array& real = map_.plans_.purchases[a]; has_entries(real))
      outlay.col(account) += (real * price_change).rowwise().sum();
    if (const Vector& real = map_.plans_.transfers[a]; real.size() > 0) outlay.col(account) += real * index_change;
  }

  Vector production = map_.plans_.all_grants * index_change;
  add_production_income(economy, now.foreign_share, change.factor_income, change.profit, nation, production);
  const Vector property = public_property_income(economy, change.factor_income);

  // The system of close_accounts, differentiated: dC = a + b dQ + c dt, with Q all housing rent and t the national rate of that tax
  // which closes a budget.
  const Ownership rent = rent_owners(economy, housing);
  const Vector domestic = domestic_regions(economy);
  const double base_total = (production * domestic).sum();
  const double rent_total = rent.local + rent.national;
  const Levies levy = levies(economy, rent, outlay, production, property, nation);
  const double tax_rate = accounts_.national_tax_rate;
  const ConsumptionOfRent by_rent = consumption_of_rent(economy, rent, levy, production, transfers, tax_rate);
  const Vector by_rate = -by_rent.multiplier * domestic * accounts_.primary_income;
  const double rest = 1.0 - (mu * by_rent.per_rent).sum();
  const double rent_constant = (mu * by_rent.constant).sum() / rest;
  const double rent_by_rate = (mu * by_rate).sum() / rest;
  const double income = (accounts_.primary_income * domestic).sum();
  // t income = taxed + taxed_per_rent Q
  const double rate_weight = income + (tax_rate * rent_total - levy.taxed_per_rent) * rent_by_rate;
  const double rate_change =
      nation *
      (levy.taxed + levy.taxed_per_rent * rent_constant - tax_rate * (base_total + rent_total * rent_constant)) /
      rate_weight;
  const double rent_change = nation * (rent_constant + rent_by_rate * rate_change);
  change.consumption = by_rent.constant + by_rent.per_rent * rent_change + by_rate * rate_change;

  const Vector own_rent = mu * change.consumption;
  change.primary_income = production + rent.local * own_rent + rent.national * economy.national_share * rent_change;
  if (economy.abroad) change.primary_income(*economy.abroad) += rent.abroad * rent_change;
  Vector amount_tax = outlay.col(income_tax_regional);
  if (economy.closure.level == ClosureLevel::regional && economy.closure.by == ClosureBy::income_tax)
    amount_tax += levy.main - rent.government * own_rent;
  const Vector lump_sum = levy.amount + levy.per_rent * rent_change + levy.per_own_rent * own_rent - amount_tax;
  const Vector tax = (levy.base_rate + tax_rate * domestic) * change.primary_income +
                     rate_change * domestic * accounts_.primary_income + amount_tax;
  change.tax_rate = (accounts_.primary_income != 0.0)
                        .select((tax - accounts_.tax_rate * change.primary_income) / accounts_.primary_income,
                                rate_change * domestic);
  change.disposable_income = change.primary_income - tax + transfers - lump_sum;
  change.saving = economy.saving_rate * change.disposable_income;

  change.investment = Vector::Zero(regions);
  if (const double pool = accounts_.saving.sum(); pool != 0.0 && economy.capital) {
    const Eigen::Index capital = *economy.capital;
    Vector log_weight = Vector::Zero(regions);
    if (const Array* stock = log_stock(state)) log_weight = stock->col(capital);
    if (economy.capital_mobility != 0.0) {
      log_weight += economy.capital_mobility *
                    (prices.log_wage.col(capital) - (economy.investment_basket * log_price).rowwise().sum());
    }
    const Vector at_home = accounts_.investment * domestic;
    const double total = at_home.sum();
    const double mean = nation * total != 0.0 ? (at_home * log_weight).sum() / total : 0.0;
    const double growth = nation * change.saving.sum() / pool;
    change.investment = at_home * (log_weight - mean + growth);
    if (economy.abroad) change.investment(*economy.abroad) = accounts_.investment(*economy.abroad) * growth;
  }
}

void MarketTangent::apply(const PriceChange& prices, const StateChange* state, PriceChange& cleared,
                          AccountsChange& change, Reach reach) const {
  const Economy& economy = map_.economy();
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  Array supply;
  Array direct;
  Vector column;
  Vector power;
  Vector access;
  costs_and_sales(prices, state, change, supply, direct);

  cleared.log_wage = prices.log_wage;
  cleared.log_price_index.setZero(regions, sectors);
  cleared.log_market_access.setZero(regions, sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == map_.numeraire()) continue;
    const double sigma = economy.sectors[static_cast<std::size_t>(s)].elasticity;
    column = supply.col(s);
    if (reach == Reach::everywhere) {
      map_.kernels().reach(s, column, power);
    } else {
      power = own_freeness_.col(s) * column;
    }
    cleared.log_price_index.col(s) = power * per_power_.col(s) / (1.0 - sigma);
  }

  Array clearing;
  Array outlay = Array::Zero(regions, n_accounts);
  factor_payments(prices, change, clearing, outlay);
  incomes(prices, state, cleared.log_price_index, change, outlay, reach);
  if (map_.housing() >= 0) {
    const Vector rent = economy.housing_share * change.consumption;
    change.factor_income.col(map_.housing()) += rent;
    clearing.col(map_.housing()) += rent;
  }
  change.expenditure = map_.intermediate_demand(change.bundle_cost) - direct + change.government;
  change.expenditure += economy.household_basket.colwise() * change.consumption;
  change.expenditure += economy.investment_basket.colwise() * change.investment;

  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == map_.numeraire()) continue;
    const double sigma = economy.sectors[static_cast<std::size_t>(s)].elasticity;
    column =
        change.expenditure.col(s) * per_power_.col(s) + demand_.col(s) * (sigma - 1.0) * cleared.log_price_index.col(s);
    if (reach == Reach::everywhere) {
      map_.kernels().access(s, column, access);
    } else {
      access = own_freeness_.col(s) * column;
    }
    cleared.log_market_access.col(s) = access * per_access_.col(s);
  }
  const Array log_clearing = ratio(clearing, clearing_);
  const Array* stock = log_stock(state);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const Eigen::ArrayXd wage =
        stock != nullptr ? Eigen::ArrayXd(log_clearing.col(f) - stock->col(f)) : Eigen::ArrayXd(log_clearing.col(f));
    cleared.log_wage.col(f) = map_.active().factor.col(f).select(wage, prices.log_wage.col(f));
  }
}

}  // namespace pericore::economy

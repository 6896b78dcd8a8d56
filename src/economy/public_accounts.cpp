#include "economy/public_accounts.h"

#include <cmath>

#include "economy/budget_closure.h"
#include "numerics/elementary.h"

namespace pericore::economy {
namespace {

void invest(const Economy& economy, const State& state, const Array& log_price, const Array& log_wage,
            Accounts& accounts) {
  const double pool = accounts.saving.sum();
  accounts.investment = Vector::Zero(economy.n_regions());
  if (pool == 0.0 || !economy.capital) return;
  const Eigen::Index capital = *economy.capital;
  Vector weight = state.investment_weight * state.stock.col(capital);
  if (economy.capital_mobility != 0.0) {
    const Vector log_return = log_wage.col(capital) - (economy.investment_basket * log_price).rowwise().sum();
    const Vector pull = (economy.capital_mobility * (log_return + state.instruments.capital_wedge)).exp();
    weight = (weight > 0.0).select(weight * pull, 0.0);
  }
  if (economy.abroad) weight(*economy.abroad) = 0.0;
  accounts.investment = (1.0 - economy.foreign_share_of_pool) * pool * weight / weight.sum();
  if (economy.abroad) accounts.investment(*economy.abroad) = economy.foreign_share_of_pool * pool;
}

/// P[r,k] of the sectors that the public buys from; 0 elsewhere, where P may be infinite.
Array prices_of_purchases(const PublicPlans& plans, const Array& log_price) {
  Array price = Array::Zero(log_price.rows(), log_price.cols());
  for (const Eigen::Index k : plans.bought) numerics::exponential(log_price.col(k), price.col(k));
  return price;
}

Array outlays(const Economy& economy, const State& state, const PublicPlans& plans, const Array& price,
              const Array& log_wage, const Accounts& accounts) {
  const Instruments& instruments = state.instruments;
  Array outlay = Array::Zero(economy.n_regions(), n_accounts);
  outlay.col(main_budget) =
      (instruments.production_subsidy * accounts.sales).rowwise().sum() + accounts.factor_subsidy_outlay;
  for (int account = 0; account < n_accounts; ++account) {
    const auto a = static_cast<std::size_t>(account);
    if (account != main_budget) {
      if (const Array& subsidy = instruments.production_subsidy_by_account[a]; subsidy.size() > 0) {
        const Vector paid = (subsidy * accounts.sales).rowwise().sum();
        outlay.col(account) += paid;
        outlay.col(main_budget) -= paid;
      }
      for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
        const Array& subsidy = instruments.factor_subsidy_by_account[a][static_cast<std::size_t>(f)];
        if (subsidy.size() == 0) continue;
        const Array& use = accounts.factor_use[static_cast<std::size_t>(f)];
        const Vector paid =
            ((subsidy * use).rowwise() * economy.wage_premium.row(f)).rowwise().sum() * log_wage.col(f).exp();
        outlay.col(account) += paid;
        outlay.col(main_budget) -= paid;
      }
    }
    if (plans.purchases[a].size() > 0) outlay.col(account) += (plans.purchases[a] * price).rowwise().sum();
    if (plans.transfers[a].size() > 0) outlay.col(account) += plans.transfers[a] * accounts.consumer_price;
  }
  return outlay;
}

}  // namespace

PublicPlans::PublicPlans(const Economy& economy, const State& state)
    : purchases(n_accounts),
      transfers(n_accounts),
      all_transfers(Vector::Zero(economy.n_regions())),
      all_grants(Vector::Zero(economy.n_regions())) {
  const Instruments& instruments = state.instruments;
  for (std::size_t a = 0; a < n_accounts; ++a) {
    Array real = instruments.purchases[a];
    if (a < state.flow_purchases.size() && state.flow_purchases[a].size() > 0) real += state.flow_purchases[a];
    if ((real != 0.0).any()) {
      if (all_purchases.size() == 0) all_purchases.setZero(economy.n_regions(), economy.n_sectors());
      all_purchases += real;
      purchases[a] = std::move(real);
    }
    Vector paid = instruments.transfers[a];
    all_transfers += paid;
    if (a < state.flow_grants.size() && state.flow_grants[a].size() > 0) {
      all_grants += state.flow_grants[a];
      paid += state.flow_grants[a];
    }
    if ((paid != 0.0).any()) transfers[a] = std::move(paid);
  }
  for (Eigen::Index k = 0; k < economy.n_sectors(); ++k) {
    bool any = false;
    for (const Array& real : purchases) any = any || (real.size() > 0 && (real.col(k) != 0.0).any());
    if (any) bought.push_back(k);
  }
}

double consumer_price_index(const Economy& economy, Eigen::Index housing, const Array& log_price,
                            const Array& log_wage) {
  if (economy.price_weights.size() == 0) return 1.0;
  Vector log_index = Vector::Zero(economy.n_regions());
  for (Eigen::Index k = 0; k < economy.n_sectors(); ++k)
    log_index += economy.household_basket.col(k) * (log_price.col(k) - economy.reference_log_price.col(k));
  if (housing >= 0) {
    const Vector rent = log_wage.col(housing) - economy.reference_log_wage.col(housing);
    log_index += economy.housing_share * rent;
  }
  return std::exp((economy.price_weights * log_index).sum());
}

Array outlays_by_account(const Economy& economy, const State& state, const Array& log_price, const Array& log_wage,
                         const Accounts& accounts) {
  const PublicPlans plans(economy, state);
  return outlays(economy, state, plans, prices_of_purchases(plans, log_price), log_wage, accounts);
}

void close_accounts(const Economy& economy, const State& state, const PublicPlans& plans, Eigen::Index housing,
                    const Array& log_price, const Array& log_wage, Accounts& accounts) {
  const Eigen::Index regions = economy.n_regions();
  const Array price = prices_of_purchases(plans, log_price);
  accounts.consumer_price = consumer_price_index(economy, housing, log_price, log_wage);
  if (plans.bought.empty()) {
    accounts.government.setZero(regions, economy.n_sectors());
  } else {
    accounts.government = plans.all_purchases * price;
  }
  accounts.transfers = plans.all_transfers * accounts.consumer_price;
  const Array outlay = outlays(economy, state, plans, price, log_wage, accounts);
  Vector production = plans.all_grants * accounts.consumer_price;
  add_production_income(economy, state.foreign_share, accounts.factor_income, accounts.profit, 1.0, production);
  const Vector property = public_property_income(economy, accounts.factor_income);

  const Ownership rent = rent_owners(economy, housing);
  const Vector domestic = domestic_regions(economy);
  const Vector& mu = economy.housing_share;
  const Levies levy = levies(economy, rent, outlay, production, property, 1.0);
  const double base_total = (production * domestic).sum();
  const double rent_total = rent.local + rent.national;  // of Q, to domestic households

  double tax_rate = 0.0;
  double rent_sum = 0.0;
  for (int pass = 0; pass < 100; ++pass) {
    const ConsumptionOfRent by_rent =
        consumption_of_rent(economy, rent, levy, production, accounts.transfers, tax_rate);
    rent_sum = (mu * by_rent.constant).sum() / (1.0 - (mu * by_rent.per_rent).sum());
    accounts.consumption = by_rent.constant + by_rent.per_rent * rent_sum;
    const double income = base_total + rent_total * rent_sum;
    const double wanted = (levy.taxed + levy.taxed_per_rent * rent_sum) / income;
    const double change = std::abs(wanted - tax_rate);
    tax_rate = wanted;
    if (change <= 1e-16 * (1.0 + std::abs(wanted))) break;
  }

  accounts.national_tax_rate = tax_rate;
  const Vector own_rent = mu * accounts.consumption;
  accounts.primary_income = production + rent.local * own_rent + rent.national * economy.national_share * rent_sum;
  if (economy.abroad) accounts.primary_income(*economy.abroad) += rent.abroad * rent_sum;
  Vector amount_tax = outlay.col(income_tax_regional);
  if (economy.closure.level == ClosureLevel::regional && economy.closure.by == ClosureBy::income_tax)
    amount_tax += levy.main - rent.government * own_rent;
  accounts.lump_sum = levy.amount + levy.per_rent * rent_sum + levy.per_own_rent * own_rent - amount_tax;
  const Vector statutory = levy.base_rate + tax_rate * domestic;
  accounts.tax_paid = statutory * accounts.primary_income + amount_tax;
  accounts.tax_rate = (accounts.primary_income != 0.0).select(accounts.tax_paid / accounts.primary_income, statutory);
  accounts.disposable_income = accounts.primary_income - accounts.tax_paid + accounts.transfers - accounts.lump_sum;
  accounts.saving = economy.saving_rate * accounts.disposable_income;
  accounts.outlay = outlay.sum() - property.sum() - rent.government * rent_sum;

  accounts.insolvent.reset();
  for (Eigen::Index r = 0; r < regions; ++r) {
    // Where nobody is, nothing is earned and nothing is owed.
    if (accounts.primary_income(r) == 0.0 && accounts.disposable_income(r) == 0.0) continue;
    if (!(accounts.disposable_income(r) > 0.0) || !(accounts.tax_rate(r) < 1.0)) {
      if (!accounts.insolvent) accounts.insolvent = r;
    }
  }
  invest(economy, state, log_price, log_wage, accounts);
}

}  // namespace pericore::economy

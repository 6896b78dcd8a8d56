#include "economy/public_accounts.h"

#include <cmath>

namespace pericore::economy {
namespace {

/// Where the housing rent of a unit of consumption goes.
struct RentOwners {
  double local = 0.0;
  double national = 0.0;
  double government = 0.0;
  double abroad = 0.0;
};

/// Primary income before housing rent: factor incomes by ownership, profits, grants.
Vector production_income(const Economy& economy, const State& state, const Accounts& accounts, const Vector& grants) {
  const Eigen::Index regions = economy.n_regions();
  Vector income = grants;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const Ownership& owner = economy.factors[static_cast<std::size_t>(f)].owner;
    double domestic = 0.0;
    for (Eigen::Index r = 0; r < regions; ++r) {
      const double value = accounts.factor_income(r, f);
      if (economy.is_abroad(r)) {
        income(r) += value;  // what is earned abroad stays there
      } else {
        income(r) += owner.local * value;
        domestic += value;
      }
    }
    income += owner.national * domestic * economy.national_share;
    if (economy.abroad) income(*economy.abroad) += owner.abroad * domestic;
  }
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    for (Eigen::Index r = 0; r < regions; ++r) {
      const double profit = accounts.profit(r, s);
      const double foreign =
          economy.abroad && !economy.is_abroad(r) && state.foreign_share.size() > 0 ? state.foreign_share(r, s) : 0.0;
      income(r) += (1.0 - foreign) * profit;
      if (foreign != 0.0) income(*economy.abroad) += foreign * profit;
    }
  }
  return income;
}

Vector public_property_income(const Economy& economy, const Accounts& accounts) {
  Vector income = Vector::Zero(economy.n_regions());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const double share = economy.factors[static_cast<std::size_t>(f)].owner.government;
    if (share == 0.0) continue;
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (!economy.is_abroad(r)) income(r) += share * accounts.factor_income(r, f);
    }
  }
  return income;
}

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

/// exp(ln P) of the sectors that anybody buys for the public; 0 elsewhere.
Array prices_of_purchases(const State& state, const Array& log_price) {
  Array price = Array::Zero(log_price.rows(), log_price.cols());
  for (Eigen::Index k = 0; k < log_price.cols(); ++k) {
    bool bought = false;
    for (const Array& purchases : state.instruments.purchases) bought = bought || (purchases.col(k) != 0.0).any();
    for (const Array& purchases : state.flow_purchases)
      bought = bought || (purchases.size() > 0 && (purchases.col(k) != 0.0).any());
    if (bought) price.col(k) = log_price.col(k).exp();
  }
  return price;
}

}  // namespace

double consumer_price_index(const Economy& economy, Eigen::Index housing, const Array& log_price,
                            const Array& log_wage) {
  if (economy.price_weights.size() == 0) return 1.0;
  Vector log_index = (economy.household_basket * (log_price - economy.reference_log_price)).rowwise().sum();
  if (housing >= 0) {
    const Vector rent = log_wage.col(housing) - economy.reference_log_wage.col(housing);
    log_index += economy.housing_share * rent;
  }
  return std::exp((economy.price_weights * log_index).sum());
}

Array outlays_by_account(const Economy& economy, const State& state, const Array& log_price, const Array& log_wage,
                         const Accounts& accounts) {
  const Instruments& instruments = state.instruments;
  const Array price = prices_of_purchases(state, log_price);
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
    outlay.col(account) +=
        (instruments.purchases[a] * price).rowwise().sum() + instruments.transfers[a] * accounts.consumer_price;
    if (a < state.flow_grants.size() && state.flow_grants[a].size() > 0)
      outlay.col(account) += state.flow_grants[a] * accounts.consumer_price;
    if (a < state.flow_purchases.size() && state.flow_purchases[a].size() > 0)
      outlay.col(account) += (state.flow_purchases[a] * price).rowwise().sum();
  }
  return outlay;
}

void close_accounts(const Economy& economy, const State& state, Eigen::Index housing, const Array& log_price,
                    const Array& log_wage, Accounts& accounts) {
  const Eigen::Index regions = economy.n_regions();
  const Instruments& instruments = state.instruments;
  const Array price = prices_of_purchases(state, log_price);
  accounts.consumer_price = consumer_price_index(economy, housing, log_price, log_wage);

  accounts.government = Array::Zero(regions, economy.n_sectors());
  accounts.transfers = Vector::Zero(regions);
  Vector grants = Vector::Zero(regions);
  for (std::size_t a = 0; a < n_accounts; ++a) {
    accounts.government += instruments.purchases[a] * price;
    accounts.transfers += instruments.transfers[a] * accounts.consumer_price;
    if (a < state.flow_purchases.size() && state.flow_purchases[a].size() > 0)
      accounts.government += state.flow_purchases[a] * price;
    if (a < state.flow_grants.size() && state.flow_grants[a].size() > 0)
      grants += state.flow_grants[a] * accounts.consumer_price;
  }
  const Array outlay = outlays_by_account(economy, state, log_price, log_wage, accounts);
  const Vector production = production_income(economy, state, accounts, grants);
  const Vector property = public_property_income(economy, accounts);

  RentOwners rent;
  if (housing >= 0) {
    const Ownership& owner = economy.factors[static_cast<std::size_t>(housing)].owner;
    rent = {owner.local, owner.national, owner.government, owner.abroad};
  }
  Vector domestic = Vector::Ones(regions);
  if (economy.abroad) domestic(*economy.abroad) = 0.0;
  const Vector& share = economy.national_share;
  const Vector& mu = economy.housing_share;
  const bool regional = economy.closure.level == ClosureLevel::regional;
  const bool by_tax = economy.closure.by == ClosureBy::income_tax;

  // Consumption is linear in total housing rent Q: C_r = a_r + b_r Q. Levies that are amounts enter `levy` (constant) and
  // `levy_rent` (per unit of Q); `own` is what a region's own rent adds to its levy under a regional budget.
  const double base_total = (production * domestic).sum();
  const double rent_total = rent.local + rent.national;  // of Q, to domestic households
  Vector base_rate = by_tax ? Vector(Vector::Zero(regions)) : Vector(economy.income_tax * domestic);
  Vector levy =
      outlay.col(lump_sum_national).sum() * share + outlay.col(lump_sum_regional) + outlay.col(income_tax_regional);
  Vector levy_rent = Vector::Zero(regions);
  Vector own = Vector::Zero(regions);
  double national_tax_outlay = outlay.col(income_tax_national).sum();
  double national_tax_rent = 0.0;
  const Vector main = outlay.col(main_budget) - property;
  if (regional) {
    levy += main - base_rate * production;
    levy_rent -= base_rate * rent.national * share;
    own = -base_rate * rent.local - rent.government;
  } else if (by_tax) {
    national_tax_outlay += main.sum();
    national_tax_rent = -rent.government;
  } else {
    // Every region has the same base rate at home; revenue is rate x income of each region.
    levy += (main.sum() - (base_rate * production).sum()) * share;
    levy_rent -= ((base_rate * share).sum() * rent.national + rent.government) * share;
    // Local rents are taxed where they arise: with one national rate their revenue is rate x local share x Q.
    const double rate = base_rate.maxCoeff();
    levy_rent -= rate * rent.local * share;
  }

  double tax_rate = 0.0;
  double rent_sum = 0.0;
  Vector consumption;
  for (int pass = 0; pass < 100; ++pass) {
    const Vector keep = 1.0 - base_rate - tax_rate * domestic;
    const Vector spend = 1.0 - economy.saving_rate;
    const Vector denominator = 1.0 - spend * mu * (keep * rent.local - own);
    Vector abroad_rent = Vector::Zero(regions);
    if (economy.abroad) abroad_rent(*economy.abroad) = rent.abroad;
    const Vector constant = spend * (keep * production + accounts.transfers - levy) / denominator;
    const Vector slope = spend * (keep * (rent.national * share + abroad_rent) - levy_rent) / denominator;
    rent_sum = (mu * constant).sum() / (1.0 - (mu * slope).sum());
    consumption = constant + slope * rent_sum;
    const double income = base_total + rent_total * rent_sum;
    const double wanted = (national_tax_outlay + national_tax_rent * rent_sum) / income;
    const double change = std::abs(wanted - tax_rate);
    tax_rate = wanted;
    if (change <= 1e-16 * (1.0 + std::abs(wanted))) break;
  }

  accounts.national_tax_rate = tax_rate;
  const Vector own_rent = mu * consumption;
  accounts.consumption = consumption;
  accounts.primary_income = production + rent.local * own_rent + rent.national * share * rent_sum;
  if (economy.abroad) accounts.primary_income(*economy.abroad) += rent.abroad * rent_sum;
  const Vector amount_tax =
      outlay.col(income_tax_regional) +
      (regional && by_tax ? Vector(main - rent.government * own_rent) : Vector(Vector::Zero(regions)));
  const Vector levies = levy + levy_rent * rent_sum + own * own_rent;
  accounts.lump_sum = levies - amount_tax;
  accounts.tax_paid = (base_rate + tax_rate * domestic) * accounts.primary_income + amount_tax;
  const Vector statutory = base_rate + tax_rate * domestic;
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

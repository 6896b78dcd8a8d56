#include "economy/social_accounts.h"

#include <cmath>

#include "economy/public_accounts.h"

namespace pericore::economy {
namespace {

Eigen::Index numeraire_of(const Economy& economy) {
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    if (economy.sectors[static_cast<std::size_t>(s)].market == Market::homogeneous) return s;
  }
  return -1;
}

/// A stretch of neighbouring regions whose matrices are made together, entry by entry.
struct Stretch {
  Eigen::Index first;
  Eigen::Index count;

  [[nodiscard]] auto of(const Vector& by_region) const { return by_region.segment(first, count); }
  [[nodiscard]] auto of(const Array& array, Eigen::Index column) const {
    return array.col(column).segment(first, count);
  }
  [[nodiscard]] bool holds(Eigen::Index region) const { return region >= first && region < first + count; }
};

/// What sector s pays for input k, technology shifts included.
Vector input_payments(const Economy& economy, const State& state, const Accounts& accounts, const Stretch& stretch,
                      Eigen::Index k, Eigen::Index s) {
  Vector payments = economy.technologies.front().gamma(k, s) * stretch.of(accounts.bundle_cost, s);
  if (economy.technologies.size() > 1) {
    for (Eigen::Index i = 0; i < stretch.count; ++i) {
      const Eigen::Index r = stretch.first + i;
      payments(i) = economy.technology(r).gamma(k, s) * accounts.bundle_cost(r, s);
    }
  }
  for (const InputShift& shift : state.instruments.input_shifts) {
    if (shift.sector == s && shift.input == k && stretch.holds(shift.region))
      payments(shift.region - stretch.first) += shift.amount * accounts.bundle_cost(shift.region, s);
  }
  return payments;
}

/// Calls put(row, column, values by region) for every entry that may differ from zero.
template <class Put>
void visit_entries(const Economy& economy, const State& state, const Prices& prices, const Accounts& accounts,
                   const SocialAccounts& flows, const Stretch& stretch, const Put& put) {
  const Eigen::Index sectors = economy.n_sectors();
  const Eigen::Index factors = economy.n_factors();
  const Eigen::Index commodity = sectors;
  const Eigen::Index factor = 2 * sectors;
  const Eigen::Index households = 2 * sectors + factors;
  const Eigen::Index government = households + 1;
  const Eigen::Index capital = households + 2;
  const Eigen::Index outside = households + 3;
  const auto for_abroad = [&](Vector& values, double value) {
    if (economy.abroad && stretch.holds(*economy.abroad)) values(*economy.abroad - stretch.first) = value;
  };

  for (Eigen::Index s = 0; s < sectors; ++s) {
    put(s, commodity + s, stretch.of(flows.home_sales, s));
    put(s, government, stretch.of(flows.subsidies, s));
    put(s, outside, stretch.of(flows.exports, s));
    put(outside, commodity + s, stretch.of(flows.imports, s));
    put(commodity + s, households, stretch.of(flows.household_use, s));
    put(commodity + s, government, stretch.of(accounts.government, s));
    put(commodity + s, capital, stretch.of(flows.investment_use, s));
    for (Eigen::Index k = 0; k < sectors; ++k)
      put(commodity + k, s, input_payments(economy, state, accounts, stretch, k, s));
    Vector foreign = Vector::Zero(stretch.count);
    if (economy.abroad && state.foreign_share.size() > 0) foreign = stretch.of(state.foreign_share, s);
    for_abroad(foreign, 0.0);
    put(households, s, (1.0 - foreign) * stretch.of(accounts.profit, s));
    put(outside, s, foreign * stretch.of(accounts.profit, s));
  }
  for (Eigen::Index f = 0; f < factors; ++f) {
    const Factor& kind = economy.factors[static_cast<std::size_t>(f)];
    const Array& use = accounts.factor_use[static_cast<std::size_t>(f)];
    const Vector wage = stretch.of(prices.log_wage, f).exp();
    for (Eigen::Index s = 0; s < sectors; ++s)
      put(factor + f, s, stretch.of(use, s) * wage * economy.wage_premium(f, s));
    if (kind.housing) put(factor + f, households, stretch.of(flows.housing_rent));
    const auto income = stretch.of(accounts.factor_income, f);
    Vector own = kind.owner.local + kind.owner.national * stretch.of(economy.national_share);
    Vector state_owned = Vector::Constant(stretch.count, kind.owner.government);
    for_abroad(own, 1.0);
    for_abroad(state_owned, 0.0);
    put(households, factor + f, own * income);
    put(government, factor + f, state_owned * income);
    put(outside, factor + f, (1.0 - own - state_owned) * income);
  }
  put(households, government, stretch.of(accounts.transfers) + stretch.of(flows.grants));
  put(households, outside, stretch.of(flows.income_from_elsewhere));
  put(government, households, stretch.of(accounts.tax_paid) + stretch.of(accounts.lump_sum));
  put(government, outside, stretch.of(flows.net_fiscal_transfer));
  put(capital, households, stretch.of(accounts.saving));
  put(capital, outside, stretch.of(accounts.investment) - stretch.of(accounts.saving));
}

Eigen::Index n_accounts_of(const Economy& economy) { return 2 * economy.n_sectors() + economy.n_factors() + 4; }

/// Rows less columns of the matrices of all regions: they are summed without being made.
void find_imbalance(const Economy& economy, const State& state, const Prices& prices, const Accounts& accounts,
                    SocialAccounts& flows) {
  const Eigen::Index regions = economy.n_regions();
  Array received = Array::Zero(regions, n_accounts_of(economy));
  Array paid = received;
  visit_entries(economy, state, prices, accounts, flows, {.first = 0, .count = regions},
                [&](Eigen::Index row, Eigen::Index column, const auto& values) {
                  const Vector entry = values;
                  received.col(row) += entry;
                  paid.col(column) += entry;
                });
  Vector gap = Vector::Zero(regions);
  for (Eigen::Index a = 0; a < received.cols(); ++a) {
    const Vector of_account = (received.col(a) - paid.col(a)).abs();
    gap = (of_account <= gap || gap.isNaN()).select(gap, of_account);  // what is no number stays
  }
  gap /= flows.gdp_output.abs();
  for (Eigen::Index r = 0; r < regions; ++r) {
    if (!(gap(r) <= flows.imbalance)) {
      flows.imbalance = gap(r);
      flows.imbalance_region = r;
    }
  }
}

}  // namespace

SocialAccounts social_accounts(const Economy& economy, const TradeKernels& kernels, const State& state,
                               const Prices& prices, const Accounts& accounts) {
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const Eigen::Index numeraire = numeraire_of(economy);
  SocialAccounts flows;
  const Array use = accounts.expenditure + accounts.direct_imports;

  flows.home_sales = Array::Zero(regions, sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == numeraire) {
      flows.home_sales.col(s) = accounts.sales.col(s).min(use.col(s));
      continue;
    }
    const double sigma = economy.sectors[static_cast<std::size_t>(s)].elasticity;
    const Vector home = kernels.diagonal(s);
    const Vector reach = ((1.0 - sigma) * accounts.mill_price.col(s)).exp() * accounts.effective_firms.col(s);
    const Vector sold =
        reach * home * ((sigma - 1.0) * prices.log_price_index.col(s)).exp() * accounts.expenditure.col(s);
    flows.home_sales.col(s) = (accounts.sales.col(s) > 0.0).select(sold, 0.0);
  }
  flows.exports = accounts.sales - flows.home_sales;
  flows.imports = use - flows.home_sales;
  flows.household_use = economy.household_basket.colwise() * accounts.consumption;
  flows.investment_use = economy.investment_basket.colwise() * accounts.investment;
  flows.housing_rent = economy.housing_share * accounts.consumption;

  flows.subsidies = state.instruments.production_subsidy * accounts.sales;
  flows.factor_cost = Array::Zero(regions, sectors);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const Array& subsidy = state.instruments.factor_subsidy[static_cast<std::size_t>(f)];
    const Vector wage = prices.log_wage.col(f).exp();
    for (Eigen::Index s = 0; s < sectors; ++s) {
      // Gross of subsidy.
      const Vector payment =
          accounts.factor_use[static_cast<std::size_t>(f)].col(s) * wage * economy.wage_premium(f, s);
      flows.factor_cost.col(s) += payment;
      if (subsidy.size() > 0) flows.subsidies.col(s) += payment * subsidy.col(s);
    }
  }

  flows.own_factor_income = Vector::Zero(regions);
  flows.public_factor_income = Vector::Zero(regions);
  flows.own_profit = Vector::Zero(regions);
  const Vector factor_income = accounts.factor_income.rowwise().sum();
  const Vector profit = accounts.profit.rowwise().sum();
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      const Ownership& owner = economy.factors[static_cast<std::size_t>(f)].owner;
      const double own = economy.is_abroad(r) ? 1.0 : owner.local + owner.national * economy.national_share(r);
      flows.own_factor_income(r) += own * accounts.factor_income(r, f);
      if (!economy.is_abroad(r)) flows.public_factor_income(r) += owner.government * accounts.factor_income(r, f);
    }
    for (Eigen::Index s = 0; s < sectors; ++s) {
      const bool shared = economy.abroad && !economy.is_abroad(r) && state.foreign_share.size() > 0;
      flows.own_profit(r) += (shared ? 1.0 - state.foreign_share(r, s) : 1.0) * accounts.profit(r, s);
    }
  }
  flows.grants = Vector::Zero(regions);
  for (const Vector& grants : state.flow_grants) {
    if (grants.size() > 0) flows.grants += grants * accounts.consumer_price;
  }
  flows.income_from_elsewhere = accounts.primary_income - flows.own_factor_income - flows.own_profit - flows.grants;

  const Array outlay = outlays_by_account(economy, state, prices.log_price_index, prices.log_wage, accounts);
  const Vector revenue = accounts.tax_paid + accounts.lump_sum + flows.public_factor_income;
  flows.net_fiscal_transfer = outlay.rowwise().sum() - revenue;

  const Vector government = accounts.government.rowwise().sum();
  const Vector subsidies = flows.subsidies.rowwise().sum();
  flows.gdp_output = accounts.sales.rowwise().sum() - accounts.intermediate.rowwise().sum() + flows.housing_rent;
  flows.gdp_income = factor_income + profit - subsidies;
  flows.gdp_expenditure =
      accounts.consumption + government + accounts.investment + (flows.exports - flows.imports).rowwise().sum();
  flows.gdp_factor_cost = flows.gdp_output + subsidies;

  find_imbalance(economy, state, prices, accounts, flows);
  return flows;
}

std::vector<std::string> social_account_names(const Economy& economy) {
  std::vector<std::string> names;
  for (const Sector& sector : economy.sectors) names.push_back("activity:" + sector.name);
  for (const Sector& sector : economy.sectors) names.push_back("commodity:" + sector.name);
  for (const Factor& factor : economy.factors) names.push_back("factor:" + factor.name);
  names.insert(names.end(), {"households", "government", "capital", "outside"});
  return names;
}

Eigen::MatrixXd social_accounting_matrix(const Economy& economy, const State& state, const Prices& prices,
                                         const Accounts& accounts, const SocialAccounts& flows, Eigen::Index region) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n_accounts_of(economy), n_accounts_of(economy));
  visit_entries(
      economy, state, prices, accounts, flows, {.first = region, .count = 1},
      [&](Eigen::Index row, Eigen::Index column, const auto& values) { matrix(row, column) = Vector(values)(0); });
  return matrix;
}

}  // namespace pericore::economy

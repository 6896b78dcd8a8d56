#include "economy/social_accounts.h"

#include <cmath>

#include "base/parallel.h"
#include "economy/public_accounts.h"

namespace pericore::economy {
namespace {

Eigen::Index numeraire_of(const Economy& economy) {
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    if (economy.sectors[static_cast<std::size_t>(s)].market == Market::homogeneous) return s;
  }
  return -1;
}

/// Input shares of a cell, technology shifts included.
Eigen::ArrayXd input_shares(const Economy& economy, const State& state, Eigen::Index r, Eigen::Index s) {
  Eigen::ArrayXd gamma = economy.technology(r).gamma.col(s);
  for (const InputShift& shift : state.instruments.input_shifts) {
    if (shift.region == r && shift.sector == s) gamma(shift.input) += shift.amount;
  }
  return gamma;
}

void fill_matrix(const Economy& economy, const State& state, const Prices& prices, const Accounts& accounts,
                 const SocialAccounts& flows, Eigen::Index r, Eigen::MatrixXd& matrix) {
  const Eigen::Index sectors = economy.n_sectors();
  const Eigen::Index factors = economy.n_factors();
  const Eigen::Index commodity = sectors;
  const Eigen::Index factor = 2 * sectors;
  const Eigen::Index households = 2 * sectors + factors;
  const Eigen::Index government = households + 1;
  const Eigen::Index capital = households + 2;
  const Eigen::Index outside = households + 3;
  matrix.setZero(outside + 1, outside + 1);

  for (Eigen::Index s = 0; s < sectors; ++s) {
    matrix(s, commodity + s) = flows.home_sales(r, s);
    matrix(s, government) = flows.subsidies(r, s);
    matrix(s, outside) = flows.exports(r, s);
    matrix(outside, commodity + s) = flows.imports(r, s);
    matrix(commodity + s, households) = flows.household_use(r, s);
    matrix(commodity + s, government) = accounts.government(r, s);
    matrix(commodity + s, capital) = flows.investment_use(r, s);
    if (state.instruments.input_shifts.empty()) {
      matrix.col(s).segment(commodity, sectors) =
          (economy.technology(r).gamma.col(s) * accounts.bundle_cost(r, s)).matrix();
    } else {
      matrix.col(s).segment(commodity, sectors) =
          (input_shares(economy, state, r, s) * accounts.bundle_cost(r, s)).matrix();
    }
    const bool shared = economy.abroad && !economy.is_abroad(r) && state.foreign_share.size() > 0;
    const double foreign = shared ? state.foreign_share(r, s) : 0.0;
    matrix(households, s) = (1.0 - foreign) * accounts.profit(r, s);
    matrix(outside, s) = foreign * accounts.profit(r, s);
  }
  for (Eigen::Index f = 0; f < factors; ++f) {
    const Factor& kind = economy.factors[static_cast<std::size_t>(f)];
    const double wage = std::exp(prices.log_wage(r, f));
    for (Eigen::Index s = 0; s < sectors; ++s) {
      matrix(factor + f, s) =
          accounts.factor_use[static_cast<std::size_t>(f)](r, s) * wage * economy.wage_premium(f, s);
    }
    if (kind.housing) matrix(factor + f, households) = flows.housing_rent(r);
    const double income = accounts.factor_income(r, f);
    const double own = economy.is_abroad(r) ? 1.0 : kind.owner.local + kind.owner.national * economy.national_share(r);
    const double state_owned = economy.is_abroad(r) ? 0.0 : kind.owner.government;
    matrix(households, factor + f) = own * income;
    matrix(government, factor + f) = state_owned * income;
    matrix(outside, factor + f) = (1.0 - own - state_owned) * income;
  }
  matrix(households, government) = accounts.transfers(r) + flows.grants(r);
  matrix(households, outside) = flows.income_from_elsewhere(r);
  matrix(government, households) = accounts.tax_paid(r) + accounts.lump_sum(r);
  matrix(government, outside) = flows.net_fiscal_transfer(r);
  matrix(capital, households) = accounts.saving(r);
  matrix(capital, outside) = accounts.investment(r) - accounts.saving(r);
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

  Vector gaps(regions);
  constexpr std::size_t regions_per_task = 32;
  parallel_for_blocks(
      static_cast<std::size_t>(regions), regions_per_task, [&](std::size_t, std::size_t begin, std::size_t end) {
        Eigen::MatrixXd matrix;
        for (std::size_t at = begin; at < end; ++at) {
          const auto r = static_cast<Eigen::Index>(at);
          fill_matrix(economy, state, prices, accounts, flows, r, matrix);
          gaps(r) = (matrix.rowwise().sum() - matrix.colwise().sum().transpose()).cwiseAbs().maxCoeff() /
                    std::abs(flows.gdp_output(r));
        }
      });
  for (Eigen::Index r = 0; r < regions; ++r) {
    if (!(gaps(r) <= flows.imbalance)) {
      flows.imbalance = gaps(r);
      flows.imbalance_region = r;
    }
  }
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
  Eigen::MatrixXd matrix;
  fill_matrix(economy, state, prices, accounts, flows, region, matrix);
  return matrix;
}

}  // namespace pericore::economy

/// Social accounting: the matrix of every region, and GDP three ways (docs/model.md#accounts; Stone 1961, Pyatt and Round 1985).
#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::economy {

/// Flows of a year by region that the matrices are made of, nominal.
struct SocialAccounts {
  Array home_sales;              ///< [r,s] sold at home (homogeneous sector: net trade, the smaller of output and use)
  Array exports;                 ///< [r,s] sold to all other regions
  Array imports;                 ///< [r,k] bought from all other regions
  Array subsidies;               ///< [r,s] b Y + factor subsidies
  Array household_use;           ///< [r,k] mu C
  Array investment_use;          ///< [r,k] beta I
  Array factor_cost;             ///< [r,s] factor payments gross of subsidy, fixed inputs included
  Vector housing_rent;           ///< [r] mu_H C
  Vector own_factor_income;      ///< [r] of own factors, to own residents
  Vector public_factor_income;   ///< [r] of own factors, to government
  Vector own_profit;             ///< [r] of own firms, to own residents
  Vector income_from_elsewhere;  ///< [r] factor income and profits received from other regions
  Vector grants;                 ///< [r]
  Vector net_fiscal_transfer;    ///< [r] outlay in r less revenue from r
  Vector gdp_output;             ///< value added by sector and housing rent, at market prices
  Vector gdp_income;             ///< factor incomes and profits less subsidies
  Vector gdp_expenditure;        ///< C + G + I + exports - imports
  Vector gdp_factor_cost;        ///< gdp_output + subsidies
  double imbalance = 0.0;        ///< largest |row - column| of any account of any region over the region's GDP [1]
  Eigen::Index imbalance_region = 0;
};

/// @param equilibrium prices and accounts of a solved year
[[nodiscard]] SocialAccounts social_accounts(const Economy& economy, const TradeKernels& kernels, const State& state,
                                             const Prices& prices, const Accounts& accounts);

/// Names of the accounts in order: activity:<s>, commodity:<k>, factor:<f>, households, government, capital, outside.
[[nodiscard]] std::vector<std::string> social_account_names(const Economy& economy);

/// The matrix of one region: row receives from column.
[[nodiscard]] Eigen::MatrixXd social_accounting_matrix(const Economy& economy, const State& state, const Prices& prices,
                                                       const Accounts& accounts, const SocialAccounts& flows,
                                                       Eigen::Index region);

}  // namespace pericore::economy

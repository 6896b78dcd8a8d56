/// What one year's equilibrium takes as given, and what it returns.
#pragma once

#include "economy/economy.h"
#include "economy/instruments.h"

namespace pericore::economy {

/// The state of a year: stocks, firms, productivity, and the instruments in force.
struct State {
  Array stock;               ///< X[r,f]: factor stocks in use [persons, capital units, land units]
  Array firms;               ///< n[r,s]: plain mass of firms (pays fixed costs) [firms]
  Array effective_firms;     ///< N[r,s]: sum of phi^(sigma-1) (makes sales) [firms]
  Array log_productivity;    ///< ln A[r,s]
  Vector investment_weight;  ///< a0[r]: I[r] ~ a0 X exp(theta_K ln(W/P_I))
  Array foreign_share;       ///< [r,s] share of profits that goes abroad [1]
  /// Outlays that follow from last year's flows, paid now, by account (empty = none): grants to households of r, and real
  /// purchases [r,k] (training, citizenisation). [base-year value]
  std::vector<Vector> flow_grants;
  std::vector<Array> flow_purchases;
  Instruments instruments;
};

/// Unknowns of the short-run equilibrium, in logs; entries of inactive cells are not used.
struct Prices {
  Array log_wage;           ///< ln W[r,f]
  Array log_price_index;    ///< ln P[r,k]
  Array log_market_access;  ///< ln M[r,k]
};

/// Everything the accounts of a year hold (docs/model.md#accounts), at given prices.
struct Accounts {
  Array unit_cost;                 ///< ln c[r,s]
  Array mill_price;                ///< ln p[r,s]
  Array effective_firms;           ///< N[r,s] as used (free entry: solved)
  Array firms;                     ///< n[r,s] as used
  Array sales;                     ///< Y[r,s] at mill prices, before subsidy
  Array bundle_cost;               ///< BC[r,s]
  Array profit;                    ///< Pi[r,s]
  Array fixed_payment;             ///< fixed-input payments net of subsidy [r,s]
  Array profitability;             ///< x[r,s], defined for empty cells too where the sector's factors have prices
  Array employment;                ///< [r,s] units of labour factors
  std::vector<Array> factor_use;   ///< by factor: units used [r,s]
  Array factor_income;             ///< FI[r,f] gross of subsidy, housing rent included
  Vector primary_income;           ///< Prim[r]
  Vector disposable_income;        ///< DI[r]
  Vector consumption;              ///< C[r], housing included
  Vector saving;                   ///< Sav[r]
  Vector investment;               ///< I[r]
  Vector transfers;                ///< TR[r], nominal
  Vector lump_sum;                 ///< LS[r]
  Vector tax_paid;                 ///< income taxes [r]
  Vector tax_rate;                 ///< effective t[r]
  Array government;                ///< Gov[r,k], nominal
  Array expenditure;               ///< E[r,k] (spending of r on sector k, processing imports excluded)
  Array intermediate;              ///< [r,k] sum_s gamma BC, processing included
  Array direct_imports;            ///< [r,k] processing spending that goes to the rest of the world
  Vector subsidy_outlay;           ///< B[r]
  Vector factor_subsidy_outlay;    ///< U[r]
  double outlay = 0.0;             ///< all levels together: B + U + Gov + TR + grants - public property income
  double national_tax_rate = 0.0;  ///< part of the tax rate that closes a national budget
  double consumer_price = 1.0;     ///< national consumer price index, base year 1
  double walras = 0.0;             ///< relative residual of the unsolved market (or of all income) [1]
  std::optional<Eigen::Index> insolvent;  ///< a region without disposable income, or with a tax rate of 1 and more
};

}  // namespace pericore::economy

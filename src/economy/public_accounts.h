/// Incomes, budgets and saving of a year, closed exactly: every level's budget is zero (docs/model.md#accounts).
#pragma once

#include <vector>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::economy {

/// What the public plans in real terms, whatever prices turn out to be: instruments and last year's flows together, by account.
struct PublicPlans {
  PublicPlans(const Economy& economy, const State& state);

  std::vector<Array> purchases;      ///< by account: [r,k], empty where nothing is bought [base-year value]
  std::vector<Vector> transfers;     ///< by account: to households, grants included; empty where none [base-year value]
  Array all_purchases;               ///< over all accounts [r,k], or empty
  Vector all_transfers;              ///< over all accounts, without grants
  Vector all_grants;                 ///< grants of last year's flows: primary income of those who receive them
  std::vector<Eigen::Index> bought;  ///< sectors in all_purchases
};

/// From factor incomes of production, profits, subsidies, purchases and transfers (already in `accounts`) to primary and
/// disposable income, consumption, levies, saving and investment. Housing rent is a share of consumption and consumption a share of
/// income: solved in closed form for a given national tax rate, and by a contraction in that rate where one budget uses it.
///
/// @param plans    of `state`
/// @param housing  index of the factor that receives housing rent, or -1
/// @param log_price, log_wage  ln P[r,k], ln W[r,f] at which purchases, transfers and investment are valued
void close_accounts(const Economy& economy, const State& state, const PublicPlans& plans, Eigen::Index housing,
                    const Array& log_price, const Array& log_wage, Accounts& accounts);

/// National consumer price index, base year 1: base-year consumption weights, geometric; 1 where the economy has no base year.
[[nodiscard]] double consumer_price_index(const Economy& economy, Eigen::Index housing, const Array& log_price,
                                          const Array& log_wage);

/// Outlays by region (rows) and Account (columns), nominal: subsidies, purchases, transfers, grants; public property income not deducted.
/// Needs `accounts.sales`, `factor_use` and `consumer_price`.
[[nodiscard]] Array outlays_by_account(const Economy& economy, const State& state, const Array& log_price,
                                       const Array& log_wage, const Accounts& accounts);

}  // namespace pericore::economy

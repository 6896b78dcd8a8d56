/// An equilibrium examined anew, equation by equation, without the market map: what any solver's result must satisfy.
#pragma once

#include <string>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::testing {

/// Largest violations, relative [1]; NaN counts as infinite.
struct Audit {
  double factor_markets = 0.0;   ///< |ln| of payments over W X of every factor in use
  double price_indices = 0.0;    ///< |ln| of P against the prices of all suppliers
  double market_access = 0.0;    ///< |ln| of M against all buyers
  double goods_markets = 0.0;    ///< |ln| of the sum of shipments over sales, by cell
  double shipments = 0.0;        ///< of a buyer's purchases over its spending, as the price at which they are equal
  double technology = 0.0;       ///< |ln| of firms that are a state; BC and fixed payments, over the region's turnover
  double complementarity = 0.0;  ///< x <= 0, N >= 0, x N = 0 where entry is free: x, or min(-x, sales over turnover)
  double incomes = 0.0;          ///< primary, disposable income, spending; over the turnover of the region
  double budgets = 0.0;          ///< revenue over outlay of every budget; over the turnover of the region
  double walras = 0.0;           ///< the unsolved market over all spending
  double social_accounts = 0.0;  ///< |row - column| of any account of any region, over the region's turnover
  double gdp = 0.0;              ///< GDP three ways, over the region's turnover
  bool finite = true;            ///< all prices of active cells, all flows

  [[nodiscard]] double worst_market() const;
  [[nodiscard]] double worst_account() const;
  /// Name of the largest violation against its tolerance, or empty if all hold.
  [[nodiscard]] std::string breach(double market_tolerance, double account_tolerance) const;
};

/// @param prices, accounts  of a solved equilibrium
[[nodiscard]] Audit audit(const economy::Economy& economy, const economy::TradeKernels& kernels,
                          const economy::State& state, const economy::Prices& prices,
                          const economy::Accounts& accounts);

}  // namespace pericore::testing

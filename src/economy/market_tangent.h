/// Exact derivative of the market map (market_map.h) at a point, as a product with a direction: no differences, no rounding to speak of.
/// The same terms as in the map, differentiated by hand; tests hold them against the map itself.
#pragma once

#include <vector>

#include "economy/market_map.h"
#include "economy/state.h"

namespace pericore::economy {

/// A direction in the state. An empty array means no change.
struct StateChange {
  Array log_stock;  ///< d ln X[r,f]; ignored where X = 0
  Array log_firms;  ///< d ln N[r,s] = d ln n[r,s] of firms that are a state, or given to the map (contestable cells)
  Array log_productivity;  ///< d ln A[r,s]
};

/// How prices answer: d ln W, d ln P, d ln M.
using PriceChange = Prices;

/// How the accounts of a year answer, in the units of Accounts unless said.
struct AccountsChange {
  Array log_unit_cost;       ///< d ln c[r,s]
  Array log_firms;           ///< d ln N[r,s]
  Array sales;               ///< dY
  Array bundle_cost;         ///< dBC
  Array fixed_payment;       ///< of the fixed input, net of subsidy
  Array profit;              ///< dPi
  Array profitability;       ///< dx
  Array factor_income;       ///< dFI[r,f], housing rent included
  Vector primary_income;     ///< dPrim
  Vector disposable_income;  ///< dDI
  Vector consumption;        ///< dC
  Vector tax_rate;           ///< of the effective rate
  Vector saving;
  Vector investment;
  Array government;   ///< dGov[r,k]
  Array expenditure;  ///< dE[r,k]
  Array employment;   ///< d of employment[r,s]
  double log_consumer_price = 0.0;
};

/// How far a change is followed.
enum class Reach {
  everywhere,
  own_region,  ///< into the same region only: other regions' prices and all national totals stay (for block preconditioners)
};

/// Derivative of MarketMap::evaluate at one point. Refers to the map and to what was evaluated there.
class MarketTangent {
 public:
  /// @param prices, cleared, accounts  as given to and returned by map.evaluate(prices, cleared, accounts)
  MarketTangent(const MarketMap& map, const Prices& prices, const Prices& cleared, const Accounts& accounts);

  /// Change of `cleared` and of the accounts for a change of prices and, where not null, of the state. Entries of inactive cells follow
  /// the map: P and M of empty cells move, W of inactive factors is handed through.
  void apply(const PriceChange& prices, const StateChange* state, PriceChange& cleared, AccountsChange& accounts,
             Reach reach = Reach::everywhere) const;

  [[nodiscard]] const MarketMap& map() const { return map_; }

 private:
  void costs_and_sales(const PriceChange& prices, const StateChange* state, AccountsChange& change, Array& supply,
                       Array& direct) const;
  /// Change of what processing trade pays for a sector's varieties at the foreign gate.
  [[nodiscard]] double foreign_price(const PriceChange& prices, const StateChange* state, const Array& log_unit_cost,
                                     Eigen::Index s) const;
  void homogeneous_sector(const PriceChange& prices, const StateChange* state, AccountsChange& change) const;
  void factor_payments(const PriceChange& prices, AccountsChange& change, Array& clearing, Array& outlay) const;
  void incomes(const PriceChange& prices, const StateChange* state, const Array& log_price, AccountsChange& change,
               Array& outlay, Reach reach) const;
  [[nodiscard]] double net_price(Eigen::Index factor, Eigen::Index region, Eigen::Index sector) const;

  const MarketMap& map_;
  const Prices& prices_;
  const Prices& cleared_;
  const Accounts& accounts_;
  Array access_;        ///< M at the given prices
  Array own_freeness_;  ///< K(r,r)
  Array supply_;        ///< N p^(1-sigma)
  Array per_power_;     ///< P^(sigma-1) that clears
  Array per_access_;    ///< 1 / M that clears
  Array demand_;        ///< E P^(sigma-1)
  Array clearing_;      ///< payments W X that clear
  Array market_sales_;  ///< without processing trade
  Array
      own_weight_;  ///< by region and factor: share of the homogeneous sector's costs spent on a factor of its own, else 0
  Vector own_weight_sum_;  ///< sum of these by region
};

}  // namespace pericore::economy

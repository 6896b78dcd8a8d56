/// One step of the market map: from prices to costs, sales, incomes, demand, and back to the prices that clear each market.
/// A fixed point is a short-run equilibrium (docs/model.md#short-run-equilibrium).
#pragma once

#include "economy/economy.h"
#include "economy/public_accounts.h"
#include "economy/state.h"

namespace pericore::economy {

/// Which cells take part. Inactive cells leave all sums and unknowns; their zeros are exact.
struct ActiveCells {
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> factor;  ///< [r,f] stock > 0 and a use for it
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> supply;  ///< [r,s] firms > 0 and every needed factor present
  /// [r,s] no profit, and no factor of its own that would settle how much is made: x <= 0, N >= 0, x N = 0. The map takes N from the
  /// state (homogeneous sector: N is its spending BC); equilibrium/free_entry.h finds it. Such a cell supplies where N > 0.
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> contestable;
};

/// Evaluates the map for one economy, geography and state; keeps workspaces between calls. Not copyable: it refers to its arguments.
class MarketMap {
 public:
  /// @throws DomainError  if sizes disagree or a regime is not defined for its technology
  MarketMap(const Economy& economy, const TradeKernels& kernels, const State& state);
  MarketMap(const MarketMap&) = delete;
  MarketMap& operator=(const MarketMap&) = delete;

  /// Full map: accounts at `prices`, and the prices that would clear each market given them (undamped).
  void evaluate(const Prices& prices, Prices& cleared, Accounts& accounts);

  /// What travels between regions, by region and sector; the column of the numeraire is not used.
  struct Trade {
    Array supply;       ///< N p^(1-sigma)
    Array price_power;  ///< K^T supply = P^(1-sigma)
    Array demand;       ///< E P^(sigma-1)
    Array access;       ///< K demand = M
  };

  /// As evaluate(), without what complete() adds to the accounts: enough to iterate.
  void clear_markets(const Prices& prices, Prices& cleared, Accounts& accounts);

  /// Adds to accounts from clear_markets at the same prices: units of factors used, employment, profitability, Walras' residual.
  void complete(const Prices& prices, Accounts& accounts) const;

  /// clear_markets in the three parts between which goods travel: supply(), then price_power from supply, demand(), then access from
  /// demand, clear(). For who evaluates several economies at once and multiplies their columns together (equilibrium/batch.h).
  void supply(const Prices& prices, Accounts& accounts);
  void demand(const Prices& prices, Prices& cleared, Accounts& accounts);
  void clear(const Prices& prices, Prices& cleared);
  [[nodiscard]] Trade& trade() { return trade_; }

  [[nodiscard]] const ActiveCells& active() const { return active_; }
  [[nodiscard]] const Economy& economy() const { return economy_; }
  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] const TradeKernels& kernels() const { return kernels_; }
  /// The homogeneous sector, or -1.
  [[nodiscard]] Eigen::Index numeraire() const { return numeraire_; }
  /// The factor that receives housing rent, or -1.
  [[nodiscard]] Eigen::Index housing() const { return housing_; }

  /// The factor that `sector` alone uses in `region`, whose stock settles how much is made; -1 if none.
  [[nodiscard]] Eigen::Index own_factor(Eigen::Index region, Eigen::Index sector) const {
    return own_factor_(sector, economy_.technology_of[static_cast<std::size_t>(region)]);
  }

 private:
  friend class MarketTangent;
  void find_own_factors();
  void find_active_cells();
  /// Whether `factor` of the homogeneous sector is used by no other sector.
  [[nodiscard]] bool is_own_of_homogeneous(Eigen::Index region, Eigen::Index factor) const {
    return homogeneous_own_(factor, economy_.technology_of[static_cast<std::size_t>(region)]);
  }
  [[nodiscard]] Eigen::Index shared_factor_of_homogeneous(Eigen::Index region) const;
  [[nodiscard]] double factor_share(Eigen::Index region, Eigen::Index factor, Eigen::Index sector) const;
  void factor_shares(Eigen::Index factor, Eigen::Index sector, Vector& shares) const;
  void prepare_constants();
  void unit_costs(const Prices& prices, Accounts& accounts) const;
  void add_input_prices(const Array& log_wage, const Array& log_price, Array& log_cost) const;
  [[nodiscard]] Array intermediate_demand(const Array& bundle_cost) const;
  void sales_and_costs(const Prices& prices, const Array& log_access, Accounts& accounts);
  [[nodiscard]] double firms_of_own_factor(const Prices& prices, Eigen::Index r, Eigen::Index s, Eigen::Index own,
                                           double scale) const;
  [[nodiscard]] double log_foreign_price(const Prices& prices, const Accounts& accounts, Eigen::Index s) const;
  void processing_costs(const Prices& prices, Accounts& accounts) const;
  [[nodiscard]] Array processing_purchases(const Array& bundle_cost) const;
  void sell_abroad(const Array& direct, Array& sales, Array& bundle_cost, Array& profit) const;
  void prepare_homogeneous();
  [[nodiscard]] double net_price(Eigen::Index factor, Eigen::Index region, Eigen::Index sector) const;
  [[nodiscard]] Vector homogeneous_spending(const Prices& prices) const;
  void homogeneous_sector(const Prices& prices, Accounts& accounts) const;
  void incomes_and_demand(const Prices& prices, const Array& log_price, Accounts& accounts);
  void factor_payments(const Prices& prices, Accounts& accounts);
  void add_other_payments(Eigen::Index factor, Accounts& accounts);
  void add_all_payments(Eigen::Index factor, Accounts& accounts);
  void net_payments(Eigen::Index factor, Eigen::Index sector, const Accounts& accounts, Vector& payments) const;
  void factor_use(const Prices& prices, Accounts& accounts) const;
  void profitability(const Prices& prices, Accounts& accounts) const;
  void cell_shares(Eigen::Index region, Eigen::Index sector, Eigen::ArrayXd& alpha, Eigen::ArrayXd& gamma) const;

  struct ShiftedCell {
    Eigen::Index region;
    Eigen::Index sector;
    Eigen::ArrayXd alpha;  ///< change of factor shares
    Eigen::ArrayXd gamma;  ///< change of input shares
  };

  const Economy& economy_;
  const TradeKernels& kernels_;
  const State& state_;
  ActiveCells active_;
  Eigen::Index numeraire_ = -1;
  Eigen::Index housing_ = -1;
  std::vector<Eigen::Index> other_technology_;  ///< regions that do not use the main technology
  Array cost_constant_;                         ///< -ln A + sum alpha ln(1-u) - efficiency of shifts
  Array log_price_constant_;                    ///< ln m - ln(1+b)
  std::vector<ShiftedCell> shifts_;
  Eigen::MatrixXd alpha_, gamma_, gamma_transposed_;  ///< of the main technology
  Eigen::MatrixXd payment_shares_;                    ///< alpha transposed, 0 of factors with subsidies
  Eigen::MatrixXd clearing_shares_;                   ///< the same over wage premia
  // Of the homogeneous sector where factors of its own settle its scale.
  Vector homogeneous_own_share_;   ///< of its own factors
  Vector homogeneous_constant_;    ///< what of ln(1+b) A prod (X/alpha)^alpha does not depend on prices
  Array homogeneous_wage_shares_;  ///< factors x technologies: of factors shared with others
  Eigen::Array<Eigen::Index, Eigen::Dynamic, Eigen::Dynamic>
      own_factor_;  ///< sectors x technologies: used by no other sector, or -1
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> homogeneous_own_;  ///< factors x technologies
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> uses_;             ///< factors x sectors: a cost share anywhere
  PublicPlans plans_;
  bool funds_own_use_ = false;  ///< whether a policy's own budget subsidises factors: outlays then need units used
  Trade trade_;
  Array clearing_;  ///< payments that must equal W X, by factor
  Vector column_;   ///< workspace by region
  Vector product_;
  Array cost_, demand_term_, access_;  ///< c, p^(1-sigma), M
  Array work_;                         ///< workspace of exponentials and logarithms
};

}  // namespace pericore::economy

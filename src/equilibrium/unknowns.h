/// The unknowns of a short-run equilibrium as one vector: ln W, ln P, ln M of the active cells (docs/model.md#short-run-equilibrium).
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "economy/market_map.h"
#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// Where each unknown belongs; wages first, then price indices, then market access.
class Unknowns {
 public:
  explicit Unknowns(const economy::MarketMap& map);

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(places_.size()); }
  [[nodiscard]] Eigen::Index wages() const { return wages_; }
  [[nodiscard]] const Market& place(Eigen::Index i) const { return places_[static_cast<std::size_t>(i)]; }

  /// Which of its region's variables unknown i is: factors first, then P, then M by sector.
  [[nodiscard]] Eigen::Index variable(Eigen::Index i) const { return variables_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] double& entry(economy::Prices& prices, Eigen::Index i) const;

  void pack(const economy::Prices& prices, Eigen::VectorXd& x) const;
  void unpack(const Eigen::VectorXd& x, economy::Prices& prices) const;

  /// Unknowns of one variable in neighbouring regions: packing them is copying.
  struct Run {
    Eigen::Index first;  ///< unknown
    Eigen::Index length;
    MarketKind kind;
    Eigen::Index region;
    Eigen::Index item;
    Eigen::Index variable;
  };
  [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }

 private:
  std::vector<Market> places_;
  std::vector<Eigen::Index> variables_;
  std::vector<Run> runs_;
  Eigen::Index wages_ = 0;
};

/// Joins a market's residual to the worst of its kind. The first of a kind is named even where all are exact; what is no number is worst of all.
void judge(WorstMarkets& worst, const Market& market, double residual);

/// Of each kind the unknown whose market `cleared` leaves furthest from `prices`.
[[nodiscard]] WorstMarkets worst_markets(const Unknowns& unknowns, const economy::Prices& prices,
                                         const economy::Prices& cleared);

/// Factor income at `prices`, sum W X over factors in use [numeraire].
[[nodiscard]] double factor_income(const economy::MarketMap& map, const economy::Prices& prices);

/// Without a numeraire all nominal values are free up to one scale: factor income stays at `total`. With one: nothing to do.
void hold_scale(const economy::MarketMap& map, double total, economy::Prices& prices);

/// Entries that are no unknowns must still be finite numbers: they are multiplied by zero shares. The numeraire costs 1.
void make_finite(const economy::MarketMap& map, economy::Prices& prices);

}  // namespace pericore::equilibrium

/// National trends of structure, by the same rule in all regions: what buyers spend on each sector, technology that spreads, people who leave agriculture
/// (docs/model.md#structural-change).
#pragma once

#include <Eigen/Core>
#include <optional>

#include "dynamics/state.h"
#include "economy/economy.h"

namespace pericore::simulation {

struct StructuralChange {
  Eigen::ArrayXd demand = {};        ///< trend of each sector's weight in spending, by sector; empty: none [log/year]
  Eigen::ArrayXd convergence = {};   ///< share of comparative advantage that is lost, by sector; empty: none [1/year]
  double leaving_agriculture = 0.0;  ///< share of rural labour that joins the unskilled where it lives [1/year]
  std::optional<Eigen::Index> rural = {};
  std::optional<Eigen::Index> unskilled = {};

  [[nodiscard]] bool moves_demand() const { return demand.size() > 0 && (demand != 0.0).any(); }
  [[nodiscard]] bool converges() const { return convergence.size() > 0 && (convergence != 0.0).any(); }
};

/// The economy after `years` of the trend in demand. Spending on sector k weighs phi_k = exp(trend_k years) times as much: in the baskets of households and of investment,
/// and among the inputs of each sector, whose totals stay as they are (the row factors of RAS: Stone, 1961). The rest of the world keeps its own.
[[nodiscard]] economy::Economy economy_after(const economy::Economy& economy, const StructuralChange& change,
                                             double years);

/// What goes with it in a state whose instruments and productivity are those of the year without the trend: government buys phi_k times what it bought in the base
/// year, and productivity takes up what other inputs would have cost at base-year prices (ratio form), so that new shares by themselves move no cost.
///
/// @param now  economy_after() of the same years
void adjust_to_demand(const economy::Economy& economy, const economy::Economy& now, const StructuralChange& change,
                      double years, const Eigen::ArrayXXd& base_purchases, dynamics::DynamicState& state);

/// Comparative advantage: what effects of region and of sector leave of ln A, least squares weighed by output (Levchenko and Zhang, 2016) [log, r x s].
/// Its means by region and by sector, weighed so, are 0. 0 abroad and where nothing is produced.
[[nodiscard]] economy::Array comparative_advantage(const economy::Economy& economy,
                                                   const economy::Array& log_productivity,
                                                   const economy::Array& output);

/// Takes the share 1 - (1 - convergence)^years of the base year's comparative advantage off.
void converge(const StructuralChange& change, const economy::Array& advantage, double years,
              economy::Array& log_productivity);

/// A year's share of rural labour becomes unskilled labour of the same region.
void leave_agriculture(const economy::Economy& economy, const StructuralChange& change, economy::Array& stock);

}  // namespace pericore::simulation

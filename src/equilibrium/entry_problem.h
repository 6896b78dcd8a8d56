/// Free entry as a problem in N: the cells, what may be spent on them, a number of firms with the markets it clears, and how far that is
/// from x <= 0, N >= 0, x N = 0.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "economy/economy.h"
#include "economy/state.h"
#include "equilibrium/entry_response.h"
#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// What all attempts together may take: evaluations of the market map, and products with its derivative.
struct EntryBudget {
  int most = 0;
  int spent = 0;
  [[nodiscard]] int left() const { return most - spent; }
};

struct EntryProblem {
  const economy::Economy& economy;
  const economy::TradeKernels& kernels;
  const SolverOptions& options;
  EntryBudget& budget;
  double tolerance = 0.0;   ///< of x N = 0
  std::vector<Cell> cells;  ///< all that could be in use
  Eigen::ArrayXd guess;     ///< N by cell where nothing is known
  double inflow = 0.0;  ///< mu of x + mu guess / N = 0, the barrier that keeps every cell in use; 0: the problem itself
};

/// A number of firms and the markets it clears.
struct EntryPoint {
  economy::State state;
  ShortRunEquilibrium equilibrium;
  Eigen::ArrayXd profitability;  ///< x by cell; infinite where a factor the cell needs lies idle
};

[[nodiscard]] inline double& firms(economy::State& state, const Cell& cell) {
  return state.effective_firms(cell.region, cell.sector);
}
[[nodiscard]] inline double firms(const economy::State& state, const Cell& cell) {
  return state.effective_firms(cell.region, cell.sector);
}

/// What the barrier adds to x of cell i.
[[nodiscard]] double barrier(const EntryProblem& problem, const economy::State& state, std::size_t i);

/// The largest violation of x N = 0 of the cells in use. @param where  set to the cell where it is, if not null
[[nodiscard]] double merit(const EntryProblem& problem, const EntryPoint& point, std::size_t* where = nullptr);

/// Clears the markets for the firms of `state`; not converged, too, once the budget is spent.
[[nodiscard]] EntryPoint clear_markets(const EntryProblem& problem, economy::State state, const economy::Prices& start);

}  // namespace pericore::equilibrium

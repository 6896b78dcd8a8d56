#include "equilibrium/entry_problem.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "economy/market_map.h"

namespace pericore::equilibrium {

using economy::Economy;
using economy::MarketMap;
using economy::Prices;
using economy::State;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool factor_idle(const MarketMap& map, const Cell& cell) {
  const Economy& economy = map.economy();
  const auto& technology = economy.technology(cell.region);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (technology.alpha(f, cell.sector) > 0.0 && !map.active().factor(cell.region, f) &&
        map.state().stock(cell.region, f) > 0.0)
      return true;
  }
  return false;
}

/// How far a cell is from x N = 0: x where firms would enter, the nearer way out where they lose.
double violation(const EntryProblem& problem, const EntryPoint& point, std::size_t i) {
  const double x = point.profitability(static_cast<Eigen::Index>(i));
  if (problem.inflow > 0.0) return std::abs(x + barrier(problem, point.state, i));
  if (!(x < 0.0)) return x;
  const double share = firms(point.state, problem.cells[i]) / problem.guess(static_cast<Eigen::Index>(i));
  return std::min(-x, share);
}

}  // namespace

double barrier(const EntryProblem& problem, const State& state, std::size_t i) {
  if (problem.inflow == 0.0) return 0.0;
  return problem.inflow * problem.guess(static_cast<Eigen::Index>(i)) / firms(state, problem.cells[i]);
}

double merit(const EntryProblem& problem, const EntryPoint& point, std::size_t* where) {
  double worst = 0.0;
  for (std::size_t i = 0; i < problem.cells.size(); ++i) {
    if (firms(point.state, problem.cells[i]) == 0.0)
      continue;  // who may join is looked at once the others have settled
    const double v = violation(problem, point, i);
    if (!(v <= worst)) {
      worst = v;
      if (where != nullptr) *where = i;
    }
  }
  return worst;
}

EntryPoint clear_markets(const EntryProblem& problem, State state, const Prices& start) {
  EntryPoint point{.state = std::move(state), .equilibrium = {}, .profitability = {}};
  const auto count = static_cast<Eigen::Index>(problem.cells.size());
  point.profitability.setConstant(count, std::numeric_limits<double>::quiet_NaN());
  if (problem.budget.left() <= 0) {
    point.equilibrium.prices = start;
    point.equilibrium.residual = infinity;
    return point;
  }
  SolverOptions options = problem.options;
  options.max_evaluations = std::min(options.max_evaluations, problem.budget.left());
  point.equilibrium = solve_given_firms(problem.economy, problem.kernels, point.state, start, options);
  problem.budget.spent += point.equilibrium.evaluations;
  if (point.equilibrium.status != SolverStatus::converged) return point;
  const MarketMap map(problem.economy, problem.kernels, point.state);
  for (Eigen::Index i = 0; i < count; ++i) {
    const Cell& cell = problem.cells[static_cast<std::size_t>(i)];
    // An idle factor can be had for nothing.
    const bool idle = firms(point.state, cell) == 0.0 && factor_idle(map, cell);
    point.profitability(i) = idle ? infinity : point.equilibrium.accounts.profitability(cell.region, cell.sector);
  }
  return point;
}

}  // namespace pericore::equilibrium

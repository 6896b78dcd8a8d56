#include "equilibrium/free_entry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"
#include "equilibrium/entry_guesses.h"
#include "equilibrium/entry_problem.h"
#include "equilibrium/entry_steps.h"

namespace pericore::equilibrium {
namespace {

using economy::Accounts;
using economy::Array;
using economy::Economy;
using economy::MarketMap;
using economy::Prices;
using economy::State;
using economy::TradeKernels;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nothing = 1e-9;        // of the first guess: a cell this small and still losing has left
constexpr double entrants = 1e-3;       // of the first guess: a cell that joins
constexpr double shortest_time = 1e-3;  // of a step of the entry dynamics
constexpr double longest_time =
    1e5;  // longer is Newton's method to five digits, and blows up rounding where stability changes
constexpr double nearly_settled = 1e-6;  // merit from which steps grow to Newton's
constexpr double longest_newton = 1e10;
constexpr int steps_per_guess = 200;
constexpr int steps_without_progress = 12;  // without the merit halved
constexpr double first_inflow = 1.0;  // mu of the barrier: losses of ln 2.7 and fewer keep as many firms as guessed
constexpr double last_inflow = 1e-8;
constexpr double inflow_tolerance = 1e-4;  // of stages on the way down

/// Whether another region makes what `cell` makes, by firms that may enter or otherwise. One good at one price need not be made at all.
bool supplied_elsewhere(const EntryProblem& problem, const EntryPoint& point, const State& state, const Cell& cell) {
  if (problem.economy.sectors[static_cast<std::size_t>(cell.sector)].market == economy::Market::homogeneous)
    return true;
  for (Eigen::Index r = 0; r < problem.economy.n_regions(); ++r) {
    if (r == cell.region) continue;
    const bool contestable = std::any_of(problem.cells.begin(), problem.cells.end(), [&](const Cell& other) {
      return other.region == r && other.sector == cell.sector;
    });
    if (contestable ? state.effective_firms(r, cell.sector) > 0.0
                    : point.equilibrium.accounts.effective_firms(r, cell.sector) > 0.0)
      return true;
  }
  return false;
}

/// Cells that have shrunk to nothing and lose all the same are left, exactly; never the last one of a sector.
/// Who came back is taken for nothing later, lest it be in and out for ever.
bool leave(const EntryProblem& problem, const EntryPoint& point, State& state, const std::vector<int>& joined) {
  if (problem.inflow > 0.0) return false;
  bool changed = false;
  for (std::size_t i = 0; i < problem.cells.size(); ++i) {
    const Cell& cell = problem.cells[i];
    double& n = firms(state, cell);
    const auto index = static_cast<Eigen::Index>(i);
    const double little = std::max(nothing, 10.0 * problem.tolerance) * std::pow(1e-3, joined[i]);
    if (n == 0.0 || n > little * problem.guess(index) || !(point.profitability(index) < 0.0)) continue;
    if (!supplied_elsewhere(problem, point, state, cell)) continue;
    n = 0.0;
    changed = true;
  }
  return changed;
}

/// Empty cells in which firms would earn are entered, by more firms the more they would earn.
bool join(const EntryProblem& problem, const EntryPoint& point, State& state, std::vector<int>& times) {
  if (problem.inflow > 0.0) return false;
  bool changed = false;
  for (std::size_t i = 0; i < problem.cells.size(); ++i) {
    double& n = firms(state, problem.cells[i]);
    const auto index = static_cast<Eigen::Index>(i);
    const double x = point.profitability(index);
    if (n > 0.0 || !(x > problem.tolerance)) continue;
    n = problem.guess(index) * std::clamp(x, problem.tolerance, entrants);
    ++times[i];
    changed = true;
  }
  return changed;
}

/// From the firms in `state`; true once every cell satisfies x <= 0, N >= 0, x N = 0. Leaves the last point found.
bool settle(const EntryProblem& problem, const State& state, const Prices& start, EntryPoint& point) {
  // Too many firms ruin their owners, too few make what government buys dearer than all incomes.
  for (const double scale : {1.0, 0.2, 5.0, 0.04, 25.0, 0.008, 125.0}) {
    State scaled = state;
    for (const Cell& cell : problem.cells) firms(scaled, cell) *= scale;
    point = clear_markets(problem, scaled, start);
    if (point.equilibrium.status == SolverStatus::converged || problem.budget.left() <= 0) break;
    // The prices to start from may be those of other firms.
    point = clear_markets(problem, scaled, cold_start(problem.economy, problem.kernels, scaled));
    if (point.equilibrium.status == SolverStatus::converged || problem.budget.left() <= 0) break;
  }
  if (point.equilibrium.status != SolverStatus::converged) return false;

  EntryStepper stepper(problem);
  std::vector<int> joined(problem.cells.size(), 0);
  double time = 1.0;
  double bound = longest_time;
  int since_milestone = 0;
  double before = merit(problem, point);
  double milestone = before;
  double worst = 0.0;  // since then
  for (int step = 0; step < steps_per_guess; ++step) {
    if (before <= problem.tolerance) {
      State state_with_entrants = point.state;
      if (!join(problem, point, state_with_entrants, joined)) return true;
      EntryPoint next = clear_markets(problem, state_with_entrants, point.equilibrium.prices);
      if (next.equilibrium.status != SolverStatus::converged) return false;
      point = std::move(next);
      stepper.restart();
      time = 1.0;
      before = merit(problem, point);
      continue;
    }
    EntryPoint next;
    for (int attempt = 0;; ++attempt) {
      EntryProposal proposal = stepper.propose(point, time);
      if (leave(problem, point, proposal.state, joined)) stepper.restart();
      next = clear_markets(problem, proposal.state, proposal.start);
      if (next.equilibrium.status == SolverStatus::converged) break;
      if (attempt == 8 || problem.budget.left() <= 0) return false;
      stepper.restart();
      time *= 0.1;
    }
    const double now = merit(problem, next);
    // Away from an unstable state x grows for long: that alone must not shorten the steps.
    const double recovered = std::min(1.0, 2.0 * time);
    // Where trade is nearly free, N is nearly indeterminate, and only Newton's method itself ends.
    worst = std::max(worst, now);
    if (now < 0.5 * milestone || ++since_milestone == steps_without_progress) {
      // Newton's method goes round in circles: closer to the dynamics, which do not. Or these creep, and longer steps do not hurt.
      if (now >= 0.5 * milestone)
        bound = worst > 1.5 * milestone ? std::max(1.0, 0.03 * bound) : std::min(longest_time, 30.0 * bound);
      milestone = now;
      worst = 0.0;
      since_milestone = 0;
    }
    const double longest = now < nearly_settled ? longest_newton : bound;
    // What shrinks slowly at short steps shrinks quickly at long ones.
    const double least = now < 1.05 * before ? 2.0 : 0.3;
    const double growth = now < nearly_settled ? 10.0 : std::clamp(before / now, least, 1e3);
    time = std::min(std::max(time * growth, recovered), longest);
    point = std::move(next);
    before = now;
  }
  return false;
}

/// Down the barrier: every cell stays in use while mu falls, so that nobody leaves who would come back, and the solutions for all mu hang
/// together where those of the problem itself switch cells. Who then is next to nothing and loses leaves for good.
bool follow_barrier(const EntryProblem& problem, State state, const Prices& start, EntryPoint& point) {
  EntryProblem relaxed = problem;
  relaxed.inflow = first_inflow;
  relaxed.tolerance = std::max(problem.tolerance, inflow_tolerance);
  if (!settle(relaxed, state, start, point)) return false;
  double factor = 0.1;
  for (double inflow = first_inflow; inflow > last_inflow && factor < 0.8 && problem.budget.left() > 0;) {
    relaxed.inflow = inflow * factor;
    EntryPoint next;
    bool settled = false;
    try {
      settled = settle(relaxed, point.state, point.equilibrium.prices, next);
    } catch (const NumericalError&) {
      // A shorter step.
    }
    if (settled) {
      inflow = relaxed.inflow;
      point = std::move(next);
    } else {
      factor = std::sqrt(factor);
    }
  }
  if (problem.budget.left() <= 0) return false;
  state = point.state;
  for (std::size_t i = 0; i < problem.cells.size(); ++i) {
    const auto index = static_cast<Eigen::Index>(i);
    double& n = firms(state, problem.cells[i]);
    if (n < std::min(1e-2, -point.profitability(index)) * problem.guess(index) &&
        supplied_elsewhere(problem, point, state, problem.cells[i]))
      n = 0.0;
  }
  const Prices from = point.equilibrium.prices;
  return settle(problem, state, from, point);
}

}  // namespace

ShortRunEquilibrium solve_free_entry(const Economy& economy, const TradeKernels& kernels, const State& state,
                                     const Prices& start, const SolverOptions& options) {
  const EntryGuesses guesses = [&] {
    MarketMap map(economy, kernels, state);
    return entry_guesses(map, start);
  }();
  const int most = entry_budget(options);
  EntryBudget budget;
  const EntryProblem problem{.economy = economy,
                             .kernels = kernels,
                             .options = options,
                             .budget = budget,
                             .tolerance = options.tolerance,
                             .cells = guesses.cells,
                             .guess = guesses.plain};
  ShortRunEquilibrium best;
  best.residual = infinity;
  // Whether this way ends at a solution; else the best point so far is kept.
  const auto attempt = [&](const State& first, auto&& way) {
    EntryPoint point;
    bool settled = false;
    budget.most = budget.spent + (most - budget.spent + 1) / 2;  // so that one way leaves something for the others
    try {
      settled = way(problem, first, start, point);
    } catch (const NumericalError&) {
      // The linearisation was singular there: the next guess.
    }
    ShortRunEquilibrium& found = point.equilibrium;
    if (found.status == SolverStatus::converged) {
      std::size_t where = 0;
      const double off = merit(problem, point, &where);
      if (off > found.residual) {
        found.residual = off;
        found.worst_market = {MarketKind::profit, problem.cells[where].region, problem.cells[where].sector};
      }
      if (!settled) found.status = SolverStatus::iteration_limit;
    }
    if (settled || found.residual < best.residual || !std::isfinite(best.residual)) best = std::move(found);
    return settled;
  };
  bool settled = false;
  for (const State& first : first_states(guesses, state)) {
    settled = attempt(first, settle);
    if (settled || budget.spent >= most) break;
  }
  for (const Eigen::ArrayXd* guess : {&guesses.affordable, &guesses.plain}) {
    if (!settled && budget.spent < most) settled = attempt(filled(guesses, state, 1.0, *guess), follow_barrier);
  }
  best.evaluations = budget.spent;
  return best;
}

void keep_firms(const Economy& economy, const TradeKernels& kernels, const Accounts& accounts, State& state) {
  if (std::none_of(economy.sectors.begin(), economy.sectors.end(),
                   [](const economy::Sector& sector) { return sector.entry == economy::Entry::free; }))
    return;
  const MarketMap map(economy, kernels, state);
  if (!map.active().contestable.any()) return;
  const auto& contestable = map.active().contestable;
  state.effective_firms = contestable.select(accounts.effective_firms, state.effective_firms);
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    // Of the homogeneous sector the field holds spending, not firms.
    if (s != map.numeraire())
      state.firms.col(s) = contestable.col(s).select(accounts.effective_firms.col(s), state.firms.col(s));
  }
}

}  // namespace pericore::equilibrium

#include "equilibrium/free_entry.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numeric>
#include <vector>

#include "base/errors.h"
#include "equilibrium/entry_guesses.h"
#include "equilibrium/entry_response.h"
#include "equilibrium/unknowns.h"
#include "numerics/anderson.h"

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
constexpr double largest_growth = 1.0;  // of ln N in a step: more firms than the market bears can ruin their owners
constexpr double largest_decline = 3.0;
constexpr double longest_prediction = 0.5;  // log units a price may be moved by the linear prediction
constexpr double shortest_time = 1e-3;      // of a step of the entry dynamics
constexpr double longest_time =
    1e5;  // longer is Newton's method to five digits, and blows up rounding where stability changes
constexpr double nearly_settled = 1e-6;  // merit from which steps grow to Newton's
constexpr double longest_newton = 1e10;
constexpr int steps_per_guess = 200;
constexpr int steps_without_progress = 12;  // without the merit halved
constexpr double first_inflow = 1.0;  // mu of the barrier: losses of ln 2.7 and fewer keep as many firms as guessed
constexpr double last_inflow = 1e-8;
constexpr double inflow_tolerance = 1e-4;       // of stages on the way down
constexpr double plain_mixing = 0.5;            // share of x taken in a plain step
constexpr int patience = 25;                    // plain steps before one is made by linearisation where that is dear
constexpr Eigen::Index quick_system = 1200;     // unknowns: above, one linearisation costs more than many plain steps
constexpr Eigen::Index largest_system = 5000;   // and here more than memory and time allow
constexpr Eigen::Index largest_spectrum = 300;  // cells: above, stability of the dynamics is not looked at

struct Problem {
  const Economy& economy;
  const TradeKernels& kernels;
  const SolverOptions& options;
  double tolerance = 0.0;   ///< of x N = 0
  std::vector<Cell> cells;  ///< all that could be in use
  Eigen::ArrayXd guess;     ///< N by cell where nothing is known
  double inflow = 0.0;  ///< mu of x + mu guess / N = 0, the barrier that keeps every cell in use; 0: the problem itself
};

/// A number of firms and the markets it clears.
struct Point {
  State state;
  ShortRunEquilibrium equilibrium;
  Eigen::ArrayXd profitability;  ///< x by cell; infinite where a factor the cell needs lies idle
};

double& firms(State& state, const Cell& cell) { return state.effective_firms(cell.region, cell.sector); }
double firms(const State& state, const Cell& cell) { return state.effective_firms(cell.region, cell.sector); }

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

/// What the barrier adds to x.
double barrier(const Problem& problem, const State& state, std::size_t i) {
  if (problem.inflow == 0.0) return 0.0;
  return problem.inflow * problem.guess(static_cast<Eigen::Index>(i)) / firms(state, problem.cells[i]);
}

/// How far a cell is from x N = 0: x where firms would enter, the nearer way out where they lose.
double violation(const Problem& problem, const Point& point, std::size_t i) {
  const double x = point.profitability(static_cast<Eigen::Index>(i));
  if (problem.inflow > 0.0) return std::abs(x + barrier(problem, point.state, i));
  if (!(x < 0.0)) return x;
  const double share = firms(point.state, problem.cells[i]) / problem.guess(static_cast<Eigen::Index>(i));
  return std::min(-x, share);
}

double merit(const Problem& problem, const Point& point, std::size_t* where = nullptr) {
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

/// Clears the markets for the firms of `state`.
Point clear(const Problem& problem, State state, const Prices& start, int& evaluations) {
  Point point{.state = std::move(state), .equilibrium = {}, .profitability = {}};
  point.equilibrium = solve_given_firms(problem.economy, problem.kernels, point.state, start, problem.options);
  evaluations += point.equilibrium.evaluations;
  const auto count = static_cast<Eigen::Index>(problem.cells.size());
  point.profitability.setConstant(count, std::numeric_limits<double>::quiet_NaN());
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

/// Reciprocal of the longest time step that cannot jump back to a state which entry dynamics would leave: twice the growth rate of
/// the fastest growing direction in which `profit` points at all.
double shortest_rate(const Eigen::MatrixXd& slope, const Eigen::VectorXd& profit, double tolerance) {
  if (slope.rows() > largest_spectrum) return 0.0;
  const Eigen::EigenSolver<Eigen::MatrixXd> spectrum(slope.transpose());
  if (spectrum.info() != Eigen::Success) return 0.0;
  const Eigen::MatrixXcd directions =
      spectrum.eigenvectors();  // of the transpose: what they leave out of `profit` does not grow
  const Eigen::VectorXcd pull = profit.cast<std::complex<double>>();
  double rate = 0.0;
  const double negligible = std::max(1e-6 * profit.norm(), 100.0 * tolerance);
  for (Eigen::Index i = 0; i < slope.rows(); ++i) {
    const double growth = spectrum.eigenvalues()(i).real();
    if (growth <= 0.0) continue;
    if (std::abs(directions.col(i).cwiseProduct(pull).sum()) > negligible) rate = std::max(rate, 2.0 * growth);
  }
  return rate;
}

/// The next N and prices to clear from, by one implicit step of length `time` of d ln N / dt = x.
struct Proposal {
  State state;
  Prices start;
};

class Stepper {
 public:
  explicit Stepper(const Problem& problem) : problem_(problem), accelerator_(0, 0) {}

  /// After a change of the cells in use.
  void restart() { remembered_.clear(); }

  Proposal propose(const Point& point, double time) {
    std::vector<std::size_t> used;
    for (std::size_t i = 0; i < problem_.cells.size(); ++i) {
      if (firms(point.state, problem_.cells[i]) > 0.0) used.push_back(i);
    }
    Proposal proposal{.state = point.state, .start = point.equilibrium.prices};
    const MarketMap map(problem_.economy, problem_.kernels, proposal.state);
    const Eigen::Index size = Unknowns(map).size();
    const bool stuck = ++plain_steps_ % patience == 0 && size <= largest_system;
    if (size > quick_system && !stuck) {
      step_plainly(point, proposal);
    } else {
      step_implicitly(point, used, time, proposal);
    }
    return proposal;
  }

 private:
  void step_implicitly(const Point& point, const std::vector<std::size_t>& used, double time,
                       Proposal& proposal) const {
    State& state = proposal.state;
    MarketMap map(problem_.economy, problem_.kernels, state);
    std::vector<Cell> cells;
    for (const std::size_t i : used) cells.push_back(problem_.cells[i]);
    EntryResponse response = entry_response(map, point.equilibrium.prices, cells);
    const auto count = static_cast<Eigen::Index>(used.size());
    for (Eigen::Index i = 0; i < count; ++i) {
      const double pushed = barrier(problem_, state, used[static_cast<std::size_t>(i)]);
      response.profit(i) += pushed;
      response.slope(i, i) -= pushed;
    }
    const double rate = std::max(1.0 / time, shortest_rate(response.slope, response.profit, problem_.tolerance));
    const auto [step, change] = limited_step(rate * Eigen::MatrixXd::Identity(count, count) - response.slope, response);

    const Unknowns unknowns(map);
    make_finite(map, proposal.start);
    const double income = factor_income(map, proposal.start);
    Eigen::VectorXd u;
    unknowns.pack(proposal.start, u);
    Eigen::VectorXd move = response.correction + response.movement * change;
    const double length = move.size() > 0 ? move.cwiseAbs().maxCoeff() : 0.0;
    if (length > longest_prediction) move *= longest_prediction / length;
    unknowns.unpack(u + move, proposal.start);
    hold_scale(map, income, proposal.start);
    for (Eigen::Index i = 0; i < count; ++i) firms(state, cells[static_cast<std::size_t>(i)]) *= std::exp(step(i));
  }

  struct Step {
    Eigen::VectorXd logs;    ///< of ln N
    Eigen::VectorXd change;  ///< of N over N: what the others have to answer to
  };

  /// One cell after the other is held at its limit where it would pass it, and the others answer to what it really does: where trade is nearly
  /// free regions replace each other, and cutting the steps of some alone would move the sum of all.
  static Step limited_step(const Eigen::MatrixXd& system, const EntryResponse& response) {
    const Eigen::Index count = system.rows();
    Step step{.logs = Eigen::VectorXd::Zero(count), .change = Eigen::VectorXd::Zero(count)};
    std::vector<Eigen::Index> open(static_cast<std::size_t>(count));
    std::iota(open.begin(), open.end(), Eigen::Index{0});
    while (!open.empty()) {
      const Eigen::VectorXd right = response.profit + response.slope * step.change;
      const Eigen::MatrixXd part = system(open, open);
      Eigen::VectorXd solved = part.partialPivLu().solve(right(open));
      if (!solved.allFinite()) solved = right(open).cwiseMax(-1.0).cwiseMin(1.0);
      std::vector<Eigen::Index> rest;
      for (std::size_t i = 0; i < open.size(); ++i) {
        const double wanted = solved(static_cast<Eigen::Index>(i));
        // A linear fall by all firms or more: towards nothing.
        const double limit = wanted < -1.0 ? -largest_decline : (wanted > largest_growth ? largest_growth : 0.0);
        if (limit == 0.0) {
          rest.push_back(open[i]);
        } else {
          step.logs(open[i]) = limit;
          step.change(open[i]) = std::expm1(limit);
        }
      }
      if (rest.size() == open.size()) {
        step.logs(open) = solved;
        step.change(open) = solved;
        break;
      }
      open = std::move(rest);
    }
    return step;
  }

  /// Accelerated ln N <- ln N + x: finds stable solutions only, which the entry dynamics would find too.
  void step_plainly(const Point& point, Proposal& proposal) {
    // Cells on their way out would spoil the combination of earlier steps: they just shrink.
    std::vector<std::size_t> staying;
    for (std::size_t i = 0; i < problem_.cells.size(); ++i) {
      const auto index = static_cast<Eigen::Index>(i);
      double& n = firms(proposal.state, problem_.cells[i]);
      if (n == 0.0) continue;
      if (problem_.inflow == 0.0 && n < -point.profitability(index) * problem_.guess(index)) {
        n *= std::exp(-largest_decline);
      } else {
        staying.push_back(i);
      }
    }
    const auto count = static_cast<Eigen::Index>(staying.size());
    if (remembered_ != staying) {
      accelerator_ = numerics::Anderson(count, problem_.options.anderson_depth);
      remembered_ = staying;
    }
    Eigen::VectorXd now(count), image(count), next;
    for (Eigen::Index i = 0; i < count; ++i) {
      const std::size_t cell = staying[static_cast<std::size_t>(i)];
      now(i) = std::log(firms(point.state, problem_.cells[cell]));
      image(i) = now(i) +
                 std::clamp(point.profitability(static_cast<Eigen::Index>(cell)) + barrier(problem_, point.state, cell),
                            -largest_decline, largest_growth);
    }
    accelerator_.step(now, image, plain_mixing, next);
    for (Eigen::Index i = 0; i < count; ++i) {
      const double change = std::isfinite(next(i)) ? next(i) - now(i) : plain_mixing * (image(i) - now(i));
      firms(proposal.state, problem_.cells[staying[static_cast<std::size_t>(i)]]) *=
          std::exp(std::clamp(change, -largest_decline, largest_growth));
    }
  }

  const Problem& problem_;
  int plain_steps_ = 0;
  numerics::Anderson accelerator_;
  std::vector<std::size_t> remembered_;  ///< cells the accelerator combines
};

/// Whether another region makes what `cell` makes, by firms that may enter or otherwise. One good at one price need not be made at all.
bool supplied_elsewhere(const Problem& problem, const Point& point, const State& state, const Cell& cell) {
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
bool leave(const Problem& problem, const Point& point, State& state, const std::vector<int>& joined) {
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
bool join(const Problem& problem, const Point& point, State& state, std::vector<int>& times) {
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
bool settle(const Problem& problem, const State& state, const Prices& start, Point& point, int& evaluations) {
  // Too many firms ruin their owners, too few make what government buys dearer than all incomes.
  for (const double scale : {1.0, 0.2, 5.0, 0.04, 25.0, 0.008, 125.0}) {
    State scaled = state;
    for (const Cell& cell : problem.cells) firms(scaled, cell) *= scale;
    point = clear(problem, scaled, start, evaluations);
    if (point.equilibrium.status == SolverStatus::converged) break;
    // The prices to start from may be those of other firms.
    point = clear(problem, scaled, cold_start(problem.economy, problem.kernels, scaled), evaluations);
    if (point.equilibrium.status == SolverStatus::converged) break;
  }
  if (point.equilibrium.status != SolverStatus::converged) return false;

  Stepper stepper(problem);
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
      Point next = clear(problem, state_with_entrants, point.equilibrium.prices, evaluations);
      if (next.equilibrium.status != SolverStatus::converged) return false;
      point = std::move(next);
      stepper.restart();
      time = 1.0;
      before = merit(problem, point);
      continue;
    }
    Point next;
    for (int attempt = 0;; ++attempt) {
      Proposal proposal = stepper.propose(point, time);
      if (leave(problem, point, proposal.state, joined)) stepper.restart();
      next = clear(problem, proposal.state, proposal.start, evaluations);
      if (next.equilibrium.status == SolverStatus::converged) break;
      if (attempt == 8) return false;
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
bool follow_barrier(const Problem& problem, State state, const Prices& start, Point& point, int& evaluations) {
  Problem relaxed = problem;
  relaxed.inflow = first_inflow;
  relaxed.tolerance = std::max(problem.tolerance, inflow_tolerance);
  if (!settle(relaxed, state, start, point, evaluations)) return false;
  double factor = 0.1;
  for (double inflow = first_inflow; inflow > last_inflow && factor < 0.8;) {
    relaxed.inflow = inflow * factor;
    Point next;
    bool settled = false;
    try {
      settled = settle(relaxed, point.state, point.equilibrium.prices, next, evaluations);
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
  state = point.state;
  for (std::size_t i = 0; i < problem.cells.size(); ++i) {
    const auto index = static_cast<Eigen::Index>(i);
    double& n = firms(state, problem.cells[i]);
    if (n < std::min(1e-2, -point.profitability(index)) * problem.guess(index) &&
        supplied_elsewhere(problem, point, state, problem.cells[i]))
      n = 0.0;
  }
  const Prices from = point.equilibrium.prices;
  return settle(problem, state, from, point, evaluations);
}

}  // namespace

ShortRunEquilibrium solve_free_entry(const Economy& economy, const TradeKernels& kernels, const State& state,
                                     const Prices& start, const SolverOptions& options) {
  const EntryGuesses guesses = [&] {
    MarketMap map(economy, kernels, state);
    return entry_guesses(map, start);
  }();
  const Problem problem{.economy = economy,
                        .kernels = kernels,
                        .options = options,
                        .tolerance = options.tolerance,
                        .cells = guesses.cells,
                        .guess = guesses.plain};
  int evaluations = 0;
  ShortRunEquilibrium best;
  best.residual = infinity;
  // Whether this way ends at a solution; else the best point so far is kept.
  const auto attempt = [&](const State& first, auto&& way) {
    Point point;
    bool settled = false;
    try {
      settled = way(problem, first, start, point, evaluations);
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
    if (settled) break;
  }
  for (const Eigen::ArrayXd* guess : {&guesses.affordable, &guesses.plain}) {
    if (!settled) settled = attempt(filled(guesses, state, 1.0, *guess), follow_barrier);
  }
  best.evaluations = evaluations;
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

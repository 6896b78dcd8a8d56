#include "equilibrium/free_entry.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include "base/errors.h"
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
constexpr double plain_mixing = 0.5;            // share of x taken in a plain step
constexpr int patience = 25;                    // plain steps before one is made by linearisation where that is dear
constexpr Eigen::Index quick_system = 1200;     // unknowns: above, one linearisation costs more than many plain steps
constexpr Eigen::Index largest_system = 5000;   // and here more than memory and time allow
constexpr Eigen::Index largest_spectrum = 300;  // cells: above, stability of the dynamics is not looked at

struct Problem {
  const Economy& economy;
  const TradeKernels& kernels;
  const SolverOptions& options;
  std::vector<Cell> cells;  ///< all that could be in use
  Eigen::ArrayXd guess;     ///< N by cell where nothing is known
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

/// How far a cell is from x N = 0: x where firms would enter, the nearer way out where they lose.
double violation(const Problem& problem, const Point& point, std::size_t i) {
  const double x = point.profitability(static_cast<Eigen::Index>(i));
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
    std::vector<Cell> used;
    for (const Cell& cell : problem_.cells) {
      if (firms(point.state, cell) > 0.0) used.push_back(cell);
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
  void step_implicitly(const Point& point, const std::vector<Cell>& used, double time, Proposal& proposal) const {
    State& state = proposal.state;
    MarketMap map(problem_.economy, problem_.kernels, state);
    const EntryResponse response = entry_response(map, point.equilibrium.prices, used);
    const double rate =
        std::max(1.0 / time, shortest_rate(response.slope, response.profit, problem_.options.tolerance));
    const auto count = static_cast<Eigen::Index>(used.size());
    const Eigen::MatrixXd system = rate * Eigen::MatrixXd::Identity(count, count) - response.slope;
    Eigen::VectorXd step = system.partialPivLu().solve(response.profit);
    if (!step.allFinite()) step = response.profit;
    step = step.cwiseMax(-largest_decline).cwiseMin(largest_growth);

    const Unknowns unknowns(map);
    make_finite(map, proposal.start);
    const double income = factor_income(map, proposal.start);
    Eigen::VectorXd u;
    unknowns.pack(proposal.start, u);
    Eigen::VectorXd move = response.correction + response.movement * step;
    const double length = move.size() > 0 ? move.cwiseAbs().maxCoeff() : 0.0;
    if (length > longest_prediction) move *= longest_prediction / length;
    unknowns.unpack(u + move, proposal.start);
    hold_scale(map, income, proposal.start);
    for (Eigen::Index i = 0; i < count; ++i) firms(state, used[static_cast<std::size_t>(i)]) *= std::exp(step(i));
  }

  /// Accelerated ln N <- ln N + x: finds stable solutions only, which the entry dynamics would find too.
  void step_plainly(const Point& point, Proposal& proposal) {
    // Cells on their way out would spoil the combination of earlier steps: they just shrink.
    std::vector<std::size_t> staying;
    for (std::size_t i = 0; i < problem_.cells.size(); ++i) {
      const auto index = static_cast<Eigen::Index>(i);
      double& n = firms(proposal.state, problem_.cells[i]);
      if (n == 0.0) continue;
      if (n < -point.profitability(index) * problem_.guess(index)) {
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
      image(i) =
          now(i) + std::clamp(point.profitability(static_cast<Eigen::Index>(cell)), -largest_decline, largest_growth);
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
bool leave(const Problem& problem, const Point& point, State& state) {
  bool changed = false;
  for (std::size_t i = 0; i < problem.cells.size(); ++i) {
    const Cell& cell = problem.cells[i];
    double& n = firms(state, cell);
    const auto index = static_cast<Eigen::Index>(i);
    if (n == 0.0 || n > std::max(nothing, 10.0 * problem.options.tolerance) * problem.guess(index) ||
        !(point.profitability(index) < 0.0))
      continue;
    if (!supplied_elsewhere(problem, point, state, cell)) continue;
    n = 0.0;
    changed = true;
  }
  return changed;
}

/// Empty cells in which firms would earn are entered; later times with more firms, so that none can fall out and back for ever.
bool join(const Problem& problem, const Point& point, State& state, std::vector<int>& times) {
  bool changed = false;
  for (std::size_t i = 0; i < problem.cells.size(); ++i) {
    double& n = firms(state, problem.cells[i]);
    const auto index = static_cast<Eigen::Index>(i);
    if (n > 0.0 || !(point.profitability(index) > problem.options.tolerance)) continue;
    n = problem.guess(index) * std::min(1.0, entrants * std::pow(10.0, times[i]++));
    changed = true;
  }
  return changed;
}

/// From the firms in `state`; true once every cell satisfies x <= 0, N >= 0, x N = 0. Leaves the last point found.
bool settle(const Problem& problem, const State& state, const Prices& start, Point& point, int& evaluations) {
  point = clear(problem, state, start, evaluations);
  for (int halving = 0; halving < 5 && point.equilibrium.status != SolverStatus::converged; ++halving) {
    // Too many firms ruin their owners: with few of them there is an equilibrium.
    State fewer = point.state;
    for (const Cell& cell : problem.cells) firms(fewer, cell) *= 0.2;
    point = clear(problem, fewer, start, evaluations);
  }
  if (point.equilibrium.status != SolverStatus::converged) return false;

  Stepper stepper(problem);
  std::vector<int> joined(problem.cells.size(), 0);
  double time = 1.0;
  double before = merit(problem, point);
  for (int step = 0; step < steps_per_guess; ++step) {
    if (before <= problem.options.tolerance) {
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
      if (leave(problem, point, proposal.state)) stepper.restart();
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
    const double longest = now < nearly_settled ? longest_newton : longest_time;
    const double growth = now < nearly_settled ? 10.0 : std::clamp(before / now, 0.3, 1e3);
    time = std::clamp(time * growth, recovered, longest);
    point = std::move(next);
    before = now;
  }
  return false;
}

std::vector<Cell> contestable_cells(const MarketMap& map) {
  std::vector<Cell> cells;
  for (Eigen::Index s = 0; s < map.economy().n_sectors(); ++s) {
    for (Eigen::Index r = 0; r < map.economy().n_regions(); ++r) {
      if (map.active().contestable(r, s)) cells.push_back({r, s});
    }
  }
  return cells;
}

/// A quarter of what the scarcest factor would allow at the prices to start from.
Eigen::ArrayXd first_guess(const MarketMap& map, Accounts& accounts, const Prices& start,
                           const std::vector<Cell>& cells) {
  const Economy& economy = map.economy();
  const Array income = start.log_wage.exp() * map.state().stock;
  Eigen::ArrayXd guess(static_cast<Eigen::Index>(cells.size()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [r, s] = cells[i];
    const auto& technology = economy.technology(r);
    double spending = income.row(r).sum();
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      if (technology.alpha(f, s) > 0.0) spending = std::min(spending, income(r, f) / technology.alpha(f, s));
    }
    spending *= 0.25;
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    const bool homogeneous = sector.market == economy::Market::homogeneous;
    guess(static_cast<Eigen::Index>(i)) =
        homogeneous ? spending
                    : spending / (sector.elasticity * sector.fixed_cost * std::exp(accounts.unit_cost(r, s)));
  }
  return guess;
}

/// Firms to start from, in the order in which they are tried.
std::vector<State> first_states(const Problem& problem, const State& state) {
  const auto fill = [&](const State& from, double scale, bool keep_known) {
    State filled = from;
    for (std::size_t i = 0; i < problem.cells.size(); ++i) {
      const Cell& cell = problem.cells[i];
      const bool known = keep_known && (state.effective_firms.col(cell.sector) > 0.0).any();
      if (!known) firms(filled, cell) = scale * problem.guess(static_cast<Eigen::Index>(i));
    }
    return filled;
  };
  std::vector<State> states{fill(state, 1.0, true), fill(state, 1.0, false), fill(state, 0.05, false)};
  // Each sector where its factors are most plentiful.
  State core = fill(state, 0.0, false);
  for (std::size_t i = 0; i < problem.cells.size(); ++i) {
    bool largest = true;
    for (std::size_t j = 0; j < problem.cells.size(); ++j) {
      if (problem.cells[j].sector == problem.cells[i].sector) {
        largest = largest && problem.guess(static_cast<Eigen::Index>(j)) <= problem.guess(static_cast<Eigen::Index>(i));
      }
    }
    if (largest) firms(core, problem.cells[i]) = problem.guess(static_cast<Eigen::Index>(i));
  }
  states.push_back(std::move(core));
  return states;
}

}  // namespace

ShortRunEquilibrium solve_free_entry(const Economy& economy, const TradeKernels& kernels, const State& state,
                                     const Prices& start, const SolverOptions& options) {
  Problem problem{.economy = economy, .kernels = kernels, .options = options, .cells = {}, .guess = {}};
  {
    MarketMap map(economy, kernels, state);
    Prices from = start;
    make_finite(map, from);
    Prices cleared;
    Accounts accounts;
    map.evaluate(from, cleared, accounts);
    problem.cells = contestable_cells(map);
    problem.guess = first_guess(map, accounts, from, problem.cells);
  }
  int evaluations = 0;
  ShortRunEquilibrium best;
  best.residual = infinity;
  for (const State& first : first_states(problem, state)) {
    Point point;
    bool settled = false;
    try {
      settled = settle(problem, first, start, point, evaluations);
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
    if (settled) break;
  }
  best.evaluations = evaluations;
  return best;
}

void keep_firms(const Economy& economy, const TradeKernels& kernels, const Accounts& accounts, State& state) {
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

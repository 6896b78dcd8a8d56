#include "equilibrium/entry_steps.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>
#include <utility>

#include "economy/market_map.h"
#include "equilibrium/entry_response.h"

namespace pericore::equilibrium {

using economy::MarketMap;
using economy::State;

namespace {

constexpr double largest_growth = 1.0;  // of ln N in a step: more firms than the market bears can ruin their owners
constexpr double largest_decline = 3.0;
constexpr double longest_prediction = 0.5;      // log units a price may be moved by the linear prediction
constexpr double plain_mixing = 0.5;            // share of x taken in a plain step
constexpr int patience = 25;                    // plain steps before one is made by linearisation where that is dear
constexpr Eigen::Index quick_system = 1200;     // unknowns: above, one linearisation costs more than many plain steps
constexpr Eigen::Index largest_system = 5000;   // and here more than memory and time allow
constexpr Eigen::Index largest_spectrum = 300;  // cells: above, stability of the dynamics is not looked at

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

struct Step {
  Eigen::VectorXd logs;    ///< of ln N
  Eigen::VectorXd change;  ///< of N over N: what the others have to answer to
};

/// One cell after the other is held at its limit where it would pass it, and the others answer to what it really does: where trade is nearly
/// free regions replace each other, and cutting the steps of some alone would move the sum of all.
Step limited_step(const Eigen::MatrixXd& system, const EntryResponse& response) {
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

}  // namespace

EntryProposal EntryStepper::propose(const EntryPoint& point, double time) {
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < problem_.cells.size(); ++i) {
    if (firms(point.state, problem_.cells[i]) > 0.0) used.push_back(i);
  }
  EntryProposal proposal{.state = point.state, .start = point.equilibrium.prices};
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

void EntryStepper::step_implicitly(const EntryPoint& point, const std::vector<std::size_t>& used, double time,
                                   EntryProposal& proposal) const {
  State& state = proposal.state;
  MarketMap map(problem_.economy, problem_.kernels, state);
  std::vector<Cell> cells;
  for (const std::size_t i : used) cells.push_back(problem_.cells[i]);
  problem_.budget.spent += static_cast<int>(Unknowns(map).size()) + 2 * static_cast<int>(cells.size());
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

/// Accelerated ln N <- ln N + x: finds stable solutions only, which the entry dynamics would find too.
void EntryStepper::step_plainly(const EntryPoint& point, EntryProposal& proposal) {
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
    accelerator_ = numerics::Anderson<>(count, problem_.options.anderson_depth);
    remembered_ = staying;
  }
  Eigen::VectorXd now(count), image(count), next;
  for (Eigen::Index i = 0; i < count; ++i) {
    const std::size_t cell = staying[static_cast<std::size_t>(i)];
    now(i) = std::log(firms(point.state, problem_.cells[cell]));
    image(i) =
        now(i) + std::clamp(point.profitability(static_cast<Eigen::Index>(cell)) + barrier(problem_, point.state, cell),
                            -largest_decline, largest_growth);
  }
  accelerator_.step(now, image, plain_mixing, next);
  for (Eigen::Index i = 0; i < count; ++i) {
    const double change = std::isfinite(next(i)) ? next(i) - now(i) : plain_mixing * (image(i) - now(i));
    firms(proposal.state, problem_.cells[staying[static_cast<std::size_t>(i)]]) *=
        std::exp(std::clamp(change, -largest_decline, largest_growth));
  }
}

}  // namespace pericore::equilibrium

#include "dynamics/long_run.h"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "base/errors.h"
#include "dynamics/growth.h"
#include "dynamics/people.h"
#include "dynamics/spatial_choice.h"
#include "dynamics/spillovers.h"
#include "dynamics/utility.h"
#include "dynamics/year.h"
#include "equilibrium/free_entry.h"
#include "equilibrium/sensitivity.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Economy;
using economy::FactorKind;
using economy::Vector;
using equilibrium::ShortRunEquilibrium;
using equilibrium::SolverStatus;

constexpr double vanished = 1e-9;          // share of a group below which a shrinking place is empty
constexpr double difference_step = 1e-5;   // log units: differences of explicit formulas are then good to 1e-10
constexpr double slow = 0.25;              // a step that leaves more of the residual asks for fresh slopes
constexpr double runaway = 1e3;            // times the best residual: the step is taken back
constexpr double first_pseudo_time = 1.0;  // years, as it were: at first the dynamics are followed

bool has_spillovers(const SpilloverParameters& by) {
  return by.mar != 0.0 || by.jac != 0.0 || by.know != 0.0 || by.syn != 0.0 || by.pub != 0.0 || by.hum != 0.0 ||
         by.soe != 0.0 || by.cong != 0.0;
}

/// A cell of the system: ln X[region, factor] or ln A[region, sector].
struct Unknown {
  Law law;
  Eigen::Index region;
  Eigen::Index item;
};

/// The laws of motion at rest, as a system in ln X of those who move and ln A of cells whose employment prices decide.
class RestingLaws {
 public:
  RestingLaws(const Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
              const economy::TradeKernels& kernels, const DynamicState& state, const Eigen::ArrayXXd& travel_time,
              const LongRunOptions& options)
      : economy_(economy),
        parameters_(parameters),
        fundamentals_(fundamentals),
        kernels_(kernels),
        options_(options),
        state_(state) {
    const auto regions = economy.n_regions();
    moves_.assign(economy.factors.size(), 0);
    away_.resize(economy.factors.size());
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      const auto at = static_cast<std::size_t>(f);
      const Mobility mobility = parameters.groups[at].mobility;
      if (mobility == Mobility::none || (mobility == Mobility::replicator && !options.replicators)) continue;
      moves_[at] = 1;
      if (mobility == Mobility::logit)
        away_[at] = migration_kernel(economy, parameters, state.economy.instruments, travel_time, f);
      for (Eigen::Index r = 0; r < regions; ++r) {
        if (!economy.is_abroad(r) && state.economy.stock(r, f) > 0.0) unknowns_.push_back({Law::migration, r, f});
      }
    }
    const Array employment = settled_employment(economy, state.economy.stock);
    settled_ = employment.isFinite();
    for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
      const SpilloverParameters& by = parameters.spillovers[static_cast<std::size_t>(s)];
      const bool cluster = (state.economy.instruments.cluster_bonus.col(s) != 0.0).any();
      if (!has_spillovers(by) && !cluster) continue;
      // Diversity and co-agglomeration look at all sectors, the others at the own one and at people.
      const bool all = by.jac != 0.0 || by.syn != 0.0;
      for (Eigen::Index r = 0; r < regions; ++r) {
        if (economy.is_abroad(r) || !std::isfinite(state.economy.log_productivity(r, s))) continue;
        productive_.push_back({Law::productivity, r, s});
        if (all ? !settled_.all() : !settled_(r, s)) unknowns_.push_back({Law::productivity, r, s});
      }
    }
  }

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(unknowns_.size()); }
  [[nodiscard]] const DynamicState& state() const { return state_; }
  [[nodiscard]] const ShortRunEquilibrium& solved() const { return solved_; }
  [[nodiscard]] int solutions() const { return solutions_; }
  [[nodiscard]] const Array& utility() const { return seen_.utility; }

  [[nodiscard]] Eigen::VectorXd pack() const {
    Eigen::VectorXd u(size());
    for (Eigen::Index i = 0; i < size(); ++i) {
      const Unknown& at = unknowns_[static_cast<std::size_t>(i)];
      u(i) = at.law == Law::migration ? std::log(state_.economy.stock(at.region, at.item))
                                      : state_.economy.log_productivity(at.region, at.item);
    }
    return u;
  }

  /// Residuals at u from prices `start`; false where there is no short-run equilibrium. The stocks used have the groups' totals; how far
  /// those of u are off them is part of the residual, so that the system is regular.
  bool evaluate(const Eigen::VectorXd& u, const economy::Prices& start, Eigen::VectorXd& residual) {
    Array& stock = state_.economy.stock;
    Vector excess = Vector::Zero(economy_.n_factors());
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      if (moves_[static_cast<std::size_t>(f)] == 0) continue;
      double total = 0.0;
      double wanted = 0.0;
      for (Eigen::Index i = 0; i < size(); ++i) {
        const Unknown& at = unknowns_[static_cast<std::size_t>(i)];
        if (at.law != Law::migration || at.item != f) continue;
        total += stock(at.region, f);
        wanted += std::exp(u(i));
      }
      if (!(total > 0.0) || !std::isfinite(wanted) || !(wanted > 0.0)) return total == 0.0;
      excess(f) = std::log(wanted / total);
      for (Eigen::Index i = 0; i < size(); ++i) {
        const Unknown& at = unknowns_[static_cast<std::size_t>(i)];
        if (at.law == Law::migration && at.item == f) stock(at.region, f) = std::exp(u(i) - excess(f));
      }
    }
    set_settled_productivity(state_);
    for (Eigen::Index i = 0; i < size(); ++i) {
      const Unknown& at = unknowns_[static_cast<std::size_t>(i)];
      if (at.law == Law::productivity) state_.economy.log_productivity(at.region, at.item) = u(i);
    }
    solved_ = equilibrium::solve_short_run(economy_, kernels_, state_.economy, start, options_.short_run);
    ++solutions_;
    if (solved_.status != SolverStatus::converged) return false;
    excess_ = excess;
    seen_ = look(state_, solved_);
    residual = residual_of(state_, seen_, excess_);
    return residual.allFinite();
  }

  /// Slopes of the residuals at the point of the last evaluation: the answer of prices and accounts is exact, only what the laws make of
  /// them is differenced. An empty matrix where the short-run equilibrium is singular.
  [[nodiscard]] Eigen::MatrixXd slopes() const {
    std::vector<economy::StateChange> changes;
    changes.reserve(unknowns_.size());
    for (const Unknown& at : unknowns_) changes.push_back(direction(at));
    std::vector<equilibrium::Response> responses;
    try {
      const equilibrium::Sensitivity sensitivity(economy_, kernels_, state_.economy, solved_);
      responses = sensitivity.respond(changes);
    } catch (const NumericalError&) {
      return {};
    }
    Eigen::MatrixXd jacobian(size(), size());
    for (Eigen::Index i = 0; i < size(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const auto moved = [&](double step) {
        DynamicState state = state_;
        state.economy.stock *= (step * changes[at].log_stock).exp();
        state.economy.log_productivity += step * changes[at].log_productivity;
        Vector excess = excess_;
        if (unknowns_[at].law == Law::migration) excess(unknowns_[at].item) += step * share(unknowns_[at]);
        return residual_of(state, look(state, equilibrium::moved_along(solved_, responses[at], step)), excess);
      };
      jacobian.col(i) = (moved(difference_step) - moved(-difference_step)) / (2.0 * difference_step);
    }
    return jacobian;
  }

  /// Largest residual of the last evaluation, productivity that was set outright included.
  void certify(LongRunEquilibrium& result) const {
    result.residual = 0.0;
    const auto judge = [&](const Unknown& at, double value) {
      if (std::abs(value) < result.residual) return;
      result.residual = std::abs(value);
      result.worst_law = at.law;
      result.worst_region = at.region;
      result.worst_item = at.item;
    };
    for (const Unknown& at : unknowns_) {
      if (at.law == Law::migration) judge(at, pull(state_, seen_, at.item)(at.region));
    }
    for (const Unknown& at : productive_)
      judge(at, seen_.productivity(at.region, at.item) - state_.economy.log_productivity(at.region, at.item));
  }

  /// Places that a replicator group is leaving for good become empty; whether there were any.
  bool empty_the_vanished(const Eigen::VectorXd& residual) {
    bool any = false;
    for (std::size_t i = 0; i < unknowns_.size(); ++i) {
      const Unknown& at = unknowns_[i];
      if (at.law != Law::migration ||
          parameters_.groups[static_cast<std::size_t>(at.item)].mobility != Mobility::replicator)
        continue;
      double& stock = state_.economy.stock(at.region, at.item);
      if (stock < vanished * state_.economy.stock.col(at.item).sum() && residual(static_cast<Eigen::Index>(i)) < 0.0) {
        // Who is left joins the others: nobody gets lost.
        const double total = state_.economy.stock.col(at.item).sum();
        stock = 0.0;
        state_.economy.stock.col(at.item) *= total / state_.economy.stock.col(at.item).sum();
        any = true;
      }
    }
    if (any)
      std::erase_if(unknowns_, [&](const Unknown& at) {
        return at.law == Law::migration && state_.economy.stock(at.region, at.item) == 0.0;
      });
    return any;
  }

  void keep_firms() { equilibrium::keep_firms(economy_, kernels_, solved_.accounts, state_.economy); }

 private:
  /// What the laws of motion make of a state and its short-run equilibrium.
  struct Seen {
    Array utility;       // without calibrated amenities
    Array productivity;  // ln A with the spillovers of this very state
  };

  [[nodiscard]] Seen look(const DynamicState& state, const ShortRunEquilibrium& solved) const {
    const Observables now = observe(economy_, parameters_, state, solved, fundamentals_.knowledge_distance,
                                    fundamentals_.research_log_price);
    return {.utility = utility_without_amenities(economy_, parameters_, state.economy, solved, now, fundamentals_.base),
            .productivity = next_log_productivity(economy_, parameters_, fundamentals_, state, now)};
  }

  [[nodiscard]] Eigen::VectorXd residual_of(const DynamicState& state, const Seen& seen, const Vector& excess) const {
    Array pulls = Array::Zero(economy_.n_regions(), economy_.n_factors());
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      if (moves_[static_cast<std::size_t>(f)] != 0) pulls.col(f) = pull(state, seen, f) - excess(f);
    }
    Eigen::VectorXd residual(size());
    for (Eigen::Index i = 0; i < size(); ++i) {
      const Unknown& at = unknowns_[static_cast<std::size_t>(i)];
      residual(i) = at.law == Law::migration
                        ? pulls(at.region, at.item)
                        : seen.productivity(at.region, at.item) - state.economy.log_productivity(at.region, at.item);
    }
    return residual;
  }

  /// Share of a group that is in one place.
  [[nodiscard]] double share(const Unknown& at) const {
    double total = 0.0;
    for (const Unknown& other : unknowns_) {
      if (other.law == Law::migration && other.item == at.item) total += state_.economy.stock(other.region, at.item);
    }
    return state_.economy.stock(at.region, at.item) / total;
  }

  /// How the state moves with one unknown: a group keeps its total, and productivity follows where stocks decide it.
  [[nodiscard]] economy::StateChange direction(const Unknown& at) const {
    economy::StateChange change;
    change.log_stock = Array::Zero(economy_.n_regions(), economy_.n_factors());
    change.log_productivity = Array::Zero(economy_.n_regions(), economy_.n_sectors());
    if (at.law == Law::productivity) {
      change.log_productivity(at.region, at.item) = 1.0;
      return change;
    }
    const double part = share(at);
    for (const Unknown& other : unknowns_) {
      if (other.law == Law::migration && other.item == at.item) change.log_stock(other.region, at.item) = -part;
    }
    change.log_stock(at.region, at.item) += 1.0;
    if (productive_.empty()) return change;
    const auto moved = [&](double step) {
      DynamicState state = state_;
      state.economy.stock *= (step * change.log_stock).exp();
      set_settled_productivity(state);
      return state.economy.log_productivity;
    };
    const Array slope = (moved(difference_step) - moved(-difference_step)) / (2.0 * difference_step);
    for (const Unknown& cell : productive_)
      change.log_productivity(cell.region, cell.item) = slope(cell.region, cell.item);
    // Cells whose employment prices decide have an unknown of their own.
    for (const Unknown& cell : unknowns_) {
      if (cell.law == Law::productivity) change.log_productivity(cell.region, cell.item) = 0.0;
    }
    return change;
  }

  /// ln A where it follows from stocks alone.
  void set_settled_productivity(DynamicState& state) const {
    if (productive_.empty()) return;
    ShortRunEquilibrium only_employment;
    Array& employment = only_employment.accounts.employment;
    employment = settled_employment(economy_, state.economy.stock);
    employment = employment.isFinite().select(employment, 0.0).eval();
    only_employment.accounts.mill_price = Array::Zero(economy_.n_regions(), economy_.n_sectors());
    only_employment.accounts.sales = only_employment.accounts.mill_price;
    const Observables now = observe(economy_, parameters_, state, only_employment, fundamentals_.knowledge_distance,
                                    fundamentals_.research_log_price);
    const Array target = next_log_productivity(economy_, parameters_, fundamentals_, state, now);
    for (const Unknown& at : productive_)
      state.economy.log_productivity(at.region, at.item) = target(at.region, at.item);
  }

  /// d ln X / dt of a group; where it has no place, 0.
  [[nodiscard]] Vector pull(const DynamicState& state, const Seen& seen, Eigen::Index f) const {
    const GroupParameters& group = parameters_.groups[static_cast<std::size_t>(f)];
    Vector stock = state.economy.stock.col(f);
    if (economy_.abroad) stock(*economy_.abroad) = 0.0;
    const auto there = stock > 0.0;
    Vector result;
    if (group.mobility == Mobility::replicator) {
      const Vector value = there.select(seen.utility.col(f), 0.0);
      result = value - (stock * value).sum() / stock.sum();
    } else {
      const Vector weight = migration_log_weight(parameters_, fundamentals_, seen.utility, f);
      if (group.mobility == Mobility::logit_static) {
        const double top = weight.maxCoeff();
        result = weight - top - std::log(exact_exp(weight - top).sum() / stock.sum()) - there.select(stock, 1.0).log();
        result /= 1.0 + group.elasticity;
      } else {
        const Moves moves = choose(away_[static_cast<std::size_t>(f)], stock, weight, weight);
        result = (moves.in - moves.out) / there.select(stock, 1.0);
      }
    }
    return there.select(result, 0.0);
  }

  const Economy& economy_;
  const Parameters& parameters_;
  const Fundamentals& fundamentals_;
  const economy::TradeKernels& kernels_;
  const LongRunOptions& options_;
  DynamicState state_;
  std::vector<char> moves_;            // by factor: whether it is solved for
  std::vector<Eigen::MatrixXd> away_;  // by factor: costs of moving, logit only
  std::vector<Unknown> unknowns_;
  std::vector<Unknown> productive_;  // all cells with spillovers
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> settled_;
  ShortRunEquilibrium solved_;
  Seen seen_;
  Vector excess_;  // by factor: ln of the total of the unknowns over that of the group
  int solutions_ = 0;
};

}  // namespace

LongRunEquilibrium long_run_equilibrium(const Economy& economy, const Parameters& parameters,
                                        const Fundamentals& fundamentals, const economy::TradeKernels& kernels,
                                        const DynamicState& state, const economy::Prices& start,
                                        const Eigen::ArrayXXd& travel_time, const LongRunOptions& options) {
  if (parameters.groups.size() != economy.factors.size() || parameters.spillovers.size() != economy.sectors.size() ||
      state.economy.stock.rows() != economy.n_regions() || state.economy.stock.cols() != economy.n_factors())
    throw DomainError("long run: parameters or state do not have the sizes of the economy");
  RestingLaws laws(economy, parameters, fundamentals, kernels, state, travel_time, options);
  LongRunEquilibrium result;
  Eigen::VectorXd u = laws.pack();
  Eigen::VectorXd residual;
  if (!laws.evaluate(u, start, residual)) {
    throw NumericalError(fmt::format("the long run starts where there is no short-run equilibrium; furthest off: {}",
                                     equilibrium::market_name(economy, laws.solved().worst_market)));
  }
  economy::Prices prices = laws.solved().prices;
  const auto size_of = [](const Eigen::VectorXd& x) { return x.size() > 0 ? x.cwiseAbs().maxCoeff() : 0.0; };
  double now = size_of(residual);
  double best = now;
  double time = first_pseudo_time;
  double longest = options.longest_step;
  Eigen::MatrixXd jacobian;
  bool fresh = false;
  double unstable = 0.0;  // fastest growth of a deviation, where there is one [1/year]

  while (now > options.tolerance && result.steps < options.max_steps) {
    ++result.steps;
    if (laws.empty_the_vanished(residual)) {
      u = laws.pack();
      jacobian.resize(0, 0);
      if (!laws.evaluate(u, prices, residual)) break;
      prices = laws.solved().prices;
      now = best = size_of(residual);
      time = first_pseudo_time;
      continue;
    }
    if (jacobian.rows() != u.size()) {
      jacobian = laws.slopes();
      if (jacobian.rows() != u.size()) break;
      fresh = true;
      unstable = jacobian.size() > 0 ? jacobian.eigenvalues().real().maxCoeff() : 0.0;
    }
    // Along a direction that grows, an implicit step longer than its time of doubling would lead back to what is being left.
    if (unstable > 0.0) time = std::min(time, 0.5 / unstable);
    Eigen::MatrixXd system = -jacobian;
    system.diagonal().array() += 1.0 / time;
    Eigen::VectorXd step = system.partialPivLu().solve(residual);
    if (!step.allFinite()) step = time * residual;
    const double length = size_of(step);
    if (length > longest) step *= longest / length;
    Eigen::VectorXd there;
    const Eigen::VectorXd next = u + step;
    const bool usable = laws.evaluate(next, prices, there);
    const double after = usable ? size_of(there) : std::numeric_limits<double>::infinity();
    if (!(after <= runaway * best)) {
      // Too far: back, and on with shorter steps on fresh slopes.
      time = std::min(time, first_pseudo_time) / 4.0;
      longest = std::max(longest / 4.0, 1e-6);
      if (!fresh) jacobian.resize(0, 0);
      if (longest <= 1e-6) break;
      continue;
    }
    if (after > slow * now || unstable > 0.0) {
      // While the dynamics are followed slopes change; near the end poor progress means that they are stale.
      jacobian.resize(0, 0);
    } else {
      jacobian += ((there - residual) - jacobian * step) * step.transpose() / step.squaredNorm();
    }
    fresh = false;
    time = std::clamp(time * std::max(2.0, now / after), first_pseudo_time / 64.0, 1e12);
    longest = std::min(2.0 * longest, options.longest_step);
    u = next;
    residual = there;
    prices = laws.solved().prices;
    now = after;
    best = std::min(best, now);
    laws.keep_firms();
  }

  // The last evaluation may have been one of the differences, or a step taken back.
  if (!laws.evaluate(u, prices, residual)) {
    result.status = SolverStatus::diverged;
    result.residual = std::numeric_limits<double>::infinity();
    result.state = laws.state();
    result.equilibrium = laws.solved();
    result.solutions = laws.solutions();
    return result;
  }
  laws.keep_firms();
  laws.certify(result);
  result.status = result.residual <= options.tolerance ? SolverStatus::converged : SolverStatus::iteration_limit;
  result.state = laws.state();
  result.equilibrium = laws.solved();
  result.utility = laws.utility() + log_amenities(parameters, fundamentals);
  result.solutions = laws.solutions();
  return result;
}

double drift_in_a_year(const Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                       const LongRunEquilibrium& at_rest, const Eigen::ArrayXXd& travel_time) {
  const DynamicState& now = at_rest.state;
  const DynamicState next = advance(economy, parameters, fundamentals, now, at_rest.equilibrium, travel_time).next;
  const auto logs = [](const auto& after, const auto& before) {
    double largest = 0.0;
    for (Eigen::Index i = 0; i < before.size(); ++i) {
      const double a = after.data()[i];
      const double b = before.data()[i];
      if (a == b) continue;
      largest =
          std::max(largest, a > 0.0 && b > 0.0 ? std::abs(std::log(a / b)) : std::numeric_limits<double>::infinity());
    }
    return largest;
  };
  double drift = std::max({logs(next.economy.stock, now.economy.stock), logs(next.knowledge, now.knowledge),
                           logs(next.public_capital, now.public_capital)});
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    // Elsewhere the number of firms is no state.
    if (economy.sectors[static_cast<std::size_t>(s)].entry == economy::Entry::stock)
      drift = std::max(drift, logs(next.economy.firms.col(s).eval(), now.economy.firms.col(s).eval()));
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      const double a = next.economy.log_productivity(r, s);
      const double b = now.economy.log_productivity(r, s);
      if (a != b) drift = std::max(drift, std::abs(a - b));
    }
  }
  return drift;
}

std::string law_name(const Economy& economy, const LongRunEquilibrium& equilibrium) {
  const std::string& region = economy.regions[static_cast<std::size_t>(equilibrium.worst_region)];
  const auto item = static_cast<std::size_t>(equilibrium.worst_item);
  if (equilibrium.worst_law == Law::migration) return "migration of '" + economy.factors[item].name + "' to " + region;
  return "productivity of '" + economy.sectors[item].name + "' in " + region;
}

}  // namespace pericore::dynamics

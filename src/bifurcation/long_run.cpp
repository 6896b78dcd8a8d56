#include "bifurcation/long_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "bifurcation/utility_response.h"
#include "dynamics/growth.h"
#include "dynamics/people.h"
#include "dynamics/spatial_choice.h"
#include "dynamics/utility.h"
#include "dynamics/year.h"
#include "equilibrium/sensitivity.h"

namespace pericore::bifurcation {
namespace {

using economy::Array;
using economy::Vector;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double restoring = 1.0;    // shares that do not sum to 1 are pulled back at this rate
constexpr double difference = 1e-4;  // of explicit functions, fourth order: their error is near rounding / 1e-4
constexpr int most_evaluations = 40000;

/// Sectors in which free entry is not settled by a factor of their own, with every mobile factor everywhere.
Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> contestable_cells(const Model& model) {
  economy::State state = model.calibration.state.economy;
  const Eigen::Index regions = model.economy.n_regions();
  for (Eigen::Index f = 0; f < model.economy.n_factors(); ++f) {
    if (model.parameters.groups[static_cast<std::size_t>(f)].mobility == dynamics::Mobility::none) continue;
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (!model.economy.is_abroad(r) && state.stock(r, f) == 0.0) state.stock(r, f) = 1.0;
    }
  }
  const economy::MarketMap map(model.economy, model.kernels, state);
  auto cells = map.active().contestable;
  // Of the homogeneous sector the short run finds the spending.
  if (map.numeraire() >= 0) cells.col(map.numeraire()).setConstant(false);
  return cells;
}

bool has_spillovers(const dynamics::SpilloverParameters& p) {
  return p.mar != 0.0 || p.jac != 0.0 || p.know != 0.0 || p.syn != 0.0 || p.pub != 0.0 || p.hum != 0.0 || p.cong != 0.0;
}

Law law_of(dynamics::Mobility mobility) {
  if (mobility == dynamics::Mobility::logit) return Law::logit;
  return mobility == dynamics::Mobility::logit_static ? Law::logit_static : Law::replicator;
}

}  // namespace

LongRun::LongRun(Model model, double tolerance, const LongRun* units)
    : model_(std::make_shared<const Model>(std::move(model))), economy_(model_->economy), tolerance_(tolerance) {
  const economy::State& state = model_->calibration.state.economy;
  const dynamics::Fundamentals& fundamentals = model_->calibration.fundamentals;
  const Eigen::Index regions = economy_.n_regions();
  amenity_ = dynamics::log_amenities(model_->parameters, fundamentals);
  for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
    const auto& group = model_->parameters.groups[static_cast<std::size_t>(f)];
    if (group.mobility == dynamics::Mobility::none) continue;
    std::vector<Eigen::Index> open;
    double total = 0.0;
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (economy_.is_abroad(r) || std::isnan(amenity_(r, f))) continue;
      open.push_back(r);
      total += state.stock(r, f);
    }
    if (total > 0.0) add_block(law_of(group.mobility), f, std::move(open), total);
  }
  const auto contestable = contestable_cells(*model_);
  for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
    std::vector<Eigen::Index> open;
    double total = 0.0;
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (!contestable(r, s)) continue;
      open.push_back(r);
      total += state.effective_firms(r, s);
    }
    if (open.empty()) continue;
    // With the firms as a state profits are what entry would wipe out: the same equations at x = 0, and N in our hands.
    economy_.sectors[static_cast<std::size_t>(s)].entry = economy::Entry::stock;
    add_block(Law::entry, s, std::move(open), total > 0.0 ? total : 1.0);
  }
  if (units != nullptr) {
    for (std::size_t b = 0; b < std::min(blocks_.size(), units->blocks_.size()); ++b) {
      if (blocks_[b].law == Law::entry) blocks_[b].scale = units->blocks_[b].scale;
    }
  }
  if (blocks_.empty()) {
    throw InputError(
        "nothing moves in the long run: no factor has mobility replicator, logit_static or logit, and no sector has "
        "free entry with factors that others use too");
  }
  for (Eigen::Index s = 0; s < economy_.n_sectors(); ++s) {
    if (!has_spillovers(model_->parameters.spillovers[static_cast<std::size_t>(s)])) continue;
    std::vector<Eigen::Index> open;
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (!economy_.is_abroad(r) && std::isfinite(fundamentals.log_productivity(r, s))) open.push_back(r);
    }
    if (!open.empty()) add_block(Law::productivity, s, std::move(open), 1.0);
  }
}

void LongRun::add_block(Law law, Eigen::Index item, std::vector<Eigen::Index> regions, double scale) {
  block_of_.insert(block_of_.end(), regions.size(), static_cast<int>(blocks_.size()));
  const auto count = static_cast<Eigen::Index>(regions.size());
  blocks_.push_back({law, item, size_, std::move(regions), scale});
  size_ += count;
}

Eigen::Index LongRun::coordinate(const Block& block, Eigen::Index region) const {
  const auto found = std::lower_bound(block.regions.begin(), block.regions.end(), region);
  if (found == block.regions.end() || *found != region) return -1;
  return block.first + static_cast<Eigen::Index>(found - block.regions.begin());
}

Eigen::Index LongRun::region_of(Eigen::Index coordinate) const {
  const Block& block = block_of(coordinate);
  return block.regions[static_cast<std::size_t>(coordinate - block.first)];
}

Eigen::VectorXd LongRun::configured_state() const {
  const economy::State& state = model_->calibration.state.economy;
  Eigen::VectorXd y(size_);
  for (Eigen::Index i = 0; i < size_; ++i) {
    const Block& block = block_of(i);
    const Eigen::Index r = region_of(i);
    if (block.law == Law::productivity) {
      y(i) = state.log_productivity(r, block.item) - model_->calibration.fundamentals.log_productivity(r, block.item);
    } else {
      y(i) = (block.law == Law::entry ? state.effective_firms : state.stock)(r, block.item) / block.scale;
    }
  }
  return y;
}

Eigen::VectorXd LongRun::even_state() const {
  Eigen::VectorXd y = configured_state();
  for (const Block& block : blocks_) {
    const auto count = static_cast<Eigen::Index>(block.regions.size());
    if (block.law != Law::productivity) {
      y.segment(block.first, count).setConstant(1.0 / static_cast<double>(count));
    } else {
      y.segment(block.first, count).setConstant(y.segment(block.first, count).mean());
    }
  }
  return y;
}

Eigen::VectorXd LongRun::core_state(Eigen::Index region) const {
  Eigen::VectorXd y = configured_state();
  for (const Block& block : blocks_) {
    if (block.law == Law::productivity) continue;
    const Eigen::Index core = coordinate(block, region);
    if (core < 0) continue;
    y.segment(block.first, static_cast<Eigen::Index>(block.regions.size())).setZero();
    y(core) = 1.0;
  }
  return y;
}

Eigen::VectorXd LongRun::normalised(Eigen::VectorXd y) const {
  for (const Block& block : blocks_) {
    if (block.law == Law::productivity) continue;
    auto part = y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
    part /= part.sum();
  }
  return y;
}

std::vector<Eigen::Index> LongRun::support(const LongRun& system, const Eigen::VectorXd& y) {
  std::vector<Eigen::Index> used;
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    if (system.block_of(i).law == Law::productivity || y(i) > 0.0) used.push_back(i);
  }
  return used;
}

double LongRun::payoff(const Block& block, const LongRunPoint& point, Eigen::Index i) const {
  const double utility = point.utility(region_of(i), block.item);
  if (block.law != Law::logit_static) return utility;
  return utility - std::log(point.y(i)) / model_->parameters.groups[static_cast<std::size_t>(block.item)].elasticity;
}

LongRunPoint LongRun::evaluate(const Eigen::VectorXd& y, const economy::Prices* start) const {
  LongRunPoint point{.y = y,
                     .state = model_->calibration.state,
                     .equilibrium = {},
                     .observables = {},
                     .utility = {},
                     .residual = Eigen::VectorXd::Zero(size_),
                     .growth = Eigen::VectorXd::Zero(size_)};
  const dynamics::Fundamentals& fundamentals = model_->calibration.fundamentals;
  economy::State& state = point.state.economy;
  for (Eigen::Index i = 0; i < size_; ++i) {
    const Block& block = block_of(i);
    const Eigen::Index r = region_of(i);
    if (block.law == Law::productivity) {
      state.log_productivity(r, block.item) = fundamentals.log_productivity(r, block.item) + y(i);
    } else if (block.law == Law::entry) {
      state.effective_firms(r, block.item) = state.firms(r, block.item) = std::max(0.0, y(i)) * block.scale;
    } else {
      state.stock(r, block.item) = std::max(0.0, y(i)) * block.scale;
    }
  }
  const auto solve = [&](const economy::Prices& from) {
    return equilibrium::solve_short_run(economy_, model_->kernels, state, from,
                                        {.tolerance = tolerance_, .max_evaluations = most_evaluations});
  };
  if (start != nullptr) point.equilibrium = solve(*start);
  if (point.equilibrium.status != equilibrium::SolverStatus::converged)
    point.equilibrium = solve(equilibrium::cold_start(economy_, model_->kernels, state));
  const auto& solved = point.equilibrium;
  if (solved.status != equilibrium::SolverStatus::converged) {
    throw NumericalError(fmt::format("no short-run equilibrium; furthest off: {} (relative residual {:.2e})",
                                     equilibrium::market_name(economy_, solved.worst_market), solved.residual));
  }
  point.observables = dynamics::observe(economy_, model_->parameters, point.state, solved,
                                        fundamentals.knowledge_distance, fundamentals.research_log_price);
  point.utility = dynamics::utility_without_amenities(economy_, model_->parameters, state, solved, point.observables,
                                                      fundamentals.base);
  const economy::MarketMap map(economy_, model_->kernels, state);
  Array next;
  for (const Block& block : blocks_) {
    const auto count = static_cast<Eigen::Index>(block.regions.size());
    const Eigen::Index end = block.first + count;
    if (block.law == Law::entry) {
      for (Eigen::Index i = block.first; i < end; ++i) {
        const Eigen::Index r = region_of(i);
        double x = solved.accounts.profitability(r, block.item);
        if (!(y(i) > 0.0)) {
          const auto& technology = economy_.technology(r);
          for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
            if (!(technology.alpha(f, block.item) > 0.0)) continue;
            // A factor that lies idle can be had for nothing; one that is absent cannot be had.
            if (!(state.stock(r, f) > 0.0)) {
              x = -infinity;
            } else if (!map.active().factor(r, f) && x > -infinity) {
              x = infinity;
            }
          }
        }
        point.growth(i) = x;
        if (y(i) > 0.0) point.residual(i) = x;
      }
      continue;
    }
    if (block.law == Law::productivity) {
      if (next.size() == 0) {
        next =
            dynamics::next_log_productivity(economy_, model_->parameters, fundamentals, point.state, point.observables);
      }
      for (Eigen::Index i = block.first; i < end; ++i) {
        const Eigen::Index r = region_of(i);
        point.residual(i) = point.growth(i) = next(r, block.item) - state.log_productivity(r, block.item);
      }
      continue;
    }
    for (Eigen::Index i = block.first; i < end; ++i) {
      const Eigen::Index r = region_of(i);
      double& utility = point.utility(r, block.item);
      if (!(y(i) > 0.0)) {
        utility = utility_of_the_first(economy_, model_->parameters, state, solved, point.observables,
                                       fundamentals.base, r, block.item);
      }
      utility += amenity_(r, block.item);
    }
    if (block.law == Law::logit) {
      finish_logit(block, point);
      continue;
    }
    double total = 0.0;
    double mean = 0.0;
    for (Eigen::Index i = block.first; i < end; ++i) {
      if (!(y(i) > 0.0)) continue;
      total += y(i);
      mean += y(i) * payoff(block, point, i);
    }
    mean /= total;
    const double speed = block.law == Law::replicator
                             ? model_->parameters.people.speed
                             : model_->parameters.groups[static_cast<std::size_t>(block.item)].elasticity;
    for (Eigen::Index i = block.first; i < end; ++i) {
      if (y(i) > 0.0) {
        const double gain = payoff(block, point, i) - mean;
        point.residual(i) = gain + restoring * (1.0 - total);
        point.growth(i) = speed * gain;
      } else {
        // Taste for variety brings somebody to every place that is open.
        point.growth(i) = block.law == Law::replicator ? speed * (payoff(block, point, i) - mean) : infinity;
      }
    }
  }
  return point;
}

namespace {

/// Flows of a gravity logit between the regions of a block, in shares of the factor.
struct GravityFlows {
  Eigen::MatrixXd away;    ///< cost kernel
  Eigen::VectorXd weight;  ///< of staying and of arriving
  Eigen::VectorXd rate;    ///< searchers a unit of weight
  Eigen::VectorXd elsewhere;
  Eigen::VectorXd arrivals;  ///< a unit of weight
};

GravityFlows gravity_flows(const Model& model, const Block& block, const LongRunPoint& point) {
  const auto& group = model.parameters.groups[static_cast<std::size_t>(block.item)];
  const Eigen::MatrixXd kernel = dynamics::migration_kernel(
      model.economy, model.parameters, point.state.economy.instruments, model.travel_time, block.item);
  const auto count = static_cast<Eigen::Index>(block.regions.size());
  GravityFlows flows{Eigen::MatrixXd(count, count), Eigen::VectorXd(count), {}, {}, {}};
  double top = -infinity;
  for (const Eigen::Index r : block.regions) {
    if (std::isfinite(point.utility(r, block.item))) top = std::max(top, point.utility(r, block.item));
  }
  Eigen::VectorXd searching(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    const Eigen::Index r = block.regions[static_cast<std::size_t>(i)];
    const double utility = point.utility(r, block.item);
    flows.weight(i) = utility > -infinity ? std::exp(group.elasticity * (std::min(utility, top) - top)) : 0.0;
    searching(i) = group.reconsider * std::max(0.0, point.y(block.first + i));
    for (Eigen::Index j = 0; j < count; ++j) flows.away(i, j) = kernel(r, block.regions[static_cast<std::size_t>(j)]);
  }
  flows.elsewhere = flows.away * flows.weight;
  flows.rate = searching.array() / (flows.weight + flows.elsewhere).array();
  flows.arrivals = flows.away.transpose() * flows.rate;
  return flows;
}

}  // namespace

void LongRun::finish_logit(const Block& block, LongRunPoint& point) const {
  const GravityFlows flows = gravity_flows(*model_, block, point);
  const auto count = static_cast<Eigen::Index>(block.regions.size());
  const double turnover = model_->parameters.people.turnover;
  const double total = point.y.segment(block.first, count).sum();
  for (Eigen::Index i = 0; i < count; ++i) {
    const double y = point.y(block.first + i);
    const Eigen::Index r = block.regions[static_cast<std::size_t>(i)];
    // Who retires is replaced where the base year's people were, and conversions between groups go on as then.
    const double entrants = turnover * model_->calibration.fundamentals.stock(r, block.item) / block.scale;
    const double change =
        flows.weight(i) * flows.arrivals(i) - flows.rate(i) * flows.elsewhere(i) + entrants - turnover * y;
    if (y > 0.0) {
      point.growth(block.first + i) = change / y;
      point.residual(block.first + i) = change / y + restoring * (1.0 - total);
    } else {
      point.growth(block.first + i) = change > 0.0 ? infinity : 0.0;
    }
  }
}

void LongRun::jacobian_of_logit(const Block& block, const LongRunPoint& point, const std::vector<Eigen::Index>& support,
                                const std::vector<Eigen::Index>& columns, const Eigen::MatrixXd& utility_change,
                                Eigen::MatrixXd& result) const {
  const GravityFlows flows = gravity_flows(*model_, block, point);
  const auto count = static_cast<Eigen::Index>(block.regions.size());
  const auto& group = model_->parameters.groups[static_cast<std::size_t>(block.item)];
  const double turnover = model_->parameters.people.turnover;
  const Eigen::VectorXd denominator = flows.weight + flows.elsewhere;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const auto column = static_cast<Eigen::Index>(k);
    // utility_change: rows are positions in the support.
    Eigen::VectorXd weight = Eigen::VectorXd::Zero(count);
    for (std::size_t j = 0; j < support.size(); ++j) {
      const Eigen::Index i = support[j] - block.first;
      if (i < 0 || i >= count) continue;
      weight(i) = group.elasticity * flows.weight(i) * utility_change(static_cast<Eigen::Index>(j), column);
    }
    const Eigen::VectorXd elsewhere = flows.away * weight;
    Eigen::VectorXd rate = -(flows.rate.array() * (weight + elsewhere).array() / denominator.array()).matrix();
    const Eigen::Index own = support[static_cast<std::size_t>(columns[k])] - block.first;
    const bool inside = own >= 0 && own < count;
    if (inside) rate(own) += flows.rate(own) / point.y(block.first + own);
    const Eigen::VectorXd arrivals = flows.away.transpose() * rate;
    for (std::size_t j = 0; j < support.size(); ++j) {
      const Eigen::Index i = support[j] - block.first;
      if (i < 0 || i >= count) continue;
      const double y = point.y(block.first + i);
      double change = weight(i) * flows.arrivals(i) + flows.weight(i) * arrivals(i) - rate(i) * flows.elsewhere(i) -
                      flows.rate(i) * elsewhere(i);
      if (i == own) change -= turnover + point.growth(block.first + i);
      result(static_cast<Eigen::Index>(j), column) = change / y - (inside ? restoring : 0.0);
    }
  }
}

Array LongRun::productivity_change(const LongRunPoint& point, const economy::StateChange& change,
                                   const equilibrium::Response& response) const {
  // Next year's productivity is an explicit function of stocks and accounts, whose changes are exact: a difference of fourth order
  // in it alone costs no digits that matter.
  const dynamics::Fundamentals& fundamentals = model_->calibration.fundamentals;
  const auto at = [&](double step) {
    dynamics::DynamicState state = point.state;
    if (change.log_stock.size() > 0) state.economy.stock *= (step * change.log_stock).exp();
    equilibrium::ShortRunEquilibrium moved;
    moved.accounts.employment = point.equilibrium.accounts.employment + step * response.accounts.employment;
    moved.accounts.sales = point.equilibrium.accounts.sales + step * response.accounts.sales;
    moved.accounts.mill_price = point.equilibrium.accounts.mill_price + step * response.accounts.log_unit_cost;
    moved.accounts.consumer_price =
        point.equilibrium.accounts.consumer_price * std::exp(step * response.accounts.log_consumer_price);
    const auto seen = dynamics::observe(economy_, model_->parameters, state, moved, fundamentals.knowledge_distance,
                                        fundamentals.research_log_price);
    return dynamics::next_log_productivity(economy_, model_->parameters, fundamentals, state, seen);
  };
  const auto slope = [&](double step) -> Array { return (at(step) - at(-step)) / (2.0 * step); };
  // A direction is one unit of a share, which may be many times the share.
  double length = 1.0;
  if (change.log_stock.size() > 0) length = std::max(length, change.log_stock.abs().maxCoeff());
  if (change.log_firms.size() > 0) length = std::max(length, change.log_firms.abs().maxCoeff());
  const double step = difference / length;
  return (4.0 * slope(step) - slope(2.0 * step)) / 3.0;
}

Eigen::MatrixXd LongRun::residual_columns(const LongRunPoint& point, const std::vector<Eigen::Index>& support,
                                          const std::vector<Eigen::Index>& columns) const {
  const economy::State& state = point.state.economy;
  const dynamics::Fundamentals& fundamentals = model_->calibration.fundamentals;
  const auto size = static_cast<Eigen::Index>(support.size());
  const auto count = static_cast<Eigen::Index>(columns.size());
  const equilibrium::Sensitivity sensitivity(economy_, model_->kernels, state, point.equilibrium);

  std::vector<economy::StateChange> changes(columns.size());
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const Eigen::Index i = support[static_cast<std::size_t>(columns[k])];
    const Block& block = block_of(i);
    const Eigen::Index r = region_of(i);
    economy::StateChange& change = changes[k];
    if (block.law == Law::productivity) {
      change.log_productivity = Array::Zero(economy_.n_regions(), economy_.n_sectors());
      change.log_productivity(r, block.item) = 1.0;
    } else if (block.law == Law::entry) {
      change.log_firms = Array::Zero(economy_.n_regions(), economy_.n_sectors());
      change.log_firms(r, block.item) = 1.0 / point.y(i);
    } else {
      change.log_stock = Array::Zero(economy_.n_regions(), economy_.n_factors());
      change.log_stock(r, block.item) = 1.0 / point.y(i);
    }
  }
  const std::vector<equilibrium::Response> responses = sensitivity.respond(changes);

  bool spills = false;
  for (const Block& block : blocks_) spills = spills || block.law == Law::productivity;
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(size, count);
  Eigen::MatrixXd utility_change = Eigen::MatrixXd::Zero(size, count);
  for (Eigen::Index k = 0; k < count; ++k) {
    const auto at = static_cast<std::size_t>(k);
    const Array utility = utility_response(economy_, model_->parameters, state, point.equilibrium, point.observables,
                                           fundamentals.base, changes[at], responses[at]);
    const Array productivity = spills ? productivity_change(point, changes[at], responses[at]) : Array();
    for (Eigen::Index j = 0; j < size; ++j) {
      const Eigen::Index i = support[static_cast<std::size_t>(j)];
      const Block& block = block_of(i);
      const Eigen::Index r = region_of(i);
      switch (block.law) {
        case Law::entry:
          result(j, k) = responses[at].accounts.profitability(r, block.item);
          break;
        case Law::productivity:
          result(j, k) = productivity(r, block.item);
          if (support[static_cast<std::size_t>(columns[at])] == i) result(j, k) -= 1.0;
          break;
        default:
          utility_change(j, k) = utility(r, block.item);
      }
    }
  }
  for (const Block& block : blocks_) {
    if (!are_shares(block.law)) continue;
    if (block.law == Law::logit) {
      jacobian_of_logit(block, point, support, columns, utility_change, result);
      continue;
    }
    const double theta = model_->parameters.groups[static_cast<std::size_t>(block.item)].elasticity;
    const Eigen::Index end = block.first + static_cast<Eigen::Index>(block.regions.size());
    double total = 0.0;
    double mean = 0.0;
    std::vector<Eigen::Index> rows;
    for (Eigen::Index j = 0; j < size; ++j) {
      const Eigen::Index i = support[static_cast<std::size_t>(j)];
      if (i < block.first || i >= end) continue;
      rows.push_back(j);
      total += point.y(i);
      mean += point.y(i) * payoff(block, point, i);
    }
    mean /= total;
    for (Eigen::Index k = 0; k < count; ++k) {
      const Eigen::Index own = support[static_cast<std::size_t>(columns[static_cast<std::size_t>(k)])];
      const bool inside = own >= block.first && own < end;
      if (inside && block.law == Law::logit_static)
        utility_change(columns[static_cast<std::size_t>(k)], k) -= 1.0 / (theta * point.y(own));
      double mean_change = inside ? payoff(block, point, own) - mean : 0.0;
      for (const Eigen::Index j : rows)
        mean_change += point.y(support[static_cast<std::size_t>(j)]) * utility_change(j, k);
      mean_change /= total;
      for (const Eigen::Index j : rows) result(j, k) = utility_change(j, k) - mean_change - (inside ? restoring : 0.0);
    }
  }
  return result;
}

Eigen::MatrixXd LongRun::residual_jacobian(const LongRunPoint& point, const std::vector<Eigen::Index>& support) const {
  std::vector<Eigen::Index> columns(support.size());
  for (std::size_t k = 0; k < columns.size(); ++k) columns[k] = static_cast<Eigen::Index>(k);
  return residual_columns(point, support, columns);
}

Eigen::MatrixXd LongRun::motion_jacobian(const LongRunPoint& point, const std::vector<Eigen::Index>& support,
                                         const Eigen::MatrixXd& residual_jacobian) const {
  Eigen::MatrixXd motion = residual_jacobian;
  for (std::size_t j = 0; j < support.size(); ++j) {
    const Eigen::Index i = support[j];
    const Block& block = block_of(i);
    double factor = block.law == Law::productivity ? 1.0 : point.y(i);
    if (block.law == Law::replicator) factor *= model_->parameters.people.speed;
    if (block.law == Law::logit_static)
      factor *= model_->parameters.groups[static_cast<std::size_t>(block.item)].elasticity;
    motion.row(static_cast<Eigen::Index>(j)) *= factor;
  }
  return motion;
}

}  // namespace pericore::bifurcation

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

}  // namespace pericore::bifurcation

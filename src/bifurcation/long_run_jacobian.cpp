// Exact derivatives of the long-run equations.
#include <algorithm>
#include <cmath>

#include "bifurcation/long_run.h"
#include "bifurcation/utility_response.h"
#include "dynamics/growth.h"
#include "equilibrium/sensitivity.h"

namespace pericore::bifurcation {

using economy::Array;

namespace {

constexpr double difference = 1e-4;  // of explicit functions, fourth order: their error is near rounding / 1e-4

}  // namespace

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

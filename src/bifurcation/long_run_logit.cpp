// Moves by gravity logit between the regions of a block: their equation and its derivative.
#include <algorithm>
#include <cmath>
#include <limits>

#include "bifurcation/long_run.h"
#include "dynamics/people.h"

namespace pericore::bifurcation {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

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

}  // namespace pericore::bifurcation

#include "dynamics/spatial_choice.h"

#include <cmath>

#include "numerics/elementary.h"

namespace pericore::dynamics {
namespace {

/// Weights on a common scale on which neither overflows; their ratio is all that counts.
struct Weights {
  Eigen::ArrayXd stay;
  Eigen::VectorXd go;
};

Weights scaled(const Eigen::ArrayXd& log_stay, const Eigen::ArrayXd& log_weight) {
  const double top = std::max(log_stay.maxCoeff(), log_weight.maxCoeff());
  const double scale = std::isfinite(top) ? top : 0.0;
  return {.stay = exact_exp(log_stay - scale), .go = exact_exp(log_weight - scale).matrix()};
}

Eigen::ArrayXd per_weight(const Eigen::ArrayXd& searching, const Eigen::ArrayXd& total) {
  return (searching > 0.0 && total > 0.0).select(searching / total, 0.0);
}

}  // namespace

Eigen::MatrixXd move_kernel(const economy::Economy& economy, const Eigen::ArrayXXd& travel_time, double reference_time,
                            const MoveCost& cost, const Eigen::ArrayXXd& borders) {
  const Eigen::Index regions = economy.n_regions();
  Eigen::MatrixXd away(regions, regions);
  Eigen::ArrayXd column(regions);
  for (Eigen::Index n = 0; n < regions; ++n) {
    if (economy.is_abroad(n)) {
      away.col(n).setZero();
      continue;
    }
    const double distance =
        cost.distance_relief.size() > 0 ? cost.distance * (1.0 - cost.distance_relief(n)) : cost.distance;
    const double border = cost.border_relief.size() > 0 ? cost.border * (1.0 - cost.border_relief(n)) : cost.border;
    numerics::logarithm(1.0 + travel_time.col(n) / reference_time, column);
    column = -cost.fixed - distance * column;
    if (borders.size() > 0) {
      column -= border * borders.col(n);
    } else {
      column -= border;
    }
    numerics::exponential(column, away.col(n).array());
    away(n, n) = 0.0;
    if (economy.abroad) away(*economy.abroad, n) = 0.0;
  }
  return away;
}

Moves choose(const Eigen::MatrixXd& away, const Eigen::ArrayXd& searching, const Eigen::ArrayXd& log_stay,
             const Eigen::ArrayXd& log_weight) {
  const Weights weight = scaled(log_stay, log_weight);
  const Eigen::ArrayXd elsewhere = (away * weight.go).array();
  const Eigen::ArrayXd rate = per_weight(searching, weight.stay + elsewhere);
  Moves moves;
  moves.out = rate * elsewhere;
  moves.in = weight.go.array() * (away.transpose() * rate.matrix()).array();
  return moves;
}

Eigen::MatrixXd choose_matrix(const Eigen::MatrixXd& away, const Eigen::ArrayXd& searching,
                              const Eigen::ArrayXd& log_stay, const Eigen::ArrayXd& log_weight) {
  const Weights weight = scaled(log_stay, log_weight);
  const Eigen::ArrayXd elsewhere = (away * weight.go).array();
  const Eigen::ArrayXd rate = per_weight(searching, weight.stay + elsewhere);
  Eigen::MatrixXd flows = rate.matrix().asDiagonal() * away * weight.go.asDiagonal();
  flows.diagonal() = (searching - rate * elsewhere).matrix();
  return flows;
}

}  // namespace pericore::dynamics

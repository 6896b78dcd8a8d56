#include "dynamics/spatial_choice.h"

#include <cmath>

#include "base/parallel.h"
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

bool all_zero(const Eigen::ArrayXd& values) { return (values == 0.0).all(); }

bool same_relief(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) {
  if (a.size() == b.size()) return (a == b).all();
  return all_zero(a.size() > 0 ? a : b);
}

Eigen::ArrayXd per_weight(const Eigen::ArrayXd& searching, const Eigen::ArrayXd& total) {
  return (searching > 0.0 && total > 0.0).select(searching / total, 0.0);
}

/// forward(x) = K x, backward(x) = K^T x.
template <class Forward, class Backward>
Moves choose_by(const Forward& forward, const Backward& backward, const Eigen::ArrayXd& searching,
                const Weights& weight) {
  const Eigen::ArrayXd elsewhere = forward(weight.go).array();
  const Eigen::ArrayXd rate = per_weight(searching, weight.stay + elsewhere);
  Moves moves;
  moves.out = rate * elsewhere;
  moves.in = weight.go.array() * backward(rate.matrix()).array();
  return moves;
}

}  // namespace

bool MoveCost::symmetric() const { return all_zero(distance_relief) && all_zero(border_relief); }

bool same_cost(const MoveCost& a, const MoveCost& b) {
  return a.fixed == b.fixed && a.distance == b.distance && a.border == b.border &&
         same_relief(a.distance_relief, b.distance_relief) && same_relief(a.border_relief, b.border_relief);
}

Eigen::ArrayXXd log_travel_time(const Eigen::ArrayXXd& travel_time, double reference_time) {
  Eigen::ArrayXXd result(travel_time.rows(), travel_time.cols());
  constexpr std::size_t columns_per_task = 64;
  parallel_for(static_cast<std::size_t>(travel_time.cols()), columns_per_task, [&](std::size_t column) {
    const auto n = static_cast<Eigen::Index>(column);
    result.col(n) = 1.0 + travel_time.col(n) / reference_time;
    numerics::logarithm(result.col(n), result.col(n));
  });
  return result;
}

void write_moves(const economy::Economy& economy, const Eigen::ArrayXXd& log_travel_time, const MoveCost& cost,
                 const Eigen::ArrayXXd& borders, Eigen::Index to, Eigen::Index first, double* column) {
  const Eigen::Index count = economy.n_regions() - first;
  Eigen::Map<Eigen::ArrayXd> away(column + first, count);
  if (economy.is_abroad(to)) {
    away.setZero();
    return;
  }
  const double distance =
      cost.distance_relief.size() > 0 ? cost.distance * (1.0 - cost.distance_relief(to)) : cost.distance;
  const double border = cost.border_relief.size() > 0 ? cost.border * (1.0 - cost.border_relief(to)) : cost.border;
  const auto log_time = log_travel_time.col(to).tail(count);
  if (borders.size() > 0) {
    away = -cost.fixed - distance * log_time - border * borders.col(to).tail(count);
  } else {
    away = -cost.fixed - distance * log_time - border;
  }
  numerics::exponential(away, away);
  if (to >= first) column[to] = 0.0;
  if (economy.abroad && *economy.abroad >= first) column[*economy.abroad] = 0.0;
}

Eigen::MatrixXd move_kernel(const economy::Economy& economy, const Eigen::ArrayXXd& travel_time, double reference_time,
                            const MoveCost& cost, const Eigen::ArrayXXd& borders) {
  const Eigen::Index regions = economy.n_regions();
  const Eigen::ArrayXXd log_time = log_travel_time(travel_time, reference_time);
  Eigen::MatrixXd away(regions, regions);
  for (Eigen::Index n = 0; n < regions; ++n) write_moves(economy, log_time, cost, borders, n, 0, away.col(n).data());
  return away;
}

Moves choose(const Eigen::MatrixXd& away, const Eigen::ArrayXd& searching, const Eigen::ArrayXd& log_stay,
             const Eigen::ArrayXd& log_weight) {
  return choose_by([&](const Eigen::VectorXd& x) -> Eigen::VectorXd { return away * x; },
                   [&](const Eigen::VectorXd& x) -> Eigen::VectorXd { return away.transpose() * x; }, searching,
                   scaled(log_stay, log_weight));
}

Moves choose(const numerics::Kernel& away, const Eigen::ArrayXd& searching, const Eigen::ArrayXd& log_stay,
             const Eigen::ArrayXd& log_weight) {
  const auto forward = [&](const Eigen::VectorXd& x) {
    Eigen::VectorXd y(x.size());
    away.multiply(x, y);
    return y;
  };
  const auto backward = [&](const Eigen::VectorXd& x) {
    Eigen::VectorXd y(x.size());
    away.multiply_transposed(x, y);
    return y;
  };
  return choose_by(forward, backward, searching, scaled(log_stay, log_weight));
}

Eigen::MatrixXd choose_matrix(const Eigen::Ref<const Eigen::MatrixXd>& away, const Eigen::ArrayXd& searching,
                              const Eigen::ArrayXd& log_stay, const Eigen::ArrayXd& log_weight) {
  const Weights weight = scaled(log_stay, log_weight);
  const Eigen::ArrayXd elsewhere = (away * weight.go).array();
  const Eigen::ArrayXd rate = per_weight(searching, weight.stay + elsewhere);
  Eigen::MatrixXd flows = rate.matrix().asDiagonal() * away * weight.go.asDiagonal();
  flows.diagonal() = (searching - rate * elsewhere).matrix();
  return flows;
}

Eigen::MatrixXd moves_between(const numerics::DenseKernel& away, const Eigen::ArrayXd& searching,
                              const Eigen::ArrayXd& log_stay, const Eigen::ArrayXd& log_weight) {
  Eigen::MatrixXd flows = choose_matrix(away.matrix(), searching, log_stay, log_weight);
  flows.diagonal().setZero();
  return flows;
}

Eigen::MatrixXd moves_between(std::span<const AgentMove> moves, Eigen::Index regions) {
  Eigen::MatrixXd flows = Eigen::MatrixXd::Zero(regions, regions);
  for (const AgentMove& move : moves) flows(move.from, move.to) += move.count;
  return flows;
}

}  // namespace pericore::dynamics

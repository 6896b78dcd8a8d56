/// Who stays and who goes where: the logit with gravity costs that firms and people share.
#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <limits>
#include <span>

#include "economy/economy.h"
#include "numerics/dense_kernel.h"

namespace pericore::dynamics {

/// e^x with e^-inf = 0 exactly: Eigen's own stops at the smallest normal number, and a closed cell must stay exactly empty.
[[nodiscard]] inline Eigen::ArrayXd exact_exp(const Eigen::ArrayXd& x) {
  return (x == -std::numeric_limits<double>::infinity()).select(Eigen::ArrayXd::Zero(x.size()), x.exp());
}

/// Cost of a move, already divided by the dispersion of tastes (multiplied by their elasticity). Staying costs nothing.
struct MoveCost {
  double fixed = 0.0;              ///< of leaving [1]
  double distance = 0.0;           ///< by ln(1 + travel time / d0) [1]
  double border = 0.0;             ///< of crossing a border [1]
  Eigen::ArrayXd distance_relief;  ///< by destination, share of the distance cost that falls away; empty: none [1]
  Eigen::ArrayXd border_relief;    ///< by destination, share of the border cost that falls away; empty: none [1]

  /// Whether moves back cost the same as moves there, where travel times and borders are symmetric.
  [[nodiscard]] bool symmetric() const;
};
/// Whether they give the same kernel at the same travel times and borders; no relief is a relief of 0.
[[nodiscard]] bool same_cost(const MoveCost& a, const MoveCost& b);

/// ln(1 + travel time / d0), which all kernels of a geography share.
[[nodiscard]] Eigen::ArrayXXd log_travel_time(const Eigen::ArrayXXd& travel_time, double reference_time);

/// One column of move_kernel(): entries from region `first` on, into column[first], column[first + 1], ...
void write_moves(const economy::Economy& economy, const Eigen::ArrayXXd& log_travel_time, const MoveCost& cost,
                 const Eigen::ArrayXXd& borders, Eigen::Index to, Eigen::Index first, double* column);

/// exp(-cost) of every move between regions of the country; 0 on the diagonal and from and to the rest of the world.
///
/// @param travel_time     [h], regions x regions
/// @param reference_time  d0 [h]
/// @param borders         [r,n] 1 where the border cost applies; empty: to every move
[[nodiscard]] Eigen::MatrixXd move_kernel(const economy::Economy& economy, const Eigen::ArrayXXd& travel_time,
                                          double reference_time, const MoveCost& cost,
                                          const Eigen::ArrayXXd& borders = {});

/// Searchers who leave a region, and who arrive in one; equal sums.
struct Moves {
  Eigen::ArrayXd out;
  Eigen::ArrayXd in;
};

/// Each searcher of r stays with weight stay_r and goes to n with weight away_rn w_n. Two products with the kernel.
///
/// @param log_stay, log_weight  ln stay_r and ln w_n; -inf is a weight of 0. Only differences matter
/// A searcher without any place to go, not even his own, stays.
[[nodiscard]] Moves choose(const Eigen::MatrixXd& away, const Eigen::ArrayXd& searching, const Eigen::ArrayXd& log_stay,
                           const Eigen::ArrayXd& log_weight);

[[nodiscard]] Moves choose(const numerics::Kernel& away, const Eigen::ArrayXd& searching,
                           const Eigen::ArrayXd& log_stay, const Eigen::ArrayXd& log_weight);

/// The same, move by move: [r,n] searchers who go from r to n, those who stay on the diagonal.
[[nodiscard]] Eigen::MatrixXd choose_matrix(const Eigen::Ref<const Eigen::MatrixXd>& away,
                                            const Eigen::ArrayXd& searching, const Eigen::ArrayXd& log_stay,
                                            const Eigen::ArrayXd& log_weight);

/// The same without those who stay: the diagonal is 0.
[[nodiscard]] Eigen::MatrixXd moves_between(const numerics::DenseKernel& away, const Eigen::ArrayXd& searching,
                                            const Eigen::ArrayXd& log_stay, const Eigen::ArrayXd& log_weight);

/// One agent that moves.
struct AgentMove {
  std::uint16_t from;
  std::uint16_t to;
  double count;  ///< firms or persons that it stands for
};

/// Agents' moves by origin and destination, added up in their order: [from,to].
[[nodiscard]] Eigen::MatrixXd moves_between(std::span<const AgentMove> moves, Eigen::Index regions);

}  // namespace pericore::dynamics

/// What people answer to in a year, whatever form they are kept in: change of group, places to go; docs/model.md#people.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "dynamics/fundamentals.h"
#include "dynamics/spatial_kernels.h"

namespace pericore::dynamics {

/// A group changes into another one in a year. Vectors by region, 0 abroad.
struct GroupChange {
  Eigen::Index from = -1;
  Eigen::Index to = -1;
  double eligible = 1.0;  ///< share of the group that may change: those who do not retire, where `share` is of them [1]
  economy::Vector share;  ///< of the eligible who change [1/year]
  economy::Vector paid;   ///< of the group who change beyond the base rate, paid for by policy [1/year]
  std::shared_ptr<const MoveKernel> kernel;  ///< of the moves that go with it; null: they stay where they are
  economy::Vector log_weight;                ///< ln w: of destinations; the own region has weight w without a kernel
  economy::Vector access;                    ///< by origin, sum of the weights of all destinations
};

/// How a group that moves by logit does so: going to n has weight away_rn w_n, staying w_r.
struct GroupMoves {
  double reconsider;  ///< nu [1/year]
  std::shared_ptr<const MoveKernel> kernel;
  economy::Vector log_weight;  ///< ln w; -inf: closed
};

struct PeopleRules {
  double turnover = 0.0;                         ///< omega [1/year]
  std::vector<GroupChange> changes;              ///< at most one from each group
  std::vector<std::optional<GroupMoves>> moves;  ///< by factor; empty: does not move
  economy::Array entrants;                       ///< [r,f] persons a year; a negative number leaves
  bool moves_between = false;                    ///< whether the doors tell moves one by one
};

/// theta x the cost of moves of group `factor`, instruments included.
[[nodiscard]] MoveCost migration_cost(const Parameters& parameters, const economy::Instruments& instruments,
                                      Eigen::Index factor);

/// exp(-theta cost) of moves of group `factor`, instruments included.
[[nodiscard]] Eigen::MatrixXd migration_kernel(const economy::Economy& economy, const Parameters& parameters,
                                               const economy::Instruments& instruments,
                                               const Eigen::ArrayXXd& travel_time, Eigen::Index factor);

/// ln of destination weights, theta (V + amenity), from this year's utility without amenities; -inf where closed.
[[nodiscard]] economy::Vector migration_log_weight(const Parameters& parameters, const Fundamentals& fundamentals,
                                                   const economy::Array& utility, Eigen::Index factor);

/// Changes of group in a year. @param utility  utility_without_amenities of the year
[[nodiscard]] std::vector<GroupChange> group_changes(const economy::Economy& economy, const Parameters& parameters,
                                                     const Fundamentals& fundamentals, const DynamicState& state,
                                                     const economy::Array& utility, const SpatialKernels& spatial);

/// Moves in a year of group `factor`, which moves by logit.
[[nodiscard]] GroupMoves group_moves(const Parameters& parameters, const Fundamentals& fundamentals,
                                     const DynamicState& state, const economy::Array& utility,
                                     const SpatialKernels& spatial, Eigen::Index factor);

}  // namespace pericore::dynamics

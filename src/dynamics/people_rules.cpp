#include "dynamics/people_rules.h"

#include <limits>
#include <utility>

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

constexpr double infinity = std::numeric_limits<double>::infinity();

void nobody_abroad(const economy::Economy& economy, GroupChange& change) {
  if (!economy.abroad) return;
  change.share(*economy.abroad) = 0.0;
  change.paid(*economy.abroad) = 0.0;
}

/// Rural labour takes up urban work: base flows rate x stock, split by gravity; the urban gap moves both where to and how many.
/// With A_r the pull of all destinations over its base value, the share that leaves is rate A / (1 - rate + rate A).
GroupChange rural_to_migrant(const Parameters& parameters, const Fundamentals& fundamentals, const DynamicState& state,
                             const Array& utility, const SpatialKernels& spatial) {
  const PeopleParameters& people = parameters.people;
  const Eigen::Index rural = *people.rural;
  const Eigen::Index migrant = *people.migrant;
  GroupChange change;
  change.from = rural;
  change.to = migrant;
  change.eligible = 1.0 - people.turnover;
  const double theta = parameters.groups[static_cast<std::size_t>(migrant)].elasticity;
  const Vector pull_change = theta * (utility.col(migrant) - fundamentals.utility.col(migrant));
  const Vector push_change = theta * (utility.col(rural) - fundamentals.utility.col(rural));
  const Vector log_weight = fundamentals.log_conversion_weight + pull_change;
  change.log_weight = log_weight.isNaN().select(Vector::Constant(log_weight.size(), -infinity), log_weight);
  const Vector weight = exact_exp(change.log_weight);
  change.kernel = spatial.moves(migration_cost(parameters, state.economy.instruments, migrant), true);
  change.access.resize(weight.size());
  change.kernel->away.multiply(weight.matrix(), change.access.matrix());
  change.access += weight;
  const Vector pull = change.access / fundamentals.conversion_access * (-push_change).exp();
  const double rate = people.rural_to_migrant / (1.0 - people.turnover);  // of those who do not retire
  const Vector share = rate * pull / (1.0 - rate + rate * pull);
  change.share = (change.access > 0.0 && !share.isNaN()).select(share, 0.0);
  change.paid = Vector::Zero(weight.size());
  return change;
}

/// People change group where they live, at a base rate and what policy adds.
GroupChange change_in_place(double turnover, double base_rate, const Vector& policy, Eigen::Index from,
                            Eigen::Index to) {
  GroupChange change;
  change.from = from;
  change.to = to;
  change.share = (base_rate + policy).max(0.0).min(1.0 - turnover);
  change.paid = (change.share - base_rate).max(0.0);
  return change;
}

}  // namespace

MoveCost migration_cost(const Parameters& parameters, const economy::Instruments& instruments, Eigen::Index factor) {
  const GroupParameters& group = parameters.groups[static_cast<std::size_t>(factor)];
  MoveCost cost;
  cost.fixed = group.elasticity * group.cost;
  cost.distance = group.elasticity * group.distance_cost;
  cost.border = group.elasticity * group.registration;
  cost.distance_relief = instruments.migration_cost_relief.col(factor);
  cost.border_relief = instruments.registration_relief.col(factor);
  return cost;
}

Eigen::MatrixXd migration_kernel(const economy::Economy& economy, const Parameters& parameters,
                                 const economy::Instruments& instruments, const Eigen::ArrayXXd& travel_time,
                                 Eigen::Index factor) {
  return move_kernel(economy, travel_time, parameters.reference_time, migration_cost(parameters, instruments, factor),
                     parameters.registration_border);
}

Vector migration_log_weight(const Parameters& parameters, const Fundamentals& fundamentals, const Array& utility,
                            Eigen::Index factor) {
  const double theta = parameters.groups[static_cast<std::size_t>(factor)].elasticity;
  const Vector change = theta * (utility.col(factor) - fundamentals.utility.col(factor));
  const Vector sum = fundamentals.log_migration_weight.col(factor) + change;
  return (sum.isNaN() || fundamentals.log_migration_weight.col(factor) == -infinity)
      .select(Vector::Constant(sum.size(), -infinity), sum);
}

std::vector<GroupChange> group_changes(const economy::Economy& economy, const Parameters& parameters,
                                       const Fundamentals& fundamentals, const DynamicState& state,
                                       const Array& utility, const SpatialKernels& spatial) {
  const PeopleParameters& people = parameters.people;
  const economy::Instruments& instruments = state.economy.instruments;
  std::vector<GroupChange> changes;
  const auto add = [&](GroupChange change) {
    nobody_abroad(economy, change);
    changes.push_back(std::move(change));
  };
  if (people.rural && people.migrant && people.rural_to_migrant > 0.0)
    add(rural_to_migrant(parameters, fundamentals, state, utility, spatial));
  if (people.migrant && people.unskilled) {
    add(change_in_place(people.turnover, people.citizenisation, instruments.citizenisation, *people.migrant,
                        *people.unskilled));
  }
  if (people.unskilled && people.skilled)
    add(change_in_place(people.turnover, people.training, instruments.training, *people.unskilled, *people.skilled));
  return changes;
}

GroupMoves group_moves(const Parameters& parameters, const Fundamentals& fundamentals, const DynamicState& state,
                       const Array& utility, const SpatialKernels& spatial, Eigen::Index factor) {
  return {.reconsider = parameters.groups[static_cast<std::size_t>(factor)].reconsider,
          .kernel = spatial.moves(migration_cost(parameters, state.economy.instruments, factor), true),
          .log_weight = migration_log_weight(parameters, fundamentals, utility, factor)};
}

}  // namespace pericore::dynamics

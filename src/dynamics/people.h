/// People of a year, by group and region: turnover, conversion between groups, migration; docs/model.md#people. Each group is a mass of
/// expected persons (cohorts) or persons one by one (agents), in any combination.
#pragma once

#include <vector>

#include "dynamics/people_agents.h"
#include "dynamics/people_rules.h"

namespace pericore::dynamics {

/// Persons that pass a door in a year, [r,f] [units of labour].
struct PeopleFlows {
  economy::Array retired;
  economy::Array entrants;
  economy::Array converted_out;  ///< to another group
  economy::Array converted_in;
  economy::Array moved_out;  ///< to another region
  economy::Array moved_in;
  economy::Array
      moving_option;  ///< expected utility of the right to reconsider: nu/theta ln sum exp(theta (V' - V - cost)), >= 0 [log]
  economy::Vector trained_by_policy;  ///< beyond the base-year rate
  economy::Vector citizenised_by_policy;
  std::vector<economy::Array> purchases;  ///< what these cost, by account, [r,k] real purchases of next year
  /// [from,to] over all groups that move by logit; empty unless asked for, and where another kind of group moves.
  Eigen::MatrixXd moved_between;
};

struct PeopleYear {
  economy::Array stock;                        ///< X[r,f] at the end; factors that neither move nor convert keep theirs
  std::shared_ptr<const PeopleAgents> agents;  ///< at the end; null: none
  PeopleFlows flows;
};

/// X' = X + speed X (V - mean V), mean weighted by X: zeros stay zero, the total stays. V is not read where X is 0.
[[nodiscard]] economy::Vector replicate(const economy::Vector& stock, const economy::Vector& utility, double speed);

/// One year. Order: retirement and entry, conversion (of those who do not retire), migration of who is there then.
/// @param utility  utility_without_amenities of the year
[[nodiscard]] PeopleYear move_people(const economy::Economy& economy, const Parameters& parameters,
                                     const Fundamentals& fundamentals, const DynamicState& state,
                                     const economy::Array& utility, const SpatialKernels& spatial);

}  // namespace pericore::dynamics

/// Where everything has come to rest: people where nobody gains by moving, productivity with the spillovers of this very
/// distribution of people; docs/model.md#long-run-equilibrium.
#pragma once

#include <Eigen/Dense>
#include <string>

#include "dynamics/fundamentals.h"
#include "equilibrium/short_run.h"

namespace pericore::dynamics {

struct LongRunOptions {
  double tolerance = 1e-10;   ///< largest residual (log) of a law of motion at rest [1]
  int max_steps = 200;        ///< of the outer iteration
  bool replicators = true;    ///< whether groups that move by replicator find their place; false: they stay
  double longest_step = 2.0;  ///< log units a stock may move at once, > 0
  equilibrium::SolverOptions short_run{.tolerance = 1e-13, .max_evaluations = 20000};
};

/// What the laws of motion still miss, by law: the certificate of a long-run equilibrium.
enum class Law {
  migration,     ///< of a factor in a region
  productivity,  ///< of a sector in a region
};

struct LongRunEquilibrium {
  DynamicState state;                            ///< stocks and productivity at rest
  equilibrium::ShortRunEquilibrium equilibrium;  ///< of `state`
  economy::Array utility;                        ///< V[r,f] with amenities, as Flows::utility [log]
  equilibrium::SolverStatus status = equilibrium::SolverStatus::iteration_limit;  ///< read before the numbers
  double residual = 0.0;           ///< largest residual of all laws solved for [log]
  Law worst_law = Law::migration;  ///< where that is
  Eigen::Index worst_region = 0;
  Eigen::Index worst_item = 0;  ///< factor or sector
  int steps = 0;
  int solutions = 0;  ///< short-run equilibria solved
};

/// Finds the fixed point of migration and productivity together, without the year's lag of the spillovers:
///
///   logit_static   0 = ( ln(total x share of the logit) - ln X ) / (1 + theta), utility where theta is large, else people
///   logit          0 = (arrivals - departures) / who reconsiders
///   replicator     0 = V - mean V where X > 0; where X falls towards nothing while V stays below the mean, X = 0 exactly
///   productivity   0 = ln A( spillovers of this year's employment, density, ... ) - ln A
///
/// by implicit steps of the corresponding dynamics d ln X / dt = residual whose length grows as they settle (pseudo-
/// transient continuation, Kelley and Keyes 1998), on exact slopes of the short-run equilibrium kept up to date by
/// Broyden's formula. Of several equilibria it so reaches the one to which migration leads from the start; an unstable
/// one only from a start on the boundary between two basins, such as equal regions. Regions without the group in `state`
/// stay without it. Kept as they are: capital, public capital, knowledge, firms that are a state, conversion between
/// groups and turnover; drift_in_a_year tells whether they rest too.
///
/// @param fundamentals  of calibrate_dynamics; amenities, base of the spillovers
/// @param state         start; stocks of groups that move keep their totals
/// @param start         prices to start from
/// @param travel_time   [h], regions x regions; only groups with costs of moving need it
/// @return  status converged: `residual` <= tolerance, every short-run market to `short_run.tolerance`
/// @throws DomainError  if sizes disagree
/// @throws NumericalError  if the start has no short-run equilibrium, or a group's income is not positive
[[nodiscard]] LongRunEquilibrium long_run_equilibrium(const economy::Economy& economy, const Parameters& parameters,
                                                      const Fundamentals& fundamentals,
                                                      const economy::TradeKernels& kernels, const DynamicState& state,
                                                      const economy::Prices& start, const Eigen::ArrayXXd& travel_time,
                                                      const LongRunOptions& options = {});

/// Largest change |ln| that one year of all laws of motion (year.h) makes to any stock, number of firms, productivity,
/// knowledge or public capital: 0 at a fixed point of the whole map.
[[nodiscard]] double drift_in_a_year(const economy::Economy& economy, const Parameters& parameters,
                                     const Fundamentals& fundamentals, const LongRunEquilibrium& at_rest,
                                     const Eigen::ArrayXXd& travel_time);

/// "migration of 'worker' to Changchun", for messages.
[[nodiscard]] std::string law_name(const economy::Economy& economy, const LongRunEquilibrium& equilibrium);

}  // namespace pericore::dynamics

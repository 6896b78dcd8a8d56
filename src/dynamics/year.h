/// One year: from the state and its short-run equilibrium to the state of the next; docs/order_of_events.md.
#pragma once

#include "dynamics/firms.h"
#include "dynamics/fundamentals.h"
#include "dynamics/people.h"
#include "dynamics/utility.h"

namespace pericore::dynamics {

/// What moved in a year and what was seen.
struct Flows {
  FirmFlows firms;
  PeopleFlows people;
  economy::Vector knowledge;       ///< new knowledge [1]
  Observables observables;         ///< of the year
  economy::Array income_per_head;  ///< [r,f] disposable, NaN where the group is absent
  economy::Array pay_per_head;     ///< [r,f] the part of it that is own pay
  UtilityTerms terms;              ///< of utility, calibrated amenities included
  economy::Array utility;          ///< V[r,f] with calibrated amenities, NaN where the group is absent [log]
};

struct Year {
  DynamicState next;  ///< instruments still those of this year: put_in_force changes them
  Flows flows;
};

/// All laws of motion read this year's state and prices, none another law's result.
///
/// @param equilibrium  short-run equilibrium of `state`, converged
/// @param travel_time  of this year [h], regions x regions
/// @throws NumericalError  if a group's income is not positive
/// @throws InputError      if training or citizenisation cost something and no sector supplies them
[[nodiscard]] Year advance(const economy::Economy& economy, const Parameters& parameters,
                           const Fundamentals& fundamentals, const DynamicState& state,
                           const equilibrium::ShortRunEquilibrium& equilibrium, const Eigen::ArrayXXd& travel_time);

/// The same with kernels kept from earlier years, at the travel times of `spatial`.
[[nodiscard]] Year advance(const economy::Economy& economy, const Parameters& parameters,
                           const Fundamentals& fundamentals, const DynamicState& state,
                           const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial);

/// Amenities ln Bam[r,f] that the base year implies: ln v / theta - V; 0 for groups that do not move by logit, NaN where closed.
[[nodiscard]] economy::Array log_amenities(const Parameters& parameters, const Fundamentals& fundamentals);

}  // namespace pericore::dynamics

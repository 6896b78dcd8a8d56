/// How utility answers to the state: the exact derivative of dynamics/utility.h.
#pragma once

#include "dynamics/fundamentals.h"
#include "equilibrium/sensitivity.h"

namespace pericore::bifurcation {

/// d V[r,f] in the direction `change`, of utility_without_amenities. NaN where the group is absent.
///
/// @param equilibrium  of `state`, converged
/// @param now, base    observables as given to utility_without_amenities
/// @param response     of `equilibrium` to `change`
[[nodiscard]] economy::Array utility_response(const economy::Economy& economy, const dynamics::Parameters& parameters,
                                              const economy::State& state,
                                              const equilibrium::ShortRunEquilibrium& equilibrium,
                                              const dynamics::Observables& now, const dynamics::Observables& base,
                                              const economy::StateChange& change,
                                              const equilibrium::Response& response);

/// ln V[r,f] that a first unit of an absent factor would find in a region: income at its shadow price. +infinity where it would be
/// the only one of a factor that a sector in use needs, -infinity where nothing could employ it.
[[nodiscard]] double utility_of_the_first(const economy::Economy& economy, const dynamics::Parameters& parameters,
                                          const economy::State& state,
                                          const equilibrium::ShortRunEquilibrium& equilibrium,
                                          const dynamics::Observables& now, const dynamics::Observables& base,
                                          Eigen::Index region, Eigen::Index factor);

}  // namespace pericore::bifurcation

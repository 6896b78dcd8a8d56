/// Productivity that belongs to a distribution of people, without the year's lag; docs/model.md#growth.
#pragma once

#include "dynamics/parameters.h"
#include "equilibrium/short_run.h"

namespace pericore::dynamics {

/// Employment [r,s] of sectors whose labour no other sector uses: all of it, whatever prices are. NaN for the others.
[[nodiscard]] economy::Array settled_employment(const economy::Economy& economy, const economy::Array& stock);

/// Productivity with spillovers, and the short-run equilibrium that goes with it.
struct SettledSpillovers {
  economy::Array log_productivity;
  equilibrium::ShortRunEquilibrium equilibrium;
};

/// Productivity that includes the spillovers of its own employment and density, stocks as they are; `state` holds ln Abar:
///   ln A = ln Abar + mar ln(employment / reference) - cong ln(density / reference)
/// Employment follows from A where sectors share their labour: then a fixed point.
///
/// @throws DomainError     if the parameters have no reference
/// @throws NumericalError  if there is no short-run equilibrium, or no fixed point is found
[[nodiscard]] SettledSpillovers settle_spillovers(const economy::Economy& economy, const Parameters& parameters,
                                                  const economy::TradeKernels& kernels, const economy::State& state,
                                                  const economy::Prices& start,
                                                  const equilibrium::SolverOptions& options);

}  // namespace pericore::dynamics

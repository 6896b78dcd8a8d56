/// Short-run equilibria of many regions with most products in single precision; docs/decisions/0014-single-precision-steps.md.
#pragma once

#include "economy/economy.h"
#include "economy/state.h"
#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// Whether solve_refined saves time: at least `refined_regions` regions with accelerated dense kernels (TradeKernels::accelerate), and no
/// cell whose firms are to be found.
[[nodiscard]] bool worth_refining(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                  const economy::State& state);

/// From so many regions on a product waits for memory, and half the bytes pay for the rounding (docs/performance.md).
inline constexpr Eigen::Index refined_regions = 1500;

/// As solve_short_run, to the same tolerance on the markets of `kernels`, faster where products with the kernels wait for memory:
/// steps use K32, K rounded to single precision. Once x settles, one product with K gives D = K x / K32 x, within 6e-8 of 1, and
/// D K32 differs from K by 6e-8 of the distance from that x, so that the steps lead to the tolerance. A last evaluation with K judges every
/// market; should one be off, steps with K follow. Where the steps with K32 fail, everything starts again with K.
[[nodiscard]] ShortRunEquilibrium solve_refined(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                                const economy::State& state, const economy::Prices& start,
                                                const SolverOptions& options = {});

}  // namespace pericore::equilibrium

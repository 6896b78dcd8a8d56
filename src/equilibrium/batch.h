/// Many short-run equilibria in lock step: where economies share trade kernels, one pass over a matrix serves them all
/// (docs/performance.md#many-runs-at-once).
#pragma once

#include <vector>

#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// What solve_short_run takes. Refers to its parts, which must outlive the solution.
struct ShortRunProblem {
  const economy::Economy& economy;
  const economy::TradeKernels& kernels;
  const economy::State& state;
  const economy::Prices& start;
  SolverOptions options;
};

/// Solves each problem as solve_short_run does, to the same bytes, in the order given, whatever stands beside it and for any
/// number of threads. Kernels are shared where TradeKernels::fast points to the same object; problems may differ in everything else,
/// the number of sectors included. Those with free entry that needs a search, or that the first way of iterating does not solve, are
/// solved by themselves.
[[nodiscard]] std::vector<ShortRunEquilibrium> solve_short_run_batch(const std::vector<ShortRunProblem>& problems);

}  // namespace pericore::equilibrium

/// Free entry where all factors are shared with other sectors: x <= 0, N >= 0, x N = 0 in every contestable cell
/// (docs/model.md#free-entry). The homogeneous sector that uses several shared factors is settled the same way, its spending in place
/// of N.
#pragma once

#include "economy/economy.h"
#include "economy/state.h"
#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// Finds the contestable cells' N together with the prices: a semismooth Newton method in ln N over the cells in use, as
/// implicit steps of the entry dynamics d ln N / dt = x whose length grows as they settle (Kelley and Keyes 1998, pseudo-transient
/// continuation). A cell whose N falls to nothing leaves with an exact zero; an empty cell with x > 0 joins.
///
/// Starts at `state.effective_firms` for sectors with firms somewhere (an empty cell then stays empty unless entry pays), else at a
/// guess from the factors at hand, and at other guesses when that fails. Of several solutions it reaches the one to which entry
/// leads from there; an unstable one only from a start on the boundary between two basins, such as equal regions.
///
/// @return  accounts.effective_firms holds N; status and worst market (kind profit: the cell furthest from x N = 0) as for the others
[[nodiscard]] ShortRunEquilibrium solve_free_entry(const economy::Economy& economy,
                                                   const economy::TradeKernels& kernels, const economy::State& state,
                                                   const economy::Prices& start, const SolverOptions& options);

/// Writes the N found into `state`, so that the next solution starts where this one ended. Other cells are left alone.
void keep_firms(const economy::Economy& economy, const economy::TradeKernels& kernels,
                const economy::Accounts& accounts, economy::State& state);

}  // namespace pericore::equilibrium

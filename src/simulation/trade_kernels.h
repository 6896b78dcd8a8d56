/// Trade kernels made in place, for those who remake them every year.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <vector>

#include "numerics/dense_kernel.h"
#include "simulation/model.h"

namespace pericore::simulation {

/// By sector; where two sectors have the same trade costs, only the first holds a kernel. Empty: nothing made yet.
using OwnKernels = std::vector<std::shared_ptr<numerics::DenseKernel>>;

/// Writes tau^(1-sigma) of all sectors that trade at a cost, at the travel times of `shared`, into the kernels of `own`: made where missing,
/// otherwise in the memory they have. Sectors and columns at the same time on all threads.
///
/// @param symmetry  of the travel times
/// @return          `fast` of all sectors, shared with `own`; `freeness` empty
[[nodiscard]] economy::TradeKernels write_trade_kernels(const economy::Economy& economy, const Geography& geography,
                                                        const geography::TradeGeography& shared,
                                                        numerics::Symmetry symmetry,
                                                        const economy::Instruments& instruments, OwnKernels& own);

/// Fills `freeness` from dense `fast` where it is empty.
void add_freeness(economy::TradeKernels& kernels);

}  // namespace pericore::simulation

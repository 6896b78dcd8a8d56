/// Processing trade in the inversion of a base year: inputs that must come from the rest of the world.
#pragma once

#include <Eigen/Dense>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::equilibrium {

/// What processing firms must buy of each sector from abroad, [r,k]; also puts their shares into the instruments.
///
/// @param shares       [k,s] share of what s buys of k that must come from abroad; empty: none
/// @param bundle_cost  BC[r,s], of the rest of the world its sales
/// @throws InputError  if they must buy as much of a sector as is imported, or more (names sector and amounts)
[[nodiscard]] economy::Array processing_imports(const Eigen::ArrayXXd& shares, const economy::Economy& economy,
                                                const economy::Array& bundle_cost, economy::Instruments& instruments);

/// What processing adds to unit costs: the price index of all varieties from abroad, trade cost included, in place of that of all
/// varieties. Productivity makes up for it, so that the base year stays as it is.
///
/// @param log_price      ln P[r,k]
/// @param foreign_price  ln (N p^(1-sigma))^(1/(1-sigma)) abroad, by sector
void add_processing_costs(const economy::Economy& economy, const economy::TradeKernels& kernels,
                          const economy::Array& log_price, const economy::Vector& foreign_price, economy::State& state);

}  // namespace pericore::equilibrium

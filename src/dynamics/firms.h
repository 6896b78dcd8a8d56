/// Firms of a year as expected flows: exit, relocation of survivors, entry; docs/model.md#firms.
///
/// The mass of a cell is split in firms of domestic owners and foreign ones (the foreign share). Domestic firms relocate inside
/// the country and are founded out of a pool near by; foreign firms choose their region when they come from outside.
#pragma once

#include <vector>

#include "dynamics/fundamentals.h"
#include "dynamics/spatial_kernels.h"

namespace pericore::dynamics {

/// Firms that pass a door in a year, [r,s] [firms].
struct FirmFlows {
  economy::Array exits;
  economy::Array entries;  ///< of domestic founders
  economy::Array foreign_entries;
  economy::Array moved_out;
  economy::Array moved_in;
  std::vector<economy::Vector> grants;  ///< relocation grants earned, by account and destination [base-year value]
};

struct FirmYear {
  economy::Array firms;            ///< n[r,s] at the end
  economy::Array effective_firms;  ///< N[r,s]
  economy::Array foreign_share;    ///< [r,s]
  FirmFlows flows;
};

/// Cost of a move over beta.
[[nodiscard]] MoveCost relocation_cost(const FirmParameters& parameters);

/// Where founders come from: (1 - i) of them from their own region, i from others by the distance cost of relocation.
[[nodiscard]] economy::Vector founder_pool(const FirmParameters& parameters, const MoveKernel& kernel,
                                           const economy::Vector& firms);

/// Price of a unit of fixed cost: unit cost, or the fixed input's price net of subsidy [r]. Infinite or NaN where undefined.
[[nodiscard]] economy::Vector fixed_cost_price(const economy::Economy& economy, const economy::State& state,
                                               const equilibrium::ShortRunEquilibrium& equilibrium,
                                               Eigen::Index sector);

/// Share of a cell's domestic survivors that looks around, over all its firms; [r] [1/year].
[[nodiscard]] economy::Vector searching_share(const FirmParameters& parameters, double rate_factor,
                                              const economy::Vector& state_share, const economy::Vector& foreign_share);

/// One year. Order: exit at this year's profitability, relocation of survivors, entry (its pool counts firms at the start).
[[nodiscard]] FirmYear move_firms(const economy::Economy& economy, const Parameters& parameters,
                                  const Fundamentals& fundamentals, const DynamicState& state,
                                  const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial);

/// Firms of `sector` that go from r to n in the year, searchers who stay on the diagonal [firms].
[[nodiscard]] Eigen::MatrixXd relocation_matrix(const economy::Economy& economy, const Parameters& parameters,
                                                const Fundamentals& fundamentals, const DynamicState& state,
                                                const equilibrium::ShortRunEquilibrium& equilibrium,
                                                const SpatialKernels& spatial, Eigen::Index sector);

}  // namespace pericore::dynamics

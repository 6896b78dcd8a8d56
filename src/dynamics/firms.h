/// Firms of a year: exit, relocation of survivors, entry; docs/model.md#firms. A sector's firms are alike and flow as one mass, or they
/// are a population of firms that differ.
///
/// The mass of a cell is split in firms of domestic owners and foreign ones (the foreign share). Domestic firms relocate inside
/// the country and are founded out of a pool near by; foreign firms choose their region when they come from outside.
#pragma once

#include <vector>

#include "dynamics/firm_population.h"

namespace pericore::dynamics {

/// Firms that pass a door in a year, [r,s] [firms].
struct FirmFlows {
  economy::Array exits;
  economy::Array entries;  ///< of domestic founders
  economy::Array foreign_entries;
  economy::Array moved_out;
  economy::Array moved_in;
  std::vector<economy::Vector> grants;  ///< relocation grants earned, by account and destination [base-year value]
  std::vector<Eigen::MatrixXd>
      moved_between;  ///< by sector, [from,to]; empty unless asked for, and where a sector's firms do not move
};

struct FirmYear {
  economy::Array firms;                                            ///< n[r,s] at the end
  economy::Array effective_firms;                                  ///< N[r,s]
  economy::Array foreign_share;                                    ///< [r,s]
  std::vector<std::shared_ptr<const FirmPopulation>> populations;  ///< by sector; see DynamicState
  FirmFlows flows;
};

/// One year. Order: exit at this year's profitability, relocation of survivors, entry (its pool counts firms at the start).
[[nodiscard]] FirmYear move_firms(const economy::Economy& economy, const Parameters& parameters,
                                  const Fundamentals& fundamentals, const DynamicState& state,
                                  const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial);

/// Firms of `sector` that are expected to go from r to n in the year, searchers who stay on the diagonal [firms].
[[nodiscard]] Eigen::MatrixXd relocation_matrix(const economy::Economy& economy, const Parameters& parameters,
                                                const Fundamentals& fundamentals, const DynamicState& state,
                                                const equilibrium::ShortRunEquilibrium& equilibrium,
                                                const SpatialKernels& spatial, Eigen::Index sector);

}  // namespace pericore::dynamics

/// What the firms of a sector answer to in a year, whatever form they are kept in: hazards of exit, places to go, founders who come;
/// docs/model.md#firms.
#pragma once

#include <memory>
#include <vector>

#include "dynamics/fundamentals.h"
#include "dynamics/spatial_kernels.h"

namespace pericore::dynamics {

/// Origins that can claim the same grants, and what each destination is worth to them.
struct SearchClass {
  std::vector<std::size_t> grants;  ///< indices into Instruments::relocation_grants
  economy::Vector member;           ///< by region, 1 or 0
  economy::Vector log_weight;       ///< of destinations; -inf: closed
};

/// One sector in one year. Vectors by region.
struct FirmRules {
  economy::Vector
      exit_factor;  ///< exp(-kappa (x - base)), by which hazards differ from the base year; +inf: nobody stays in business
  double exit_rate = 0.0;    ///< delta: mean hazard of the base year [1/year]
  double search_rate = 0.0;  ///< of private firms [1/year]
  double state_relocation =
      1.0;  ///< rho: search rate of firms that behave as owned by the state over that of private ones [1]
  economy::Vector state_in_force;  ///< share of the sector's firms that behave as owned by the state, after reforms [1]
  economy::Vector still_state;     ///< of state firms, the share that still behaves as one, after reforms [1]
  economy::Vector log_stay;        ///< weight of staying
  std::vector<SearchClass> search;
  std::shared_ptr<const MoveKernel> kernel;
  economy::Vector entry_rate;       ///< entrants a year for each firm of the pool of founders [1/year]
  economy::Vector foreign_entries;  ///< [firms]
  std::optional<Eigen::Index> abroad;
  bool moves_between = false;  ///< whether the doors tell moves by origin and destination

  /// Rate at which firms owned by the state look around, reforms included [1/year].
  [[nodiscard]] economy::Vector state_search_rate() const {
    return search_rate * (1.0 - (1.0 - state_relocation) * still_state);
  }

  /// Exit hazard where a base-year hazard before its cut at 1 is `factor`.
  [[nodiscard]] double hazard(Eigen::Index region, double factor) const {
    return std::isinf(exit_factor(region)) ? 1.0 : std::min(1.0, factor * exit_factor(region));
  }
};

/// Cost of a move over beta.
[[nodiscard]] MoveCost relocation_cost(const FirmParameters& parameters);

/// Where founders come from: (1 - i) of them from their own region, i from others by the distance cost of relocation.
[[nodiscard]] economy::Vector founder_pool(const FirmParameters& parameters, const MoveKernel& kernel,
                                           const economy::Vector& firms);

/// Share of a cell's firms that looks around; foreign firms do not [r] [1/year].
/// @param rate              of private firms
/// @param state_relocation  rate of state firms over it
[[nodiscard]] economy::Vector searching_share(double rate, double state_relocation, const economy::Vector& state_share,
                                              const economy::Vector& foreign_share);

/// Price of a unit of fixed cost: unit cost, or the fixed input's price net of subsidy [r]. Infinite or NaN where undefined.
[[nodiscard]] economy::Vector fixed_cost_price(const economy::Economy& economy, const economy::State& state,
                                               const equilibrium::ShortRunEquilibrium& equilibrium,
                                               Eigen::Index sector);

/// Whether firm dynamics move the number of a sector's firms.
[[nodiscard]] bool moves_by_dynamics(const economy::Sector& sector);

[[nodiscard]] FirmRules firm_rules(const economy::Economy& economy, const Parameters& parameters,
                                   const Fundamentals& fundamentals, const DynamicState& state,
                                   const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial,
                                   Eigen::Index sector);

}  // namespace pericore::dynamics

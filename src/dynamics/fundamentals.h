/// What the base year fixes for good, so that without a shock every law of motion stands still; docs/model.md#steady-state.
#pragma once

#include "dynamics/observables.h"
#include "dynamics/parameters.h"
#include "dynamics/state.h"
#include "equilibrium/short_run.h"

namespace pericore::dynamics {

/// Constants of the laws of motion. -inf is a cell closed to the flow.
struct Fundamentals {
  // Firms: [r,s], sectors with entry `stock`.
  economy::Array profitability;  ///< x of the base year: rounding in cells with firms, the threshold of latent cells
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic>
      latent;                            ///< empty, and open to firms once x exceeds `profitability`
  economy::Array log_relocation_weight;  ///< z / beta: location fundamentals of relocation
  economy::Array log_entry_weight;       ///< ze = ln(firms / pool of founders)
  economy::Array operating_profit;  ///< op = F c of a firm at zero profit [base-year value], what grants are shares of
  economy::Array effective_ratio;   ///< N / n where all firms are domestic
  economy::Vector foreign_effect;   ///< by sector: phi^(sigma-1) of foreign over that of domestic firms, less 1
  economy::Array foreign_volume;    ///< foreign firms that enter a year in the base year: as many as exit [firms]

  // People: [r,f], labour factors.
  economy::Array utility;                 ///< V of the base year without amenities; NaN where the group is absent [log]
  economy::Array log_migration_weight;    ///< ln v: amenities are ln v / theta - utility
  economy::Array entrants;                ///< persons that enter a group a year, constant
  economy::Vector log_conversion_weight;  ///< destination weights of rural labour that turns to urban work
  economy::Vector conversion_access;      ///< (Q v)_r of those weights in the base year

  // Stocks.
  economy::Array stock;             ///< X[r,f] of the base year
  economy::Vector capital_scale;    ///< units of capital a real unit of investment; 0: capital stands still [1]
  economy::Vector public_outlay;    ///< real outlay into Kg of the base year [base-year value]
  double knowledge_scale = 0.0;     ///< k0
  economy::Array log_productivity;  ///< ln A0[r,s]: of the base year, or with a reference without spillovers

  Observables base;                    ///< of the base year; employment and density the reference where there is one
  economy::Vector research_log_price;  ///< ln p of the research sector
  Eigen::ArrayXXd knowledge_distance;  ///< in units of the knowledge range; empty: knowledge stays where it is
};

struct Calibration {
  Fundamentals fundamentals;
  DynamicState state;  ///< of the base year
};

/// Solves all balances to 1e-13.
///
/// @param state        base-year stocks, firms, productivity and instruments; the dynamic instruments neutral
/// @param equilibrium  of that state
/// @param travel_time  [h], regions x regions; may be empty where nothing that moves asks for it (move_kernel)
/// @param distance_km  regions x regions, in units of the knowledge range; empty: knowledge stays where it is
/// @throws InputError      if a rate is too high for a base year that stands still (says which, where, and the highest that works),
///                         or saving does not renew the capital stock
/// @throws NumericalError  if a balance does not converge
/// @throws DomainError     if sizes disagree
[[nodiscard]] Calibration calibrate_dynamics(const economy::Economy& economy, const Parameters& parameters,
                                             const economy::State& state,
                                             const equilibrium::ShortRunEquilibrium& equilibrium,
                                             const Eigen::ArrayXXd& travel_time, const Eigen::ArrayXXd& distance_km);

/// Puts the instruments of a year in force, land supply included.
void put_in_force(const economy::Economy& economy, const Fundamentals& fundamentals,
                  const economy::Instruments& instruments, DynamicState& state);

}  // namespace pericore::dynamics

/// What the laws of motion look at besides prices: population, density, public services, knowledge, specialisation.
#pragma once

#include "dynamics/parameters.h"
#include "dynamics/spatial_kernels.h"
#include "dynamics/state.h"
#include "equilibrium/short_run.h"

namespace pericore::dynamics {

/// Levels of one year. The rest of the world has zeros; what a region lacks is 0, never NaN.
struct Observables {
  economy::Vector population;        ///< [persons]
  economy::Vector density;           ///< persons a unit of the housing factor; persons where there is none
  economy::Vector public_output;     ///< G = (1 + quality) Kg / population^chi
  economy::Vector skilled_share;     ///< skilled over all labour [1]
  economy::Vector knowledge_access;  ///< sum_n exp(-distance / l) K[n]
  economy::Vector research;          ///< real output of the research sector and policy's purchases [base-year value]
  economy::Vector theta;             ///< co-agglomeration of producer services and manufacturing [1]
  economy::Array employment;         ///< [r,s] persons employed
  economy::Array
      diversity;  ///< [r,s] 1 / sum of squared employment shares among the other sectors: their equivalent number [1]
  economy::Array state_share;  ///< [r,s] after instruments [1]
};

/// Persons by region: units of labour times persons a unit; 0 for the rest of the world.
[[nodiscard]] economy::Vector population(const economy::Economy& economy, const economy::Array& stock);

/// Share of state firms in force: the state's, moved by the instrument, not below 0 nor above what foreign owners leave.
[[nodiscard]] economy::Array state_share_in_force(const DynamicState& state);

/// @param knowledge_distance  [unit of the knowledge range], regions x regions; empty: knowledge stays where it is
/// @param research_log_price  ln p of the research sector in the base year, by region; empty: this year is the base year
[[nodiscard]] Observables observe(const economy::Economy& economy, const Parameters& parameters,
                                  const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                                  const Eigen::ArrayXXd& knowledge_distance, const economy::Vector& research_log_price);

/// The same with kernels kept from earlier years.
[[nodiscard]] Observables observe(const economy::Economy& economy, const Parameters& parameters,
                                  const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                                  const SpatialKernels& spatial, const economy::Vector& research_log_price);

/// ln(now / base); 0, so that the term drops out, where one of them is not positive.
[[nodiscard]] economy::Array log_ratio(const economy::Array& now, const economy::Array& base);

}  // namespace pericore::dynamics

/// Capital, public capital, knowledge and productivity of the next year; docs/model.md#growth.
#pragma once

#include "dynamics/fundamentals.h"

namespace pericore::dynamics {

/// X' = ((1 - d) X + I / P_I) / (1 + g_K) by region, detrended; constant where nothing is invested in the base year.
[[nodiscard]] economy::Vector next_capital(const economy::Economy& economy, const GrowthParameters& growth,
                                           const Fundamentals& fundamentals, const DynamicState& state,
                                           const equilibrium::ShortRunEquilibrium& equilibrium);

/// ln P_I by region: prod P^beta.
[[nodiscard]] economy::Vector log_investment_price(const economy::Economy& economy, const economy::Prices& prices);

/// Kg' = ((1 - d_g) Kg + base-year outlay + instrument) / (1 + g).
[[nodiscard]] economy::Vector next_public_capital(const GrowthParameters& growth, const Fundamentals& fundamentals,
                                                  const DynamicState& state);

/// New knowledge of a year, k0 (R&D)^a (skilled)^b theta^c, times the shock of the year; a factor that no sector or group stands for is left out.
[[nodiscard]] economy::Vector knowledge_flow(const economy::Economy& economy, const Parameters& parameters,
                                             double scale, const DynamicState& state, const Observables& now);

/// K' = (1 - d_k) K + flow.
[[nodiscard]] economy::Vector next_knowledge(const GrowthParameters& growth, const DynamicState& state,
                                             const economy::Vector& flow);

/// ln A of next year from this year's observables; every term is relative to the base year, and left out where its base is zero
/// or it has become zero (a cell that is re-created starts from its base-year productivity):
///   ln A = ln A0 + (mar + cluster) ln(employment) + jac ln(diversity) + know ln(knowledge access) + syn ln(theta) + pub ln(G)
///          + hum ln(skilled share) - soe (state share - base) - cong (1 - relief) ln(density)
[[nodiscard]] economy::Array next_log_productivity(const economy::Economy& economy, const Parameters& parameters,
                                                   const Fundamentals& fundamentals, const DynamicState& state,
                                                   const Observables& now);

}  // namespace pericore::dynamics

/// What a year is worth to each group in each region; docs/model.md#people.
#pragma once

#include "dynamics/observables.h"
#include "dynamics/parameters.h"

namespace pericore::dynamics {

/// Disposable income a person of each group, [r,f]: its own pay after tax, and an equal share a head of all other disposable income of
/// the region (profits, rents, transfers, less levies), so that incomes of the groups add up to disposable income. NaN where the
/// group is absent and for factors that are not labour.
[[nodiscard]] economy::Array income_per_head(const economy::Economy& economy, const economy::State& state,
                                             const economy::Accounts& accounts);

/// The part of it that is pay of the own group after tax; the rest is an equal share a head of all other income.
[[nodiscard]] economy::Array pay_per_head(const economy::Economy& economy, const economy::State& state,
                                          const economy::Accounts& accounts);

/// ln of the consumer price index by region: prod P^mu W[housing]^mu_H.
[[nodiscard]] economy::Vector log_consumer_price(const economy::Economy& economy, const economy::Prices& prices);
/// Its two factors in logs: prod P^mu, and W[housing]^mu_H.
[[nodiscard]] economy::Vector log_goods_price(const economy::Economy& economy, const economy::Prices& prices);
[[nodiscard]] economy::Vector log_housing_price(const economy::Economy& economy, const economy::Prices& prices);

/// Utility of living in each region without calibrated amenities, [r,f]:
///   labour: ln(income / price index) + psi ln(access G/G0) - xi (1 - relief) ln(density / density0) + given amenity + amenity instrument;
///   other factors: ln W. NaN where the group is absent.
/// @param base  observables of the base year; a term whose base is zero is left out
/// @throws NumericalError  if a group's income is not positive (names group and region)
[[nodiscard]] economy::Array utility_without_amenities(const economy::Economy& economy, const Parameters& parameters,
                                                       const economy::State& state,
                                                       const equilibrium::ShortRunEquilibrium& equilibrium,
                                                       const Observables& now, const Observables& base);

/// What utility of the labour groups is made of beside income and prices, in log-income units.
struct UtilityTerms {
  economy::Array amenities;        ///< [r,f] given and by instrument; calibrated ones are log_amenities()
  economy::Array public_services;  ///< [r,f] psi ln(access G/G0)
  economy::Vector congestion;      ///< [r] -xi (1 - relief) ln(density / density0)
};
/// With ln(income) - ln(consumer price) they add up to utility_without_amenities.
[[nodiscard]] UtilityTerms utility_terms(const economy::Economy& economy, const Parameters& parameters,
                                         const economy::Instruments& instruments, const Observables& now,
                                         const Observables& base);

}  // namespace pericore::dynamics

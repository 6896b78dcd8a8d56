/// How the budgets of a year close (docs/model.md#accounts). All of it but the tax rate is linear, so that the same pieces serve the
/// accounts (public_accounts.h) and their derivative (market_tangent.h).
#pragma once

#include "economy/economy.h"

namespace pericore::economy {

/// Who receives housing rent; nobody where the economy has no such factor.
[[nodiscard]] Ownership rent_owners(const Economy& economy, Eigen::Index housing);

/// 1 for a region at home, 0 for the rest of the world.
[[nodiscard]] Vector domestic_regions(const Economy& economy);

/// Adds factor incomes and profits, by region where they arise, to the regions of their owners; housing rent not included.
///
/// @param foreign_share  of profits [r,s], or empty
/// @param nation  1, or 0 to leave out what crosses a region's border
void add_production_income(const Economy& economy, const Array& foreign_share, const Array& factor_income,
                           const Array& profit, double nation, Vector& income);

/// What public property earns, by region where it arises; housing rent not included.
[[nodiscard]] Vector public_property_income(const Economy& economy, const Array& factor_income);

/// Levies of all budgets: amounts by region, `amount + per_rent Q + per_own_rent (rent of the region)` with Q all housing rent of the
/// country, and what one national tax rate must yield, `taxed + taxed_per_rent Q`.
struct Levies {
  Vector base_rate;  ///< income tax that stays as it is [1]
  Vector amount;
  Vector per_rent;
  Vector per_own_rent;
  Vector main;  ///< outlays of the main budget less public property income, by region
  double taxed = 0.0;
  double taxed_per_rent = 0.0;
};

/// @param outlay  by region and Account
/// @param production, property  primary income and public property income before housing rent, by region
/// @param nation  1, or 0 to leave out sums over the nation
[[nodiscard]] Levies levies(const Economy& economy, const Ownership& rent, const Array& outlay,
                            const Vector& production, const Vector& property, double nation);

/// Consumption at a given national tax rate, linear in all housing rent: `constant + per_rent Q`.
struct ConsumptionOfRent {
  Vector constant;
  Vector per_rent;
  Vector multiplier;  ///< of what a region may spend: own rent comes back to its residents
};

[[nodiscard]] ConsumptionOfRent consumption_of_rent(const Economy& economy, const Ownership& rent, const Levies& levies,
                                                    const Vector& production, const Vector& transfers, double tax_rate);

}  // namespace pericore::economy

/// From levers to instruments: the sum of all entries in force in a year, on top of what holds without policy.
#pragma once

#include <span>

#include "economy/economy.h"
#include "policy/entry.h"

namespace pericore::policy {

/// What sizes in shares are shares of.
struct BaseYear {
  Eigen::ArrayXd gdp;         ///< [base-year value], by region; the one abroad is not read
  Eigen::ArrayXd population;  ///< [persons], by region
  Eigen::ArrayXXd sales;      ///< [base-year value], regions x sectors
};

/// Instruments in force in `year`: a copy of `base` (taxes and purchases without policy, or with trends), changed by the entries.
/// Sizes in one cell add up, in the order of the entries; without an entry in force the result is `base`, bit for bit.
///
/// Travel times are not among them: see travel_time_of_year().
///
/// @throws InputError   with all faults of problems(), or, naming year, region, sector and the entries' places, where the sum passes
///                      a limit of its instrument, where a cut exceeds what there is to cut, or where two entries contradict
/// @throws DomainError  if `base_year` or `base` do not fit the economy
/// @see docs/levers.md#instruments
[[nodiscard]] economy::Instruments instruments_of_year(const economy::Economy& economy, const BaseYear& base_year,
                                                       const economy::Instruments& base,
                                                       std::span<const PolicyEntry> entries, int year);

}  // namespace pericore::policy

/// From levers to instruments: the sum of all entries in force in a year, on top of what holds without policy.
#pragma once

#include <span>

#include "economy/economy.h"
#include "policy/entry.h"
#include "policy/rule.h"

namespace pericore::policy {

/// What sizes in shares are shares of.
struct BaseYear {
  Eigen::ArrayXd gdp;         ///< [base-year value], by region; the one abroad is not read
  Eigen::ArrayXd population;  ///< [persons], by region
  Eigen::ArrayXXd sales;      ///< [base-year value], regions x sectors
  Eigen::ArrayXXd firms;      ///< [firms], regions x sectors; empty: no lever brings firms in
  Eigen::ArrayXd
      urban_land;           ///< base-year stock of housing land [km2 or the factor's unit], by region; empty: as below
  Eigen::ArrayXd farmland;  ///< in the same unit; empty: no lever converts land
};

/// Instruments in force in `year`: a copy of `base` (taxes and purchases without policy, or with trends), changed by the entries.
/// Sizes in one cell add up, in the order of the entries; without an entry in force the result is `base`, bit for bit.
///
/// Travel times are not among them: see travel_time_of_year().
///
/// @param cells  by entry, where its rule holds (cells_in_force); empty: no entry has a rule
/// @throws InputError   with all faults of problems(), or, naming year, region, sector and the entries' places, where the sum passes
///                      a limit of its instrument, where a cut exceeds what there is to cut, or where two entries contradict
/// @throws DomainError  if `base_year` or `base` do not fit the economy
/// @see docs/levers.md#instruments
[[nodiscard]] economy::Instruments instruments_of_year(const economy::Economy& economy, const BaseYear& base_year,
                                                       const economy::Instruments& base,
                                                       std::span<const PolicyEntry> entries, int year,
                                                       std::span<const Cells> cells = {});

}  // namespace pericore::policy

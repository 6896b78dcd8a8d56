/// What sums of policies must not pass: limits of instruments, labour there is to move, purchases there are to cut.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "economy/economy.h"
#include "policy/rule.h"
#include "policy/targets.h"

namespace pericore::policy {

/// An entry in force, and how much of it.
struct Pull {
  const PolicyEntry* entry;
  Target target;
  double intensity;              ///< [1], above 0
  const Cells* cells = nullptr;  ///< in which its rule holds; null: no rule

  [[nodiscard]] bool in_force(Eigen::Index region, Eigen::Index sector) const {
    return cells == nullptr || (*cells)(region, sector) != 0;
  }
};

/// Whether a pull moves the instrument.
[[nodiscard]] bool acts_on(const Pull& pull, Instrument instrument);

/// Regions a pull acts on, in order: those in which its rule holds for any of its sectors.
[[nodiscard]] std::vector<Eigen::Index> regions_of(const Pull& pull);

/// Those in which it holds for one sector.
[[nodiscard]] std::vector<Eigen::Index> regions_of(const Pull& pull, Eigen::Index sector);

/// Share of a pull's target sectors in which its rule holds in a region [1].
[[nodiscard]] double share_in_force(const Pull& pull, Eigen::Index region);

/// Columns of the instrument's field a pull acts on: factors, sectors, or 0 where the field has none.
[[nodiscard]] std::vector<Eigen::Index> columns_of(const economy::Economy& economy, const Pull& pull,
                                                   const InstrumentRow& row);

/// "it.yaml:3:5: policies[0], it.yaml:9:5: policies[1]".
void add_place(std::string& places, const PolicyEntry& entry);

/// Limits that the instruments of a year pass, one line each: the first cell of an instrument, and the places of all entries that
/// move it. What `base` passes by itself is not reported.
[[nodiscard]] std::vector<std::string> passed_limits(const economy::Economy& economy, const economy::Instruments& base,
                                                     const economy::Instruments& sum, std::span<const Pull> pulls,
                                                     int year);

}  // namespace pericore::policy

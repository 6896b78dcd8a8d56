/// What an entry of `policies:` acts on, once defaults are filled in, and everything that can be wrong with it.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "economy/economy.h"
#include "policy/entry.h"
#include "policy/levers.h"

namespace pericore::policy {

/// An entry with its defaults filled in.
struct Target {
  const Lever* lever = nullptr;
  double size = 0.0;                                 ///< of the lever: what its cost is counted by
  std::vector<std::pair<Instrument, double>> sizes;  ///< at full intensity, none of them 0
  std::vector<char> regions;                         ///< by region
  std::vector<char> origins;                         ///< by region
  std::vector<Eigen::Index> sectors;
  std::vector<Eigen::Index> suppliers;
  double cost = 0.0;  ///< in the lever's cost unit
};

/// Fills in the defaults of one entry.
///
/// @param faults  one sentence is appended for each thing that is wrong; the target is then not to be used
[[nodiscard]] Target resolve(const economy::Economy& economy, const PolicyEntry& entry,
                             std::vector<std::string>& faults);

/// All faults of the entries that can be told before a run, one line each, starting with the entry's place: unknown levers and
/// instruments, sizes out of range, targets that do not exist or mean nothing to the lever, funding that cannot work.
[[nodiscard]] std::vector<std::string> problems(const economy::Economy& economy, std::span<const PolicyEntry> entries);

/// Factors on which an instrument of an entry acts: labour for people and wages, capital, land (housing land unless named).
[[nodiscard]] std::vector<Eigen::Index> factors_of(const economy::Economy& economy, const PolicyEntry& entry,
                                                   Instrument instrument);

/// Whether `sectors` of an entry mean something to the instrument.
[[nodiscard]] bool uses_sectors(Instrument instrument);

}  // namespace pericore::policy

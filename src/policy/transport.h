/// Travel times under transport policies (docs/levers.md#transport). Times between different regions only: a region's time to
/// itself is that of its streets.
#pragma once

#include <span>

#include "economy/economy.h"
#include "policy/entry.h"
#include "policy/rule.h"

namespace pericore::policy {

/// Whether an entry changes travel times in some year.
[[nodiscard]] bool changes_travel_time(std::span<const PolicyEntry> entries);

/// Whether the schedules of two years give the same travel times: their trade costs can then be shared, unless a rule has changed its
/// mind (same_cells).
[[nodiscard]] bool same_travel_time(std::span<const PolicyEntry> entries, int year, int other);

/// Whether the rules of transport entries hold in the same regions.
[[nodiscard]] bool same_cells(std::span<const PolicyEntry> entries, std::span<const Cells> cells,
                              std::span<const Cells> others);

/// Travel times of a year. Targets: D += v (min(D, target) - D) for the chosen pairs, v = size x intensity; of several targets for a
/// pair the fastest holds, as roads do. Cuts: times (1 - v), v added up over entries. Never above the base times unless an entry
/// may lengthen them. Symmetric where the base and given target times are.
///
/// @param base             D [h], regions x regions, without these entries; may be empty (compressed kernels) where no entry changes times
/// @param great_circle_km  [km], regions x regions; read by rules only
/// @param cells            by entry, where its rule holds: only there it has targets; empty: no entry has a rule
/// @return                 [h], regions x regions; `base` bit for bit where nothing is in force
/// @throws InputError   with all faults of problems(), or where the cuts of a pair add up to 1 and more
/// @throws DomainError  if a matrix does not fit the economy
[[nodiscard]] Eigen::MatrixXd travel_time_of_year(const economy::Economy& economy, const Eigen::MatrixXd& base,
                                                  const Eigen::MatrixXd& great_circle_km,
                                                  std::span<const PolicyEntry> entries, int year,
                                                  std::span<const Cells> cells = {});

/// Mean over partners of the ratio of travel times, by region: what a result shows of a transport policy.
///
/// @return  [1], by region; 1 = unchanged. Partners at no distance are left out
[[nodiscard]] Eigen::ArrayXd relative_travel_time(const Eigen::MatrixXd& base, const Eigen::MatrixXd& times);

}  // namespace pericore::policy

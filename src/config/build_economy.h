/// Sectors, factors and the base year of a configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/build_regions.h"
#include "config/quantity.h"
#include "config/settings.h"
#include "simulation/model.h"

namespace pericore::config {

/// Sectors, factors, closure and trade costs into `model` (its geography must be there); the economy is not calibrated yet.
void build_sectors_and_factors(const Settings& settings, const RegionData& regions, simulation::Model& model);

/// base: invert. Reads the national table and calibrates the base year exactly.
void build_base_from_data(const Settings& settings, const RegionData& regions, simulation::Model& model);

/// base: levels. Every quantity is given; prices are left to the solver.
void build_base_from_levels(const Settings& settings, const RegionData& regions, simulation::Model& model);

/// A quantity given as a number for every region, or as the name of a column of the regions with values in `range`; others are a
/// fault that calls them `misfits`, after which the result means nothing.
[[nodiscard]] economy::Vector by_region(const Settings& settings, const std::string& path, const Range& range,
                                        std::string_view misfits, const geography::RegionTable& table);

/// Indices of the sectors that are named or carry a class that is; unknown words are faults at `path`.
[[nodiscard]] std::vector<Eigen::Index> sectors_named(const Settings& settings, const std::string& path,
                                                      const std::vector<std::string>& words,
                                                      const economy::Economy& economy);

/// The same of a list of words at `path`; empty where there is none.
[[nodiscard]] std::vector<Eigen::Index> select_sectors(const Settings& settings, const std::string& path,
                                                       const economy::Economy& economy);

/// Sectors of a class, in order.
[[nodiscard]] std::vector<Eigen::Index> sectors_of_class(const economy::Economy& economy, const std::string& name);

/// Index of a factor by name; a fault and nothing where there is none.
[[nodiscard]] std::optional<Eigen::Index> factor_index(const Settings& settings, const std::string& path,
                                                       const std::string& name, const economy::Economy& economy);

}  // namespace pericore::config

/// Regions, travel times and trade costs of a configuration.
#pragma once

#include <Eigen/Dense>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.h"
#include "geography/regions.h"
#include "geography/travel_time.h"
#include "simulation/model.h"

namespace pericore::config {

/// The regions before and after those outside `regions.detail` were merged.
struct RegionData {
  geography::RegionTable members;      ///< all rows of the file
  geography::RegionTable table;        ///< regions of the run
  std::vector<Eigen::Index> mapping;   ///< by member: its region
  std::vector<std::string> sections;   ///< census sections (columns of the employment file)
  Eigen::ArrayXXd section_employment;  ///< members x sections [persons]
  std::vector<Eigen::Index> ports;     ///< members with a port; empty without a rest of the world
  bool abroad = false;                 ///< a rest of the world comes after the regions of `table`
  bool sound = false;                  ///< no fault hides names or columns of the regions
  bool counted = false;                ///< nor any number of employment
};

/// Columns of words that a selection or a jurisdiction may name.
[[nodiscard]] std::vector<std::string> text_columns(const geography::RegionTable& table);

/// Columns of numbers: coordinates, area, population and those of the file.
[[nodiscard]] std::vector<std::string> numeric_columns(const geography::RegionTable& table);

/// Reads region and employment files; faults go to the settings' collector, and what of the result means something, it says itself.
[[nodiscard]] RegionData read_regions(const Settings& settings);

/// What may differ from the configured travel times.
struct TravelTimeChange {
  std::optional<geography::TravelTimeRule> rule;            ///< for all pairs of different members, with
  std::map<std::string, geography::TravelTimeRule> within;  ///< these for pairs inside one province
  std::string network;                                      ///< key path of a CSV of edges that are added, or empty
};

/// Travel times between the run's regions (rest of the world last) over the roads open in `year`.
[[nodiscard]] Eigen::MatrixXd travel_times(const Settings& settings, const RegionData& regions, int year,
                                           const TravelTimeChange& change = {});

/// Rules by province under `path`; unknown provinces are faults.
[[nodiscard]] std::map<std::string, geography::TravelTimeRule> travel_time_rules(const Settings& settings,
                                                                                 const std::string& path,
                                                                                 const geography::RegionTable& members);

/// Everything but the sectors' trade costs. With `geography.kernel: compressed` places only, and no array of regions x regions.
[[nodiscard]] simulation::Geography build_geography(const Settings& settings, const RegionData& regions);

/// Rows selected by `path`, which is `all`, a list of names (or ids), or a map of columns to allowed values with an optional
/// `except` list; unknown names and columns are faults with the nearest spelling. By region of `table`, then abroad = 0. A condition
/// selects all: what it reads may only be known later (config/conditions.h).
[[nodiscard]] std::vector<char> select_regions(const Settings& settings, const std::string& path,
                                               const RegionData& regions);

/// Sums a column over the members of each region.
[[nodiscard]] Eigen::ArrayXd sum_by_region(const RegionData& regions, const Eigen::Ref<const Eigen::ArrayXd>& values);

}  // namespace pericore::config

/// Regions, travel times and trade costs of a configuration.
#pragma once

#include <Eigen/Dense>
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
};

/// Reads region and employment files; faults go to the settings' collector, and the result is usable only without any.
[[nodiscard]] RegionData read_regions(const Settings& settings);

/// Travel times between the run's regions (rest of the world last) when pairs of members follow the configured rules; with `rule`,
/// all pairs of different members follow it instead.
[[nodiscard]] Eigen::MatrixXd travel_times(const Settings& settings, const RegionData& regions, const geography::TravelTimeRule* rule = nullptr);

/// Everything but the sectors' trade costs.
[[nodiscard]] simulation::Geography build_geography(const Settings& settings, const RegionData& regions);

/// Rows selected by `path`, which is `all`, a list of names (or ids), or a map of columns to allowed values with an optional
/// `except` list; unknown names and columns are faults with the nearest spelling. By region of `table`, then abroad = 0.
[[nodiscard]] std::vector<char> select_regions(const Settings& settings, const std::string& path, const RegionData& regions);

/// Sums a column over the members of each region.
[[nodiscard]] Eigen::ArrayXd sum_by_region(const RegionData& regions, const Eigen::Ref<const Eigen::ArrayXd>& values);

}  // namespace pericore::config

/// Tables of a hindcast: both censuses and runs, on the units that they share.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compare/hindcast.h"
#include "config/targets_spec.h"
#include "panel/dataset.h"

namespace pericore::config {

struct UnitGroups {
  std::vector<std::pair<std::string, std::string>> names;  ///< column and label: "macro_region", "East"
  std::vector<std::vector<char>> members;                  ///< of each group, by unit
};

struct Hindcast {
  compare::HindcastData data;  ///< the first census smoothed for sampling error, the mean of runs
  UnitGroups groups;
};

/// Employment by unit and sector [persons] of a census and of runs (mean).
struct CensusLevels {
  Eigen::ArrayXXd observed;
  Eigen::ArrayXXd simulated;
  UnitGroups groups;
};

/// What the sections name that a run does not have: years, sectors, the variable of folds; faults stand at their keys. Census and hindcast alike.
void check_censuses(const TargetSet& set, const panel::Dataset& run, Faults& faults);

/// @param runs  of one scenario, with the same regions
/// @throws InputError  names, years or sectors that the runs or censuses do not have
[[nodiscard]] Hindcast hindcast_tables(const HindcastSpec& spec, std::span<const panel::Dataset* const> runs);

/// @throws InputError  as above
[[nodiscard]] CensusLevels census_levels(const CensusSpec& spec, std::span<const panel::Dataset* const> runs);

/// Co-agglomeration by unit of the sectors that the specification names, of a table of employment by its sectors.
[[nodiscard]] Eigen::ArrayXd theta(const CensusSpec& spec, const Eigen::ArrayXXd& employment);

/// Texts by region of a dimension or variable. @throws InputError  there are none of that name
[[nodiscard]] std::vector<std::string> region_texts(const panel::Dataset& panel, const std::string& name);

}  // namespace pericore::config

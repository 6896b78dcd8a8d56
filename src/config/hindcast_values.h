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

struct Hindcast {
  compare::HindcastData data;  ///< the first census smoothed for sampling error, the mean of runs
  std::vector<std::pair<std::string, std::string>> groups;  ///< column and label: "macro_region", "East"
  std::vector<std::vector<char>> members;                   ///< of each group, by unit
};

/// @param runs  of one scenario, with the same regions
/// @throws InputError  names, years or sectors that the runs or censuses do not have
[[nodiscard]] Hindcast hindcast_tables(const HindcastSpec& spec, std::span<const panel::Dataset* const> runs);

/// Texts by region of a dimension or variable. @throws InputError  there are none of that name
[[nodiscard]] std::vector<std::string> region_texts(const panel::Dataset& panel, const std::string& name);

}  // namespace pericore::config

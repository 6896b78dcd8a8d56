/// A line of blocks for a series: U+2581 to U+2588, the least value lowest, the largest highest.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "panel/dataset.h"

namespace pericore::panel {

/// One block a value; a space where it is not a number, the middle block throughout where all are the same (to 1e-9 of themselves).
/// @param longest  more values than this are shown by means of neighbours, as even shares of the line [blocks], > 0
[[nodiscard]] std::string sparkline(std::span<const double> values, std::size_t longest = 16);

/// Mean of a variable in each year, over all its other labels that have a number; empty where it has no years or holds texts.
[[nodiscard]] std::vector<double> yearly_means(const Dataset& dataset, const Variable& variable);

}  // namespace pericore::panel

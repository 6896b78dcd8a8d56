/// Slices of a sample by the value of one parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pericore::sensitivity {

struct Slices {
  std::vector<std::uint32_t> of_row;  ///< slice of each row, from 0 in rising order of the parameter
  std::size_t count = 0;              ///< none is empty
};

/// Slices of about equal numbers of rows: bounds are quantiles k/`count`, a row on a bound belongs above it, equal values stay
/// together. A parameter with no more than `count` values has a slice a value.
///
/// @param values  of the parameter, finite
[[nodiscard]] Slices slices_of(std::span<const double> values, std::size_t count);

}  // namespace pericore::sensitivity

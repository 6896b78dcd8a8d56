/// Full factorial grids, and one parameter at a time around a base point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "design/design.h"

namespace pericore::design {

/// Every combination of the levels of each parameter; the last parameter runs fastest. No memory, d divisions a row.
struct FullFactorial {
  std::vector<std::uint64_t> levels;  ///< n of each parameter, >= 1
  bool centred = false;  ///< levels at (k + 1/2)/n, else from 0 to 1 in steps of 1/(n - 1); one level stands at 1/2
};

/// A base point, then each parameter in turn at its levels, the others at their base. 1 + sum of levels rows; a level that equals
/// the base is run, too. No interaction is seen. Memory: the levels.
struct OneAtATime {
  std::vector<double> base;                 ///< d numbers in [0, 1]
  std::vector<std::vector<double>> levels;  ///< of each parameter, in [0, 1]; may be empty
};

/// What a row of OneAtATime is.
struct OneAtATimeRow {
  std::optional<std::size_t> dimension;  ///< the parameter that moved; none in the base point (row 0)
  std::size_t level = 0;                 ///< which of its levels
};

/// @throws DomainError  no parameters, a parameter without levels, or more than 2^64 rows
[[nodiscard]] DesignPointer make_design(const FullFactorial& options);

/// @throws DomainError  no parameters, levels not of each, or a number outside [0, 1]
[[nodiscard]] DesignPointer make_design(const OneAtATime& options);

/// Level of each parameter in a row, from 0.
/// @throws DomainError  no such row
[[nodiscard]] std::vector<std::uint64_t> levels_of_row(const FullFactorial& options, std::uint64_t row);

/// @throws DomainError  no such row
[[nodiscard]] OneAtATimeRow describe_row(const OneAtATime& options, std::uint64_t row);

/// Where level k of n stands in [0, 1]: k/(n - 1), or (k + 1/2)/n if centred.
[[nodiscard]] double unit_of_level(std::uint64_t level, std::uint64_t levels, bool centred);

}  // namespace pericore::design

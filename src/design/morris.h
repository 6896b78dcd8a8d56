/// Screening designs: Morris's trajectories and radial blocks, one group of parameters moved at each step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "design/design.h"
#include "design/groups.h"
#include "design/sobol.h"

namespace pericore::design {

/// Trajectories of Morris (1991): from a random start on the grid of p levels every group moves once, in random order and direction, by
/// p/(2 (p - 1)) and stays. r (G + 1) rows, trajectory by trajectory; more trajectories begin with the fewer. No memory, d draws a row.
///
/// Parameters of a group move at the same step, each in its own direction (Campolongo, Cariboni and Saltelli, 2007).
struct Morris {
  std::uint64_t trajectories = 0;  ///< r
  Groups groups;                   ///< Groups(d): each parameter alone
  std::uint64_t levels = 4;        ///< p, even: only then is each level equally likely
  std::uint64_t seed = 1;
};

/// Radial blocks (Campolongo, Saltelli and Cariboni, 2011): a base point a, then a with one coordinate at a time from a second
/// point b, both from one Sobol sequence in 2d dimensions, b four points further on. r (d + 1) rows; more blocks begin with the
/// fewer. Steps differ in length.
struct RadialMorris {
  std::uint64_t blocks = 0;  ///< r
  std::size_t dimensions = 0;
  std::uint64_t seed = 1;
  Scrambling scrambling = Scrambling::owen;
};

/// What a row of Morris or RadialMorris is.
struct MorrisRow {
  std::uint64_t block = 0;  ///< trajectory or radial block
  std::size_t step = 0;     ///< 0: its first point
  std::optional<std::size_t>
      moved;  ///< group (parameter) changed since the row before, in radial blocks since the base
};

/// @throws DomainError  no trajectories, or levels odd or 0
[[nodiscard]] DesignPointer make_design(const Morris& options);

/// @throws DomainError  no blocks, more than 2^32 - 4, or more than 1,833 parameters
[[nodiscard]] DesignPointer make_design(const RadialMorris& options);

[[nodiscard]] MorrisRow describe_row(const Morris& options, std::uint64_t row);
[[nodiscard]] MorrisRow describe_row(const RadialMorris& options, std::uint64_t row);

}  // namespace pericore::design

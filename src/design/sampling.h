/// Random samples of the unit cube: Monte Carlo and Latin hypercube.
#pragma once

#include <cstddef>
#include <cstdint>

#include "design/design.h"

namespace pericore::design {

/// Independent uniform points. A longer sample begins with the shorter one. No memory; a row costs d/2 calls of Philox.
struct MonteCarlo {
  std::uint64_t runs = 0;
  std::size_t dimensions = 0;
  std::uint64_t seed = 1;
};

/// Latin hypercube (McKay, Beckman and Conover, 1979): each parameter has exactly one run in each of n equal strata, strata of
/// different parameters are paired at random. A longer one does *not* begin with the shorter. Memory 4 n d bytes up to n = 65,536,
/// none above (see KeyedPermutation).
struct LatinHypercube {
  std::uint64_t runs = 0;  ///< n, at most 2^32
  std::size_t dimensions = 0;
  bool centred = false;  ///< in the middle of the stratum, else uniform within it
  std::uint64_t seed = 1;
};

/// Points in (0, 1)^d.
/// @throws DomainError  without runs or parameters, or too many of them
[[nodiscard]] DesignPointer make_design(const MonteCarlo& options);
[[nodiscard]] DesignPointer make_design(const LatinHypercube& options);

}  // namespace pericore::design

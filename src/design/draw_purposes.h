/// What the keyed draws of designs are for (numerics/keyed_draws.h): the same seed never serves two of them.
#pragma once

#include <cstdint>

namespace pericore::design {

enum class DrawPurpose : std::uint32_t {
  monte_carlo = 0x44000000U,
  stratum_place = 0x44010000U,
  permutation = 0x44020000U,
  scrambling = 0x44030000U,
  trajectory = 0x44040000U,
};

}  // namespace pericore::design

/// How many come where so many are expected.
#pragma once

#include <cstdint>

namespace pericore::numerics {

/// A Poisson number by inversion: where more are expected, the same random number gives no fewer.
///
/// @param expected  mean; 0 and less: nobody comes
/// @param u         uniform in (0, 1)
[[nodiscard]] std::uint64_t poisson_draw(double expected, double u);

}  // namespace pericore::numerics

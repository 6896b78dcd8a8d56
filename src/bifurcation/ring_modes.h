/// Where regions form a ring and all are alike, deviations from the even spread are waves that grow each by itself (Turing 1952; Fujita,
/// Krugman and Venables 1999, ch. 6; Akamatsu, Takayama and Ikeda 2012): growth rates by spatial frequency from one column of the
/// Jacobian, without an eigenvalue problem in the number of regions.
#pragma once

#include <complex>
#include <vector>

#include "bifurcation/stability.h"

namespace pericore::bifurcation {

/// A wave with `frequency` crests around the ring.
struct RingMode {
  int frequency = 0;            ///< 0 to R/2; 0 is a change of levels, which shares do not have
  std::complex<double> growth;  ///< the fastest of its rates [1 / unit of time]
};

/// Whether every region stands to the others as its neighbour does, in the order of the regions: equal regions and circulant trade
/// and travel costs. Compares to rounding (1e-12, relative).
[[nodiscard]] bool is_ring(const LongRun& system);

/// Growth rates of all frequencies at an even rest point of a ring, by rising frequency.
/// @throws DomainError  if the model is no ring or the state not even
[[nodiscard]] std::vector<RingMode> ring_modes(const LongRun& system, const LongRunPoint& even);

/// Of those that shares have, the one that grows fastest: which spacing of cities equal regions break into.
[[nodiscard]] const RingMode& preferred_mode(const std::vector<RingMode>& modes);

}  // namespace pericore::bifurcation

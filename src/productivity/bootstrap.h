/// How much of an efficiency is luck of the sample: the smoothed bootstrap of Simar and Wilson.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "productivity/envelopment.h"

namespace pericore::productivity {

struct BootstrapOptions {
  int replications = 2000;
  double level = 0.95;     ///< of the confidence interval [1], between 0 and 1
  std::uint64_t seed = 1;  ///< with `stream` the key of all draws
  std::uint64_t stream = 0;
  double bandwidth = 0.0;  ///< h, of 1/efficiency; 0: by the rule
};

struct BootstrapScore {
  double bias = 0.0;       ///< efficiency less the corrected one
  double corrected = 0.0;  ///< efficiency without the estimated bias
  double lower = 0.0;      ///< of the confidence interval
  double upper = 0.0;
};

struct Bootstrap {
  std::vector<BootstrapScore> scores;  ///< of the units from `first` on; empty if it cannot be done
  double bandwidth = 0.0;              ///< h, of 1/efficiency
  std::string reason;                  ///< why it cannot be done
};

/// Homogeneous smoothed bootstrap of a radial measure (Simar and Wilson, 1998, with the intervals of Simar and Wilson, 2000), in
/// d = 1/efficiency >= 1 for both orientations. Draws of d are smoothed with a normal kernel, reflected at 1 and given the variance of the
/// sample; pseudo data put each unit at its drawn distance from the estimated frontier. Corrected: 1/(2 d - mean d*); interval:
/// d less the quantiles of d* - d. The bandwidth is Silverman's (1986, eq. 3.31) of the d > 1 and their reflections, rescaled to
/// the sample as in Daraio and Simar (2007, section 3.4).
///
/// Each draw belongs to (seed, stream, replication, unit): the same bytes for any number of threads.
///
/// @param efficiency  of all units under `measure`, as Evaluator::score gives it
/// @param first       units before it only span the technology
/// @return            without scores where all units are efficient, or fewer than three are not: nothing to draw from
/// @param replicated  called after each replication, from several threads
/// @throws DomainError  if the measure is not radial, replications < 1 or the level is outside (0, 1)
[[nodiscard]] Bootstrap bootstrap(const Units& units, const Measure& measure, const std::vector<double>& efficiency,
                                  std::size_t first, const BootstrapOptions& options,
                                  const std::function<void()>& replicated = {});

}  // namespace pericore::productivity

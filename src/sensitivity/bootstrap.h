/// How well an index is known: the bootstrap, keyed, the same for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace pericore::sensitivity {

struct BootstrapOptions {
  int replications = 1000;  ///< 0: no intervals
  double level = 0.95;      ///< of the interval, between 0 and 1
  std::uint64_t seed = 1;   ///< key of the draws, with the replication
};

/// A number and how far it may be off. NaN where it cannot be told.
struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  double lower = std::numeric_limits<double>::quiet_NaN();  ///< percentile (1 - level)/2 of the replications
  double upper = std::numeric_limits<double>::quiet_NaN();  ///< percentile (1 + level)/2
  double conf = std::numeric_limits<
      double>::quiet_NaN();  ///< SALib's *_conf: normal quantile x standard deviation of the replications
};

/// Recomputes statistics from drawn items: (numbers of the items, places of the statistics).
using Statistic = std::function<void(std::span<const std::size_t>, std::span<double>)>;

/// Percentile bootstrap (Efron and Tibshirani, 1993, ch. 13): `items` items are drawn with replacement, all statistics recomputed
/// from the same draws. Replications without a number are left out; fewer than two give no interval.
///
/// @param values     the statistics of the sample itself, as they will be reported
/// @param statistic  called from several threads
/// @throws DomainError  replications < 0 or level outside (0, 1)
[[nodiscard]] std::vector<Estimate> bootstrap(std::span<const double> values, std::size_t items,
                                              const BootstrapOptions& options, const Statistic& statistic);

}  // namespace pericore::sensitivity

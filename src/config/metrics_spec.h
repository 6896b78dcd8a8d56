/// A list `metrics:` as users write it (docs/metrics.md).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/faults.h"
#include "config/node.h"
#include "config/spec_map.h"
#include "economy/economy.h"
#include "metrics/metric.h"
#include "panel/dataset.h"

namespace pericore::config {

/// A metric, and where its keys stand.
struct PlacedMetric {
  metrics::Metric metric;
  Node node;
  std::string path;  ///< "metrics[0]"
};

/// Reads a list of metrics. Unknown keys and words, what fits no panel at all, and names that come twice or cannot be those of variables are
/// faults.
/// @param path  key path of the list
/// @return      use it only if there are no faults
[[nodiscard]] std::vector<PlacedMetric> read_metrics(const Node& list, const std::string& path, Faults& faults);

/// Regions under a key, as metrics write them: names, or columns with allowed values.
[[nodiscard]] metrics::RegionFilter read_region_filter(SpecMap& map, std::string_view key);

/// Holds metrics against a panel as the runs make it; each fault stands where its key does.
void check_metrics(std::span<const PlacedMetric> metrics, const panel::Dataset& reference,
                   const metrics::Context& context, Faults& faults);

/// Without their places.
[[nodiscard]] std::vector<metrics::Metric> without_places(std::span<const PlacedMetric> metrics);

/// Classes of sectors, of a model or as the configuration in a result lists them.
[[nodiscard]] metrics::Context metrics_context(const economy::Economy& economy);
[[nodiscard]] metrics::Context metrics_context(const panel::Dataset& result);

}  // namespace pericore::config

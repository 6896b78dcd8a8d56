/// What `pericore sweep analyse` finds, as others show it.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "sweep/analyse.h"

namespace pericore::cli {

/// docs/sweep_analyse.md#csv-and-json.
[[nodiscard]] nlohmann::ordered_json analysis_json(const sweep::Sample& sample,
                                                   const std::vector<sweep::MetricAnalysis>& metrics, double level);

}  // namespace pericore::cli

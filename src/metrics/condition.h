/// Regions chosen by a condition on what the panel says of them in its first year: `gdp > 1e5 and macro_region == "East"`.
#pragma once

#include <string>
#include <vector>

#include "metrics/metric.h"
#include "panel/dataset.h"

namespace pericore::metrics {

/// By region, whether the condition holds; one that depends on a missing value does not. It reads variables by region, by year and region or by year, texts by region,
/// `name` and `id`; anything else is a fault at `key`.
[[nodiscard]] std::vector<char> regions_where(const panel::Dataset& dataset, const std::string& condition,
                                              const std::string& key, std::vector<Fault>& faults);

/// Variables that a condition reads, each once, as it names them; none of a text that is no condition.
[[nodiscard]] std::vector<std::string> condition_variables(const std::string& condition);

}  // namespace pericore::metrics

/// Selected values of one year as one number; docs/metrics.md#statistics.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "metrics/metric.h"
#include "metrics/selection.h"

namespace pericore::metrics {

/// The dimension whose labels a statistic compares; nothing where the variable has none. Position in `axes`.
[[nodiscard]] std::optional<std::size_t> axis_across(const Metric& metric, const Grid& grid);

/// How many values of a year are selected, defined or not.
[[nodiscard]] std::size_t count_selected(const Grid& grid, const Selection& selection);

/// The statistic of a year; NaN where it is not defined.
/// @param weight  of the metric; null without
/// @param groups  of regions (groups_of); empty without
[[nodiscard]] double statistic_of(const Metric& metric, const Grid& grid, const Grid* weight,
                                  const Selection& selection, std::span<const int> groups, std::size_t year,
                                  std::size_t weight_year);

}  // namespace pericore::metrics

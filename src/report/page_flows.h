/// Moves between regions on a page: the largest of them, since a country has more pairs of regions than a page can hold; docs/report.md.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "panel/dataset.h"
#include "report/packed_numbers.h"

namespace pericore::report {

/// Variables `firms_moved` and `people_moved` of a result, those that it has. Of each the pairs of regions that are among the largest in any
/// year, for any group of sectors or all together, in the year or up to it, one way or net, of the run, the baseline or their difference;
/// of every such pair all numbers, both ways: [year, group, pair, there and back], `run` and, with a baseline, `difference`. Totals over all
/// pairs: [year, group]. Of many regions moves between provinces come first, likewise (`places` has their names and regions).
///
/// @param baseline  null: none
[[nodiscard]] nlohmann::ordered_json flows_on_page(const panel::Dataset& run, const panel::Dataset* baseline,
                                                   PackedNumbers& numbers);

}  // namespace pericore::report

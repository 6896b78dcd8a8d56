/// What policies did, as far as the panel shows it: instruments that differ from the baseline.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "panel/dataset.h"

namespace pericore::report {

/// Every instrument (variables `instrument_*`) that differs anywhere: its name, unit and definition; positions of the regions, sectors and
/// factors where it does; by year the largest difference in absolute value, with its sign.
///
/// Without a baseline a difference is one from the first year.
/// @return  list, in the order of the panel
[[nodiscard]] nlohmann::ordered_json policies_in_force(const panel::Dataset& run, const panel::Dataset* baseline);

}  // namespace pericore::report

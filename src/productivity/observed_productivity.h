/// Productivity as an observer of a simulated country would measure it: from a yearbook's labour, investment and real product, not from the
/// model's own technology.
#pragma once

#include "panel/dataset.h"

namespace pericore::productivity {

/// Adds to a panel that has `labour`, `fixed_investment` and `real_gdp` by year and region:
///
/// * `capital_stock`  by perpetual inventory, depreciation 0.096, initial stock = first investment / 0.10 (Zhang, Wu and Zhang 2004)
/// * `tfp`, `te`, `ec`  the DEA-Malmquist index of real GDP from labour and capital stock under constant returns, its technical change and
///   its efficiency change (Fare, Grosskopf, Norris and Zhang 1994), chained, 1 in the first year
///
/// Regions without any of these in some year (the rest of the world) have none. Nothing is added where a variable is missing, there is one
/// year only, fewer than two regions have all three, or more than 2,000 have (the frontier would take longer than the simulation).
void add_observed_productivity(panel::Dataset& dataset);

}  // namespace pericore::productivity

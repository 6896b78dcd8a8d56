/// Scenario against baseline: the panel of differences, and what a policy changed in a few numbers.
#pragma once

#include <string>
#include <vector>

#include "panel/dataset.h"

namespace pericore::simulation {

/// Scenario minus baseline for every simulated number; coordinates and regional facts as they are.
/// @throws DomainError  if the panels have different dimensions
[[nodiscard]] panel::Dataset difference(const panel::Dataset& scenario, const panel::Dataset& baseline);

/// A table of text cells, the first row its header.
struct SummaryTable {
  std::string title;
  std::vector<std::vector<std::string>> rows;
};

/// What the last year looks like beside the first, by region (the largest ones where there are many).
[[nodiscard]] std::vector<SummaryTable> summarise(const panel::Dataset& panel);

/// What the policy changed in the last year: employment by sector, location quotients, theta, real income, fiscal cost.
[[nodiscard]] std::vector<SummaryTable> summarise_policy(const panel::Dataset& scenario,
                                                         const panel::Dataset& baseline);

/// Real cost in the last year and summed over all years [million yuan of the base year], scenario less baseline, each over its
/// consumer price index.
struct FiscalCost {
  double outlay_last_year;  ///< on levers
  double outlay_all_years;
  double
      net_last_year;  ///< outlays less taxes on production and base-rate income tax: what levies must bring in addition
  double net_all_years;
};
[[nodiscard]] FiscalCost fiscal_cost(const panel::Dataset& scenario, const panel::Dataset& baseline);

}  // namespace pericore::simulation

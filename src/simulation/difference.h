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

/// What the policy changed in the last year: employment by sector, location quotients, theta, real income. Cost and welfare: welfare/output.h.
[[nodiscard]] std::vector<SummaryTable> summarise_policy(const panel::Dataset& scenario,
                                                         const panel::Dataset& baseline);

}  // namespace pericore::simulation

/// How noisy a panel is; docs/measurement_error.md.
#pragma once

#include <algorithm>
#include <array>

namespace pericore::simulation {

/// What a statistical office counts, each with the relative standard deviation of its errors [1], >= 0.
struct MeasurementError {
  double employment = 0.0;       ///< persons employed by region and sector
  double value_added = 0.0;      ///< by region and sector
  double population = 0.0;       ///< residents by region
  double income_per_head = 0.0;  ///< by region and group
  double investment = 0.0;       ///< by region
  double government_use = 0.0;   ///< purchases by region and sector, transfers by region
  double public_capital = 0.0;   ///< by region
  double skilled = 0.0;          ///< skilled persons by region
  double new_knowledge = 0.0;    ///< by region
  double foreign_firms = 0.0;    ///< foreign firms that enter, by region and sector
  double research_use = 0.0;     ///< purchases of research by households, firms and investors, by region

  [[nodiscard]] bool any() const {
    const std::array all = {employment,     value_added, population,    income_per_head, investment,  government_use,
                            public_capital, skilled,     new_knowledge, foreign_firms,   research_use};
    return std::any_of(all.begin(), all.end(), [](double sd) { return sd > 0.0; });
  }
};

}  // namespace pericore::simulation

/// The variables of the empirical studies as a city yearbook would give them, so that their specifications run on a simulated panel
/// (docs/variables.md#as-the-studies-have-them).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "simulation/model.h"
#include "simulation/year_record.h"

namespace pericore::simulation {

struct YearbookVariable {
  std::string name;
  std::string unit;
  std::string definition;
  economy::Vector values;  ///< by region; NaN for the rest of the world and where not defined; empty where not wanted
};

/// What of a year PanelBuilder has at hand already.
struct YearbookBasis {
  const economy::Array& value_added;  ///< [million yuan], regions x sectors
  const economy::Vector& real_gdp;    ///< [million yuan of the base year]
  const economy::Vector& gdp;         ///< [million yuan]
  double deflator;                    ///< of GDP, national: nominal over real [1]
};

/// Variables whose sectors the model has: a model without producer services has no `sagg`. The list is the same every year.
/// Sectors are found by class: manufacturing, goods and construction are the secondary sector, services the tertiary, finance and
/// research by their own class.
///
/// @param wanted  whether values of the variable of this name are to be made
[[nodiscard]] std::vector<YearbookVariable> yearbook(const Model& model, const YearRecord& record,
                                                     const YearbookBasis& basis,
                                                     const std::function<bool(const char* name)>& wanted);

/// 100 (below + equal / 2) / (n - 1) among the regions at home: 0 for the least, 100 for the largest, 50 where all are equal; 100 for
/// a country of one region.
[[nodiscard]] economy::Vector rank_score(const economy::Vector& values, std::optional<Eigen::Index> abroad);

}  // namespace pericore::simulation

/// Trends of structure: `sectors.*.demand_trend`, `migration.leaving_agriculture`.
#pragma once

#include "config/settings.h"
#include "simulation/model.h"

namespace pericore::config {

/// Needs the model's sectors, factors and groups of people.
[[nodiscard]] simulation::StructuralChange build_structural_change(const Settings& settings,
                                                                   const simulation::Model& model);

}  // namespace pericore::config

/// Figures that conditions read: targets of the base year, rules of the year before.
#pragma once

#include "policy/rule.h"
#include "simulation/run.h"

namespace pericore::simulation {

/// Every variable of the panel that rules may read (PanelBuilder::watch), of the base year as it stands before trends and policies.
[[nodiscard]] policy::Figures base_year_figures(const Model& model, const BaseState& base);

/// The same for some variables. @throws DomainError  for a name that is none
[[nodiscard]] policy::Figures base_year_figures(const Model& model, const BaseState& base,
                                                const std::vector<std::string>& names);

}  // namespace pericore::simulation

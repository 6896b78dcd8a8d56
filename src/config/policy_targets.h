/// What policies aim at, taken together.
#pragma once

#include <vector>

#include "simulation/model.h"
#include "welfare/assessment.h"

namespace pericore::config {

/// Sectors and regions that any of these policies of the model targets; all sectors for a policy that acts on none in particular.
[[nodiscard]] welfare::Targets targets_of(const simulation::Model& model,
                                          const std::vector<policy::PolicyEntry>& policies);

}  // namespace pericore::config

/// What the policies of a model aim at, taken together.
#pragma once

#include "simulation/model.h"
#include "welfare/assessment.h"

namespace pericore::cli {

/// Sectors and regions that any policy of the model targets; all sectors for a policy that acts on none in particular.
[[nodiscard]] welfare::Targets targets_of(const simulation::Model& model);

}  // namespace pericore::cli

/// Laws of motion of a configuration: firms, people, growth, spillovers.
#pragma once

#include "config/build_regions.h"
#include "config/settings.h"
#include "dynamics/parameters.h"

namespace pericore::config {

/// @param model  with its geography, sectors and factors
[[nodiscard]] dynamics::Parameters build_dynamics(const Settings& settings, const RegionData& regions,
                                                  const simulation::Model& model);

}  // namespace pericore::config

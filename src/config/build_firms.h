/// Firms of a sector from a checked configuration.
#pragma once

#include <string>

#include "config/settings.h"
#include "dynamics/parameters.h"

namespace pericore::config {

/// Reads what a sector's firms do and how they differ. Adds faults: a tail without a mean, a form that nothing asks for.
/// @param sector      its name
/// @param elasticity  sigma
[[nodiscard]] dynamics::FirmParameters build_firms(const Settings& settings, const std::string& sector,
                                                   double elasticity);

}  // namespace pericore::config

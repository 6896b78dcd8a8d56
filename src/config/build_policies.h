/// Levers of a scenario: `policies:` and `trends:`.
#pragma once

#include <string>
#include <vector>

#include "config/build_regions.h"
#include "config/settings.h"
#include "policy/entry.h"

namespace pericore::config {

/// @param list  "policies" or "trends"
[[nodiscard]] std::vector<policy::PolicyEntry> build_policies(const Settings& settings, const std::string& list,
                                                              const RegionData& regions,
                                                              const economy::Economy& economy);

}  // namespace pericore::config

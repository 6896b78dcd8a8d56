/// Levers of a scenario: `policies:` and `trends:`.
#pragma once

#include <string>
#include <vector>

#include "config/build_regions.h"
#include "config/settings.h"
#include "policy/entry.h"

namespace pericore::config {

/// Entries stand where they stand in the file, faulty ones with what is known of them.
///
/// @param list  "policies" or "trends"
[[nodiscard]] std::vector<policy::PolicyEntry> build_policies(const Settings& settings, const std::string& list,
                                                              const RegionData& regions,
                                                              const economy::Economy& economy);

/// Reports what is wrong with an entry as a whole: targets that mean nothing to its lever, funding that cannot work.
///
/// @param path  of the entry, "policies[0]"
void check_entry(const Settings& settings, const std::string& path, const RegionData& regions,
                 const economy::Economy& economy, const policy::PolicyEntry& entry);

}  // namespace pericore::config

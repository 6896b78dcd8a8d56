#include "config/policy_targets.h"

#include <algorithm>

#include "policy/targets.h"

namespace pericore::config {

welfare::Targets targets_of(const simulation::Model& model, const std::vector<policy::PolicyEntry>& policies) {
  const economy::Economy& economy = model.base.economy;
  welfare::Targets targets{.regions = std::vector<char>(economy.regions.size(), 0),
                           .sectors = std::vector<char>(economy.sectors.size(), 0)};
  bool any = false;
  for (const policy::PolicyEntry& entry : policies) {
    std::vector<std::string> faults;
    const policy::Target target = policy::resolve(economy, entry, faults);
    if (!faults.empty() || target.sizes.empty()) continue;
    any = true;
    for (std::size_t r = 0; r < targets.regions.size(); ++r) {
      if (target.regions[r] != 0) targets.regions[r] = 1;
    }
    const bool by_sector = std::any_of(target.sizes.begin(), target.sizes.end(),
                                       [](const auto& part) { return policy::uses_sectors(part.first); });
    if (by_sector) {
      for (const Eigen::Index s : target.sectors) targets.sectors[static_cast<std::size_t>(s)] = 1;
    } else {
      std::fill(targets.sectors.begin(), targets.sectors.end(), char{1});
    }
  }
  return any ? targets : welfare::Targets{};
}

}  // namespace pericore::config

/// Scenarios of lever pages as models, and the Jilin baseline with something for every lever to act on.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "config/shipped.h"
#include "policy/lever_pages.h"
#include "policy/targets.h"

namespace pericore::testing {

/// The worked scenario of a lever's page.
inline simulation::Model page_model(std::string_view key, const std::vector<std::string>& options = {}) {
  std::string text(policy::page_of(key).scenario);
  const std::string extends = "extends: baseline.yaml";
  text.replace(text.find(extends), extends.size(), "extends: " + shipped(jilin).string());
  const TemporaryFolder folder;
  std::ofstream(folder / "it.yaml") << text;
  return config::load_model(folder / "it.yaml", options);
}

/// Jilin with foreign and state firms, processing trade and an area of farmland.
inline simulation::Model rich_model(std::vector<std::string> options = {}) {
  for (const char* own :
       {"sectors.mfk.foreign_share=0.15", "sectors.mfk.foreign_productivity=1.1", "sectors.fin.foreign_share=0.05",
        "sectors.fin.state_share=0.4", "sectors.fin.soe=0.2", "sectors.mfl.processing={mfl: 0.05, mfk: 0.05}",
        "sectors.mfk.processing={mfk: 0.05}", "national_accounts.farmland=0.127"})
    options.emplace_back(own);
  return shipped_model(jilin, options);
}

/// Targets of an entry, by region.
inline std::vector<char> targets_of(const simulation::Model& model, const policy::PolicyEntry& entry) {
  std::vector<std::string> faults;
  return policy::resolve(model.base.economy, entry, faults).regions;
}

}  // namespace pericore::testing

#include "policy/rule.h"

#include <algorithm>

#include "base/errors.h"

namespace pericore::policy {

std::vector<std::string> variables_of_rules(std::span<const PolicyEntry> entries) {
  std::vector<std::string> names;
  for (const PolicyEntry& entry : entries) {
    if (!entry.rule) continue;
    for (const std::string& name : entry.rule->variables) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

std::vector<Cells> cells_in_force(std::span<const PolicyEntry> entries, const Figures& figures) {
  if (std::none_of(entries.begin(), entries.end(), [](const PolicyEntry& entry) { return entry.rule != nullptr; }))
    return {};
  std::vector<Cells> all;
  for (const PolicyEntry& entry : entries) {
    if (!entry.rule) {
      all.emplace_back();
      continue;
    }
    for (const std::string& name : entry.rule->variables) {
      if (!figures.contains(name)) throw DomainError("rules: no figures of '" + name + "'");
    }
    all.push_back(entry.rule->cells(figures));
  }
  return all;
}

Eigen::ArrayXd intensity_by_region(const PolicyEntry& entry, const Cells& cells, const std::vector<char>& regions,
                                   const std::vector<Eigen::Index>& sectors, int year) {
  const double full = intensity(entry.schedule, year);
  Eigen::ArrayXd share = Eigen::ArrayXd::Zero(static_cast<Eigen::Index>(regions.size()));
  for (Eigen::Index r = 0; r < share.size(); ++r) {
    if (regions[static_cast<std::size_t>(r)] == 0) continue;
    if (cells.size() == 0) {
      share(r) = full;
    } else if (sectors.empty()) {
      share(r) = cells(r, 0) != 0 ? full : 0.0;
    } else {
      const auto held = std::count_if(sectors.begin(), sectors.end(), [&](Eigen::Index s) { return cells(r, s) != 0; });
      share(r) = full * static_cast<double>(held) / static_cast<double>(sectors.size());
    }
  }
  return share;
}

}  // namespace pericore::policy

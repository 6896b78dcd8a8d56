/// Conditions on regions and their figures: targets written as an expression, and rules of policies.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/build_regions.h"
#include "config/faults.h"
#include "config/node.h"
#include "policy/rule.h"
#include "simulation/model.h"

namespace pericore::config {

/// What a condition may read. Variables go before columns of the same name; `lq` is short for `location_quotient`.
struct ConditionScope {
  const geography::RegionTable& table;  ///< columns of the regions, which never change
  Eigen::Index regions = 0;             ///< the rest of the world, which has no columns, included
  Eigen::Index sectors = 0;
  const policy::Figures* figures = nullptr;  ///< variables of the base year; null: columns only
};

/// Whether the value at `path` is a condition: a text other than `all`.
[[nodiscard]] bool is_condition(const Settings& settings, const std::string& path);

/// Reports what is wrong with a condition before its variables are known.
void check_condition(const Settings& settings, const std::string& path);

/// Compiles the condition at `path`. Unknown variables, texts where numbers belong and looks at other years are faults that stand under
/// the character that is wrong.
[[nodiscard]] std::optional<policy::Rule> compile_condition(const Settings& settings, const std::string& path,
                                                            const ConditionScope& scope);

/// Entries that were built from the list of this name, "trends" or "policies".
struct EntryList {
  std::string name;
  std::vector<policy::PolicyEntry>* entries;
};

/// Puts conditions of `regions`, `origins` and `while` into the entries of lists, for a model whose base year is ready. The base year is
/// solved only where a condition reads more than columns of the regions. After a fault anywhere, when there is no base year, only names
/// are checked.
void add_conditions(const Settings& settings, const RegionData& regions, const simulation::Model& model,
                    const std::vector<EntryList>& lists);

}  // namespace pericore::config

/// Terms of the formula language as columns of a table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/faults.h"
#include "config/node.h"
#include "panel/table.h"

namespace pericore::config {

/// Adds a column for each term that is none yet: `log(income)`.
///
/// @param node    the list in the specification, for messages
/// @param entity  column of the entity; with `time` for lags
/// @return        names of the columns, one a term
std::vector<std::string> add_term_columns(panel::Table& table, const std::vector<std::string>& texts, const Node& node,
                                          const std::string& key_path, const std::string& entity,
                                          const std::optional<std::string>& time, Faults& faults);

}  // namespace pericore::config

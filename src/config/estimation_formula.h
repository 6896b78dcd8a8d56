/// Formulas, terms and conditions in a specification: faults stand under the character that is wrong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/faults.h"
#include "config/node.h"
#include "formula/parse.h"

namespace pericore::config {

/// Where the byte `position` of a scalar stands in its file; the scalar itself where that is not known (blocks, escapes).
[[nodiscard]] Place place_in(const Node& scalar, std::size_t position);

[[nodiscard]] std::optional<formula::Formula> read_formula(const Node& node, const std::string& key_path,
                                                           Faults& faults);
/// Terms of an entry; an entry cut by a comma, `iv: [l(x, 1)]`, is a fault that says so.
[[nodiscard]] std::optional<std::vector<formula::Term>> read_terms(const Node& node, const std::string& text,
                                                                   const std::string& key_path, Faults& faults);
[[nodiscard]] std::optional<formula::Expression> read_condition(const Node& node, const std::string& key_path,
                                                                Faults& faults);

/// Reports variables that are no columns, each with the nearest one.
void require_variables(const std::vector<formula::Mention>& mentions, const std::vector<std::string>& columns,
                       const Node& node, const std::string& key_path, Faults& faults);

}  // namespace pericore::config

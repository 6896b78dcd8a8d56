/// Parts of a panel by label, and panels put together.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "panel/dataset.h"

namespace pericore::panel {

/// One label along one dimension, such as {"region", "Changchun"} or {"year", 2015}.
struct Pick {
  std::string dimension;
  Label label;
};

/// Position of a label, nothing where it does not occur. Without coordinates, the position is its own label.
[[nodiscard]] std::optional<std::size_t> find_label(const Dimension& dimension, const Label& label);

/// One number by name, such as value(panel, "gdp", {{"region", "Changchun"}, {"year", 2015}}).
///
/// @throws DomainError  if variable or label do not exist, the variable holds text, or the picks do not leave exactly
///                      one number
[[nodiscard]] double value(const Dataset& dataset, std::string_view variable, std::span<const Pick> picks);
[[nodiscard]] double value(const Dataset& dataset, std::string_view variable, std::initializer_list<Pick> picks);

/// The part of a variable at the picked labels; the picked dimensions disappear from it.
///
/// @throws DomainError  if a label does not exist or the variable does not have the dimension
[[nodiscard]] Variable select(const Dataset& dataset, const Variable& variable, std::span<const Pick> picks);

/// Whether `more` can follow `first` along one dimension: everything but the labels and the variables with that
/// dimension is equal in both (NaN equals NaN). @throws DomainError  naming the first difference
void require_joinable(const Dataset& first, const Dataset& more, std::string_view dimension);

/// Appends `more` along one dimension, such as the years of a continued run or one more run of a sweep.
///
/// Variables with that dimension are joined along it, everything else must be equal (require_joinable) and is kept once;
/// global attributes and documents of `dataset` stay. Where the dimension has labels, they must be new.
/// @throws DomainError  naming the first difference; `dataset` is unchanged then
void append(Dataset& dataset, const Dataset& more, std::string_view dimension);

}  // namespace pericore::panel

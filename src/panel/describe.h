/// A panel for people and for other programs: what it holds, and its numbers as a table.
#pragma once

#include <span>
#include <string>

#include "panel/dataset.h"

namespace pericore::panel {

/// Dimension of regions that flows lead to; they start in `region`.
inline constexpr std::string_view destination_dimension = "region_to";

/// What a panel holds, as aligned text: dimensions; variables with dimensions, unit, range, provenance and definition;
/// attributes; documents.
[[nodiscard]] std::string describe_text(const Dataset& dataset);

/// The same as a JSON object `{dimensions, variables, attributes, documents}`, complete: all labels, documents in full.
[[nodiscard]] std::string describe_json(const Dataset& dataset);

/// The panel as a tidy table, CSV with a header line (docs/file_format.md#csv).
///
/// A row for each (run, region, year), of those that any variable written has, sorted in this order, years running
/// fastest. Flows from region to region are written only where `only` names them: their columns are too many. A variable makes one column for each combination of labels of its other dimensions, `employment:mfl`; along
/// row dimensions it lacks it is repeated. Variables without any row dimension are left out. Numbers in the shortest
/// form that reads back to the same value, NaN as an empty field; quotes as in RFC 4180, lines end with a line feed.
///
/// @param only  names of the variables to write, in this order; none for all
/// @throws DomainError  if a variable of `only` does not exist or has no row dimension
[[nodiscard]] std::string tidy_csv(const Dataset& dataset, std::span<const std::string> only = {});

/// Attribute of a variable of whole numbers that are positions, from 0, in the dimension it names.
inline constexpr std::string_view position_attribute = "position_in";

/// The variables along one dimension alone as a table, CSV with a header line: a row for each of its positions, positions in other dimensions
/// (position_attribute) by their labels.
/// @throws DomainError  if there is no such dimension
[[nodiscard]] std::string rows_csv(const Dataset& dataset, std::string_view dimension);

}  // namespace pericore::panel

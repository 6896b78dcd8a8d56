#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

#include "base/errors.h"
#include "panel/describe.h"

namespace pericore::panel {
namespace {

constexpr std::array row_order = {run_dimension, region_dimension, year_dimension};

bool is_row_dimension(std::string_view name) { return std::ranges::find(row_order, name) != row_order.end(); }

bool makes_columns(const Variable& variable) { return std::ranges::any_of(variable.dimensions, is_row_dimension); }

bool is_flow(const Variable& variable) {
  return std::ranges::find(variable.dimensions, destination_dimension) != variable.dimensions.end();
}

void append_field(std::string& csv, double number) {
  if (!std::isnan(number)) fmt::format_to(std::back_inserter(csv), "{}", number);  // shortest round-trip form
}

void append_field(std::string& csv, std::int64_t number) { fmt::format_to(std::back_inserter(csv), "{}", number); }

void append_field(std::string& csv, const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    csv += text;
    return;
  }
  csv += '"';
  for (const char c : text) csv.append(c == '"' ? 2 : 1, c);
  csv += '"';
}

/// One column: a variable at fixed labels of its other dimensions. The value of a row is at offset + sum position x
/// stride.
struct Column {
  std::string name;
  const Variable* variable;
  std::size_t offset;
  std::array<std::size_t, row_order.size()> strides;  ///< by row dimension, 0 where the variable lacks it
};

void append_columns(const Dataset& dataset, const Variable& variable, std::vector<Column>& columns) {
  const auto sizes = dataset.shape(variable);
  Column column{.name = variable.name, .variable = &variable, .offset = 0, .strides = {}};
  std::vector<std::size_t> others;  // axes, innermost first: its label changes fastest
  std::vector<std::size_t> strides(sizes.size());
  std::size_t stride = 1;
  std::size_t combinations = 1;
  for (std::size_t axis = sizes.size(); axis-- > 0; stride *= sizes[axis]) {
    strides[axis] = stride;
    const auto row = std::ranges::find(row_order, variable.dimensions[axis]);
    if (row != row_order.end()) {
      column.strides[static_cast<std::size_t>(row - row_order.begin())] = stride;
    } else {
      others.push_back(axis);
      combinations *= sizes[axis];
    }
  }
  for (std::size_t combination = 0; combination < combinations; ++combination) {
    Column one = column;
    std::string labels;
    std::size_t rest = combination;
    for (const std::size_t axis : others) {
      const std::size_t position = rest % sizes[axis];
      rest /= sizes[axis];
      one.offset += position * strides[axis];
      labels = fmt::format(":{}{}", to_text(label_at(dataset.dimension(variable.dimensions[axis]), position)), labels);
    }
    one.name += labels;
    columns.push_back(std::move(one));
  }
}

std::vector<Column> choose_columns(const Dataset& dataset, std::span<const std::string> only) {
  std::vector<Column> columns;
  if (only.empty()) {
    for (const Variable& variable : dataset.variables()) {
      if (makes_columns(variable) && !is_flow(variable)) append_columns(dataset, variable, columns);
    }
  }
  for (const std::string& name : only) {
    const Variable& variable = dataset.variable(name);
    if (!makes_columns(variable)) {
      throw DomainError(fmt::format("variable '{}' has none of the dimensions {}: it makes no column", name,
                                    fmt::join(row_order, ", ")));
    }
    append_columns(dataset, variable, columns);
  }
  return columns;
}

}  // namespace

std::string tidy_csv(const Dataset& dataset, std::span<const std::string> only) {
  const std::vector<Column> columns = choose_columns(dataset, only);
  std::array<const Dimension*, row_order.size()> keys{};  // null where no column depends on it
  std::array<std::size_t, row_order.size()> sizes{};
  for (std::size_t k = 0; k < row_order.size(); ++k) {
    const bool used = std::ranges::any_of(columns, [&](const Column& column) {
      return std::ranges::find(column.variable->dimensions, row_order[k]) != column.variable->dimensions.end();
    });
    if (used) keys[k] = &dataset.dimension(row_order[k]);
    sizes[k] = columns.empty() ? 0 : used ? keys[k]->size : 1;
  }

  std::string csv;
  const auto end_line = [&] {
    if (!csv.empty() && csv.back() == ',') csv.back() = '\n';
  };
  for (const Dimension* key : keys) {
    if (key != nullptr) csv += key->name + ",";
  }
  for (const Column& column : columns) {
    append_field(csv, column.name);
    csv += ',';
  }
  end_line();

  std::array<std::size_t, row_order.size()> at{};
  for (at[0] = 0; at[0] < sizes[0]; ++at[0]) {
    for (at[1] = 0; at[1] < sizes[1]; ++at[1]) {
      for (at[2] = 0; at[2] < sizes[2]; ++at[2]) {
        for (std::size_t k = 0; k < keys.size(); ++k) {
          if (keys[k] == nullptr) continue;
          append_field(csv, to_text(label_at(*keys[k], at[k])));
          csv += ',';
        }
        for (const Column& column : columns) {
          std::size_t place = column.offset;
          for (std::size_t k = 0; k < at.size(); ++k) place += at[k] * column.strides[k];
          std::visit([&](const auto& values) { append_field(csv, values[place]); }, column.variable->values);
          csv += ',';
        }
        end_line();
      }
    }
  }
  return csv;
}

std::string rows_csv(const Dataset& dataset, std::string_view dimension) {
  const std::size_t rows = dataset.dimension(dimension).size;
  struct RowColumn {
    const Variable* variable;
    const Dimension* labels;  ///< of positions; null where numbers are meant
  };
  std::vector<RowColumn> columns;
  std::string csv;
  for (const Variable& variable : dataset.variables()) {
    if (variable.dimensions.size() != 1 || variable.dimensions.front() != dimension) continue;
    const Dimension* labels = nullptr;
    for (const Attribute& attribute : variable.attributes) {
      if (attribute.name == position_attribute) labels = &dataset.dimension(std::get<std::string>(attribute.value));
    }
    csv += columns.empty() ? "" : ",";
    append_field(csv, variable.name);
    columns.push_back({.variable = &variable, .labels = labels});
  }
  csv += '\n';
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (c > 0) csv += ',';
      std::visit(
          [&](const auto& values) {
            using Value = typename std::decay_t<decltype(values)>::value_type;
            if constexpr (std::is_same_v<Value, std::int64_t>) {
              if (columns[c].labels != nullptr) {
                append_field(csv, to_text(label_at(*columns[c].labels, static_cast<std::size_t>(values[row]))));
                return;
              }
            }
            append_field(csv, values[row]);
          },
          columns[c].variable->values);
    }
    csv += '\n';
  }
  return csv;
}

}  // namespace pericore::panel

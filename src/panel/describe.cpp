#include "panel/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "panel/sparkline.h"

namespace pericore::panel {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr std::size_t longest_list = 60;        // columns of a terminal for the labels of a dimension
constexpr std::size_t longest_attribute = 100;  // of the value of an attribute

/// Code point that begins at `i`, which moves on; texts in a panel are valid UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& i) {
  const auto first = static_cast<unsigned char>(text[i++]);
  const int more = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  char32_t point = more == 0 ? first : static_cast<char32_t>(first & (0x3F >> more));
  for (int k = 0; k < more && i < text.size(); ++k)
    point = (point << 6) | (static_cast<unsigned char>(text[i++]) & 0x3FU);
  return point;
}

/// Columns a code point takes on a terminal: East Asian characters take two (Unicode annex 11, the blocks in common
/// use).
std::size_t columns(char32_t point) {
  const bool wide = (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
                    (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
                    (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
                    (point >= 0xFFE0 && point <= 0xFFE6) || (point >= 0x20000 && point <= 0x3FFFD);
  return wide ? 2 : 1;
}

std::size_t width(std::string_view text) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < text.size();) total += columns(next_code_point(text, i));
  return total;
}

/// One line of at most `limit` columns, cut with "...".
std::string shortened(std::string_view text, std::size_t limit) {
  std::string line;
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    const char32_t point = next_code_point(text, i);
    used += columns(point);
    if (point == '\n' || used > limit) return line + "...";
    line += text.substr(begin, i - begin);
  }
  return line;
}

/// Rows under a title, columns as wide as needed, the last one ragged.
std::string table(std::string_view title, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text = fmt::format("{}\n", title);
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += "  " + row[i];
      line.append(widths[i] - width(row[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string label_summary(const Dimension& dimension) {
  if (std::holds_alternative<std::monostate>(dimension.coordinates) || dimension.size == 0) return "no labels";
  if (!std::holds_alternative<std::vector<std::string>>(dimension.coordinates)) {
    return fmt::format("{} .. {}", to_text(label_at(dimension, 0)), to_text(label_at(dimension, dimension.size - 1)));
  }
  std::string list;
  for (std::size_t i = 0; i < dimension.size && list.size() <= 4 * longest_list; ++i) {
    list += (i == 0 ? "" : ", ") + to_text(label_at(dimension, i));
  }
  return shortened(list, longest_list);
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  std::size_t undefined = 0;  ///< values that are NaN
};

template <class Number>
Range range_of(const std::vector<Number>& values) {
  Range range;
  for (const Number number : values) {
    const auto value = static_cast<double>(number);
    if (std::isnan(value)) {
      ++range.undefined;
    } else {
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  return range;
}

Range range_of(const std::vector<std::string>& /*texts*/) { return {}; }

Range range_of(const Variable& variable) {
  return std::visit([](const auto& values) { return range_of(values); }, variable.values);
}

std::string range_summary(const Variable& variable) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&variable.values))
    return fmt::format("{} texts", texts->size());
  const Range range = range_of(variable);
  std::string text = range.low > range.high    ? "none"
                     : range.low == range.high ? fmt::format("{:.6g}", range.low)
                                               : fmt::format("{:.6g} .. {:.6g}", range.low, range.high);
  if (range.undefined > 0) text += fmt::format(" ({} undefined)", range.undefined);
  return text;
}

std::string attribute_summary(const AttributeValue& value) {
  return shortened(std::visit([](const auto& content) { return fmt::format("{}", content); }, value),
                   longest_attribute);
}

Json to_json(const Label& label) {
  return std::visit([](const auto& value) { return Json(value); }, label);
}

Json to_json(const std::vector<Attribute>& attributes) {
  Json object = Json::object();
  for (const Attribute& attribute : attributes) {
    object[attribute.name] = std::visit([](const auto& value) { return Json(value); }, attribute.value);
  }
  return object;
}

Json to_json(const Dimension& dimension) {
  Json object = {{"name", dimension.name}, {"size", dimension.size}};
  if (!dimension.unit.empty()) object["unit"] = dimension.unit;
  if (!dimension.long_name.empty()) object["long_name"] = dimension.long_name;
  if (!std::holds_alternative<std::monostate>(dimension.coordinates)) {
    object["labels"] = Json::array();
    for (std::size_t i = 0; i < dimension.size; ++i) object["labels"].push_back(to_json(label_at(dimension, i)));
  }
  return object;
}

Json to_json(const Variable& variable) {
  constexpr std::array types = {"number", "integer", "text"};  // in the order of Values
  const Range range = range_of(variable);
  Json object = {{"name", variable.name},
                 {"dimensions", variable.dimensions},
                 {"type", types.at(variable.values.index())},
                 {"unit", variable.unit},
                 {"long_name", variable.long_name},
                 {"provenance", to_text(variable.provenance)},
                 {"count", count_values(variable.values)}};
  if (range.low <= range.high) {
    object["minimum"] = range.low;
    object["maximum"] = range.high;
  }
  object["undefined"] = range.undefined;
  object["attributes"] = to_json(variable.attributes);
  return object;
}

}  // namespace

std::string describe_text(const Dataset& dataset) {
  std::vector<Row> dimensions = {{"name", "size", "labels", "definition"}};
  for (const Dimension& dimension : dataset.dimensions()) {
    dimensions.push_back(
        {dimension.name, fmt::format("{}", dimension.size), label_summary(dimension), dimension.long_name});
  }
  std::vector<Row> variables = {{"name", "dimensions", "unit", "range", "provenance", "definition"}};
  const Dimension* years = dataset.find_dimension(year_dimension);
  const bool moves = years != nullptr && years->size > 1;
  if (moves) variables.front().insert(variables.front().begin() + 4, "mean by year");
  for (const Variable& variable : dataset.variables()) {
    Row row = {variable.name,
               fmt::format("{}", fmt::join(variable.dimensions, ", ")),
               variable.unit,
               range_summary(variable),
               std::string(to_text(variable.provenance)),
               variable.long_name};
    if (moves) row.insert(row.begin() + 4, sparkline(yearly_means(dataset, variable)));
    variables.push_back(std::move(row));
    for (const Attribute& attribute : variable.attributes) {
      variables.push_back({"", fmt::format("{} = {}", attribute.name, attribute_summary(attribute.value))});
    }
  }
  std::vector<Row> attributes;
  for (const Attribute& attribute : dataset.attributes())
    attributes.push_back({attribute.name, attribute_summary(attribute.value)});
  std::vector<Row> documents;
  for (const Document& document : dataset.documents()) {
    documents.push_back({document.name, fmt::format("{} lines", std::ranges::count(document.text, '\n'))});
  }
  std::string text = table("dimensions", dimensions) + "\n" + table("variables", variables);
  if (!attributes.empty()) text += "\n" + table("attributes", attributes);
  if (!documents.empty()) text += "\n" + table("documents", documents);
  return text;
}

std::string describe_json(const Dataset& dataset) {
  Json object = {{"dimensions", Json::array()}, {"variables", Json::array()}};
  for (const Dimension& dimension : dataset.dimensions()) object["dimensions"].push_back(to_json(dimension));
  for (const Variable& variable : dataset.variables()) object["variables"].push_back(to_json(variable));
  object["attributes"] = to_json(dataset.attributes());
  object["documents"] = Json::object();
  for (const Document& document : dataset.documents()) object["documents"][document.name] = document.text;
  return object.dump(2) + "\n";
}

}  // namespace pericore::panel

#include "config/schema.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "config/parameters.h"
#include "config/yaml.h"

namespace pericore::config {
namespace {

using Json = nlohmann::ordered_json;

bool takes_number(const Parameter& row) {
  return row.type & (types::number | types::integer | types::years | types::number_map);
}

Json bounded(const Parameter& row, bool whole) {
  Json schema = {{"type", whole ? "integer" : "number"}};
  if (std::isfinite(row.range.min)) schema[row.range.min_open ? "exclusiveMinimum" : "minimum"] = row.range.min;
  if (std::isfinite(row.range.max)) schema[row.range.max_open ? "exclusiveMaximum" : "maximum"] = row.range.max;
  return schema;
}

/// A number as such, or with its unit behind it.
Json number_schema(const Parameter& row, bool whole) {
  const Json with_unit = {{"type", "string"},
                          {"pattern", R"(^\s*[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?\s*[A-Za-z%].*$)"}};
  return {{"anyOf", Json::array({bounded(row, whole), with_unit})}};
}

Json text_list(const std::vector<std::string>& words) {
  Json items = {{"type", Json::array({"string", "number", "boolean"})}};
  if (!words.empty()) items = {{"enum", words}};
  return {{"type", "array"}, {"items", items}, {"uniqueItems", true}};
}

Json map_of(const Json& value, const std::vector<std::string>& words) {
  if (words.empty()) return {{"type", "object"}, {"additionalProperties", value}};
  Json properties = Json::object();
  for (const std::string& name : words) properties[name] = value;
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

Json value_of(const Node& node) {
  if (node.kind == NodeKind::list) {
    Json list = Json::array();
    for (const Node& item : node.items) list.push_back(value_of(item));
    return list;
  }
  if (node.kind == NodeKind::map) {
    Json map = Json::object();
    for (const Entry& entry : node.entries) map[entry.key] = value_of(entry.value);
    return map;
  }
  if (!node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
  const NumberOrMessage value = parse_number(node.text, "");
  if (const double* plain = std::get_if<double>(&value); plain && !node.quoted) {
    if (*plain == std::floor(*plain) && std::abs(*plain) < 1e15) return static_cast<std::int64_t>(*plain);
    return *plain;
  }
  return node.text;
}

Json default_of(const Parameter& row) {
  Faults none;
  const Node node = parse_yaml(make_source(SourceKind::option, row.key, {}, std::string(row.fallback)), none);
  none.raise_if_any();
  return value_of(node);
}

Json leaf_schema(const Parameter& row) {
  Json forms = Json::array();
  if (row.type & types::number) forms.push_back(number_schema(row, false));
  if (row.type & types::integer) forms.push_back(number_schema(row, true));
  if (row.type & types::boolean) forms.push_back({{"type", "boolean"}});
  if (row.type & types::text) forms.push_back({{"type", Json::array({"string", "number", "boolean"})}});
  if (row.type & types::word) forms.push_back({{"enum", row.words}});
  if (row.type & types::path) forms.push_back({{"type", "string"}, {"minLength", 1}});
  if (row.type & types::texts)
    forms.push_back(text_list(row.type & types::word ? std::vector<std::string>{} : row.words));
  if (row.type & types::number_map) forms.push_back(map_of(number_schema(row, false), row.words));
  if (row.type & types::texts_map) forms.push_back(map_of(text_list({}), {}));
  if (row.type & types::years)
    forms.push_back({{"type", "array"}, {"items", bounded(row, true)}, {"minItems", 2}, {"maxItems", 2}});
  forms.push_back({{"type", "null"}});  // null stands for "not given", e.g. to undo what `extends:` brings
  return {{"anyOf", forms}};
}

Json node_schema(const ParameterNode& node, bool in_list);

Json section_schema(const ParameterNode& node, bool in_list) {
  if (const ParameterNode* entry = node.list_entry())
    return {{"type", Json::array({"array", "null"})}, {"items", node_schema(*entry, true)}};
  Json schema = {{"type", in_list ? Json("object") : Json::array({"object", "null"})}};
  Json properties = Json::object(), required = Json::array();
  schema["additionalProperties"] = false;
  for (const ParameterNode& child : node.children) {
    if (child.label == "*") {
      schema["patternProperties"] = {{"^[a-z][a-z0-9_]*$", node_schema(child, in_list)}};
    } else if (child.label.starts_with('<')) {
      schema["additionalProperties"] = node_schema(child, in_list);
    } else {
      properties[child.label] = node_schema(child, in_list);
      // Lists replace as a whole, so that their entries are complete in every file.
      if (in_list && child.row->needed == Needed::always) required.push_back(child.label);
    }
  }
  if (!properties.empty()) schema["properties"] = properties;
  if (!required.empty()) schema["required"] = required;
  return schema;
}

Json node_schema(const ParameterNode& node, bool in_list) {
  const Parameter& row = *node.row;
  Json schema = row.type == types::section ? section_schema(node, in_list) : leaf_schema(row);
  std::string description(row.definition);
  if (takes_number(row) && row.unit != "1" && !row.unit.empty()) description += fmt::format(" [{}]", row.unit);
  schema["description"] = description;
  if (!row.fallback.empty()) schema["default"] = default_of(row);
  return schema;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

/// "number", "word or list", in the singular forms of the page.
std::string type_text(const Parameter& row) {
  std::vector<std::string> kinds;
  const auto add = [&](unsigned kind, std::string_view name) {
    if (row.type & kind) kinds.emplace_back(name);
  };
  add(types::number, "number");
  add(types::integer, "whole number");
  add(types::boolean, "true or false");
  add(types::text, "text");
  add(types::word, "word");
  add(types::path, "file");
  add(types::texts, row.key == "extends" ? "list of files" : "list of words");
  add(types::number_map, "map of numbers");
  add(types::texts_map, "map of lists");
  add(types::years, "[first, last]");
  return fmt::format("{}", fmt::join(kinds, " or "));
}

std::string allowed_text(const Parameter& row) {
  if (!row.words.empty()) {
    std::string words = fmt::format("`{}`", fmt::join(row.words, "`, `"));
    if (row.type & types::number_map && !range_text(row.range).empty()) words += ": " + range_text(row.range);
    return words;
  }
  return range_text(row.range);
}

std::string default_text(const Parameter& row) {
  switch (row.needed) {
    case Needed::always:
      return "required";
    case Needed::invert:
      return row.fallback.empty() ? "required for `base: invert`"
                                  : fmt::format("`{}`; required for `base: invert`", row.fallback);
    case Needed::levels:
      return "required for `base: levels`";
    case Needed::optional:
      break;
  }
  if (row.fallback.empty()) return "none";
  return row.fallback == "\"\"" ? "empty" : fmt::format("`{}`", row.fallback);
}

/// Sections of the page: a top-level key with all below it; plain top-level keys come first, together.
std::string page_table(const std::vector<const Parameter*>& rows) {
  std::string page = "| key | unit | type | allowed | default | definition |\n|---|---|---|---|---|---|\n";
  for (const Parameter* row : rows) {
    const bool is_section = row->type == types::section;
    page += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", row->key, takes_number(*row) ? row->unit : "",
                        is_section ? "section" : type_text(*row), is_section ? "" : escaped(allowed_text(*row)),
                        is_section && row->needed == Needed::optional ? "" : escaped(default_text(*row)),
                        escaped(row->definition));
  }
  return page + "\n";
}

}  // namespace

std::string json_schema() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "pericore configuration"},
                 {"description", "An economy or a scenario of pericore; made from its parameter table."}};
  schema.update(section_schema(parameter_tree(), false));
  schema["type"] = "object";
  return schema.dump(2) + "\n";
}

std::string parameter_page() {
  std::string page =
      "# Parameters\n\n"
      "Generated from the parameter table by `pericore schema --markdown`; do not edit. How the keys belong together "
      "is told\n"
      "in [configuration.md](configuration.md).\n\n"
      "`*` is a name of your choice (lower-case letters, digits and `_`), `<column>` and `<province>` are texts from "
      "your data,\n"
      "`[]` is an entry of a list. A number may carry its unit (`200 km`, `90 min`, `20 %`); a unit that does not "
      "convert to the\n"
      "one given here is an error. Unit 1 is a plain number. `null` means: not given.\n\n";
  std::vector<const Parameter*> single;
  for (const Parameter& row : parameter_table())
    if (row.key.find('.') == std::string::npos && row.type != types::section) single.push_back(&row);
  page += "## The run\n\n" + page_table(single);

  for (const ParameterNode& node : parameter_tree().children) {
    if (node.row->type != types::section) continue;
    page += fmt::format("## {}\n\n{}\n\n", node.label, node.row->definition);
    std::vector<const Parameter*> rows;
    for (const Parameter& row : parameter_table())
      if (row.key.starts_with(node.label + ".") || row.key.starts_with(node.label + "[")) rows.push_back(&row);
    page += page_table(rows);
  }
  page.pop_back();
  return page;
}

}  // namespace pericore::config

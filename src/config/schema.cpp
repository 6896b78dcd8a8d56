#include "config/schema.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "config/parameters.h"
#include "config/spec_keys.h"
#include "config/yaml.h"

namespace pericore::config {
namespace {

using Json = nlohmann::ordered_json;

Json bounded(const Parameter& row, bool whole) {
  Json schema = {{"type", whole ? "integer" : "number"}};
  if (std::isfinite(row.range.min)) schema[row.range.min_open ? "exclusiveMinimum" : "minimum"] = row.range.min;
  if (std::isfinite(row.range.max)) schema[row.range.max_open ? "exclusiveMaximum" : "maximum"] = row.range.max;
  return schema;
}

/// A number as such; where the row has a unit, also with it behind.
Json number_schema(const Parameter& row, bool whole) {
  if (row.unit.empty()) return bounded(row, whole);
  const Json with_unit = {{"type", "string"},
                          {"pattern", R"(^\s*[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?\s*[A-Za-z%].*$)"}};
  return {{"anyOf", Json::array({bounded(row, whole), with_unit})}};
}

Json any_text() { return {{"type", Json::array({"string", "number", "boolean"})}}; }

Json text_list(const std::vector<std::string>& words) {
  Json items = any_text();
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

/// Forms of specifications alone.
void add_lists(const Parameter& row, Json& forms) {
  const Json word = row.words.empty() || row.type & types::word ? any_text() : Json{{"enum", row.words}};
  const Json words = {{"type", "array"}, {"items", word}};
  const Json number = {{"type", "number"}};
  if (row.type & types::names) {
    forms.push_back(word);
    forms.push_back(words);
  }
  if (row.type & types::numbers) forms.push_back({{"type", "array"}, {"items", number}});
  if (row.type & types::pair)
    forms.push_back({{"type", "array"}, {"items", any_text()}, {"minItems", 2}, {"maxItems", 2}});
  if (row.type & types::lists) forms.push_back({{"type", "array"}, {"items", {{"anyOf", Json::array({word, words})}}}});
}

/// Values of the row that are no sections, one schema a form.
Json leaf_forms(const Parameter& row) {
  Json forms = Json::array();
  if (row.type & types::number) forms.push_back(number_schema(row, false));
  if (row.type & types::integer) forms.push_back(number_schema(row, true));
  if (row.type & types::boolean) forms.push_back({{"type", "boolean"}});
  add_lists(row, forms);
  // A text with words is one of them; the builders look it up, and say what is nearest.
  if (row.type == types::text && !row.words.empty())
    forms.push_back({{"enum", row.words}});
  else if (row.type & types::text)
    forms.push_back(any_text());
  if (row.type & types::word) forms.push_back({{"enum", row.words}});
  if (row.type & types::path) forms.push_back({{"type", "string"}, {"minLength", 1}});
  if (row.type & types::texts)
    forms.push_back(text_list(row.type & types::word ? std::vector<std::string>{} : row.words));
  if (row.type & types::number_map) forms.push_back(map_of(number_schema(row, false), row.words));
  if (row.type & types::texts_map) forms.push_back(map_of(text_list({}), {}));
  if (row.type & types::years)
    forms.push_back({{"type", "array"}, {"items", bounded(row, true)}, {"minItems", 2}, {"maxItems", 2}});
  return forms;
}

/// @param complete  whether what must be given is required: in lists, which replace as a whole, and in specifications, which nothing extends
Json node_schema(const ParameterNode& node, bool complete);

Json list_schema(const ParameterNode& entry) {
  return {{"type", Json::array({"array", "null"})}, {"items", node_schema(entry, true)}};
}

Json map_schema(const ParameterNode& node, bool complete) {
  const bool needed = node.row != nullptr && (node.row->needed == Needed::always || node.label == "[]");
  Json schema = {{"type", complete && needed ? Json("object") : Json::array({"object", "null"})}};
  Json properties = Json::object(), required = Json::array();
  schema["additionalProperties"] = false;
  for (const ParameterNode& child : node.children) {
    if (child.label == "[]" || child.row->type == types::refused) continue;
    if (child.label == "*") {
      schema["patternProperties"] = {{"^[a-z][a-z0-9_]*$", node_schema(child, complete)}};
    } else if (child.label.starts_with('<')) {
      schema["additionalProperties"] = node_schema(child, complete);
    } else {
      properties[child.label] = node_schema(child, complete);
      if (complete && child.row->needed == Needed::always) required.push_back(child.label);
    }
  }
  if (!properties.empty()) schema["properties"] = properties;
  if (!required.empty()) schema["required"] = required;
  return schema;
}

Json section_schema(const ParameterNode& node, bool complete) {
  const ParameterNode* entry = node.list_entry();
  if (entry == nullptr) return map_schema(node, complete);
  if (node.children.size() == 1) return list_schema(*entry);
  return {{"anyOf", Json::array({list_schema(*entry), map_schema(node, complete)})}};
}

Json value_schema(const ParameterNode& node, bool complete) {
  const Parameter& row = *node.row;
  if (row.type == types::section) return section_schema(node, complete);
  if (row.type == types::anything) return Json::object();
  Json forms = leaf_forms(row);
  if (row.type & types::section) forms.push_back(section_schema(node, complete));
  // null stands for "not given", e.g. to undo what `extends:` brings.
  forms.push_back({{"type", "null"}});
  return {{"anyOf", forms}};
}

Json node_schema(const ParameterNode& node, bool complete) {
  const Parameter& row = *node.row;
  Json schema = value_schema(node, complete);
  std::string description(row.definition);
  if (row.takes_number() && row.unit != "1" && !row.unit.empty()) description += fmt::format(" [{}]", row.unit);
  schema["description"] = description;
  if (!row.fallback.empty()) schema["default"] = default_of(row);
  return schema;
}

Json kind_schema(FileKind kind) {
  Json schema = {{"title", fmt::format("pericore: {}", info(kind).name)}, {"description", info(kind).meaning}};
  schema.update(map_schema(spec_keys(kind), kind != FileKind::scenario));
  schema["type"] = "object";
  return schema;
}

std::string printed(const Json& body) {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
  schema.update(body);
  return schema.dump(2) + "\n";
}

/// What tells a kind, as a schema.
Json condition_of(const KindRule& rule) {
  Json forms = Json::array();
  for (const std::vector<std::string>& keys : rule.any_of) forms.push_back({{"required", keys}});
  return {{"anyOf", forms}};
}

}  // namespace

std::string json_schema(FileKind kind) { return printed(kind_schema(kind)); }

std::string json_schema_of_all() {
  Json schema = {{"title", "pericore"}, {"description", "Any file that pericore reads: the kind is told by its keys."}};
  schema["type"] = "object";
  Json kinds = Json::object();
  for (const FileKindInfo& each : file_kinds()) kinds[std::string(each.name)] = kind_schema(each.kind);
  const auto reference = [](FileKind kind) { return Json{{"$ref", fmt::format("#/$defs/{}", info(kind).name)}}; };
  Json chain = reference(FileKind::scenario);
  for (auto rule = kind_rules().rbegin(); rule != kind_rules().rend(); ++rule)
    chain = {{"if", condition_of(*rule)}, {"then", reference(rule->kind)}, {"else", chain}};
  schema.update(chain);
  schema["$defs"] = kinds;
  return printed(schema);
}

}  // namespace pericore::config

#include "config/parameters.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>

#include "config/parameter_rows.h"

namespace pericore::config {
namespace {

/// "policies[].funding.by" as labels: policies, [], funding, by.
std::vector<std::string> labels(std::string_view key) {
  std::vector<std::string> result;
  while (!key.empty()) {
    std::string_view label = key.substr(0, key.find('.'));
    key.remove_prefix(std::min(key.size(), label.size() + 1));
    const bool is_list = label.ends_with("[]");
    if (is_list) label.remove_suffix(2);
    result.emplace_back(label);
    if (is_list) result.emplace_back("[]");
  }
  return result;
}

}  // namespace

ParameterNode tree_of(const std::vector<Parameter>& rows) {
  ParameterNode root;
  for (const Parameter& row : rows) {
    ParameterNode* node = &root;
    for (const std::string& label : labels(row.key)) {
      auto it = std::find_if(node->children.begin(), node->children.end(),
                             [&](const ParameterNode& child) { return child.label == label; });
      if (it == node->children.end()) {
        node->children.push_back({label, nullptr, {}});
        it = std::prev(node->children.end());
      }
      node = &*it;
    }
    assert(!node->row && "a key stands twice in the table");
    node->row = &row;
  }
  return root;
}

const ParameterNode* ParameterNode::child(std::string_view key) const {
  const ParameterNode* any = nullptr;
  for (const ParameterNode& node : children) {
    if (node.label == key) return node.label == "[]" || node.label == "*" ? nullptr : &node;
    if ((node.label == "*" && is_name(key)) || node.label.starts_with('<')) any = &node;
  }
  return any;
}

const ParameterNode* ParameterNode::child(const Step& step) const {
  return step.index ? list_entry() : child(step.key);
}

const ParameterNode* ParameterNode::list_entry() const {
  const auto it =
      std::find_if(children.begin(), children.end(), [](const ParameterNode& node) { return node.label == "[]"; });
  return it == children.end() ? nullptr : &*it;
}

std::vector<std::string> ParameterNode::literal_keys() const {
  std::vector<std::string> keys;
  for (const ParameterNode& node : children)
    if (node.label != "*" && node.label != "[]" && !node.label.starts_with('<')) keys.push_back(node.label);
  return keys;
}

const std::vector<Parameter>& parameter_table() {
  static const std::vector<Parameter> table = [] {
    std::vector<Parameter> all;
    for (auto&& part : {run_parameters(), region_parameters(), factor_parameters(), sector_parameters(),
                        accounts_parameters(), dynamics_parameters(), policy_parameters()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return table;
}

const ParameterNode& parameter_tree() {
  static const ParameterNode tree = tree_of(parameter_table());
  return tree;
}

const Parameter* find_parameter(const std::vector<Step>& steps) {
  const ParameterNode* node = &parameter_tree();
  for (const Step& step : steps) {
    node = node->child(step);
    if (!node) return nullptr;
  }
  return node->row;
}

bool is_name(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return lower(c) || c == '_' || (c >= '0' && c <= '9'); });
}

std::string expected_text(const Parameter& row) {
  std::vector<std::string> kinds;
  const auto add = [&](unsigned kind, std::string_view words) {
    if (row.type & kind) kinds.emplace_back(words);
  };
  add(types::section, "a map of keys");
  add(types::number, "a number");
  add(types::integer, "a whole number");
  add(types::boolean, "true or false");
  add(types::text, "a text");
  if (row.type & types::word) kinds.push_back(row.words.size() == 1 ? "'" + row.words[0] + "'" : "a word");
  add(types::path, "the path of a file");
  add(types::texts, "a list of words");
  add(types::number_map, "a map of numbers");
  add(types::texts_map, "a map of lists");
  add(types::years, "two years [first, last]");
  add(types::names, "a text or a list of texts");
  add(types::numbers, "a list of numbers");
  add(types::pair, "a list of two");
  add(types::lists, "a list of lists");
  return fmt::format("{}", fmt::join(kinds, " or "));
}

}  // namespace pericore::config

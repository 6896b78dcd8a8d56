#include "config/spec_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/errors.h"
#include "base/spelling.h"

namespace pericore::config {

SpecMap::SpecMap(const Node& node, std::string path, const ParameterNode& keys, Faults& faults)
    : node_(node), path_(std::move(path)), keys_(keys), faults_(faults) {
  if (node.kind != NodeKind::map) faults_.add(node.place, path_, "expected a map of keys, found " + found_text(node));
}

const ParameterNode& SpecMap::child(std::string_view key) const {
  const ParameterNode* found = keys_.child(key);
  if (found == nullptr || found->row == nullptr) throw DomainError(fmt::format("the table has no key '{}'", path(key)));
  return *found;
}

const Parameter& SpecMap::row(std::string_view key) const { return *child(key).row; }

const Parameter& SpecMap::row(std::string_view key, unsigned type) const {
  const Parameter& found = row(key);
  if ((found.type & (type | types::refused)) == 0)
    throw DomainError(fmt::format("the table has another type for '{}'", path(key)));
  return found;
}

SpecMap SpecMap::below(std::string_view key) { return below(key, *node(key)); }

SpecMap SpecMap::below(std::string_view key, const Node& value) {
  static_cast<void>(row(key, types::section));
  return {value, path(key), child(key), faults_};
}

SpecMap SpecMap::entry(std::string_view key, std::size_t index) {
  const ParameterNode* entries = child(key).list_entry();
  if (entries == nullptr) throw DomainError(fmt::format("the table has no list '{}'", path(key)));
  return {node(key)->items[index], join_index(path(key), index), *entries, faults_};
}

const Node* SpecMap::node(std::string_view key) {
  static_cast<void>(child(key));
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  if (node_.kind != NodeKind::map) return nullptr;
  const Entry* entry = node_.find(key);
  return entry == nullptr || entry->value.kind == NodeKind::null ? nullptr : &entry->value;
}

bool SpecMap::has(std::string_view key) { return node(key) != nullptr; }

std::optional<std::string> SpecMap::text(std::string_view key) {
  static_cast<void>(row(key, types::text | types::path | types::word | types::names));
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == NodeKind::scalar) return value->text;
  fault(key, "expected a text, found " + found_text(*value));
  return std::nullopt;
}

std::string SpecMap::required_text(std::string_view key) {
  if (!has(key) && node_.kind == NodeKind::map) faults_.add(node_.place, path(key), "missing key");
  return text(key).value_or("");
}

std::optional<double> spec_number(const Node& node, std::string_view key_path, Faults& faults) {
  double value = 0.0;
  const std::string& text = node.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (node.kind == NodeKind::scalar && !node.quoted && error == std::errc() && end == text.data() + text.size() &&
      std::isfinite(value))
    return value;
  faults.add(node.place, key_path, "expected a number, found " + found_text(node));
  return std::nullopt;
}

namespace {

/// A scalar within the range of the row; a fault otherwise.
std::optional<double> number_in(SpecMap& map, std::string_view key, const Parameter& row) {
  const Node* value = map.node(key);
  if (value == nullptr) return std::nullopt;
  const auto result = spec_number(*value, map.path(key), map.faults());
  if (!result || row.range.contains(*result)) return result;
  map.fault(key, fmt::format("{} is out of range, allowed: {}", value->text, range_text(row.range)));
  return std::nullopt;
}

}  // namespace

std::optional<double> SpecMap::number(std::string_view key) { return number_in(*this, key, row(key, types::number)); }

std::optional<long> SpecMap::integer(std::string_view key) {
  const auto value = number_in(*this, key, row(key, types::integer));
  if (!value) return std::nullopt;
  if (std::nearbyint(*value) != *value) {
    fault(key, "expected a whole number, found " + found_text(*node(key)));
    return std::nullopt;
  }
  return static_cast<long>(*value);
}

std::optional<double> SpecMap::quantity(std::string_view key) {
  const Parameter& wanted = row(key, types::number);
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != NodeKind::scalar) {
    fault(key, fmt::format("expected a number such as 100 {}, found {}", wanted.unit, found_text(*value)));
    return std::nullopt;
  }
  const NumberOrMessage result = parse_number_in(value->text, wanted.unit, wanted.range);
  if (const double* number = std::get_if<double>(&result)) return *number;
  fault(key, std::get<std::string>(result));
  return std::nullopt;
}

std::optional<bool> SpecMap::boolean(std::string_view key) {
  static_cast<void>(row(key, types::boolean));
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == NodeKind::scalar && (value->text == "true" || value->text == "false"))
    return value->text == "true";
  fault(key, "expected true or false, found " + found_text(*value));
  return std::nullopt;
}

std::optional<std::string> SpecMap::word(std::string_view key) {
  const std::vector<std::string>& allowed = row(key, types::word).words;
  auto value = text(key);
  if (!value || std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return value;
  fault(key, fmt::format("unknown {} '{}'; allowed: {}{}", key, *value, fmt::join(allowed, ", "),
                         did_you_mean(*value, allowed)));
  return std::nullopt;
}

std::optional<std::size_t> SpecMap::choice(std::string_view key) {
  const auto found = word(key);
  if (!found) return std::nullopt;
  const std::vector<std::string>& words = row(key).words;
  return static_cast<std::size_t>(std::find(words.begin(), words.end(), *found) - words.begin());
}

std::vector<std::string> SpecMap::texts(std::string_view key) {
  static_cast<void>(row(key, types::names | types::texts));
  const Node* value = node(key);
  if (value == nullptr) return {};
  if (value->kind == NodeKind::scalar) return {value->text};
  std::vector<std::string> result;
  if (value->kind != NodeKind::list) {
    fault(key, "expected a list, found " + found_text(*value));
    return result;
  }
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const Node& item = value->items[i];
    if (item.kind == NodeKind::scalar) {
      result.push_back(item.text);
    } else {
      faults_.add(item.place, join_index(path(key), i), "expected a text, found " + found_text(item));
    }
  }
  return result;
}

void SpecMap::fault(std::string_view key, std::string_view message) {
  const Entry* entry = node_.kind == NodeKind::map ? node_.find(key) : nullptr;
  faults_.add(entry != nullptr ? entry->value.place : node_.place, path(key), message);
}

void SpecMap::finish() {
  if (node_.kind != NodeKind::map) return;
  for (const Entry& entry : node_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    faults_.add(entry.key_place, path(entry.key), "unknown key" + did_you_mean(entry.key, known_));
  }
}

}  // namespace pericore::config

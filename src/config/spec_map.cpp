#include "config/spec_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/spelling.h"

namespace pericore::config {

SpecMap::SpecMap(const Node& node, std::string path, Faults& faults)
    : node_(node), path_(std::move(path)), faults_(faults) {
  if (node.kind != NodeKind::map) faults_.add(node.place, path_, "expected a map of keys, found " + found_text(node));
}

const Node* SpecMap::node(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  if (node_.kind != NodeKind::map) return nullptr;
  const Entry* entry = node_.find(key);
  return entry == nullptr || entry->value.kind == NodeKind::null ? nullptr : &entry->value;
}

bool SpecMap::has(std::string_view key) { return node(key) != nullptr; }

std::optional<std::string> SpecMap::text(std::string_view key) {
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

std::optional<double> SpecMap::number(std::string_view key, double least, double most) {
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  const auto result = spec_number(*value, path(key), faults_);
  if (result && (*result < least || *result > most)) {
    fault(key, fmt::format("{} is out of range: {} to {}", value->text, least, most));
    return std::nullopt;
  }
  return result;
}

std::optional<long> SpecMap::integer(std::string_view key, long least, long most) {
  const auto value = number(key, static_cast<double>(least), static_cast<double>(most));
  if (!value) return std::nullopt;
  if (std::nearbyint(*value) != *value) {
    fault(key, "expected a whole number, found " + found_text(*node(key)));
    return std::nullopt;
  }
  return static_cast<long>(*value);
}

std::optional<bool> SpecMap::boolean(std::string_view key) {
  const Node* value = node(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == NodeKind::scalar && (value->text == "true" || value->text == "false"))
    return value->text == "true";
  fault(key, "expected true or false, found " + found_text(*value));
  return std::nullopt;
}

std::optional<std::string> SpecMap::word(std::string_view key, const std::vector<std::string>& allowed) {
  auto value = text(key);
  if (!value || std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return value;
  fault(key, fmt::format("unknown {} '{}'; allowed: {}{}", key, *value, fmt::join(allowed, ", "),
                         did_you_mean(*value, allowed)));
  return std::nullopt;
}

std::vector<std::string> SpecMap::texts(std::string_view key) {
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

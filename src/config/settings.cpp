#include "config/settings.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/check.h"
#include "config/parameters.h"
#include "config/yaml.h"

namespace pericore::config {
namespace {

/// A value found on the way along a key path; `place` is that of its message.
struct Found {
  const Node* node = nullptr;  ///< null if not given
  Place place;                 ///< of the value, or of the nearest section around it
};

Found find(const Node& root, const std::vector<Step>& steps) {
  Found found{&root, root.place};
  for (const Step& step : steps) {
    const Node* node = found.node;
    if (step.index) {
      if (node->kind != NodeKind::list || *step.index >= node->items.size()) return {nullptr, found.place};
      found = {&node->items[*step.index], node->items[*step.index].place};
    } else {
      const Entry* entry = node->find(step.key);
      if (!entry || entry->value.kind == NodeKind::null) return {nullptr, entry ? entry->key_place : found.place};
      found = {&entry->value, value_place(*entry)};
    }
  }
  return found;
}

const Parameter& row_of(std::string_view path, unsigned type) {
  const Parameter* row = find_parameter(parse_key_path(path));
  if (!row) throw DomainError(fmt::format("no parameter '{}' in the table", path));
  if (!(row->type & type)) throw DomainError(fmt::format("parameter '{}' is {}", path, expected_text(*row)));
  return *row;
}

/// Names deeper than the rows of the table (`inputs.mfl`, `class[1]`) are entries of maps and lists.
const Node* find_node(const Document& document, std::string_view path) {
  const std::vector<Step> steps = parse_key_path(path);
  if (steps.empty()) throw DomainError(fmt::format("'{}' is not a key path", path));
  return find(document.root, steps).node;
}

/// A value as it counts for those who read it: what it is, and where a relative path in it would start.
std::string noted(const Node* node) {
  if (node == nullptr) return {};
  return (node->place.source ? node->place.source->folder.string() : std::string()) + "\n" + canonical_yaml(*node);
}

[[noreturn]] void unavailable(std::string_view path, const Faults& faults) {
  faults.raise_if_any();
  throw DomainError(fmt::format("parameter '{}' has neither a value of this type nor a default", path));
}

double number_of(const Node& node, std::string_view path, const Parameter& row, bool whole, const Faults& faults) {
  if (node.kind != NodeKind::scalar || node.quoted) unavailable(path, faults);
  const NumberOrMessage result =
      whole ? parse_integer_in(node.text, row.unit, row.range) : parse_number_in(node.text, row.unit, row.range);
  if (const double* value = std::get_if<double>(&result)) return *value;
  unavailable(path, faults);
}

std::vector<std::string> texts_of(const Node& node, std::string_view path, const Faults& faults) {
  if (node.kind != NodeKind::list) unavailable(path, faults);
  std::vector<std::string> result;
  for (const Node& item : node.items) {
    if (item.kind != NodeKind::scalar) unavailable(path, faults);
    result.push_back(item.text);
  }
  return result;
}

}  // namespace

Settings::Settings(Document document, Faults& faults) : document_(std::move(document)), faults_(&faults) {
  unknown_ = check_document(document_, faults);
}

const Node* Settings::node_at(std::string_view path) const {
  const Node* node = find_node(document_, path);
  if (keys_read_ != nullptr) keys_read_->try_emplace(std::string(path), noted(node));
  return node;
}

bool Settings::agree_with(const KeysRead& keys) const {
  return std::all_of(keys.begin(), keys.end(),
                     [&](const auto& key) { return noted(find_node(document_, key.first)) == key.second; });
}

/// The given value, else the default; kept by value since a default is read on the spot.
Node Settings::value_or_default(std::string_view path, const Parameter& row) const {
  if (const Node* node = node_at(path)) return *node;
  if (row.fallback.empty()) unavailable(path, *faults_);
  Faults none;
  Node node = parse_yaml(make_source(SourceKind::option, "default of " + row.key, {}, std::string(row.fallback)), none);
  none.raise_if_any();
  return node;
}

double Settings::number(std::string_view path) const {
  const Parameter& row = row_of(path, types::number);
  // Most numbers are read this way and once a sector: the default needs no YAML.
  if (const Node* node = node_at(path)) return number_of(*node, path, row, false, *faults_);
  const NumberOrMessage fallback = parse_number_in(row.fallback, row.unit, row.range);
  if (const double* value = std::get_if<double>(&fallback)) return *value;
  unavailable(path, *faults_);
}

int Settings::integer(std::string_view path) const {
  const Parameter& row = row_of(path, types::integer);
  const double value = number_of(value_or_default(path, row), path, row, true, *faults_);
  constexpr double most = 2147483647.0;
  if (value > most || value < -most) throw DomainError(fmt::format("parameter '{}' does not fit an int", path));
  return static_cast<int>(value);
}

unsigned Settings::seed() const {
  const Parameter& row = row_of("seed", types::integer);
  return static_cast<unsigned>(number_of(value_or_default("seed", row), "seed", row, true, *faults_));
}

bool Settings::boolean(std::string_view path) const {
  const Node node = value_or_default(path, row_of(path, types::boolean));
  if (node.kind != NodeKind::scalar || (node.text != "true" && node.text != "false")) unavailable(path, *faults_);
  return node.text == "true";
}

std::string Settings::text(std::string_view path) const {
  const Node node = value_or_default(path, row_of(path, types::text | types::word | types::path));
  if (node.kind != NodeKind::scalar) unavailable(path, *faults_);
  return node.text;
}

std::vector<std::string> Settings::texts(std::string_view path) const {
  return texts_of(value_or_default(path, row_of(path, types::texts)), path, *faults_);
}

std::vector<std::pair<std::string, double>> Settings::numbers_by_name(std::string_view path) const {
  const Parameter& row = row_of(path, types::number_map);
  const Node node = value_or_default(path, row);
  if (node.kind != NodeKind::map) unavailable(path, *faults_);
  std::vector<std::pair<std::string, double>> result;
  for (const Entry& entry : node.entries)
    result.emplace_back(entry.key, number_of(entry.value, path, row, false, *faults_));
  return result;
}

std::vector<std::pair<std::string, std::vector<std::string>>> Settings::texts_by_name(std::string_view path) const {
  const Node node = value_or_default(path, row_of(path, types::texts_map));
  if (node.kind != NodeKind::map) unavailable(path, *faults_);
  std::vector<std::pair<std::string, std::vector<std::string>>> result;
  for (const Entry& entry : node.entries) result.emplace_back(entry.key, texts_of(entry.value, path, *faults_));
  return result;
}

std::pair<int, int> Settings::years(std::string_view path) const {
  const Parameter& row = row_of(path, types::years);
  const Node node = value_or_default(path, row);
  if (node.kind != NodeKind::list || node.items.size() != 2) unavailable(path, *faults_);
  const auto year = [&](const Node& item) { return static_cast<int>(number_of(item, path, row, true, *faults_)); };
  return {year(node.items[0]), year(node.items[1])};
}

std::filesystem::path Settings::path(std::string_view path) const {
  const Node node = value_or_default(path, row_of(path, types::path));
  if (node.kind != NodeKind::scalar) unavailable(path, *faults_);
  return (node.place.source->folder / node.text).lexically_normal();
}

bool Settings::has(std::string_view path) const {
  (void)row_of(path, ~0u);
  return node_at(path) != nullptr;
}

bool Settings::is_number(std::string_view path) const {
  const Parameter& row = row_of(path, types::number);
  const Node* node = node_at(path);
  return node && node->kind == NodeKind::scalar && !node->quoted &&
         std::holds_alternative<double>(parse_number_in(node->text, row.unit, row.range));
}

bool Settings::is_list(std::string_view path) const {
  (void)row_of(path, ~0u);
  const Node* node = node_at(path);
  return node && node->kind == NodeKind::list;
}

bool Settings::is_map(std::string_view path) const {
  (void)row_of(path, ~0u);
  const Node* node = node_at(path);
  return node && node->kind == NodeKind::map;
}

std::vector<std::string> Settings::names(std::string_view path) const {
  (void)row_of(path, types::section | types::number_map | types::texts_map);
  std::vector<std::string> result;
  if (const Node* node = node_at(path))
    for (const Entry& entry : node->entries) result.push_back(entry.key);
  return result;
}

std::size_t Settings::count(std::string_view path) const {
  (void)row_of(path, types::section | types::texts);
  const Node* node = node_at(path);
  return node ? node->items.size() : 0;
}

const Node* Settings::node(std::string_view path) const {
  (void)row_of(path, ~0u);
  return node_at(path);
}

Place Settings::place(std::string_view path) const { return find(document_.root, parse_key_path(path)).place; }

void Settings::fault(std::string_view path, std::string_view message) const {
  faults_->add(place(path), path, message);
}

void Settings::unknown_name(std::string_view path, std::string_view kind, std::string_view name,
                            std::span<const std::string> known) const {
  fault(path, fmt::format("unknown {} {}{}", kind, shown(name), did_you_mean(name, known)));
}

bool Settings::doubtful(std::string_view path) const {
  const auto holds = [](std::string_view outer, std::string_view inner) {
    return inner.starts_with(outer) &&
           (inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[');
  };
  return std::any_of(unknown_.begin(), unknown_.end(),
                     [&](const std::string& unknown) { return holds(unknown, path) || holds(path, unknown); });
}

bool Settings::attempt(const std::function<void()>& part) const {
  try {
    part();
    return true;
  } catch (const std::exception&) {
    if (faults_->empty()) throw;
    return false;  // follows from what was reported, or is found once that is mended
  }
}

bool Settings::require(std::string_view path, std::string_view why) const {
  if (has(path)) return true;
  if (doubtful(path)) return false;
  const Parameter& row = row_of(path, ~0u);
  fault(path, fmt::format("missing key ({}): {}", why, row.definition));
  return false;
}

}  // namespace pericore::config

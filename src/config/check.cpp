#include "config/check.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/spelling.h"
#include "config/parameters.h"

namespace pericore::config {
namespace {

/// Walks the document along the table, and mends it on the way.
class Checker {
 public:
  Checker(std::string base, bool complete, Faults& faults)
      : base_(std::move(base)), complete_(complete), faults_(faults) {}

  void check_section(Node& node, const ParameterNode& table, const Place& place, const std::string& path) {
    if (const ParameterNode* entry_table = table.list_entry()) {
      check_list(node, *entry_table, place, path);
      return;
    }
    if (node.kind != NodeKind::map && node.kind != NodeKind::null) {
      faults_.add(place, path, fmt::format("expected a map of keys, found {}", found_text(node)));
      // What the keys should have been is not known, but the section is there: its name may be meant elsewhere.
      unknown_.push_back(path);
      node = {.kind = NodeKind::map, .place = node.place, .text = {}, .quoted = false, .items = {}, .entries = {}};
      return;
    }
    for (Entry& entry : node.entries) name_entry(entry, node, table, path);
    std::erase_if(node.entries, [](const Entry& entry) { return entry.key.empty(); });
    for (Entry& entry : node.entries) check_entry(entry, *table.child(entry.key), path);
    for (const ParameterNode& wanted : table.children) check_presence(node, wanted, place, path);
  }

  [[nodiscard]] std::vector<std::string> take_unknown() { return std::move(unknown_); }

 private:
  void check_list(Node& node, const ParameterNode& entry_table, const Place& place, const std::string& path) {
    if (node.kind == NodeKind::null) return;
    if (node.kind != NodeKind::list) {
      faults_.add(place, path, fmt::format("expected a list of maps, found {}", found_text(node)));
      forget(node, path);
      return;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i)
      check_section(node.items[i], entry_table, node.items[i].place, join_index(path, i));
  }

  /// Gives a misspelt key the name that is proposed; a key without a meaning loses its name.
  void name_entry(Entry& entry, const Node& section, const ParameterNode& table, const std::string& path) {
    const ParameterNode* child = table.child(entry.key);
    if (child && child->row) return;
    faults_.add(entry.key_place, join_key(path, entry.key), unknown_key(entry, table));
    const std::string nearest{nearest_spelling(entry.key, table.literal_keys())};
    const bool names = takes_names(table);
    if (names) unknown_.push_back(path);
    const bool free = !names && !nearest.empty() && section.find(nearest) == nullptr;
    const bool fits =
        free && (table.child(nearest)->row->type != types::section ||
                 entry.value.kind == (table.child(nearest)->list_entry() ? NodeKind::list : NodeKind::map));
    if (free && !fits) unknown_.push_back(join_key(path, nearest));
    entry.key = fits ? nearest : "";
  }

  void check_entry(Entry& entry, const ParameterNode& table, const std::string& path) {
    const std::string key = join_key(path, entry.key);
    if (table.row->type == types::section) {
      check_section(entry.value, table, value_place(entry), key);
      return;
    }
    const OwnFaults own(faults_);
    check_value(entry.value, *table.row, value_place(entry), key);
    if (own.any()) forget(entry.value, key);
  }

  /// Takes a faulty value out, as if it were not given.
  void forget(Node& node, const std::string& path) {
    unknown_.push_back(path);
    node = {};
  }

  static bool takes_names(const ParameterNode& table) {
    return std::any_of(table.children.begin(), table.children.end(),
                       [](const ParameterNode& child) { return child.label == "*"; });
  }

  static std::string unknown_key(const Entry& entry, const ParameterNode& table) {
    if (takes_names(table)) return "not a name: use lower-case letters, digits and _, a letter first";
    const std::string hint = did_you_mean(entry.key, table.literal_keys());
    if (!hint.empty()) return "unknown key" + hint;
    // A known key in the wrong section is the next most likely slip.
    for (const Parameter& row : parameter_table())
      if (row.key.ends_with("." + entry.key) && row.key.find_first_of("*<[") == std::string::npos)
        return fmt::format("unknown key here; did you mean '{}'?", row.key);
    return fmt::format("unknown key; known here: {}", fmt::join(table.literal_keys(), ", "));
  }

  bool is_needed(const Parameter& row) const {
    return row.needed == Needed::always || (row.needed == Needed::invert && base_ == "invert") ||
           (row.needed == Needed::levels && base_ == "levels");
  }

  void check_presence(const Node& node, const ParameterNode& wanted, const Place& place, const std::string& path) {
    if (!complete_ || !wanted.row || !is_needed(*wanted.row)) return;
    const Entry* entry = node.find(wanted.label);
    const bool is_empty_section = entry && wanted.row->type == types::section && entry->value.kind == NodeKind::map &&
                                  entry->value.entries.empty();
    if (entry && entry->value.kind != NodeKind::null && !is_empty_section) return;
    const std::string key = join_key(path, wanted.label);
    if (std::find(unknown_.begin(), unknown_.end(), key) != unknown_.end()) return;  // given, but faulty
    unknown_.push_back(key);
    const std::string why = wanted.row->needed == Needed::always ? "" : fmt::format(" (base: {})", base_);
    faults_.add(place, path, fmt::format("missing key '{}'{}: {}", wanted.label, why, wanted.row->definition));
  }

  void check_value(const Node& node, const Parameter& row, const Place& place, const std::string& key) {
    switch (node.kind) {
      case NodeKind::null:
        return;  // as if not given
      case NodeKind::scalar:
        check_scalar(node, row, place, key);
        return;
      case NodeKind::list:
        if (row.type & types::years)
          check_years(node, row, place, key);
        else if (row.type & types::texts)
          check_texts(node, row.type & types::word ? std::span<const std::string>{} : row.words, key);
        else
          wrong_type(node, row, place, key);
        return;
      case NodeKind::map:
        if (row.type & types::number_map)
          check_number_map(node, row, key);
        else if (row.type & types::texts_map)
          check_texts_map(node, key);
        else
          wrong_type(node, row, place, key);
        return;
    }
  }

  void wrong_type(const Node& node, const Parameter& row, const Place& place, const std::string& key) {
    std::string hint;
    if (node.kind == NodeKind::scalar && row.type & types::texts)
      hint = fmt::format("; a list is written [{}]", node.text);
    faults_.add(place, key, fmt::format("expected {}, found {}{}", expected_text(row), found_text(node), hint));
  }

  void check_scalar(const Node& node, const Parameter& row, const Place& place, const std::string& key) {
    if (row.type & types::word && std::find(row.words.begin(), row.words.end(), node.text) != row.words.end()) return;
    if (row.type & (types::text | types::path)) {
      // A text that begins as a number in a row that takes both is meant as one.
      const bool meant_as_number =
          row.type & types::number && !node.quoted && node.text.find_first_of("0123456789") == 0;
      if (row.type & types::path && node.text.empty())
        faults_.add(place, key, "expected the path of a file, found nothing");
      if (meant_as_number) check_number(node, row, place, key);
      return;
    }
    if (row.type & (types::number | types::integer)) {
      check_number(node, row, place, key);
    } else if (row.type & types::boolean) {
      check_boolean(node, row, place, key);
    } else if (row.type == types::word) {
      faults_.add(place, key, unknown_word(node.text, row.words));
    } else {
      wrong_type(node, row, place, key);
    }
  }

  static std::string unknown_word(std::string_view found, std::span<const std::string> words) {
    return fmt::format("unknown word {}, allowed: {}{}", shown(found), fmt::join(words, ", "),
                       did_you_mean(found, words));
  }

  void check_number(const Node& node, const Parameter& row, const Place& place, const std::string& key) {
    if (node.quoted) {
      faults_.add(
          place, key,
          fmt::format("expected {}, found the text {}; remove the quotes", expected_text(row), shown(node.text)));
      return;
    }
    const NumberOrMessage result = row.type & types::integer ? parse_integer_in(node.text, row.unit, row.range)
                                                             : parse_number_in(node.text, row.unit, row.range);
    if (const std::string* message = std::get_if<std::string>(&result)) faults_.add(place, key, *message);
  }

  void check_boolean(const Node& node, const Parameter& row, const Place& place, const std::string& key) {
    if (!node.quoted && (node.text == "true" || node.text == "false")) return;
    const auto is_any = [&](std::initializer_list<std::string_view> forms) {
      return std::find(forms.begin(), forms.end(), node.text) != forms.end();
    };
    std::string hint;
    if (is_any({"yes", "Yes", "YES", "on", "On", "ON", "y", "Y", "True", "TRUE", "1"})) hint = "; write true";
    if (is_any({"no", "No", "NO", "off", "Off", "OFF", "n", "N", "False", "FALSE", "0"})) hint = "; write false";
    faults_.add(place, key, fmt::format("expected {}, found {}{}", expected_text(row), shown(node.text), hint));
  }

  void check_texts(const Node& list, std::span<const std::string> words, const std::string& key) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const Node& item = list.items[i];
      const std::string path = join_index(key, i);
      if (item.kind != NodeKind::scalar)
        faults_.add(item.place, path, fmt::format("expected a word, found {}", found_text(item)));
      else if (!seen.insert(item.text).second)
        faults_.add(item.place, path, fmt::format("{} is listed twice", shown(item.text)));
      else if (!words.empty() && std::find(words.begin(), words.end(), item.text) == words.end())
        faults_.add(item.place, path, unknown_word(item.text, words));
    }
  }

  void check_years(const Node& list, const Parameter& row, const Place& place, const std::string& key) {
    if (list.items.size() != 2) {
      faults_.add(place, key, fmt::format("expected {}, found a list of {}", expected_text(row), list.items.size()));
      return;
    }
    double value[2] = {};
    for (std::size_t i = 0; i < 2; ++i) {
      const Node& item = list.items[i];
      NumberOrMessage result = fmt::format("expected a year, found {}", found_text(item));
      if (item.kind == NodeKind::scalar && !item.quoted) result = parse_integer_in(item.text, row.unit, row.range);
      if (const std::string* message = std::get_if<std::string>(&result)) {
        faults_.add(item.place, join_index(key, i), *message);
        return;
      }
      value[i] = std::get<double>(result);
    }
    if (value[1] < value[0])
      faults_.add(place, key, fmt::format("the last year {} comes before the first, {}", value[1], value[0]));
  }

  void check_number_map(const Node& map, const Parameter& row, const std::string& key) {
    for (const Entry& entry : map.entries) {
      const std::string path = join_key(key, entry.key);
      if (!row.words.empty() && std::find(row.words.begin(), row.words.end(), entry.key) == row.words.end())
        faults_.add(entry.key_place, path, unknown_word(entry.key, row.words));
      else if (entry.value.kind != NodeKind::scalar)
        faults_.add(value_place(entry), path, fmt::format("expected a number, found {}", found_text(entry.value)));
      else
        check_number(entry.value, {.key = {}, .type = types::number, .unit = row.unit, .range = row.range},
                     value_place(entry), path);
    }
  }

  void check_texts_map(const Node& map, const std::string& key) {
    for (const Entry& entry : map.entries) {
      const std::string path = join_key(key, entry.key);
      if (entry.value.kind == NodeKind::list)
        check_texts(entry.value, {}, path);
      else
        wrong_type(entry.value, {.key = {}, .type = types::texts}, value_place(entry), path);
    }
  }

  std::string base_;
  bool complete_;
  Faults& faults_;
  std::vector<std::string> unknown_;  ///< key paths
};

}  // namespace

const Place& value_place(const Entry& entry) {
  const bool is_block = entry.value.kind == NodeKind::map || entry.value.kind == NodeKind::list;
  // The mark of a block is that of its first line; a message about the whole belongs to its key.
  return is_block || entry.value.kind == NodeKind::null ? entry.key_place : entry.value.place;
}

std::vector<std::string> check_document(Document& document, Faults& faults) {
  if (document.root.kind != NodeKind::map) return {};  // reading it has failed, and said so
  const Entry* base = document.root.find("base");
  const bool levels = base && base->value.kind == NodeKind::scalar && base->value.text == "levels";
  Checker checker(levels ? "levels" : "invert", document.complete, faults);
  const Place place = document.root.place;
  checker.check_section(document.root, parameter_tree(), place, "");
  return checker.take_unknown();
}

}  // namespace pericore::config

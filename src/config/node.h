/// A configuration as a tree of values that remember where they stand; independent of the YAML library.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/source.h"

namespace pericore::config {

enum class NodeKind { null, scalar, list, map };

struct Entry;

/// A value: nothing, a scalar as written, a list, or a map whose keys keep their order.
struct Node {
  NodeKind kind = NodeKind::null;
  Place place;
  std::string text;            ///< scalar: the text
  bool quoted = false;         ///< scalar: in quotes or a block, so never a number
  std::vector<Node> items;     ///< list
  std::vector<Entry> entries;  ///< map

  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] Entry* find(std::string_view key);
};

struct Entry {
  std::string key;
  Place key_place;
  Node value;
};

/// A step of a key path: a key of a map, or an index of a list.
struct Step {
  std::string key;
  std::optional<std::size_t> index;
};

/// Takes "policies[0].size" apart; a key in double quotes may hold anything. Empty if it is not a key path.
[[nodiscard]] std::vector<Step> parse_key_path(std::string_view path);

/// Puts a key behind a path, in quotes where the key itself holds a dot or bracket.
[[nodiscard]] std::string join_key(std::string_view path, std::string_view key);

/// Puts an index behind a path: "policies" and 0 give "policies[0]".
[[nodiscard]] std::string join_index(std::string_view path, std::size_t index);

/// How a message names a value: "'abc'", "a list", "a map of keys", "nothing".
[[nodiscard]] std::string found_text(const Node& node);

/// Maps merge key by key, everything else replaces. New keys follow the old ones.
void merge(Node& base, const Node& over);

/// The tree as YAML that reads back as the same tree, numbers as written, one fixed form.
[[nodiscard]] std::string canonical_yaml(const Node& node);

}  // namespace pericore::config

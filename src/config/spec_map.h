/// A map of a specification (YAML) read key by key along the table of its keys: types, ranges and words are those of the table, and keys
/// nobody asked for are faults with the nearest spelling.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/faults.h"
#include "config/node.h"
#include "config/parameters.h"

namespace pericore::config {

class SpecMap {
 public:
  /// Refers to all of them. Asking for a key that `keys` lacks, or for a type that its row lacks, throws DomainError (a bug of the reader).
  ///
  /// @param path  key path of the map for messages; empty for the root
  /// @param keys  of the table, whose children are the keys of the map
  SpecMap(const Node& node, std::string path, const ParameterNode& keys, Faults& faults);

  [[nodiscard]] bool has(std::string_view key);
  /// The value as it is, for keys of several forms; null where it is not given.
  [[nodiscard]] const Node* node(std::string_view key);

  /// The map under a key that is given.
  [[nodiscard]] SpecMap below(std::string_view key);
  /// The same of a value that is read in place of what stands there.
  [[nodiscard]] SpecMap below(std::string_view key, const Node& value);
  /// A map that is an entry of the list under a key.
  [[nodiscard]] SpecMap entry(std::string_view key, std::size_t index);

  [[nodiscard]] std::optional<std::string> text(std::string_view key);
  [[nodiscard]] std::string required_text(std::string_view key);
  /// Within the range of the row.
  [[nodiscard]] std::optional<double> number(std::string_view key);
  [[nodiscard]] std::optional<long> integer(std::string_view key);
  /// The number in the unit of the row; it may carry one that converts.
  [[nodiscard]] std::optional<double> quantity(std::string_view key);
  [[nodiscard]] std::optional<bool> boolean(std::string_view key);
  /// One of the words of the row; anything else is a fault with the nearest.
  [[nodiscard]] std::optional<std::string> word(std::string_view key);
  /// The place of the word among those of the row.
  [[nodiscard]] std::optional<std::size_t> choice(std::string_view key);
  /// A list of scalars; a single scalar is a list of one.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);

  /// Reports every key that was not asked for.
  void finish();

  [[nodiscard]] std::string path(std::string_view key) const { return join_key(path_, key); }
  void fault(std::string_view key, std::string_view message);
  void fault_at(const Node& value, std::string_view key_path, std::string_view message) {
    faults_.add(value.place, key_path, message);
  }
  [[nodiscard]] Faults& faults() { return faults_; }
  [[nodiscard]] const Node& self() const { return node_; }
  [[nodiscard]] const ParameterNode& keys() const { return keys_; }
  /// The row of a key, with its words and range.
  [[nodiscard]] const Parameter& row(std::string_view key) const;

 private:
  [[nodiscard]] const ParameterNode& child(std::string_view key) const;
  [[nodiscard]] const Parameter& row(std::string_view key, unsigned type) const;

  const Node& node_;
  std::string path_;
  const ParameterNode& keys_;
  Faults& faults_;
  std::vector<std::string> known_;
};

/// A scalar as a number; a fault otherwise.
[[nodiscard]] std::optional<double> spec_number(const Node& node, std::string_view key_path, Faults& faults);

}  // namespace pericore::config

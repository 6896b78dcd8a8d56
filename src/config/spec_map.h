/// A map of a specification (YAML) read key by key: types are checked, and keys nobody asked for are faults with the nearest spelling.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/faults.h"
#include "config/node.h"

namespace pericore::config {

class SpecMap {
 public:
  /// Refers to both. @param path  key path of the map for messages; empty for the root
  SpecMap(const Node& node, std::string path, Faults& faults);

  [[nodiscard]] bool has(std::string_view key);
  /// The value as it is, for keys of several forms; null where it is not given.
  [[nodiscard]] const Node* node(std::string_view key);

  [[nodiscard]] std::optional<std::string> text(std::string_view key);
  [[nodiscard]] std::string required_text(std::string_view key);
  [[nodiscard]] std::optional<double> number(std::string_view key, double least, double most);
  [[nodiscard]] std::optional<long> integer(std::string_view key, long least, long most);
  [[nodiscard]] std::optional<bool> boolean(std::string_view key);
  /// One of `allowed`; anything else is a fault with the nearest.
  [[nodiscard]] std::optional<std::string> word(std::string_view key, const std::vector<std::string>& allowed);
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

 private:
  const Node& node_;
  std::string path_;
  Faults& faults_;
  std::vector<std::string> known_;
};

/// A scalar as a number; a fault otherwise.
[[nodiscard]] std::optional<double> spec_number(const Node& node, std::string_view key_path, Faults& faults);

}  // namespace pericore::config

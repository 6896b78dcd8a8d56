/// Collects what is wrong with the input, so that all faults are shown in one go.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/source.h"

namespace pericore::config {

/// The faults found so far. The text of each is `file:line:column: key.path: message` with the line and a caret below.
class Faults {
 public:
  /// @param key  key path ("policies[1].size") or column ("column 'population'"); may be empty
  void add(const Place& place, std::string_view key, std::string_view message);

  [[nodiscard]] bool empty() const { return faults_.empty(); }
  [[nodiscard]] std::size_t size() const { return faults_.size(); }

  /// All faults by file and line, each once; after the first hundred only their number.
  [[nodiscard]] std::string text() const;

  /// @throws InputError  with text(), if there is any fault
  void raise_if_any() const;

 private:
  struct Fault {
    Place place;
    std::string key;
    std::string message;
  };
  std::vector<Fault> faults_;
};

/// Whether a part of the input has faults of its own, whatever was found in other parts before.
class OwnFaults {
 public:
  /// Counts from now on; `faults` must outlive it.
  explicit OwnFaults(const Faults& faults) : faults_(faults), before_(faults.size()) {}

  [[nodiscard]] bool any() const { return faults_.size() > before_; }

 private:
  const Faults& faults_;
  std::size_t before_;
};

}  // namespace pericore::config

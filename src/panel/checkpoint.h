/// The state of an interrupted computation on disk, exact to the last bit, tied to what it belongs to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "panel/dataset.h"

namespace pericore::panel {

struct NamedArray {
  std::string name;
  Values values;
};

/// Arrays by name, in the order of adding.
class Checkpoint {
 public:
  /// @throws DomainError  if the name is taken or not allowed (letters, digits, '_', '.', '-')
  void add(std::string name, Values values);

  [[nodiscard]] const std::vector<NamedArray>& arrays() const { return arrays_; }

  /// @throws DomainError  if there is no array of that name and type
  [[nodiscard]] const std::vector<double>& numbers(std::string_view name) const;
  [[nodiscard]] const std::vector<std::int64_t>& integers(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& texts(std::string_view name) const;

 private:
  std::vector<NamedArray> arrays_;
};

/// Writes a checkpoint; the one before it stays until this one is complete.
///
/// @param fingerprint  everything the state depends on, as text in lines: resolved configuration, version, seed, ...
/// @throws IoError  if it cannot be written
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint, const std::string& fingerprint);

/// Reads a checkpoint of the computation with this fingerprint; nothing if there is no file.
///
/// @throws InputError  if it belongs to another computation; the text shows the first line that differs
/// @throws IoError     if the file is not readable, truncated, damaged or no checkpoint
[[nodiscard]] std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& path,
                                                        const std::string& fingerprint);

}  // namespace pericore::panel

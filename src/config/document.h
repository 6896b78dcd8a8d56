/// A configuration with everything it extends: one resolved tree, and the text of every file it came from.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/faults.h"
#include "config/node.h"

namespace pericore::config {

/// The resolved configuration. Each value still knows the file it came from.
struct Document {
  Node root;  ///< a map, without the key `extends`
  bool complete =
      true;  ///< false if a file could not be read or is no YAML: then what seems missing may only be unread
  std::vector<std::shared_ptr<const Source>> sources;  ///< every text read, the main file first, options last
};

/// Reads a configuration, what it extends (later entries of a list win, the file itself wins over all), and applies options of the
/// form `key.path=value` (the value in YAML; `policies[0].size=0.2` and `policies.0.size=0.2` are the same).
///
/// @param file  "-" is standard input
/// @return      what could be read; use it only if there are no faults
[[nodiscard]] Document read_document(const std::filesystem::path& file, std::span<const std::string> options,
                                     Faults& faults);

/// The same for a text in memory; `name` is shown in messages, relative paths start at `folder`.
[[nodiscard]] Document parse_document(std::string text, std::string name, const std::filesystem::path& folder,
                                      std::span<const std::string> options, Faults& faults);

/// A key path and the value to put there; messages about the value show its place.
struct Assignment {
  std::string path;
  Node value;
};

/// Puts a value into a document, as `--set` does.
void assign(Document& document, const Assignment& assignment, Faults& faults);

}  // namespace pericore::config

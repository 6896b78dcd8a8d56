/// The text of an input file, and places in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pericore::config {

class Faults;

/// What a source of input is: decides how its places are shown.
enum class SourceKind { file, option };

/// One text that was read: a file, or a `--set` option. Kept whole, for excerpts and as provenance.
struct Source {
  SourceKind kind = SourceKind::file;
  std::string name;                      ///< as the user wrote it, e.g. scenarios/jilin/it.yaml or `--set seed`
  std::filesystem::path folder;          ///< relative paths in this text start here
  std::string text;                      ///< valid UTF-8 without byte order mark
  std::vector<std::size_t> line_starts;  ///< byte offset of each line

  /// Line `line` (from 1) without its end; empty outside the text.
  [[nodiscard]] std::string_view line(int line) const;
};

/// Where something stands. Line and column count from 1, the column in bytes; line 0 means the source as a whole.
struct Place {
  std::shared_ptr<const Source> source;
  int line = 0;
  int column = 0;
};

/// Makes a source of a text (no checks).
[[nodiscard]] std::shared_ptr<const Source> make_source(SourceKind kind, std::string name, std::filesystem::path folder,
                                                        std::string text);

/// Place of the byte at `offset`.
[[nodiscard]] Place place_at(const std::shared_ptr<const Source>& source, std::size_t offset);

/// "scenarios/jilin/it.yaml:14:7"; the column shown counts characters.
[[nodiscard]] std::string place_text(const Place& place);

/// The line and a caret under the column, each ended by a newline; empty for a place without a line.
[[nodiscard]] std::string excerpt(const Place& place);

/// A piece of input in quotes, shortened, with bytes that a terminal would act upon replaced.
[[nodiscard]] std::string shown(std::string_view text);

/// The byte of `text` at which it stops to be UTF-8 (no surrogates, no overlong forms); its size if it is valid.
[[nodiscard]] std::size_t first_invalid_utf8(std::string_view text);

/// Where a file was named: the place and key of the YAML value, so that a missing file is reported there.
struct NamedAt {
  Place place;
  std::string key;
};

/// Reads a file whole ("-" is standard input). Faults: cannot be opened, a folder, larger than `limit` bytes, empty, UTF-16 or
/// UTF-32, not UTF-8, control characters. A byte order mark of UTF-8 is dropped.
///
/// @return the source, or null after a fault
/// @throws IoError  if reading fails half-way
[[nodiscard]] std::shared_ptr<const Source> read_source(const std::filesystem::path& file, std::size_t limit,
                                                        Faults& faults, const NamedAt* named_at = nullptr);

}  // namespace pericore::config

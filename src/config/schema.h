/// What the tables of keys tell others: JSON Schemas for editors, pages for readers.
#pragma once

#include <string>

#include "config/spec_keys.h"

namespace pericore::config {

/// JSON Schema (draft 2020-12) of a kind of file. Of scenarios nothing is required outside lists, since a file may leave to `extends:` what
/// it does not change.
[[nodiscard]] std::string json_schema(FileKind kind = FileKind::scenario);

/// One schema for files of all kinds, which are told by their keys.
[[nodiscard]] std::string json_schema_of_all();

/// docs/parameters.md: one table a section, generated so that it cannot differ from the program.
[[nodiscard]] std::string parameter_page();

/// docs/file_keys.md: one table a kind of file but scenarios.
[[nodiscard]] std::string file_keys_page();

/// The table of one kind.
[[nodiscard]] std::string key_table(FileKind kind);

}  // namespace pericore::config

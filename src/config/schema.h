/// What the parameter table tells others: a JSON Schema for editors, a page for readers.
#pragma once

#include <string>

namespace pericore::config {

/// JSON Schema (draft 2020-12) of a configuration or scenario. Nothing is required outside lists, since a file may leave to
/// `extends:` what it does not change.
[[nodiscard]] std::string json_schema();

/// docs/parameters.md: one table a section, generated so that it cannot differ from the program.
[[nodiscard]] std::string parameter_page();

}  // namespace pericore::config

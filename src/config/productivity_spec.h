/// The specification of `pericore productivity` (YAML): what docs/estimators/productivity.md describes.
#pragma once

#include <filesystem>
#include <optional>

#include "config/faults.h"
#include "panel/table.h"
#include "productivity/analysis.h"

namespace pericore::config {

struct ProductivityTask {
  panel::Table table;
  productivity::Specification specification;
  std::string data;  ///< where the table came from, for messages
};

/// Reads the specification and the data it names; all faults of both, unknown columns among them, are collected.
///
/// @param file  "-" is standard input
/// @param data  taken instead of the specification's `data`; relative to the working directory
[[nodiscard]] ProductivityTask read_productivity_task(const std::filesystem::path& file,
                                                      const std::optional<std::filesystem::path>& data, Faults& faults);

}  // namespace pericore::config

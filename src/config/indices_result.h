/// What a result of pericore tells about itself, for indices: its sectors and their classes.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "panel/dataset.h"
#include "panel/table.h"

namespace pericore::config {

struct ResultSectors {
  std::vector<std::pair<std::string, std::string>> sectors;  ///< name and column "employment:name"
  std::vector<std::pair<std::string, std::vector<std::string>>>
      classes;  ///< by name, from the configuration stored in the result
};

/// Sectors by class, as the configuration in a result lists them; sectors that merge two others may be missing in its panel.
[[nodiscard]] std::map<std::string, std::vector<std::string>> result_classes(const panel::Dataset& result);

/// The sectors of a table that was read from a result; empty for any other table.
///
/// @param file  for the stored configuration
[[nodiscard]] std::optional<ResultSectors> result_sectors(const std::filesystem::path& file, const panel::Table& table);

}  // namespace pericore::config

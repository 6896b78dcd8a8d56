#include "config/install_paths.h"

#include <cstdlib>

namespace pericore::config {

std::filesystem::path configuration_folder() {
  if (const char* folder = std::getenv("PERICORE_CONFIGS")) return folder;
  return std::filesystem::path(PERICORE_SOURCE_DIR) / "configs";
}

std::string starter_scenario(const std::filesystem::path& base) {
  return R"(# yaml-language-server: $schema=pericore.schema.json
#
# A policy scenario. Keys: docs/parameters.md; levers: `pericore levers`; check: `pericore check scenario.yaml`.
# Editors with the YAML language server complete and check it by the first line (docs/how-to/editors.md).
title: My policy
extends: )" +
         base.string() +
         R"(

# The regions to look at; all others become one region that trades with them.
regions:
  detail: {province: [Jilin]}
  rest: Rest of China

years: [2010, 2020]

# What is done, to whom, how much, from when, and who pays.
policies:
  - lever: producer_service_support
    size: 0.05                        # share of sales
    sectors: [high_end]               # a sector or a class of sectors
    regions: [Changchun]
    start: 2012
    ramp: 2                           # years until full size
    funding: {by: lump_sum, level: regional}

output: {file: my_policy.h5}
)";
}

}  // namespace pericore::config

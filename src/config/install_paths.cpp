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
# A policy on an economy. Change it, then, in this folder:
#   pericore check scenario.yaml                         what is wrong, with line and column
#   pericore run scenario.yaml --baseline                with and without the policy, and the differences
#   pericore report my_policy.h5 -o my_policy.html       map, lines, who gains: one page for a browser
# All keys: docs/parameters.md. All levers: `pericore levers`; one of them: `pericore levers producer_service_support`.
# Editors with the YAML language server complete keys by the first line (docs/how-to/editors.md).

title: My policy

# The economy that this file changes: maps merge key by key, lists and single values replace.
extends: )" +
         base.string() +
         R"(

# The regions to look at; all others become one region, which trades with them.
regions:
  detail: {province: [Jilin]}         # or {name: [...]}, {macro_region: [...]}; without `regions:` all of China
  rest: Rest of China

years: [2010, 2020]                   # the first is that of the data

# What is done, to whom, how much, from when, and who pays. Several levers may stand in the list.
policies:
  - lever: producer_service_support
    size: 0.05                        # a subsidy of 5 % on sales and on wages
    sectors: [high_end]               # sectors or classes of them; high_end: information, finance, research
    regions: [Changchun]              # names; or columns, {tier: [core]}; or a condition, population > 5e6
    start: 2012
    ramp: 2                           # half of it in 2012, all from 2013 on
    funding: {by: lump_sum, level: regional}   # each region that is supported pays by the head; national: everybody does

output: {file: my_policy.h5}          # run -o takes its place
)";
}

}  // namespace pericore::config

/// Small configurations for the tests of this folder.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "config/document.h"
#include "config/faults.h"
#include "config/settings.h"

namespace pericore::testing {

/// A configuration without fault; two regions, one sector, everything in levels.
inline const std::string valid_yaml = R"(base: levels
seed: 7
regions: {file: regions.csv}
geography: {iceberg: 1.7}
factors:
  farmer: {kind: labour, stock: 0.3}
  worker: {kind: labour, stock: workers, mobility: replicator}
sectors:
  manufacturing:
    label: Manufacturing
    entry: free
    elasticity: 5
    inputs: {worker: 1}
    budget_share: 0.4
policies:
  - lever: rd_support
    size: 0.1
    sectors: [manufacturing]
    regions: {province: [Jilin]}
    start: 2012
)";

/// All faults of a text as they would be printed; "" if there is none.
inline std::string faults_of(const std::string& yaml, const std::vector<std::string>& options = {}) {
  config::Faults faults;
  const config::Settings settings(config::parse_document(yaml, "test.yaml", "", options, faults), faults);
  return faults.text();
}

inline std::filesystem::path write_file(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

}  // namespace pericore::testing

/// What `run --baseline` and `welfare` share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/output_table.h"

namespace pericore::cli {

/// result.h5 -> result.baseline.h5
[[nodiscard]] std::filesystem::path beside(const std::filesystem::path& file, const std::string& word);

/// Each under its title.
void print_tables(const std::vector<report::OutputTable>& tables);

}  // namespace pericore::cli

/// One file of a whole sweep.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "sweep/directory.h"

namespace pericore::sweep {

struct MergeOptions {
  bool allow_missing = false;   ///< merges the runs that there are
  bool accept_changes = false;  ///< merges results of several versions or configurations
};

struct Merged {
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
};

/// Copies all results into one file with the dimension `run`; memory holds a few parts at a time.
///
/// @throws InputError  runs are missing (named), or results are of several sweeps
/// @throws IoError     a result file is damaged, the output cannot be written
Merged merge(const Directory& directory, const std::filesystem::path& output, const MergeOptions& options);

/// Numbers as ranges: "0-99, 120, 340-399", shortened in the middle of long lists.
[[nodiscard]] std::string ranges_text(std::span<const std::int64_t> numbers, std::size_t most = 20);

/// Numbers of the runs in a state.
[[nodiscard]] std::vector<std::int64_t> runs_in_state(const Inventory& inventory, RunState state);

}  // namespace pericore::sweep

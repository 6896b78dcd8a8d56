/// Scripts for sbatch that a person can read and edit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "config/slurm_spec.h"
#include "sweep/slurm.h"

namespace pericore::sweep {

/// What the scripts of a sweep are about; all paths absolute.
struct ScriptContext {
  std::string title;
  std::filesystem::path program;  ///< pericore itself
  std::filesystem::path sweep_file;
  std::filesystem::path folder;  ///< of results
  std::filesystem::path merged;  ///< the one file of all
};

/// Script of one array of tasks. Arguments of the script go to `pericore sweep`.
[[nodiscard]] std::string run_script(const ScriptContext& context, const config::SlurmSpec& spec, const TaskPlan& plan,
                                     std::size_t array);

/// Script of the merge that comes after all arrays.
[[nodiscard]] std::string merge_script(const ScriptContext& context, const config::SlurmSpec& spec,
                                       const TaskPlan& plan);

/// Most tasks at the same time in a script's `#SBATCH --array=`; 0: no such limit.
[[nodiscard]] std::uint64_t throttle_in(std::string_view script);

}  // namespace pericore::sweep

/// What of a sweep was handed to Slurm: DIR/slurm/jobs.json. A hint for the next submission; what is done is known by result files alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sweep/directory.h"

namespace pericore::sweep {

/// A script as it was written, to tell whether somebody edited it.
struct WrittenScript {
  std::string file;  ///< its name in DIR/slurm
  std::string made;  ///< UUID of its text
  std::uint64_t offset = 0;
  std::uint64_t tasks = 0;  ///< 0: the merge
};

/// An array that sbatch took.
struct SubmittedArray {
  std::string job;
  std::string script;
  std::uint64_t offset = 0;
  std::string shards;     ///< as ranges
  std::string submitted;  ///< date and time, UTC
};

struct Submission {
  std::uint64_t tasks = 0;  ///< shards of the sweep
  double seconds_per_run = 0.0;
  std::vector<WrittenScript> scripts;
  std::vector<SubmittedArray> arrays;
  std::string merge_job;  ///< empty: none yet
};

/// Nothing where there was no submission yet. @throws IoError  unreadable or damaged
[[nodiscard]] std::optional<Submission> read_submission(const std::filesystem::path& file);

/// @throws IoError
void write_submission(const std::filesystem::path& file, const Submission& submission);

/// Shards with something to do, by rising number.
///
/// @param failed  whether failed runs are to be computed again
[[nodiscard]] std::vector<std::int64_t> open_shards(const Manifest& manifest, const Inventory& inventory,
                                                    std::uint64_t tasks, bool failed);

}  // namespace pericore::sweep

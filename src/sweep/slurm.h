/// A sweep on Slurm: how many tasks of which length, in which arrays. Pure functions of the work and of what the site allows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/slurm_spec.h"

namespace pericore::sweep {

/// What a site lets a user do.
struct SiteLimits {
  std::uint64_t array_size = 1001;  ///< tasks of an array: MaxArraySize, whose default this is
  std::optional<std::uint64_t>
      in_queue;  ///< jobs of a user waiting or running, tasks of arrays counted one by one; none known
};

/// MaxArraySize in what `scontrol show config` prints; nothing where it is not there.
[[nodiscard]] std::optional<std::uint64_t> max_array_size(std::string_view scontrol_config);

/// The least of the numbers in lines, as `sacctmgr -nP show ... format=MaxSubmitJobs` prints them; empty lines set no limit.
[[nodiscard]] std::optional<std::uint64_t> least_number(std::string_view lines);

/// What is to be computed.
struct SweepWork {
  std::uint64_t runs = 0;
  std::uint64_t parts = 0;  ///< result files: no task has less than one
  double seconds_per_run = 0.0;
};

/// Tasks with one script: neighbours among the shards.
struct TaskArray {
  std::uint64_t offset = 0;    ///< shard of its first task
  std::uint64_t tasks = 0;     ///< numbered from 0
  std::uint64_t throttle = 0;  ///< most of them at the same time; 0: as many as fit
};

/// How a sweep is cut.
struct TaskPlan {
  std::uint64_t tasks = 1;        ///< shards
  double seconds_per_task = 0.0;  ///< expected, of the longest
  long time_limit = 0;            ///< [s]
  long signal_before = 0;         ///< before the limit [s]
  std::uint64_t most_restarts = 0;
  std::vector<TaskArray> arrays;
};

/// Cuts a sweep into as few tasks as keep the parallelism that is wanted.
///
/// A task is to take an hour, at most half of a given time limit; more tasks are made where they still take some minutes each and
/// `throttle` (20 where it is not given) of them can run at the same time. `tasks` or `runs_per_task` decide instead where they are given.
///
/// @throws InputError  more tasks are asked for than there are result files, or than the site lets one queue
[[nodiscard]] TaskPlan plan_tasks(const SweepWork& work, const config::SlurmSpec& spec, const SiteLimits& limits);

/// The same for a number of tasks that is settled.
[[nodiscard]] TaskPlan plan_tasks(const SweepWork& work, const config::SlurmSpec& spec, const SiteLimits& limits,
                                  std::uint64_t tasks);

/// Seconds as Slurm writes a time limit: HH:MM:SS or D-HH:MM:SS.
[[nodiscard]] std::string slurm_time(long seconds);

/// Indices of tasks as `sbatch --array` takes them: "0-3,7,9-11".
[[nodiscard]] std::string index_list(std::span<const std::int64_t> indices);

}  // namespace pericore::sweep

/// Slurm's own commands: what the site allows, what is in the queue, what it takes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/slurm_spec.h"
#include "sweep/slurm.h"

namespace pericore::cli {

/// What scontrol and sacctmgr say of the limits; Slurm's defaults where they do not answer.
[[nodiscard]] sweep::SiteLimits read_site_limits(const config::SlurmSpec& spec);

/// Indices of an array's tasks that wait or run; none where Slurm has forgotten the job.
[[nodiscard]] std::vector<std::int64_t> tasks_in_queue(const std::string& job);

/// Whether a job waits or runs.
[[nodiscard]] bool is_in_queue(const std::string& job);

/// Hands a script over. @param words  what comes after `sbatch --parsable`
/// @return  number of the job
/// @throws IoError  with what sbatch said
[[nodiscard]] std::string submit_job(std::span<const std::string> words);

/// Takes a job out of the queue; one that is gone is no error.
void cancel_job(const std::string& job);

}  // namespace pericore::cli

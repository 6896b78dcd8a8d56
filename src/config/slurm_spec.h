/// What a sweep asks of Slurm: section `slurm:` of a sweep file. It changes no result.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/faults.h"
#include "config/node.h"

namespace pericore::config {

/// Empty or 0: not given.
struct SlurmSpec {
  std::string time;       ///< limit of a task, as Slurm writes it: MM, MM:SS, HH:MM:SS, D-HH, D-HH:MM or D-HH:MM:SS
  std::string memory;     ///< of a task: a number with K, M, G or T; without one, megabytes
  std::string account;    ///< who is billed
  std::string partition;  ///< a queue, or several with commas
  std::string qos;        ///< quality of service
  long cpus = 0;          ///< processors of a task, one run each at a time
  long throttle = 0;      ///< most tasks at the same time
  long tasks = 0;         ///< how many the sweep is cut into
  long runs_per_task = 0;
  long signal_before = 0;            ///< how long before its limit a task stops and queues again [s]
  std::vector<std::string> options;  ///< more options of sbatch, one each, e.g. --constraint=icelake

  bool operator==(const SlurmSpec&) const = default;
};

/// Reads a section `slurm:`.
[[nodiscard]] SlurmSpec read_slurm_spec(const Node& node, Faults& faults);

/// Seconds of a time limit as Slurm reads it; nothing where it is none. "infinite" is none: a task that never ends cannot be planned.
[[nodiscard]] std::optional<long> slurm_seconds(std::string_view text);

/// What is wrong with texts and their combination; empty if nothing is. The key is that of the file, the option of the command line its
/// form with --.
struct SlurmFault {
  std::string key;
  std::string message;
};
[[nodiscard]] std::vector<SlurmFault> faults_of(const SlurmSpec& spec);

/// What is given in `over` replaces what is given in `base`; options of sbatch come after each other.
[[nodiscard]] SlurmSpec merged(SlurmSpec base, const SlurmSpec& over);

}  // namespace pericore::config

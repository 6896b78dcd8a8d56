/// A sweep on the threads of one process: any shard of it, from wherever it stands.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "sweep/directory.h"
#include "sweep/plan.h"
#include "sweep/results.h"

namespace pericore::sweep {

/// One of several workers: takes every count-th part. Numbered from 0 or from 1: shard count/count is shard 0/count.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;

  [[nodiscard]] bool owns(std::uint64_t part) const { return part % count == index % count; }
};

/// How far a worker is.
struct Progress {
  std::uint64_t total = 0;     ///< runs of this worker's shard
  std::uint64_t done = 0;      ///< recorded or computed, those of before and failed ones included
  std::uint64_t failed = 0;    ///< of these
  std::uint64_t computed = 0;  ///< by this process
  double seconds = 0.0;        ///< since its start

  /// Runs a second; 0 at the start.
  [[nodiscard]] double rate() const { return seconds > 0.0 ? static_cast<double>(computed) / seconds : 0.0; }
  /// Seconds left at this rate; NaN where none is known yet.
  [[nodiscard]] double seconds_left() const;
};

struct SweepOptions {
  Shard shard;
  bool retry_failed = false;  ///< computes failed runs again
  double save_every = 10.0;   ///< a killed worker loses no more than this and its unfinished runs [s]
  const std::atomic<bool>* interrupted = nullptr;  ///< stops between years of a run, and saves what is done
  std::optional<std::uint64_t> only;               ///< computes this run alone, into a result file of its own
  /// Does so in a process of its own: exit status, or 128 + the signal that ended it. For runs that several dead processes had under way: what
  /// kills its process then is recorded as failed. Empty: they are computed here.
  std::function<int(std::uint64_t run)> compute_apart;
  std::function<void(const Progress&)> progress;  ///< after each batch of runs, from one thread at a time; may be empty
};

/// Computes what is missing of the shard's parts. Result files have the same bytes for any number of threads, shards and interruptions.
///
/// @return  the state at the end
/// @throws Interrupted  after saving; IoError
Progress run_sweep(const Plan& plan, const Layout& layout, const Directory& directory, const Manifest& manifest,
                   const SweepOptions& options);

/// Runs of this shard that have results already.
[[nodiscard]] std::uint64_t recorded(const Plan& plan, const Inventory& inventory, const Shard& shard);

}  // namespace pericore::sweep

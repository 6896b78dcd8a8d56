#include "sweep/engine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <mutex>

#include "base/errors.h"
#include "base/parallel.h"
#include "base/version.h"
#include "panel/hdf5_file.h"
#include "sweep/rows.h"
#include "sweep/runner.h"

namespace pericore::sweep {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Some runs of one part, computed by one worker in one go.
struct Task {
  std::uint64_t part = 0;
  std::vector<std::uint64_t> runs;
};

/// A part under work.
struct OpenPart {
  std::vector<RunResult> results;            ///< computed here
  std::size_t missing = 0;                   ///< runs still to be computed
  std::vector<std::filesystem::path> older;  ///< files with results of before
  std::size_t saved = 0;                     ///< of `results`, those that are on disk
  Clock::time_point saved_at;
  bool partials = false;  ///< whether incomplete files of this part exist
};

class Sweep {
 public:
  Sweep(const Plan& plan, const Layout& layout, const Directory& directory, const Manifest& manifest,
        const SweepOptions& options)
      : plan_(plan), layout_(layout), directory_(directory), manifest_(manifest), options_(options) {}

  Progress run() {
    list_tasks();
    report();
    const auto workers = std::min<std::size_t>(static_cast<std::size_t>(thread_count()), tasks_.size());
    try {
      parallel_for(workers, 1, [&](std::size_t) { work(); });
    } catch (...) {
      try {
        save_all();
      } catch (const IoError&) {
        // The first error says what is wrong.
      }
      throw;
    }
    if (stopped()) {
      save_all();
      throw Interrupted(fmt::format("interrupted: {} of {} runs are on disk; the same command with --resume goes on",
                                    progress_.done, progress_.total));
    }
    progress_.seconds = seconds_since(start_);
    return progress_;
  }

 private:
  [[nodiscard]] bool stopped() const { return options_.interrupted != nullptr && *options_.interrupted; }

  void list_tasks() {
    const Inventory inventory = directory_.inventory(manifest_);
    const std::size_t batch = plan_.shares_models() ? runs_together : 1;
    for (std::uint64_t part = 0; part < plan_.parts(); ++part) {
      if (!options_.shard.owns(part)) continue;
      const std::uint64_t first = part * plan_.runs_per_part();
      const std::uint64_t end = std::min(first + plan_.runs_per_part(), plan_.runs());
      std::vector<std::uint64_t> missing;
      std::vector<std::int32_t> files;
      for (std::uint64_t run = first; run < end; ++run) {
        const RunState state = inventory.states[run];
        if (state == RunState::missing || (state == RunState::failed && options_.retry_failed)) {
          missing.push_back(run);
        } else if (std::find(files.begin(), files.end(), inventory.file_of_run[run]) == files.end()) {
          files.push_back(inventory.file_of_run[run]);
        }
        progress_.failed += state == RunState::failed && !options_.retry_failed ? 1 : 0;
      }
      progress_.total += end - first;
      progress_.done += end - first - missing.size();
      const bool closed =
          files.size() == 1 && inventory.files[static_cast<std::size_t>(files.front())] == directory_.part_file(part);
      if (missing.empty() && closed) continue;
      OpenPart& open = open_[part];
      open.missing = missing.size();
      for (const std::int32_t file : files) open.older.push_back(inventory.files[static_cast<std::size_t>(file)]);
      open.partials = !files.empty() ||
                      std::any_of(inventory.refused.begin(), inventory.refused.end(),
                                  [&](const auto& refused) { return directory_.is_partial_of(refused.file, part); });
      for (std::size_t begin = 0; begin < missing.size(); begin += batch) {
        const std::size_t stop = std::min(begin + batch, missing.size());
        tasks_.push_back({part,
                          {missing.begin() + static_cast<std::ptrdiff_t>(begin),
                           missing.begin() + static_cast<std::ptrdiff_t>(stop)}});
      }
      if (missing.empty()) tasks_.push_back({part, {}});  // all there, in several files: to be closed
    }
  }

  void work() {
    Runner runner(plan_, layout_);
    while (!stopped()) {
      const std::size_t next = next_++;
      if (next >= tasks_.size()) return;
      const Task& task = tasks_[next];
      try {
        std::vector<RunResult> results = runner.compute(task.runs, options_.interrupted);
        record(task.part, std::move(results));
      } catch (const Interrupted&) {
        return;
      }
    }
  }

  void record(std::uint64_t part, std::vector<RunResult> results) {
    std::unique_ptr<OpenPart> complete;
    {
      const std::lock_guard lock(mutex_);
      OpenPart& open = open_.at(part);
      if (open.results.empty()) open.saved_at = Clock::now();
      open.missing -= results.size();
      for (RunResult& result : results) {
        ++progress_.done;
        ++progress_.computed;
        progress_.failed += result.failed() ? 1 : 0;
        open.results.push_back(std::move(result));
      }
      if (open.missing == 0) {
        complete = std::make_unique<OpenPart>(std::move(open));
        open_.erase(part);
      } else if (seconds_since(open.saved_at) > options_.save_every) {
        save(part, open);
      }
      report();
    }
    // Outside of the lock: the others go on computing.
    if (complete) close(part, *complete);
  }

  void report() {
    progress_.seconds = seconds_since(start_);
    if (options_.progress) options_.progress(progress_);
  }

  [[nodiscard]] panel::Dataset to_dataset(std::vector<RunResult> results) const {
    std::sort(results.begin(), results.end(),
              [](const RunResult& a, const RunResult& b) { return a.number < b.number; });
    panel::Dataset dataset = layout_.dataset(plan_, results);
    dataset.set_attribute("sweep_identity", manifest_.identity);
    dataset.set_attribute("pericore_version", std::string(version()));
    dataset.set_attribute("git_revision", std::string(git_revision()));
    dataset.set_attribute("compiler", std::string(compiler()));
    dataset.set_attribute("build_type", std::string(build_type()));
    dataset.set_attribute("target_architecture", std::string(target_architecture()));
    return dataset;
  }

  /// Puts what is done of a part on disk before the part is complete.
  void save(std::uint64_t part, OpenPart& open) {
    if (open.saved == open.results.size()) return;
    const std::vector<RunResult> unsaved(open.results.begin() + static_cast<std::ptrdiff_t>(open.saved),
                                         open.results.end());
    panel::write_dataset(directory_.partial_file(part), to_dataset(unsaved));
    open.saved = open.results.size();
    open.saved_at = Clock::now();
    open.partials = true;
  }

  void save_all() {
    for (auto& [part, open] : open_) save(part, open);
  }

  /// The whole part, from what was computed here and what was there before.
  void close(std::uint64_t part, OpenPart& open) {
    std::vector<panel::Dataset> pieces;
    if (!open.results.empty()) pieces.push_back(to_dataset(std::move(open.results)));
    for (const std::filesystem::path& file : open.older) pieces.push_back(panel::read_dataset(file));
    std::vector<const panel::Dataset*> pointers;
    for (const panel::Dataset& piece : pieces) pointers.push_back(&piece);
    std::vector<std::int64_t> numbers;
    const std::uint64_t first = part * plan_.runs_per_part();
    for (std::uint64_t run = first; run < std::min(first + plan_.runs_per_part(), plan_.runs()); ++run)
      numbers.push_back(static_cast<std::int64_t>(run));
    panel::Dataset whole = pieces.size() == 1 && run_numbers(pieces.front()) == numbers
                               ? std::move(pieces.front())
                               : gather_runs(pointers, numbers);
    mark_origins(pointers, whole);
    panel::write_dataset(directory_.part_file(part), whole);
    if (open.partials) directory_.drop_partials(part);
  }

  /// Says in the file which identities its results are of, where they are several.
  static void mark_origins(std::span<const panel::Dataset* const> pieces, panel::Dataset& whole) {
    std::vector<std::string> origins;
    for (const panel::Dataset* piece : pieces) {
      for (const std::string& origin : identities_of(*piece)) {
        if (std::find(origins.begin(), origins.end(), origin) == origins.end()) origins.push_back(origin);
      }
    }
    if (origins.size() < 2) return;
    whole.set_attribute("sweep_identity", origins.front());
    whole.set_attribute("sweep_identity_also", fmt::format("{}", fmt::join(origins.begin() + 1, origins.end(), " ")));
  }

  const Plan& plan_;
  const Layout& layout_;
  const Directory& directory_;
  const Manifest& manifest_;
  const SweepOptions& options_;
  Clock::time_point start_ = Clock::now();
  std::vector<Task> tasks_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::map<std::uint64_t, OpenPart> open_;
  Progress progress_;
};

}  // namespace

double Progress::seconds_left() const {
  if (computed == 0 || seconds <= 0.0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(total - done) / rate();
}

std::uint64_t recorded(const Plan& plan, const Inventory& inventory, const Shard& shard) {
  std::uint64_t count = 0;
  for (std::uint64_t run = 0; run < plan.runs(); ++run) {
    if (shard.owns(run / plan.runs_per_part()) && inventory.states[run] != RunState::missing) ++count;
  }
  return count;
}

Progress run_sweep(const Plan& plan, const Layout& layout, const Directory& directory, const Manifest& manifest,
                   const SweepOptions& options) {
  return Sweep(plan, layout, directory, manifest, options).run();
}

}  // namespace pericore::sweep

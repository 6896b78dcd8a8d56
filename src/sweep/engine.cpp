#include "sweep/engine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "base/errors.h"
#include "base/parallel.h"
#include "base/version.h"
#include "panel/hdf5_file.h"
#include "sweep/journal.h"
#include "sweep/rows.h"
#include "sweep/runner.h"

namespace pericore::sweep {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Some runs of one part, computed by one worker in one go. None: a part whose runs are all there, in several files.
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
    if (options_.only) return run_only(*options_.only);
    directory_.remove_leftovers();
    inventory_ = directory_.inventory(manifest_, [this](std::uint64_t part) { return options_.shard.owns(part); });
    count_recorded();
    read_journals();
    report();
    try {
      journal_.open();
      parallel_for(static_cast<std::size_t>(thread_count()), 1, [&](std::size_t thread) { work(thread); });
      if (!stopped()) work_apart();
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
    forget_dead(directory_.under_way(), [this](std::uint64_t run) { return owns(run); });
    progress_.seconds = seconds_since(start_);
    return progress_;
  }

 private:
  [[nodiscard]] bool owns(std::uint64_t run) const { return run < plan_.runs() && options_.shard.owns(part_of(run)); }

  [[nodiscard]] std::uint64_t part_of(std::uint64_t run) const { return run / plan_.runs_per_part(); }

  [[nodiscard]] Inventory inventory_of(std::uint64_t part) const {
    return directory_.inventory(manifest_, [part](std::uint64_t other) { return other == part; });
  }

  Progress run_only(std::uint64_t run) {
    if (run >= plan_.runs()) throw InputError(fmt::format("no run {}: the sweep has {}", run, plan_.runs()));
    inventory_ = inventory_of(part_of(run));
    progress_ = {.total = 1, .done = 1};
    if (inventory_.states[run] != RunState::missing) return progress_;
    const std::vector<RunResult> results = Runner(plan_, layout_).compute({&run, 1}, options_.interrupted);
    panel::write_dataset(directory_.partial_file(part_of(run)), to_dataset(results), part_options);
    progress_.computed = 1;
    progress_.failed = results.front().failed() ? 1 : 0;
    return progress_;
  }

  void read_journals() {
    forget_dead(directory_.under_way(), [this](std::uint64_t run) {
      return owns(run) && (options_.retry_failed || inventory_.states[run] != RunState::missing);
    });
    for (const auto& [run, deaths] : runs_of_dead(directory_.under_way())) {
      constexpr int chance = 1;  // whatever was under way when a machine went down
      if (deaths > chance && options_.compute_apart) suspects_.insert(run);
    }
  }

  [[nodiscard]] bool stopped() const { return options_.interrupted != nullptr && *options_.interrupted; }

  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> runs_of(std::uint64_t part) const {
    const std::uint64_t first = part * plan_.runs_per_part();
    return {first, std::min(first + plan_.runs_per_part(), plan_.runs())};
  }

  [[nodiscard]] bool to_compute(std::uint64_t run) const {
    const RunState state = inventory_.states[run];
    return state == RunState::missing || (state == RunState::failed && options_.retry_failed);
  }

  void count_recorded() {
    for (std::uint64_t part = 0; part < plan_.parts(); ++part) {
      if (!options_.shard.owns(part)) continue;
      const auto [first, end] = runs_of(part);
      progress_.total += end - first;
      for (std::uint64_t run = first; run < end; ++run) {
        if (to_compute(run)) continue;
        ++progress_.done;
        progress_.failed += inventory_.states[run] == RunState::failed ? 1 : 0;
      }
    }
  }

  /// Opens parts one by one, so that few are in memory, and hands out their runs.
  std::optional<Task> next_task() {
    const std::lock_guard lock(mutex_);
    while (waiting_.empty() && !broken_ && next_part_ < plan_.parts()) {
      const std::uint64_t part = next_part_++;
      if (options_.shard.owns(part)) open_part(part);
    }
    if (waiting_.empty() || broken_) return {};
    Task task = std::move(waiting_.front());
    waiting_.pop_front();
    return task;
  }

  void open_part(std::uint64_t part) {
    const auto [first, end] = runs_of(part);
    std::vector<std::uint64_t> missing;
    std::vector<std::int32_t> files;
    std::size_t postponed = 0;
    for (std::uint64_t run = first; run < end; ++run) {
      const std::int32_t file = inventory_.file_of_run[run];
      if (to_compute(run)) {
        if (suspects_.contains(run)) {
          postponed_.push_back(run);
          ++postponed;
        } else {
          missing.push_back(run);
        }
      } else if (std::find(files.begin(), files.end(), file) == files.end()) {
        files.push_back(file);
      }
    }
    const auto path = [this](std::int32_t file) { return inventory_.files[static_cast<std::size_t>(file)]; };
    if (missing.empty() && postponed == 0 && files.size() == 1 && path(files.front()) == directory_.part_file(part))
      return;
    OpenPart& open = open_[part];
    open.missing = missing.size() + postponed;
    for (const std::int32_t file : files) open.older.push_back(path(file));
    open.partials = !files.empty() ||
                    std::any_of(inventory_.refused.begin(), inventory_.refused.end(), [&](const RefusedFile& refused) {
                      return directory_.is_partial_of(refused.file, part);
                    });
    const std::size_t batch = plan_.shares_models() ? runs_together : 1;
    for (std::size_t begin = 0; begin < missing.size(); begin += batch) {
      const auto at = missing.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto count = std::min(batch, missing.size() - begin);
      waiting_.push_back({part, {at, at + static_cast<std::ptrdiff_t>(count)}});
    }
    if (missing.empty() && postponed == 0) waiting_.push_back({part, {}});
  }

  void work(std::size_t thread) {
    std::unique_ptr<Runner> runner;  // its files are read only if there is something to do
    while (!stopped()) {
      const std::optional<Task> task = next_task();
      if (!task) return;
      try {
        if (!runner && !task->runs.empty()) runner = std::make_unique<Runner>(plan_, layout_);
        std::vector<RunResult> results;
        if (!task->runs.empty()) {
          journal_.begin(thread, task->runs);
          results = runner->compute(task->runs, options_.interrupted);
          journal_.end(thread);
        }
        record(task->part, std::move(results));
      } catch (const Interrupted&) {
        return;
      } catch (...) {
        const std::lock_guard lock(mutex_);
        broken_ = true;  // the others end their runs and stop: what cannot be recorded is not worth computing
        throw;
      }
    }
  }

  /// Runs that several dead processes had under way, each in a process of its own: this one lives on and can tell.
  void work_apart() {
    save_all();
    for (const std::uint64_t run : postponed_) {
      constexpr int interrupted_status = 130;
      constexpr int signalled = 128;
      const int status = options_.compute_apart(run);
      if (stopped()) return;
      if (status > signalled && status != interrupted_status) {
        RunResult result;
        result.number = run;
        result.status = RunStatus::died;
        result.error = fmt::format(
            "signal {} ended the process that computed this run and nothing else; 9 is most often too little memory",
            status - signalled);
        record(part_of(run), {result});
      } else if (!take_from_disk(run)) {
        throw IoError(fmt::format("{}: run {}: the process that computed it left no result (status {})",
                                  directory_.root().string(), run, status));
      }
    }
  }

  bool take_from_disk(std::uint64_t run) {
    const Inventory now = inventory_of(part_of(run));
    if (now.states[run] == RunState::missing) return false;
    OpenPart& open = open_.at(part_of(run));
    open.older.push_back(now.files[static_cast<std::size_t>(now.file_of_run[run])]);
    open.partials = true;
    --open.missing;
    ++progress_.done;
    ++progress_.computed;
    progress_.failed += now.states[run] == RunState::failed ? 1 : 0;
    record(part_of(run), {});
    return true;
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
    panel::write_dataset(directory_.partial_file(part), to_dataset(unsaved), part_options);
    open.saved = open.results.size();
    open.saved_at = Clock::now();
    open.partials = true;
  }

  void save_all() {
    for (auto& [part, open] : open_) save(part, open);
  }

  [[nodiscard]] std::vector<panel::Dataset> read_older(std::uint64_t part, const OpenPart& open) const {
    std::vector<panel::Dataset> pieces;
    try {
      for (const std::filesystem::path& file : open.older) pieces.push_back(panel::read_dataset(file));
    } catch (const IoError&) {
      // Another worker at the same shard may have closed the part, and removed what it was made of.
      const std::filesystem::path closed = directory_.part_file(part);
      std::error_code ignored;
      if (!std::filesystem::exists(closed, ignored)) throw;
      pieces.clear();
      pieces.push_back(panel::read_dataset(closed));
    }
    return pieces;
  }

  /// The whole part, from what was computed here and what was there before.
  void close(std::uint64_t part, OpenPart& open) {
    std::vector<panel::Dataset> pieces;
    if (!open.results.empty()) pieces.push_back(to_dataset(std::move(open.results)));
    for (panel::Dataset& piece : read_older(part, open)) pieces.push_back(std::move(piece));
    std::vector<const panel::Dataset*> pointers;
    for (const panel::Dataset& piece : pieces) pointers.push_back(&piece);
    std::vector<std::int64_t> numbers;
    const auto [first, end] = runs_of(part);
    for (std::uint64_t run = first; run < end; ++run) numbers.push_back(static_cast<std::int64_t>(run));
    panel::Dataset whole = pieces.size() == 1 && run_numbers(pieces.front()) == numbers
                               ? std::move(pieces.front())
                               : gather_runs(pointers, numbers);
    mark_origins(pointers, whole);
    panel::write_dataset(directory_.part_file(part), whole, part_options);
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
  std::mutex mutex_;
  Inventory inventory_;
  std::uint64_t next_part_ = 0;
  std::deque<Task> waiting_;              ///< of open parts
  std::set<std::uint64_t> suspects_;      ///< runs that several dead processes had under way
  std::vector<std::uint64_t> postponed_;  ///< those that are missing
  Journal journal_{directory_.under_way()};
  bool broken_ = false;
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

// Hands a sweep to Slurm: claims its folder, writes scripts, submits what is missing and a merge that waits for it.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <limits>
#include <optional>

#include "base/errors.h"
#include "base/files.h"
#include "base/process.h"
#include "cli/command.h"
#include "cli/slurm_site.h"
#include "cli/sweep.h"
#include "cli/sweep_progress.h"
#include "sweep/merge.h"
#include "sweep/slurm.h"
#include "sweep/slurm_script.h"
#include "sweep/submission.h"

namespace pericore::cli {
namespace {

namespace fs = std::filesystem;
using sweep::Submission;
using sweep::SubmittedArray;
using sweep::WrittenScript;

constexpr const char* merge_file = "merge.sh";

struct Options {
  std::string file;
  std::string directory;
  config::SlurmSpec slurm;  ///< what the command line gives
  bool dry_run = false;
  bool retry_failed = false;
  bool accept_changes = false;
  bool rewrite = false;
};

/// Key of a sweep file's `slurm:` as an option of the command line.
std::string option_of(const std::string& key) {
  if (key == "memory") return "--mem";
  if (key == "options") return "--sbatch-option";
  std::string option = "--" + key;
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

config::SlurmSpec checked(const config::SlurmSpec& from_file, const config::SlurmSpec& from_line) {
  const config::SlurmSpec spec = config::merged(from_file, from_line);
  std::string faults;
  for (const config::SlurmFault& fault : config::faults_of(spec))
    faults += (faults.empty() ? "" : "\n") + option_of(fault.key) + ": " + fault.message;
  if (!faults.empty()) throw InputError(faults);
  return spec;
}

class Submit {
 public:
  Submit(const Options& options, const PreparedSweep& sweep, const config::SlurmSpec& spec)
      : options_(options),
        sweep_(sweep),
        spec_(spec),
        directory_(fs::absolute(options.directory).lexically_normal()),
        folder_(directory_.root() / "slurm"),
        record_(folder_ / "jobs.json") {}

  void run() {
    before_ = sweep::read_submission(record_);
    if (before_) now_ = *before_;
    edited_ = options_.rewrite ? std::vector<std::string>() : edited_scripts();
    refuse_idle_options();
    if (!options_.dry_run) find_queued();
    const sweep::TaskPlan plan = make_plan();
    write_scripts(plan);
    const std::vector<std::int64_t> shards = shards_to_submit();
    print_plan(plan);
    if (options_.dry_run) return print_by_hand();
    if (shards.empty() && queued_.empty())
      return print(
          fmt::format("all runs are recorded, nothing is submitted; one file of all: pericore sweep merge {} -o {}\n",
                      options_.directory, merged_file().string()));
    const bool waiting = !now_.merge_job.empty() && is_in_queue(now_.merge_job);
    if (shards.empty() && waiting) {
      print("nothing else is missing, so nothing is submitted\n");
      return print_how_to_follow();
    }
    for (const WrittenScript& script : now_.scripts) submit_array(script, shards);
    // One that waits for earlier jobs alone gives way to one that waits for all.
    if (waiting) cancel_job(now_.merge_job);
    submit_merge();
    print_how_to_follow();
  }

 private:
  [[nodiscard]] fs::path merged_file() const {
    fs::path folder = directory_.root();
    if (!folder.has_filename()) folder = folder.parent_path();
    return folder += ".h5";
  }

  [[nodiscard]] std::vector<std::string> edited_scripts() const {
    std::vector<std::string> edited;
    std::error_code ignored;
    for (const WrittenScript& script : now_.scripts) {
      const fs::path file = folder_ / script.file;
      if (fs::exists(file, ignored) && sweep::make_identity(read_text(file)).id != script.made)
        edited.push_back(file.string());
    }
    return edited;
  }

  void refuse_idle_options() const {
    if (!edited_.empty() && !(options_.slurm == config::SlurmSpec{}))
      throw InputError(
          fmt::format("{}: was edited, so that options of the command line have no effect: write them there, "
                      "or have all scripts made anew with --rewrite",
                      edited_.front()));
  }

  /// Shards that tasks of earlier submissions wait for or compute.
  void find_queued() {
    for (const SubmittedArray& array : now_.arrays) {
      const auto tasks = tasks_in_queue(array.job);
      if (!tasks.empty()) live_jobs_.push_back(array.job);
      for (const std::int64_t task : tasks) queued_.push_back(static_cast<std::int64_t>(array.offset) + task);
    }
    std::sort(queued_.begin(), queued_.end());
  }

  sweep::TaskPlan make_plan() {
    const sweep::SiteLimits limits = read_site_limits(spec_);
    const bool settled = before_ && (!edited_.empty() || (spec_.tasks == 0 && spec_.runs_per_task == 0));
    std::optional<double> seconds;
    if (before_) seconds = before_->seconds_per_run;
    double trial = 0.0;
    const sweep::Layout layout = make_layout(sweep_, directory_, seconds ? nullptr : &trial);
    claim(sweep_, directory_, layout, options_.accept_changes);
    manifest_ = directory_.require_manifest();
    now_.seconds_per_run = seconds.value_or(trial);
    const sweep::SweepWork work = {
        .runs = manifest_.runs, .parts = manifest_.parts(), .seconds_per_run = now_.seconds_per_run};
    sweep::TaskPlan plan = settled && before_->tasks <= work.parts
                               ? sweep::plan_tasks(work, spec_, limits, before_->tasks)
                               : sweep::plan_tasks(work, spec_, limits);
    if (before_ && plan.tasks != before_->tasks && !queued_.empty())
      throw InputError(
          fmt::format("{}: jobs {} are in the queue with the sweep cut into {} tasks, so it cannot be cut into {} now; "
                      "leave out --tasks and --runs-per-task, or scancel them first",
                      options_.directory, fmt::join(live_jobs_, ", "), before_->tasks, plan.tasks));
    now_.tasks = plan.tasks;
    return plan;
  }

  void write_scripts(const sweep::TaskPlan& plan) {
    std::error_code error;
    fs::create_directories(folder_ / "logs", error);
    if (error) throw IoError(fmt::format("{}: {}", (folder_ / "logs").string(), error.message()));
    if (!edited_.empty()) return;
    const sweep::ScriptContext context = {.title = manifest_.title,
                                          .program = fs::read_symlink("/proc/self/exe"),
                                          .sweep_file = fs::absolute(options_.file).lexically_normal(),
                                          .folder = directory_.root(),
                                          .merged = merged_file()};
    now_.scripts.clear();
    for (std::size_t k = 0; k < plan.arrays.size(); ++k)
      write_script(fmt::format("run_{}.sh", k + 1), sweep::run_script(context, spec_, plan, k), plan.arrays[k]);
    write_script(merge_file, sweep::merge_script(context, spec_, plan), {});
    sweep::write_submission(record_, now_);
  }

  void write_script(const std::string& name, const std::string& text, const sweep::TaskArray& array) {
    write_atomically(folder_ / name, text);
    fs::permissions(folder_ / name, fs::perms::owner_exec, fs::perm_options::add);
    now_.scripts.push_back(
        {.file = name, .made = sweep::make_identity(text).id, .offset = array.offset, .tasks = array.tasks});
  }

  /// Those with missing runs that no task in the queue has.
  [[nodiscard]] std::vector<std::int64_t> shards_to_submit() const {
    std::vector<std::int64_t> shards =
        sweep::open_shards(manifest_, directory_.inventory(manifest_), now_.tasks, options_.retry_failed);
    std::erase_if(shards,
                  [&](std::int64_t shard) { return std::binary_search(queued_.begin(), queued_.end(), shard); });
    return shards;
  }

  void submit_array(const WrittenScript& script, const std::vector<std::int64_t>& shards) {
    const auto offset = static_cast<std::int64_t>(script.offset);
    const auto end = offset + static_cast<std::int64_t>(script.tasks);
    std::vector<std::int64_t> own;
    std::copy_if(shards.begin(), shards.end(), std::back_inserter(own),
                 [&](std::int64_t shard) { return shard >= offset && shard < end; });
    if (own.empty()) return;
    const std::string file = (folder_ / script.file).string();
    std::vector<std::string> words;
    if (own.size() < script.tasks) {  // otherwise as the script has it
      std::vector<std::int64_t> indices = own;
      for (std::int64_t& index : indices) index -= offset;
      const std::uint64_t throttle = sweep::throttle_in(read_text(file));
      words.push_back("--array=" + sweep::index_list(indices) + (throttle > 0 ? fmt::format("%{}", throttle) : ""));
    }
    words.push_back(file);
    if (options_.retry_failed) words.emplace_back("--retry-failed");
    const std::string job = hand_over(words);
    now_.arrays.push_back({.job = job,
                           .script = script.file,
                           .offset = script.offset,
                           .shards = sweep::index_list(own),
                           .submitted = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)))});
    sweep::write_submission(record_, now_);
    live_jobs_.push_back(job);
    print(fmt::format("job {}: {} task{}, shards {}\n", job, own.size(), own.size() == 1 ? "" : "s",
                      sweep::ranges_text(own)));
  }

  void submit_merge() {
    std::vector<std::string> words = {fmt::format("--dependency=afterany:{}", fmt::join(live_jobs_, ":")),
                                      (folder_ / merge_file).string()};
    if (!manifest_.accepted.empty()) words.emplace_back("--accept-changes");  // the user did
    now_.merge_job = hand_over(words);
    sweep::write_submission(record_, now_);
    print(fmt::format("job {}: after these, merges all runs into {}\n", now_.merge_job, merged_file().string()));
  }

  [[nodiscard]] std::string hand_over(const std::vector<std::string>& words) const {
    try {
      return submit_job(words);
    } catch (const IoError& error) {
      const std::string so_far =
          live_jobs_.empty() ? "nothing is in the queue" : fmt::format("in the queue: {}", fmt::join(live_jobs_, ", "));
      throw IoError(fmt::format("sbatch {}\n{}\n{}; the same command submits what is missing", fmt::join(words, " "),
                                error.what(), so_far));
    }
  }

  void print_plan(const sweep::TaskPlan& plan) const {
    if (!edited_.empty()) return print(fmt::format("submitted as edited: {}\n", fmt::join(edited_, ", ")));
    print(fmt::format("{} runs in {} result files, {:.3g} s a run: {} task{} of some {}{}, time limit {}\n",
                      manifest_.runs, manifest_.parts(), now_.seconds_per_run, plan.tasks, plan.tasks == 1 ? "" : "s",
                      duration_text(plan.seconds_per_task), sweep_.plan.shares_models() ? " or less" : "",
                      sweep::slurm_time(plan.time_limit)));
    if (plan.seconds_per_task > static_cast<double>(plan.time_limit - plan.signal_before))
      print("a task takes longer than its limit: it stops before, queues again and goes on\n");
    if (!queued_.empty())
      print(fmt::format("in the queue already: shards {} (jobs {})\n", sweep::ranges_text(queued_),
                        fmt::join(live_jobs_, ", ")));
  }

  void print_by_hand() const {
    print("scripts, not submitted:\n");
    for (const WrittenScript& script : now_.scripts) print(fmt::format("  {}\n", (folder_ / script.file).string()));
  }

  void print_how_to_follow() const {
    print(
        fmt::format("follow:  pericore sweep status {}\n         squeue -j {},{}      logs in {}\n"
                    "stop:    scancel {} {}\n"
                    "go on:   the same command; it submits what is missing\n",
                    options_.directory, fmt::join(live_jobs_, ","), now_.merge_job, (folder_ / "logs").string(),
                    fmt::join(live_jobs_, " "), now_.merge_job));
  }

  const Options& options_;
  const PreparedSweep& sweep_;
  const config::SlurmSpec& spec_;
  const sweep::Directory directory_;
  const fs::path folder_;
  const fs::path record_;
  sweep::Manifest manifest_;
  std::optional<Submission> before_;
  Submission now_;
  std::vector<std::string> edited_;
  std::vector<std::int64_t> queued_;    ///< shards
  std::vector<std::string> live_jobs_;  ///< arrays in the queue
};

void execute(const Options& options) {
  if (options.file == "-") throw InputError("SWEEP: a task reads the file again, so it needs a name");
  if (!options.dry_run && !has_program("sbatch"))
    throw InputError(
        "sbatch is not on the PATH: call this where jobs are submitted, or write the scripts alone with --dry-run; "
        "without "
        "Slurm see docs/how-to/sweep-without-slurm.md");
  const PreparedSweep sweep = prepare_sweep(options.file);
  const Listening listening;
  const config::SlurmSpec spec = checked(sweep.plan.spec().slurm, options.slurm);
  Submit(options, sweep, spec).run();
}

}  // namespace

void add_sweep_submit(CLI::App& sweep) {
  auto options = std::make_shared<Options>();
  auto* command = sweep.add_subcommand("submit", "Hand a sweep to Slurm; again: what is missing of it");
  command->footer("What is not given here is taken from `slurm:` of the sweep file. docs/how-to/sweep-on-slurm.md");
  command->add_option("SWEEP", options->file, "sweep file (YAML)")->required();
  command->add_option("-o,--output", options->directory, "folder of the results")->required();
  config::SlurmSpec& slurm = options->slurm;
  const auto positive = CLI::Range(1L, std::numeric_limits<long>::max());
  command->add_option("--time", slurm.time, "limit of a task: minutes, HH:MM:SS or D-HH:MM:SS; by a trial run");
  command->add_option("--mem", slurm.memory, "memory of a task, e.g. 2G; the site's default");
  command->add_option("--cpus", slurm.cpus, "processors of a task; 1")->check(CLI::Range(1L, 1024L));
  command->add_option("--account", slurm.account, "who is billed");
  command->add_option("--partition", slurm.partition, "queue");
  command->add_option("--qos", slurm.qos, "quality of service");
  command->add_option("--throttle", slurm.throttle, "most tasks at the same time")->check(positive);
  command->add_option("--tasks", slurm.tasks, "how many the sweep is cut into; by a trial run")->check(positive);
  command->add_option("--runs-per-task", slurm.runs_per_task, "the same by the size of a task")->check(positive);
  command
      ->add_option("--signal-before", slurm.signal_before,
                   "seconds before its limit at which a task stops and queues again; 120")
      ->check(CLI::Range(1L, 65535L));
  command->add_option("--sbatch-option", slurm.options, "another option of sbatch; may be repeated")
      ->expected(1)
      ->take_all();
  command->add_flag("--dry-run", options->dry_run, "write the scripts, submit nothing");
  command->add_flag("--rewrite", options->rewrite, "make edited scripts anew");
  command->add_flag("--retry-failed", options->retry_failed, "compute failed runs again, with what is missing");
  command->add_flag("--accept-changes", options->accept_changes,
                    "go on though file, data or program changed; keeps results whose points and seeds are the same");
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

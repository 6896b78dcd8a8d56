#include "sweep/slurm_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/process.h"

namespace pericore::sweep {
namespace {

constexpr long merge_limit = 3600;  // [s]; 10,000 runs take seconds

/// A name for squeue: letters, digits and _ of the folder's.
std::string job_name(const ScriptContext& context) {
  std::string name = context.folder.filename().string();
  for (char& c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!good) c = '_';
  }
  return name;
}

/// A file name in a #SBATCH line: in quotes, and % is no pattern.
std::string pattern_text(const std::filesystem::path& path) {
  std::string text;
  for (const char c : path.string()) {
    if (c == '%') text += '%';
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

/// A text that stays within a comment.
std::string comment(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text.empty() ? "a sweep" : text;
}

std::string directives(const ScriptContext& context, const config::SlurmSpec& spec, std::string_view log) {
  std::string text;
  const auto add = [&](std::string_view option, const std::string& value) {
    if (!value.empty()) text += fmt::format("#SBATCH {}={}\n", option, value);
  };
  add("--account", spec.account);
  add("--partition", spec.partition);
  add("--qos", spec.qos);
  add("--mem", spec.memory);
  for (const std::string& option : spec.options) text += "#SBATCH " + option + "\n";
  add("--output", fmt::format("\"{}/{}\"", pattern_text(context.folder / "slurm" / "logs"), log));
  return text + "#SBATCH --open-mode=append\n";
}

std::string paths(const ScriptContext& context) {
  return fmt::format("program={}\nfolder={}\n", shell_word(context.program.string()),
                     shell_word(context.folder.string()));
}

constexpr std::string_view run_head = R"script(#!/bin/bash
# {title}: {runs_of} of the sweep, array {number} of {count}.
# `pericore sweep submit` wrote and submits this. Edit it at will: what was edited is submitted as it is.
# By hand:  sbatch run_{number}.sh  or some tasks alone:  sbatch --array=3,7-9 run_{number}.sh
#SBATCH --job-name={name}
#SBATCH --array=0-{last}{throttle}
#SBATCH --time={time}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={cpus}
{directives}#SBATCH --requeue
#SBATCH --signal=B:USR1@{signal}
set -euo pipefail

{paths}sweep={sweep}
shards={tasks}  # tasks the sweep is cut into, the same in all its scripts
offset={offset}  # shard of this array's task 0
most_restarts={restarts}  # then a task gives up; lost nodes count, too
)script";

// Not a format: braces are the shell's.
constexpr std::string_view run_body = R"script(
shard=$((offset + SLURM_ARRAY_TASK_ID))
restarts=${SLURM_RESTART_COUNT:-0}
say() { echo "$(date '+%F %T') shard $shard of $shards: $*"; }

# USR1 comes from Slurm before the time limit, TERM from scancel or preemption. At either pericore stops between two
# simulated years, saves the runs that are done and ends with status 130.
worker='' stopping='' out_of_time=''
stop() {
  stopping=yes
  if [ -n "$worker" ]; then kill -TERM "$worker" 2>/dev/null || true; fi
}
trap 'out_of_time=yes; stop' USR1
trap stop TERM

say "start $((restarts + 1)) on $(hostname)"
"$program" sweep "$sweep" -o "$folder" --shard "$shard/$shards" --resume \
  --threads "${SLURM_CPUS_PER_TASK:-1}" --progress none "$@" &
worker=$!
if [ -n "$stopping" ]; then stop; fi

status=0
wait "$worker" || status=$?
while [ -n "$stopping" ]; do  # a signal ended the waiting, not the worker
  stopping='' status=0
  wait "$worker" || status=$?
done

if [ "$status" -ne 130 ] || [ -z "$out_of_time" ]; then
  say "ended with status $status"
  exit "$status"
fi
if [ "$restarts" -ge "$most_restarts" ]; then
  say "out of time again after $restarts restarts, gives up; what is done is saved"
  exit 1
fi
say "out of time, queues again"
scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" || exit 75  # some sites requeue by this status
)script";

constexpr std::string_view merge_text = R"script(#!/bin/bash
# {title}: one file of all runs, after all tasks. Where runs are missing it names them and ends with status 2:
# `pericore sweep submit` computes them, then comes again. By hand:  sbatch merge.sh
#SBATCH --job-name={name}_merge
#SBATCH --time={time}
#SBATCH --ntasks=1
{directives}set -euo pipefail

{paths}merged={merged}

"$program" sweep status "$folder"
"$program" sweep merge "$folder" -o "$merged" "$@"
)script";

}  // namespace

std::string run_script(const ScriptContext& context, const config::SlurmSpec& spec, const TaskPlan& plan,
                       std::size_t array) {
  const TaskArray& own = plan.arrays.at(array);
  using fmt::arg;
  return fmt::format(run_head, arg("title", comment(context.title)), arg("number", array + 1),
                     arg("runs_of", fmt::format("shards {}-{}", own.offset, own.offset + own.tasks - 1)),
                     arg("count", plan.arrays.size()), arg("name", job_name(context)), arg("last", own.tasks - 1),
                     arg("throttle", own.throttle > 0 ? fmt::format("%{}", own.throttle) : std::string()),
                     arg("time", slurm_time(plan.time_limit)), arg("cpus", std::max(1L, spec.cpus)),
                     arg("directives", directives(context, spec, "run_%A_%a.log")), arg("signal", plan.signal_before),
                     arg("paths", paths(context)), arg("sweep", shell_word(context.sweep_file.string())),
                     arg("tasks", plan.tasks), arg("offset", own.offset), arg("restarts", plan.most_restarts)) +
         std::string(run_body);
}

std::string merge_script(const ScriptContext& context, const config::SlurmSpec& spec, const TaskPlan& plan) {
  using fmt::arg;
  return fmt::format(merge_text, arg("title", comment(context.title)), arg("name", job_name(context)),
                     arg("time", slurm_time(std::min(merge_limit, plan.time_limit))),
                     arg("directives", directives(context, spec, "merge_%j.log")), arg("paths", paths(context)),
                     arg("merged", shell_word(context.merged.string())));
}

std::uint64_t throttle_in(std::string_view script) {
  constexpr std::string_view option = "\n#SBATCH --array=";
  const std::size_t at = script.find(option);
  if (at == std::string_view::npos) return 0;
  std::string_view line = script.substr(at + option.size());
  line = line.substr(0, line.find('\n'));
  const std::size_t percent = line.find('%');
  return percent == std::string_view::npos ? 0 : least_number(line.substr(percent + 1)).value_or(0);
}

}  // namespace pericore::sweep

#include "sweep/slurm.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "sweep/merge.h"

namespace pericore::sweep {
namespace {

constexpr double wanted_seconds = 3600.0;  // of a task: Slurm's own work is then nothing, and little is lost with one
constexpr double least_seconds = 300.0;    // of a task made for parallelism alone
constexpr std::uint64_t wanted_at_once = 20;
constexpr std::uint64_t most_tasks = 999;  // made unasked: schedulers of busy sites take no more from one user
constexpr long shortest_limit = 15 * 60;   // chosen unasked [s]
constexpr long usual_signal = 120;         // [s]: years of runs end within it, and Slurm may be a minute early
constexpr std::uint64_t usual_restarts = 10;

std::uint64_t ceil_divide(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

double seconds_of(const SweepWork& work, const config::SlurmSpec& spec) {
  return static_cast<double>(work.runs) * work.seconds_per_run / static_cast<double>(std::max(1L, spec.cpus));
}

/// As few tasks as have the same longest one: 100 files in 60 tasks take two files' time, and so do they in 50.
std::uint64_t balanced(std::uint64_t parts, std::uint64_t tasks) {
  return ceil_divide(parts, ceil_divide(parts, tasks));
}

std::uint64_t choose_tasks(const SweepWork& work, const config::SlurmSpec& spec, std::uint64_t most) {
  const double total = seconds_of(work, spec);
  const auto limit = config::slurm_seconds(spec.time);
  const double target = std::min(wanted_seconds, limit ? static_cast<double>(*limit) / 2.0 : wanted_seconds);
  const auto count = [](double number) { return static_cast<std::uint64_t>(std::clamp(number, 1.0, 1e9)); };
  const std::uint64_t at_once = spec.throttle > 0 ? static_cast<std::uint64_t>(spec.throttle) : wanted_at_once;
  // Whole files, at least one.
  const std::uint64_t files =
      std::min(work.parts, count(target / std::max(1e-9, total / static_cast<double>(work.parts))));
  const std::uint64_t by_length = ceil_divide(work.parts, files);
  const std::uint64_t by_parallelism = std::min(at_once, count(total / least_seconds));
  const std::uint64_t wanted = std::max(by_length, by_parallelism);
  return balanced(work.parts, std::clamp<std::uint64_t>(wanted, 1, std::min({work.parts, most_tasks, most})));
}

std::vector<TaskArray> cut_into_arrays(std::uint64_t tasks, std::uint64_t throttle, std::uint64_t array_size) {
  const std::uint64_t count = ceil_divide(tasks, array_size);
  std::vector<TaskArray> arrays;
  std::uint64_t offset = 0;
  for (std::uint64_t k = 0; k < count; ++k) {
    const std::uint64_t size = tasks / count + (k < tasks % count ? 1 : 0);
    // Arrays know nothing of each other: each gets its share.
    const std::uint64_t share =
        throttle == 0 ? 0 : std::max<std::uint64_t>(1, throttle / count + (k < throttle % count ? 1 : 0));
    arrays.push_back({.offset = offset, .tasks = size, .throttle = share});
    offset += size;
  }
  return arrays;
}

/// Three times what is expected, in whole quarters of an hour.
long chosen_limit(double seconds) {
  const long quarters = static_cast<long>(std::ceil(std::min(3.0 * seconds, 1e8) / shortest_limit));
  return shortest_limit * std::max(1L, quarters);
}

}  // namespace

std::optional<std::uint64_t> max_array_size(std::string_view scontrol_config) {
  constexpr std::string_view key = "MaxArraySize";
  const std::size_t at = scontrol_config.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = scontrol_config.substr(at + key.size());
  rest = rest.substr(0, rest.find('\n'));
  const std::size_t digit = rest.find_first_of("0123456789");
  return digit == std::string_view::npos ? std::nullopt : least_number(rest.substr(digit));
}

std::optional<std::uint64_t> least_number(std::string_view lines) {
  std::optional<std::uint64_t> least;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(lines.data(), lines.data() + end, value);
    if (error == std::errc() && stop != lines.data() && (!least || value < *least)) least = value;
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return least;
}

TaskPlan plan_tasks(const SweepWork& work, const config::SlurmSpec& spec, const SiteLimits& limits) {
  // The merge waits in the queue, too.
  const std::uint64_t most = limits.in_queue ? std::max<std::uint64_t>(2, *limits.in_queue) - 1 : most_tasks;
  if (spec.tasks == 0 && spec.runs_per_task == 0) return plan_tasks(work, spec, limits, choose_tasks(work, spec, most));
  const std::string asked =
      spec.tasks > 0 ? fmt::format("--tasks {}", spec.tasks) : fmt::format("--runs-per-task {}", spec.runs_per_task);
  const std::uint64_t tasks =
      spec.tasks > 0 ? static_cast<std::uint64_t>(spec.tasks)
                     : std::min(work.parts, ceil_divide(work.runs, static_cast<std::uint64_t>(spec.runs_per_task)));
  if (tasks > work.parts)
    throw InputError(
        fmt::format("{}: the sweep has {} result files, and a task makes whole ones; a smaller "
                    "`runs_per_part` in the sweep file makes more",
                    asked, work.parts));
  if (limits.in_queue && tasks > most)
    throw InputError(
        fmt::format("{}: this site lets you have {} jobs in the queue at a time, the merge among them, and "
                    "these are {} tasks",
                    asked, *limits.in_queue, tasks));
  return plan_tasks(work, spec, limits, tasks);
}

TaskPlan plan_tasks(const SweepWork& work, const config::SlurmSpec& spec, const SiteLimits& limits,
                    std::uint64_t tasks) {
  TaskPlan plan;
  plan.tasks = tasks;
  const double share = static_cast<double>(ceil_divide(work.parts, tasks)) / static_cast<double>(work.parts);
  plan.seconds_per_task = seconds_of(work, spec) * share;
  plan.time_limit = config::slurm_seconds(spec.time).value_or(chosen_limit(plan.seconds_per_task));
  plan.signal_before = spec.signal_before > 0 ? spec.signal_before : std::min(usual_signal, plan.time_limit / 4);
  const double useful = static_cast<double>(plan.time_limit - plan.signal_before);
  plan.most_restarts = usual_restarts + static_cast<std::uint64_t>(2.0 * plan.seconds_per_task / useful);
  plan.arrays = cut_into_arrays(tasks, static_cast<std::uint64_t>(spec.throttle), limits.array_size);
  return plan;
}

std::string slurm_time(long seconds) {
  const long days = seconds / 86400;
  const std::string clock = fmt::format("{:02}:{:02}:{:02}", seconds % 86400 / 3600, seconds % 3600 / 60, seconds % 60);
  return days > 0 ? fmt::format("{}-{}", days, clock) : clock;
}

std::string index_list(std::span<const std::int64_t> indices) {
  std::string text = ranges_text(indices, std::numeric_limits<std::size_t>::max());
  std::erase(text, ' ');
  return text;
}

}  // namespace pericore::sweep

#include "cli/slurm_site.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <sstream>

#include "base/errors.h"
#include "base/process.h"

namespace pericore::cli {
namespace {

/// What a command prints; empty where it is missing or fails, as sites close some of them.
std::string answer(const std::vector<std::string>& words) {
  if (!has_program(words.front())) return {};
  const Finished finished = run_program(words);
  return finished.status == 0 ? finished.output : std::string();
}

std::string user_name() {
  const passwd* user = getpwuid(geteuid());
  return user != nullptr ? user->pw_name : std::to_string(geteuid());
}

/// The lesser of two limits, either of which may not be set.
std::optional<std::uint64_t> lesser(std::optional<std::uint64_t> a, std::optional<std::uint64_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

sweep::SiteLimits read_site_limits(const config::SlurmSpec& spec) {
  sweep::SiteLimits limits;
  if (const auto size = sweep::max_array_size(answer({"scontrol", "show", "config"})); size && *size > 0)
    limits.array_size = *size;
  std::vector<std::string> association = {"sacctmgr", "-nP", "show", "assoc", "where", "user=" + user_name()};
  if (!spec.account.empty()) association.push_back("account=" + spec.account);
  association.emplace_back("format=MaxSubmitJobs");
  limits.in_queue = sweep::least_number(answer(association));
  if (!spec.qos.empty())
    limits.in_queue = lesser(limits.in_queue, sweep::least_number(answer({"sacctmgr", "-nP", "show", "qos", "where",
                                                                          "name=" + spec.qos, "format=MaxSubmitPU"})));
  return limits;
}

std::vector<std::int64_t> tasks_in_queue(const std::string& job) {
  std::istringstream lines(answer({"squeue", "-h", "-r", "-j", job, "-o", "%K"}));
  std::vector<std::int64_t> tasks;
  for (std::string line; std::getline(lines, line);) {
    std::int64_t task = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), task);
    if (error == std::errc()) tasks.push_back(task);
  }
  return tasks;
}

bool is_in_queue(const std::string& job) { return !answer({"squeue", "-h", "-j", job, "-o", "%i"}).empty(); }

std::string submit_job(std::span<const std::string> words) {
  std::vector<std::string> command = {"sbatch", "--parsable"};
  command.insert(command.end(), words.begin(), words.end());
  const Finished finished = run_program(command);
  std::string said = finished.errors;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  if (finished.status != 0) throw IoError(said.empty() ? fmt::format("sbatch: status {}", finished.status) : said);
  // JOB, or JOB;CLUSTER where there are several.
  std::string job = finished.output.substr(0, finished.output.find_first_of(";\n"));
  if (job.empty()) throw IoError("sbatch printed no job number");
  return job;
}

void cancel_job(const std::string& job) { static_cast<void>(answer({"scancel", job})); }

}  // namespace pericore::cli

#include "sweep/submission.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "base/files.h"

namespace pericore::sweep {
namespace {

using nlohmann::ordered_json;

constexpr int submission_format = 1;

Submission from_json(const ordered_json& json) {
  if (json.at("pericore_slurm").get<int>() > submission_format) throw IoError("written by a newer version of pericore");
  Submission submission;
  json.at("tasks").get_to(submission.tasks);
  json.at("seconds_per_run").get_to(submission.seconds_per_run);
  for (const auto& script : json.at("scripts"))
    submission.scripts.push_back({.file = script.at("file"),
                                  .made = script.at("made"),
                                  .offset = script.at("offset"),
                                  .tasks = script.at("tasks")});
  for (const auto& array : json.at("arrays"))
    submission.arrays.push_back({.job = array.at("job"),
                                 .script = array.at("script"),
                                 .offset = array.at("offset"),
                                 .shards = array.at("shards"),
                                 .submitted = array.at("submitted")});
  json.at("merge_job").get_to(submission.merge_job);
  if (submission.tasks == 0) throw IoError("tasks is 0");
  return submission;
}

}  // namespace

std::optional<Submission> read_submission(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return {};
  try {
    return from_json(ordered_json::parse(read_text(file)));
  } catch (const std::exception& error) {
    throw IoError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

void write_submission(const std::filesystem::path& file, const Submission& submission) {
  ordered_json scripts = ordered_json::array();
  for (const WrittenScript& script : submission.scripts)
    scripts.push_back(
        {{"file", script.file}, {"made", script.made}, {"offset", script.offset}, {"tasks", script.tasks}});
  ordered_json arrays = ordered_json::array();
  for (const SubmittedArray& array : submission.arrays)
    arrays.push_back({{"job", array.job},
                      {"script", array.script},
                      {"offset", array.offset},
                      {"shards", array.shards},
                      {"submitted", array.submitted}});
  const ordered_json json = {{"pericore_slurm", submission_format},
                             {"tasks", submission.tasks},
                             {"seconds_per_run", submission.seconds_per_run},
                             {"scripts", std::move(scripts)},
                             {"arrays", std::move(arrays)},
                             {"merge_job", submission.merge_job}};
  write_atomically(file, json.dump(2) + "\n");
}

std::vector<std::int64_t> open_shards(const Manifest& manifest, const Inventory& inventory, std::uint64_t tasks,
                                      bool failed) {
  std::vector<bool> open(tasks, false);
  for (std::uint64_t run = 0; run < manifest.runs; ++run) {
    const RunState state = inventory.states[run];
    if (state == RunState::missing || (failed && state == RunState::failed))
      open[run / manifest.runs_per_part % tasks] = true;
  }
  std::vector<std::int64_t> shards;
  for (std::uint64_t shard = 0; shard < tasks; ++shard) {
    if (open[shard]) shards.push_back(static_cast<std::int64_t>(shard));
  }
  return shards;
}

}  // namespace pericore::sweep

#include "sweep/slurm_script.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "base/process.h"
#include "sweep/submission.h"

using namespace pericore;
using namespace pericore::sweep;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

/// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "pericore_slurm_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_program(const fs::path& file, const std::string& text) {
  write_atomically(file, "#!/bin/bash\n" + text);
  fs::permissions(file, fs::perms::owner_all);
}

/// Runs task 3 of a script whose pericore and scontrol are these; words go to bash between.
Finished run_task(const Folder& folder, const std::string& pericore, const std::string& scontrol,
                  const std::string& between, int restarts = 0) {
  const fs::path root = folder.path() / "it's 100% \"new\"";
  fs::create_directories(root);
  fs::remove(root / "started");
  write_program(root / "pericore", pericore);
  write_program(folder.path() / "scontrol", scontrol);
  const ScriptContext context = {.title = "t",
                                 .program = root / "pericore",
                                 .sweep_file = root / "s.yaml",
                                 .folder = root / "out",
                                 .merged = root / "out.h5"};
  const TaskPlan plan = {.tasks = 9, .time_limit = 60, .signal_before = 10, .most_restarts = 2, .arrays = {{5, 4, 0}}};
  const fs::path script = root / "run_1.sh";
  write_program(script, run_script(context, {}, plan, 0));
  const std::vector<std::string> words = {
      "env",
      "PATH=" + folder.path().string() + ":/usr/bin:/bin",
      "SLURM_ARRAY_TASK_ID=3",
      "SLURM_ARRAY_JOB_ID=77",
      "SLURM_RESTART_COUNT=" + std::to_string(restarts),
      "bash",
      "-c",
      "cd \"$(dirname \"$0\")\"; bash run_1.sh --retry-failed & script=$!\n" + between + "\nwait $script",
      script.string()};
  return run_program(words);
}

/// A pericore that says when it is there, ends cleanly at TERM, and slowly.
const char* const long_work =
    "trap 'sleep 0.2; echo saved; exit 130' TERM\ntouch started\nwhile :; do sleep 0.05; done\n";
const char* const wait_for_start = "while [ ! -e started ]; do sleep 0.02; done; ";

}  // namespace

TEST_CASE("a script of sbatch has what was asked for and nothing else", "[sweep][slurm]") {
  const ScriptContext context = {.title = "two\nlines",
                                 .program = "/opt/pericore",
                                 .sweep_file = "/home/a b/s.yaml",
                                 .folder = "/home/a b/50%",
                                 .merged = "/home/a b/50%.h5"};
  config::SlurmSpec spec;
  spec.memory = "2G";
  spec.account = "geo";
  spec.cpus = 4;
  spec.options = {"--constraint=icelake"};
  TaskPlan plan = {.tasks = 12, .time_limit = 7200, .signal_before = 90, .most_restarts = 11, .arrays = {}};
  plan.arrays = {{.offset = 0, .tasks = 6, .throttle = 3}, {.offset = 6, .tasks = 6, .throttle = 2}};
  const std::string script = run_script(context, spec, plan, 1);
  for (const char* line :
       {"#!/bin/bash\n# two lines: shards 6-11 of the sweep, array 2 of 2.", "\n#SBATCH --array=0-5%2\n",
        "\n#SBATCH --time=02:00:00\n", "\n#SBATCH --cpus-per-task=4\n", "\n#SBATCH --mem=2G\n",
        "\n#SBATCH --account=geo\n", "\n#SBATCH --constraint=icelake\n",
        "\n#SBATCH --output=\"/home/a b/50%%/slurm/logs/run_%A_%a.log\"\n", "\n#SBATCH --open-mode=append\n",
        "\n#SBATCH --requeue\n", "\n#SBATCH --signal=B:USR1@90\n", "\nset -euo pipefail\n",
        "\nfolder='/home/a b/50%'\n", "\nshards=12 ", "\noffset=6 ", "\nmost_restarts=11 "})
    CHECK_THAT(script, Contains(line));
  CHECK_THAT(script, !Contains("--partition") && !Contains("--qos"));
  CHECK(throttle_in(script) == 2);
  CHECK(throttle_in("#!/bin/bash\n#SBATCH --array=0-5\n#SBATCH --output=%A\n") == 0);
  const std::string merge = merge_script(context, spec, plan);
  CHECK_THAT(merge, Contains("\n#SBATCH --time=01:00:00\n") && Contains("merged='/home/a b/50%.h5'") &&
                        Contains("--account=geo"));
}

TEST_CASE("a task is its shard, its status that of pericore", "[sweep][slurm]") {
  const Folder folder;
  const Finished finished = run_task(folder, "printf '%s\\n' \"$@\"\nexit 3\n", "exit 9\n", "");
  CHECK(finished.status == 3);
  CHECK_THAT(finished.output, Contains("--shard\n8/9\n--resume\n--threads\n1\n") && Contains("\n--retry-failed\n") &&
                                  Contains("it's 100% \"new\"/out\n") && Contains("ended with status 3"));
}

TEST_CASE("a task that runs out of time ends cleanly and queues again", "[sweep][slurm]") {
  const Folder folder;
  const std::string signal = std::string(wait_for_start) + "kill -USR1 $script";
  const Finished finished = run_task(folder, long_work, "echo \"scontrol $*\"\n", signal);
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output, Contains("saved\n") && Contains("scontrol requeue 77_3\n"));
  SECTION("by its status where scontrol fails") { CHECK(run_task(folder, long_work, "exit 1\n", signal).status == 75); }
  SECTION("but not for ever") {
    const Finished last = run_task(folder, long_work, "echo \"scontrol $*\"\n", signal, 2);
    CHECK(last.status == 1);
    CHECK_THAT(last.output, Contains("gives up") && !Contains("scontrol"));
  }
}

TEST_CASE("a cancelled task ends cleanly and does not queue again", "[sweep][slurm]") {
  const Folder folder;
  const Finished finished =
      run_task(folder, long_work, "echo \"scontrol $*\"\n", std::string(wait_for_start) + "kill -TERM $script");
  CHECK(finished.status == 130);
  CHECK_THAT(finished.output, Contains("saved\n") && !Contains("scontrol"));
}

TEST_CASE("a task that is done as the signal comes is done", "[sweep][slurm]") {
  const Folder folder;
  const Finished finished = run_task(folder, "trap 'exit 0' TERM\ntouch started\nwhile :; do sleep 0.05; done\n",
                                     "echo \"scontrol $*\"\n", std::string(wait_for_start) + "kill -USR1 $script");
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output, !Contains("scontrol"));
}

TEST_CASE("what was submitted reads back", "[sweep][slurm]") {
  const Folder folder;
  const fs::path file = folder.path() / "jobs.json";
  CHECK_FALSE(read_submission(file).has_value());
  Submission submission;
  submission.tasks = 12;
  submission.seconds_per_run = 0.25;
  submission.scripts = {{"run_1.sh", "an-id", 0, 12}};
  submission.arrays = {{"4711", "run_1.sh", 0, "0-11", "2026-01-01T00:00:00Z"}};
  submission.merge_job = "4712";
  write_submission(file, submission);
  const Submission again = read_submission(file).value();
  CHECK(again.tasks == 12);
  CHECK(again.seconds_per_run == 0.25);
  CHECK(again.scripts.at(0).made == "an-id");
  CHECK(again.scripts.at(0).tasks == 12);
  CHECK(again.arrays.at(0).job == "4711");
  CHECK(again.arrays.at(0).shards == "0-11");
  CHECK(again.merge_job == "4712");
}

TEST_CASE("shards with missing or failed runs are open", "[sweep][slurm]") {
  Manifest manifest;
  manifest.runs = 20;
  manifest.runs_per_part = 2;  // ten files, by turns those of shards 0, 1, 2, 3
  Inventory inventory;
  inventory.states.assign(20, RunState::done);
  CHECK(open_shards(manifest, inventory, 4, false).empty());
  inventory.states[11] = RunState::missing;  // file 5
  inventory.states[19] = RunState::missing;  // file 9
  inventory.states[4] = RunState::failed;    // file 2
  CHECK(open_shards(manifest, inventory, 4, false) == std::vector<std::int64_t>{1});
  CHECK(open_shards(manifest, inventory, 4, true) == std::vector<std::int64_t>{1, 2});
}

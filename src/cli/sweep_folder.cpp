// What is in the folder of a sweep: its state, and one file of all.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/sweep.h"
#include "cli/sweep_progress.h"
#include "panel/hdf5_file.h"
#include "report/output_table.h"
#include "sweep/merge.h"
#include "sweep/rows.h"

namespace pericore::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using sweep::Directory;
using sweep::Inventory;
using sweep::Manifest;
using sweep::RunState;

struct StatusOptions {
  std::string directory;
  std::string format = "text";
  bool failed = false;
  bool missing = false;
};

/// How fast results came in lately, from the times of closed files.
struct Pace {
  double rate = std::numeric_limits<double>::quiet_NaN();  ///< runs a second over the last files
  double idle = std::numeric_limits<double>::quiet_NaN();  ///< seconds since the last one
};

Pace pace(const Manifest& manifest, const Inventory& inventory) {
  constexpr std::size_t lately = 50;  // files
  std::vector<double> ages;
  const auto now = fs::file_time_type::clock::now();
  for (const fs::path& file : inventory.files) {
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    if (!error) ages.push_back(std::chrono::duration<double>(now - time).count());
  }
  std::sort(ages.begin(), ages.end());
  Pace pace;
  if (ages.empty()) return pace;
  pace.idle = ages.front();
  const std::size_t count = std::min(lately, ages.size());
  const double span = ages[count - 1] - ages.front();
  if (count > 1 && span > 0.0) pace.rate = static_cast<double>((count - 1) * manifest.runs_per_part) / span;
  return pace;
}

/// A failed run with its error.
struct Failure {
  std::int64_t run = 0;
  std::int64_t status = 0;
  std::string error;
};

std::vector<Failure> failures(const Inventory& inventory) {
  std::vector<Failure> result;
  const std::vector<std::string> only = {"status", "error"};
  for (std::size_t f = 0; f < inventory.files.size(); ++f) {
    const panel::Dataset panel = panel::read_dataset(inventory.files[f], only);
    const auto& numbers = sweep::run_numbers(panel);
    const auto& status = std::get<std::vector<std::int64_t>>(panel.variable("status").values);
    const auto& errors = std::get<std::vector<std::string>>(panel.variable("error").values);
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      const auto run = static_cast<std::size_t>(numbers[row]);
      if (status[row] != 0 && run < inventory.file_of_run.size() &&
          inventory.file_of_run[run] == static_cast<std::int32_t>(f))
        result.push_back({numbers[row], status[row], errors[row]});
    }
  }
  std::sort(result.begin(), result.end(), [](const Failure& a, const Failure& b) { return a.run < b.run; });
  return result;
}

void print_failures(const Inventory& inventory, const std::string& format) {
  const std::vector<Failure> failed = failures(inventory);
  if (format == "json") {
    ordered_json list = ordered_json::array();
    for (const Failure& failure : failed)
      list.push_back({{"run", failure.run}, {"status", failure.status}, {"error", failure.error}});
    return print(list.dump(2) + "\n");
  }
  report::OutputTable table;
  table.columns = {"run", "status", "error"};
  for (const Failure& failure : failed)
    table.rows.push_back({std::to_string(failure.run), std::to_string(failure.status), failure.error});
  if (format == "csv") return print(report::to_csv(table));
  for (const Failure& failure : failed)
    print(fmt::format("run {} (status {}): {}\n", failure.run, failure.status, failure.error));
}

void print_missing(const Inventory& inventory, const std::string& format) {
  const auto missing = sweep::runs_in_state(inventory, RunState::missing);
  if (format == "json") return print(ordered_json(missing).dump() + "\n");
  if (format == "csv") return print(fmt::format("run\n{}{}", fmt::join(missing, "\n"), missing.empty() ? "" : "\n"));
  if (!missing.empty()) print(sweep::ranges_text(missing, std::numeric_limits<std::size_t>::max()) + "\n");
}

void status(const StatusOptions& options) {
  const Directory directory(options.directory);
  const Manifest manifest = directory.require_manifest();
  const Inventory inventory = directory.inventory(manifest);
  if (options.failed) return print_failures(inventory, options.format);
  if (options.missing) return print_missing(inventory, options.format);
  const std::uint64_t failed = inventory.count(RunState::failed);
  const std::uint64_t missing = inventory.count(RunState::missing);
  const std::uint64_t done = manifest.runs - failed - missing;
  const Pace recent = pace(manifest, inventory);
  const double left = static_cast<double>(missing) / recent.rate;
  std::vector<std::string> refused;
  for (const sweep::RefusedFile& file : inventory.refused) refused.push_back(file.why);
  if (options.format == "json") {
    const ordered_json json = {{"title", manifest.title},
                               {"design", manifest.design},
                               {"runs", manifest.runs},
                               {"done", done},
                               {"failed", failed},
                               {"missing", missing},
                               {"runs_per_second", json_number(recent.rate)},
                               {"seconds_left", json_number(missing == 0 ? 0.0 : left)},
                               {"seconds_since_last", json_number(recent.idle)},
                               {"files_not_counted", refused},
                               {"identity", manifest.identity},
                               {"version", manifest.version}};
    return print(json.dump(2) + "\n");
  }
  if (options.format == "csv")
    return print(fmt::format("runs,done,failed,missing\n{},{},{},{}\n", manifest.runs, done, failed, missing));
  if (!manifest.title.empty()) print(manifest.title + "\n");
  print(fmt::format("{} runs: {} done, {} failed, {} missing\n", manifest.runs, done, failed, missing));
  if (missing > 0 && std::isfinite(recent.idle))
    print(fmt::format("{:.3g} runs/s lately, {} left at that rate; last result {} ago\n", recent.rate,
                      duration_text(left), duration_text(recent.idle)));
  for (const std::string& why : refused) print("not counted: " + why + "\n");
  if (failed > 0) print(fmt::format("why runs failed: pericore sweep status {} --failed\n", options.directory));
}

struct MergeCommand {
  std::string directory;
  std::string output;
  sweep::MergeOptions options;
};

void merge(const MergeCommand& command) {
  if (command.output == "-") throw InputError("--output -: a result is a file in HDF5, which needs a name");
  { const AtomicFile probe(command.output); }
  const sweep::Merged merged = sweep::merge(Directory(command.directory), command.output, command.options);
  print(fmt::format("result: {} ({} runs{})\n", command.output, merged.runs,
                    merged.failed > 0 ? fmt::format(", {} of them failed: NaN", merged.failed) : ""));
}

}  // namespace

void add_sweep_status(CLI::App& sweep) {
  auto options = std::make_shared<StatusOptions>();
  auto* command = sweep.add_subcommand("status", "How far the sweep in a folder is, by its result files");
  command->add_option("DIR", options->directory, "folder of the sweep")->required();
  command->add_flag("--failed", options->failed, "list failed runs with their errors");
  command->add_flag("--missing", options->missing, "list the numbers of missing runs");
  command->add_option("--format", options->format, "text, csv or json")
      ->check(CLI::IsMember({"text", "csv", "json"}))
      ->capture_default_str();
  command->callback([options] { status(*options); });
}

void add_sweep_merge(CLI::App& sweep) {
  auto options = std::make_shared<MergeCommand>();
  auto* command = sweep.add_subcommand(
      "merge", "One HDF5 file of all runs, for Python, R, `pericore describe` and `sweep analyse`");
  command->add_option("DIR", options->directory, "folder of the sweep")->required();
  command->add_option("-o,--output", options->output, "result (HDF5)")->required();
  command->add_flag("--allow-missing", options->options.allow_missing, "merge the runs that there are");
  command->add_flag("--accept-changes", options->options.accept_changes,
                    "merge results of several versions or configurations");
  command->callback([options] { merge(*options); });
}

}  // namespace pericore::cli

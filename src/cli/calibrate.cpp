// `pericore calibrate`: parameters of a scenario fitted to empirical moments.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "base/errors.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "calibrate/journal.h"
#include "cli/calibrate_output.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/sweep_progress.h"
#include "config/calibration_spec.h"
#include "config/calibration_sweep.h"
#include "config/metrics_spec.h"
#include "moments/calibration.h"
#include "moments/from_sweep.h"
#include "moments/simulator.h"
#include "sweep/directory.h"
#include "sweep/results.h"
#include "sweep/runner.h"

namespace pericore::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string file;
  std::string directory;
  std::string write_sweep;
  std::string from_sweep;
  std::string format = "text";
  std::string progress = "auto";
  int threads = 0;
  bool quiet = false;
};

/// A line on a terminal, at most a few times a second.
class Progress {
 public:
  explicit Progress(const std::string& form) : shown_(form == "auto" && isatty(fileno(stderr)) != 0) {}
  ~Progress() {
    if (any_) fmt::print(stderr, "\r\033[K");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void operator()(const calibrate::FitProgress& progress) {
    const std::lock_guard lock(mutex_);
    if (!shown_) return;
    const auto now = Clock::now();
    if (any_ && now - last_ < std::chrono::milliseconds(250)) return;
    any_ = true;
    last_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double left =
        progress.points > 0 && progress.most > progress.points
            ? seconds * static_cast<double>(progress.most - progress.points) / static_cast<double>(progress.points)
            : 0.0;
    fmt::print(stderr, "\r\033[K{}: {} of at most {} points, lowest objective {:.6g}, at most {} left", progress.stage,
               progress.points, progress.most, progress.objective, duration_text(left));
  }

 private:
  bool shown_;
  bool any_ = false;
  std::mutex mutex_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_;
};

std::unique_ptr<calibrate::Journal> make_journal(const Options& options, const sweep::Plan& plan,
                                                 const simulation::Model& model) {
  if (options.directory.empty()) return std::make_unique<calibrate::Journal>();
  std::error_code error;
  fs::create_directories(options.directory, error);
  if (error) throw IoError(fmt::format("{}: {}", options.directory, error.message()));
  return std::make_unique<calibrate::Journal>(fs::path(options.directory) / "journal",
                                              sweep::make_identity(sweep::identity_text(plan, model)).id);
}

void print_result(const config::CalibrationSpec& spec, const moments::Calibration& result,
                  const panel::Dataset& reference, const Options& options) {
  if (options.format == "json") return print(calibration_json(spec, result, reference));
  const bool text = options.format == "text";
  if (text && !spec.title.empty()) print(heading(spec.title) + "\n\n");
  std::vector<report::OutputTable> tables = calibration_tables(spec, result, reference, options.format == "csv");
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (i > 0) print("\n");
    if (text) print(heading(std::exchange(tables[i].title, {})) + "\n\n");
    print(formatted(tables[i], options.format));
  }
  for (const std::string& warning : result.fit.warnings) {
    if (text) {
      print(fmt::format("\nwarning: {}\n", warning));
    } else {
      fmt::print(stderr, "{} {}\n", mark_warning("warning:"), warning);
    }
  }
}

void write_result(const config::CalibrationSpec& spec, const moments::Calibration& result,
                  const panel::Dataset& reference, const sweep::Plan& plan, const Options& options) {
  const fs::path folder(options.directory);
  write_atomically(folder / "calibration.json", calibration_json(spec, result, reference));
  write_atomically(folder / "fitted.yaml", fitted_scenario(spec, result, plan, folder));
}

std::string configuration_of(const simulation::Model& model) {
  const auto text = std::find_if(model.provenance.begin(), model.provenance.end(),
                                 [](const auto& own) { return own.name == "configuration"; });
  return text == model.provenance.end() ? std::string() : text->text;
}

void execute(const Options& options) {
  set_thread_count(options.threads);
  keep_freed_memory();
  config::Faults faults;
  config::CalibrationSpec spec = config::read_calibration_spec(options.file, faults);
  faults.raise_if_any();
  const sweep::Plan plan(spec.runs);
  moments::require_sound_bounds(spec, plan);
  const simulation::Model model = sweep::reference_model(plan.spec());
  const Listening listening;
  const sweep::Layout layout(plan, sweep::run_reference(model, &interrupted),
                             config::metrics_context(model.base.economy));
  const moments::RunMoments run_moments(spec, layout.reference());
  if (!options.write_sweep.empty()) {
    const fs::path file(options.write_sweep);
    write_atomically(file, config::sweep_text(spec, file.has_parent_path() ? file.parent_path() : fs::path(".")));
    if (!options.quiet)
      print(fmt::format(
          "pericore sweep {0} -o DIR; pericore sweep merge DIR -o merged.h5\npericore calibrate {1} --from-sweep "
          "merged.h5\n",
          options.write_sweep, options.file));
    return;
  }
  const std::unique_ptr<calibrate::Journal> journal = make_journal(options, plan, model);
  std::vector<Eigen::VectorXd> known_points;
  if (!options.from_sweep.empty()) {
    known_points = moments::take_from_sweep(options.from_sweep, spec, configuration_of(model), run_moments, *journal);
    spec.problem.global.points = 0;
  }
  moments::Simulator simulator(spec, plan, layout, run_moments, *journal, &interrupted);
  std::optional<moments::Calibration> result;
  try {
    Progress progress(options.progress);
    result = moments::run_calibration(spec, run_moments, simulator, known_points,
                                      [&](const calibrate::FitProgress& p) { progress(p); });
  } catch (const Interrupted&) {
    throw Interrupted(options.directory.empty()
                          ? "interrupted: nothing is kept without -o DIR"
                          : fmt::format("interrupted: {} runs are in {}; the same command goes on", journal->size(),
                                        (fs::path(options.directory) / "journal").string()));
  }
  if (!options.directory.empty()) write_result(spec, *result, layout.reference(), plan, options);
  if (!options.quiet) {
    print_result(spec, *result, layout.reference(), options);
    if (!options.directory.empty() && options.format == "text")
      print(fmt::format("\nfitted scenario: {}\n", (fs::path(options.directory) / "fitted.yaml").string()));
  }
  if (!result->fit.converged)
    throw NumericalError(
        "the search did not converge within optimiser.local.evaluations; results are of its best point");
}

}  // namespace

void add_calibrate(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "calibrate", "Fit parameters of a scenario to empirical moments, with standard errors and a score out of sample");
  command->footer(
      "Examples:\n  pericore calibrate scenarios/calibrations/recovery.yaml -o recovery\n"
      "  pericore run recovery/fitted.yaml -o recovered.h5\n\n"
      "DIR gets fitted.yaml (a scenario that extends the calibrated one), calibration.json (everything) and a journal "
      "of all "
      "runs.\nCtrl-C or a kill lose unfinished runs alone: the same command goes on, to the same bytes. Definitions: "
      "docs/calibrate.md.");
  command->add_option("CALIBRATION", options->file, "calibration file (YAML)")->required();
  command->add_option("-o,--output", options->directory, "folder of results and journal; default: print alone");
  auto* write = command->add_option("--write-sweep", options->write_sweep,
                                    "write the global stage as a sweep file, for a cluster, and end");
  command
      ->add_option("--from-sweep", options->from_sweep,
                   "merged result of that sweep (HDF5): its points instead of the global stage")
      ->excludes(write);
  command->add_option("--threads", options->threads, "threads, 0 = as many as processors; results do not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->add_option("--progress", options->progress, "on standard error: auto (a line on a terminal) or none")
      ->check(CLI::IsMember({"auto", "none"}))
      ->capture_default_str();
  command->add_flag("-q,--quiet", options->quiet, "print no tables");
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

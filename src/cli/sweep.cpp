#include "cli/sweep.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <csignal>
#include <ctime>
#include <filesystem>

#include "base/errors.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/process.h"
#include "base/version.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/ranks.h"
#include "cli/sweep_progress.h"
#include "config/metrics_spec.h"
#include "config/sweep_spec.h"
#include "panel/hdf5_file.h"
#include "report/output_table.h"
#include "sweep/design_text.h"
#include "sweep/results.h"

namespace pericore::cli {
namespace {

struct Options {
  std::string file;
  std::string directory;
  std::string shard = "0/1";
  std::string progress = "auto";
  std::string format = "text";
  int threads = 0;
  bool resume = false;
  bool retry_failed = false;
  bool accept_changes = false;
  bool dry_run = false;
  bool quiet = false;
  bool mpi = false;
  long only = -1;
};

std::string value_text(const sweep::PointValue& value) {
  const auto* number = std::get_if<double>(&value);
  return number != nullptr ? report::exact(*number) : std::get<std::string>(value);
}

/// The runs as a table, the first few or all.
report::OutputTable design_table(const sweep::Plan& plan, std::uint64_t most) {
  report::OutputTable table;
  table.columns = {"run", "point"};
  if (!plan.spec().seeds.empty()) table.columns.emplace_back("seed");
  for (const auto& parameter : plan.spec().parameters) table.columns.push_back(parameter.name);
  for (std::uint64_t number = 0; number < std::min(most, plan.runs()); ++number) {
    const sweep::PlannedRun run = plan.run(number);
    std::vector<std::string> row = {std::to_string(number), std::to_string(run.point)};
    if (run.seed) row.push_back(std::to_string(*run.seed));
    for (const auto& value : run.values) row.push_back(value_text(value));
    table.rows.push_back(std::move(row));
  }
  if (table.rows.size() < plan.runs())
    table.notes.push_back(fmt::format("... and {} more; --format csv prints all", plan.runs() - table.rows.size()));
  return table;
}

std::string bytes_text(double bytes) {
  const char* const units[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1000.0 && unit < 4; ++unit) bytes /= 1000.0;
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

/// Bytes of a result file with so many copies of one run. They are not compressed, so that sizes are linear in runs.
double part_bytes(const PreparedSweep& sweep, const sweep::Layout& layout, std::size_t runs) {
  std::vector<sweep::RunResult> results(runs);
  for (std::size_t i = 0; i < runs; ++i) {
    results[i].number = i;
    layout.measure(layout.reference(), sweep::needs_baseline(sweep.plan.spec()) ? &layout.reference() : nullptr,
                   results[i]);
  }
  return static_cast<double>(panel::to_hdf5(layout.dataset(sweep.plan, results), sweep::part_options).size());
}

double bytes_of_parts(const PreparedSweep& sweep, const sweep::Layout& layout) {
  const auto runs = static_cast<double>(sweep.plan.runs());
  const double one = part_bytes(sweep, layout, 1);
  if (sweep.plan.runs_per_part() == 1 || sweep.plan.runs() == 1) return runs * one;
  const double run = part_bytes(sweep, layout, 2) - one;
  return static_cast<double>(sweep.plan.parts()) * (one - run) + runs * run;
}

void print_dry_run(const PreparedSweep& sweep, const sweep::Layout& layout, double seconds, const std::string& format) {
  const sweep::Plan& plan = sweep.plan;
  if (format == "csv") return print(report::to_csv(design_table(plan, plan.runs())));
  constexpr std::uint64_t rows_shown = 10;
  print(fmt::format("design: {}, {} points{}\nruns: {}, in {} result files of {}\n", plan.spec().design_name,
                    plan.points(), plan.seeds() > 1 ? fmt::format(" with {} seeds each", plan.seeds()) : "",
                    plan.runs(), plan.parts(), plan.runs_per_part()));
  report::OutputTable parameters;
  parameters.columns = {"parameter", "keys", "unit"};
  for (const auto& p : plan.spec().parameters)
    parameters.rows.push_back({p.name, fmt::format("{}", fmt::join(p.keys, ", ")), p.unit});
  print("\n" + table_text(parameters) + "\n" + table_text(design_table(plan, rows_shown)) + "\n");
  const int threads = thread_count();
  const double total = seconds * static_cast<double>(plan.runs()) / threads;
  print(
      fmt::format("time: {:.3g} s of a processor for one run of the scenario as it stands{}, so {} on {} thread{}{}\n",
                  seconds, sweep::needs_baseline(plan.spec()) && !plan.shares_models() ? " and its baseline" : "",
                  total < 1.0 ? "under 1 s" : "some " + duration_text(total), threads, threads == 1 ? "" : "s",
                  plan.shares_models() ? " or less: runs that differ in policies alone are solved together" : ""));
  print(fmt::format("disk: {} in result files, and less than that for the merged file, which is compressed\n",
                    bytes_text(bytes_of_parts(sweep, layout))));
}

void refuse_started(const PreparedSweep& sweep, const sweep::Directory& directory, const Options& options,
                    const sweep::Shard& shard) {
  if (options.resume || options.retry_failed || options.accept_changes) return;
  const auto manifest = directory.manifest();
  if (!manifest || manifest->identity != sweep.identity.id) return;  // claim() judges
  const std::uint64_t there = sweep::recorded(
      sweep.plan, directory.inventory(*manifest, [&](std::uint64_t part) { return shard.owns(part); }), shard);
  if (there > 0)
    throw InputError(fmt::format("{}: holds results of {} runs{} already; --resume computes what is missing",
                                 options.directory, there, shard.count > 1 ? " of this shard" : ""));
}

void require_directory(const Options& options) {
  if (options.directory.empty()) throw InputError("--output: name the folder of the sweep, e.g. -o my_sweep");
}

/// Several seeds where nothing is drawn are the same run several times.
void warn_of_idle_seeds(const PreparedSweep& sweep, const sweep::Layout& layout) {
  if (sweep.plan.seeds() < 2 || sweep::seed_matters(sweep.plan, sweep.model, layout.reference(), &interrupted)) return;
  fmt::print(stderr,
             "warning: seeds: the scenario as it stands draws nothing, so that the {} runs of a point may all be the "
             "same (`firms: agents` would draw)\n",
             sweep.plan.seeds());
}

void compute(const Options& options) {
  const std::string folder = pasted(options.directory);
  const sweep::Shard shard = parse_shard(options.shard);
  const PreparedSweep sweep = prepare_sweep(options.file);
  const Listening listening;
  if (options.dry_run) {
    double seconds = 0.0;
    const sweep::Layout layout = make_layout(sweep, sweep::Directory(options.directory), &seconds);
    warn_of_idle_seeds(sweep, layout);
    return print_dry_run(sweep, layout, seconds, options.format);
  }
  require_directory(options);
  const sweep::Directory directory(options.directory);
  refuse_started(sweep, directory, options, shard);
  const bool first = !directory.manifest();
  const sweep::Layout layout = make_layout(sweep, directory, nullptr);
  claim(sweep, directory, layout, options.accept_changes);
  if (first) warn_of_idle_seeds(sweep, layout);
  sweep::SweepOptions run_options;
  run_options.shard = shard;
  run_options.retry_failed = options.retry_failed;
  if (options.only >= 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // nothing is computed for a worker that is gone
    run_options.only = static_cast<std::uint64_t>(options.only);
  }
  const sweep::Progress progress =
      run_claimed(sweep, layout, directory, options.file, std::move(run_options), options.progress);
  if (!options.quiet) {
    print(fmt::format("{} of {} runs recorded{}, {} failed{}; {} computed in {}\n", progress.done, progress.total,
                      shard.count > 1 ? fmt::format(" of shard {}", options.shard) : "", progress.failed,
                      progress.failed > 0 ? fmt::format(" (`pericore sweep status {} --failed` says why)", folder) : "",
                      progress.computed, duration_text(progress.seconds)));
    if (shard.count == 1)
      print(fmt::format("one file of all: pericore sweep merge {} -o {}\n", folder, pasted(options.directory + ".h5")));
  }
  require_a_success(progress, folder);
}

/// One rank makes the folder the sweep's, then each computes its shard. All end with the worst of their statuses.
void compute_by_ranks(Options options) {
  if (options.dry_run || options.shard != "0/1")
    throw InputError("--mpi: a rank is a shard; it goes with neither --shard nor --dry-run");
  require_directory(options);
  const Ranks ranks;
  options.shard = fmt::format("{}/{}", ranks.rank(), ranks.size());
  int status = 0;
  if (ranks.rank() == 0) {
    status = reported([&] {
      const PreparedSweep sweep = prepare_sweep(options.file);
      const sweep::Directory directory(options.directory);
      claim(sweep, directory, make_layout(sweep, directory, nullptr), options.accept_changes);
    });
  }
  status = ranks.worst(status);
  if (status == 0) status = ranks.worst(reported([&] { compute(options); }));
  if (status != 0) throw CLI::RuntimeError(status);
}

void execute(Options options) {
  while (options.directory.size() > 1 && options.directory.ends_with('/')) options.directory.pop_back();
  // As many ranks as processors are usual.
  set_thread_count(options.mpi ? std::max(1, options.threads) : options.threads);
  keep_freed_memory();
  if (options.mpi) return compute_by_ranks(options);
  compute(options);
}

}  // namespace

sweep::Layout make_layout(const PreparedSweep& sweep, const sweep::Directory& directory, double* seconds) {
  const auto context = config::metrics_context(sweep.model.base.economy);
  std::error_code ignored;
  if (seconds == nullptr && std::filesystem::exists(directory.reference(), ignored)) {
    try {
      panel::Dataset reference = panel::read_dataset(directory.reference());
      if (sweep::identities_of(reference).front() == sweep.identity.id)
        return {sweep.plan, std::move(reference), context};
    } catch (const IoError&) {
      // Made anew.
    }
  }
  const std::clock_t start = std::clock();  // processor time: a clock would also count what else a login node does
  panel::Dataset reference = sweep::run_reference(sweep.model, &interrupted);
  if (seconds != nullptr) {
    *seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    // The same run without policies beside it; runs that share a model share that, too.
    if (sweep::needs_baseline(sweep.plan.spec()) && !sweep.plan.shares_models()) *seconds *= 2.0;
  }
  reference.set_attribute("sweep_identity", sweep.identity.id);
  return {sweep.plan, std::move(reference), context};
}

void claim(const PreparedSweep& sweep, const sweep::Directory& directory, const sweep::Layout& layout, bool accept) {
  if (accept) {
    directory.claim_anew(
        sweep.manifest, sweep.identity, sweep.documents,
        [&](const panel::Dataset& panel, std::size_t row) { return sweep::is_as_planned(sweep.plan, panel, row); });
  } else {
    directory.claim(sweep.manifest, sweep.identity, sweep.documents);
  }
  std::error_code ignored;
  if (!std::filesystem::exists(directory.reference(), ignored))
    panel::write_dataset(directory.reference(), layout.reference());
}

namespace {

/// One run in a process of its own, which this one outlives.
int compute_apart(const std::string& file, const std::string& directory, std::uint64_t run) {
  const std::vector<std::string> words = {std::filesystem::read_symlink("/proc/self/exe").string(),
                                          "sweep",
                                          file,
                                          "--output=" + directory,
                                          "--resume",
                                          "--quiet",
                                          "--progress=none",
                                          "--threads=1",
                                          fmt::format("--only-run={}", run)};
  return run_program(words, &interrupted).status;
}

}  // namespace

sweep::Progress run_claimed(const PreparedSweep& sweep, const sweep::Layout& layout, const sweep::Directory& directory,
                            const std::string& file, sweep::SweepOptions options, const std::string& progress) {
  SweepProgress show(progress);
  options.interrupted = &interrupted;
  if (file != "-")
    options.compute_apart = [&](std::uint64_t run) { return compute_apart(file, directory.root().string(), run); };
  options.progress = [&](const sweep::Progress& now) { show(now); };
  return sweep::run_sweep(sweep.plan, layout, directory, directory.require_manifest(), options);
}

void require_a_success(const sweep::Progress& progress, const std::string& folder) {
  if (progress.total > 0 && progress.failed == progress.total)
    throw NumericalError(
        fmt::format("all {} runs failed; `pericore sweep status {} --failed` says why", progress.total, folder));
}

std::string pasted(const std::string& path) {
  const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c > 127 ||
           std::string_view("/._-+=:,@%~").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return plain ? path : shell_word(path);
}

sweep::Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  std::uint64_t numbers[2] = {0, 0};
  bool good = slash != std::string::npos;
  for (int i = 0; i < 2 && good; ++i) {
    const std::string part = i == 0 ? text.substr(0, slash) : text.substr(slash + 1);
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), numbers[i]);
    good = error == std::errc() && end == part.data() + part.size();
  }
  if (!good || numbers[1] == 0 || numbers[0] > numbers[1])
    throw InputError(fmt::format("--shard {}: expected I/N, tasks numbered from 0 to N - 1 or from 1 to N", text));
  return {.index = numbers[0], .count = numbers[1]};
}

PreparedSweep prepare_sweep(const std::string& file) {
  config::Faults faults;
  config::SweepSpec spec = config::read_sweep_spec(file, faults);
  faults.raise_if_any();
  sweep::Plan plan(std::move(spec));
  simulation::Model model = sweep::reference_model(plan.spec());
  sweep::check_policies(plan, model);
  sweep::Identity identity = sweep::make_identity(sweep::identity_text(plan, model));
  sweep::Manifest manifest;
  manifest.title = plan.spec().title;
  manifest.design = plan.spec().design_name;
  for (const auto& parameter : plan.spec().parameters) manifest.parameters.push_back(parameter.name);
  manifest.runs = plan.runs();
  manifest.points = plan.points();
  manifest.seeds = plan.seeds();
  manifest.runs_per_part = plan.runs_per_part();
  manifest.identity = identity.id;
  manifest.version = std::string(build_description());
  sweep::Directory::Documents documents = {{"sweep.yaml", plan.spec().source},
                                           {"sweep_design.json", sweep::design_text(plan)}};
  for (const auto& text : model.provenance) {
    if (text.name == "configuration") documents.emplace_back("configuration.yaml", text.text);
  }
  return {std::move(plan), std::move(model), std::move(identity), std::move(manifest), std::move(documents)};
}

void add_sweep(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("sweep", "Many runs of a scenario: designs of parameters, on threads or a cluster");
  command->footer(
      "Examples:\n  pericore sweep scenarios/sweeps/what_decides.yaml --dry-run\n"
      "  pericore sweep scenarios/sweeps/what_decides.yaml -o what_decides\n"
      "  pericore sweep submit scenarios/sweeps/what_decides.yaml -o what_decides\n"
      "  pericore sweep merge what_decides -o what_decides.h5\n\n"
      "Ctrl-C, a kill or a full disk lose unfinished runs alone; the same command with --resume goes on. "
      "docs/sweeps.md");
  command->add_option("SWEEP", options->file, "sweep file (YAML)");
  command->add_option("-o,--output", options->directory, "folder of the results");
  command->add_option("--threads", options->threads, "runs computed at the same time, 0 = as many as processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--shard", options->shard,
                      "I/N: this worker's share of the runs; I from 0 to N-1 or from 1 to N");
  command->add_option("--only-run", options->only)->group("");  // what a worker asks of another process
  command->add_flag("--mpi", options->mpi, "each rank of mpirun or srun is a shard, with one thread unless told");
  command->add_flag("--resume", options->resume, "compute what is missing");
  command->add_flag("--retry-failed", options->retry_failed, "compute failed runs again, with what is missing");
  command->add_flag("--accept-changes", options->accept_changes,
                    "go on though file, data or program changed; keeps results whose points and seeds are the same");
  command->add_flag("--dry-run", options->dry_run, "print design, time and disk needed; write nothing");
  command->add_option("--format", options->format, "of the dry run: text, or csv for the list of all runs")
      ->check(CLI::IsMember({"text", "csv"}))
      ->capture_default_str();
  command
      ->add_option("--progress", options->progress,
                   "on standard error: auto (a line on a terminal), json (a line a second) or none")
      ->check(CLI::IsMember({"auto", "json", "none"}))
      ->capture_default_str();
  command->add_flag("-q,--quiet", options->quiet, "print nothing at the end");
  add_sweep_status(*command);
  add_sweep_submit(*command);
  add_sweep_merge(*command);
  add_sweep_analyse(*command);
  command->callback([options, command] {
    if (!command->get_subcommands().empty()) return;
    if (options->file.empty())
      throw InputError(
          "sweep: name a sweep file, or one of submit, status, merge, analyse\nRun with --help for more information.");
    execute(*options);
  });
}

}  // namespace pericore::cli

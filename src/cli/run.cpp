#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "base/errors.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/version.h"
#include "cli/certificate_output.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/prepare.h"
#include "cli/progress_line.h"
#include "cli/welfare_tables.h"
#include "config/build_model.h"
#include "config/policy_targets.h"
#include "panel/hdf5_file.h"
#include "productivity/observed_productivity.h"
#include "simulation/difference.h"
#include "simulation/run.h"
#include "simulation/stability.h"
#include "welfare/output.h"

namespace pericore::cli {
namespace {

struct Options {
  std::string scenario;
  std::string output;
  bool baseline = false;
  bool quiet = false;
  bool verbose = false;
  std::string seed;
  int threads = 0;
  std::vector<std::string> set;
};

/// A line on a terminal, a line a year with --verbose, else nothing.
class Progress {
 public:
  Progress(bool verbose, std::string what, int first_year, int last_year)
      : verbose_(verbose), what_(std::move(what)), first_year_(first_year), last_year_(last_year) {}
  void operator()(int year, int evaluations) {
    if (line_.shown()) {
      line_.year(what_, year, first_year_, last_year_);
    } else if (verbose_) {
      fmt::print(stderr, "{} {}: {} evaluations\n", what_, year, evaluations);
    }
  }
  void done() { line_.clear(); }

 private:
  ProgressLine line_;
  bool verbose_;
  std::string what_;
  int first_year_;
  int last_year_;
};

std::string random_numbers(const simulation::Model& model, const simulation::BaseState& base) {
  const std::vector<std::string> drawn = random_draws(model, base);
  if (drawn.empty()) return "none drawn: mean-field firms, cohorts of people";
  return fmt::format("Philox 4x32-10: {}", fmt::join(drawn, "; "));
}

void add_provenance(panel::Dataset& dataset, const simulation::Model& model, const simulation::BaseState& base,
                    const simulation::Stability& stability, bool policies) {
  dataset.set_attribute("title", model.title);
  dataset.set_attribute("base_year", static_cast<std::int64_t>(model.base_year));
  dataset.set_attribute("seed", static_cast<std::int64_t>(model.seed));
  dataset.set_attribute("random_numbers", random_numbers(model, base));
  dataset.set_attribute("discount_rate", model.discount_rate);
  dataset.set_attribute("policies", std::string(policies ? "in force" : "dropped (baseline)"));
  dataset.set_attribute("pericore_version", std::string(version()));
  dataset.set_attribute("git_revision", std::string(git_revision()));
  dataset.set_attribute("compiler", std::string(compiler()));
  dataset.set_attribute("build_type", std::string(build_type()));
  dataset.set_attribute("target_architecture", std::string(target_architecture()));
  dataset.set_attribute("certificate_balance_residual", model.base.balance_residual);
  dataset.set_attribute("certificate_base_distance", stability.base_distance);
  dataset.set_attribute("certificate_base_drift", stability.drift);
  if (!model.calibration_report.empty()) dataset.set_document("calibration", model.calibration_report);
  dataset.set_attribute("certificate_table_change",
                        model.table_change.empty() ? std::string("none") : model.table_change);
  dataset.set_attribute("certificate_eigenvalues", stability.text);
  dataset.set_attribute("certificate_uniqueness",
                        uniqueness_in_words(dynamics::uniqueness(model.base.economy, model.dynamics,
                                                                 base.calibration.fundamentals, model.base.kernels)));
  for (const auto& text : model.provenance) dataset.set_document(text.name, text.text);
}

/// Worth and cost of the policies, to the file of differences and to the reader.
void assess(const simulation::Model& model, const panel::Dataset& scenario, const panel::Dataset& baseline,
            panel::Dataset& differences, bool quiet) {
  if (const auto missing = welfare::missing_variables(scenario); !missing.empty()) {
    if (!quiet)
      print(
          fmt::format("welfare: not assessed, since output.variables leaves out {} and {} more; name "
                      "equivalent_variation there to keep what it takes\n\n",
                      missing.front(), missing.size() - 1));
    return;
  }
  const welfare::Assessment assessment = welfare::assess(
      scenario, baseline, {.discount_rate = model.discount_rate, .targets = welfare::targets_of(scenario)});
  welfare::add_to(differences, assessment);
  if (!quiet) print_tables(welfare::tables(assessment));
}

void print_summaries(const std::vector<simulation::SummaryTable>& tables) {
  for (const auto& table : tables) print(heading(table.title) + "\n\n" + table_text(table.rows) + "\n");
}

void execute(const Options& options) {
  std::vector<std::string> set = options.set;
  if (!options.seed.empty()) set.push_back("seed=" + options.seed);
  set_thread_count(options.threads);
  keep_freed_memory();  // agents of a year take the place of those of the year before
  const simulation::Model model = config::load_model(options.scenario, set);
  const std::filesystem::path output =
      options.output.empty() ? model.output_file : std::filesystem::path(options.output);
  if (output == "-")
    throw InputError(
        "--output -: a result is a file in HDF5, which needs a name; `pericore describe FILE --csv` prints one");
  const simulation::BaseState base = prepare(model, options.scenario);
  // Before the work, not after it: can the results be written at all?
  { const AtomicFile probe(output); }
  if (options.baseline) {
    for (const char* word : {"baseline", "difference"}) const AtomicFile probe(beside(output, word));
  }
  const simulation::Stability stability = simulation::analyse_stability(model, base);
  const Listening listening;
  const auto simulate = [&](bool policies, const std::filesystem::path& file) {
    Progress progress(options.verbose, policies ? "policy" : "baseline", model.first_year, model.last_year);
    simulation::RunOptions run_options;
    run_options.policies = policies;
    run_options.interrupted = &interrupted;
    run_options.checkpoint =
        model.checkpoint_every > 0 ? std::filesystem::path(file.string() + ".checkpoint") : std::filesystem::path();
    run_options.progress = [&](int year, int evaluations) { progress(year, evaluations); };
    panel::Dataset dataset = simulation::run(model, base, run_options);
    progress.done();
    productivity::add_observed_productivity(dataset);
    welfare::add_targets(dataset, config::targets_of(model, model.policies));
    add_provenance(dataset, model, base, stability, policies);
    panel::write_dataset(file, dataset);
    return dataset;
  };
  const panel::Dataset scenario = simulate(true, output);
  if (options.baseline) {
    const panel::Dataset baseline = simulate(false, beside(output, "baseline"));
    panel::Dataset differences = simulation::difference(scenario, baseline);
    add_provenance(differences, model, base, stability, true);
    if (!options.quiet) print_summaries(simulation::summarise_policy(scenario, baseline));
    assess(model, scenario, baseline, differences, options.quiet);
    panel::write_dataset(beside(output, "difference"), differences);
  } else if (!options.quiet) {
    print_summaries(simulation::summarise(scenario));
  }
  if (options.quiet) return;
  print(stability.summary + "\n");
  print(fmt::format("result: {}\n", output.string()));
  if (options.baseline) {
    print(fmt::format("baseline: {}\n", beside(output, "baseline").string()));
    print(fmt::format("difference: {}\n", beside(output, "difference").string()));
  }
}

}  // namespace

void add_run(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("run", "Simulate a scenario; with --baseline also without its policies, and the differences");
  command->footer(
      "Example: pericore run scenarios/jilin/high_end_services.yaml --baseline -o high_end.h5\n"
      "Writes high_end.h5, high_end.baseline.h5 and high_end.difference.h5; tables go to standard output.");
  command->add_option("SCENARIO", options->scenario, "scenario or configuration (YAML); - is standard input")
      ->required();
  command->add_option("-o,--output", options->output, "result (HDF5); default: output.file of the scenario");
  command->add_flag("--baseline", options->baseline, "also without the policies (trends stay), and the differences");
  command->add_option("--seed", options->seed, "seed of all random draws, instead of the scenario's");
  command->add_option("--threads", options->threads, "threads, 0 = as many as processors; results do not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--set", options->set, "key.path=value: change a value of the scenario (repeatable)")
      ->allow_extra_args(false);
  command->add_flag("-q,--quiet", options->quiet, "print no tables");
  command->add_flag("-v,--verbose", options->verbose, "a line a year on standard error");
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

#include "cli/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "base/files.h"
#include "base/spelling.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/compare_tables.h"
#include "cli/prepare.h"
#include "cli/progress_line.h"
#include "cli/target_json.h"
#include "cli/welfare_tables.h"
#include "config/build_model.h"
#include "config/hindcast_values.h"
#include "config/read_table.h"
#include "config/target_values.h"
#include "panel/hdf5_file.h"
#include "simulation/run.h"
#include "sweep/runner.h"

namespace pericore::cli {
namespace {

using compare::Forecast;
using compare::Verdict;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

struct Options {
  std::vector<std::string> files;  ///< results, then targets
  std::vector<std::string> baselines;
  int seeds = 1;
  std::string format = "text";
};

/// A result and, where a target needs it, its baseline.
struct Run {
  std::string name;  ///< as targets name it; empty: the run they are about as a rule
  std::string file;
  panel::Dataset panel;
  std::optional<panel::Dataset> baseline;
};

/// "one_market=market.h5"; a file whose own name holds a '=' is a file.
Run named(const std::string& argument, const config::TargetSet& set) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || std::filesystem::exists(argument)) return {"", argument, {}, {}};
  std::vector<std::string> known;
  for (const config::NamedRun& run : set.runs) known.push_back(run.name);
  const std::string name = argument.substr(0, equals);
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw InputError(fmt::format("'{}': the targets name no run '{}'{}{}", argument, name, did_you_mean(name, known),
                                 known.empty() ? "" : fmt::format("; they name {}", fmt::join(known, ", "))));
  return {name, argument.substr(equals + 1), {}, {}};
}

bool needs_baseline(const config::TargetSet& set, const std::string& name) {
  const auto needs = [&](const auto& entry) { return entry.run == name && metrics::needs_baseline(entry.metric); };
  return std::any_of(set.targets.begin(), set.targets.end(),
                     [&](const auto& target) { return !target.coefficient && needs(target); }) ||
         std::any_of(set.rankings.begin(), set.rankings.end(), needs);
}

panel::Dataset finished_run(const simulation::Model& model, const simulation::BaseState& base, bool policies,
                            const std::function<void(int, int)>& progress) {
  simulation::RunOptions options;
  options.progress = progress;
  options.policies = policies;
  options.interrupted = &interrupted;
  return sweep::finished(simulation::run(model, base, options), model, model.policies, true);
}

/// A scenario in place of its results: run here by seed, each with its baseline where a target needs one; nothing is written.
void simulate(const Run& scenario, bool baseline, int seeds, std::vector<Run>& runs) {
  const Listening listening;
  ProgressLine line;
  std::uint64_t first = 0;
  const int made = seeds * (baseline ? 2 : 1);
  int runs_done = 0;
  for (int i = 0; i < seeds; ++i) {
    std::vector<std::string> set;
    if (i > 0) set.push_back(fmt::format("seed={}", first + static_cast<std::uint64_t>(i)));
    const simulation::Model model = config::load_model(scenario.file, set);
    const simulation::BaseState base = prepare(model, scenario.file);
    if (i == 0) first = model.seed;
    const int years = model.last_year - model.first_year + 1;
    const auto show = [&](int year, int) {
      line(scenario.file, fmt::format("{} {}", scenario.file, year), runs_done * years + year - model.first_year + 1,
           made * years);
    };
    Run run{scenario.name, scenario.file, finished_run(model, base, true, show), {}};
    ++runs_done;
    if (baseline) {
      run.baseline = finished_run(model, base, false, show);
      ++runs_done;
    }
    runs.push_back(std::move(run));
    if (i == 0 && seeds > 1 && random_draws(model, base).empty()) {
      line.clear();
      fmt::print(stderr, "{} --seeds: {} draws nothing, so that it is run once\n", mark_warning("warning:"),
                 scenario.file);
      return;
    }
  }
}

bool is_scenario(const std::filesystem::path& file) {
  return file.extension() == ".yaml" || file.extension() == ".yml";
}

std::vector<Run> read_runs(const Comparison& comparison, const config::TargetSet& set) {
  const std::size_t count = comparison.runs.size();
  if (!comparison.baselines.empty() && comparison.baselines.size() != count)
    throw InputError(fmt::format("--baseline: {} for {} results; give as many, in the same order",
                                 comparison.baselines.size(), count));
  std::vector<Run> runs;
  bool any_scenario = false;
  for (std::size_t i = 0; i < count; ++i) {
    Run run = named(comparison.runs[i], set);
    any_scenario = any_scenario || is_scenario(run.file);
    if (is_scenario(run.file)) {
      if (!comparison.baselines.empty())
        throw InputError(fmt::format("--baseline: {} is a scenario, whose baseline is made here", run.file));
      simulate(run, needs_baseline(set, run.name), comparison.seeds, runs);
      continue;
    }
    run.panel = panel::read_dataset(run.file);
    if (needs_baseline(set, run.name))
      run.baseline = panel::read_dataset(comparison.baselines.empty() ? beside(run.file, "baseline").string()
                                                                      : comparison.baselines[i]);
    runs.push_back(std::move(run));
  }
  if (comparison.seeds > 1 && !any_scenario)
    throw InputError("--seeds: results have their seeds already; name the scenario (YAML) that is to be run");
  return runs;
}

std::vector<const Run*> runs_of(const std::vector<Run>& runs, const std::string& name) {
  std::vector<const Run*> own;
  for (const Run& run : runs) {
    if (run.name == name) own.push_back(&run);
  }
  return own;
}

// ---- Targets and rankings

void judge_targets(const config::TargetSet& set, const std::vector<Run>& runs, Compared& compared,
                   config::Faults& faults) {
  std::vector<std::vector<double>> values(set.targets.size());
  std::vector<std::vector<double>> errors(set.targets.size());
  for (const Run& run : runs) {
    const auto own = config::target_values(set, run.name, run.panel, run.baseline ? &*run.baseline : nullptr, faults);
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (set.targets[i].run != run.name) continue;
      values[i].push_back(own[i].value);
      errors[i].push_back(own[i].std_error);
    }
  }
  faults.raise_if_any();
  for (std::size_t i = 0; i < set.targets.size(); ++i) {
    const compare::Target& target = set.targets[i];
    compared.targets.push_back(compare::judge(target, values[i], errors[i]));
    const auto own = runs_of(runs, target.run);
    if (own.empty()) compared.targets.back().verdict = Verdict::not_run;
    const panel::Dataset* const panel = own.empty() ? nullptr : &own.front()->panel;
    compared.units.push_back(target.coefficient || panel == nullptr ? "" : metrics::unit(target.metric, *panel));
    compared.definitions.push_back(target_definition(target, panel));
  }
}

compare::RankingOutcome judge_ranking(const compare::Ranking& ranking, const std::vector<const Run*>& runs) {
  if (runs.empty())
    return {.simulated = {}, .rank_correlation = nothing, .overlap = nothing, .verdict = Verdict::not_run};
  const metrics::Context context = config::metrics_context(runs.front()->panel);
  const auto mean_of = [&](const std::vector<std::string>& labels) {
    std::vector<double> means;
    for (const std::string& label : labels) {
      const metrics::Metric metric = config::metric_of_label(ranking, label);
      std::vector<double> values;
      for (const Run* run : runs)
        values.push_back(metrics::evaluate(metric, run->panel, run->baseline ? &*run->baseline : nullptr, context));
      means.push_back(compare::band(values).mean);
    }
    return means;
  };
  const config::RankingLabels labels = config::ranking_labels(ranking, runs.front()->panel);
  const std::vector<double> all = mean_of(labels.all);
  compare::Ranking resolved = ranking;
  resolved.labels = labels.named;
  compare::RankingOutcome outcome = compare::judge(resolved, mean_of(labels.named), all);
  if (ranking.within.empty()) return outcome;
  // Which region is higher than which is no part of it: what is shown are the highest of all.
  outcome.rank_correlation = nothing;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (std::isfinite(all[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return all[a] > all[b]; });
  outcome.simulated.clear();
  for (std::size_t i = 0; i < std::min(ranking.top, order.size()); ++i)
    outcome.simulated.push_back(labels.all[order[i]]);
  return outcome;
}

// ---- Hindcast

std::vector<const panel::Dataset*> unnamed_panels(const std::vector<Run>& runs, const char* section) {
  std::vector<const panel::Dataset*> panels;
  for (const Run* run : runs_of(runs, "")) panels.push_back(&run->panel);
  if (panels.empty()) throw InputError(fmt::format("{}: needs a result without a name", section));
  return panels;
}

std::vector<LevelRow> levels(const config::CensusSpec& spec, const std::vector<Run>& runs) {
  const config::CensusLevels tables = config::census_levels(spec, unnamed_panels(runs, "census"));
  std::vector<LevelRow> rows;
  const auto add = [&](const std::string& sector, const char* quantity, const Eigen::ArrayXd& observed,
                       const Eigen::ArrayXd& simulated) {
    rows.push_back({sector, quantity, "", "all", compare::score_levels(observed, simulated)});
    for (std::size_t g = 0; g < tables.groups.names.size(); ++g)
      rows.push_back({sector, quantity, tables.groups.names[g].first, tables.groups.names[g].second,
                      compare::score_levels(observed, simulated, tables.groups.members[g])});
  };
  const Eigen::ArrayXXd observed = compare::location_quotients(tables.observed);
  const Eigen::ArrayXXd simulated = compare::location_quotients(tables.simulated);
  for (std::size_t s = 0; s < spec.sectors.size(); ++s) {
    const auto column = static_cast<Eigen::Index>(s);
    add(spec.sectors[s].name, "location quotient", observed.col(column), simulated.col(column));
    add(spec.sectors[s].name, "share of the nation, %",
        100.0 * tables.observed.col(column) / tables.observed.col(column).sum(),
        100.0 * tables.simulated.col(column) / tables.simulated.col(column).sum());
  }
  if (!spec.manufacturing.empty())
    add("theta", "co-agglomeration", config::theta(spec, tables.observed), config::theta(spec, tables.simulated));
  return rows;
}

std::vector<HindcastRow> hindcast(const config::HindcastSpec& spec, const std::vector<Run>& runs) {
  const std::vector<const panel::Dataset*> panels = unnamed_panels(runs, "hindcast");
  const config::Hindcast tables = config::hindcast_tables(spec, panels);
  std::vector<HindcastRow> rows;
  const auto add = [&](const std::string& sector, const compare::Prediction& prediction) {
    const auto add_units = [&](const std::string& column, const std::string& label, std::span<const char> chosen) {
      const auto scores = compare::score(prediction, chosen);
      const auto of = [&](Forecast forecast) { return scores[static_cast<std::size_t>(forecast)]; };
      for (const Forecast forecast : compare::forecasts) {
        rows.push_back({sector, column, label, std::string(compare::to_text(forecast)), of(forecast),
                        compare::skill(of(forecast), of(Forecast::no_change)),
                        compare::skill(of(forecast), of(Forecast::proportional)),
                        compare::skill(of(forecast), of(Forecast::mean_reversion))});
      }
    };
    add_units("", "all", {});
    for (std::size_t g = 0; g < tables.groups.names.size(); ++g)
      add_units(tables.groups.names[g].first, tables.groups.names[g].second, tables.groups.members[g]);
  };
  for (std::size_t s = 0; s < spec.sectors.size(); ++s)
    add(spec.sectors[s].name,
        compare::predict(tables.data, static_cast<Eigen::Index>(s), compare::Quantity::location_quotient));
  add("all employment", compare::predict_total(tables.data));
  return rows;
}

void execute(const Options& options) {
  if (options.files.size() < 2) throw InputError("compare: name one or more results, then a file of targets");
  print(compared_in({.runs = {options.files.begin(), options.files.end() - 1},
                     .baselines = options.baselines,
                     .targets = options.files.back(),
                     .seeds = options.seeds},
                    options.format));
}

}  // namespace

std::string compared_in(const Comparison& comparison, const std::string& format) {
  if (config::is_hdf5(comparison.targets))
    throw InputError(fmt::format("compare: {} is a result; the file of targets (YAML) comes last", comparison.targets));
  config::Faults faults;
  const config::TargetSet set = config::read_targets(comparison.targets, faults);
  faults.raise_if_any();
  const std::vector<Run> runs = read_runs(comparison, set);
  for (const Run& run : runs) {
    // Runs of one name are alike; what is wrong with the first is wrong with all.
    if (runs_of(runs, run.name).front() != &run) continue;
    config::check_targets(set, run.name, run.panel, faults);
    if (run.name.empty()) config::check_censuses(set, run.panel, faults);
  }
  Compared compared;
  compared.set = &set;
  compared.written = read_text(comparison.targets);
  judge_targets(set, runs, compared, faults);
  for (const compare::Ranking& ranking : set.rankings)
    compared.rankings.push_back(judge_ranking(ranking, runs_of(runs, ranking.run)));
  if (set.census) compared.levels = levels(*set.census, runs);
  if (set.hindcast) compared.hindcast = hindcast(*set.hindcast, runs);
  return compared_text(compared, format);
}

void add_compare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "compare", "Simulated against empirical indices: targets, rankings, and the census of a later year");
  command->footer(
      "Examples:\n  pericore compare scenarios/jilin/baseline.yaml scenarios/china/empirical/paper_001.yaml\n  "
      "pericore compare jilin.h5 scenarios/china/empirical/paper_001.yaml\n"
      "  pericore compare jilin.h5 scenarios/china/empirical/paper_001.yaml --format csv > targets.csv\n"
      "  pericore compare scenarios/china/estimator_bias/scenario.yaml scenarios/china/empirical/paper_002.yaml "
      "--seeds 3\n\n"
      "Several results are runs that differ in their seed: means, with their spread. Where targets are about several "
      "scenarios,\n"
      "NAME=RESULT.h5 says which is which. Definitions: docs/compare.md.");
  command
      ->add_option("FILES", options->files,
                   "results (HDF5), or scenarios (YAML) to run; or NAME=FILE; then targets (YAML)")
      ->required();
  command->add_option("--baseline", options->baselines,
                      "baselines, as many as results; default: NAME.baseline.h5 beside each");
  command
      ->add_option("--seeds", options->seeds,
                   "runs of each scenario that stands in place of a result: its own seed and those that follow")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

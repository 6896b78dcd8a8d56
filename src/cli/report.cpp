#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/errors.h"
#include "base/files.h"
#include "cli/command.h"
#include "cli/compare.h"
#include "cli/report_exhibits.h"
#include "cli/welfare_tables.h"
#include "panel/hdf5_file.h"
#include "report/boundaries.h"
#include "report/html_page.h"
#include "welfare/output.h"

namespace pericore::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string baseline;
  bool no_baseline = false;
  std::vector<std::string> targets;
  std::string output;
};

/// What the policy is worth and costs, where the results hold what that needs.
struct Worth {
  panel::Dataset panel;  ///< dimensions of the run, variables of docs/variables.md#welfare
  std::vector<report::KeyNumber> key_numbers;
};

/// The baseline named, or the one that `pericore run --baseline` wrote beside the run.
std::optional<std::filesystem::path> baseline_of(const Options& options, const std::string& run) {
  if (options.no_baseline) return std::nullopt;
  if (!options.baseline.empty()) return options.baseline;
  std::filesystem::path neighbour = beside(run, "baseline");
  if (std::filesystem::exists(neighbour)) return neighbour;
  return std::nullopt;
}

std::optional<Worth> worth_of(const panel::Dataset& run, const panel::Dataset& baseline) {
  if (!welfare::missing_variables(run).empty() || !welfare::missing_variables(baseline).empty()) return std::nullopt;
  const panel::AttributeValue* kept = run.find_attribute("discount_rate");
  const double rate = kept != nullptr && std::holds_alternative<double>(*kept) ? std::get<double>(*kept)
                                                                               : welfare::Settings{}.discount_rate;
  const welfare::Assessment assessment =
      welfare::assess(run, baseline, {.discount_rate = rate, .targets = welfare::targets_of(run)});
  Worth worth;
  for (const panel::Dimension& dimension : run.dimensions()) worth.panel.add_dimension(dimension);
  welfare::add_to(worth.panel, assessment);
  for (const welfare::Metric& metric : welfare::metrics(assessment)) {
    worth.key_numbers.push_back(
        {.name = metric.name, .unit = metric.unit, .definition = metric.definition, .value = metric.value});
  }
  return worth;
}

std::vector<std::string> region_codes(const panel::Dataset& run) {
  const panel::Variable* codes = run.find_variable("region_id");
  if (codes == nullptr || !std::holds_alternative<std::vector<std::string>>(codes->values)) return {};
  return std::get<std::vector<std::string>>(codes->values);
}

/// What the page is made of, by what the files are.
struct Sources {
  std::string run;  ///< empty: none
  std::vector<report::Exhibit> exhibits;
  std::string title;  ///< where there is no run
};

/// The run beside what a file of targets says.
report::Exhibit comparison_with(const Options& options, const Sources& sources, const std::string& targets) {
  Comparison comparison{.runs = {sources.run}, .baselines = {}, .targets = targets};
  if (!options.baseline.empty()) comparison.baselines = {options.baseline};
  return json_exhibit(compared_in(comparison, "json"), std::filesystem::path(targets).filename().string());
}

Sources sources_of(const Options& options) {
  Sources sources;
  for (const std::string& file : options.files) {
    if (std::filesystem::path(file).extension() == ".json") {
      sources.exhibits.push_back(json_exhibit(file));
      continue;
    }
    switch (kind_of(file)) {
      case ResultKind::run:
        if (!sources.run.empty())
          throw InputError(fmt::format("{} and {}: a page shows one run, compared with one baseline (--baseline)",
                                       sources.run, file));
        sources.run = file;
        break;
      case ResultKind::sweep:
        sources.exhibits.push_back(sweep_exhibit(file));
        break;
      case ResultKind::diagram:
        sources.exhibits.push_back(diagram_exhibit(file));
        break;
    }
  }
  if (sources.run.empty()) {
    if (!options.baseline.empty())
      throw InputError("--baseline: there is no result of `pericore run` to compare with it");
    if (!options.targets.empty())
      throw InputError("--targets: there is no result of `pericore run` to hold against them");
    sources.title = nlohmann::json::parse(sources.exhibits.front().facts).value("title", std::string());
    if (sources.title.empty()) sources.title = sources.exhibits.front().name;
  }
  for (const std::string& targets : options.targets)
    sources.exhibits.push_back(comparison_with(options, sources, targets));
  return sources;
}

std::string page_of(const Options& options, const Sources& sources) {
  if (sources.run.empty())
    return report::html_page(report::page_assets(), sources.title, report::page_data({.exhibits = sources.exhibits}),
                             "null");
  const panel::Dataset run = panel::read_dataset(sources.run);
  const std::optional<std::filesystem::path> baseline_file = baseline_of(options, sources.run);
  panel::Dataset baseline;
  if (baseline_file) baseline = panel::read_dataset(*baseline_file);
  try {
    std::optional<Worth> worth;
    report::PageInput input{
        .run = &run, .run_name = std::filesystem::path(sources.run).filename().string(), .exhibits = sources.exhibits};
    if (baseline_file) {
      input.baseline = &baseline;
      input.baseline_name = baseline_file->filename().string();
      report::require_same_dimensions(run, baseline);
      worth = worth_of(run, baseline);
    }
    if (worth) {
      input.welfare = &worth->panel;
      input.key_numbers = worth->key_numbers;
    }
    const std::string boundaries = report::boundaries_of(report::page_assets().boundaries, region_codes(run));
    return report::html_page(report::page_assets(), title_of(run, sources.run), report::page_data(input), boundaries);
  } catch (const DomainError& error) {
    throw InputError(
        fmt::format("{}{}: {}", sources.run, baseline_file ? " and " + baseline_file->string() : "", error.what()));
  }
}

void execute(const Options& options) {
  if (!report::page_assets().missing_reason.empty())
    throw InputError(fmt::format("report: {}", report::page_assets().missing_reason));
  const std::string page = page_of(options, sources_of(options));
  if (options.output == "-") return print(page);
  const std::filesystem::path file = options.output.empty()
                                         ? std::filesystem::path(options.files.front()).replace_extension(".html")
                                         : std::filesystem::path(options.output);
  write_atomically(file, page);
  print(fmt::format("report: {}\n", file.string()));
}

}  // namespace

void add_report(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("report", "One self-contained HTML page of results: maps, charts, tables");
  command->footer(
      "Examples (the baseline of high_end.h5 is high_end.baseline.h5, if it is there):\n"
      "  pericore report high_end.h5 -o high_end.html\n"
      "  pericore report high_end.h5 --baseline high_end.baseline.h5 -o - > page.html\n"
      "  pericore report high_end.h5 --targets scenarios/china/empirical/paper_001.yaml\n"
      "  pericore report what_decides.h5 -o what_decides.html\n\n"
      "The page needs no network. What it shows: docs/report.md.");
  command
      ->add_option(
          "FILES", options->files,
          "results (HDF5) of one run, of merged sweeps, of bifurcation diagrams; comparisons and calibrations (JSON)")
      ->required();
  auto* baseline = command->add_option("--baseline", options->baseline,
                                       "result to compare with; default: NAME.baseline.h5 beside the run");
  command->add_flag("--no-baseline", options->no_baseline, "show the run alone")->excludes(baseline);
  command
      ->add_option("--targets", options->targets,
                   "targets (YAML) to hold the run against, as `pericore compare` does; may be given several times")
      ->allow_extra_args(false);
  command->add_option("-o,--output", options->output,
                      "page to write, - for standard output; default: NAME.html beside the first file");
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/welfare_tables.h"
#include "panel/hdf5_file.h"
#include "welfare/output.h"

namespace pericore::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::vector<std::string> results;
  std::vector<std::string> baselines;
  double discount_rate = std::nan("");
  std::string format = "text";
};

panel::Dataset read_for_welfare(const std::filesystem::path& file) {
  panel::Dataset panel = panel::read_dataset(file);
  if (const auto missing = welfare::missing_variables(panel); !missing.empty())
    throw InputError(fmt::format("{}: holds no {}: not a result of `pericore run`, or output.variables left it out",
                                 file.string(), missing.front()));
  return panel;
}

double discount_rate_of(const panel::Dataset& panel, const Options& options) {
  if (!std::isnan(options.discount_rate)) return options.discount_rate;
  const panel::AttributeValue* kept = panel.find_attribute("discount_rate");
  if (kept != nullptr && std::holds_alternative<double>(*kept)) return std::get<double>(*kept);
  return welfare::Settings{}.discount_rate;
}

std::string json_text(const std::vector<welfare::Estimate>& estimates) {
  const auto number = [](double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(); };
  ordered_json list = ordered_json::array();
  for (const welfare::Estimate& estimate : estimates) {
    list.push_back({{"metric", estimate.name},
                    {"value", number(estimate.mean)},
                    {"standard_error", number(estimate.standard_error)},
                    {"runs", estimate.runs},
                    {"unit", estimate.unit},
                    {"definition", estimate.definition}});
  }
  return list.dump(2) + "\n";
}

void execute(const Options& options) {
  if (!options.baselines.empty() && options.baselines.size() != options.results.size())
    throw InputError(
        fmt::format("--baseline: {} given for {} results", options.baselines.size(), options.results.size()));
  std::vector<std::vector<welfare::Metric>> runs;
  std::vector<report::OutputTable> tables;
  ProgressLine line;
  const int count = static_cast<int>(options.results.size());
  for (std::size_t i = 0; i < options.results.size(); ++i) {
    const std::filesystem::path file = options.results[i];
    if (count > 1) line("results", file.string(), static_cast<int>(i), count);
    const std::filesystem::path other =
        options.baselines.empty() ? beside(file, "baseline") : std::filesystem::path(options.baselines[i]);
    const panel::Dataset policy = read_for_welfare(file);
    const panel::Dataset baseline = read_for_welfare(other);
    welfare::Assessment assessment;
    try {
      assessment =
          welfare::assess(policy, baseline,
                          {.discount_rate = discount_rate_of(policy, options), .targets = welfare::targets_of(policy)});
    } catch (const DomainError& error) {
      throw InputError(fmt::format("{} and {}: {}", file.string(), other.string(), error.what()));
    }
    runs.push_back(welfare::metrics(assessment));
    tables = welfare::tables(assessment);
  }
  line.clear();
  const std::vector<welfare::Estimate> estimates = welfare::average(runs);
  if (options.format == "json") {
    print(json_text(estimates));
  } else if (options.format == "text" && runs.size() == 1) {
    print_tables(tables);
  } else {
    print(formatted(welfare::table(estimates), options.format));
  }
}

}  // namespace

std::filesystem::path beside(const std::filesystem::path& file, const std::string& word) {
  std::filesystem::path name = file.stem();
  name += "." + word;
  name += file.extension();
  return file.parent_path() / name;
}

void print_tables(const std::vector<report::OutputTable>& tables) {
  for (report::OutputTable table : tables) {
    const std::string title = std::exchange(table.title, {});
    print(heading(title) + "\n\n" + table_text(table) + "\n");
  }
}

void add_welfare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "welfare", "What a policy is worth, to whom and why, and what it costs: a result against its baseline");
  command->footer(
      "Examples (the baseline of high_end.h5 is high_end.baseline.h5):\n  pericore welfare high_end.h5\n"
      "  pericore welfare high_end.h5 --discount-rate 0.03 --format csv\n\n"
      "Several results whose runs differ in the seed alone give means with standard errors over seeds.\n"
      "Definitions: docs/welfare.md.");
  command
      ->add_option("RESULT", options->results,
                   "results of `pericore run --baseline`; several: runs that differ in the seed")
      ->required();
  command->add_option("--baseline", options->baselines,
                      "baselines, as many as results; default: NAME.baseline.h5 beside each");
  command
      ->add_option("--discount-rate", options->discount_rate,
                   "of a year, instead of the scenario's welfare.discount_rate")
      ->check(CLI::Range(-0.99, 1.0));
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

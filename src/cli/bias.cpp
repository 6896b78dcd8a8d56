// `pericore bias`: what estimators make of effects whose size is known.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/errors.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/sweep.h"
#include "config/bias_spec.h"
#include "panel/hdf5_file.h"
#include "report/html_page.h"
#include "report/output_table.h"
#include "report/page_data.h"
#include "sweep/bias.h"
#include "sweep/merge.h"

namespace pericore::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string study;
  std::string directory;
  std::string results;
  std::string format = "text";
  std::string progress = "auto";
  int threads = 0;
};

/// The sweep of the study, from wherever it stands, as one file.
panel::Dataset computed(const config::BiasSpec& spec, const Options& options) {
  if (!options.results.empty()) return panel::read_dataset(options.results);
  if (options.directory.empty())
    throw InputError("--output: name the folder of the study's runs, e.g. -o my_study; or give --results");
  const PreparedSweep sweep = prepare_sweep(spec.sweep.string());
  const Listening listening;
  const sweep::Directory directory(options.directory);
  const sweep::Layout layout = make_layout(sweep, directory, nullptr);
  claim(sweep, directory, layout, false);
  const sweep::Progress progress = run_claimed(sweep, layout, directory, spec.sweep.string(), {}, options.progress);
  require_a_success(progress, pasted(options.directory));
  const std::filesystem::path merged = directory.root() / "study.h5";
  sweep::merge(directory, merged, {});
  return panel::read_dataset(merged);
}

std::string value_text(const sweep::PointValue& value, const std::string& format) {
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr) return std::get<std::string>(value);
  return format == "csv" ? report::exact(*number) : report::rounded(*number, 4);
}

/// Tests in the order in which models have them first.
std::vector<std::string> tests_of(const sweep::BiasStudy& study) {
  std::vector<std::string> names;
  for (const sweep::BiasRow& row : study.rows) {
    for (const auto& [name, share] : row.tests) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

/// Share of draws in which a test rejects; NaN where the model has no such test.
double rejections_of(const sweep::BiasRow& row, const std::string& test) {
  const auto at = std::find_if(row.tests.begin(), row.tests.end(), [&](const auto& t) { return t.first == test; });
  return at == row.tests.end() ? std::numeric_limits<double>::quiet_NaN() : at->second;
}

report::OutputTable table_of(const config::BiasSpec& spec, const sweep::BiasStudy& study, const std::string& format) {
  const bool csv = format == "csv";
  const auto number = [&](double value, int digits) {
    return csv ? report::exact(value) : report::rounded(value, digits);
  };
  report::OutputTable table;
  table.title = spec.title;
  table.columns = {"effect", "model"};
  table.columns.insert(table.columns.end(), study.parameters.begin(), study.parameters.end());
  for (const char* name : {"draws", "truth", "mean", "bias", "bias_error", "sd", "se", "rmse", "coverage", "rejects_0"})
    table.columns.emplace_back(name);
  const std::vector<std::string> tests = tests_of(study);
  if (csv) {
    for (const std::string& test : tests) table.columns.push_back("rejects_" + test);
  }
  for (const sweep::BiasRow& row : study.rows) {
    std::vector<std::string> cells = {row.effect, row.model};
    for (const auto& value : row.parameters) cells.push_back(value_text(value, format));
    const econometrics::Performance& p = row.performance;
    cells.push_back(fmt::format("{}", p.draws));
    for (const double value : {p.truth, p.mean, p.bias, p.bias_error, p.deviation, p.standard_error, p.rmse})
      cells.push_back(number(value, 3));
    for (const double share : {p.coverage, p.rejections}) cells.push_back(number(share, 3));
    if (csv) {
      for (const std::string& test : tests) cells.push_back(report::exact(rejections_of(row, test)));
    }
    table.rows.push_back(std::move(cells));
  }
  table.notes = {
      fmt::format("bias: mean estimate less truth, bias_error its Monte-Carlo standard error. sd: of estimates over "
                  "draws, se: what the estimator believes it is. coverage: share of {:g} % intervals that hold the "
                  "truth. rejects_0: share of draws in which 0 is rejected.",
                  100.0 * spec.level)};
  if (study.failed_runs > 0) table.notes.push_back(fmt::format("{} runs failed and are left out.", study.failed_runs));
  return table;
}

/// How often tests of the specification reject, one row a model and point.
report::OutputTable tests_table(const config::BiasSpec& spec, const sweep::BiasStudy& study) {
  report::OutputTable table;
  table.title = fmt::format("Share of draws in which a test rejects at {:g} %", 100.0 * (1.0 - spec.level));
  table.columns = {"model"};
  table.columns.insert(table.columns.end(), study.parameters.begin(), study.parameters.end());
  const std::vector<std::string> tests = tests_of(study);
  table.columns.insert(table.columns.end(), tests.begin(), tests.end());
  std::set<std::pair<std::string, std::int64_t>> shown;  // a model may serve several effects
  for (const sweep::BiasRow& row : study.rows) {
    if (row.tests.empty() || !shown.emplace(row.model, row.point).second) continue;
    std::vector<std::string> cells = {row.model};
    for (const auto& value : row.parameters) cells.push_back(value_text(value, "text"));
    for (const std::string& test : tests) cells.push_back(report::rounded(rejections_of(row, test), 3));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

ordered_json json_of(const config::BiasSpec& spec, const sweep::BiasStudy& study) {
  ordered_json json = {{"title", spec.title}, {"level", spec.level}, {"failed_runs", study.failed_runs}};
  json["rows"] = ordered_json::array();
  for (const sweep::BiasRow& row : study.rows) {
    ordered_json item = {{"effect", row.effect}, {"model", row.model}, {"term", row.term}, {"point", row.point}};
    item["parameters"] = ordered_json::object();
    for (std::size_t k = 0; k < row.parameters.size(); ++k) {
      std::visit([&](const auto& value) { item["parameters"][study.parameters[k]] = value; }, row.parameters[k]);
    }
    const econometrics::Performance& p = row.performance;
    item["draws"] = p.draws;
    item["truth"] = json_number(p.truth);
    item["truth_error"] = json_number(row.truth_error);
    item["mean"] = json_number(p.mean);
    item["bias"] = json_number(p.bias);
    item["bias_error"] = json_number(p.bias_error);
    item["sd"] = json_number(p.deviation);
    item["se"] = json_number(p.standard_error);
    item["rmse"] = json_number(p.rmse);
    item["coverage"] = json_number(p.coverage);
    item["rejects_0"] = json_number(p.rejections);
    item["tests"] = ordered_json::object();
    for (const auto& [name, share] : row.tests) item["tests"][name] = json_number(share);
    json["rows"].push_back(std::move(item));
  }
  return json;
}

/// The study beside its runs: as JSON, and as a page where the program has one.
void write_files(const std::string& title, const ordered_json& study, const std::filesystem::path& folder) {
  write_atomically(folder / "study.json", study.dump(2) + "\n");
  if (!report::page_assets().missing_reason.empty()) return;
  const report::Exhibit exhibit{.kind = "estimators", .name = "study.json", .facts = study.dump()};
  write_atomically(folder / "study.html",
                   report::html_page(report::page_assets(), title, report::page_data({.exhibits = {exhibit}}), "null"));
}

void execute(const Options& options) {
  set_thread_count(options.threads);
  keep_freed_memory();
  config::Faults faults;
  const config::BiasSpec spec = config::read_bias_spec(options.study, faults);
  faults.raise_if_any();
  const sweep::BiasStudy study = sweep::study_bias(spec, computed(spec, options));
  const ordered_json json = json_of(spec, study);
  if (options.results.empty()) write_files(spec.title, json, options.directory);
  if (options.format == "json") return print(json.dump(2) + "\n");
  print(formatted(table_of(spec, study, options.format), options.format));
  if (options.format == "csv") return;
  if (const report::OutputTable tests = tests_table(spec, study); !tests.rows.empty())
    print("\n" + formatted(tests, options.format));
}

}  // namespace

void add_bias(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("bias", "Estimators held against effects whose size is known");
  command->footer(
      "Examples:\n"
      "  pericore bias scenarios/jilin/estimator_bias/study.yaml -o jilin_bias\n"
      "  pericore bias scenarios/jilin/estimator_bias/study.yaml -o jilin_bias --format latex > bias.tex\n\n"
      "Runs the study's sweep into the folder, going on where an earlier call stopped; merges it into study.h5 and "
      "draws "
      "study.html there; prints bias, coverage and rejection rates by estimator. docs/estimator_bias.md");
  command->add_option("STUDY", options->study, "study (YAML)")->required();
  command->add_option("-o,--output", options->directory, "folder of the study's runs");
  command->add_option("--results", options->results, "merged file of the study's sweep, in place of running it");
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->add_option("--progress", options->progress, "on standard error: auto, json or none")
      ->check(CLI::IsMember({"auto", "json", "none"}))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "runs computed at the same time, 0 = as many as processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

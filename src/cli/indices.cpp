#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/errors.h"
#include "base/parallel.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/json.h"
#include "config/indices_spec.h"
#include "report/output_table.h"

namespace pericore::cli {
namespace {

using indices::IndexRow;
using nlohmann::ordered_json;

ordered_json text_or_null(const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); }

std::string json_text(const std::vector<IndexRow>& rows) {
  // One row a line: long lists stay readable and quick to write.
  std::string text = "[";
  for (const IndexRow& row : rows) {
    ordered_json entry;
    entry["index"] = row.index;
    entry["entity"] = text_or_null(row.entity);
    entry["time"] = row.time ? ordered_json(*row.time) : ordered_json();
    entry["sector"] = text_or_null(row.sector);
    entry["value"] = json_number(row.value);
    for (const auto& [name, value] : row.fields) entry[name] = json_number(value);
    if (!row.grade.empty()) entry["grade_name"] = row.grade;
    text += text.size() == 1 ? "\n  " : ",\n  ";
    text += entry.dump();
  }
  return text + "\n]\n";
}

report::OutputTable to_table(const indices::Measurement& measurement, const std::string& format) {
  const auto& rows = measurement.rows;
  const auto any = [&](auto&& used) { return std::any_of(rows.begin(), rows.end(), used); };
  // For people only the keys that some row has; other programs get all of them.
  const bool all = format == "csv";
  const bool entities = all || any([](const IndexRow& row) { return !row.entity.empty(); });
  const bool times = all || any([](const IndexRow& row) { return row.time.has_value(); });
  const bool sectors = all || any([](const IndexRow& row) { return !row.sector.empty(); });
  const bool grades = any([](const IndexRow& row) { return !row.grade.empty(); });
  std::vector<std::string> fields;
  for (const IndexRow& row : rows) {
    for (const auto& [name, value] : row.fields) {
      if (std::find(fields.begin(), fields.end(), name) == fields.end()) fields.push_back(name);
    }
  }
  report::OutputTable table;
  table.columns.emplace_back("index");
  if (entities) table.columns.emplace_back("entity");
  if (times) table.columns.emplace_back("time");
  if (sectors) table.columns.emplace_back("sector");
  table.columns.emplace_back("value");
  table.columns.insert(table.columns.end(), fields.begin(), fields.end());
  if (grades) table.columns.emplace_back("grade_name");
  const auto number = [&](double value) { return all ? report::exact(value) : report::rounded(value, 5); };
  for (const IndexRow& row : rows) {
    std::vector<std::string> cells = {row.index};
    if (entities) cells.push_back(row.entity);
    if (times) cells.push_back(row.time ? std::to_string(*row.time) : std::string());
    if (sectors) cells.push_back(row.sector);
    cells.push_back(number(row.value));
    for (const std::string& name : fields) {
      const auto field = std::find_if(row.fields.begin(), row.fields.end(),
                                      [&](const auto& candidate) { return candidate.first == name; });
      cells.push_back(field == row.fields.end() ? std::string() : number(field->second));
    }
    if (grades) cells.push_back(row.grade);
    table.rows.push_back(std::move(cells));
  }
  if (!all) table.notes = measurement.notes;
  return table;
}

std::string list_text() {
  std::vector<std::vector<std::string>> rows = {{"index", "meaning"}};
  for (const auto& kind : indices::index_kinds()) rows.push_back({kind.name, kind.meaning});
  return table_text(
      report::OutputTable{.title = {}, .columns = rows.front(), .rows = {rows.begin() + 1, rows.end()}, .notes = {}});
}

struct Options {
  std::string data;
  std::string spec;
  std::string format = "text";
  int threads = 0;
  bool list = false;
};

void execute(const Options& options) {
  if (options.list) {
    print(list_text());
    return;
  }
  if (options.data.empty()) throw InputError("DATA is missing: a CSV, a result of pericore, or - for standard input");
  if (options.data == "-" && options.spec == "-")
    throw InputError("data and specification cannot both be standard input");
  set_thread_count(options.threads);
  config::Faults faults;
  std::optional<std::filesystem::path> spec;
  if (!options.spec.empty()) spec = options.spec;
  const config::IndicesTask task = config::read_indices_task(options.data, spec, faults);
  faults.raise_if_any();
  indices::Measurement measurement;
  try {
    measurement = indices::measure(task.table, task.request);
  } catch (const InputError& error) {
    throw InputError(options.data + ": " + error.what());
  }
  if (options.format == "json" || options.format == "csv") {
    for (const std::string& note : measurement.notes) std::fprintf(stderr, "%s\n", note.c_str());
  }
  print(options.format == "json" ? json_text(measurement.rows)
                                 : formatted(to_table(measurement, options.format), options.format));
}

}  // namespace

void add_indices(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "indices", "Agglomeration, concentration, co-agglomeration, coupling and spatial statistics of a panel");
  command->footer(
      "Examples:\n  pericore indices jilin.h5\n  pericore indices configs/china/employment_2010.csv --spec "
      "scenarios/china/estimation/indices_2010.yaml\n"
      "  pericore indices configs/china/regions.csv --spec scenarios/china/estimation/population_2010.yaml --format "
      "json\n\n"
      "The specification is described in docs/estimators/indices.md. Why values are empty is said on standard error, "
      "in text\n"
      "and LaTeX below the table.");
  command->add_option("DATA", options->data, "CSV with a header, or a result of pericore; - is standard input");
  command->add_option("--spec", options->spec,
                      "specification (YAML); without it DATA must be a result: quotients and theta of all sectors");
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "threads; 0: one a processor")->check(CLI::Range(0, 4096));
  command->add_flag("--list", options->list, "names of all indices");
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "base/parallel.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/progress_line.h"
#include "config/productivity_spec.h"
#include "report/output_table.h"

namespace pericore::cli {
namespace {

using nlohmann::ordered_json;
using productivity::Analysis;
using productivity::Mean;
using productivity::ResultColumn;

struct Options {
  std::string spec;
  std::string data;
  std::string format = "text";
  std::string table;
  int threads = 0;
};

/// Rows of the analysis that one line of means is made of.
struct Group {
  std::string label;
  std::optional<long> time;
  std::vector<std::size_t> rows;
};

std::vector<Group> by_entity(const Analysis& analysis) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < analysis.entity.size(); ++i) {
    if (groups.empty() || groups.back().label != analysis.entity[i])
      groups.push_back({.label = analysis.entity[i], .time = {}, .rows = {}});
    groups.back().rows.push_back(i);
  }
  return groups;
}

std::vector<Group> by_time(const Analysis& analysis) {
  std::map<long, std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < analysis.time.size(); ++i) rows[analysis.time[i]].push_back(i);
  std::vector<Group> groups;
  for (auto& [time, members] : rows)
    groups.push_back({.label = std::to_string(time), .time = time, .rows = std::move(members)});
  return groups;
}

Group everything(const Analysis& analysis) {
  Group group{.label = "all", .time = {}, .rows = {}};
  for (std::size_t i = 0; i < analysis.entity.size(); ++i) group.rows.push_back(i);
  return group;
}

void put_means(ordered_json& entry, const Analysis& analysis, const Group& group) {
  for (const ResultColumn& column : analysis.columns) {
    if (column.mean != Mean::none) entry[column.name] = json_number(mean_of(column, group.rows));
  }
}

/// One row a line: long lists stay readable and quick to write.
std::string json_lines(const std::vector<ordered_json>& entries) {
  std::string text = "[";
  for (const ordered_json& entry : entries) text += (text.size() == 1 ? "\n    " : ",\n    ") + entry.dump();
  return text + "]";
}

std::string json_text(const Analysis& analysis) {
  std::vector<ordered_json> rows;
  for (std::size_t i = 0; i < analysis.entity.size(); ++i) {
    ordered_json row;
    row["entity"] = analysis.entity[i];
    row["time"] = analysis.time.empty() ? ordered_json() : ordered_json(analysis.time[i]);
    for (const ResultColumn& column : analysis.columns) row[column.name] = json_number(column.values[i]);
    if (!analysis.returns_to_scale.empty()) {
      const std::string& returns = analysis.returns_to_scale[i];
      row["returns_to_scale"] = returns.empty() ? ordered_json() : ordered_json(returns);
    }
    if (!analysis.peers.empty()) {
      ordered_json peers = ordered_json::array();
      for (const auto& [name, intensity] : analysis.peers[i])
        peers.push_back({{"name", name}, {"intensity", intensity}});
      row["peers"] = std::move(peers);
    }
    if (!analysis.reason[i].empty()) row["reason"] = analysis.reason[i];
    rows.push_back(std::move(row));
  }
  ordered_json overall = ordered_json::object();
  put_means(overall, analysis, everything(analysis));
  std::vector<ordered_json> times;
  for (const Group& group : by_time(analysis)) {
    times.push_back({{"time", *group.time}});
    put_means(times.back(), analysis, group);
  }
  std::vector<ordered_json> entities;
  for (const Group& group : by_entity(analysis)) {
    entities.push_back({{"entity", group.label}});
    put_means(entities.back(), analysis, group);
  }
  return "{\"rows\": " + json_lines(rows) + ",\n\"means\": {\"overall\": " + overall.dump() +
         ",\n  \"by_time\": " + json_lines(times) + ",\n  \"by_entity\": " + json_lines(entities) +
         "},\n\"notes\": " + ordered_json(analysis.notes).dump() + "}\n";
}

report::OutputTable rows_table(const Analysis& analysis, bool all_digits) {
  report::OutputTable table{.title = {}, .columns = {"entity"}, .rows = {}, .notes = analysis.notes};
  if (!analysis.time.empty()) table.columns.emplace_back("time");
  for (const ResultColumn& column : analysis.columns) table.columns.push_back(column.name);
  if (!analysis.returns_to_scale.empty()) table.columns.emplace_back("returns_to_scale");
  bool reasons = all_digits;
  for (const std::string& reason : analysis.reason) reasons = reasons || !reason.empty();
  if (reasons) table.columns.emplace_back("reason");
  for (std::size_t i = 0; i < analysis.entity.size(); ++i) {
    std::vector<std::string> cells = {analysis.entity[i]};
    if (!analysis.time.empty()) cells.push_back(std::to_string(analysis.time[i]));
    for (const ResultColumn& column : analysis.columns)
      cells.push_back(all_digits ? report::exact(column.values[i]) : report::rounded(column.values[i]));
    if (!analysis.returns_to_scale.empty()) cells.push_back(analysis.returns_to_scale[i]);
    if (reasons) cells.push_back(analysis.reason[i]);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

report::OutputTable means_table(const Analysis& analysis, const std::string& heading, std::vector<Group> groups,
                                bool all_digits) {
  report::OutputTable table{.title = {},
                            .columns = {heading},
                            .rows = {},
                            .notes = {"means: geometric of changes and levels, arithmetic of all else"}};
  for (const ResultColumn& column : analysis.columns) {
    if (column.mean != Mean::none) table.columns.push_back(column.name);
  }
  groups.push_back(everything(analysis));
  for (const Group& group : groups) {
    std::vector<std::string> cells = {group.label};
    for (const ResultColumn& column : analysis.columns) {
      if (column.mean == Mean::none) continue;
      const double mean = mean_of(column, group.rows);
      cells.push_back(all_digits ? report::exact(mean) : report::rounded(mean));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string tables_text(const Analysis& analysis, const Options& options) {
  const bool csv = options.format == "csv";
  std::string wanted = options.table;
  // A CSV is one table; people read what the papers print first.
  if (wanted.empty()) wanted = csv ? "rows" : "all";
  std::string text;
  const auto add = [&](const std::string& name, const report::OutputTable& table) {
    if (wanted != name && wanted != "all") return;
    // Means of capital alone, or of years in a cross-section: nothing.
    if (wanted == "all" && (table.columns.size() < 2 || table.rows.size() < 2)) return;
    text += (text.empty() ? "" : "\n") + formatted(table, options.format);
  };
  add("rows", rows_table(analysis, csv));
  add("by_entity", means_table(analysis, "entity", by_entity(analysis), csv));
  add("by_time", means_table(analysis, "time", by_time(analysis), csv));
  return text;
}

void execute(const Options& options) {
  if (options.spec == "-" && options.data == "-")
    throw InputError("specification and data cannot both be standard input");
  set_thread_count(options.threads);
  config::Faults faults;
  std::optional<std::filesystem::path> data;
  if (!options.data.empty()) data = options.data;
  const config::ProductivityTask task = config::read_productivity_task(options.spec, data, faults);
  faults.raise_if_any();
  Analysis analysis;
  try {
    ProgressLine line;
    analysis = productivity::analyse(task.table, task.specification,
                                     [&](int done, int all) { line("bootstrap", "bootstrap", done, all); });
  } catch (const InputError& error) {
    throw InputError(task.data + ":\n" + error.what());
  }
  if (options.format == "json") {
    print(json_text(analysis));
    return;
  }
  if (options.format == "csv") {
    for (const std::string& note : analysis.notes) std::fprintf(stderr, "%s\n", note.c_str());
  }
  print(tables_text(analysis, options));
}

}  // namespace

void add_productivity(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("productivity", "Capital by perpetual inventory, DEA, Malmquist indices of a panel");
  command->footer(
      "Example: pericore productivity scenarios/textbook/estimation/coelli_1996.yaml\n"
      "SPEC names the data, the panel, inputs and outputs; docs/estimators/productivity.md explains every key and "
      "number.");
  command->add_option("SPEC", options->spec, "specification (YAML), or - for standard input")->required();
  command->add_option("--data", options->data, "CSV or result of pericore, instead of the one SPEC names");
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command
      ->add_option(
          "--table", options->table,
          "rows, by_entity, by_time (means) or all of them; default: all, csv: rows. Not with json, which holds all")
      ->check(CLI::IsMember({"rows", "by_entity", "by_time", "all"}));
  command->add_option("--threads", options->threads, "threads, 0 = as many as processors; results do not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

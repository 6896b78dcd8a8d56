#include "cli/report_exhibits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/errors.h"
#include "base/files.h"
#include "cli/sweep_analyse.h"
#include "panel/hdf5_file.h"
#include "panel/slab_writer.h"

namespace pericore::cli {
namespace {

using nlohmann::ordered_json;

/// Points of a sweep on a page; 20,000 points of 20 numbers take some 1.5 MB.
constexpr std::size_t most_points = 20'000;
constexpr std::size_t most_errors = 40;

std::string text_attribute(const panel::Dataset& panel, std::string_view name) {
  const panel::AttributeValue* value = panel.find_attribute(name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

// --- sweeps

report::Column parameter_column(const panel::Dataset& runs, const sweep::Sample& sample, std::size_t p,
                                std::size_t points) {
  const sweep::RecordedParameter& parameter = sample.design().parameters[p];
  const panel::Variable& variable = runs.variable(parameter.name);
  report::Column column{.name = parameter.name,
                        .unit = variable.unit,
                        .definition = variable.long_name,
                        .values = {},
                        .labels = sample.labels(p)};
  for (std::size_t point = 0; point < points; ++point) {
    const sweep::PointValue value = sample.value(p, point);
    if (const auto* number = std::get_if<double>(&value)) {
      column.values.push_back(*number);
    } else {
      const std::string& text = std::get<std::string>(value);
      const auto found = std::find(column.labels.begin(), column.labels.end(), text);
      column.values.push_back(static_cast<double>(found - column.labels.begin()));
      // The scenario's own value need not be one of those that a sweep of one at a time chooses from.
      if (found == column.labels.end()) column.labels.push_back(text);
    }
  }
  return column;
}

/// Share of each point's runs that failed; NaN where the file has none of them.
report::Column failed_column(const panel::Dataset& runs, std::size_t points) {
  const auto& point_of = std::get<std::vector<std::int64_t>>(runs.variable("point").values);
  const auto& status = std::get<std::vector<std::int64_t>>(runs.variable("status").values);
  std::vector<double> failed(points, 0.0);
  std::vector<double> all(points, 0.0);
  for (std::size_t i = 0; i < point_of.size(); ++i) {
    const auto point = static_cast<std::size_t>(point_of[i]);
    if (point >= points) continue;
    all[point] += 1.0;
    if (status[i] != 0) failed[point] += 1.0;
  }
  for (std::size_t point = 0; point < points; ++point) failed[point] /= all[point];  // 0/0: no run
  return {.name = "failed",
          .unit = "1",
          .definition = "share of the point's runs that failed",
          .values = std::move(failed)};
}

/// Error messages by how often they came, with the first run of each.
ordered_json errors_of(const std::filesystem::path& file) {
  const std::vector<std::string> wanted = {"status", "error"};
  const panel::Dataset runs = panel::read_dataset(file, wanted);
  const auto& status = std::get<std::vector<std::int64_t>>(runs.variable("status").values);
  const auto& error = std::get<std::vector<std::string>>(runs.variable("error").values);
  struct Found {
    std::size_t count = 0;
    std::string first_run;
  };
  std::map<std::pair<std::int64_t, std::string>, Found> found;
  for (std::size_t i = 0; i < status.size(); ++i) {
    if (status[i] == 0) continue;
    Found& entry = found[{status[i], error[i]}];
    if (entry.count++ == 0) entry.first_run = panel::to_text(panel::label_at(runs.dimension(panel::run_dimension), i));
  }
  std::vector<std::pair<std::pair<std::int64_t, std::string>, Found>> sorted(found.begin(), found.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  ordered_json list = ordered_json::array();
  for (const auto& [key, entry] : sorted) {
    if (list.size() == most_errors) break;
    list.push_back(
        {{"status", key.first}, {"error", key.second}, {"runs", entry.count}, {"first_run", entry.first_run}});
  }
  return list;
}

ordered_json scale_facts(const sweep::RecordedParameter& parameter) {
  const bool logarithmic = std::holds_alternative<design::Log>(parameter.scale) ||
                           std::holds_alternative<design::Lognormal>(parameter.scale);
  return {{"name", parameter.name}, {"log", logarithmic}};
}

// --- diagrams

report::Column numbers_of(const panel::Variable& variable) {
  report::Column column{.name = variable.name, .unit = variable.unit, .definition = variable.long_name, .values = {}};
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&variable.values)) {
    column.values.assign(integers->begin(), integers->end());
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(&variable.values)) {
    const std::set<std::string> words(texts->begin(), texts->end());
    column.labels.assign(words.begin(), words.end());
    for (const std::string& text : *texts)
      column.values.push_back(static_cast<double>(std::distance(words.begin(), words.find(text))));
  } else {
    column.values = std::get<std::vector<double>>(variable.values);
  }
  return column;
}

/// The share of one region, or of the largest one at each point.
void add_shares(std::vector<report::Column>& columns, const panel::Dataset& diagram, const panel::Variable& shares) {
  constexpr std::size_t most_regions = 12;
  const panel::Dimension& regions = diagram.dimension(panel::region_dimension);
  const auto& values = std::get<std::vector<double>>(shares.values);
  const std::size_t points = values.size() / regions.size;
  report::Column largest{
      .name = shares.name + ":largest", .unit = shares.unit, .definition = shares.long_name, .values = {}};
  for (std::size_t i = 0; i < points; ++i) {
    double most = std::nan("");
    for (std::size_t r = 0; r < regions.size; ++r) most = std::fmax(most, values[i * regions.size + r]);
    largest.values.push_back(most);
  }
  columns.push_back(std::move(largest));
  for (std::size_t r = 0; r < std::min(regions.size, most_regions); ++r) {
    report::Column one{.name = shares.name + ":" + panel::to_text(panel::label_at(regions, r)),
                       .unit = shares.unit,
                       .definition = shares.long_name,
                       .values = {}};
    for (std::size_t i = 0; i < points; ++i) one.values.push_back(values[i * regions.size + r]);
    columns.push_back(std::move(one));
  }
}

}  // namespace

std::string title_of(const panel::Dataset& panel, const std::filesystem::path& file) {
  const std::string title = text_attribute(panel, "title");
  return title.empty() ? file.stem().string() : title;
}

ResultKind kind_of(const std::filesystem::path& file) {
  // A file's dimensions are those of any slab of it; the error tells that it has no such dimension.
  const auto has = [&](std::string_view dimension) {
    try {
      (void)panel::read_slab(file, {}, dimension, 0, 1, panel::SealCheck::no);
      return true;
    } catch (const IoError& error) {
      const std::string_view text = error.what();
      if (text.find(fmt::format("'{}'", dimension)) == std::string_view::npos) throw;
      return false;
    }
  };
  if (has(panel::run_dimension)) return ResultKind::sweep;
  return has("point") ? ResultKind::diagram : ResultKind::run;
}

report::Exhibit sweep_exhibit(const std::filesystem::path& file) {
  const panel::Dataset runs = sweep::read_runs(file);
  const sweep::Sample sample(runs);
  const std::size_t points = std::min(sample.points(), most_points);
  const sweep::AnalysisOptions options;
  const auto analysis = sweep::analyse(runs, sample, options);
  report::Exhibit exhibit{.kind = "sweep", .name = file.filename().string(), .facts = {}};
  ordered_json facts = {
      {"title", title_of(runs, file)},       {"points_shown", points},
      {"parameters", ordered_json::array()}, {"metrics", ordered_json::array()},
      {"errors", errors_of(file)},           {"analysis", analysis_json(sample, analysis, options.level)},
      {"about", ordered_json::object()}};
  for (std::size_t p = 0; p < sample.design().parameters.size(); ++p) {
    facts["parameters"].push_back(scale_facts(sample.design().parameters[p]));
    exhibit.columns.push_back(parameter_column(runs, sample, p, points));
  }
  for (const std::string& name : sweep::metric_names(runs)) {
    facts["metrics"].push_back(name);
    const panel::Variable& variable = runs.variable(name);
    std::vector<double> values = sample.outputs(name);
    values.resize(points);
    exhibit.columns.push_back(
        {.name = name, .unit = variable.unit, .definition = variable.long_name, .values = std::move(values)});
  }
  exhibit.columns.push_back(failed_column(runs, points));
  for (const panel::Attribute& attribute : runs.attributes())
    std::visit([&](const auto& value) { facts["about"][attribute.name] = value; }, attribute.value);
  exhibit.facts = facts.dump();
  return exhibit;
}

report::Exhibit diagram_exhibit(const std::filesystem::path& file) {
  const panel::Dataset diagram = panel::read_dataset(file);
  report::Exhibit exhibit{.kind = "diagram", .name = file.filename().string(), .facts = {}};
  ordered_json facts = {{"title", title_of(diagram, file)},
                        {"parameter", text_attribute(diagram, "parameter")},
                        {"shares", ordered_json::array()},
                        {"about", ordered_json::object()}};
  for (const panel::Variable& variable : diagram.variables()) {
    if (variable.dimensions == std::vector<std::string>{"point"}) {
      exhibit.columns.push_back(numbers_of(variable));
    } else if (variable.name.starts_with("share_")) {
      facts["shares"].push_back(variable.name);
      add_shares(exhibit.columns, diagram, variable);
    }
  }
  if (facts["shares"].empty() || diagram.find_variable("parameter") == nullptr)
    throw InputError(fmt::format("{}: not a diagram of `pericore bifurcation`", file.string()));
  for (const panel::Attribute& attribute : diagram.attributes())
    std::visit([&](const auto& value) { facts["about"][attribute.name] = value; }, attribute.value);
  exhibit.facts = facts.dump();
  return exhibit;
}

report::Exhibit json_exhibit(const std::filesystem::path& file) {
  try {
    return json_exhibit(read_text(file), file.filename().string());
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

report::Exhibit json_exhibit(const std::string& text, const std::string& name) {
  ordered_json facts;
  try {
    facts = ordered_json::parse(text);
  } catch (const ordered_json::parse_error& error) {
    // "[json.exception...] parse error at line 3, column 5: ..." says the rest.
    const std::string_view what = error.what();
    throw InputError(fmt::format("not JSON: {}", what.substr(std::min(what.find("] ") + 2, what.size()))));
  }
  const auto has = [&](const char* key) { return facts.is_object() && facts.contains(key) && facts[key].is_array(); };
  report::Exhibit exhibit{.kind = {}, .name = name, .facts = {}};
  if (has("parameters") && has("moments")) {
    exhibit.kind = "calibration";
  } else if (has("targets") && has("rankings")) {
    exhibit.kind = "comparison";
  } else if (has("rows") && facts.contains("level") && facts.contains("failed_runs")) {
    exhibit.kind = "estimators";
  } else {
    throw InputError(
        "neither of `pericore compare --format json` nor `pericore bias --format json`, nor the calibration.json of "
        "`pericore calibrate`");
  }
  exhibit.facts = facts.dump();
  return exhibit;
}

}  // namespace pericore::cli

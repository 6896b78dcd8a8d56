// Which parameter matters for which metric, from the merged file of a sweep.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/sweep.h"
#include "cli/sweep_analyse.h"
#include "report/output_table.h"

namespace pericore::cli {
namespace {

using nlohmann::ordered_json;
using sensitivity::Estimate;
using sweep::IndexTable;
using sweep::Influence;
using sweep::MetricAnalysis;

struct Options {
  std::string file;
  std::vector<std::string> metrics;
  std::string method = "auto";
  std::string format = "text";
  double level = 0.95;
  int bootstrap = -1;
  std::uint64_t seed = 1;
};

bool has_levels(const IndexTable& table) { return table.method == "one_at_a_time"; }

std::string level_text(const sweep::PointValue& level, bool whole) {
  const auto* number = std::get_if<double>(&level);
  if (number == nullptr) return std::get<std::string>(level);
  return whole ? report::exact(*number) : report::rounded(*number, 6);
}

// --- for people

std::string title_of(const std::string& method) {
  if (method == "morris") return "elementary effects over the whole range";
  if (method == "sobol") return "Sobol indices, shares of the variance";
  if (method == "sobol_pairs") return "Sobol indices of pairs";
  if (method == "regression") return "regression of values and of ranks";
  if (method == "correlation_ratio") return "correlation ratios, shares of the variance";
  if (method == "pawn") return "PAWN, distances of distributions";
  return "one parameter at a time";
}

double size_of(const IndexTable& table, const Influence& row) {
  const double value = std::abs(row.indices[table.ranked_by].value);
  return std::isnan(value) ? -1.0 : value;
}

/// Rows by falling size, levels of one parameter together and in their order.
std::vector<const Influence*> by_size(const IndexTable& table) {
  std::vector<std::pair<double, const Influence*>> sized;
  for (const Influence& row : table.rows) {
    double size = size_of(table, row);
    for (const Influence& other : table.rows) {
      if (other.parameter == row.parameter) size = std::max(size, size_of(table, other));
    }
    sized.emplace_back(size, &row);
  }
  std::stable_sort(sized.begin(), sized.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const Influence*> rows;
  for (const auto& [size, row] : sized) rows.push_back(row);
  return rows;
}

/// Shares, correlations and distances with three decimals, so that noise looks like noise; numbers with a unit with three digits.
std::string number_text(double value, bool share) {
  if (!std::isfinite(value)) return {};
  if (!share) return report::rounded(value, 3);
  return fmt::format("{:.3f}", std::abs(value) < 0.0005 ? 0.0 : value);
}

bool holds_shares(const IndexTable& table) { return table.method != "morris" && !has_levels(table); }

std::string interval_text(const Estimate& estimate, bool share) {
  if (!std::isfinite(estimate.lower)) return {};
  return fmt::format("{} to {}", number_text(estimate.lower, share), number_text(estimate.upper, share));
}

/// Numbers of the whole table beside each other.
report::OutputTable distribution_for_people(const MetricAnalysis& metric, const IndexTable& table) {
  report::OutputTable output;
  output.title = fmt::format("{} [{}]: {}", metric.metric, metric.unit, metric.definition);
  output.rows.emplace_back();
  for (const sweep::SummaryNumber& number : table.summary) {
    output.columns.push_back(number.name);
    output.rows.front().push_back(report::rounded(number.estimate.value, 4));
  }
  return output;
}

report::OutputTable for_people(const MetricAnalysis& metric, const IndexTable& table, double level) {
  if (table.method == "distribution") return distribution_for_people(metric, table);
  const bool share = holds_shares(table);
  const auto with_interval = [&](std::size_t k) {
    const bool shown =
        table.columns[k].interval && (table.method != "pawn" || k == table.ranked_by);  // five would not fit a page
    return shown && std::any_of(table.rows.begin(), table.rows.end(),
                                [k](const Influence& row) { return std::isfinite(row.indices[k].lower); });
  };
  report::OutputTable output;
  output.title = fmt::format("{} [{}]: {}", metric.metric, metric.unit, title_of(table.method));
  output.columns = {"parameter"};
  if (has_levels(table)) output.columns.emplace_back("level");
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    output.columns.push_back(table.columns[k].name);
    if (with_interval(k)) output.columns.push_back(fmt::format("{:g} %", 100.0 * level));
  }
  const bool losses =
      std::any_of(table.rows.begin(), table.rows.end(), [](const Influence& row) { return row.dropped > 0; });
  output.columns.emplace_back("used");
  if (losses) output.columns.emplace_back("dropped");
  for (const Influence* row : by_size(table)) {
    std::vector<std::string> cells = {row->parameter};
    if (has_levels(table)) cells.push_back(level_text(row->level, false));
    for (std::size_t k = 0; k < table.columns.size(); ++k) {
      cells.push_back(number_text(row->indices[k].value, share));
      if (with_interval(k)) cells.push_back(interval_text(row->indices[k], share));
    }
    cells.push_back(std::to_string(row->used));
    if (losses) cells.push_back(std::to_string(row->dropped));
    output.rows.push_back(std::move(cells));
  }
  for (const sweep::SummaryNumber& number : table.summary) {
    const std::string interval = interval_text(number.estimate, share);
    output.notes.push_back(fmt::format("{}: {}{}", number.name, report::rounded(number.estimate.value, 5),
                                       interval.empty() ? "" : fmt::format(" ({})", interval)));
  }
  output.notes.insert(output.notes.end(), table.notes.begin(), table.notes.end());
  return output;
}

std::string head_text(const panel::Dataset& runs, const sweep::Sample& sample) {
  const auto* attribute = runs.find_attribute("title");
  const auto* title = attribute == nullptr ? nullptr : std::get_if<std::string>(attribute);
  const std::uint64_t seeds = sample.design().runs_per_point();
  return fmt::format("{}{}: {} points of {} parameters{}; {} runs, {} failed, {} missing\n",
                     title == nullptr || title->empty() ? "" : *title + "\n", sample.design().type, sample.points(),
                     sample.design().parameters.size(), seeds > 1 ? fmt::format(", {} seeds each", seeds) : "",
                     sample.runs(), sample.failed(), sample.missing());
}

void print_for_people(const panel::Dataset& runs, const sweep::Sample& sample,
                      const std::vector<MetricAnalysis>& metrics, const Options& options) {
  const bool text = options.format == "text";
  if (text) print(head_text(runs, sample));
  for (const MetricAnalysis& metric : metrics) {
    for (const IndexTable& table : metric.tables) {
      report::OutputTable output = for_people(metric, table, options.level);
      if (std::isfinite(metric.seed_share) && &table == &metric.tables.front())
        output.notes.push_back(
            fmt::format("seeds explain {} % of the variance of single runs; the mean over seeds is analysed",
                        report::rounded(100.0 * metric.seed_share, 3)));
      print((text ? "\n" : "") + formatted(output, options.format) + (text ? "" : "\n"));
    }
  }
}

// --- for programs

report::OutputTable for_programs(const std::vector<MetricAnalysis>& metrics) {
  report::OutputTable output;
  output.columns = {"metric", "unit",  "method", "parameter", "level", "index",
                    "value",  "lower", "upper",  "conf",      "used",  "dropped"};
  const auto add = [&](const MetricAnalysis& metric, const std::string& method, const std::string& parameter,
                       const std::string& level, const std::string& index, const Estimate& e, const Influence* row) {
    output.rows.push_back({metric.metric, metric.unit, method, parameter, level, index, report::exact(e.value),
                           report::exact(e.lower), report::exact(e.upper), report::exact(e.conf),
                           row == nullptr ? "" : std::to_string(row->used),
                           row == nullptr ? "" : std::to_string(row->dropped)});
  };
  for (const MetricAnalysis& metric : metrics) {
    for (const IndexTable& table : metric.tables) {
      for (const Influence& row : table.rows) {
        for (std::size_t k = 0; k < table.columns.size(); ++k)
          add(metric, table.method, row.parameter, has_levels(table) ? level_text(row.level, true) : "",
              table.columns[k].name, row.indices[k], &row);
      }
      for (const sweep::SummaryNumber& number : table.summary)
        add(metric, table.method, "", "", number.name, number.estimate, nullptr);
    }
    if (std::isfinite(metric.seed_share)) {
      Estimate share;
      share.value = metric.seed_share;
      add(metric, "seeds", "", "", "share", share, nullptr);
    }
  }
  return output;
}

ordered_json to_json(const Estimate& e, bool interval) {
  ordered_json json = {{"value", json_number(e.value)}};
  if (interval) {
    json["lower"] = json_number(e.lower);
    json["upper"] = json_number(e.upper);
    json["conf"] = json_number(e.conf);
  }
  return json;
}

ordered_json to_json(const IndexTable& table) {
  ordered_json json = {{"method", table.method}, {"parameters", ordered_json::array()}};
  for (const Influence& row : table.rows) {
    ordered_json entry = {{"parameter", row.parameter}};
    if (has_levels(table)) {
      const auto* number = std::get_if<double>(&row.level);
      entry["level"] = number != nullptr ? json_number(*number) : ordered_json(std::get<std::string>(row.level));
    }
    for (std::size_t k = 0; k < table.columns.size(); ++k)
      entry[table.columns[k].name] = to_json(row.indices[k], table.columns[k].interval);
    entry["used"] = row.used;
    entry["dropped"] = row.dropped;
    json["parameters"].push_back(std::move(entry));
  }
  json["summary"] = ordered_json::object();
  for (const sweep::SummaryNumber& number : table.summary)
    json["summary"][number.name] = to_json(number.estimate, true);
  json["notes"] = table.notes;
  return json;
}

}  // namespace

ordered_json analysis_json(const sweep::Sample& sample, const std::vector<MetricAnalysis>& metrics, double level) {
  ordered_json json = {{"design", sample.design().type},
                       {"points", sample.points()},
                       {"seeds", sample.design().runs_per_point()},
                       {"runs", sample.runs()},
                       {"failed", sample.failed()},
                       {"missing", sample.missing()},
                       {"level", level},
                       {"metrics", ordered_json::array()}};
  for (const MetricAnalysis& metric : metrics) {
    ordered_json tables = ordered_json::array();
    for (const IndexTable& table : metric.tables) tables.push_back(to_json(table));
    json["metrics"].push_back({{"metric", metric.metric},
                               {"unit", metric.unit},
                               {"definition", metric.definition},
                               {"seed_share", json_number(metric.seed_share)},
                               {"tables", std::move(tables)}});
  }
  return json;
}

namespace {

void execute(const Options& options) {
  const panel::Dataset runs = sweep::read_runs(options.file);
  sweep::AnalysisOptions analysis{
      .metrics = options.metrics, .method = {}, .replications = {}, .level = options.level, .seed = options.seed};
  const auto words = sweep::method_words();
  analysis.method = static_cast<sweep::Method>(std::find(words.begin(), words.end(), options.method) - words.begin());
  if (options.bootstrap >= 0) analysis.replications = options.bootstrap;
  try {
    const sweep::Sample sample(runs);
    const auto metrics = sweep::analyse(runs, sample, analysis);
    if (options.format == "json") return print(analysis_json(sample, metrics, options.level).dump(2) + "\n");
    if (options.format == "csv") return print(report::to_csv(for_programs(metrics)));
    print_for_people(runs, sample, metrics, options);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", options.file, error.what()));
  }
}

}  // namespace

void add_sweep_analyse(CLI::App& sweep) {
  auto options = std::make_shared<Options>();
  auto* command = sweep.add_subcommand(
      "analyse", "Which parameter matters for which metric: sensitivity indices from the merged file");
  command->footer(
      "Examples:\n  pericore sweep analyse what_decides.h5\n"
      "  pericore sweep analyse what_decides.h5 --metric theta --format csv\n\n"
      "auto takes what the design serves: elementary effects (morris, radial_morris), Sobol indices (saltelli), "
      "changes\n"
      "(one_at_a_time), else regression, correlation ratios and PAWN. Definitions: "
      "docs/sweep_analyse.md.");
  command->add_option("FILE", options->file, "merged result of a sweep (HDF5)")->required();
  command->add_option("--metric", options->metrics, "names of metrics; default: all");
  std::vector<std::string> words;
  for (const std::string_view word : sweep::method_words()) words.emplace_back(word);
  command->add_option("--method", options->method, fmt::format("{}", fmt::join(words, ", ")))
      ->check(CLI::IsMember(words))
      ->capture_default_str();
  command->add_option("--level", options->level, "of the intervals")
      ->check(CLI::Range(0.5, 0.9999))
      ->capture_default_str();
  command
      ->add_option("--bootstrap", options->bootstrap,
                   "replications behind the intervals, 0 = no intervals; default: 1000, of PAWN 100")
      ->check(CLI::Range(0, 1000000));
  command->add_option("--seed", options->seed, "of the bootstrap")->capture_default_str();
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

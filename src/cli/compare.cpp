// `pericore compare`: runs beside what studies and censuses say.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/errors.h"
#include "base/spelling.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/welfare_tables.h"
#include "compare/hindcast.h"
#include "config/targets_spec.h"
#include "panel/hdf5_file.h"
#include "report/output_table.h"

namespace pericore::cli {
namespace {

using compare::Forecast;
using nlohmann::ordered_json;

struct Options {
  std::vector<std::string> files;  ///< results, then targets
  std::vector<std::string> baselines;
  std::string format = "text";
};

/// A result and, where a target needs it, its baseline.
struct Run {
  std::string file;
  panel::Dataset panel;
  std::optional<panel::Dataset> baseline;
};

struct Judged {
  std::vector<compare::Outcome> targets;
  std::vector<compare::RankingOutcome> rankings;
};

std::vector<std::string> texts_of(const panel::Dataset& panel, const std::string& name) {
  if (const panel::Dimension* dimension = panel.find_dimension(name)) {
    if (const auto* labels = std::get_if<std::vector<std::string>>(&dimension->coordinates)) return *labels;
  }
  const panel::Variable* variable = panel.find_variable(name);
  const auto* texts = variable == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&variable->values);
  if (texts == nullptr) throw InputError(fmt::format("the result has no texts '{}' by region", name));
  return *texts;
}

// ---- Targets and rankings

Judged judge(const config::TargetSet& set, const std::vector<Run>& runs) {
  Judged judged;
  const metrics::Context context = config::metrics_context(runs.front().panel);
  const auto evaluate = [&](const metrics::Metric& metric) {
    std::vector<double> values;
    for (const Run& run : runs)
      values.push_back(metrics::evaluate(metric, run.panel, run.baseline ? &*run.baseline : nullptr, context));
    return values;
  };
  for (const compare::Target& target : set.targets)
    judged.targets.push_back(compare::judge(target, evaluate(target.metric)));
  for (const compare::Ranking& ranking : set.rankings) {
    const auto of_region = [&](const std::string& region) {
      metrics::Metric own = ranking.metric;
      own.regions.names = {region};
      return compare::band(evaluate(own)).mean;
    };
    std::vector<double> named;
    for (const std::string& region : ranking.regions) named.push_back(of_region(region));
    std::vector<double> all;
    if (ranking.among_all) {
      for (const std::string& region : texts_of(runs.front().panel, "region")) all.push_back(of_region(region));
    }
    judged.rankings.push_back(compare::judge(ranking, named, all));
  }
  return judged;
}

void check(const config::TargetSet& set, const std::vector<Run>& runs) {
  config::Faults faults;
  const metrics::Context context = config::metrics_context(runs.front().panel);
  config::check_metrics(set.metrics, runs.front().panel, context, faults);
  const std::vector<std::string> regions = texts_of(runs.front().panel, "region");
  for (std::size_t i = 0; i < set.rankings.size(); ++i) {
    const config::PlacedMetric& placed = set.metrics[set.targets.size() + i];
    for (const std::string& name : set.rankings[i].regions) {
      if (std::find(regions.begin(), regions.end(), name) == regions.end())
        faults.add(placed.node.place, placed.path + ".ranking",
                   fmt::format("no region '{}'{}", name, did_you_mean(name, regions)));
    }
  }
  faults.raise_if_any();
}

// ---- Hindcast

Eigen::ArrayXXd census_table(const panel::Table& census, const config::HindcastSpec& spec,
                             const std::vector<std::string>& ids) {
  std::map<std::string, std::size_t> rows;
  const panel::Column& id = census.column(spec.id);
  for (std::size_t row = 0; row < census.row_count(); ++row) rows.emplace(id.label(row), row);
  Eigen::ArrayXXd table = Eigen::ArrayXXd::Constant(static_cast<Eigen::Index>(ids.size()),
                                                    static_cast<Eigen::Index>(spec.sectors.size()), std::nan(""));
  for (std::size_t s = 0; s < spec.sectors.size(); ++s) {
    for (std::size_t r = 0; r < ids.size(); ++r) {
      const auto row = rows.find(ids[r]);
      if (row == rows.end()) continue;
      double sum = 0.0;
      for (const std::string& column : spec.sectors[s].observed) sum += census.column(column).numbers.at(row->second);
      table(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(s)) = sum;
    }
  }
  return table;
}

Eigen::ArrayXXd simulated_table(const panel::Dataset& panel, const config::HindcastSpec& spec, int year) {
  const panel::Variable& employment = panel.variable("employment");
  const panel::Dimension& years = panel.dimension("year");
  const auto& labels = std::get<std::vector<std::int64_t>>(years.coordinates);
  const auto found = std::find(labels.begin(), labels.end(), year);
  if (found == labels.end())
    throw InputError(fmt::format("hindcast: the result has no year {}: {} to {}", year, labels.front(), labels.back()));
  const std::vector<std::string> sectors = texts_of(panel, "sector");
  const std::size_t regions = panel.dimension("region").size;
  const auto values = panel.numbers("employment");
  if (employment.dimensions != std::vector<std::string>{"year", "region", "sector"})
    throw InputError("hindcast: employment of the result is not by year, region and sector");
  const auto start = static_cast<std::size_t>(found - labels.begin()) * regions * sectors.size();
  Eigen::ArrayXXd table =
      Eigen::ArrayXXd::Zero(static_cast<Eigen::Index>(regions), static_cast<Eigen::Index>(spec.sectors.size()));
  for (std::size_t s = 0; s < spec.sectors.size(); ++s) {
    for (const std::string& name : spec.sectors[s].simulated) {
      const auto sector = std::find(sectors.begin(), sectors.end(), name);
      if (sector == sectors.end())
        throw InputError(fmt::format("{}: hindcast.sectors.{}: no sector '{}' in the result{}",
                                     config::place_text(spec.place), spec.sectors[s].name, name,
                                     did_you_mean(name, sectors)));
      const auto column = static_cast<std::size_t>(sector - sectors.begin());
      for (std::size_t r = 0; r < regions; ++r)
        table(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(s)) +=
            values[start + r * sectors.size() + column];
    }
  }
  return table;
}

/// Units of the run that the census has, with the mean of runs.
compare::HindcastData hindcast_data(const config::HindcastSpec& spec, const std::vector<Run>& runs,
                                    std::vector<Eigen::Index>& units) {
  const panel::Dataset& first = runs.front().panel;
  const std::vector<std::string> ids =
      texts_of(first, first.find_variable("region_id") != nullptr ? "region_id" : "region");
  const std::vector<std::string> folds = texts_of(first, spec.fold);
  const Eigen::ArrayXXd before = census_table(spec.before, spec, ids);
  const Eigen::ArrayXXd after = census_table(spec.after, spec, ids);
  for (Eigen::Index r = 0; r < before.rows(); ++r) {
    if (before.row(r).isFinite().all() && after.row(r).isFinite().all()) units.push_back(r);
  }
  if (units.size() < 5)
    throw InputError(
        fmt::format("hindcast: only {} regions of the result are in the census (by '{}')", units.size(), spec.id));
  Eigen::ArrayXXd start = Eigen::ArrayXXd::Zero(before.rows(), before.cols());
  Eigen::ArrayXXd end = start;
  for (const Run& run : runs) {
    start += simulated_table(run.panel, spec, spec.year_before) / static_cast<double>(runs.size());
    end += simulated_table(run.panel, spec, spec.year_after) / static_cast<double>(runs.size());
  }
  compare::HindcastData data;
  data.observed_before = before(units, Eigen::all);
  data.observed_after = after(units, Eigen::all);
  data.simulated_before = start(units, Eigen::all);
  data.simulated_after = end(units, Eigen::all);
  for (const Eigen::Index unit : units) data.fold.push_back(folds[static_cast<std::size_t>(unit)]);
  return data;
}

/// A row of the table: a sector (or all employment) in some units, one forecast.
struct HindcastRow {
  std::string sector;
  std::string units;
  std::string forecast;
  compare::Score score;
  double skill_no_change = std::nan("");
  double skill_mean_reversion = std::nan("");
};

std::vector<HindcastRow> hindcast(const config::HindcastSpec& spec, const std::vector<Run>& runs) {
  std::vector<Eigen::Index> units;
  compare::HindcastData data = hindcast_data(spec, runs, units);
  if (spec.sampled < 1.0) data.observed_before = compare::shrink_small_cells(data.observed_before, spec.sampled);
  std::vector<std::pair<std::string, std::vector<char>>> groups = {{"all", {}}};
  for (const char* name : {"macro_region", "tier"}) {
    if (runs.front().panel.find_variable(name) == nullptr) continue;
    const std::vector<std::string> labels = texts_of(runs.front().panel, name);
    std::vector<std::string> words;
    for (const Eigen::Index unit : units) {
      const std::string& label = labels[static_cast<std::size_t>(unit)];
      if (!label.empty() && std::find(words.begin(), words.end(), label) == words.end()) words.push_back(label);
    }
    for (const std::string& word : words) {
      std::vector<char> chosen;
      for (const Eigen::Index unit : units) chosen.push_back(labels[static_cast<std::size_t>(unit)] == word ? 1 : 0);
      groups.emplace_back(word, std::move(chosen));
    }
  }
  std::vector<HindcastRow> rows;
  const auto add = [&](const std::string& sector, const compare::Prediction& prediction) {
    for (const auto& [name, chosen] : groups) {
      const auto scores = compare::score(prediction, chosen);
      const auto of = [&](Forecast forecast) { return scores[static_cast<std::size_t>(forecast)]; };
      for (const Forecast forecast : compare::forecasts) {
        rows.push_back({sector, name, std::string(compare::to_text(forecast)), of(forecast),
                        compare::skill(of(forecast), of(Forecast::no_change)),
                        compare::skill(of(forecast), of(Forecast::mean_reversion))});
      }
    }
  };
  for (std::size_t s = 0; s < spec.sectors.size(); ++s)
    add(spec.sectors[s].name,
        compare::predict(data, static_cast<Eigen::Index>(s), compare::Quantity::location_quotient));
  add("all employment", compare::predict_total(data));
  return rows;
}

// ---- Output

std::string value_text(const compare::Target& target) {
  if (target.expected == compare::Expectation::level)
    return report::rounded(target.value) +
           (target.standard_error > 0.0 ? fmt::format(" ({})", report::rounded(target.standard_error)) : "");
  const std::string word(compare::expectation_words()[static_cast<std::size_t>(target.expected)]);
  const bool bound =
      target.expected == compare::Expectation::at_least || target.expected == compare::Expectation::at_most;
  return bound ? fmt::format("{} {}", word, report::rounded(target.value)) : word;
}

report::OutputTable target_table(const config::TargetSet& set, const Judged& judged, const panel::Dataset& panel,
                                 bool exact) {
  report::OutputTable table;
  table.title = "Targets";
  table.columns = {"target",           "group",    "unit", "simulated", "sd over runs",
                   "empirical (s.e.)", "distance", "in",   "verdict"};
  const auto number = [&](double value) { return exact ? report::exact(value) : report::rounded(value); };
  for (std::size_t i = 0; i < set.targets.size(); ++i) {
    const compare::Outcome& outcome = judged.targets[i];
    table.rows.push_back({set.targets[i].name, set.targets[i].group, metrics::unit(set.targets[i].metric, panel),
                          number(outcome.simulated.mean), number(outcome.simulated.deviation),
                          value_text(set.targets[i]), number(outcome.distance), outcome.in_errors ? "s.e." : "unit",
                          std::string(compare::to_text(outcome.verdict))});
  }
  return table;
}

report::OutputTable ranking_table(const config::TargetSet& set, const Judged& judged, bool exact) {
  report::OutputTable table;
  table.title = "Rankings";
  table.columns = {"ranking", "group", "rank correlation", "overlap", "verdict", "order", "regions"};
  const auto number = [&](double value) { return exact ? report::exact(value) : report::rounded(value); };
  for (std::size_t i = 0; i < set.rankings.size(); ++i) {
    const compare::Ranking& ranking = set.rankings[i];
    const compare::RankingOutcome& outcome = judged.rankings[i];
    table.rows.push_back({ranking.name, ranking.group, number(outcome.rank_correlation), number(outcome.overlap),
                          std::string(compare::to_text(outcome.verdict)), "empirical",
                          fmt::format("{}", fmt::join(ranking.regions, " > "))});
    table.rows.push_back({exact ? ranking.name : "", "", "", "", "", "simulated",
                          fmt::format("{}", fmt::join(outcome.simulated, " > "))});
  }
  return table;
}

report::OutputTable group_table(const config::TargetSet& set, const Judged& judged) {
  std::vector<std::string> names;
  std::map<std::string, std::array<int, 4>> counts;
  const auto count = [&](const std::string& group, compare::Verdict verdict) {
    if (!counts.contains(group)) names.push_back(group);
    ++counts[group][static_cast<std::size_t>(verdict)];
  };
  for (std::size_t i = 0; i < set.targets.size(); ++i) count(set.targets[i].group, judged.targets[i].verdict);
  for (std::size_t i = 0; i < set.rankings.size(); ++i) count(set.rankings[i].group, judged.rankings[i].verdict);
  report::OutputTable table;
  table.title = "Scores by group";
  table.columns = {"group", "met", "missed", "unclear", "undefined"};
  for (const std::string& name : names) {
    const auto& c = counts[name];
    table.rows.push_back(
        {name, std::to_string(c[0]), std::to_string(c[1]), std::to_string(c[2]), std::to_string(c[3])});
  }
  return table;
}

report::OutputTable hindcast_table(const std::vector<HindcastRow>& rows, bool exact, bool all_units_only) {
  report::OutputTable table;
  table.title = "Hindcast: changes from the first census to the second";
  table.columns = {"sector",
                   "units",
                   "n",
                   "forecast",
                   "correlation",
                   "rank correlation",
                   "rmse of level",
                   "sign right",
                   "sd ratio",
                   "skill on no change",
                   "skill on mean reversion"};
  const auto number = [&](double value) { return exact ? report::exact(value) : report::rounded(value, 3); };
  for (const HindcastRow& row : rows) {
    if (all_units_only && row.units != "all") continue;
    table.rows.push_back({row.sector, row.units, std::to_string(row.score.units), row.forecast,
                          number(row.score.correlation), number(row.score.rank_correlation), number(row.score.rmse),
                          number(row.score.sign), number(row.score.spread), number(row.skill_no_change),
                          number(row.skill_mean_reversion)});
  }
  if (all_units_only)
    table.notes.push_back("by macro-region and tier: --format csv or json; definitions: docs/compare.md");
  return table;
}

std::string to_json(const config::TargetSet& set, const Judged& judged, const std::vector<HindcastRow>& rows,
                    const panel::Dataset& panel) {
  ordered_json json = {{"title", set.title},
                       {"targets", ordered_json::array()},
                       {"rankings", ordered_json::array()},
                       {"hindcast", ordered_json::array()}};
  for (std::size_t i = 0; i < set.targets.size(); ++i) {
    const compare::Target& target = set.targets[i];
    const compare::Outcome& outcome = judged.targets[i];
    json["targets"].push_back({{"name", target.name},
                               {"group", target.group},
                               {"unit", metrics::unit(target.metric, panel)},
                               {"definition", metrics::definition(target.metric, panel)},
                               {"expect", compare::expectation_words()[static_cast<std::size_t>(target.expected)]},
                               {"value", json_number(target.value)},
                               {"standard_error", json_number(target.standard_error)},
                               {"simulated", json_number(outcome.simulated.mean)},
                               {"deviation", json_number(outcome.simulated.deviation)},
                               {"runs", outcome.simulated.runs},
                               {"distance", json_number(outcome.distance)},
                               {"distance_in_errors", outcome.in_errors},
                               {"verdict", compare::to_text(outcome.verdict)},
                               {"source", target.source}});
  }
  for (std::size_t i = 0; i < set.rankings.size(); ++i) {
    const compare::RankingOutcome& outcome = judged.rankings[i];
    json["rankings"].push_back({{"name", set.rankings[i].name},
                                {"group", set.rankings[i].group},
                                {"empirical", set.rankings[i].regions},
                                {"simulated", outcome.simulated},
                                {"rank_correlation", json_number(outcome.rank_correlation)},
                                {"overlap", json_number(outcome.overlap)},
                                {"verdict", compare::to_text(outcome.verdict)},
                                {"source", set.rankings[i].source}});
  }
  for (const HindcastRow& row : rows) {
    json["hindcast"].push_back({{"sector", row.sector},
                                {"units", row.units},
                                {"n", row.score.units},
                                {"forecast", row.forecast},
                                {"correlation", json_number(row.score.correlation)},
                                {"rank_correlation", json_number(row.score.rank_correlation)},
                                {"rmse", json_number(row.score.rmse)},
                                {"sign", json_number(row.score.sign)},
                                {"spread", json_number(row.score.spread)},
                                {"skill_no_change", json_number(row.skill_no_change)},
                                {"skill_mean_reversion", json_number(row.skill_mean_reversion)}});
  }
  return json.dump(2) + "\n";
}

void execute(const Options& options) {
  if (options.files.size() < 2) throw InputError("compare: name one or more results, then a file of targets");
  config::Faults faults;
  const config::TargetSet set = config::read_targets(options.files.back(), faults);
  faults.raise_if_any();
  std::vector<Run> runs;
  const bool needs_baseline = std::any_of(set.metrics.begin(), set.metrics.end(),
                                          [](const auto& placed) { return metrics::needs_baseline(placed.metric); });
  for (std::size_t i = 0; i + 1 < options.files.size(); ++i) {
    Run run{.file = options.files[i], .panel = panel::read_dataset(options.files[i]), .baseline = {}};
    if (needs_baseline) {
      const std::string baseline =
          options.baselines.empty() ? beside(run.file, "baseline").string() : options.baselines.at(i);
      run.baseline = panel::read_dataset(baseline);
    }
    runs.push_back(std::move(run));
  }
  check(set, runs);
  const Judged judged = judge(set, runs);
  const std::vector<HindcastRow> rows = set.hindcast ? hindcast(*set.hindcast, runs) : std::vector<HindcastRow>{};
  if (options.format == "json") return print(to_json(set, judged, rows, runs.front().panel));
  const bool text = options.format == "text";
  if (text && !set.title.empty()) print(set.title + "\n\n");
  const bool exact = options.format == "csv";
  std::vector<report::OutputTable> tables;
  if (!set.targets.empty()) tables.push_back(target_table(set, judged, runs.front().panel, exact));
  if (!set.rankings.empty()) tables.push_back(ranking_table(set, judged, exact));
  if (text && !tables.empty()) tables.push_back(group_table(set, judged));
  if (set.hindcast) tables.push_back(hindcast_table(rows, exact, !exact));
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (i > 0) print("\n");
    if (text) print(std::exchange(tables[i].title, {}) + "\n\n");
    print(report::to_format(tables[i], options.format));
  }
}

}  // namespace

void add_compare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "compare", "Simulated against empirical indices: targets, rankings, and the census of a later year");
  command->footer(
      "Examples:\n  pericore compare jilin.h5 scenarios/china/empirical/paper_001.yaml\n"
      "  pericore compare jilin.h5 scenarios/china/empirical/paper_001.yaml --format csv > targets.csv\n\n"
      "Several results are runs that differ in their seed: means, with their spread. Definitions: docs/compare.md.");
  command->add_option("FILES", options->files, "results (HDF5), then targets (YAML)")->required();
  command->add_option("--baseline", options->baselines,
                      "baselines, as many as results; default: NAME.baseline.h5 beside each");
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli

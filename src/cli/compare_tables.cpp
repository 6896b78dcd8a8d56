#include "cli/compare_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "cli/colour.h"

namespace pericore::cli {
namespace {

using compare::Expectation;

std::string number(double value, bool exact) { return exact ? report::exact(value) : report::rounded(value); }

std::string empirical_text(const compare::Target& target) {
  if (target.expected == Expectation::level)
    return report::rounded(target.value) +
           (target.standard_error > 0.0 ? fmt::format(" ({})", report::rounded(target.standard_error)) : "");
  return has_value(target) ? fmt::format("{} {}", expectation(target), report::rounded(target.value))
                           : std::string(expectation(target));
}

std::string simulated_text(const compare::Outcome& outcome) {
  return report::rounded(outcome.simulated.mean) +
         (std::isfinite(outcome.std_error) ? fmt::format(" ({})", report::rounded(outcome.std_error)) : "");
}

std::string_view yes_no(const std::optional<bool>& value) { return !value ? "" : *value ? "yes" : "no"; }

report::OutputTable target_table(const Compared& compared) {
  const auto& targets = compared.set->targets;
  const bool estimated =
      std::any_of(targets.begin(), targets.end(), [](const auto& t) { return t.coefficient.has_value(); });
  report::OutputTable table;
  table.title = "Targets";
  table.columns = {"target",           "group",    "unit", "simulated", "sd over runs",
                   "empirical (s.e.)", "distance", "in",   "verdict"};
  if (estimated) table.columns.insert(table.columns.end() - 1, {"same sign", "same significance"});
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const compare::Outcome& outcome = compared.targets[i];
    std::vector<std::string> row = {targets[i].name,
                                    targets[i].group,
                                    compared.units[i],
                                    simulated_text(outcome),
                                    report::rounded(outcome.simulated.deviation),
                                    empirical_text(targets[i]),
                                    report::rounded(outcome.distance),
                                    outcome.in_errors ? "s.e." : "unit",
                                    std::string(compare::to_text(outcome.verdict))};
    if (estimated)
      row.insert(row.end() - 1,
                 {std::string(yes_no(outcome.same_sign)), std::string(yes_no(outcome.same_significance))});
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// Every number of a target, for other programs.
report::OutputTable target_rows(const Compared& compared) {
  report::OutputTable table;
  table.columns = {"target",         "group",     "run",       "unit", "simulated", "sd over runs",
                   "runs",           "band low",  "band high", "s.e.", "expect",    "empirical",
                   "empirical s.e.", "tolerance", "distance",  "in",   "same sign", "same significance",
                   "verdict",        "source",    "definition"};
  for (std::size_t i = 0; i < compared.set->targets.size(); ++i) {
    const compare::Target& target = compared.set->targets[i];
    const compare::Outcome& outcome = compared.targets[i];
    const compare::Band& band = outcome.simulated;
    table.rows.push_back({target.name,
                          target.group,
                          target.run,
                          compared.units[i],
                          report::exact(band.mean),
                          report::exact(band.deviation),
                          std::to_string(band.runs),
                          report::exact(band.mean - band_width * band.deviation),
                          report::exact(band.mean + band_width * band.deviation),
                          report::exact(outcome.std_error),
                          std::string(expectation(target)),
                          has_value(target) ? report::exact(target.value) : "",
                          target.standard_error > 0.0 ? report::exact(target.standard_error) : "",
                          target.tolerance > 0.0 ? report::exact(target.tolerance) : "",
                          report::exact(outcome.distance),
                          outcome.in_errors ? "s.e." : "unit",
                          std::string(yes_no(outcome.same_sign)),
                          std::string(yes_no(outcome.same_significance)),
                          std::string(compare::to_text(outcome.verdict)),
                          target.source,
                          compared.definitions[i]});
  }
  return table;
}

report::OutputTable ranking_table(const Compared& compared, bool exact) {
  report::OutputTable table;
  table.title = "Rankings";
  table.columns = {"ranking", "group", "rank correlation", "overlap", "verdict", "order", "highest first"};
  for (std::size_t i = 0; i < compared.set->rankings.size(); ++i) {
    const compare::Ranking& ranking = compared.set->rankings[i];
    const compare::RankingOutcome& outcome = compared.rankings[i];
    table.rows.push_back({ranking.name, ranking.group, number(outcome.rank_correlation, exact),
                          number(outcome.overlap, exact), std::string(compare::to_text(outcome.verdict)), "empirical",
                          ranking.within.empty()
                              ? fmt::format("{}", fmt::join(ranking.labels, " > "))
                              : fmt::format("{} highest in {}", ranking.top, filter_text(ranking.within))});
    table.rows.push_back({exact ? ranking.name : "", exact ? ranking.group : "", "", "", "", "simulated",
                          fmt::format("{}", fmt::join(outcome.simulated, " > "))});
  }
  return table;
}

report::OutputTable not_checkable_table(const config::TargetSet& set) {
  report::OutputTable table;
  table.title = "Not checkable";
  table.columns = {"target", "group", "reason"};
  for (const compare::NotCheckable& entry : set.not_checkable)
    table.rows.push_back({entry.name, entry.group, entry.reason});
  return table;
}

report::OutputTable group_table(const Compared& compared) {
  report::OutputTable table;
  table.title = "Scores by group";
  table.columns = {"group"};
  for (std::size_t v = 0; v < compare::verdict_count; ++v)
    table.columns.emplace_back(compare::to_text(static_cast<compare::Verdict>(v)));
  table.columns.emplace_back("not checkable");
  for (const GroupScore& score : group_scores(compared)) {
    std::vector<std::string> row = {score.group};
    for (const int count : score.verdicts) row.push_back(std::to_string(count));
    row.push_back(std::to_string(score.not_checkable));
    table.rows.push_back(std::move(row));
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
                   "skill on proportional",
                   "skill on mean reversion"};
  if (exact) table.columns.insert(table.columns.begin() + 1, "column of units");
  const auto text = [&](double value) { return exact ? report::exact(value) : report::rounded(value, 3); };
  for (const HindcastRow& row : rows) {
    if (all_units_only && row.units != "all") continue;
    std::vector<std::string> cells = {row.sector,
                                      row.units,
                                      std::to_string(row.score.units),
                                      row.forecast,
                                      text(row.score.correlation),
                                      text(row.score.rank_correlation),
                                      text(row.score.rmse),
                                      text(row.score.sign),
                                      text(row.score.spread),
                                      text(row.skill_no_change),
                                      text(row.skill_proportional),
                                      text(row.skill_mean_reversion)};
    if (exact) cells.insert(cells.begin() + 1, row.column);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

/// Units by column of units: sectors down, model and naive forecasts beside each other.
report::OutputTable hindcast_groups(const std::vector<HindcastRow>& rows) {
  report::OutputTable table;
  table.title = "Hindcast by units: rank correlation of changes, rmse of level";
  table.columns = {"units", "sector", "n"};
  for (const compare::Forecast forecast : compare::forecasts) {
    if (forecast != compare::Forecast::no_change)
      table.columns.push_back(fmt::format("rank: {}", compare::to_text(forecast)));
  }
  for (const compare::Forecast forecast : compare::forecasts)
    table.columns.push_back(fmt::format("rmse: {}", compare::to_text(forecast)));
  for (std::size_t i = 0; i + compare::forecasts.size() <= rows.size(); i += compare::forecasts.size()) {
    if (rows[i].column.empty()) continue;
    std::vector<std::string> cells = {fmt::format("{} {}", rows[i].column, rows[i].units), rows[i].sector,
                                      std::to_string(rows[i].score.units)};
    for (std::size_t f = 0; f < compare::forecasts.size(); ++f) {
      if (compare::forecasts[f] != compare::Forecast::no_change)
        cells.push_back(report::rounded(rows[i + f].score.rank_correlation, 2));
    }
    for (std::size_t f = 0; f < compare::forecasts.size(); ++f)
      cells.push_back(report::rounded(rows[i + f].score.rmse, 3));
    table.rows.push_back(std::move(cells));
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [&](const auto& a, const auto& b) {
    const auto place = [&](const std::string& units) {
      return std::find_if(
                 rows.begin(), rows.end(),
                 [&](const HindcastRow& row) { return fmt::format("{} {}", row.column, row.units) == units; }) -
             rows.begin();
    };
    return place(a[0]) < place(b[0]);
  });
  return table;
}

report::OutputTable level_table(const std::vector<LevelRow>& rows, bool exact) {
  report::OutputTable table;
  table.title = "Levels of the census by unit";
  table.columns = {"sector",      "quantity",         "units", "n", "mean observed", "mean simulated",
                   "correlation", "rank correlation", "rmse"};
  if (exact) table.columns.insert(table.columns.begin() + 2, "column of units");
  for (const LevelRow& row : rows) {
    const compare::LevelScore& score = row.score;
    std::vector<std::string> cells = {row.sector,
                                      row.quantity,
                                      row.units,
                                      std::to_string(score.units),
                                      number(score.observed, exact),
                                      number(score.simulated, exact),
                                      number(score.correlation, exact),
                                      number(score.rank_correlation, exact),
                                      number(score.rmse, exact)};
    if (exact) cells.insert(cells.begin() + 2, row.column);
    if (exact || row.column.empty() || row.sector == "theta") table.rows.push_back(std::move(cells));
  }
  if (!exact) table.notes.push_back("all sectors by macro-region and tier: --format csv or json");
  return table;
}

std::string run_note(const Compared& compared) {
  std::vector<std::string> missing;
  const auto note = [&](const std::string& run) {
    for (const config::NamedRun& known : compared.set->runs) {
      const std::string text = fmt::format("{} ({})", run, known.scenario);
      if (known.name == run && std::find(missing.begin(), missing.end(), text) == missing.end())
        missing.push_back(text);
    }
  };
  for (std::size_t i = 0; i < compared.set->targets.size(); ++i) {
    if (compared.targets[i].verdict == compare::Verdict::not_run) note(compared.set->targets[i].run);
  }
  for (std::size_t i = 0; i < compared.set->rankings.size(); ++i) {
    if (compared.rankings[i].verdict == compare::Verdict::not_run) note(compared.set->rankings[i].run);
  }
  return missing.empty() ? "" : fmt::format("not run: give NAME=RESULT.h5 for {}", fmt::join(missing, ", "));
}

}  // namespace

std::string_view expectation(const compare::Target& target) {
  return compare::expectation_words()[static_cast<std::size_t>(target.expected)];
}

bool has_value(const compare::Target& target) {
  return target.expected == Expectation::level || target.expected == Expectation::at_least ||
         target.expected == Expectation::at_most;
}

std::string filter_text(const metrics::RegionFilter& filter) {
  std::string text;
  for (const auto& [column, values] : filter.columns)
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", column, fmt::join(values, ", "));
  return text;
}

std::vector<GroupScore> group_scores(const Compared& compared) {
  std::vector<GroupScore> scores;
  const auto of = [&](const std::string& group) -> GroupScore& {
    const auto found = std::find_if(scores.begin(), scores.end(), [&](const auto& s) { return s.group == group; });
    return found != scores.end() ? *found : scores.emplace_back(GroupScore{.group = group});
  };
  const config::TargetSet& set = *compared.set;
  for (std::size_t i = 0; i < set.targets.size(); ++i)
    ++of(set.targets[i].group).verdicts[static_cast<std::size_t>(compared.targets[i].verdict)];
  for (std::size_t i = 0; i < set.rankings.size(); ++i)
    ++of(set.rankings[i].group).verdicts[static_cast<std::size_t>(compared.rankings[i].verdict)];
  for (const compare::NotCheckable& entry : set.not_checkable) ++of(entry.group).not_checkable;
  return scores;
}

std::string compared_text(const Compared& compared, const std::string& format) {
  if (format == "json") return compared_json(compared);
  const config::TargetSet& set = *compared.set;
  const bool text = format == "text";
  const bool exact = format == "csv";
  std::vector<report::OutputTable> tables;
  if (!set.targets.empty()) tables.push_back(exact ? target_rows(compared) : target_table(compared));
  if (!set.rankings.empty()) tables.push_back(ranking_table(compared, exact));
  if (!set.not_checkable.empty()) tables.push_back(not_checkable_table(set));
  if (!tables.empty()) {
    tables.push_back(group_table(compared));
    if (const std::string note = run_note(compared); !note.empty()) tables.back().notes.push_back(note);
  }
  if (set.census) tables.push_back(level_table(compared.levels, exact));
  if (set.hindcast) {
    tables.push_back(hindcast_table(compared.hindcast, exact, !exact));
    if (!exact) tables.push_back(hindcast_groups(compared.hindcast));
  }
  std::string output = text && !set.title.empty() ? heading(set.title) + "\n\n" : "";
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (i > 0) output += "\n";
    if (text) output += heading(std::exchange(tables[i].title, {})) + "\n\n";
    output += formatted(tables[i], format);
  }
  return output;
}

}  // namespace pericore::cli

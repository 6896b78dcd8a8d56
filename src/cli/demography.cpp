#include "cli/demography.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/errors.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/json.h"
#include "indices/firm_demography.h"
#include "report/output_table.h"

namespace pericore::cli {
namespace {

constexpr std::size_t moves_shown = 15;  // in the text

/// One number of the demography by what it belongs to.
struct Entry {
  std::string table;
  std::string sector;
  std::string at;  ///< year, age, or "from -> to"
  std::string name;
  double value;
};

std::vector<Entry> entries_of(const indices::FirmDemography& demography) {
  std::vector<Entry> entries;
  for (const auto& y : demography.years) {
    const std::string at = std::to_string(y.year);
    for (const auto& [name, value] :
         {std::pair("firms", y.firms), std::pair("births", y.births), std::pair("deaths", y.deaths),
          std::pair("moves", y.moves), std::pair("birth_rate", y.births / y.firms),
          std::pair("death_rate", y.deaths / y.firms), std::pair("mean_size", y.mean_size)})
      entries.push_back({"years", y.sector, at, name, value});
  }
  for (const auto& s : demography.survival) {
    const std::string at = std::to_string(s.age);
    for (const auto& [name, value] :
         {std::pair("at_risk", s.at_risk), std::pair("hazard", s.hazard), std::pair("survival", s.survival)})
      entries.push_back({"survival", s.sector, at, name, value});
  }
  for (const auto& s : demography.sizes) {
    for (const auto& [name, value] :
         {std::pair("mean", s.mean), std::pair("p10", s.p10), std::pair("p50", s.p50), std::pair("p90", s.p90),
          std::pair("p99", s.p99), std::pair("top_percent", s.top_percent)})
      entries.push_back({"employment", s.sector, "", name, value});
  }
  for (const auto& m : demography.moves) entries.push_back({"moves", "", m.from + " -> " + m.to, "firms", m.firms});
  return entries;
}

report::OutputTable long_table(const std::vector<Entry>& entries) {
  report::OutputTable table{
      .title = {}, .columns = {"table", "sector", "at", "name", "value"}, .rows = {}, .notes = {}};
  for (const Entry& e : entries) table.rows.push_back({e.table, e.sector, e.at, e.name, report::exact(e.value)});
  return table;
}

std::string in_text(const indices::FirmDemography& demography) {
  report::OutputTable years{.title = "Firms by sector and year",
                            .columns = {"sector", "year", "firms", "births", "deaths", "moves", "mean size"},
                            .rows = {},
                            .notes = {}};
  for (const auto& y : demography.years)
    years.rows.push_back({y.sector, std::to_string(y.year), report::rounded(y.firms, 6), report::rounded(y.births),
                          report::rounded(y.deaths), report::rounded(y.moves), report::rounded(y.mean_size)});
  report::OutputTable survival{.title = "Share of newborn firms that reach an age (product limit)",
                               .columns = {"sector"},
                               .rows = {},
                               .notes = {}};
  constexpr std::int64_t shown[] = {1, 2, 3, 5, 10, 20};
  for (const std::int64_t age : shown) survival.columns.push_back(fmt::format("{} years", age));
  for (const auto& s : demography.survival) {
    if (survival.rows.empty() || survival.rows.back()[0] != s.sector) survival.rows.push_back({s.sector});
    if (std::find(std::begin(shown), std::end(shown), s.age) != std::end(shown))
      survival.rows.back().push_back(report::rounded(s.survival));
  }
  report::OutputTable sizes{.title = "Employment of firms in the last year [persons]",
                            .columns = {"sector", "mean", "p10", "median", "p90", "p99", "share of top 1 %"},
                            .rows = {},
                            .notes = {}};
  for (const auto& s : demography.sizes)
    sizes.rows.push_back({s.sector, report::rounded(s.mean), report::rounded(s.p10), report::rounded(s.p50),
                          report::rounded(s.p90), report::rounded(s.p99), report::rounded(s.top_percent)});
  report::OutputTable moves{
      .title = "Largest moves between regions, all years", .columns = {"from", "to", "firms"}, .rows = {}, .notes = {}};
  for (const auto& m : demography.moves) {
    if (moves.rows.size() == moves_shown) break;
    moves.rows.push_back({m.from, m.to, report::rounded(m.firms)});
  }
  return table_text(years) + "\n" + table_text(survival) + "\n" + table_text(sizes) + "\n" + table_text(moves);
}

}  // namespace

void print_demography(const std::string& file, const panel::Dataset& dataset, const std::string& format) {
  indices::FirmDemography demography;
  try {
    demography = indices::firm_demography(dataset);
  } catch (const InputError& error) {
    throw InputError(file + ": " + error.what());
  }
  if (format == "text") {
    print(in_text(demography));
    return;
  }
  const std::vector<Entry> entries = entries_of(demography);
  if (format == "csv") {
    print(report::to_csv(long_table(entries)));
    return;
  }
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Entry& e : entries)
    json.push_back(
        {{"table", e.table}, {"sector", e.sector}, {"at", e.at}, {"name", e.name}, {"value", json_number(e.value)}});
  print(json.dump(1) + "\n");
}

}  // namespace pericore::cli

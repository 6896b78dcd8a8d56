#include "reference_panel.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include "config/faults.h"
#include "config/read_table.h"

namespace pericore::testing {
namespace {

using econometrics::Columns;
using econometrics::Grouping;
using econometrics::Sample;
using panel::PanelIndex;
using panel::Table;

double value_of(const Table& table, const PanelIndex& index, const std::string& term, std::size_t row) {
  if (term == "_cons") return 1.0;
  const std::size_t dot = term.find('.');
  if ((term[0] != 'L' && term[0] != 'l') || dot == std::string::npos) return table.column(term).numbers[row];
  const long lag = dot == 1 ? 1 : std::stol(term.substr(1, dot - 1));
  const std::optional<std::size_t> earlier = index.lagged(row, lag);
  return earlier ? table.column(term.substr(dot + 1)).numbers[*earlier] : std::numeric_limits<double>::quiet_NaN();
}

Columns columns_of(const Table& table, const PanelIndex& index, const std::vector<std::string>& terms,
                   const std::vector<std::size_t>& rows) {
  Columns columns;
  columns.values.resize(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(terms.size()));
  for (std::size_t j = 0; j < terms.size(); ++j) {
    columns.names.push_back(terms[j] == "_cons" ? "(Intercept)" : terms[j]);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      columns.values(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(j)) =
          value_of(table, index, terms[j], rows[r]);
    }
  }
  return columns;
}

std::vector<double> picked(const std::vector<double>& numbers, const std::vector<std::size_t>& rows) {
  std::vector<double> values;
  for (const std::size_t row : rows) values.push_back(numbers[row]);
  return values;
}

void add_year_dummies(const std::vector<double>& years, Columns& columns) {
  const std::set<double> levels(years.begin(), years.end());
  for (auto level = std::next(levels.begin()); level != levels.end(); ++level) {
    columns.names.push_back("yr" + std::to_string(static_cast<long>(*level)));
    columns.values.conservativeResize(Eigen::NoChange, columns.values.cols() + 1);
    for (std::size_t r = 0; r < years.size(); ++r) {
      columns.values(static_cast<Eigen::Index>(r), columns.values.cols() - 1) = years[r] == *level ? 1.0 : 0.0;
    }
  }
}

}  // namespace

std::filesystem::path shipped_reference() {
  return std::filesystem::path(PERICORE_SOURCE_DIR) / "tests" / "data" / "reference";
}

std::filesystem::path unshipped_reference() {
  const auto folder = std::filesystem::path(PERICORE_SOURCE_DIR) / ".." / "shared" / "reference";
  return std::filesystem::exists(folder) ? folder : std::filesystem::path();
}

nlohmann::json read_json(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return nlohmann::json::parse(stream);
}

Table read_csv(const std::filesystem::path& file) {
  config::Faults faults;
  Table table = config::read_table(file, faults);
  faults.raise_if_any();
  return table;
}

Grouping group_by(const std::string& name, const std::vector<double>& values) {
  Grouping grouping{.name = name, .codes = {}, .count = 0};
  std::map<double, int> seen;
  for (const double value : values) {
    const auto [at, fresh] = seen.try_emplace(value, grouping.count);
    if (fresh) ++grouping.count;
    grouping.codes.push_back(at->second);
  }
  return grouping;
}

MadeSample make_sample(const Table& table, const Wanted& wanted, const std::vector<std::string>& groupings) {
  const PanelIndex index =
      wanted.entity.empty() ? PanelIndex(table.row_count()) : PanelIndex(table, wanted.entity, wanted.time);
  std::vector<std::size_t> rows;
  for (const std::size_t row : index.sorted()) {
    bool complete = std::isfinite(value_of(table, index, wanted.y, row));
    for (const auto* terms : {&wanted.exogenous, &wanted.endogenous, &wanted.instruments}) {
      for (const std::string& term : *terms) complete = complete && std::isfinite(value_of(table, index, term, row));
    }
    if (complete && wanted.keep) {
      complete = wanted.keep(table.column(wanted.entity).numbers[row], table.column(wanted.time).numbers[row]);
    }
    if (complete) rows.push_back(row);
  }
  MadeSample made;
  Sample& sample = made.sample;
  if (!wanted.absorbed.empty()) {
    const std::vector<double>& effect = table.column(wanted.absorbed).numbers;
    std::map<double, int> sizes;
    for (const std::size_t row : rows) ++sizes[effect[row]];
    const std::size_t before = rows.size();
    std::erase_if(rows, [&](std::size_t row) { return sizes[effect[row]] == 1; });
    sample.singletons = static_cast<long>(before - rows.size());
    sample.absorbed.push_back(group_by(wanted.absorbed, picked(effect, rows)));
  }
  const Columns y = columns_of(table, index, {wanted.y}, rows);
  sample.y = y.values.col(0);
  sample.y_name = wanted.y;
  sample.exogenous = columns_of(table, index, wanted.exogenous, rows);
  sample.endogenous = columns_of(table, index, wanted.endogenous, rows);
  sample.instruments = columns_of(table, index, wanted.instruments, rows);
  if (!wanted.entity.empty()) {
    sample.entity = group_by(wanted.entity, picked(table.column(wanted.entity).numbers, rows));
    const std::vector<double> times = picked(table.column(wanted.time).numbers, rows);
    for (const double time : times) sample.time.push_back(static_cast<long>(time));
    if (wanted.year_dummies) add_year_dummies(times, sample.exogenous);
  }
  for (const std::string& name : groupings)
    made.groupings.push_back(group_by(name, picked(table.column(name).numbers, rows)));
  return made;
}

}  // namespace pericore::testing

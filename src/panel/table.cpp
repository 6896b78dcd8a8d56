#include "panel/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "base/errors.h"
#include "base/spelling.h"

namespace pericore::panel {

bool is_missing_number(std::string_view text) {
  return text.empty() || text == "NA" || text == "NaN" || text == "nan" || text == ".";
}

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool Column::missing(std::size_t row) const { return is_text ? texts[row].empty() : std::isnan(numbers[row]); }

std::string Column::label(std::size_t row) const {
  if (is_text) return texts[row];
  return std::isnan(numbers[row]) ? std::string() : fmt::format("{}", numbers[row]);
}

std::string Column::not_a_number() const {
  for (std::size_t row = 0; row < texts.size(); ++row) {
    if (!is_missing_number(texts[row]) && !parse_number(texts[row]))
      return fmt::format("row {} is '{}'", row + 1, texts[row]);
  }
  return "all are numbers or missing";
}

void Table::add(Column column) {
  if (find(column.name) != nullptr) throw DomainError("table: column '" + column.name + "' comes twice");
  if ((column.is_text ? column.texts.size() : column.numbers.size()) != rows_)
    throw DomainError("table: column '" + column.name + "' has not one entry a row");
  columns_.push_back(std::move(column));
}

const Column* Table::find(std::string_view name) const {
  const auto found =
      std::find_if(columns_.begin(), columns_.end(), [&](const Column& column) { return column.name == name; });
  return found == columns_.end() ? nullptr : &*found;
}

std::vector<std::string> Table::names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name);
  return names;
}

const Column& Table::column(std::string_view name) const {
  if (const Column* found = find(name)) return *found;
  throw InputError(fmt::format("unknown variable '{}'{}", name, did_you_mean(name, names())));
}

Coding code(const Column& column) {
  Coding coding;
  const std::size_t rows = column.is_text ? column.texts.size() : column.numbers.size();
  coding.codes.assign(rows, -1);
  // By hash: a column of ten million rows has some thousand values.
  const auto number = [&](const auto& values, const auto& note) {
    std::unordered_map<std::decay_t<decltype(values[0])>, int> seen;
    for (std::size_t i = 0; i < rows; ++i) {
      if (!column.missing(i)) seen.emplace(values[i], 0);
    }
    std::vector<std::pair<std::decay_t<decltype(values[0])>, int*>> order;
    order.reserve(seen.size());
    for (auto& [value, place] : seen) order.emplace_back(value, &place);
    std::sort(order.begin(), order.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
    int next = 0;
    for (auto& [value, place] : order) {
      *place = next++;
      note(value);
    }
    for (std::size_t i = 0; i < rows; ++i) {
      if (!column.missing(i)) coding.codes[i] = seen.find(values[i])->second;
    }
  };
  if (column.is_text) {
    number(column.texts, [&](const std::string& text) { coding.labels.push_back(text); });
  } else {
    number(column.numbers, [&](double value) {
      coding.labels.push_back(fmt::format("{}", value));
      coding.values.push_back(value);
    });
  }
  return coding;
}

namespace {

void require_keys(const Table& table, const std::string& name) {
  const Column& column = table.column(name);
  for (std::size_t i = 0; i < table.row_count(); ++i) {
    if (column.missing(i)) throw InputError(fmt::format("column '{}': no value in row {} of the data", name, i + 1));
  }
}

}  // namespace

PanelIndex::PanelIndex(const Table& table, const std::string& entity, const std::string& time) {
  require_keys(table, entity);
  require_keys(table, time);
  entity_ = code(table.column(entity));
  const Column& times = table.column(time);
  if (times.is_text) throw InputError(fmt::format("column '{}': periods must be whole numbers", time));
  has_time_ = true;
  for (std::size_t i = 0; i < table.row_count(); ++i) {
    const double value = times.numbers[i];
    if (std::nearbyint(value) != value || std::abs(value) > 1e9)
      throw InputError(fmt::format("column '{}': {} in row {} is no whole number", time, value, i + 1));
    times_.push_back(static_cast<long>(value));
  }
  sort_rows(table);
  for (std::size_t k = 1; k < sorted_.size(); ++k) {
    const std::size_t a = sorted_[k - 1];
    const std::size_t b = sorted_[k];
    if (entity_.codes[a] == entity_.codes[b] && times_[a] == times_[b]) {
      throw InputError(fmt::format("{} '{}' has {} {} twice: rows {} and {} of the data", entity,
                                   entity_.labels[static_cast<std::size_t>(entity_.codes[a])], time, times_[a], a + 1,
                                   b + 1));
    }
  }
}

PanelIndex::PanelIndex(const Table& table, const std::string& entity) {
  require_keys(table, entity);
  entity_ = code(table.column(entity));
  sort_rows(table);
}

PanelIndex::PanelIndex(std::size_t rows) {
  sorted_.resize(rows);
  std::iota(sorted_.begin(), sorted_.end(), std::size_t{0});
  place_ = sorted_;
}

void PanelIndex::sort_rows(const Table& table) {
  sorted_.resize(table.row_count());
  std::iota(sorted_.begin(), sorted_.end(), std::size_t{0});
  std::stable_sort(sorted_.begin(), sorted_.end(), [&](std::size_t a, std::size_t b) {
    if (entity_.codes[a] != entity_.codes[b]) return entity_.codes[a] < entity_.codes[b];
    return time(a) < time(b);
  });
  place_.resize(sorted_.size());
  for (std::size_t k = 0; k < sorted_.size(); ++k) place_[sorted_[k]] = k;
}

std::optional<std::size_t> PanelIndex::lagged(std::size_t row, long periods) const {
  if (!has_time_) return std::nullopt;
  const long wanted = times_[row] - periods;
  std::size_t k = place_[row];
  while (k > 0 && times_[sorted_[k]] > wanted && entity_.codes[sorted_[k - 1]] == entity_.codes[row]) --k;
  while (k + 1 < sorted_.size() && times_[sorted_[k]] < wanted && entity_.codes[sorted_[k + 1]] == entity_.codes[row])
    ++k;
  if (times_[sorted_[k]] != wanted) return std::nullopt;
  return sorted_[k];
}

}  // namespace pericore::panel

#include "config/csv.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/spelling.h"

namespace pericore::config {

/// One pass over the text.
class CsvParser {
 public:
  CsvParser(std::shared_ptr<const Source> source, Faults& faults) : text_(source->text), faults_(faults) {
    table_.source_ = std::move(source);
  }

  CsvTable parse() {
    std::vector<CsvTable::Cell> row;
    if (!read_row(row)) return {};
    if (!take_header(row)) return {};
    while (position_ < text_.size()) {
      const std::size_t start = position_;
      if (!read_row(row)) break;
      const bool is_blank = row.size() == 1 && row[0].text.empty() && text_[row[0].offset] != '"';
      if (is_blank && rest_is_blank()) break;
      if (is_blank && table_.columns_.size() > 1) {
        fault(start, "a blank line between rows");
      } else if (row.size() != table_.columns_.size()) {
        fault(start, fmt::format("{} cells, expected {} as in the header", row.size(), table_.columns_.size()));
      } else {
        table_.cells_.insert(table_.cells_.end(), row.begin(), row.end());
      }
      ++rows_read_;
    }
    if (rows_read_ == 0 && !broken_) fault(0, "only a header, no rows");
    return std::move(table_);
  }

 private:
  void fault(std::size_t offset, const std::string& message) {
    faults_.add(place_at(table_.source_, offset), "", message);
  }

  bool rest_is_blank() const { return text_.find_first_not_of(" \t\r\n", position_) == std::string_view::npos; }

  /// Past the end of the line at position_; false inside a line.
  bool take_line_end() {
    if (position_ >= text_.size()) return true;
    if (text_[position_] == '\n') {
      ++position_;
      return true;
    }
    if (text_[position_] == '\r') {
      position_ += text_.substr(position_).starts_with("\r\n") ? 2 : 1;
      return true;
    }
    return false;
  }

  /// False if the rest of the file cannot be understood (a quote that is not closed).
  bool read_row(std::vector<CsvTable::Cell>& row) {
    row.clear();
    while (true) {
      while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t')) ++position_;
      const bool quoted = position_ < text_.size() && text_[position_] == '"';
      if (quoted ? !read_quoted(row) : !read_plain(row)) return false;
      if (take_line_end()) return true;
      ++position_;  // the comma
    }
  }

  bool read_plain(std::vector<CsvTable::Cell>& row) {
    const std::size_t start = position_;
    position_ = std::min(text_.find_first_of(",\r\n", start), text_.size());
    std::string_view cell = text_.substr(start, position_ - start);
    while (cell.ends_with(' ') || cell.ends_with('\t')) cell.remove_suffix(1);
    if (const std::size_t quote = cell.find('"'); quote != std::string_view::npos)
      fault(start + quote, "a quote inside an unquoted cell; put the whole cell in quotes and double the quote");
    row.push_back({cell, start});
    return true;
  }

  bool read_quoted(std::vector<CsvTable::Cell>& row) {
    const std::size_t start = position_;
    bool has_doubled = false;
    std::size_t end = start + 1;
    while (true) {
      end = text_.find('"', end);
      if (end == std::string_view::npos) {
        fault(start, "this quote is not closed");
        broken_ = true;
        position_ = text_.size();
        return false;
      }
      if (end + 1 >= text_.size() || text_[end + 1] != '"') break;
      has_doubled = true;
      end += 2;
    }
    std::string_view cell = text_.substr(start + 1, end - start - 1);
    if (has_doubled) cell = unescape(cell);
    row.push_back({cell, start});
    position_ = end + 1;
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t')) ++position_;
    const bool at_end =
        position_ >= text_.size() || std::string_view(",\r\n").find(text_[position_]) != std::string_view::npos;
    if (!at_end) {
      fault(position_, "text behind the closing quote of a cell");
      position_ = std::min(text_.find_first_of(",\r\n", position_), text_.size());
    }
    return true;
  }

  std::string_view unescape(std::string_view cell) {
    std::string plain;
    for (std::size_t i = 0; i < cell.size(); ++i) {
      plain += cell[i];
      if (cell[i] == '"') ++i;
    }
    table_.unescaped_.push_back(std::make_shared<const std::string>(std::move(plain)));
    return *table_.unescaped_.back();
  }

  bool take_header(const std::vector<CsvTable::Cell>& row) {
    for (const CsvTable::Cell& cell : row) {
      const std::string name(cell.text);
      if (name.empty())
        fault(cell.offset, fmt::format("column {} of the header has no name", table_.columns_.size() + 1));
      else if (table_.column(name))
        fault(cell.offset, fmt::format("column {} stands twice in the header", shown(name)));
      table_.columns_.push_back(name);
      table_.header_offsets_.push_back(cell.offset);
    }
    for (const char separator : {';', '\t'})
      if (row.size() == 1 && row[0].text.find(separator) != std::string_view::npos) {
        fault(row[0].offset,
              fmt::format("cells are separated by {}, expected commas", separator == ';' ? "';'" : "tabs"));
        return false;
      }
    return true;
  }

  CsvTable table_;
  std::string_view text_;
  Faults& faults_;
  std::size_t position_ = 0;
  std::size_t rows_read_ = 0;
  bool broken_ = false;
};

CsvTable CsvTable::parse(const std::shared_ptr<const Source>& source, Faults& faults) {
  return CsvParser(source, faults).parse();
}

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto it = std::find(columns_.begin(), columns_.end(), name);
  if (it == columns_.end()) return {};
  return static_cast<std::size_t>(it - columns_.begin());
}

Place CsvTable::place(std::size_t row, std::size_t column) const { return place_at(source_, cell(row, column).offset); }

Place CsvTable::header_place(std::optional<std::size_t> column) const {
  if (!source_) return {};
  return column ? place_at(source_, header_offsets_[*column]) : Place{source_, 1, 1};
}

CsvTable read_csv(const std::filesystem::path& file, Faults& faults, const NamedAt* named_at) {
  constexpr std::size_t largest_file = std::size_t{1} << 30;  // [bytes]
  const auto source = read_source(file, largest_file, faults, named_at);
  return source ? CsvTable::parse(source, faults) : CsvTable{};
}

std::optional<std::size_t> require_column(const CsvTable& table, std::string_view name, Faults& faults) {
  const auto column = table.column(name);
  if (!column && !table.columns().empty())
    faults.add(table.header_place(), "",
               fmt::format("missing column {}{}", shown(name), did_you_mean(name, table.columns())));
  return column;
}

std::vector<std::string> text_column(const CsvTable& table, std::string_view name, Faults& faults) {
  const auto column = require_column(table, name, faults);
  if (!column) return {};
  std::vector<std::string> result;
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    result.emplace_back(table.text(row, *column));
    if (result.back().empty()) cell_fault(table, row, name, "empty cell, expected a text", faults);
  }
  return result;
}

std::vector<std::string> unique_column(const CsvTable& table, std::string_view name, Faults& faults) {
  std::vector<std::string> result = text_column(table, name, faults);
  std::map<std::string_view, std::size_t> first;
  for (std::size_t row = 0; row < result.size(); ++row) {
    if (result[row].empty()) continue;
    const auto [it, is_new] = first.emplace(result[row], row);
    if (!is_new)
      cell_fault(table, row, name,
                 fmt::format("duplicate {}, first given in line {}", shown(result[row]),
                             table.place(it->second, *table.column(name)).line),
                 faults);
  }
  return result;
}

std::vector<double> number_column(const CsvTable& table, std::string_view name, const Range& range,
                                  std::string_view unit, Faults& faults, std::optional<double> if_empty) {
  const auto column = require_column(table, name, faults);
  if (!column) return {};
  std::vector<double> result(table.row_count());
  for (std::size_t row = 0; row < result.size(); ++row) {
    const std::string_view text = table.text(row, *column);
    if (text.empty()) {
      if (if_empty)
        result[row] = *if_empty;
      else
        cell_fault(table, row, name, "empty cell, expected a number", faults);
      continue;
    }
    const NumberOrMessage number = parse_number_in(text, unit, range);
    if (const double* value = std::get_if<double>(&number))
      result[row] = *value;
    else
      cell_fault(table, row, name, std::get<std::string>(number), faults);
  }
  return result;
}

std::vector<int> integer_column(const CsvTable& table, std::string_view name, int min, int max, Faults& faults,
                                std::optional<int> if_empty) {
  const auto column = require_column(table, name, faults);
  if (!column) return {};
  std::vector<int> result(table.row_count());
  for (std::size_t row = 0; row < result.size(); ++row) {
    const std::string_view text = table.text(row, *column);
    if (text.empty() && if_empty) {
      result[row] = *if_empty;
      continue;
    }
    const NumberOrMessage number = text.empty() ? NumberOrMessage("empty cell, expected a whole number")
                                                : parse_integer_in(text, "", between(min, max));
    if (const double* value = std::get_if<double>(&number))
      result[row] = static_cast<int>(*value);
    else
      cell_fault(table, row, name, std::get<std::string>(number), faults);
  }
  return result;
}

std::optional<std::size_t> find_row(const CsvTable& table, std::string_view name, std::string_view text) {
  const auto column = table.column(name);
  if (!column) return {};
  for (std::size_t row = 0; row < table.row_count(); ++row)
    if (table.text(row, *column) == text) return row;
  return {};
}

void cell_fault(const CsvTable& table, std::size_t row, std::string_view name, std::string_view message,
                Faults& faults) {
  const auto column = table.column(name);
  faults.add(column ? table.place(row, *column) : table.header_place(), fmt::format("column '{}'", name), message);
}

}  // namespace pericore::config

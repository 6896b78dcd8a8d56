/// Tidy tables, as estimators take them: one row an observation, named columns of numbers or texts. Plain memory; files are
/// the business of config/read_table.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pericore::panel {

/// A column holds numbers (NaN: missing) or texts (empty: missing), never both.
struct Column {
  std::string name;
  bool is_text = false;
  std::vector<double> numbers;     ///< of a numeric column, one a row
  std::vector<std::string> texts;  ///< of a text column, one a row
  std::string unit;                ///< may be empty

  [[nodiscard]] bool missing(std::size_t row) const;
  /// As a key or for a message: numbers in the shortest form that reads back.
  [[nodiscard]] std::string label(std::size_t row) const;
  /// The first cell that makes a text column of it, for a message: "row 5 is 'inf'".
  [[nodiscard]] std::string not_a_number() const;
};

class Table {
 public:
  Table() = default;
  explicit Table(std::size_t rows) : rows_(rows) {}

  /// @throws DomainError  if the name is taken or the column has not one entry a row
  void add(Column column);

  [[nodiscard]] std::size_t row_count() const { return rows_; }
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// Null where there is none of that name.
  [[nodiscard]] const Column* find(std::string_view name) const;
  /// @throws InputError  names the nearest column
  [[nodiscard]] const Column& column(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::size_t rows_ = 0;
  std::vector<Column> columns_;
};

/// Distinct values of a column in natural order (numbers by size, texts by bytes), and which of them each row has.
struct Coding {
  std::vector<int> codes;           ///< by row; -1 where the value is missing
  std::vector<std::string> labels;  ///< by code
  std::vector<double> values;       ///< by code, of a numeric column; else empty
  [[nodiscard]] int count() const { return static_cast<int>(labels.size()); }
};
[[nodiscard]] Coding code(const Column& column);

/// Cells that stand for a missing number: empty, NA, NaN, nan and a dot.
[[nodiscard]] bool is_missing_number(std::string_view text);

/// The finite number that a cell is as a whole; none for other texts, infinities and what no double holds.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// Which entity and which period each row of a table is.
class PanelIndex {
 public:
  /// A panel of entities over periods.
  /// @throws InputError  if `time` is no column of whole numbers, a key is missing, or a pair (entity, time) comes twice: names rows
  PanelIndex(const Table& table, const std::string& entity, const std::string& time);
  /// A cross-section of named units. @throws InputError  as above
  PanelIndex(const Table& table, const std::string& entity);
  /// Rows without names.
  explicit PanelIndex(std::size_t rows);

  [[nodiscard]] bool has_entity() const { return !entity_.labels.empty(); }
  [[nodiscard]] bool has_time() const { return has_time_; }
  [[nodiscard]] const Coding& entities() const { return entity_; }
  /// Calendar time by row; 0 without time.
  [[nodiscard]] long time(std::size_t row) const { return has_time_ ? times_[row] : 0; }
  /// Row of the same entity `periods` earlier (later if negative); none where the panel has a gap.
  [[nodiscard]] std::optional<std::size_t> lagged(std::size_t row, long periods) const;
  /// All rows by entity, then by time; without a panel the order of the table.
  [[nodiscard]] const std::vector<std::size_t>& sorted() const { return sorted_; }

 private:
  void sort_rows(const Table& table);

  Coding entity_;
  bool has_time_ = false;
  std::vector<long> times_;
  std::vector<std::size_t> sorted_;
  std::vector<std::size_t> place_;  ///< of each row in sorted_
};

}  // namespace pericore::panel

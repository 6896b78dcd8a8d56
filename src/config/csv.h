/// Strict reading of CSV tables (RFC 4180, UTF-8, a header line), with faults that name line and column.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/faults.h"
#include "config/quantity.h"

namespace pericore::config {

/// A table as written. Blanks around unquoted cells are dropped.
class CsvTable {
 public:
  /// An empty table, as read_csv returns after a fault of the whole file.
  CsvTable() = default;

  /// @see read_csv
  static CsvTable parse(const std::shared_ptr<const Source>& source, Faults& faults);

  [[nodiscard]] std::size_t row_count() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const { return cell(row, column).text; }
  [[nodiscard]] Place place(std::size_t row, std::size_t column) const;
  /// The file as a whole, or the header cell of a column.
  [[nodiscard]] Place header_place(std::optional<std::size_t> column = {}) const;
  /// The file; null for an empty table.
  [[nodiscard]] const std::shared_ptr<const Source>& source() const { return source_; }

 private:
  struct Cell {
    std::string_view text;   ///< into the source, or into unescaped_
    std::size_t offset = 0;  ///< of its first byte in the source
  };
  [[nodiscard]] const Cell& cell(std::size_t row, std::size_t column) const {
    return cells_[row * columns_.size() + column];
  }

  std::shared_ptr<const Source> source_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> header_offsets_;
  std::vector<Cell> cells_;                                    ///< row by row
  std::vector<std::shared_ptr<const std::string>> unescaped_;  ///< cells that held doubled quotes
  friend class CsvParser;
};

/// Reads a table. Faults: as read_source; no header or no rows; empty or repeated column names; rows with too few or too many
/// cells; blank lines between rows; quotes out of place or not closed.
///
/// @param named_at  the YAML value that names the file, to which a missing file is reported
/// @return          the rows that are whole; without columns after a fault of the file as a whole
[[nodiscard]] CsvTable read_csv(const std::filesystem::path& file, Faults& faults, const NamedAt* named_at = nullptr);

/// The column's index; a missing one is a fault with the nearest spelling. Silent for an empty table, whose fault is known.
[[nodiscard]] std::optional<std::size_t> require_column(const CsvTable& table, std::string_view name, Faults& faults);

/// A column of non-empty texts, one a row. Empty after a missing column; empty cells are faults.
[[nodiscard]] std::vector<std::string> text_column(const CsvTable& table, std::string_view name, Faults& faults);

/// A text column whose cells differ: a repeated one is a fault that names the first.
[[nodiscard]] std::vector<std::string> unique_column(const CsvTable& table, std::string_view name, Faults& faults);

/// A column of finite numbers in the given unit, one a row (0 in place of a faulty cell). Empty after a missing column.
///
/// @param if_empty  value of an empty cell; without it an empty cell is a fault
[[nodiscard]] std::vector<double> number_column(const CsvTable& table, std::string_view name, const Range& range,
                                                std::string_view unit, Faults& faults,
                                                std::optional<double> if_empty = {});

/// A column of whole numbers. @see number_column
[[nodiscard]] std::vector<int> integer_column(const CsvTable& table, std::string_view name, int min, int max,
                                              Faults& faults, std::optional<int> if_empty = {});

/// First row whose cell in column `name` is `text`.
[[nodiscard]] std::optional<std::size_t> find_row(const CsvTable& table, std::string_view name, std::string_view text);

/// Reports a fault of a cell: "regions.csv:5:12: column 'population': ...".
void cell_fault(const CsvTable& table, std::size_t row, std::string_view name, std::string_view message,
                Faults& faults);

}  // namespace pericore::config

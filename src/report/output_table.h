/// Tables for people and other programs: text, CSV, LaTeX. JSON has structure of its own and is made where the numbers are.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pericore::report {

/// Rows of cells under headings. Cells are ready to print; numbers for CSV keep all digits (see `number`).
struct OutputTable {
  std::string title;                           ///< may be empty
  std::vector<std::string> columns;            ///< headings
  std::vector<std::vector<std::string>> rows;  ///< as many cells as headings; fewer are filled up with empty ones
  std::vector<std::string> notes;              ///< below the table
};

/// "text", "csv", "latex": what --format takes beside json.
[[nodiscard]] std::string to_format(const OutputTable& table, std::string_view format);

/// How parts of a text are marked on a terminal; marks take no room, since widths are counted before. Missing: as they are.
struct TextMarks {
  std::function<std::string(const std::string&)> title = {};
  std::function<std::string(const std::string&)> heading = {};
  std::function<std::string(const std::string& heading, const std::string& cell)> cell = {};
};

/// Aligned: the first column to the left, all others to the right; Han characters count two.
[[nodiscard]] std::string to_text(const OutputTable& table, const TextMarks& marks = {});
/// RFC 4180 with a header; no title, no notes.
[[nodiscard]] std::string to_csv(const OutputTable& table);
/// A `table` environment with booktabs rules; special characters are escaped.
[[nodiscard]] std::string to_latex(const OutputTable& table);

/// A number with `digits` significant digits, "" if it is not finite.
[[nodiscard]] std::string rounded(double value, int digits = 4);
/// A number in the shortest form that reads back, "" if it is not finite.
[[nodiscard]] std::string exact(double value);

/// Text columns a text takes on a terminal, as far as UTF-8 tells.
[[nodiscard]] std::size_t width(std::string_view text);

}  // namespace pericore::report

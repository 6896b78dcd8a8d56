#include "report/output_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/errors.h"

namespace pericore::report {
namespace {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_line(const std::vector<std::string>& cells, std::size_t count) {
  std::string line;
  for (std::size_t j = 0; j < count; ++j) {
    if (j > 0) line += ',';
    if (j < cells.size()) line += csv_cell(cells[j]);
  }
  return line + "\n";
}

std::string latex_cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}':
        escaped += '\\';
        escaped += c;
        break;
      case '~':
        escaped += "\\textasciitilde{}";
        break;
      case '^':
        escaped += "\\textasciicircum{}";
        break;
      case '\\':
        escaped += "\\textbackslash{}";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string latex_line(const std::vector<std::string>& cells, std::size_t count) {
  std::string line;
  for (std::size_t j = 0; j < count; ++j) {
    if (j > 0) line += " & ";
    if (j < cells.size()) line += latex_cell(cells[j]);
  }
  return line + " \\\\\n";
}

}  // namespace

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;
    columns += byte >= 0xE3U && byte <= 0xEDU ? 2 : 1;
  }
  return columns;
}

std::string to_text(const OutputTable& table, const TextMarks& marks) {
  using Cells = std::vector<std::string>;
  const std::size_t count = table.columns.size();
  std::vector<std::size_t> widths(count, 0);
  const auto measure = [&](const Cells& cells) {
    for (std::size_t j = 0; j < std::min(count, cells.size()); ++j) widths[j] = std::max(widths[j], width(cells[j]));
  };
  measure(table.columns);
  for (const auto& row : table.rows) measure(row);
  std::string text;
  if (!table.title.empty()) text = (marks.title ? marks.title(table.title) : table.title) + "\n";
  const auto add = [&](const Cells& cells, const auto& marked) {
    std::string line;
    std::string space;  // not yet written: none stands at the end of a line
    for (std::size_t j = 0; j < std::min(count, cells.size()); ++j) {
      const std::string& cell = cells[j];
      const std::string fill(widths[j] - width(cell), ' ');
      if (j > 0) space += "  " + fill;
      const std::size_t end = cell.find_last_not_of(' ') + 1;
      if (end > 0) {
        line += std::exchange(space, {}) + marked(j, cell.substr(0, end));
        space.assign(cell.size() - end, ' ');
      } else {
        space += cell;
      }
      if (j == 0) space += fill;
    }
    text += line + "\n";
  };
  add(table.columns, [&](std::size_t, const std::string& cell) { return marks.heading ? marks.heading(cell) : cell; });
  for (const auto& row : table.rows)
    add(row,
        [&](std::size_t j, const std::string& cell) { return marks.cell ? marks.cell(table.columns[j], cell) : cell; });
  for (const std::string& note : table.notes) text += note + "\n";
  return text;
}

std::string to_csv(const OutputTable& table) {
  std::string text = csv_line(table.columns, table.columns.size());
  for (const auto& row : table.rows) text += csv_line(row, table.columns.size());
  return text;
}

std::string to_latex(const OutputTable& table) {
  const std::size_t count = table.columns.size();
  std::string text = "\\begin{table}\n\\centering\n";
  if (!table.title.empty()) text += "\\caption{" + latex_cell(table.title) + "}\n";
  text += "\\begin{tabular}{l" + std::string(count > 0 ? count - 1 : 0, 'r') + "}\n\\toprule\n";
  text += latex_line(table.columns, count) + "\\midrule\n";
  for (const auto& row : table.rows) text += latex_line(row, count);
  text += "\\bottomrule\n\\end{tabular}\n";
  for (const std::string& note : table.notes) text += "\\par\\footnotesize " + latex_cell(note) + "\n";
  return text + "\\end{table}\n";
}

std::string to_format(const OutputTable& table, std::string_view format) {
  if (format == "text") return to_text(table, {});
  if (format == "csv") return to_csv(table);
  if (format == "latex") return to_latex(table);
  throw DomainError("unknown format of tables: " + std::string(format));
}

std::string rounded(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}g}", value, digits) : std::string();
}

std::string exact(double value) { return std::isfinite(value) ? fmt::format("{}", value) : std::string(); }

}  // namespace pericore::report

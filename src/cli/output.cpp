#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/errors.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "report/output_table.h"

namespace pericore::cli {
void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw IoError(std::string("standard output: ") + std::strerror(errno));
  }
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) return "";
  report::OutputTable table{.title = {}, .columns = rows[0], .rows = {rows.begin() + 1, rows.end()}, .notes = {}};
  for (const auto& row : rows) table.columns.resize(std::max(table.columns.size(), row.size()));
  return table_text(table);
}

}  // namespace pericore::cli

/// Colour where output goes to a terminal. Marks take no room: widths are counted before, and piped bytes are without them.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "report/output_table.h"

namespace pericore::cli {

/// What --color says.
enum class ColourWhen { automatic, always, never };
void set_colour(ColourWhen when);

/// Whether what is written to `stream` is coloured: as --color says; else on a terminal (TERM neither missing nor dumb) unless NO_COLOR is set
/// and not empty (https://no-color.org).
[[nodiscard]] bool coloured(std::FILE* stream);

/// A heading of standard output.
[[nodiscard]] std::string heading(std::string_view text);

/// Lines of blocks (panel/sparkline.h) in a text for standard output.
[[nodiscard]] std::string mark_sparklines(std::string_view text);

/// A message for standard error: places (`file:line:column:`) stand out, and carets, or where there is no place the first line.
[[nodiscard]] std::string mark_error(std::string_view message);
[[nodiscard]] std::string mark_warning(std::string_view message);

/// report::to_text for standard output: title and headings stand out, verdicts are green or red.
[[nodiscard]] std::string table_text(const report::OutputTable& table);
/// report::to_format, the text of it as above.
[[nodiscard]] std::string formatted(const report::OutputTable& table, std::string_view format);

}  // namespace pericore::cli

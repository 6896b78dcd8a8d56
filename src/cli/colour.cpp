#include "cli/colour.h"

#include <fmt/color.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <regex>

namespace pericore::cli {
namespace {

ColourWhen asked_for = ColourWhen::automatic;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

const fmt::text_style strong = fmt::emphasis::bold;
const fmt::text_style good = fmt::fg(fmt::terminal_color::green);
const fmt::text_style bad = fmt::fg(fmt::terminal_color::red);
const fmt::text_style open = fmt::fg(fmt::terminal_color::yellow);
const fmt::text_style line = fmt::fg(fmt::terminal_color::cyan);

std::string painted(const fmt::text_style& style, std::string_view text) {
  return text.empty() ? std::string() : fmt::format(style, "{}", text);
}

/// Words that say how something ended; any other is left as it is.
std::optional<fmt::text_style> style_of(std::string_view word) {
  if (word == "met" || word == "done" || word == "yes") return good;
  if (word == "missed" || word == "failed" || word == "no") return bad;
  if (word == "unclear" || word == "undefined" || word == "not run") return open;
  return std::nullopt;
}

bool tells_outcome(std::string_view column) {
  constexpr std::array<std::string_view, 4> columns = {"verdict", "status", "same sign", "same significance"};
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

/// Bytes of a block U+2581 to U+2588 at `at`; 0 if there is none.
std::size_t block_at(std::string_view text, std::size_t at) {
  const std::string_view bytes = text.substr(at, 3);
  const bool block =
      bytes.size() == 3 && bytes[0] == '\xE2' && bytes[1] == '\x96' && bytes[2] >= '\x81' && bytes[2] <= '\x88';
  return block ? 3 : 0;
}

}  // namespace

void set_colour(ColourWhen when) { asked_for = when; }

bool coloured(std::FILE* stream) {
  if (asked_for != ColourWhen::automatic) return asked_for == ColourWhen::always;
  const std::string_view terminal = variable("TERM");
  return isatty(fileno(stream)) != 0 && !terminal.empty() && terminal != "dumb" && variable("NO_COLOR").empty();
}

std::string heading(std::string_view text) { return coloured(stdout) ? painted(strong, text) : std::string(text); }

std::string mark_sparklines(std::string_view text) {
  if (!coloured(stdout)) return std::string(text);
  std::string marked;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && block_at(text, end) > 0) end += block_at(text, end);
    if (end > i) {
      marked += painted(line, text.substr(i, end - i));
      i = end;
    } else {
      marked += text[i++];
    }
  }
  return marked;
}

std::string mark_error(std::string_view message) {
  if (!coloured(stderr)) return std::string(message);
  static const std::regex place(R"(^(\S[^\n]*?:\d+(?::\d+)?:) )");
  static const std::regex caret(R"(^ *\| *\^)");
  std::string marked;
  std::size_t begin = 0;
  while (begin <= message.size()) {
    const std::size_t end = std::min(message.find('\n', begin), message.size());
    const std::string text(message.substr(begin, end - begin));
    std::smatch found;
    if (std::regex_search(text, found, place)) {
      marked += painted(strong, found.str(1)) + text.substr(found.str(1).size());
    } else if (std::regex_search(text, caret)) {
      const std::size_t at = text.find('^');
      marked += text.substr(0, at) + painted(bad | strong, text.substr(at));
    } else {
      marked += begin == 0 ? painted(bad, text) : text;
    }
    if (end < message.size()) marked += '\n';
    begin = end + 1;
  }
  return marked;
}

std::string mark_warning(std::string_view message) {
  return coloured(stderr) ? painted(open, message) : std::string(message);
}

std::string table_text(const report::OutputTable& table) {
  if (!coloured(stdout)) return report::to_text(table);
  return report::to_text(table, {.title = [](const std::string& text) { return painted(strong, text); },
                                 .heading = [](const std::string& text) { return painted(strong, text); },
                                 .cell =
                                     [](const std::string& column, const std::string& text) {
                                       const auto style = tells_outcome(column) ? style_of(text) : std::nullopt;
                                       return style ? painted(*style, text) : text;
                                     }});
}

std::string formatted(const report::OutputTable& table, std::string_view format) {
  return format == "text" ? table_text(table) : report::to_format(table, format);
}

}  // namespace pericore::cli

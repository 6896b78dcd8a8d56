#include "config/source.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "base/errors.h"
#include "config/faults.h"

namespace pericore::config {
namespace {

/// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned from = 0x80, unsigned to = 0xBF) {
    return byte(i) >= from && byte(i) <= to;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned from = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned to = lead == 0xED ? 0x9F : 0xBF;
    return follows(1, from, to) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned from = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned to = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(1, from, to) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }

struct Character {
  std::string text;   ///< printable form
  std::size_t bytes;  ///< length in the source
  bool wide;          ///< takes two columns of a terminal (East Asian; a coarse rule is enough for a caret)
};

Character next_character(std::string_view rest) {
  const std::size_t length = sequence_length(rest);
  if (length == 0) return {"?", 1, false};
  if (rest[0] == '\t') return {"\t", 1, false};
  if (is_control(rest[0])) return {"?", 1, false};
  const auto lead = static_cast<unsigned char>(rest[0]);
  return {std::string(rest.substr(0, length)), length, lead >= 0xE3 && lead <= 0xED};
}

/// Reads at most `limit` + 1 bytes, so that an endless device does not fill the memory.
std::string read_bytes(std::FILE* stream, std::size_t limit, const std::string& name) {
  std::string text;
  char buffer[1 << 16];
  while (text.size() <= limit) {
    const std::size_t n = std::fread(buffer, 1, std::min(sizeof buffer, limit + 1 - text.size()), stream);
    text.append(buffer, n);
    if (n == 0) break;
  }
  if (std::ferror(stream)) throw IoError(fmt::format("{}: cannot be read: {}", name, std::strerror(errno)));
  return text;
}

/// What is wrong with the encoding as a whole; empty if nothing is.
std::string foreign_encoding(std::string_view text) {
  using namespace std::string_view_literals;
  if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv))
    return "the file is UTF-32, expected UTF-8";
  if (text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv)) return "the file is UTF-16, expected UTF-8";
  return {};
}

}  // namespace

std::string_view Source::line(int line) const {
  if (line < 1 || static_cast<std::size_t>(line) > line_starts.size()) return {};
  const std::string_view rest = std::string_view(text).substr(line_starts[static_cast<std::size_t>(line) - 1]);
  std::string_view result = rest.substr(0, rest.find('\n'));
  if (result.ends_with('\r')) result.remove_suffix(1);
  return result;
}

std::shared_ptr<const Source> make_source(SourceKind kind, std::string name, std::filesystem::path folder,
                                          std::string text) {
  auto source = std::make_shared<Source>();
  source->kind = kind;
  source->name = std::move(name);
  source->folder = std::move(folder);
  source->text = std::move(text);
  source->line_starts.push_back(0);
  for (std::size_t i = 0; i < source->text.size(); ++i)
    if (source->text[i] == '\n') source->line_starts.push_back(i + 1);
  return source;
}

Place place_at(const std::shared_ptr<const Source>& source, std::size_t offset) {
  const auto& starts = source->line_starts;
  const auto line = std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin();
  return {source, static_cast<int>(line), static_cast<int>(offset - starts[static_cast<std::size_t>(line) - 1] + 1)};
}

std::string place_text(const Place& place) {
  if (!place.source) return {};
  if (place.source->kind == SourceKind::option || place.line < 1) return place.source->name;
  const std::string_view line = place.source->line(place.line);
  int column = 1;
  for (std::size_t i = 0; i < line.size() && i + 1 < static_cast<std::size_t>(place.column); ++column)
    i += next_character(line.substr(i)).bytes;
  return fmt::format("{}:{}:{}", place.source->name, place.line, column);
}

std::string excerpt(const Place& place) {
  if (!place.source || place.source->kind == SourceKind::option || place.line < 1) return {};
  constexpr std::size_t before = 80, after = 60;  // bytes kept of a long line on either side of the column
  const std::string_view line = place.source->line(place.line);
  const std::size_t target = std::min(line.size(), static_cast<std::size_t>(std::max(place.column, 1)) - 1);
  std::string text, pad;
  for (std::size_t i = 0; i < line.size();) {
    const Character c = next_character(line.substr(i));
    if (i + before >= target && i <= target + after) {
      text += c.text;
      if (i < target) pad += c.text == "\t" ? "\t" : c.wide ? "  " : " ";
    }
    i += c.bytes;
  }
  return fmt::format("{:>5} | {}\n      | {}^\n", place.line, text, pad);
}

std::string shown(std::string_view text) {
  constexpr std::size_t limit = 60;
  std::string result = "'";
  std::size_t i = 0;
  while (i < text.size() && i < limit) {
    const Character c = next_character(text.substr(i));
    result += c.text == "\t" ? " " : c.text;
    i += c.bytes;
  }
  return result + (i < text.size() ? "...'" : "'");
}

std::size_t first_invalid_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = sequence_length(text.substr(i, 4));
    if (length == 0) return i;
    i += length;
  }
  return i;
}

std::shared_ptr<const Source> read_source(const std::filesystem::path& file, std::size_t limit, Faults& faults,
                                          const NamedAt* named_at) {
  const bool standard_input = file == "-";
  const std::string name = standard_input ? "standard input" : file.string();
  const auto refuse = [&](const std::string& reason) {
    if (named_at)
      faults.add(named_at->place, named_at->key, fmt::format("{}: {}", shown(name), reason));
    else
      faults.add({make_source(SourceKind::file, name, {}, {}), 0, 0}, "", reason);
    return nullptr;
  };

  std::error_code ignored;
  if (file.empty()) return refuse("the name of a file is empty");
  if (std::filesystem::is_directory(file, ignored)) return refuse("cannot be read: it is a folder");
  std::FILE* stream = standard_input ? stdin : std::fopen(file.c_str(), "rb");
  if (!stream) return refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  struct Closer {
    std::FILE* stream;
    ~Closer() {
      if (stream != stdin) std::fclose(stream);
    }
  } closer{stream};

  std::string text = read_bytes(stream, limit, name);
  if (text.size() > limit) return refuse(fmt::format("larger than {} bytes", limit));
  if (const std::string encoding = foreign_encoding(text); !encoding.empty()) return refuse(encoding);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return refuse("the file is empty");

  const auto source = make_source(SourceKind::file, name, standard_input ? "" : file.parent_path(), std::move(text));
  const std::string_view whole = source->text;
  const auto control = std::find_if(whole.begin(), whole.end(),
                                    [](char c) { return is_control(c) && c != '\t' && c != '\n' && c != '\r'; });
  if (control != whole.end()) {
    const auto offset = static_cast<std::size_t>(control - whole.begin());
    faults.add(place_at(source, offset), "",
               fmt::format("control character 0x{:02X}{}", static_cast<unsigned>(*control),
                           *control == '\0' ? "; is this UTF-16, or not a text?" : ""));
    return nullptr;
  }
  if (const std::size_t offset = first_invalid_utf8(whole); offset < whole.size()) {
    faults.add(
        place_at(source, offset), "",
        fmt::format("byte 0x{:02X} is not UTF-8; save the file as UTF-8", static_cast<unsigned char>(whole[offset])));
    return nullptr;
  }
  return source;
}

}  // namespace pericore::config

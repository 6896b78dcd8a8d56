#include "config/node.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace pericore::config {
namespace {

/// A key that needs no quotes in a key path.
bool is_plain_key(std::string_view key) {
  return !key.empty() && key.find_first_of(".[]\"=") == std::string_view::npos;
}

/// A scalar that YAML reads back as itself without quotes, whatever stands around it.
bool is_safe_plain(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return false;
  const auto harmless = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '+' || c == '-' || c == '/' || c == '%' || c == ' ';
  };
  const bool starts_well = harmless(text.front()) && text.front() != ' ' && text.front() != '%' &&
                           !(text.front() == '-' && (text.size() == 1 || text[1] == ' ' || text[1] == '-')) &&
                           !text.starts_with("...");
  return starts_well && text.back() != ' ' && std::all_of(text.begin(), text.end(), harmless);
}

/// Double-quoted with escapes: holds any text on one line.
std::string quoted_scalar(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F')
          result += fmt::format("\\x{:02X}", static_cast<unsigned>(c));
        else
          result += c;
    }
  }
  return result + "\"";
}

std::string scalar_yaml(std::string_view text, bool quoted) {
  return !quoted && is_safe_plain(text) ? std::string(text) : quoted_scalar(text);
}

void write(const Node& node, int indent, std::string& out);

/// What follows "key:" or "-": a value on the same line, or a block below it.
void write_value(const Node& node, int indent, std::string& out) {
  switch (node.kind) {
    case NodeKind::null:
      out += " null\n";
      break;
    case NodeKind::scalar:
      out += " " + scalar_yaml(node.text, node.quoted) + "\n";
      break;
    case NodeKind::list:
      if (node.items.empty()) {
        out += " []\n";
      } else {
        out += "\n";
        write(node, indent, out);
      }
      break;
    case NodeKind::map:
      if (node.entries.empty()) {
        out += " {}\n";
      } else {
        out += "\n";
        write(node, indent, out);
      }
      break;
  }
}

void write(const Node& node, int indent, std::string& out) {
  const std::string pad(static_cast<std::size_t>(indent), ' ');
  for (const Entry& entry : node.entries) {
    out += pad + scalar_yaml(entry.key, false) + ":";
    write_value(entry.value, indent + 2, out);
  }
  for (const Node& item : node.items) {
    out += pad + "-";
    write_value(item, indent + 2, out);
  }
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
  const auto it = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  return it == entries.end() ? nullptr : &*it;
}

Entry* Node::find(std::string_view key) {
  const auto it = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  return it == entries.end() ? nullptr : &*it;
}

std::vector<Step> parse_key_path(std::string_view path) {
  std::vector<Step> steps;
  bool want_key = true;  // at the start and behind a dot
  for (std::size_t i = 0; i < path.size();) {
    if (path[i] == '[' && !want_key) {
      const std::size_t end = path.find(']', i);
      if (end == std::string_view::npos) return {};
      std::size_t index = 0;
      const char* last = path.data() + end;
      const auto [stop, error] = std::from_chars(path.data() + i + 1, last, index);
      if (error != std::errc{} || stop != last) return {};
      steps.push_back({{}, index});
      i = end + 1;
    } else if (path[i] == '.' && !want_key) {
      want_key = true;
      ++i;
    } else if (want_key && path[i] == '"') {
      const std::size_t end = path.find('"', i + 1);
      if (end == std::string_view::npos) return {};
      steps.push_back({std::string(path.substr(i + 1, end - i - 1)), {}});
      want_key = false;
      i = end + 1;
    } else if (want_key) {
      const std::size_t end = std::min(path.find_first_of(".[", i), path.size());
      if (end == i || path.substr(i, end - i).find_first_of("]\"") != std::string_view::npos) return {};
      steps.push_back({std::string(path.substr(i, end - i)), {}});
      want_key = false;
      i = end;
    } else {
      return {};
    }
  }
  return want_key ? std::vector<Step>{} : steps;
}

std::string join_key(std::string_view path, std::string_view key) {
  std::string result(path);
  if (!result.empty()) result += '.';
  if (is_plain_key(key)) return result.append(key);
  return result.append("\"").append(key).append("\"");
}

std::string join_index(std::string_view path, std::size_t index) { return fmt::format("{}[{}]", path, index); }

std::string found_text(const Node& node) {
  switch (node.kind) {
    case NodeKind::null:
      return "nothing";
    case NodeKind::scalar:
      return shown(node.text);
    case NodeKind::list:
      return "a list";
    case NodeKind::map:
      return "a map of keys";
  }
  return {};
}

void merge(Node& base, const Node& over) {
  if (base.kind != NodeKind::map || over.kind != NodeKind::map) {
    base = over;
    return;
  }
  for (const Entry& entry : over.entries) {
    if (Entry* old = base.find(entry.key)) {
      old->key_place = entry.key_place;
      merge(old->value, entry.value);
    } else {
      base.entries.push_back(entry);
    }
  }
}

std::string canonical_yaml(const Node& node) {
  std::string out;
  if (node.kind == NodeKind::scalar)
    out = scalar_yaml(node.text, node.quoted) + "\n";
  else if (node.kind == NodeKind::null)
    out = "null\n";
  else if (node.entries.empty() && node.items.empty())
    out = node.kind == NodeKind::map ? "{}\n" : "[]\n";
  else
    write(node, 0, out);
  return out;
}

}  // namespace pericore::config

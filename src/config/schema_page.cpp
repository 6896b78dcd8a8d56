#include <fmt/core.h>
#include <fmt/ranges.h>

#include "config/parameters.h"
#include "config/schema.h"

namespace pericore::config {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

/// "number", "word or list", in the singular forms of the page.
std::string type_text(const Parameter& row) {
  std::vector<std::string> kinds;
  const auto add = [&](unsigned kind, std::string_view name) {
    if (row.type & kind) kinds.emplace_back(name);
  };
  add(types::number, "number");
  add(types::integer, "whole number");
  add(types::boolean, "true or false");
  add(types::text, "text");
  add(types::word, "word");
  add(types::path, "file");
  add(types::texts, row.key == "extends" ? "list of files" : "list of words");
  add(types::number_map, "map of numbers");
  add(types::texts_map, "map of lists");
  add(types::years, "[first, last]");
  add(types::names, "text or list");
  add(types::numbers, "list of numbers");
  add(types::pair, "list of two");
  add(types::lists, "list of lists");
  add(types::anything, "anything");
  add(types::section, "section");
  return fmt::format("{}", fmt::join(kinds, " or "));
}

std::string allowed_text(const Parameter& row) {
  if (!row.words.empty()) {
    std::string words = fmt::format("`{}`", fmt::join(row.words, "`, `"));
    if (row.type & types::number_map && !range_text(row.range).empty()) words += ": " + range_text(row.range);
    return words;
  }
  return range_text(row.range);
}

std::string default_text(const Parameter& row) {
  switch (row.needed) {
    case Needed::always:
      return "required";
    case Needed::invert:
      return row.fallback.empty() ? "required for `base: invert`"
                                  : fmt::format("`{}`; required for `base: invert`", row.fallback);
    case Needed::levels:
      return "required for `base: levels`";
    case Needed::optional:
      break;
  }
  if (row.fallback.empty()) return "none";
  return row.fallback == "\"\"" ? "empty" : fmt::format("`{}`", row.fallback);
}

/// Sections of the page: a top-level key with all below it; plain top-level keys come first, together.
std::string page_table(const std::vector<const Parameter*>& rows) {
  std::string page = "| key | unit | type | allowed | default | definition |\n|---|---|---|---|---|---|\n";
  for (const Parameter* row : rows) {
    if (row->type == types::refused) continue;
    const bool is_section = row->type == types::section;
    page += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", row->key, row->takes_number() ? row->unit : "",
                        is_section ? "section" : type_text(*row), is_section ? "" : escaped(allowed_text(*row)),
                        is_section && row->needed == Needed::optional ? "" : escaped(default_text(*row)),
                        escaped(row->definition));
  }
  return page + "\n";
}

}  // namespace

std::string parameter_page() {
  std::string page =
      "# Parameters\n\n"
      "Generated from the parameter table by `pericore schema --markdown`; do not edit. How the keys belong together "
      "is told\n"
      "in [configuration.md](configuration.md).\n\n"
      "`*` is a name of your choice (lower-case letters, digits and `_`), `<column>` and `<province>` are texts from "
      "your data,\n"
      "`[]` is an entry of a list. A number may carry its unit (`200 km`, `90 min`, `20 %`); a unit that does not "
      "convert to the\n"
      "one given here is an error. Unit 1 is a plain number. `null` means: not given.\n\n";
  std::vector<const Parameter*> single;
  for (const Parameter& row : parameter_table())
    if (row.key.find('.') == std::string::npos && row.type != types::section) single.push_back(&row);
  page += "## The run\n\n" + page_table(single);

  for (const ParameterNode& node : parameter_tree().children) {
    if (node.row->type != types::section) continue;
    page += fmt::format("## {}\n\n{}\n\n", node.label, node.row->definition);
    std::vector<const Parameter*> rows;
    for (const Parameter& row : parameter_table())
      if (row.key.starts_with(node.label + ".") || row.key.starts_with(node.label + "[")) rows.push_back(&row);
    page += page_table(rows);
  }
  page.pop_back();
  return page;
}

std::string key_table(FileKind kind) {
  std::vector<const Parameter*> rows;
  for (const Parameter& row : spec_rows(kind)) rows.push_back(&row);
  return page_table(rows);
}

std::string file_keys_page() {
  std::string page =
      "# Keys of all files beside scenarios\n\n"
      "Generated from the tables of keys by `pericore schema all --markdown`; do not edit. Keys of scenarios are in\n"
      "[parameters.md](parameters.md); how to have them completed and checked in an editor is told in\n"
      "[how-to/editors.md](how-to/editors.md).\n\n"
      "`[]` is an entry of a list, `<name>`, `<term>` and `<column>` are texts of your choice. `null` means: not "
      "given.\n\n";
  for (const FileKindInfo& each : file_kinds()) {
    if (each.kind == FileKind::scenario) continue;
    page += fmt::format("## {}\n\n{} [{}]({})\n\n", each.title, each.meaning, each.page, each.page);
    page += key_table(each.kind);
  }
  page.pop_back();
  return page;
}

}  // namespace pericore::config

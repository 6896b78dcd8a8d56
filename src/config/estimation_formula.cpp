#include "config/estimation_formula.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/spelling.h"

namespace pericore::config {
namespace {

/// Whether the text stands in its file byte by byte from `offset` behind the node's place.
std::optional<std::size_t> verbatim(const Node& scalar) {
  if (!scalar.place.source || scalar.place.line < 1) return std::nullopt;
  const std::string_view line = scalar.place.source->line(scalar.place.line);
  for (const std::size_t offset : {std::size_t{0}, std::size_t{1}}) {
    const std::size_t at = static_cast<std::size_t>(scalar.place.column - 1) + offset;
    if (at <= line.size() && line.substr(at).starts_with(scalar.text)) return offset;
  }
  return std::nullopt;
}

void report(const formula::FormulaError& error, const Node& node, const std::string& key_path, Faults& faults) {
  // With the formula and a caret in the message where the file cannot show it.
  faults.add(place_in(node, error.position()), key_path, verbatim(node) ? error.message() : error.what());
}

bool cut_by_comma(const std::string& text) {
  return std::count(text.begin(), text.end(), '(') != std::count(text.begin(), text.end(), ')');
}

}  // namespace

Place place_in(const Node& scalar, std::size_t position) {
  Place place = scalar.place;
  if (const auto offset = verbatim(scalar))
    place.column += static_cast<int>(*offset + std::min(position, scalar.text.size()));
  return place;
}

std::optional<formula::Formula> read_formula(const Node& node, const std::string& key_path, Faults& faults) {
  try {
    return formula::parse_formula(node.text);
  } catch (const formula::FormulaError& e) {
    report(e, node, key_path, faults);
  }
  return std::nullopt;
}

std::optional<std::vector<formula::Term>> read_terms(const Node& node, const std::string& text,
                                                     const std::string& key_path, Faults& faults) {
  try {
    return formula::parse_terms(text);
  } catch (const formula::FormulaError& e) {
    if (cut_by_comma(text)) {
      faults.add(
          node.place, key_path,
          fmt::format("'{}' is cut at a comma: inside [ ] and {{ }} a term with a comma stands in quotes, \"l(x, 1)\"",
                      text));
    } else {
      Node scalar = node;
      scalar.text = text;
      report(e, scalar, key_path, faults);
    }
  }
  return std::nullopt;
}

std::optional<formula::Expression> read_condition(const Node& node, const std::string& key_path, Faults& faults) {
  try {
    return formula::parse_condition(node.text);
  } catch (const formula::FormulaError& e) {
    report(e, node, key_path, faults);
  }
  return std::nullopt;
}

void require_variables(const std::vector<formula::Mention>& mentions, const std::vector<std::string>& columns,
                       const Node& node, const std::string& key_path, Faults& faults) {
  std::vector<std::string> reported;
  for (const formula::Mention& mention : mentions) {
    if (std::find(columns.begin(), columns.end(), mention.name) != columns.end()) continue;
    if (std::find(reported.begin(), reported.end(), mention.name) != reported.end()) continue;
    reported.push_back(mention.name);
    faults.add(place_in(node, mention.position), key_path,
               fmt::format("unknown variable '{}'{}", mention.name, did_you_mean(mention.name, columns)));
  }
}

}  // namespace pericore::config

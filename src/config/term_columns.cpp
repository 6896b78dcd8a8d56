#include "config/term_columns.h"

#include <cmath>

#include "config/indices_extras.h"

namespace pericore::config {

std::vector<std::string> add_term_columns(panel::Table& table, const std::vector<std::string>& terms, const Node& node,
                                          const std::string& key_path, const std::string& /*entity*/,
                                          const std::optional<std::string>& /*time*/, Faults& faults) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const std::string& term = terms[i];
    const bool logarithm = term.starts_with("log(") && term.ends_with(")");
    const std::string inner = logarithm ? term.substr(4, term.size() - 5) : term;
    const Node& at = node.kind == NodeKind::list ? node.items[i] : node;
    const std::string path = node.kind == NodeKind::list ? join_index(key_path, i) : key_path;
    if (!require_number_column(table, inner, at, path, faults)) continue;
    if (logarithm && table.find(term) == nullptr) {
      panel::Column column = table.column(inner);
      column.name = term;
      for (double& value : column.numbers) value = value > 0.0 ? std::log(value) : std::nan("");
      table.add(std::move(column));
    }
    names.push_back(term);
  }
  return names;
}

}  // namespace pericore::config

#include "config/term_columns.h"

#include <memory>

#include "base/errors.h"
#include "config/indices_extras.h"
#include "formula/evaluate.h"

namespace pericore::config {
namespace {

/// The terms of a text, all of whose variables are columns; a fault otherwise.
std::vector<formula::Term> read_terms(const panel::Table& table, const std::string& text, const Node& at,
                                      const std::string& path, Faults& faults) {
  try {
    std::vector<formula::Term> terms = formula::parse_terms(text);
    std::vector<formula::Mention> mentions;
    formula::collect_mentions(terms, mentions);
    for (const formula::Mention& mention : mentions) {
      if (!require_number_column(table, mention.name, at, path, faults)) return {};
    }
    return terms;
  } catch (const formula::FormulaError& error) {
    faults.add(at.place, path, "'" + text + "': " + error.message());
    return {};
  }
}

}  // namespace

std::vector<std::string> add_term_columns(panel::Table& table, const std::vector<std::string>& texts, const Node& node,
                                          const std::string& key_path, const std::string& entity,
                                          const std::optional<std::string>& time, Faults& faults) {
  std::vector<std::string> names;
  std::vector<panel::Column> fresh;
  std::unique_ptr<panel::PanelIndex> index;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Node& at = node.kind == NodeKind::list ? node.items[i] : node;
    const std::string path = node.kind == NodeKind::list ? join_index(key_path, i) : key_path;
    // A column may have a name that is no word of the formula language.
    if (table.find(texts[i]) != nullptr) {
      if (require_number_column(table, texts[i], at, path, faults)) names.push_back(texts[i]);
      continue;
    }
    for (const formula::Term& term : read_terms(table, texts[i], at, path, faults)) {
      try {
        if (!index) {
          index = time ? std::make_unique<panel::PanelIndex>(table, entity, *time)
                       : std::make_unique<panel::PanelIndex>(table, entity);
        }
        formula::Evaluator evaluator(table, *index, time.value_or(""));
        const formula::TermValues values = evaluator.term(term);
        if (!values.factors.empty()) {
          faults.add(at.place, path, "'" + texts[i] + "': dummies are no variable");
          continue;
        }
        panel::Column column;
        column.name = values.name;
        column.numbers.assign(values.numbers.begin(), values.numbers.end());
        names.push_back(column.name);
        fresh.push_back(std::move(column));
      } catch (const InputError& error) {
        faults.add(at.place, path, error.what());
      }
    }
  }
  for (panel::Column& column : fresh) {
    if (table.find(column.name) == nullptr) table.add(std::move(column));
  }
  return names;
}

}  // namespace pericore::config

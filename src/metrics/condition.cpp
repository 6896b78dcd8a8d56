#include "metrics/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "base/errors.h"
#include "base/spelling.h"
#include "formula/evaluate.h"
#include "formula/parse.h"

namespace pericore::metrics {
namespace {

using formula::Expression;
using Dimensions = std::vector<std::string>;

panel::Column texts_column(const std::string& name, std::vector<std::string> texts) {
  return {.name = name, .is_text = true, .numbers = {}, .texts = std::move(texts), .unit = ""};
}

std::vector<std::string> region_names(const panel::Dataset& dataset) {
  std::vector<std::string> names;
  const panel::Dimension& regions = dataset.dimension("region");
  for (std::size_t i = 0; i < regions.size; ++i) names.push_back(panel::to_text(panel::label_at(regions, i)));
  return names;
}

/// A variable in the first year, by region; none where it lies along anything else.
std::optional<panel::Column> first_year(const panel::Dataset& dataset, const panel::Variable& variable,
                                        const std::string& name) {
  const std::size_t regions = dataset.dimension("region").size;
  const bool by_region = variable.dimensions == Dimensions{"region"} ||
                         variable.dimensions == Dimensions{std::string(panel::year_dimension), "region"};
  if (const auto* texts = std::get_if<std::vector<std::string>>(&variable.values))
    return variable.dimensions == Dimensions{"region"} ? std::optional(texts_column(name, *texts)) : std::nullopt;
  if (!by_region && variable.dimensions != Dimensions{std::string(panel::year_dimension)}) return std::nullopt;
  panel::Column column{.name = name, .is_text = false, .numbers = {}, .texts = {}, .unit = variable.unit};
  std::visit(
      [&](const auto& values) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::vector<std::string>>) {
          for (std::size_t r = 0; r < regions; ++r)
            column.numbers.push_back(static_cast<double>(values[by_region ? r : 0]));
        }
      },
      variable.values);
  return column;
}

class Conditions {
 public:
  Conditions(const panel::Dataset& dataset, const std::string& key, std::vector<Fault>& faults)
      : dataset_(dataset), key_(key), faults_(faults), table_(dataset.dimension("region").size) {}

  std::vector<char> where(const std::string& text) {
    const std::vector<char> none(table_.row_count(), 0);
    try {
      const Expression condition = formula::parse_condition(text);
      if (const Expression* unfit = formula::find_beyond_row(condition)) {
        fault(unfit->position,
              fmt::format("{} looks at another year or makes dummies; a condition reads the first year",
                          to_text(*unfit)));
        return none;
      }
      std::vector<formula::Mention> mentions;
      formula::collect_mentions(condition, mentions);
      const std::size_t before = faults_.size();
      for (const formula::Mention& mention : mentions) add(mention);
      if (faults_.size() > before) return none;
      const panel::PanelIndex index(table_.row_count());
      return formula::Evaluator(table_, index, "").picks(condition);
    } catch (const formula::FormulaError& error) {
      fault(error.position(), error.message());
    } catch (const InputError& error) {
      fault(0, error.what());
    }
    return none;
  }

 private:
  void fault(std::size_t position, const std::string& message) { faults_.push_back({key_, message, position}); }

  void add(const formula::Mention& mention) {
    if (table_.find(mention.name) != nullptr) return;
    if (mention.name == "name") return table_.add(texts_column("name", region_names(dataset_)));
    const panel::Variable* variable = dataset_.find_variable(mention.name == "id" ? "region_id" : mention.name);
    if (variable == nullptr)
      return fault(mention.position,
                   fmt::format("unknown variable '{}'{}", mention.name, did_you_mean(mention.name, known())));
    if (auto column = first_year(dataset_, *variable, mention.name)) return table_.add(std::move(*column));
    fault(mention.position,
          fmt::format("'{}' is not by region alone; a condition reads one value a region", mention.name));
  }

  [[nodiscard]] std::vector<std::string> known() const {
    std::vector<std::string> names = {"name", "id"};
    for (const panel::Variable& variable : dataset_.variables()) {
      if (first_year(dataset_, variable, variable.name)) names.push_back(variable.name);
    }
    return names;
  }

  const panel::Dataset& dataset_;
  const std::string& key_;
  std::vector<Fault>& faults_;
  panel::Table table_;
};

}  // namespace

std::vector<char> regions_where(const panel::Dataset& dataset, const std::string& condition, const std::string& key,
                                std::vector<Fault>& faults) {
  return Conditions(dataset, key, faults).where(condition);
}

std::vector<std::string> condition_variables(const std::string& condition) {
  std::vector<std::string> names;
  try {
    std::vector<formula::Mention> mentions;
    formula::collect_mentions(formula::parse_condition(condition), mentions);
    for (const formula::Mention& mention : mentions) {
      if (std::find(names.begin(), names.end(), mention.name) == names.end()) names.push_back(mention.name);
    }
  } catch (const formula::FormulaError&) {  // told where metrics are checked
  }
  return names;
}

}  // namespace pericore::metrics

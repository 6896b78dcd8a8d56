#include "metrics/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/errors.h"
#include "base/spelling.h"
#include "metrics/condition.h"

namespace pericore::metrics {
namespace {

std::vector<std::string> labels_of(const panel::Dataset& dataset, std::string_view dimension) {
  std::vector<std::string> labels;
  const panel::Dimension* found = dataset.find_dimension(dimension);
  for (std::size_t i = 0; found != nullptr && i < found->size; ++i)
    labels.push_back(panel::to_text(panel::label_at(*found, i)));
  return labels;
}

/// Texts of a variable by region; null where there is none of that name.
const std::vector<std::string>* region_column(const panel::Dataset& dataset, std::string_view name) {
  const panel::Variable* variable = dataset.find_variable(name);
  if (variable == nullptr || variable->dimensions != std::vector<std::string>{"region"}) return nullptr;
  return std::get_if<std::vector<std::string>>(&variable->values);
}

/// The rest of the world has no area (docs/variables.md).
std::vector<char> home_regions(const panel::Dataset& dataset, std::size_t count) {
  std::vector<char> home(count, 1);
  const panel::Variable* area = dataset.find_variable("area");
  if (area == nullptr || area->dimensions != std::vector<std::string>{"region"}) return home;
  if (const auto* values = std::get_if<std::vector<double>>(&area->values))
    std::ranges::transform(*values, home.begin(), [](double value) { return std::isnan(value) ? 0 : 1; });
  return home;
}

std::string unknown(std::string_view kind, std::string_view word, std::span<const std::string> known) {
  return fmt::format("unknown {} '{}'{}", kind, word, nearest_or_all(word, known));
}

class RegionChoice {
 public:
  RegionChoice(const panel::Dataset& dataset, std::vector<Fault>& faults)
      : dataset_(dataset), faults_(faults), names_(labels_of(dataset, "region")) {
    if (const auto* ids = region_column(dataset, "region_id")) ids_ = *ids;
  }

  [[nodiscard]] std::vector<char> choose(const RegionFilter& filter, const std::string& key,
                                         const std::vector<char>& home) {
    std::vector<char> chosen = home;
    if (!filter.names.empty()) {
      std::ranges::fill(chosen, 0);
      mark(filter.names, 1, key, chosen);
    }
    for (const auto& [column, values] : filter.columns) keep(column, values, key + "." + column, chosen);
    mark(filter.except, 0, key + ".except", chosen);
    if (!filter.condition.empty()) {
      const std::vector<char> fits = regions_where(dataset_, filter.condition, key, faults_);
      for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<char>(chosen[i] & fits[i]);
    }
    return chosen;
  }

  [[nodiscard]] std::vector<int> group(const std::string& column) {
    const std::vector<std::string>* words = region_column(dataset_, column);
    if (words == nullptr) {
      faults_.push_back({"groups", unknown("column", column, columns())});
      return {};
    }
    std::vector<std::string> known;
    std::vector<int> groups;
    for (const std::string& word : *words) {
      const auto found = std::ranges::find(known, word);
      groups.push_back(word.empty() ? -1 : static_cast<int>(found - known.begin()));
      if (!word.empty() && found == known.end()) known.push_back(word);
    }
    return groups;
  }

 private:
  void mark(const std::vector<std::string>& names, char value, const std::string& key, std::vector<char>& chosen) {
    for (const std::string& name : names) {
      auto found = std::ranges::find(names_, name);
      if (found == names_.end()) {
        const auto id = std::ranges::find(ids_, name);
        if (id != ids_.end()) found = names_.begin() + (id - ids_.begin());
      }
      if (found == names_.end()) {
        faults_.push_back({key, unknown("region", name, names_)});
      } else {
        chosen[static_cast<std::size_t>(found - names_.begin())] = value;
      }
    }
  }

  void keep(const std::string& column, const std::vector<std::string>& values, const std::string& key,
            std::vector<char>& chosen) {
    const std::vector<std::string>* words = column == "name" ? &names_
                                            : column == "id" ? &ids_
                                                             : region_column(dataset_, column);
    if (words == nullptr || words->size() != chosen.size()) {
      faults_.push_back({key, unknown("column", column, columns())});
      return;
    }
    const std::set<std::string> present(words->begin(), words->end());
    const std::vector<std::string> known(present.begin(), present.end());
    for (const std::string& value : values) {
      if (!present.contains(value)) faults_.push_back({key, unknown(column, value, known)});
    }
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (std::ranges::find(values, (*words)[i]) == values.end()) chosen[i] = 0;
    }
  }

  [[nodiscard]] std::vector<std::string> columns() const {
    std::vector<std::string> names = {"name", "id"};
    for (const panel::Variable& variable : dataset_.variables()) {
      if (region_column(dataset_, variable.name) != nullptr) names.push_back(variable.name);
    }
    return names;
  }

  const panel::Dataset& dataset_;
  std::vector<Fault>& faults_;
  std::vector<std::string> names_;
  std::vector<std::string> ids_;
};

std::vector<char> choose_sectors(const Metric& metric, const panel::Dataset& dataset, const Context& context,
                                 std::vector<Fault>& faults) {
  const std::vector<std::string> names = labels_of(dataset, "sector");
  std::vector<char> chosen(std::max<std::size_t>(1, names.size()), metric.sectors.empty() ? 1 : 0);
  std::vector<std::string> known = names;
  for (const auto& [name, members] : context.classes) known.push_back(name);
  for (const std::string& word : metric.sectors) {
    if (std::ranges::find(known, word) == known.end())
      faults.push_back({"sectors", unknown("sector or class", word, known)});
    const auto members = context.classes.find(word);
    for (std::size_t s = 0; s < names.size(); ++s) {
      const bool of_class =
          members != context.classes.end() && std::ranges::find(members->second, names[s]) != members->second.end();
      if (names[s] == word || of_class) chosen[s] = 1;
    }
  }
  return chosen;
}

std::vector<char> choose_factors(const Metric& metric, const panel::Dataset& dataset, std::vector<Fault>& faults) {
  const std::vector<std::string> names = labels_of(dataset, "factor");
  std::vector<char> chosen(std::max<std::size_t>(1, names.size()), metric.factors.empty() ? 1 : 0);
  for (const std::string& word : metric.factors) {
    const auto found = std::ranges::find(names, word);
    if (found == names.end()) {
      faults.push_back({"factors", unknown("factor", word, names)});
    } else {
      chosen[static_cast<std::size_t>(found - names.begin())] = 1;
    }
  }
  return chosen;
}

}  // namespace

namespace {

Selection select_in(const RegionFilter& filter, const std::string& key, const Metric& metric,
                    const panel::Dataset& dataset, const Context& context, std::vector<Fault>& faults) {
  const panel::Dimension* regions = dataset.find_dimension("region");
  const std::size_t count = regions == nullptr ? 1 : regions->size;
  Selection selection;
  selection.home = home_regions(dataset, count);
  if (filter.empty()) {
    selection.chosen[0] = selection.home;
  } else if (regions != nullptr) {
    selection.chosen[0] = RegionChoice(dataset, faults).choose(filter, key, selection.home);
  } else {
    faults.push_back({key, "the panel has no regions"});
    selection.chosen[0].assign(1, 0);
  }
  selection.chosen[1] = choose_sectors(metric, dataset, context, faults);
  selection.chosen[2] = choose_factors(metric, dataset, faults);
  return selection;
}

}  // namespace

Selection select(const Metric& metric, const panel::Dataset& dataset, const Context& context,
                 std::vector<Fault>& faults) {
  return select_in(metric.regions, "regions", metric, dataset, context, faults);
}

Selection select_relative(const Metric& metric, const panel::Dataset& dataset, const Context& context,
                          std::vector<Fault>& faults) {
  return select_in(metric.relative_to, "relative_to", metric, dataset, context, faults);
}

std::vector<int> groups_of(const Metric& metric, const panel::Dataset& dataset, std::vector<Fault>& faults) {
  if (metric.groups.empty()) return {};
  return RegionChoice(dataset, faults).group(metric.groups);
}

Span years_of(const Metric& metric, const panel::Dataset& dataset, std::vector<Fault>& faults) {
  const panel::Dimension* years = dataset.find_dimension("year");
  if (years == nullptr || years->size == 0) return {};
  const bool compared = between_years(metric.of);
  const std::size_t end = years->size - 1;
  Span span = metric.first ? Span{0, 0} : compared ? Span{0, end} : Span{end, end};
  const auto* labels = std::get_if<std::vector<std::int64_t>>(&years->coordinates);
  if (!metric.years || labels == nullptr) return span;
  const auto position = [&](int year) -> std::size_t {
    const auto found = std::ranges::find(*labels, year);
    if (found != labels->end()) return static_cast<std::size_t>(found - labels->begin());
    faults.push_back(
        {"years", fmt::format("there is no year {}; the panel has {} to {}", year, labels->front(), labels->back())});
    return 0;
  };
  span.last = position(metric.years->second);
  const bool single = metric.years->first == metric.years->second;
  span.first = single ? (compared ? 0 : span.last) : position(metric.years->first);
  return span;
}

Grid::Grid(const panel::Dataset& dataset, std::string_view variable) {
  const panel::Variable& found = dataset.variable(variable);
  if (std::holds_alternative<std::vector<std::string>>(found.values))
    throw DomainError(fmt::format("variable '{}' holds text, not numbers", variable));
  values_ = &found.values;
  std::size_t stride = 1;
  const std::vector<std::size_t> shape = dataset.shape(found);
  for (std::size_t i = shape.size(); i-- > 0;) {
    const auto axis = std::ranges::find(axes, found.dimensions[i]);
    if (axis != axes.end()) {
      sizes_[static_cast<std::size_t>(axis - axes.begin())] = shape[i];
      strides_[static_cast<std::size_t>(axis - axes.begin())] = stride;
    } else if (found.dimensions[i] == panel::year_dimension) {
      year_stride_ = stride;
    } else {
      throw DomainError(fmt::format("variable '{}' lies along '{}'; metrics take year, region, sector and factor",
                                    variable, found.dimensions[i]));
    }
    stride *= shape[i];
  }
}

double Grid::at(std::size_t year, const std::array<std::size_t, axes.size()>& label) const {
  std::size_t place = year * year_stride_;
  for (std::size_t axis = 0; axis < axes.size(); ++axis) place += label[axis] * strides_[axis];
  if (const auto* numbers = std::get_if<std::vector<double>>(values_)) return (*numbers)[place];
  return static_cast<double>(std::get<std::vector<std::int64_t>>(*values_)[place]);
}

}  // namespace pericore::metrics

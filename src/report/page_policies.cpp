#include "report/page_policies.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace pericore::report {
namespace {

using nlohmann::ordered_json;

/// Differences below this, relative to the values, are rounding.
constexpr double rounding = 1e-12;

struct Effect {
  std::vector<double> by_year;
  std::map<std::string, std::set<std::size_t>> where;  ///< positions touched, by dimension
};

bool differs(double a, double b) { return std::abs(a - b) > rounding * std::max(std::abs(a), std::abs(b)); }

/// Position along each dimension but the first of the cell `cell` of a year.
std::vector<std::size_t> positions_of(std::size_t cell, const std::vector<std::size_t>& shape) {
  std::vector<std::size_t> positions(shape.size(), 0);
  for (std::size_t d = shape.size(); d-- > 1;) {
    positions[d] = cell % shape[d];
    cell /= shape[d];
  }
  return positions;
}

Effect effect_of(const panel::Variable& variable, const std::vector<std::size_t>& shape, std::span<const double> values,
                 std::span<const double> other) {
  Effect effect;
  const std::size_t years = shape.front();
  const std::size_t cells = values.size() / years;
  effect.by_year.assign(years, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double reference = other.empty() ? values[i % cells] : other[i];
    if (!differs(values[i], reference)) continue;
    const double change = values[i] - reference;
    double& largest = effect.by_year[i / cells];
    if (std::abs(change) > std::abs(largest)) largest = change;
    const std::vector<std::size_t> positions = positions_of(i % cells, shape);
    for (std::size_t d = 1; d < shape.size(); ++d) effect.where[variable.dimensions[d]].insert(positions[d]);
  }
  return effect;
}

}  // namespace

ordered_json policies_in_force(const panel::Dataset& run, const panel::Dataset* baseline) {
  ordered_json list = ordered_json::array();
  for (const panel::Variable& variable : run.variables()) {
    if (!variable.name.starts_with("instrument_") || variable.dimensions.empty() ||
        variable.dimensions.front() != panel::year_dimension)
      continue;
    const bool paired = baseline != nullptr && baseline->find_variable(variable.name) != nullptr;
    if (baseline != nullptr && !paired) continue;
    const Effect effect = effect_of(variable, run.shape(variable), run.numbers(variable.name),
                                    paired ? baseline->numbers(variable.name) : std::span<const double>{});
    if (std::all_of(effect.by_year.begin(), effect.by_year.end(), [](double x) { return x == 0.0; })) continue;
    ordered_json entry = {{"name", variable.name},
                          {"unit", variable.unit},
                          {"definition", variable.long_name},
                          {"by_year", effect.by_year}};
    for (const auto& [dimension, positions] : effect.where) entry["where"][dimension] = positions;
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace pericore::report

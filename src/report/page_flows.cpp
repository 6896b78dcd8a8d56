#include "report/page_flows.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "panel/describe.h"

namespace pericore::report {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t largest_kept = 20;  // by each criterion; the page draws as many

constexpr std::size_t many_regions = 40;  // moves between provinces are shown, too

/// Flows as [year, group, from, to]; a single group where the variable has none.
struct Flows {
  std::vector<std::string> groups;
  std::size_t years = 0;
  std::size_t regions = 0;  ///< or provinces
  std::span<const double> run;
  std::span<const double> baseline;  ///< empty: none

  [[nodiscard]] std::size_t matrix(std::size_t year, std::size_t group) const {
    return (year * groups.size() + group) * regions * regions;
  }
};

/// Regions a < b.
using Pair = std::pair<std::size_t, std::size_t>;

/// One way from each region to each other, row by row.
using Matrix = std::vector<double>;

/// Adds the pairs with the largest sizes of `size(from, to)`.
template <class Size>
void add_largest(std::size_t regions, const Size& size, std::set<Pair>& pairs) {
  struct Found {
    double size;
    std::size_t place;
  };
  std::vector<Found> found;
  for (std::size_t r = 0; r < regions; ++r) {
    for (std::size_t n = 0; n < regions; ++n) {
      const double one = r == n ? 0.0 : size(r, n);
      if (one > 0.0) found.push_back({one, r * regions + n});
    }
  }
  const auto larger = [](const Found& a, const Found& b) {
    return a.size > b.size || (a.size == b.size && a.place < b.place);
  };
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(largest_kept, found.size()));
  std::partial_sort(found.begin(), end, found.end(), larger);
  for (auto one = found.begin(); one != end; ++one)
    pairs.insert(std::minmax(one->place / regions, one->place % regions));
}

/// One way and net.
void add_largest_moves(const Matrix& moves, std::size_t regions, std::set<Pair>& pairs) {
  const auto at = [&](std::size_t r, std::size_t n) { return moves[r * regions + n]; };
  add_largest(
      regions, [&](std::size_t r, std::size_t n) { return std::abs(at(r, n)); }, pairs);
  add_largest(
      regions, [&](std::size_t r, std::size_t n) { return r < n ? std::abs(at(r, n) - at(n, r)) : 0.0; }, pairs);
}

/// The flows of one group, or of all together, of one year.
Matrix moves_of(const Flows& flows, std::span<const double> values, std::size_t year,
                std::optional<std::size_t> group) {
  const std::size_t cells = flows.regions * flows.regions;
  Matrix sum(cells, 0.0);
  for (std::size_t g = 0; g < flows.groups.size(); ++g) {
    if (group && *group != g) continue;
    const auto part = values.subspan(flows.matrix(year, g), cells);
    for (std::size_t i = 0; i < cells; ++i) sum[i] += part[i];
  }
  return sum;
}

Matrix less(const Matrix& a, const Matrix& b) {
  Matrix difference(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  return difference;
}

void add_to(Matrix& sum, const Matrix& more) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
}

void add_largest_pairs(const Flows& flows, std::optional<std::size_t> group, std::set<Pair>& pairs) {
  Matrix run_so_far(flows.regions * flows.regions, 0.0);
  Matrix baseline_so_far = run_so_far;
  for (std::size_t year = 0; year < flows.years; ++year) {
    const Matrix run = moves_of(flows, flows.run, year, group);
    add_to(run_so_far, run);
    add_largest_moves(run, flows.regions, pairs);
    add_largest_moves(run_so_far, flows.regions, pairs);
    if (flows.baseline.empty()) continue;
    const Matrix baseline = moves_of(flows, flows.baseline, year, group);
    add_to(baseline_so_far, baseline);
    for (const Matrix& moves : {baseline, baseline_so_far, less(run, baseline), less(run_so_far, baseline_so_far)})
      add_largest_moves(moves, flows.regions, pairs);
  }
}

std::set<Pair> largest_pairs(const Flows& flows) {
  std::set<Pair> pairs;
  for (std::size_t g = 0; g < flows.groups.size(); ++g) add_largest_pairs(flows, g, pairs);
  if (flows.groups.size() > 1) add_largest_pairs(flows, std::nullopt, pairs);
  return pairs;
}

/// Of all pairs, there and back, and over all pairs.
struct Series {
  std::vector<double> pairs;
  std::vector<double> totals;
};

Series series_of(const Flows& flows, const std::set<Pair>& pairs, std::span<const double> values) {
  Series series;
  for (std::size_t year = 0; year < flows.years; ++year) {
    for (std::size_t g = 0; g < flows.groups.size(); ++g) {
      const auto moves = values.subspan(flows.matrix(year, g), flows.regions * flows.regions);
      for (const auto& [a, b] : pairs) {
        series.pairs.push_back(moves[a * flows.regions + b]);
        series.pairs.push_back(moves[b * flows.regions + a]);
      }
      double total = 0.0;
      for (const double one : moves) total += one;
      series.totals.push_back(total);
    }
  }
  return series;
}

/// Nothing where the panel has no such flows.
std::optional<Flows> flows_of(const panel::Dataset& run, const panel::Dataset* baseline, std::string_view name) {
  const panel::Variable* variable = run.find_variable(name);
  if (variable == nullptr || variable->dimensions.size() < 3 ||
      variable->dimensions.back() != panel::destination_dimension)
    return std::nullopt;
  Flows flows{.groups = {""},
              .years = run.dimension(panel::year_dimension).size,
              .regions = run.dimension(panel::destination_dimension).size,
              .run = run.numbers(name),
              .baseline = {}};
  if (variable->dimensions.size() == 4) {
    const panel::Dimension& groups = run.dimension(variable->dimensions[1]);
    flows.groups.clear();
    for (std::size_t g = 0; g < groups.size; ++g) flows.groups.push_back(panel::to_text(panel::label_at(groups, g)));
  }
  const panel::Variable* other = baseline == nullptr ? nullptr : baseline->find_variable(name);
  if (other != nullptr && other->dimensions == variable->dimensions) flows.baseline = baseline->numbers(name);
  return flows;
}

/// Regions that belong together, in the order of the first of each.
struct Province {
  std::string name;
  std::vector<std::size_t> regions;
};

/// Empty where provinces would tell no more than regions do.
std::vector<Province> provinces_of(const panel::Dataset& run) {
  const panel::Variable* variable = run.find_variable("province");
  const panel::Dimension& regions = run.dimension(panel::region_dimension);
  if (variable == nullptr || regions.size <= many_regions) return {};
  const auto& names = std::get<std::vector<std::string>>(variable->values);
  std::vector<Province> provinces;
  for (std::size_t r = 0; r < names.size(); ++r) {
    const std::string name = names[r].empty() ? panel::to_text(panel::label_at(regions, r)) : names[r];
    const auto found =
        std::find_if(provinces.begin(), provinces.end(), [&](const Province& p) { return p.name == name; });
    if (found == provinces.end())
      provinces.push_back({name, {r}});
    else
      found->regions.push_back(r);
  }
  if (2 * provinces.size() > names.size()) return {};
  return provinces;
}

/// The same moves between provinces; what stays inside one is none.
std::vector<double> between(const std::vector<Province>& provinces, const Flows& flows,
                            std::span<const double> values) {
  std::vector<std::size_t> province_of(flows.regions);
  for (std::size_t p = 0; p < provinces.size(); ++p) {
    for (const std::size_t r : provinces[p].regions) province_of[r] = p;
  }
  const std::size_t cells = flows.regions * flows.regions;
  const std::size_t count = provinces.size();
  std::vector<double> sums(values.size() / cells * count * count, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t from = province_of[i % cells / flows.regions];
    const std::size_t to = province_of[i % flows.regions];
    if (from != to) sums[(i / cells * count + from) * count + to] += values[i];
  }
  return sums;
}

/// What the page holds of some flows. @param places  empty: the regions themselves
ordered_json entry_of(const Flows& flows, const panel::Variable& variable, const std::vector<Province>& places,
                      PackedNumbers& numbers) {
  const std::set<Pair> pairs = largest_pairs(flows);
  ordered_json entry = {{"name", variable.name},
                        {"unit", variable.unit},
                        {"definition", variable.long_name},
                        {"by", variable.dimensions.size() == 4 ? variable.dimensions[1] : std::string()},
                        {"groups", flows.groups},
                        {"most", largest_kept},
                        {"pairs", pairs}};
  for (const Province& place : places) entry["places"].push_back({{"name", place.name}, {"regions", place.regions}});
  const Series series = series_of(flows, pairs, flows.run);
  const std::size_t year = series.pairs.size() / flows.years;
  entry["run"] = numbers.add(series.pairs, year);
  entry["run_totals"] = numbers.add(series.totals);
  if (!flows.baseline.empty()) {
    const Series before = series_of(flows, pairs, flows.baseline);
    entry["difference"] = numbers.add(less(series.pairs, before.pairs), year);
    entry["difference_totals"] = numbers.add(less(series.totals, before.totals));
  }
  return entry;
}

}  // namespace

ordered_json flows_on_page(const panel::Dataset& run, const panel::Dataset* baseline, PackedNumbers& numbers) {
  ordered_json list = ordered_json::array();
  for (const std::string_view name : {"firms_moved", "people_moved"}) {
    const std::optional<Flows> flows = flows_of(run, baseline, name);
    if (!flows) continue;
    const panel::Variable& variable = run.variable(name);
    if (const std::vector<Province> provinces = provinces_of(run); !provinces.empty()) {
      const std::vector<double> of_run = between(provinces, *flows, flows->run);
      const std::vector<double> of_baseline = between(provinces, *flows, flows->baseline);
      Flows coarse = *flows;
      coarse.regions = provinces.size();
      coarse.run = of_run;
      coarse.baseline = of_baseline;
      list.push_back(entry_of(coarse, variable, provinces, numbers));
    }
    list.push_back(entry_of(*flows, variable, {}, numbers));
  }
  return list;
}

}  // namespace pericore::report

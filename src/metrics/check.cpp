#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/errors.h"
#include "base/spelling.h"
#include "metrics/metric.h"
#include "metrics/selection.h"
#include "metrics/statistic.h"

namespace pericore::metrics {
namespace {

constexpr std::array selection_keys = {"regions", "sectors", "factors"};

std::string words_of(bool (*fits)(Statistic)) {
  std::vector<std::string_view> words;
  for (const std::string_view word : statistic_words()) {
    const auto place = static_cast<std::size_t>(std::ranges::find(statistic_words(), word) - statistic_words().begin());
    if (fits(static_cast<Statistic>(place + 1))) words.push_back(word);
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

/// Holds a metric against a panel.
class Checker {
 public:
  Checker(const Metric& metric, const panel::Dataset& reference, const Context& context, std::vector<Fault>& faults)
      : metric_(metric), reference_(reference), context_(context), faults_(faults) {}

  void check() {
    if (!metric_.welfare.empty()) {
      for (const std::string& name : welfare::missing_variables(reference_))
        fault("welfare", "needs variable '{}', which the panel does not have", name);
      return;
    }
    const std::size_t before = faults_.size();
    const Selection selection = select(metric_, reference_, context_, faults_);
    static_cast<void>(groups_of(metric_, reference_, faults_));
    const bool found = faults_.size() == before;
    const std::optional<Grid> grid = grid_of("variable", metric_.variable);
    if (!grid) return;
    check_dimensions(*grid);
    if (found) check_selection(*grid, selection, "regions");
    check_relative(*grid);
    check_statistic(*grid, selection, found);
    check_weight(*grid);
    check_years(*grid);
  }

 private:
  template <typename... Values>
  void fault(std::string_view key, fmt::format_string<Values...> text, Values&&... values) {
    faults_.push_back({std::string(key), fmt::format(text, std::forward<Values>(values)...)});
  }

  std::optional<Grid> grid_of(std::string_view key, const std::string& name) {
    if (name.empty()) return std::nullopt;  // told by check(metric)
    if (reference_.find_variable(name) == nullptr) {
      std::vector<std::string> known;
      for (const panel::Variable& variable : reference_.variables()) known.push_back(variable.name);
      fault(key, "unknown variable '{}'{}", name, did_you_mean(name, known));
      return std::nullopt;
    }
    try {
      return Grid(reference_, name);
    } catch (const DomainError& error) {
      fault(key, "{}", error.what());
      return std::nullopt;
    }
  }

  void check_dimensions(const Grid& grid) {
    const std::array given = {!metric_.regions.empty(), !metric_.sectors.empty(), !metric_.factors.empty()};
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      if (given[axis] && !grid.has(axis))
        fault(selection_keys[axis], "variable '{}' does not lie along {}", metric_.variable, selection_keys[axis]);
    }
  }

  void check_selection(const Grid& grid, const Selection& selection, const char* regions_key) {
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      const bool any = std::ranges::any_of(selection.chosen[axis], [](char chosen) { return chosen != 0; });
      if (grid.has(axis) && !any) fault(axis == 0 ? regions_key : selection_keys[axis], "no {} fits", axes[axis]);
    }
  }

  void check_relative(const Grid& grid) {
    if (metric_.relative_to.empty()) return;
    if (!grid.has(0)) return fault("relative_to", "variable '{}' does not lie along regions", metric_.variable);
    const std::size_t before = faults_.size();
    const Selection other = select_relative(metric_, reference_, context_, faults_);
    if (faults_.size() == before) check_selection(grid, other, "relative_to");
  }

  void check_statistic(const Grid& grid, const Selection& selection, bool selected) {
    if (metric_.statistic == Statistic::value && selected) {
      const std::size_t count = count_selected(grid, selection);
      if (count > 1)
        fault("statistic", "missing key: {} values of '{}' are selected; one of {}", count, metric_.variable,
              fmt::join(statistic_words(), ", "));
    }
    if (goes_across(metric_.statistic) && !axis_across(metric_, grid)) {
      fault(metric_.across.empty() ? "statistic" : "across", "variable '{}' does not lie along {}", metric_.variable,
            metric_.across.empty() ? "region, sector or factor" : metric_.across);
    }
    if (!metric_.groups.empty() && goes_across(metric_.statistic) && axis_across(metric_, grid) != 0)
      fault("groups", "are of regions, which this statistic does not compare");
    if (metric_.statistic == Statistic::lq && !(grid.has(0) && grid.has(1)))
      fault("variable", "a location quotient needs a variable by region and sector; '{}' is not", metric_.variable);
  }

  void check_weight(const Grid& grid) {
    const std::optional<Grid> weight = grid_of("weight", metric_.weight);
    if (!weight) return;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      if (weight->has(axis) && !grid.has(axis))
        fault("weight", "'{}' lies along {}, '{}' does not", metric_.weight, axes[axis], metric_.variable);
    }
    if (weight->has_year() && !grid.has_year())
      fault("weight", "'{}' has years, '{}' has none", metric_.weight, metric_.variable);
  }

  void check_years(const Grid& grid) {
    if (grid.has_year()) {
      const Span years = years_of(metric_, reference_, faults_);
      if (between_years(metric_.of) && years.first == years.last)
        fault("of", "'{}' compares two years; only one is given", to_text(metric_.of));
      return;
    }
    if (metric_.years || metric_.first) fault("years", "variable '{}' has no years", metric_.variable);
    if (between_years(metric_.of)) fault("of", "variable '{}' has no years", metric_.variable);
  }

  const Metric& metric_;
  const panel::Dataset& reference_;
  const Context& context_;
  std::vector<Fault>& faults_;
};

}  // namespace

std::vector<Fault> check(const Metric& metric) {
  std::vector<Fault> faults;
  const auto fault = [&](const char* key, std::string message) { faults.push_back({key, std::move(message)}); };
  if (metric.name.empty()) fault("name", "missing key");
  if (!metric.welfare.empty()) {
    const auto names = welfare_names();
    if (std::ranges::find(names, metric.welfare) == names.end())
      fault("welfare", fmt::format("unknown metric '{}'{}", metric.welfare, did_you_mean(metric.welfare, names)));
    return faults;
  }
  const bool no_regions = metric.regions.empty();
  const bool no_sectors = metric.sectors.empty();
  if (metric.variable.empty()) fault("variable", "missing key");
  if (!metric.weight.empty() && !takes_weight(metric.statistic))
    fault("weight", "goes with a statistic of " + words_of(takes_weight));
  if (!metric.across.empty() && std::ranges::find(axes, metric.across) == axes.end())
    fault("across", fmt::format("'{}' is none of {}", metric.across, fmt::join(axes, ", ")));
  if (!metric.across.empty() && !goes_across(metric.statistic))
    fault("across", "goes with a statistic of " + words_of(goes_across));
  if (!metric.groups.empty() && !goes_across(metric.statistic))
    fault("groups", "goes with a statistic of " + words_of(goes_across));
  if (metric.statistic == Statistic::share && no_regions && no_sectors && metric.factors.empty())
    fault("statistic", "a share needs regions, sectors or factors");
  if (metric.statistic == Statistic::lq && (no_regions || no_sectors))
    fault("statistic", "a location quotient needs regions and sectors");
  if (metric.years && metric.years->first > metric.years->second) fault("years", "end before they start");
  if (metric.first && between_years(metric.of))
    fault("years", fmt::format("nothing lies before the first year; '{}' compares two years", to_text(metric.of)));
  return faults;
}

std::vector<Fault> check(const Metric& metric, const panel::Dataset& reference, const Context& context) {
  std::vector<Fault> faults = check(metric);
  if (faults.empty()) Checker(metric, reference, context, faults).check();
  return faults;
}

}  // namespace pericore::metrics

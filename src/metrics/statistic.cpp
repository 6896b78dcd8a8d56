#include "metrics/statistic.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "indices/inequality.h"

namespace pericore::metrics {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

using Label = std::array<std::size_t, axes.size()>;
using Masks = std::array<std::vector<char>, axes.size()>;

/// Calls `visit(label)` for each selected label of the variable; a dimension that it lacks has one, which is selected.
template <class Visit>
void for_each_selected(const Grid& grid, const Masks& masks, Visit&& visit) {
  const auto selected = [&](std::size_t axis, std::size_t i) { return !grid.has(axis) || masks[axis][i] != 0; };
  for (std::size_t r = 0; r < grid.size(0); ++r) {
    if (!selected(0, r)) continue;
    for (std::size_t s = 0; s < grid.size(1); ++s) {
      if (!selected(1, s)) continue;
      for (std::size_t f = 0; f < grid.size(2); ++f) {
        if (selected(2, f)) visit(Label{r, s, f});
      }
    }
  }
}

/// Sum of the values that are defined; NaN where there is none.
double sum_of(const Grid& grid, const Masks& masks, std::size_t year) {
  double sum = 0.0;
  bool any = false;
  for_each_selected(grid, masks, [&](const Label& label) {
    const double value = grid.at(year, label);
    if (std::isnan(value)) return;
    sum += value;
    any = true;
  });
  return any ? sum : undefined;
}

/// A sum to divide by: 0 where terms cancel to no more than rounding, such as net migration of a whole country.
double divisor_of(const Grid& grid, const Masks& masks, std::size_t year) {
  constexpr double rounding = 1e-12;
  double size = 0.0;
  for_each_selected(grid, masks, [&](const Label& label) {
    const double value = grid.at(year, label);
    if (!std::isnan(value)) size += std::abs(value);
  });
  const double sum = sum_of(grid, masks, year);
  return std::abs(sum) <= rounding * size ? 0.0 : sum;
}

double ratio(double numerator, double denominator) { return denominator != 0.0 ? numerator / denominator : undefined; }

/// Values and weights of the places of a year that have both.
struct Sample {
  std::vector<double> values;
  std::vector<double> weights;

  [[nodiscard]] Eigen::Map<const Eigen::ArrayXd> x() const {
    return {values.data(), static_cast<Eigen::Index>(values.size())};
  }
  [[nodiscard]] Eigen::Map<const Eigen::ArrayXd> w() const {
    return {weights.data(), static_cast<Eigen::Index>(weights.size())};
  }
  [[nodiscard]] bool usable() const {
    return !values.empty() && x().allFinite() && w().allFinite() && (w() >= 0.0).all() && w().sum() > 0.0;
  }
  [[nodiscard]] double mean() const { return (w() * x()).sum() / w().sum(); }
};

/// A value of the variable with its weight, or weight 1.
template <class Take>
void for_each_value(const Grid& grid, const Grid* weight, const Selection& selection, std::size_t year,
                    std::size_t weight_year, Take&& take) {
  for_each_selected(grid, selection.chosen, [&](const Label& label) {
    const double x = grid.at(year, label);
    const double w = weight == nullptr ? 1.0 : weight->at(weight_year, label);
    if (!std::isnan(x) && !std::isnan(w)) take(label, x, w);
  });
}

/// One value for each label of `axis`: the sum over the other dimensions, or with weights their mean. Hoover's index
/// compares sums with sums.
Sample by_label(const Metric& metric, const Grid& grid, const Grid* weight, const Selection& selection,
                std::size_t axis, std::size_t year, std::size_t weight_year) {
  const std::size_t count = grid.size(axis);
  std::vector<double> sums(count, 0.0);
  std::vector<double> weights(count, 0.0);
  std::vector<char> any(count, 0);
  const bool mean = weight != nullptr && metric.statistic != Statistic::hoover;
  for_each_value(grid, weight, selection, year, weight_year, [&](const Label& label, double x, double w) {
    sums[label[axis]] += mean ? w * x : x;
    weights[label[axis]] += w;
    any[label[axis]] = 1;
  });
  Sample sample;
  for (std::size_t i = 0; i < count; ++i) {
    if (any[i] == 0 || (mean && weights[i] == 0.0)) continue;
    sample.values.push_back(mean ? sums[i] / weights[i] : sums[i]);
    sample.weights.push_back(weight == nullptr ? 1.0 : weights[i]);
  }
  return sample;
}

/// Groups of regions in place of regions: the mean of their values, or their sum where the statistic is of shares.
Sample by_group(const Metric& metric, const Grid& grid, const Grid* weight, const Selection& selection,
                std::span<const int> groups, std::size_t year, std::size_t weight_year) {
  const std::size_t count = static_cast<std::size_t>(std::ranges::max(groups) + 1);
  std::vector<double> sums(count, 0.0);
  std::vector<double> weights(count, 0.0);
  const bool of_shares = metric.statistic == Statistic::hhi || metric.statistic == Statistic::hoover;
  Selection one = selection;
  for (std::size_t r = 0; r < groups.size(); ++r) {
    if (groups[r] < 0 || selection.chosen[0][r] == 0) continue;
    std::ranges::fill(one.chosen[0], 0);
    one.chosen[0][r] = 1;
    const Sample own = by_label(metric, grid, weight, one, 0, year, weight_year);
    if (own.values.empty()) continue;
    const auto group = static_cast<std::size_t>(groups[r]);
    sums[group] += of_shares ? own.values[0] : own.weights[0] * own.values[0];
    weights[group] += own.weights[0];
  }
  Sample sample;
  for (std::size_t g = 0; g < count; ++g) {
    if (weights[g] == 0.0) continue;
    sample.values.push_back(of_shares ? sums[g] : sums[g] / weights[g]);
    sample.weights.push_back(weights[g]);
  }
  return sample;
}

double across_labels(Statistic statistic, const Sample& sample) {
  if (!sample.usable()) return undefined;
  switch (statistic) {
    case Statistic::sd:
      return std::sqrt((sample.w() * (sample.x() - sample.mean()).square()).sum() / sample.w().sum());
    case Statistic::cv:
      return indices::cv(sample.x(), sample.w()).value;
    case Statistic::gini:
      return indices::gini(sample.x(), sample.w()).value;
    case Statistic::theil:
      return indices::theil_t(sample.x(), sample.w()).value;
    case Statistic::hhi:
      return indices::hhi(sample.x()).value;
    default:
      return indices::hoover(sample.x(), sample.w()).value;
  }
}

/// Of the selection in all regions of the country, or, where no regions are selected, in all sectors and factors.
double share_of(const Metric& metric, const Grid& grid, const Selection& selection, std::size_t year) {
  Masks all = selection.chosen;
  if (!metric.regions.empty()) {
    for (std::size_t r = 0; r < all[0].size(); ++r) all[0][r] = static_cast<char>(all[0][r] | selection.home[r]);
  } else {
    std::ranges::fill(all[1], 1);
    std::ranges::fill(all[2], 1);
  }
  return ratio(sum_of(grid, selection.chosen, year), divisor_of(grid, all, year));
}

/// Share of the selected sectors in the selected regions over their share in the country.
double location_quotient(const Grid& grid, const Selection& selection, std::size_t year) {
  const auto share = [&](const std::vector<char>& regions) {
    Masks some = selection.chosen;
    some[0] = regions;
    Masks all = some;
    std::ranges::fill(all[1], 1);
    return ratio(sum_of(grid, some, year), divisor_of(grid, all, year));
  };
  return ratio(share(selection.chosen[0]), share(selection.home));
}

double over_values(const Metric& metric, const Grid& grid, const Grid* weight, const Selection& selection,
                   std::size_t year, std::size_t weight_year) {
  Sample sample;
  for_each_value(grid, weight, selection, year, weight_year, [&](const Label&, double x, double w) {
    sample.values.push_back(x);
    sample.weights.push_back(w);
  });
  if (sample.values.empty()) return undefined;
  switch (metric.statistic) {
    case Statistic::value:
      return sample.values.size() == 1 ? sample.values.front() : undefined;
    case Statistic::mean:
      return ratio((sample.w() * sample.x()).sum(), sample.w().sum());
    case Statistic::min:
      return sample.x().minCoeff();
    default:
      return sample.x().maxCoeff();
  }
}

}  // namespace

std::optional<std::size_t> axis_across(const Metric& metric, const Grid& grid) {
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    if (metric.across.empty() ? grid.has(axis) : metric.across == axes[axis])
      return grid.has(axis) ? std::optional(axis) : std::nullopt;
  }
  return std::nullopt;
}

std::size_t count_selected(const Grid& grid, const Selection& selection) {
  std::size_t count = 0;
  for_each_selected(grid, selection.chosen, [&](const Label&) { ++count; });
  return count;
}

double statistic_of(const Metric& metric, const Grid& grid, const Grid* weight, const Selection& selection,
                    std::span<const int> groups, std::size_t year, std::size_t weight_year) {
  if (metric.statistic == Statistic::sum) return sum_of(grid, selection.chosen, year);
  if (metric.statistic == Statistic::share) return share_of(metric, grid, selection, year);
  if (metric.statistic == Statistic::lq) return location_quotient(grid, selection, year);
  if (!goes_across(metric.statistic)) return over_values(metric, grid, weight, selection, year, weight_year);
  const auto axis = axis_across(metric, grid);
  if (!axis) return undefined;
  if (!groups.empty())
    return across_labels(metric.statistic, by_group(metric, grid, weight, selection, groups, year, weight_year));
  return across_labels(metric.statistic, by_label(metric, grid, weight, selection, *axis, year, weight_year));
}

}  // namespace pericore::metrics

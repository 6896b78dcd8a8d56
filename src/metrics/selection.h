/// Which values of a panel a metric takes.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.h"
#include "panel/dataset.h"

namespace pericore::metrics {

/// Dimensions that a metric selects from, besides the year.
inline constexpr std::array<std::string_view, 3> axes = {"region", "sector", "factor"};

/// By label of each of `axes`, 1 where it is selected. A dimension that the panel lacks has one label.
struct Selection {
  std::array<std::vector<char>, axes.size()> chosen;
  std::vector<char> home;  ///< by region: the country, without the rest of the world
};

/// Resolves names, classes and columns.
/// @param faults  gets what does not exist
[[nodiscard]] Selection select(const Metric& metric, const panel::Dataset& dataset, const Context& context,
                               std::vector<Fault>& faults);

/// The same of other regions (Metric::relative_to).
[[nodiscard]] Selection select_relative(const Metric& metric, const panel::Dataset& dataset, const Context& context,
                                        std::vector<Fault>& faults);

/// Group of each region by a text variable, numbered by first appearance; -1 where the text is empty. Empty without `groups`.
/// @param faults  gets a variable that does not exist
[[nodiscard]] std::vector<int> groups_of(const Metric& metric, const panel::Dataset& dataset,
                                         std::vector<Fault>& faults);

/// First and last year of a panel that a metric is about, as positions.
struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// For changes the years compared, for levels those averaged. @param faults  gets years that the panel does not have
[[nodiscard]] Span years_of(const Metric& metric, const panel::Dataset& dataset, std::vector<Fault>& faults);

/// Numbers of a variable by year and axis.
class Grid {
 public:
  /// Refers to the panel. @throws DomainError  if it has no such variable of numbers, or it lies along another dimension
  Grid(const panel::Dataset& dataset, std::string_view variable);

  [[nodiscard]] bool has_year() const { return year_stride_ != 0; }
  [[nodiscard]] bool has(std::size_t axis) const { return strides_[axis] != 0; }
  [[nodiscard]] std::size_t size(std::size_t axis) const { return sizes_[axis]; }
  [[nodiscard]] double at(std::size_t year, const std::array<std::size_t, axes.size()>& label) const;

 private:
  const panel::Values* values_;
  std::size_t year_stride_ = 0;
  std::array<std::size_t, axes.size()> sizes_ = {1, 1, 1};
  std::array<std::size_t, axes.size()> strides_ = {0, 0, 0};  ///< 0: the variable does not lie along it
};

}  // namespace pericore::metrics

#include "panel/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace pericore::panel {
namespace {

constexpr std::array<std::string_view, 8> blocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

constexpr double rounding = 1e-9;  // relative

/// Means of runs of neighbours, as many as `count`.
std::vector<double> condensed(std::span<const double> values, std::size_t count) {
  std::vector<double> result;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t begin = k * values.size() / count;
    const std::size_t end = (k + 1) * values.size() / count;
    double sum = 0.0;
    std::size_t known = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (!std::isfinite(values[i])) continue;
      sum += values[i];
      ++known;
    }
    result.push_back(known > 0 ? sum / static_cast<double>(known) : std::numeric_limits<double>::quiet_NaN());
  }
  return result;
}

}  // namespace

std::string sparkline(std::span<const double> values, std::size_t longest) {
  const std::vector<double> shown = condensed(values, std::min(values.size(), longest));
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : shown) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  // Sums that a law keeps constant differ by rounding.
  const bool flat = !(0.5 * high - 0.5 * low > rounding * std::max(std::abs(low), std::abs(high)));
  std::string line;
  for (const double value : shown) {
    if (!std::isfinite(value)) {
      line += ' ';
    } else if (flat) {
      line += blocks[blocks.size() / 2 - 1];
    } else {
      const double share = (0.5 * value - 0.5 * low) / (0.5 * high - 0.5 * low);  // halves: no difference overflows
      line += blocks[std::min(blocks.size() - 1, static_cast<std::size_t>(share * static_cast<double>(blocks.size())))];
    }
  }
  return line;
}

std::vector<double> yearly_means(const Dataset& dataset, const Variable& variable) {
  const auto year = std::find(variable.dimensions.begin(), variable.dimensions.end(), year_dimension);
  if (year == variable.dimensions.end() || std::holds_alternative<std::vector<std::string>>(variable.values)) return {};
  const std::vector<std::size_t> shape = dataset.shape(variable);
  const auto axis = static_cast<std::size_t>(year - variable.dimensions.begin());
  std::size_t inner = 1;
  for (std::size_t k = axis + 1; k < shape.size(); ++k) inner *= shape[k];
  std::vector<double> sums(shape[axis], 0.0);
  std::vector<std::size_t> known(shape[axis], 0);
  const auto add = [&](const auto& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<double>(values[i]);
      if (!std::isfinite(value)) continue;
      const std::size_t at = i / inner % shape[axis];
      sums[at] += value;
      ++known[at];
    }
  };
  if (const auto* numbers = std::get_if<std::vector<double>>(&variable.values)) add(*numbers);
  if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&variable.values)) add(*whole);
  for (std::size_t k = 0; k < sums.size(); ++k)
    sums[k] = known[k] > 0 ? sums[k] / static_cast<double>(known[k]) : std::numeric_limits<double>::quiet_NaN();
  return sums;
}

}  // namespace pericore::panel

#include "sensitivity/slices.h"

#include <algorithm>

#include "numerics/order_statistics.h"

namespace pericore::sensitivity {
namespace {

/// Values from which on the second, third, .. slice begins.
std::vector<double> bounds_of(std::vector<double> sorted, std::size_t count) {
  std::vector<double> distinct = sorted;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() <= count) return {distinct.begin() + 1, distinct.end()};
  std::vector<double> bounds;
  for (std::size_t k = 1; k < count; ++k) {
    bounds.push_back(numerics::sorted_quantile(sorted, static_cast<double>(k) / static_cast<double>(count)));
  }
  return bounds;
}

}  // namespace

Slices slices_of(std::span<const double> values, std::size_t count) {
  Slices slices;
  if (values.empty() || count == 0) return slices;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::vector<double> bounds = bounds_of(sorted, count);

  std::vector<std::uint32_t> size(bounds.size() + 1, 0);
  for (const double value : values) {
    const auto slice = std::upper_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
    slices.of_row.push_back(static_cast<std::uint32_t>(slice));
    ++size[static_cast<std::size_t>(slice)];
  }
  // Ties can leave a slice empty: the others close up.
  std::vector<std::uint32_t> number(size.size(), 0);
  for (std::size_t k = 0; k < size.size(); ++k) {
    number[k] = static_cast<std::uint32_t>(slices.count);
    if (size[k] > 0) ++slices.count;
  }
  for (std::uint32_t& slice : slices.of_row) slice = number[slice];
  return slices;
}

}  // namespace pericore::sensitivity

#include "sensitivity/correlation_ratio.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "sensitivity/complete_rows.h"
#include "sensitivity/slices.h"

namespace pericore::sensitivity {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double no_variance = 1e-26;  // sum of squared deviations over sum of squares that is rounding

/// Shares of the sum of squares within slices.
struct Within {
  double share = no_number;  ///< W/T
  double slices = 0.0;
};

/// @param rows  which rows count, as often as they are named
Within within(const Slices& slices, const VectorXd& y, std::span<const std::size_t> rows) {
  std::vector<double> count(slices.count, 0.0);
  std::vector<double> sum(slices.count, 0.0);
  double total = 0.0;
  double squares = 0.0;
  for (const std::size_t row : rows) {
    const std::uint32_t slice = slices.of_row[row];
    const double value = y[static_cast<Index>(row)];
    count[slice] += 1.0;
    sum[slice] += value;
    total += value;
    squares += value * value;
  }
  double between = -total * total / static_cast<double>(rows.size());
  const double all = squares + between;
  double filled = 0.0;
  for (std::size_t s = 0; s < slices.count; ++s) {
    if (count[s] == 0.0) continue;
    between += sum[s] * sum[s] / count[s];
    filled += 1.0;
  }
  return {.share = all > 0.0 ? std::max(0.0, 1.0 - between / all) : no_number, .slices = filled};
}

/// Share between slices, less what they explain by chance.
double corrected(const Within& inside, std::size_t rows) {
  const auto n = static_cast<double>(rows);
  return 1.0 - inside.share * (n - 1.0) / (n - inside.slices);
}

std::size_t slices_for(std::size_t rows) {
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::sqrt(static_cast<double>(rows))), 2, 100);
}

}  // namespace

CorrelationRatios correlation_ratios(const Eigen::Ref<const Eigen::MatrixXd>& points, std::span<const double> outputs,
                                     const CorrelationRatioOptions& options) {
  if (options.slices == 1) throw DomainError("correlation ratio: needs at least two slices");
  CompleteRows complete = complete_rows(points, outputs);
  const auto n = static_cast<std::size_t>(complete.y.size());
  const auto d = static_cast<std::size_t>(complete.x.cols());
  CorrelationRatios result{.first_order = {},
                           .slices = options.slices == 0 ? slices_for(n) : options.slices,
                           .used = n,
                           .dropped = complete.dropped,
                           .reason = {}};
  if (n < 2 * result.slices) {
    result.reason = "fewer runs than twice the slices";
  } else {
    const double size = complete.y.squaredNorm();
    complete.y.array() -= complete.y.mean();
    if (!(complete.y.squaredNorm() > no_variance * size)) result.reason = "the output does not vary";
  }
  std::vector<double> values(d, no_number);
  if (!result.reason.empty()) {
    result.first_order = bootstrap(values, 0, options.bootstrap, {});
    return result;
  }
  std::vector<Slices> slices;
  std::vector<double> correction(d);
  std::vector<std::size_t> rows(n);
  for (std::size_t row = 0; row < n; ++row) rows[row] = row;
  for (std::size_t k = 0; k < d; ++k) {
    slices.push_back(slices_of({complete.x.col(static_cast<Index>(k)).data(), n}, result.slices));
    const Within inside = within(slices.back(), complete.y, rows);
    values[k] = corrected(inside, rows.size());
    correction[k] = values[k] - (1.0 - inside.share);
  }
  const auto resampled = [&](std::span<const std::size_t> sample, std::span<double> out) {
    // Drawn rows scatter around the ratio of the sample without correction: there the corrected ratio has no bias.
    for (std::size_t k = 0; k < d; ++k) {
      out[k] = corrected(within(slices[k], complete.y, sample), sample.size()) + correction[k];
    }
  };
  result.first_order = bootstrap(values, n, options.bootstrap, resampled);
  return result;
}

}  // namespace pericore::sensitivity

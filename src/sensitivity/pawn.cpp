#include "sensitivity/pawn.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "numerics/keyed_draws.h"
#include "numerics/order_statistics.h"
#include "sensitivity/complete_rows.h"
#include "sensitivity/slices.h"

namespace pericore::sensitivity {
namespace {

using Eigen::Index;

constexpr std::uint32_t dummy_draws = 0x53010000U;
constexpr std::size_t measures = 5;

/// Rows in rising order of the output, and where runs of equal outputs end.
struct OutputOrder {
  std::vector<std::size_t> rows;
  std::vector<char> ends_tie;
};

OutputOrder order_of(std::span<const double> y) {
  OutputOrder order{.rows = std::vector<std::size_t>(y.size()), .ends_tie = std::vector<char>(y.size(), 1)};
  std::iota(order.rows.begin(), order.rows.end(), std::size_t{0});
  std::sort(order.rows.begin(), order.rows.end(), [&](std::size_t a, std::size_t b) { return y[a] < y[b]; });
  for (std::size_t k = 0; k + 1 < y.size(); ++k) order.ends_tie[k] = y[order.rows[k]] < y[order.rows[k + 1]] ? 1 : 0;
  return order;
}

/// Largest distance between the distribution within each slice and that of all rows.
std::vector<double> distances(const OutputOrder& order, const Slices& slices) {
  std::vector<double> share(slices.count, 0.0);
  for (const std::uint32_t slice : slices.of_row) share[slice] += 1.0;
  for (double& s : share) s = 1.0 / s;
  std::vector<double> below(slices.count, 0.0);
  std::vector<double> largest(slices.count, 0.0);
  const auto n = static_cast<double>(order.rows.size());
  for (std::size_t k = 0; k < order.rows.size(); ++k) {
    below[slices.of_row[order.rows[k]]] += 1.0;
    if (order.ends_tie[k] == 0) continue;
    const double all = static_cast<double>(k + 1) / n;
    for (std::size_t s = 0; s < slices.count; ++s) {
      largest[s] = std::max(largest[s], std::abs(below[s] * share[s] - all));
    }
  }
  return largest;
}

/// Minimum, mean, median, maximum, coefficient of variation.
void summarise(std::vector<double> distance, std::span<double> out) {
  std::sort(distance.begin(), distance.end());
  const auto n = static_cast<double>(distance.size());
  const double mean = std::accumulate(distance.begin(), distance.end(), 0.0) / n;
  double squares = 0.0;
  for (const double d : distance) squares += (d - mean) * (d - mean);
  out[0] = distance.front();
  out[1] = mean;
  out[2] = numerics::sorted_quantile(distance, 0.5);
  out[3] = distance.back();
  out[4] = mean > 0.0 ? std::sqrt(squares / n) / mean : std::numeric_limits<double>::quiet_NaN();
}

void pawn_of(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, std::size_t slices, std::span<double> out) {
  const auto n = static_cast<std::size_t>(y.size());
  const OutputOrder order = order_of({y.data(), n});
  for (Index d = 0; d < x.cols(); ++d) {
    const Slices cut = slices_of({x.col(d).data(), n}, slices);
    summarise(distances(order, cut), out.subspan(static_cast<std::size_t>(d) * measures, measures));
  }
}

PawnIndex index_of(std::span<const Estimate> e) {
  return {.minimum = e[0], .mean = e[1], .median = e[2], .maximum = e[3], .cv = e[4]};
}

}  // namespace

PawnIndices pawn_indices(const Eigen::Ref<const Eigen::MatrixXd>& points, std::span<const double> outputs,
                         const PawnOptions& options) {
  if (options.slices < 2) throw DomainError("PAWN: needs at least two slices");
  CompleteRows complete = complete_rows(points, outputs);
  const Index n = complete.x.rows();
  const auto d = static_cast<std::size_t>(complete.x.cols());
  complete.x.conservativeResize(Eigen::NoChange, complete.x.cols() + 1);
  numerics::KeyedDraws draws(options.bootstrap.seed, dummy_draws, 0);
  for (Index row = 0; row < n; ++row) complete.x(row, static_cast<Index>(d)) = draws.uniform();

  PawnIndices result;
  result.used = static_cast<std::size_t>(n);
  result.dropped = complete.dropped;
  std::vector<double> values((d + 1) * measures, std::numeric_limits<double>::quiet_NaN());
  if (result.used < 2 * options.slices) {
    result.reason = "fewer runs than twice the slices";
  } else {
    pawn_of(complete.x, complete.y, options.slices, values);
  }
  const auto resampled = [&](std::span<const std::size_t> sample, std::span<double> out) {
    pawn_of(complete.x(sample, Eigen::all), complete.y(sample), options.slices, out);
  };
  const std::size_t items = result.reason.empty() ? result.used : 0;
  const std::vector<Estimate> estimates = bootstrap(values, items, options.bootstrap, resampled);
  for (std::size_t k = 0; k < d; ++k) {
    result.parameters.push_back(index_of(std::span(estimates).subspan(k * measures, measures)));
  }
  result.dummy = index_of(std::span(estimates).subspan(d * measures, measures));
  return result;
}

}  // namespace pericore::sensitivity

#include "productivity/bootstrap.h"

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"
#include "numerics/order_statistics.h"

namespace pericore::productivity {
namespace {

using numerics::sorted_quantile;

constexpr double on_frontier = 1e-6;  // d - 1 below: efficient, and no draw of inefficiency
constexpr std::size_t fewest_inefficient = 3;

/// In (0, 1).
double open_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 11U) + 0.5) * 0x1p-53; }

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values, double divisor) {
  const double mean = mean_of(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / divisor;
}

/// 0 where too few units are inefficient.
double bandwidth_of(const std::vector<double>& distance) {
  std::vector<double> both;
  for (const double d : distance) {
    if (d <= 1.0 + on_frontier) continue;
    both.push_back(d);
    both.push_back(2.0 - d);
  }
  const std::size_t inefficient = both.size() / 2;
  if (inefficient < fewest_inefficient) return 0.0;
  std::sort(both.begin(), both.end());
  const auto m = static_cast<double>(both.size());
  const auto n = static_cast<double>(distance.size());
  const double deviation = std::sqrt(variance_of(both, m - 1.0));
  const double range = (sorted_quantile(both, 0.75) - sorted_quantile(both, 0.25)) / 1.34;
  const double silverman = 0.9 * std::min(deviation, range) * std::pow(m, -0.2);
  return silverman * std::pow(m / n, 0.2) * std::sqrt(variance_of(distance, n - 1.0)) / deviation;
}

/// The distances d* of one replication.
std::vector<double> draw(const std::vector<double>& distance, double bandwidth, double variance,
                         const BootstrapOptions& options, std::uint64_t replication) {
  const std::size_t n = distance.size();
  std::vector<double> picked(n);
  std::vector<double> smooth(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits = r123::Philox4x64()({{i, replication, options.stream, 0}}, {{options.seed, 0x5357}});
    picked[i] = distance[std::min(n - 1, static_cast<std::size_t>(open_unit(bits[0]) * static_cast<double>(n)))];
    const double normal =
        std::sqrt(-2.0 * std::log(open_unit(bits[1]))) * std::cos(2.0 * std::numbers::pi * open_unit(bits[2]));
    const double moved = picked[i] + bandwidth * normal;
    smooth[i] = moved >= 1.0 ? moved : 2.0 - moved;
  }
  const double mean = mean_of(picked);
  const double shrink = 1.0 / std::sqrt(1.0 + bandwidth * bandwidth / variance);
  for (double& d : smooth) d = mean + (d - mean) * shrink;
  return smooth;
}

}  // namespace

Bootstrap bootstrap(const Units& units, const Measure& measure, const std::vector<double>& efficiency,
                    std::size_t first, const BootstrapOptions& options, const std::function<void()>& replicated) {
  const auto n = static_cast<std::size_t>(units.inputs.rows());
  if (measure.model != Model::radial || measure.orientation == Orientation::none)
    throw DomainError("bootstrap: needs a radial measure");
  if (options.replications < 1 || !(options.level > 0.0) || !(options.level < 1.0))
    throw DomainError("bootstrap: replications must be positive, the level between 0 and 1");
  if (efficiency.size() != n || first > n) throw DomainError("bootstrap: not one efficiency a unit");
  std::vector<double> distance(n);
  for (std::size_t i = 0; i < n; ++i) {
    if (!(efficiency[i] > 0.0)) throw DomainError("bootstrap: an efficiency is missing or not positive");
    distance[i] = std::max(1.0, 1.0 / efficiency[i]);
  }
  Bootstrap result;
  result.bandwidth = bandwidth_of(distance);
  if (!(result.bandwidth > 0.0)) {
    result.reason = "bootstrap: fewer than three units differ below the frontier";
    return result;
  }
  if (options.bandwidth > 0.0) result.bandwidth = options.bandwidth;
  const double variance = variance_of(distance, static_cast<double>(n));
  const auto replications = static_cast<std::size_t>(options.replications);
  std::vector<std::vector<double>> drawn(n - first, std::vector<double>(replications));
  parallel_for(replications, 1, [&](std::size_t b) {
    const std::vector<double> pseudo = draw(distance, result.bandwidth, variance, options, b);
    Units moved = units;
    for (std::size_t i = 0; i < n; ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      if (measure.orientation == Orientation::output) {
        moved.outputs.row(row) *= distance[i] / pseudo[i];
      } else {
        moved.inputs.row(row) *= pseudo[i] / distance[i];
      }
    }
    const Technology technology(moved);
    Evaluator evaluator(technology);
    for (std::size_t i = first; i < n; ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      const Score score =
          evaluator.score(measure, units.inputs.row(row).transpose(), units.outputs.row(row).transpose());
      // The point can always be compared: the unit itself has its other side in the pseudo technology.
      if (score.status != ProgramStatus::optimal) throw NumericalError("bootstrap: a linear program was not solved");
      drawn[i - first][b] = 1.0 / score.efficiency;
    }
    if (replicated) replicated();
  });
  const double tail = 0.5 * (1.0 - options.level);
  for (std::size_t i = first; i < n; ++i) {
    std::vector<double>& star = drawn[i - first];
    const double corrected = 2.0 * distance[i] - mean_of(star);
    std::sort(star.begin(), star.end());
    const double nearest = 2.0 * distance[i] - sorted_quantile(star, 1.0 - tail);
    const double farthest = 2.0 * distance[i] - sorted_quantile(star, tail);
    result.scores.push_back({.bias = 1.0 / distance[i] - 1.0 / corrected,
                             .corrected = 1.0 / corrected,
                             .lower = 1.0 / farthest,
                             .upper = 1.0 / nearest});
  }
  return result;
}

}  // namespace pericore::productivity

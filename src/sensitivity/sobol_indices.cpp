#include "sensitivity/sobol_indices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.h"

namespace pericore::sensitivity {
namespace {

using design::SaltelliLayout;
using design::SaltelliMatrix;

/// Output variance below this share of the squared outputs is rounding.
constexpr double no_variance = 1e-26;

/// Complete blocks of a sample, centred.
struct Blocks {
  std::vector<double> outputs;
  std::size_t count = 0;
  std::size_t dropped = 0;
  double centre = 0.0;
};

Blocks complete_blocks(std::span<const double> outputs, std::size_t block) {
  Blocks blocks;
  for (std::size_t begin = 0; begin < outputs.size(); begin += block) {
    const auto runs = outputs.subspan(begin, block);
    if (std::all_of(runs.begin(), runs.end(), [](double y) { return std::isfinite(y); })) {
      blocks.outputs.insert(blocks.outputs.end(), runs.begin(), runs.end());
      ++blocks.count;
    } else {
      ++blocks.dropped;
    }
  }
  for (const double y : blocks.outputs) blocks.centre += y;
  blocks.centre /= std::max<double>(1.0, static_cast<double>(blocks.outputs.size()));
  for (double& y : blocks.outputs) y -= blocks.centre;
  return blocks;
}

/// All indices are functions of the means of these terms over base points: the sum and sum of squares of A and B, then the
/// numerators of first order, total and closed second order.
class Terms {
 public:
  Terms(const SaltelliLayout& layout, FirstOrderEstimator first_order) : layout_(layout), first_order_(first_order) {}

  [[nodiscard]] std::size_t groups() const { return layout_.groups(); }
  [[nodiscard]] std::size_t pairs() const { return layout_.second_order() ? groups() * (groups() - 1) / 2 : 0; }
  [[nodiscard]] std::size_t count() const { return 2 + 2 * groups() + pairs(); }
  [[nodiscard]] std::size_t indices() const { return 2 * groups() + pairs(); }

  /// The terms of one base point.
  void of_block(std::span<const double> y, std::span<double> terms) const {
    const double a = y[layout_.place(SaltelliMatrix::a)];
    const double b = y[layout_.place(SaltelliMatrix::b)];
    terms[0] = a + b;
    terms[1] = a * a + b * b;
    const std::size_t g = groups();
    std::size_t next = 2 + 2 * g;
    for (std::size_t i = 0; i < g; ++i) {
      const double ab = y[layout_.place(SaltelliMatrix::ab, i)];
      terms[2 + i] = first_order_ == FirstOrderEstimator::saltelli ? b * (ab - a) : -0.5 * (b - ab) * (b - ab);
      terms[2 + g + i] = 0.5 * (a - ab) * (a - ab);
      if (!layout_.second_order()) continue;
      const double ba = y[layout_.place(SaltelliMatrix::ba, i)];
      for (std::size_t j = i + 1; j < g; ++j) terms[next++] = ba * y[layout_.place(SaltelliMatrix::ab, j)] - a * b;
    }
  }

  /// Mean and variance of A and B, from the sums of the terms over n base points.
  static std::pair<double, double> moments(std::span<const double> sums, double n) {
    const double mean = sums[0] / (2.0 * n);
    return {mean, sums[1] / (2.0 * n) - mean * mean};
  }

  /// First order, total, second order.
  void indices_of(std::span<const double> sums, double n, std::span<double> indices) const {
    const double variance = moments(sums, n).second;
    for (std::size_t k = 0; k < indices.size(); ++k) indices[k] = sums[2 + k] / n / variance;
    const std::size_t g = groups();
    if (first_order_ == FirstOrderEstimator::jansen) {
      for (std::size_t i = 0; i < g; ++i) indices[i] += 1.0;
    }
    if (!layout_.second_order()) return;
    std::size_t next = 2 * g;
    for (std::size_t i = 0; i < g; ++i) {
      for (std::size_t j = i + 1; j < g; ++j) indices[next++] -= indices[i] + indices[j];
    }
  }

 private:
  SaltelliLayout layout_;
  FirstOrderEstimator first_order_;
};

void distribute(SobolIndices& result, const Terms& terms, const std::vector<Estimate>& estimates) {
  const std::size_t g = terms.groups();
  result.first_order.assign(estimates.begin(), estimates.begin() + static_cast<std::ptrdiff_t>(g));
  result.total.assign(estimates.begin() + static_cast<std::ptrdiff_t>(g),
                      estimates.begin() + static_cast<std::ptrdiff_t>(2 * g));
  if (terms.pairs() == 0) return;
  std::size_t next = 2 * g;
  for (std::size_t i = 0; i < g; ++i) {
    for (std::size_t j = i + 1; j < g; ++j) {
      result.second_order.push_back({.first = i, .second = j, .estimate = estimates[next++]});
    }
  }
}

}  // namespace

SobolIndices sobol_indices(std::span<const double> outputs, const design::SaltelliLayout& layout,
                           const SobolOptions& options) {
  const std::size_t block = layout.block();
  if (outputs.empty() || outputs.size() % block != 0) {
    throw DomainError(fmt::format("Sobol indices: {} outputs are not blocks of {}", outputs.size(), block));
  }
  const Blocks blocks = complete_blocks(outputs, block);
  const Terms terms(layout, options.first_order);
  const std::size_t width = terms.count();
  std::vector<double> table(blocks.count * width);
  std::vector<double> sums(width, 0.0);
  for (std::size_t k = 0; k < blocks.count; ++k) {
    const auto row = std::span(table).subspan(k * width, width);
    terms.of_block(std::span(blocks.outputs).subspan(k * block, block), row);
    for (std::size_t t = 0; t < width; ++t) sums[t] += row[t];
  }

  SobolIndices result;
  result.used = blocks.count;
  result.dropped = blocks.dropped;
  if (blocks.count < 2) {
    result.reason = "fewer than two base points have all their runs";
  } else {
    const auto [mean, variance] = Terms::moments(sums, static_cast<double>(blocks.count));
    result.mean = blocks.centre + mean;
    result.variance = variance;
    const double scale = blocks.centre * blocks.centre + variance;
    if (!(variance > no_variance * scale)) result.reason = "the output does not vary";
  }
  if (!result.reason.empty()) {
    distribute(result, terms, std::vector<Estimate>(terms.indices()));
    return result;
  }
  std::vector<double> values(terms.indices());
  terms.indices_of(sums, static_cast<double>(blocks.count), values);
  const auto resampled = [&](std::span<const std::size_t> sample, std::span<double> indices) {
    std::vector<double> drawn(width, 0.0);
    for (const std::size_t k : sample) {
      const double* row = &table[k * width];
      for (std::size_t t = 0; t < width; ++t) drawn[t] += row[t];
    }
    terms.indices_of(drawn, static_cast<double>(sample.size()), indices);
  };
  distribute(result, terms, bootstrap(values, blocks.count, options.bootstrap, resampled));
  return result;
}

}  // namespace pericore::sensitivity

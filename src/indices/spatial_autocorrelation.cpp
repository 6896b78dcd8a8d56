#include "indices/spatial_autocorrelation.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/errors.h"
#include "base/parallel.h"
#include "indices/spatial_inference.h"

namespace pericore::indices {

namespace detail {

void finish(SpatialStatistic& statistic, double sign) {
  if (!(statistic.variance > 0.0)) {
    statistic.variance = undefined;
    if (statistic.reason.empty()) statistic.reason = "too few units for a variance";
    return;
  }
  statistic.z = sign * (statistic.value - statistic.expectation) / std::sqrt(statistic.variance);
  statistic.p_value = std::erfc(std::abs(statistic.z) / std::sqrt(2.0));
}

void add_permutations(SpatialStatistic& statistic, std::span<const double> values) {
  if (values.empty()) return;
  const auto count = static_cast<double>(values.size());
  double sum = 0.0;
  long above = 0;
  long below = 0;
  // The same sum in another order is no exceedance.
  const double tie = 1e-12 * std::max(std::abs(statistic.value), 1e-300);
  for (const double value : values) {
    sum += value;
    above += value >= statistic.value - tie ? 1 : 0;
    below += value <= statistic.value + tie ? 1 : 0;
  }
  statistic.permutation_mean = sum / count;
  double squares = 0.0;
  for (const double value : values)
    squares += (value - statistic.permutation_mean) * (value - statistic.permutation_mean);
  statistic.permutation_variance = squares / count;
  const double tail = (1.0 + static_cast<double>(std::min(above, below))) / (1.0 + count);
  statistic.permutation_p_value = std::min(1.0, 2.0 * tail);
}

std::string why_none(const Values& x, const WeightMatrix& w) {
  if (w.rows() != x.size() || w.cols() != x.size()) throw DomainError("weights and values differ in size");
  if (x.size() < 2) return "there are fewer than two units";
  if (!(w.sum() > 0.0)) return "no unit has a neighbour";
  if (x.maxCoeff() - x.minCoeff() <= 1e-13 * x.abs().maxCoeff()) return "the variable does not vary";
  return {};
}

}  // namespace detail

namespace {

/// Sums over weights that the moments need.
struct Constants {
  double n = 0.0;  ///< units with neighbours
  double s0 = 0.0;
  double s1 = 0.0;
  double s2 = 0.0;
};

Constants constants(const WeightMatrix& w) {
  Constants c;
  const Eigen::VectorXd out = w * Eigen::VectorXd::Ones(w.cols());
  const Eigen::VectorXd in = w.transpose() * Eigen::VectorXd::Ones(w.rows());
  c.n = static_cast<double>((out.array() > 0.0).count());
  c.s0 = out.sum();
  c.s2 = (out + in).squaredNorm();
  const WeightMatrix both = w + WeightMatrix(w.transpose());
  c.s1 = 0.5 * both.cwiseProduct(both).sum();
  return c;
}

double kurtosis(const Eigen::ArrayXd& z) {
  const double squares = z.square().sum();
  return static_cast<double>(z.size()) * z.square().square().sum() / (squares * squares);
}

/// The statistic of every permutation of x.
void permute(SpatialStatistic& statistic, const Eigen::ArrayXd& x, const Permutations& permutations,
             const std::function<double(const Eigen::ArrayXd&)>& value) {
  std::vector<double> values(static_cast<std::size_t>(permutations.count));
  parallel_for(values.size(), 8, [&](std::size_t p) {
    Eigen::ArrayXd shuffled = x;
    numerics::KeyedDraws draws(permutations.seed, detail::global_permutations, p);
    numerics::draw_to_front(std::span(shuffled.data(), static_cast<std::size_t>(shuffled.size())),
                            static_cast<std::size_t>(shuffled.size()), draws);
    values[p] = value(shuffled);
  });
  detail::add_permutations(statistic, values);
}

double squared_differences(const Eigen::ArrayXd& x, const WeightMatrix& w) {
  double sum = 0.0;
  for (Eigen::Index i = 0; i < w.outerSize(); ++i) {
    for (WeightMatrix::InnerIterator entry(w, i); entry; ++entry) {
      const double gap = x(i) - x(entry.col());
      sum += entry.value() * gap * gap;
    }
  }
  return sum;
}

double product(const Eigen::ArrayXd& x, const WeightMatrix& w) {
  const Eigen::VectorXd lag = w * x.matrix();
  return x.matrix().dot(lag);
}

}  // namespace

SpatialStatistic moran(const Values& x, const WeightMatrix& w, Hypothesis hypothesis,
                       const Permutations& permutations) {
  SpatialStatistic result;
  result.reason = detail::why_none(x, w);
  if (!result.reason.empty()) return result;
  const auto [n, s0, s1, s2] = constants(w);
  const Eigen::ArrayXd z = x - x.mean();
  const double factor = n / s0 / z.square().sum();
  result.value = factor * product(z, w);
  if (n > 1.0) {
    result.expectation = -1.0 / (n - 1.0);
    const double squared = result.expectation * result.expectation;
    if (hypothesis == Hypothesis::normality) {
      result.variance = (n * n * s1 - n * s2 + 3.0 * s0 * s0) / (s0 * s0 * (n * n - 1.0)) - squared;
    } else if (n > 3.0) {
      const double spread = n * (s1 * (n * n - 3.0 * n + 3.0) - n * s2 + 3.0 * s0 * s0);
      const double peak = kurtosis(z) * (s1 * (n * n - n) - 2.0 * n * s2 + 6.0 * s0 * s0);
      result.variance = (spread - peak) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0 * s0) - squared;
    }
  }
  detail::finish(result);
  permute(result, z, permutations, [&](const Eigen::ArrayXd& shuffled) { return factor * product(shuffled, w); });
  return result;
}

SpatialStatistic geary(const Values& x, const WeightMatrix& w, const Permutations& permutations) {
  SpatialStatistic result;
  result.reason = detail::why_none(x, w);
  if (!result.reason.empty()) return result;
  const auto [n, s0, s1, s2] = constants(w);
  const Eigen::ArrayXd z = x - x.mean();
  const double factor = (n - 1.0) / (2.0 * s0) / z.square().sum();
  result.value = factor * squared_differences(z, w);
  result.expectation = 1.0;
  if (n > 3.0) {
    const double k = kurtosis(z);
    const double a = (n - 1.0) * s1 * (n * n - 3.0 * n + 3.0 - k * (n - 1.0));
    const double b = 0.25 * (n - 1.0) * s2 * (n * n + 3.0 * n - 6.0 - k * (n * n - n + 2.0));
    const double c = s0 * s0 * (n * n - 3.0 - k * (n - 1.0) * (n - 1.0));
    result.variance = (a - b + c) / (n * (n - 2.0) * (n - 3.0) * s0 * s0);
  }
  detail::finish(result, -1.0);
  permute(result, z, permutations,
          [&](const Eigen::ArrayXd& shuffled) { return factor * squared_differences(shuffled, w); });
  return result;
}

SpatialStatistic getis_ord(const Values& x, const WeightMatrix& w, const Permutations& permutations) {
  SpatialStatistic result;
  result.reason = detail::why_none(x, w);
  if (result.reason.empty() && (x < 0.0).any()) result.reason = "a value is negative";
  if (!result.reason.empty()) return result;
  // Units without neighbours count as pairs here: G has no n of its own.
  const auto [linked, s0, s1, s2] = constants(w);
  const auto n = static_cast<double>(x.size());
  const double m1 = x.sum();
  const double m2 = x.square().sum();
  const double m3 = (x * x.square()).sum();
  const double m4 = x.square().square().sum();
  const double pairs = m1 * m1 - m2;
  if (!(pairs > 0.0)) {
    result.reason = "fewer than two values are above zero";
    return result;
  }
  result.value = product(x, w) / pairs;
  result.expectation = s0 / (n * (n - 1.0));
  if (n > 3.0) {
    const double b0 = (n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0 * s0;
    const double b1 = -((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0 * s0);
    const double b2 = -(2.0 * n * s1 - (n + 3.0) * s2 + 6.0 * s0 * s0);
    const double b3 = 4.0 * (n - 1.0) * s1 - 2.0 * (n + 1.0) * s2 + 8.0 * s0 * s0;
    const double b4 = s1 - s2 + s0 * s0;
    const double moment = b0 * m2 * m2 + b1 * m4 + b2 * m1 * m1 * m2 + b3 * m1 * m3 + b4 * m1 * m1 * m1 * m1;
    result.variance =
        moment / (pairs * pairs * n * (n - 1.0) * (n - 2.0) * (n - 3.0)) - result.expectation * result.expectation;
  }
  detail::finish(result);
  permute(result, x, permutations, [&](const Eigen::ArrayXd& shuffled) { return product(shuffled, w) / pairs; });
  return result;
}

}  // namespace pericore::indices

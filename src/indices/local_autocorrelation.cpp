#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/parallel.h"
#include "indices/spatial_autocorrelation.h"
#include "indices/spatial_inference.h"

namespace pericore::indices {
namespace {

struct Row {
  std::vector<Eigen::Index> units;
  std::vector<double> weights;
};

Row row_of(const WeightMatrix& w, Eigen::Index i) {
  Row row;
  for (WeightMatrix::InnerIterator entry(w, i); entry; ++entry) {
    if (entry.value() == 0.0) continue;
    row.units.push_back(entry.col());
    row.weights.push_back(entry.value());
  }
  return row;
}

/// The statistic of unit i, conditional on its own value: neighbours are drawn from the other units.
///
/// @param value  (sum of weights x values of the neighbours) -> statistic
void permute(SpatialStatistic& statistic, const Eigen::ArrayXd& z, Eigen::Index i, const Row& row,
             const Permutations& permutations, const std::function<double(double)>& value) {
  if (permutations.count == 0) return;
  std::vector<double> values(static_cast<std::size_t>(permutations.count));
  std::vector<double> others;
  for (Eigen::Index j = 0; j < z.size(); ++j) {
    if (j != i) others.push_back(z(j));
  }
  // The permutations of a unit are one stream: each shuffles on, which is as random as to start anew.
  numerics::KeyedDraws draws(permutations.seed, detail::local_permutations, static_cast<std::uint64_t>(i));
  for (double& drawn : values) {
    numerics::draw_to_front(std::span(others), row.units.size(), draws);
    double lag = 0.0;
    for (std::size_t k = 0; k < row.units.size(); ++k) lag += row.weights[k] * others[k];
    drawn = value(lag);
  }
  detail::add_permutations(statistic, values);
}

/// Statistics of all units; those without neighbours have the reason only.
std::vector<SpatialStatistic> by_unit(const Values& x, const WeightMatrix& w,
                                      const std::function<SpatialStatistic(Eigen::Index, const Row&)>& of_unit) {
  std::vector<SpatialStatistic> result(static_cast<std::size_t>(x.size()));
  const std::string reason = detail::why_none(x, w);
  parallel_for(result.size(), 8, [&](std::size_t i) {
    const Row row = row_of(w, static_cast<Eigen::Index>(i));
    if (!reason.empty() || row.units.empty()) {
      result[i].reason = reason.empty() ? "the unit has no neighbours" : reason;
    } else {
      result[i] = of_unit(static_cast<Eigen::Index>(i), row);
    }
  });
  return result;
}

}  // namespace

std::vector<SpatialStatistic> local_moran(const Values& x, const WeightMatrix& w, const Permutations& permutations) {
  const auto n = static_cast<double>(x.size());
  const Eigen::ArrayXd z = x.size() == 0 ? Eigen::ArrayXd(x) : Eigen::ArrayXd(x - x.mean());
  const double m2 = z.square().sum() / n;
  return by_unit(x, w, [&](Eigen::Index i, const Row& row) {
    double lag = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t k = 0; k < row.units.size(); ++k) {
      lag += row.weights[k] * z(row.units[k]);
      sum += row.weights[k];
      squares += row.weights[k] * row.weights[k];
    }
    SpatialStatistic result;
    const auto value = [&](double of_lag) { return z(i) * of_lag / m2; };
    result.value = value(lag);
    const double z2 = z(i) * z(i);
    result.expectation = -z2 * sum / ((n - 1.0) * m2);
    if (n > 2.0) {
      result.variance = z2 / (m2 * m2) * (n / (n - 2.0)) * (squares - sum * sum / (n - 1.0)) * (m2 - z2 / (n - 1.0));
      // A row that links equally with everybody has one value whatever the permutation.
      if (result.variance <= 1e-14 * z2 * squares / m2) {
        result.variance = 0.0;
        result.reason = "the value is the same under every permutation";
      }
    }
    detail::finish(result);
    permute(result, z, i, row, permutations, value);
    return result;
  });
}

std::vector<SpatialStatistic> local_getis_ord(const Values& x, const WeightMatrix& w,
                                              const Permutations& permutations) {
  const auto n = static_cast<double>(x.size());
  const Eigen::ArrayXd z = x.size() == 0 ? Eigen::ArrayXd(x) : Eigen::ArrayXd(x - x.mean());
  const double deviation = std::sqrt(z.square().sum() / n);
  return by_unit(x, w, [&](Eigen::Index i, const Row& row) {
    const double self = *std::max_element(row.weights.begin(), row.weights.end());
    double lag = 0.0;
    double sum = self;
    double squares = self * self;
    for (std::size_t k = 0; k < row.units.size(); ++k) {
      lag += row.weights[k] * z(row.units[k]);
      sum += row.weights[k];
      squares += row.weights[k] * row.weights[k];
    }
    SpatialStatistic result;
    const double room = (n * squares - sum * sum) / (n - 1.0);
    if (room <= 1e-14 * n * squares) {
      result.reason = "the unit is linked equally with all others";
      return result;
    }
    const double scale = deviation * std::sqrt(room);
    const auto value = [&](double of_lag) { return (self * z(i) + of_lag) / scale; };
    result.value = value(lag);
    result.expectation = 0.0;
    result.variance = 1.0;
    detail::finish(result);
    permute(result, z, i, row, permutations, value);
    return result;
  });
}

}  // namespace pericore::indices

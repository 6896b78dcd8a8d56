/// What tests of designs measure: is a sample uniform, are two independent.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace pericore::design {

/// Chi-square statistic of numbers in [0, 1] against equal shares of `bins`.
inline double chi_square_uniform(const std::vector<double>& sample, std::size_t bins) {
  std::vector<double> count(bins, 0.0);
  for (const double u : sample) {
    ++count[std::min(bins - 1, static_cast<std::size_t>(u * static_cast<double>(bins)))];
  }
  const double expected = static_cast<double>(sample.size()) / static_cast<double>(bins);
  double sum = 0.0;
  for (const double c : count) sum += (c - expected) * (c - expected) / expected;
  return sum;
}

/// Of two uniform samples in [0, 1], whose moments are known.
inline double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - 0.5) * (b[i] - 0.5);
  return 12.0 * sum / static_cast<double>(a.size());
}

}  // namespace pericore::design

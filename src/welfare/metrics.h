/// A policy in a few numbers, and the same over several seeds with standard errors; docs/welfare.md.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "welfare/assessment.h"

namespace pericore::welfare {

/// One number of one run. A ratio keeps what it is a ratio of, so that several runs can be averaged as the ratio of their means.
struct Metric {
  std::string name;
  std::string unit;
  std::string definition;
  double value = 0.0;        ///< NaN: not defined
  double numerator = 0.0;    ///< of a ratio, in units in which value = numerator / denominator
  double denominator = 0.0;  ///< of a ratio
  double noise = 0.0;        ///< a denominator no larger than this gives no ratio
  bool ratio = false;
};

/// Of the last year, or discounted over all years, as the definition says.
[[nodiscard]] std::vector<Metric> metrics(const Assessment& assessment);

/// Name, unit and definition of each; the values mean nothing.
[[nodiscard]] std::vector<Metric> known_metrics();

/// numerator / denominator, or not defined where the denominator is not above `noise` (>= 0).
[[nodiscard]] double ratio_or_nothing(double numerator, double denominator, double noise);

/// A metric over runs that differ in their seed alone.
struct Estimate {
  std::string name = {};
  std::string unit = {};
  std::string definition = {};
  double mean = 0.0;            ///< NaN where undefined
  double standard_error = 0.0;  ///< of the mean, over seeds; NaN with fewer than two runs
  std::size_t runs = 0;         ///< runs in which it is defined
};

/// Mean over runs and its standard error, s / sqrt(n) with s^2 over n - 1. A ratio is the mean numerator over the mean denominator, its
/// error by the delta method (Cochran 1977, ch. 6); it is not defined where the mean denominator is not above the noise, or not above two of
/// its own standard errors. Policy and baseline of a run have the same seed, so what they share by chance has left the metrics already.
///
/// @param runs  metrics() of each run, all of the same names in the same order
/// @throws DomainError  if names differ, or there is no run
[[nodiscard]] std::vector<Estimate> average(std::span<const std::vector<Metric>> runs);

}  // namespace pericore::welfare

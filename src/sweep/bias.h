/// Estimators held against what is true: the merged file of a sweep that keeps estimates, effect by effect and point by point.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/bias_spec.h"
#include "econometrics/performance.h"
#include "panel/dataset.h"
#include "sweep/plan.h"

namespace pericore::sweep {

/// An estimator of an effect at one point of the design.
struct BiasRow {
  std::int64_t point = 0;
  std::vector<PointValue> parameters;  ///< of the point, by parameter of the sweep
  std::string effect;
  std::string model;
  std::string term;
  econometrics::Performance performance;
  double truth_error = 0.0;  ///< Monte-Carlo standard error of the truth; 0 where it is known exactly
  /// Share of draws in which a test of the model rejects at 1 - level [1], by test.
  std::vector<std::pair<std::string, double>> tests;
};

struct BiasStudy {
  std::vector<std::string> parameters;
  std::vector<BiasRow> rows;  ///< by effect, model, point
  std::uint64_t failed_runs = 0;
};

/// @param merged  file of `pericore sweep merge`
/// @throws InputError  names of models, terms, metrics or parameters that it does not have, all in one text with the nearest spelling
[[nodiscard]] BiasStudy study_bias(const config::BiasSpec& spec, const panel::Dataset& merged);

}  // namespace pericore::sweep

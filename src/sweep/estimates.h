/// Regressions as outputs of a sweep: what estimators make of each run.
#pragma once

#include <string>
#include <vector>

#include "config/sweep_spec.h"
#include "econometrics/run_model.h"
#include "panel/dataset.h"

namespace pericore::sweep {

/// Specifications read once and run on the panel of every run. Results have one shape, that of the scenario itself: a coefficient that a run lacks
/// (a model that fails, a collinear regressor) is NaN.
class Estimates {
 public:
  Estimates() = default;

  /// @param reference  panel of the scenario itself, with all variables
  /// @throws InputError  faults of the specifications, models that the reference cannot tell
  Estimates(const config::SweepEstimates& spec, const panel::Dataset& reference);

  [[nodiscard]] bool empty() const { return jobs_.empty(); }

  /// Variables of the panel that the specifications mention.
  [[nodiscard]] const std::vector<std::string>& needed() const { return needed_; }

  /// Names of the variables that measure() fills, in its order.
  [[nodiscard]] static const std::vector<std::string>& variables();

  /// Puts dimensions and empty variables of results into a panel: `estimate` ("model: term") and `diagnostic` ("model: test").
  void describe(panel::Dataset& dataset) const;

  /// Coefficients, standard errors, p-values [by estimate], then diagnostics [by diagnostic].
  [[nodiscard]] std::vector<std::vector<double>> measure(const panel::Dataset& panel) const;

 private:
  [[nodiscard]] std::vector<econometrics::Estimate> run(const panel::Dataset& panel) const;

  std::vector<econometrics::EstimationJob> jobs_;  ///< without their tables
  std::vector<std::string> needed_;
  std::vector<std::string> estimates_;    ///< labels
  std::vector<std::string> diagnostics_;  ///< labels
};

}  // namespace pericore::sweep

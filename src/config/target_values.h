/// The numbers of a run that a file of targets is about: metrics, coefficients estimated on its panel, and values by label of rankings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/targets_spec.h"
#include "panel/dataset.h"

namespace pericore::config {

struct SimulatedValue {
  double value = 0.0;      ///< NaN where the run has no such number, or it is about another run
  double std_error = 0.0;  ///< of a coefficient, as its specification estimates it; else NaN
};

/// What is wrong with metrics, regions and sectors that targets name, for the run of this name; faults stand at the target.
void check_targets(const TargetSet& set, const std::string& run_name, const panel::Dataset& run, Faults& faults);

/// Numbers of all targets in one run, in order. Specifications are read and estimated here, each model once; a model that cannot be estimated on the run makes
/// its coefficients NaN, an unknown model, group or term is a fault. Where there are faults already, metrics are not evaluated: NaN.
///
/// @param run_name  the targets with this `run`; others are NaN
/// @param baseline  the run without policies; may be null
[[nodiscard]] std::vector<SimulatedValue> target_values(const TargetSet& set, const std::string& run_name,
                                                        const panel::Dataset& run, const panel::Dataset* baseline,
                                                        Faults& faults);

/// What a ranking orders in a run: its labels, and all of their kind that it may be highest of.
struct RankingLabels {
  std::vector<std::string> named;
  std::vector<std::string> all;  ///< empty unless the ranking is among all
};
[[nodiscard]] RankingLabels ranking_labels(const compare::Ranking& ranking, const panel::Dataset& run);

/// The metric of a ranking for one of its labels.
[[nodiscard]] metrics::Metric metric_of_label(const compare::Ranking& ranking, const std::string& label);

}  // namespace pericore::config

/// A file of empirical targets (YAML) for `pericore compare`; docs/compare.md describes it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compare/targets.h"
#include "config/census_spec.h"
#include "config/faults.h"
#include "config/metrics_spec.h"

namespace pericore::config {

/// A run that targets name, and the scenario that makes it.
struct NamedRun {
  std::string name;
  std::string scenario;
};

/// Sampling covariance of the values of two targets.
struct TargetCovariance {
  std::size_t first = 0;
  std::size_t second = 0;
  double covariance = 0.0;
};

struct TargetSet {
  std::string title;
  std::vector<NamedRun> runs;
  std::vector<compare::Target> targets;
  std::vector<compare::Ranking> rankings;
  std::vector<compare::NotCheckable> not_checkable;
  std::vector<PlacedMetric>
      metrics;                ///< of targets, then of rankings, with their places; a coefficient's has a place alone
  std::vector<Node> entries;  ///< of targets, as written
  /// Of values of targets that were estimated on the same data, off the diagonal.
  std::vector<TargetCovariance> covariances;
  std::optional<HindcastSpec> hindcast;
  std::optional<CensusSpec> census;
};

/// Reads targets and the tables they name; all faults are collected.
[[nodiscard]] TargetSet read_targets(const std::filesystem::path& file, Faults& faults);

/// The same of a map that is part of another file; key paths of faults start at it.
[[nodiscard]] TargetSet read_targets(const Node& root, Faults& faults);

}  // namespace pericore::config

/// A file of empirical targets (YAML) for `pericore compare`; docs/compare.md describes it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compare/targets.h"
#include "config/faults.h"
#include "config/metrics_spec.h"
#include "panel/table.h"

namespace pericore::config {

/// Sectors of the run and columns of the census that are one sector in the comparison.
struct HindcastSector {
  std::string name;
  std::vector<std::string> simulated;
  std::vector<std::string> observed;
};

/// Two censuses and how a run is held against them.
struct HindcastSpec {
  panel::Table before;
  panel::Table after;
  int year_before = 0;
  int year_after = 0;
  std::string id;                   ///< column of both tables, and variable of the run, that names units
  std::string fold;                 ///< text variable of the run: units of one fold are predicted from all others
  panel::Table units;               ///< by id: columns that group units, beside those of the run; may be empty
  std::vector<std::string> groups;  ///< columns of `units`
  double sampled = 1.0;             ///< share of persons in the sample of the first census [1]
  std::vector<HindcastSector> sectors;
  Place place;
};

/// A census of one year and how levels of a run are held against it.
struct CensusSpec {
  panel::Table table;
  int year = 0;
  std::string id;
  double sampled = 1.0;  ///< share of persons in the sample [1]
  std::vector<HindcastSector> sectors;
  std::vector<std::string> manufacturing;      ///< of `sectors`: with producer services, for theta; may be empty
  std::vector<std::string> producer_services;  ///< of `sectors`
  std::vector<std::string> left_out;           ///< of `sectors`: no part of the total of theta, e.g. agriculture
  Place place;
};

/// A run that targets name, and the scenario that makes it.
struct NamedRun {
  std::string name;
  std::string scenario;
};

struct TargetSet {
  std::string title;
  std::vector<NamedRun> runs;
  std::vector<compare::Target> targets;
  std::vector<compare::Ranking> rankings;
  std::vector<compare::NotCheckable> not_checkable;
  std::vector<PlacedMetric>
      metrics;  ///< of targets, then of rankings, with their places; a coefficient's has a place alone
  std::optional<HindcastSpec> hindcast;
  std::optional<CensusSpec> census;
};

/// Reads targets and the tables they name; all faults are collected.
[[nodiscard]] TargetSet read_targets(const std::filesystem::path& file, Faults& faults);

/// The same of a map that is part of another file; key paths of faults start at it.
[[nodiscard]] TargetSet read_targets(const Node& root, Faults& faults);

}  // namespace pericore::config

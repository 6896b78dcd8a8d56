/// A calibration file (YAML): which scenario, which parameters, which moments, how they are weighted and searched. docs/calibrate.md describes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "calibrate/problem.h"
#include "config/document.h"
#include "config/sweep_spec.h"
#include "config/targets_spec.h"

namespace pericore::config {

/// How the hindcast's changes count as residuals.
struct HindcastFit {
  std::vector<std::size_t> sectors;  ///< of the hindcast; changes of their location quotients
  bool total = true;                 ///< changes of the log share of each unit in all employment
  double weight = 1.0;               ///< of each series, times the number of folds (provinces), in the objective
  bool by_size = false;              ///< units count by their employment in the first census, not alike
};

/// Units are put into folds by the text variable of the hindcast: each fold is predicted by a fit on the others.
struct FoldsSpec {
  std::uint64_t number = 5;
  std::uint64_t seed = 1;
};

struct CalibrationSpec {
  std::string title;
  SweepSpec
      runs;  ///< scenario, parameters with ranges, seeds; metrics and variables that moments are made of; no design
  calibrate::Problem problem;  ///< parameters and how to search; its moments follow from a run
  Document scenario;
  TargetSet targets;
  std::vector<std::size_t> fitted;  ///< of the targets; the others are judged alone
  std::optional<HindcastFit> hindcast;
  std::optional<FoldsSpec> folds;
  std::string text;          ///< the whole file in one fixed form
  std::string moments_text;  ///< what simulated moments depend on beside scenario, parameters and seed
};

/// Reads a calibration file and what it names, and holds parameters against the scenario at their bounds. All faults are collected.
///
/// @param file  "-" is standard input
[[nodiscard]] CalibrationSpec read_calibration_spec(const std::filesystem::path& file, Faults& faults);

}  // namespace pericore::config

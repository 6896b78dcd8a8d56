/// A study of estimators (YAML): a sweep that keeps estimates, and what is true of them. docs/estimator_bias.md describes it.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "config/faults.h"

namespace pericore::config {

/// A coordinate of the sweep: the truth is a parameter of the runs.
struct TruthParameter {
  std::string name;
};

/// An experiment: change of the outcome over change of the regressor, both metrics of the sweep, means over the draws of a point. A second metric
/// of each pair, where there is one, is taken off the first: what the experiment does elsewhere.
struct TruthRatio {
  std::vector<std::string> above;
  std::vector<std::string> below;
};

using Truth = std::variant<double, TruthParameter, TruthRatio>;

/// Estimates of one effect.
struct StudiedEffect {
  std::string name;
  std::vector<std::string> models;
  std::string term;
  Truth truth;
  Place place;
};

struct BiasSpec {
  std::string title;
  std::filesystem::path sweep;
  double level = 0.95;  ///< of confidence intervals and tests
  std::vector<StudiedEffect> effects;
};

/// All faults are collected; use the result only if there are none. Names are held against results later.
[[nodiscard]] BiasSpec read_bias_spec(const std::filesystem::path& file, Faults& faults);

}  // namespace pericore::config

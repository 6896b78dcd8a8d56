/// Moments of a run: the numbers that a calibration's targets are about, and the changes of its hindcast.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <string>
#include <vector>

#include "calibrate/problem.h"
#include "compare/hindcast.h"
#include "config/calibration_spec.h"
#include "panel/dataset.h"

namespace pericore::moments {

/// Which moments a fit is made on: targets, and units of the hindcast.
struct Choice {
  std::vector<std::size_t> targets;
  std::vector<char> units;  ///< by unit of the hindcast; empty: all
};

class RunMoments {
 public:
  /// Refers to the specification.
  /// @param reference  panel of the scenario itself, with all variables
  /// @throws InputError  targets or hindcast that this panel does not have
  RunMoments(const config::CalibrationSpec& spec, const panel::Dataset& reference);

  /// All targets, then by sector of the hindcast and for all employment the simulated change of every unit. NaN where a run has no such number.
  [[nodiscard]] std::vector<double> of(const panel::Dataset& run, const panel::Dataset* baseline) const;

  [[nodiscard]] std::size_t targets() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool has_hindcast() const { return !hindcast_.fold.empty(); }
  [[nodiscard]] std::size_t units() const { return hindcast_.fold.size(); }
  /// Fold of each unit, as the text variable of the hindcast says.
  [[nodiscard]] const std::vector<std::string>& folds() const { return hindcast_.fold; }
  /// Sectors of the hindcast, and all employment as the last.
  [[nodiscard]] const std::vector<std::string>& series() const { return series_; }

  /// Whether a series is fitted.
  [[nodiscard]] bool is_fitted(std::size_t series) const;

  /// All level targets that are fitted and all units.
  [[nodiscard]] Choice whole() const;
  /// What a fit on a choice takes from `of()`, in the order of its empirical moments.
  [[nodiscard]] std::vector<std::size_t> rows(const Choice& choice) const;
  /// Values, variances (the standard error squared; half the tolerance squared where the source gives none) and weights: each series of the hindcast
  /// counts as many observations as there are folds (provinces) in the choice, each with the mean square of gaps over the mean square of observed changes.
  [[nodiscard]] calibrate::EmpiricalMoments empirical(const Choice& choice) const;

  /// Naive forecasts of a series beside the model's, from simulated changes by unit. Mean reversion is fitted outside of each unit's fold.
  /// @param folds  by unit
  [[nodiscard]] compare::Prediction predict(std::size_t series,
                                            const Eigen::Ref<const Eigen::ArrayXd>& simulated_change,
                                            const std::vector<std::string>& folds) const;

 private:
  [[nodiscard]] const compare::Prediction& observed(std::size_t series) const { return observed_[series]; }
  [[nodiscard]] std::vector<std::size_t> used_units(std::size_t series, const Choice& choice) const;

  const config::CalibrationSpec& spec_;
  compare::HindcastData hindcast_;
  std::vector<std::string> series_;
  std::vector<compare::Prediction> observed_;
};

}  // namespace pericore::moments

/// A calibration from its file to its results: the fit, how it does on what it was fitted on, and on what it was not.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "calibrate/fit.h"
#include "compare/hindcast.h"
#include "compare/targets.h"
#include "moments/run_moments.h"
#include "moments/simulator.h"

namespace pericore::moments {

/// One forecast of one series of the hindcast.
struct ForecastScore {
  std::string series;
  compare::Forecast forecast = compare::Forecast::model;
  compare::Score score;
  double skill_no_change = 0.0;  ///< compare::skill() on the forecast of no change
  double skill_mean_reversion = 0.0;
};

/// A fit without some folds of units, and what it found.
struct FoldFit {
  std::vector<std::string> held_out;  ///< labels of the units left out
  Eigen::VectorXd values;
  bool converged = false;
};

struct Calibration {
  calibrate::Problem problem;
  calibrate::Fit fit;
  std::vector<compare::Outcome> targets;  ///< all of the file, at the estimate
  std::vector<ForecastScore> start;       ///< of the hindcast at the start, all units
  std::vector<ForecastScore> in_sample;   ///< at the estimate, all units
  std::vector<FoldFit> folds;
  std::vector<ForecastScore> out_of_sample;  ///< each unit by the fit that did not know it
  std::vector<std::string>
      units;  ///< of the residuals: series of each, in the order of the fit's gaps behind its block
};

/// Which fold each label is in: labels sorted, then dealt out in an order that belongs to the seed.
[[nodiscard]] std::vector<std::size_t> deal_folds(std::vector<std::string> labels, std::uint64_t number,
                                                  std::uint64_t seed);

/// @param known_points  values of parameters simulated elsewhere, of which the journal has the moments
/// @throws NumericalError, Interrupted
[[nodiscard]] Calibration run_calibration(const config::CalibrationSpec& spec, const RunMoments& moments,
                                          Simulator& simulator, const std::vector<Eigen::VectorXd>& known_points,
                                          const std::function<void(const calibrate::FitProgress&)>& progress);

}  // namespace pericore::moments

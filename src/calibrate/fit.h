/// From a problem to an estimate: global stage, local searches from several starts, second step, inference, profiles.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "calibrate/inference.h"
#include "calibrate/problem.h"

namespace pericore::calibrate {

/// One local search.
struct StartOutcome {
  Eigen::VectorXd from;  ///< values of the parameters
  Eigen::VectorXd to;
  double objective_from = 0.0;
  double objective_to = 0.0;
  int evaluations = 0;
  std::string ended;  ///< as Minimum::ended
};

struct ProfilePoint {
  double value = 0.0;      ///< of the parameter
  double objective = 0.0;  ///< lowest over the others, or with the others at the estimate; NaN where runs failed
};

struct Fit {
  Eigen::VectorXd values;  ///< of the parameters, at the estimate
  Eigen::VectorXd unit;
  double objective = 0.0;
  Simulated simulated;         ///< at the estimate
  Eigen::VectorXd gap;         ///< moments with a variance, priors, residuals
  Weighting weighting;         ///< the last one, of which `objective` is
  Eigen::MatrixXd covariance;  ///< of the gaps of the block
  Eigen::MatrixXd jacobian;    ///< rows as `gap`
  Inference inference;
  std::optional<Bootstrap> bootstrap;               ///< where draws are asked for
  std::vector<StartOutcome> starts;                 ///< of the first step, best first
  std::vector<StartOutcome> second;                 ///< the search of the second step, if there is one
  std::vector<std::vector<ProfilePoint>> profiles;  ///< by parameter, by rising value
  std::vector<std::string> warnings;
  std::uint64_t points = 0;  ///< different points whose moments were asked for
  std::uint64_t failed = 0;  ///< of these, points where a run failed
  bool converged = false;    ///< whether the last search ended by tolerance
};

/// What is going on, for progress.
struct FitProgress {
  std::string stage;
  std::uint64_t points = 0;  ///< simulated or found in the journal so far
  std::uint64_t most = 0;    ///< points at most
  double objective = 0.0;    ///< lowest so far; NaN before any
};

/// The same bytes for any number of threads: searches are pure functions of the moments, and starts are ranked by their order in a design.
///
/// Where runs fail, the objective is ten times the highest of the global stage and the start.
/// @throws NumericalError  if moments fail at every point, or weights cannot be made
[[nodiscard]] Fit fit(const Problem& problem, const Simulate& simulate,
                      const std::function<void(const FitProgress&)>& progress = {});

/// The estimate and starts alone, without derivatives and profiles: for folds.
[[nodiscard]] Fit fit_only(const Problem& problem, const Simulate& simulate,
                           const std::function<void(const FitProgress&)>& progress = {});

}  // namespace pericore::calibrate

#include "calibrate/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace pericore::calibrate {
namespace {

constexpr double at_bound = 1e-4;  // of the range
constexpr double high_condition =
    1e3;  // of W^(1/2) G diag(range): a direction known a thousand times worse than the best
constexpr double chi_squared_95 = 3.841459;  // one degree of freedom
constexpr double flat_share = 0.01;          // of the objective, where it is not in units of chi-squared
constexpr double several_minima = 1e-3;      // of the objective between starts
constexpr double same_minimum = 1e-6;        // of the objective of the start: where the minimum is 0
constexpr double not_straight = 0.3;         // of the change of moments that a line misses
constexpr double no_answer = 1e-6;           // of a moment: largest change over a whole range, in standard errors

std::string direction_text(const Problem& problem, const Eigen::VectorXd& direction) {
  std::string text;
  for (Eigen::Index p = 0; p < direction.size(); ++p) {
    if (std::abs(direction[p]) < 0.1) continue;
    text += fmt::format("{}{:+.2f} {}", text.empty() ? "" : " ", direction[p],
                        problem.parameters[static_cast<std::size_t>(p)].name);
  }
  return text;
}

void warn_of_identification(const Problem& problem, const Fit& fit, std::vector<std::string>& warnings) {
  const Inference& inference = fit.inference;
  for (std::size_t p = 0; p < problem.parameters.size(); ++p) {
    if (inference.identified[p] == 0)
      warnings.push_back(
          fmt::format("{}: not identified: the moments do not tell it; no standard error", problem.parameters[p].name));
  }
  if (inference.condition > high_condition)
    warnings.push_back(fmt::format(
        "weak identification: condition number {:.3g}; the moments hardly tell the direction {} (in widths of ranges)",
        inference.condition, direction_text(problem, inference.directions.rightCols(1).col(0))));
}

/// The lowest rise of the objective towards a side of the range; none where there is no point on that side.
std::optional<double> rise(const std::vector<ProfilePoint>& profile, double value, double objective, bool up) {
  std::optional<double> highest;
  for (const ProfilePoint& point : profile) {
    if (!std::isfinite(point.objective) || (up ? point.value <= value : point.value >= value)) continue;
    highest = std::max(highest.value_or(0.0), point.objective - objective);
  }
  return highest;
}

void warn_of_flat_profiles(const Problem& problem, const Fit& fit, std::vector<std::string>& warnings) {
  const bool chi_squared = is_chi_squared(problem);
  const double enough = chi_squared ? chi_squared_95 : flat_share * fit.objective;
  for (std::size_t p = 0; p < fit.profiles.size(); ++p) {
    for (const bool up : {false, true}) {
      const auto own = rise(fit.profiles[p], fit.values[static_cast<Eigen::Index>(p)], fit.objective, up);
      if (!own || *own >= enough) continue;
      warnings.push_back(
          fmt::format("{}: flat profile {}: up to the bound the objective rises by {:.3g}, less than {:.3g}",
                      problem.parameters[p].name, up ? "above the estimate" : "below the estimate", *own, enough));
    }
  }
}

void warn_of_silent_moments(const Problem& problem, const Fit& fit, std::vector<std::string>& warnings) {
  const Eigen::Index moments = problem.empirical.variance.size();
  Eigen::Index silent = 0;
  for (Eigen::Index k = 0; k < moments; ++k) {
    double most = 0.0;
    for (std::size_t p = 0; p < problem.parameters.size(); ++p) {
      const design::Scale& scale = problem.parameters[p].scale;
      const double width = design::value_at(scale, 1.0) - design::value_at(scale, 0.0);
      most = std::max(most, std::abs(fit.jacobian(k, static_cast<Eigen::Index>(p))) * width);
    }
    if (most <= no_answer * std::sqrt(fit.covariance(k, k))) ++silent;
  }
  if (silent > 0)
    warnings.push_back(
        fmt::format("{} of {} moments answer to no parameter at the estimate: they add to J alone", silent, moments));
}

}  // namespace

bool is_chi_squared(const Problem& problem) {
  return problem.weights != Weights::identity && problem.empirical.weight.size() == 0;
}

std::vector<std::string> warnings_of(const Problem& problem, const Fit& fit) {
  std::vector<std::string> warnings;
  if (!fit.converged)
    warnings.emplace_back(
        "the search ended at its limit of evaluations, not at its tolerance: raise optimiser.local.evaluations");
  for (std::size_t p = 0; p < problem.parameters.size(); ++p) {
    const double unit = fit.unit[static_cast<Eigen::Index>(p)];
    if (unit > at_bound && unit < 1.0 - at_bound) continue;
    warnings.push_back(fmt::format(
        "{}: at the {} bound of its range: standard errors and J assume an estimate inside, and do not hold",
        problem.parameters[p].name, unit < 0.5 ? "lower" : "upper"));
  }
  const auto seeds = fit.simulated.moments.cols();
  if (problem.sampling_error == SamplingError::seeds && problem.weights == Weights::optimal &&
      fit.inference.standard_errors.array().isNaN().all())
    warnings.push_back(fmt::format(
        "{} seeds are too few for optimal weights: no standard errors; take more, or inverse_variance", seeds));
  warn_of_identification(problem, fit, warnings);
  warn_of_flat_profiles(problem, fit, warnings);
  warn_of_silent_moments(problem, fit, warnings);
  if (fit.bootstrap && !(fit.bootstrap->nonlinearity < not_straight))
    warnings.push_back(
        fmt::format("bootstrap: moments are not linear over its intervals ({:.2g} of their change is off a line): it "
                    "says little there",
                    fit.bootstrap->nonlinearity));
  const auto close = [&](const StartOutcome& start) {
    const StartOutcome& best = fit.starts.front();
    return start.objective_to - best.objective_to <=
           several_minima * best.objective_to + same_minimum * std::abs(start.objective_from);
  };
  const auto agreeing = std::count_if(fit.starts.begin(), fit.starts.end(), close);
  if (fit.starts.size() > 1 && agreeing == 1)
    warnings.push_back(fmt::format("only one of {} starts reached the lowest objective: there may be a lower one still",
                                   fit.starts.size()));
  if (fit.failed > 0) warnings.push_back(fmt::format("runs failed at {} of {} points", fit.failed, fit.points));
  return warnings;
}

}  // namespace pericore::calibrate

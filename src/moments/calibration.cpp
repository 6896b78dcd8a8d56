#include "moments/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/errors.h"
#include "design/keyed_permutation.h"

namespace pericore::moments {
namespace {

using compare::Forecast;

constexpr std::uint32_t fold_stream = 0x464f4c44U;

class Run {
 public:
  Run(const config::CalibrationSpec& spec, const RunMoments& moments, Simulator& simulator,
      const std::vector<Eigen::VectorXd>& known_points,
      const std::function<void(const calibrate::FitProgress&)>& progress)
      : spec_(spec), moments_(moments), simulator_(simulator), known_points_(known_points), progress_(progress) {}

  Calibration whole() {
    result_.problem = problem(moments_.whole());
    const std::set<std::string> labels(moments_.folds().begin(), moments_.folds().end());
    if (result_.problem.bootstrap.draws > 0 && labels.size() < 2)
      throw InputError(fmt::format("bootstrap: all units are of one fold, '{}': there is nothing to draw",
                                   labels.empty() ? "" : *labels.begin()));
    result_.fit = calibrate::fit(result_.problem, simulator_.of(moments_.whole()), progress_);
    judge_targets();
    for (std::size_t s = 0; s < moments_.series().size(); ++s) {
      for (std::size_t k = 0; k < residuals(s, moments_.whole()); ++k) result_.units.push_back(moments_.series()[s]);
    }
    if (!moments_.has_hindcast()) return std::move(result_);
    Eigen::VectorXd start(static_cast<Eigen::Index>(result_.problem.parameters.size()));
    for (Eigen::Index p = 0; p < start.size(); ++p)
      start[p] = result_.problem.parameters[static_cast<std::size_t>(p)].start;
    const std::vector<std::string>& folds = moments_.folds();
    result_.start = scores(changes(start), folds);
    result_.in_sample = scores(changes(result_.fit.values), folds);
    if (spec_.folds) fit_folds();
    return std::move(result_);
  }

 private:
  [[nodiscard]] calibrate::Problem problem(const Choice& choice) const {
    calibrate::Problem problem = spec_.problem;
    problem.empirical = moments_.empirical(choice);
    problem.known_points = known_points_;
    return problem;
  }

  [[nodiscard]] std::size_t residuals(std::size_t series, const Choice& choice) const {
    const std::size_t first = moments_.targets() + series * moments_.units();
    const std::vector<std::size_t> rows = moments_.rows(choice);
    return static_cast<std::size_t>(std::count_if(
        rows.begin(), rows.end(), [&](std::size_t row) { return row >= first && row < first + moments_.units(); }));
  }

  calibrate::Simulated at(const Eigen::VectorXd& values) {
    return std::move(simulator_.all_moments({&values, 1}).front());
  }

  void judge_targets() {
    const calibrate::Simulated simulated = at(result_.fit.values);
    for (std::size_t i = 0; i < moments_.targets(); ++i) {
      const Eigen::VectorXd values = simulated.moments.row(static_cast<Eigen::Index>(i));
      result_.targets.push_back(
          compare::judge(spec_.targets.targets[i], {values.data(), static_cast<std::size_t>(values.size())}));
    }
  }

  /// Simulated changes by unit and series, the mean of seeds; NaN where runs failed.
  Eigen::ArrayXXd changes(const Eigen::VectorXd& values) {
    const auto units = static_cast<Eigen::Index>(moments_.units());
    const auto series = static_cast<Eigen::Index>(moments_.series().size());
    const calibrate::Simulated simulated = at(values);
    if (simulated.failed()) return Eigen::ArrayXXd::Constant(units, series, std::numeric_limits<double>::quiet_NaN());
    const Eigen::VectorXd tail = simulated.mean().tail(units * series);
    return Eigen::Map<const Eigen::ArrayXXd>(tail.data(), units, series);
  }

  [[nodiscard]] std::vector<ForecastScore> scores(const Eigen::ArrayXXd& changes,
                                                  const std::vector<std::string>& folds) const {
    std::vector<ForecastScore> result;
    for (std::size_t s = 0; s < moments_.series().size(); ++s) {
      const auto by_forecast = compare::score(moments_.predict(s, changes.col(static_cast<Eigen::Index>(s)), folds));
      const auto of = [&](Forecast forecast) { return by_forecast[static_cast<std::size_t>(forecast)]; };
      for (const Forecast forecast : compare::forecasts) {
        if (forecast == Forecast::model_national) continue;  // takes whole tables of the run, not changes by series
        result.push_back({moments_.series()[s], forecast, of(forecast),
                          compare::skill(of(forecast), of(Forecast::no_change)),
                          compare::skill(of(forecast), of(Forecast::mean_reversion))});
      }
    }
    return result;
  }

  void fit_folds() {
    const std::vector<std::string>& labels = moments_.folds();
    const std::vector<std::size_t> fold_of = deal_folds(labels, spec_.folds->number, spec_.folds->seed);
    const std::size_t folds = 1 + *std::max_element(fold_of.begin(), fold_of.end());
    Eigen::ArrayXXd predicted;
    std::vector<std::string> names(labels.size());
    for (std::size_t f = 0; f < folds; ++f) {
      Choice choice = moments_.whole();
      std::set<std::string> held_out;
      std::vector<Eigen::Index> members;
      for (std::size_t r = 0; r < labels.size(); ++r) {
        choice.units.push_back(fold_of[r] == f ? 0 : 1);
        if (fold_of[r] != f) continue;
        held_out.insert(labels[r]);
        members.push_back(static_cast<Eigen::Index>(r));
        names[r] = fmt::format("fold {}", f + 1);
      }
      const calibrate::Fit fit =
          calibrate::fit_only(problem(choice), simulator_.of(choice), [&](const calibrate::FitProgress& progress) {
            calibrate::FitProgress own = progress;
            own.stage = fmt::format("fold {} of {}, {}", f + 1, folds, progress.stage);
            if (progress_) progress_(own);
          });
      result_.folds.push_back({{held_out.begin(), held_out.end()}, fit.values, fit.converged});
      const Eigen::ArrayXXd all = changes(fit.values);
      if (predicted.size() == 0) predicted = all;
      predicted(members, Eigen::all) = all(members, Eigen::all);
    }
    result_.out_of_sample = scores(predicted, names);
  }

  const config::CalibrationSpec& spec_;
  const RunMoments& moments_;
  Simulator& simulator_;
  const std::vector<Eigen::VectorXd>& known_points_;
  const std::function<void(const calibrate::FitProgress&)>& progress_;
  Calibration result_;
};

}  // namespace

std::vector<std::size_t> deal_folds(std::vector<std::string> labels, std::uint64_t number, std::uint64_t seed) {
  std::vector<std::string> distinct = labels;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() < number)
    throw InputError(fmt::format("folds: {} folds of {} different labels", number, distinct.size()));
  const design::KeyedPermutation order(distinct.size(), seed, fold_stream);
  std::vector<std::size_t> fold_of;
  for (const std::string& label : labels) {
    const auto place =
        static_cast<std::uint64_t>(std::lower_bound(distinct.begin(), distinct.end(), label) - distinct.begin());
    fold_of.push_back(static_cast<std::size_t>(order(place) % number));
  }
  return fold_of;
}

Calibration run_calibration(const config::CalibrationSpec& spec, const RunMoments& moments, Simulator& simulator,
                            const std::vector<Eigen::VectorXd>& known_points,
                            const std::function<void(const calibrate::FitProgress&)>& progress) {
  return Run(spec, moments, simulator, known_points, progress).whole();
}

}  // namespace pericore::moments

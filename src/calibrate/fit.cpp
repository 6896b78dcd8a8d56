#include "calibrate/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <set>

#include "base/errors.h"
#include "base/parallel.h"
#include "calibrate/differences.h"
#include "calibrate/warnings.h"

namespace pericore::calibrate {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double failed_factor = 10.0;  // of the highest objective known before
constexpr double starts_apart = 0.05;   // of the unit cube, largest coordinate

/// A point of the unit cube and its objective.
struct Candidate {
  Eigen::VectorXd unit;
  double objective = nothing;
};

class Fitting {
 public:
  Fitting(const Problem& problem, const Simulate& simulate, const std::function<void(const FitProgress&)>& progress)
      : problem_(problem), simulate_(simulate), progress_(progress), objective_(problem) {
    most_ = 1 + problem.global.points + problem.known_points.size() +
            static_cast<std::uint64_t>(std::max(1, problem.starts) * problem.local.evaluations);
    if (problem.weights == Weights::optimal) most_ += static_cast<std::uint64_t>(problem.local.evaluations);
  }

  Fit run(bool whole) {
    if (whole) {
      const auto parameters = static_cast<std::uint64_t>(problem_.parameters.size());
      most_ += 2 * parameters + parameters * static_cast<std::uint64_t>(problem_.profiles.points *
                                                                        std::max(1, problem_.profiles.evaluations));
    }
    begin();
    search_from_starts();
    if (problem_.weights == Weights::optimal) second_step();
    settle();
    if (whole) {
      differentiate();
      profile();
    }
    result_.points = seen_.size();
    result_.failed = failed_;
    if (whole) result_.warnings = warnings_of(problem_, result_);
    return std::move(result_);
  }

 private:
  // ---- Points

  /// Known points are in the journal by their values, which the way to the unit cube and back need not give to the last digit.
  [[nodiscard]] Eigen::VectorXd values_of(const Eigen::VectorXd& unit) const {
    const auto known = exact_.find({unit.begin(), unit.end()});
    return known == exact_.end() ? values_at(problem_, unit) : known->second;
  }

  Simulated at(const Eigen::VectorXd& unit) { return std::move(at(std::vector{unit}).front()); }

  std::vector<Simulated> at(const std::vector<Eigen::VectorXd>& units) {
    std::vector<Eigen::VectorXd> values;
    for (const Eigen::VectorXd& unit : units) values.push_back(values_of(unit));
    std::vector<Simulated> simulated = simulate_(values);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!seen_.insert({values[i].begin(), values[i].end()}).second) continue;
      if (!simulated[i].failed()) continue;
      ++failed_;
      // Whichever thread comes first: the least text, so that no timing shows.
      if (error_.empty() || simulated[i].error < error_) error_ = simulated[i].error;
    }
    report();
    return simulated;
  }

  void report() {
    if (progress_) progress_({stage_, seen_.size(), most_, best_});
  }

  double distance(const Simulated& simulated, const Eigen::VectorXd& unit) const {
    if (simulated.failed()) return nothing;
    const Eigen::VectorXd gap = objective_.gap(simulated.mean(), values_of(unit));
    return gap.allFinite() ? weighting_.distance(gap) : nothing;
  }

  double finite_objective(const Eigen::VectorXd& unit) {
    const double value = distance(at(unit), unit);
    if (std::isnan(value)) return penalty_;
    const std::lock_guard lock(mutex_);
    if (!(best_ <= value)) best_ = value;
    return value;
  }

  // ---- Stages

  /// Starts, design and known points with the first weights.
  void begin() {
    stage_ = "start";
    Eigen::VectorXd start(static_cast<Eigen::Index>(problem_.parameters.size()));
    for (std::size_t p = 0; p < problem_.parameters.size(); ++p)
      start[static_cast<Eigen::Index>(p)] = problem_.parameters[p].start;
    std::vector<Eigen::VectorXd> units = {unit_at(problem_, start)};
    for (const Eigen::VectorXd& values : problem_.known_points) {
      units.push_back(unit_at(problem_, values));
      exact_.emplace(std::vector<double>(units.back().begin(), units.back().end()), values);
    }
    for (Eigen::VectorXd& unit : design_points(problem_)) units.push_back(std::move(unit));
    if (units.size() > 1) stage_ = "design";
    const std::vector<Simulated> simulated = at(units);
    const auto sound = std::find_if(simulated.begin(), simulated.end(), [](const Simulated& s) { return !s.failed(); });
    if (sound == simulated.end() && !problem_.global.search)
      throw NumericalError(fmt::format("no run succeeded at {}: {}",
                                       units.size() == 1 ? "the start" : "the start or any point of the design",
                                       error_));
    if (sound != simulated.end()) weighting_ = objective_.first_weights(*sound);
    double highest = 0.0;
    for (std::size_t i = 0; i < units.size(); ++i) {
      const double value = distance(simulated[i], units[i]);
      candidates_.push_back({units[i], value});
      if (std::isfinite(value)) highest = std::max(highest, value);
    }
    penalty_ = failed_factor * std::max(highest, std::numeric_limits<double>::min());
    if (problem_.global.search) search_globally(units.front());
  }

  void search_globally(const Eigen::VectorXd& start) {
    stage_ = "global search";
    Search search = problem_.local;
    search.method = *problem_.global.search;
    search.evaluations = static_cast<int>(problem_.global.points);
    search.seed = problem_.global.seed;
    if (weighting_.size() == 0) throw NumericalError(fmt::format("no run succeeded at the start: {}", error_));
    const Minimum found =
        minimise([this](const Eigen::VectorXd& unit) { return finite_objective(unit); }, start, search);
    candidates_.push_back({found.unit, found.value});
  }

  /// The best candidates that are not neighbours of each other.
  [[nodiscard]] std::vector<Candidate> starts() const {
    std::vector<Candidate> sorted = candidates_;
    std::erase_if(sorted, [](const Candidate& c) { return !std::isfinite(c.objective); });
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Candidate& a, const Candidate& b) { return a.objective < b.objective; });
    std::vector<Candidate> chosen;
    for (const Candidate& candidate : sorted) {
      if (static_cast<int>(chosen.size()) >= std::max(1, problem_.starts)) break;
      const bool apart = std::all_of(chosen.begin(), chosen.end(), [&](const Candidate& other) {
        return (candidate.unit - other.unit).cwiseAbs().maxCoeff() > starts_apart;
      });
      if (apart) chosen.push_back(candidate);
    }
    return chosen;
  }

  StartOutcome search_from(const Candidate& start) {
    const Minimum found =
        minimise([this](const Eigen::VectorXd& unit) { return finite_objective(unit); }, start.unit, problem_.local);
    // The start may be better than anything seen later, as its failure cannot be.
    const bool better = found.value < start.objective;
    return {.from = values_of(start.unit),
            .to = values_of(better ? found.unit : start.unit),
            .objective_from = start.objective,
            .objective_to = better ? found.value : start.objective,
            .evaluations = found.evaluations,
            .ended = found.ended};
  }

  void search_from_starts() {
    stage_ = "local search";
    const std::vector<Candidate> chosen = starts();
    if (chosen.empty()) throw NumericalError(fmt::format("no run succeeded anywhere: {}", error_));
    result_.starts.resize(chosen.size());
    parallel_for(chosen.size(), 1, [&](std::size_t i) { result_.starts[i] = search_from(chosen[i]); });
    std::stable_sort(result_.starts.begin(), result_.starts.end(),
                     [](const StartOutcome& a, const StartOutcome& b) { return a.objective_to < b.objective_to; });
    take(result_.starts.front());
  }

  void take(const StartOutcome& outcome) {
    result_.values = outcome.to;
    result_.unit = unit_at(problem_, outcome.to);
    result_.converged = outcome.ended != "evaluations";
  }

  void second_step() {
    stage_ = "second step";
    const Eigen::VectorXd unit = result_.unit;
    const Simulated simulated = at(unit);
    weighting_ = objective_.second_weights(simulated);
    best_ = distance(simulated, unit);
    penalty_ = failed_factor * std::max(best_, 1.0) * 1e3;
    result_.second.push_back(search_from({unit, best_}));
    take(result_.second.front());
  }

  void settle() {
    result_.simulated = simulate_(std::vector{result_.values}).front();
    result_.gap = objective_.gap(result_.simulated.mean(), result_.values);
    result_.weighting = weighting_;
    result_.objective = weighting_.distance(result_.gap);
    result_.covariance = objective_.covariance(result_.simulated);
  }

  // ---- Derivatives and profiles

  void differentiate() {
    stage_ = "derivatives";
    const Eigen::Index parameters = result_.unit.size();
    std::vector<Eigen::VectorXd> units;
    for (Eigen::Index p = 0; p < parameters; ++p) {
      const Neighbours beside = neighbours(result_.unit[p], problem_.difference_step);
      for (const double place : {beside.first, beside.second}) {
        units.push_back(result_.unit);
        units.back()[p] = place;
      }
    }
    const std::vector<Simulated> simulated = at(units);
    for (const Simulated& s : simulated) {
      if (s.failed()) throw NumericalError(fmt::format("a run beside the estimate failed: {}", s.error));
    }
    result_.jacobian.resize(result_.gap.size(), parameters);
    Eigen::VectorXd scale(parameters);
    for (Eigen::Index p = 0; p < parameters; ++p) {
      const auto all = [&](const Eigen::VectorXd& unit, const Simulated& s) {
        return objective_.with_priors(s.mean(), values_at(problem_, unit));
      };
      const std::size_t k = 2 * static_cast<std::size_t>(p);
      result_.jacobian.col(p) = parabola_slope(
          {result_.values[p], values_at(problem_, units[k])[p], values_at(problem_, units[k + 1])[p]},
          {all(result_.unit, result_.simulated), all(units[k], simulated[k]), all(units[k + 1], simulated[k + 1])});
      const design::Scale& range = problem_.parameters[static_cast<std::size_t>(p)].scale;
      scale[p] = design::value_at(range, 1.0) - design::value_at(range, 0.0);
    }
    const bool from_seeds = problem_.sampling_error == SamplingError::seeds;
    const EstimatedMoments moments = {.jacobian = result_.jacobian,
                                      .gap = result_.gap,
                                      .weighting = result_.weighting,
                                      .covariance = result_.covariance,
                                      .cluster = problem_.empirical.cluster,
                                      .covariance_df = from_seeds ? result_.simulated.moments.cols() - 1 : 0,
                                      .optimal = problem_.weights == Weights::optimal,
                                      .scale = scale};
    result_.inference = infer(moments);
    if (problem_.bootstrap.draws > 0) bootstrap(moments);
  }

  /// Draws, and how straight the moments are over the middle 95 % of them: runs at both ends for each parameter.
  void bootstrap(const EstimatedMoments& moments) {
    stage_ = "bootstrap";
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(result_.unit.size());
    const Eigen::VectorXd one = Eigen::VectorXd::Ones(result_.unit.size());
    Bootstrap drawn = bootstrap_clusters(moments, result_.values, values_at(problem_, zero), values_at(problem_, one),
                                         problem_.bootstrap);
    std::vector<Eigen::VectorXd> ends;
    for (Eigen::Index p = 0; p < result_.unit.size(); ++p) {
      for (const double end : {drawn.low[p], drawn.high[p]}) {
        if (end == result_.values[p]) continue;
        ends.push_back(result_.values);
        ends.back()[p] = end;
      }
    }
    std::vector<Eigen::VectorXd> units;
    for (const Eigen::VectorXd& end : ends) {
      units.push_back(unit_at(problem_, end).cwiseMax(0.0).cwiseMin(1.0));
      exact_.emplace(std::vector<double>(units.back().begin(), units.back().end()), end);
    }
    const std::vector<Simulated> simulated = at(units);
    drawn.nonlinearity = 0.0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const double own = simulated[i].failed() ? nothing
                                               : nonlinearity(moments, ends[i] - result_.values,
                                                              objective_.gap(simulated[i].mean(), ends[i]));
      if (!(own <= drawn.nonlinearity)) drawn.nonlinearity = own;
    }
    result_.bootstrap = std::move(drawn);
  }

  void profile() {
    const int points = problem_.profiles.points;
    const std::size_t parameters = problem_.parameters.size();
    result_.profiles.resize(parameters);
    if (points == 0) return;
    stage_ = "profiles";
    // Outwards from the estimate in both directions, so that each point starts from its neighbour's answer.
    std::vector<std::vector<ProfilePoint>> sides(2 * parameters);
    parallel_for(sides.size(), 1, [&](std::size_t side) {
      sides[side] = profile_side(static_cast<Eigen::Index>(side / 2), side % 2 == 1);
    });
    for (std::size_t p = 0; p < parameters; ++p) {
      std::vector<ProfilePoint>& whole = result_.profiles[p];
      whole.assign(sides[2 * p].rbegin(), sides[2 * p].rend());
      whole.push_back({result_.values[static_cast<Eigen::Index>(p)], result_.objective});
      whole.insert(whole.end(), sides[2 * p + 1].begin(), sides[2 * p + 1].end());
    }
  }

  std::vector<ProfilePoint> profile_side(Eigen::Index p, bool up) {
    std::vector<double> places;
    const int points = problem_.profiles.points;
    for (int i = 0; i < points; ++i) {
      const double place = points == 1 ? 0.5 : static_cast<double>(i) / (points - 1);
      if (up ? place > result_.unit[p] : place < result_.unit[p]) places.push_back(place);
    }
    if (!up) std::reverse(places.begin(), places.end());
    std::vector<ProfilePoint> side;
    Eigen::VectorXd near = result_.unit;
    for (const double place : places) {
      near[p] = place;
      side.push_back({design::value_at(problem_.parameters[static_cast<std::size_t>(p)].scale, place),
                      lowest_with_others(p, near)});
    }
    return side;
  }

  /// Moves the other parameters of `unit` to where the objective is lowest.
  double lowest_with_others(Eigen::Index p, Eigen::VectorXd& unit) {
    const double here = distance(at(unit), unit);
    if (problem_.profiles.evaluations == 0 || unit.size() == 1) return here;
    std::vector<Eigen::Index> others;
    for (Eigen::Index q = 0; q < unit.size(); ++q) {
      if (q != p) others.push_back(q);
    }
    Search search = problem_.local;
    search.evaluations = problem_.profiles.evaluations;
    search.first_step = 0.5 * problem_.local.first_step;
    search.tolerance = std::max(search.tolerance, 1e-4);
    Eigen::VectorXd moved = unit;
    const Minimum found = minimise(
        [&](const Eigen::VectorXd& free) {
          moved(others) = free;
          const double value = distance(at(moved), moved);
          return std::isnan(value) ? penalty_ : value;
        },
        unit(others), search);
    if (!(found.value < penalty_)) return here;
    if (std::isnan(here) || found.value < here) {
      unit(others) = found.unit;
      return found.value;
    }
    return here;
  }

  const Problem& problem_;
  const Simulate& simulate_;
  const std::function<void(const FitProgress&)>& progress_;
  Objective objective_;
  Weighting weighting_;
  std::vector<Candidate> candidates_;
  std::map<std::vector<double>, Eigen::VectorXd> exact_;  ///< by point of the unit cube
  double penalty_ = 1.0;
  Fit result_;
  std::mutex mutex_;  // of what follows
  std::set<std::vector<double>> seen_;
  std::uint64_t failed_ = 0;
  std::uint64_t most_ = 0;
  double best_ = nothing;
  std::string error_;
  std::string stage_;
};

}  // namespace

Fit fit(const Problem& problem, const Simulate& simulate, const std::function<void(const FitProgress&)>& progress) {
  return Fitting(problem, simulate, progress).run(true);
}

Fit fit_only(const Problem& problem, const Simulate& simulate,
             const std::function<void(const FitProgress&)>& progress) {
  return Fitting(problem, simulate, progress).run(false);
}

}  // namespace pericore::calibrate

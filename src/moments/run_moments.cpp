#include "moments/run_moments.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/errors.h"
#include "config/hindcast_values.h"
#include "config/target_values.h"

namespace pericore::moments {
namespace {

constexpr std::size_t model_forecast = static_cast<std::size_t>(compare::Forecast::model);

compare::Prediction predict_series(const compare::HindcastData& data, std::size_t series) {
  const auto sectors = static_cast<std::size_t>(data.observed_before.cols());
  return series < sectors
             ? compare::predict(data, static_cast<Eigen::Index>(series), compare::Quantity::location_quotient)
             : compare::predict_total(data);
}

Eigen::ArrayXd simulated_change(const compare::HindcastData& data, std::size_t series) {
  const compare::Prediction prediction = predict_series(data, series);
  return prediction.forecast[model_forecast] - prediction.before;
}

/// Of values that were estimated on the same data; empty where all are independent.
Eigen::MatrixXd empirical_covariance(const config::TargetSet& set, const std::vector<std::size_t>& targets,
                                     const Eigen::VectorXd& variance) {
  Eigen::MatrixXd result = variance.asDiagonal();
  bool any = false;
  const auto row_of = [&](std::size_t target) {
    return static_cast<Eigen::Index>(std::find(targets.begin(), targets.end(), target) - targets.begin());
  };
  for (const config::TargetCovariance& own : set.covariances) {
    const Eigen::Index first = row_of(own.first);
    const Eigen::Index second = row_of(own.second);
    if (first >= result.rows() || second >= result.rows()) continue;
    result(first, second) = result(second, first) = own.covariance;
    any = true;
  }
  return any ? result : Eigen::MatrixXd();
}

}  // namespace

RunMoments::RunMoments(const config::CalibrationSpec& spec, const panel::Dataset& reference) : spec_(spec) {
  config::Faults faults;
  config::check_targets(spec.targets, "", reference, faults);
  config::check_censuses(spec.targets, reference, faults);
  // Specifications are held against a panel here, so that a misspelt term is told before the first of many runs.
  static_cast<void>(config::target_values(spec.targets, "", reference, nullptr, faults));
  faults.raise_if_any();
  if (!spec.targets.hindcast) return;
  const panel::Dataset* const runs[] = {&reference};
  hindcast_ = config::hindcast_tables(*spec.targets.hindcast, runs).data;
  for (const config::HindcastSector& sector : spec.targets.hindcast->sectors) series_.push_back(sector.name);
  series_.emplace_back("all employment");
  for (std::size_t s = 0; s < series_.size(); ++s) observed_.push_back(predict_series(hindcast_, s));
}

std::size_t RunMoments::targets() const { return spec_.targets.targets.size(); }

std::size_t RunMoments::size() const { return targets() + series_.size() * units(); }

std::vector<double> RunMoments::of(const panel::Dataset& run, const panel::Dataset* baseline) const {
  std::vector<double> values;
  values.reserve(size());
  config::Faults faults;
  for (const config::SimulatedValue& value : config::target_values(spec_.targets, "", run, baseline, faults))
    values.push_back(value.value);
  faults.raise_if_any();
  if (!has_hindcast()) return values;
  const panel::Dataset* const runs[] = {&run};
  const compare::HindcastData data = config::hindcast_tables(*spec_.targets.hindcast, runs).data;
  if (data.fold.size() != units()) throw InputError("its regions are not those of the scenario itself");
  for (std::size_t s = 0; s < series_.size(); ++s) {
    const Eigen::ArrayXd change = simulated_change(data, s);
    values.insert(values.end(), change.begin(), change.end());
  }
  return values;
}

bool RunMoments::is_fitted(std::size_t series) const {
  if (!spec_.hindcast) return false;
  if (series + 1 == series_.size()) return spec_.hindcast->total;
  const auto& sectors = spec_.hindcast->sectors;
  return std::find(sectors.begin(), sectors.end(), series) != sectors.end();
}

Choice RunMoments::whole() const { return {.targets = spec_.fitted, .units = {}}; }

std::vector<std::size_t> RunMoments::used_units(std::size_t series, const Choice& choice) const {
  std::vector<std::size_t> used;
  if (!is_fitted(series)) return used;
  const Eigen::ArrayXd change = observed(series).after - observed(series).before;
  for (std::size_t r = 0; r < units(); ++r) {
    if ((choice.units.empty() || choice.units[r] != 0) && std::isfinite(change[static_cast<Eigen::Index>(r)]))
      used.push_back(r);
  }
  return used;
}

std::vector<std::size_t> RunMoments::rows(const Choice& choice) const {
  std::vector<std::size_t> rows = choice.targets;
  for (std::size_t s = 0; s < series_.size(); ++s) {
    for (const std::size_t unit : used_units(s, choice)) rows.push_back(targets() + s * units() + unit);
  }
  return rows;
}

calibrate::EmpiricalMoments RunMoments::empirical(const Choice& choice) const {
  calibrate::EmpiricalMoments moments;
  const std::size_t count = rows(choice).size();
  const std::size_t residuals = count - choice.targets.size();
  moments.values.resize(static_cast<Eigen::Index>(count));
  moments.variance.resize(static_cast<Eigen::Index>(choice.targets.size()));
  moments.weight.resize(static_cast<Eigen::Index>(residuals));
  for (std::size_t k = 0; k < choice.targets.size(); ++k) {
    const compare::Target& target = spec_.targets.targets[choice.targets[k]];
    const double deviation = target.standard_error > 0.0 ? target.standard_error : 0.5 * target.tolerance;
    moments.values[static_cast<Eigen::Index>(k)] = target.value;
    moments.variance[static_cast<Eigen::Index>(k)] = deviation * deviation;
  }
  moments.covariance = empirical_covariance(spec_.targets, choice.targets, moments.variance);
  // Only folds with a unit that is fitted: they are the independent observations of a series.
  std::map<std::string, int> clusters;
  for (std::size_t r = 0; r < units(); ++r) {
    if (choice.units.empty() || choice.units[r] != 0)
      clusters.emplace(hindcast_.fold[r], static_cast<int>(clusters.size()));
  }
  auto at = static_cast<Eigen::Index>(choice.targets.size());
  for (std::size_t s = 0; s < series_.size(); ++s) {
    const std::vector<std::size_t> used = used_units(s, choice);
    const Eigen::ArrayXd change = observed(s).after - observed(s).before;
    const Eigen::ArrayXd size = hindcast_.observed_before.rowwise().sum();
    double squares = 0.0;
    const auto share = [&](std::size_t r) {
      return spec_.hindcast->by_size ? size[static_cast<Eigen::Index>(r)] : 1.0;
    };
    for (const std::size_t r : used)
      squares += share(r) * change[static_cast<Eigen::Index>(r)] * change[static_cast<Eigen::Index>(r)];
    for (const std::size_t r : used) {
      moments.values[at] = change[static_cast<Eigen::Index>(r)];
      // Mean square of gaps over mean square of changes: the number of units, or their sum of sizes, is in both.
      moments.weight[at - moments.variance.size()] =
          spec_.hindcast->weight * static_cast<double>(clusters.size()) * share(r) / squares;
      moments.cluster.push_back(clusters.at(hindcast_.fold[r]));
      ++at;
    }
  }
  return moments;
}

compare::Prediction RunMoments::predict(std::size_t series, const Eigen::Ref<const Eigen::ArrayXd>& simulated_change,
                                        const std::vector<std::string>& folds) const {
  compare::HindcastData data = hindcast_;
  data.fold = folds;
  compare::Prediction prediction = predict_series(data, series);
  prediction.forecast[model_forecast] = prediction.before + simulated_change;
  return prediction;
}

}  // namespace pericore::moments

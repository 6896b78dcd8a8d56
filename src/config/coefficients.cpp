#include "config/coefficients.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/estimation_spec.h"

namespace pericore::config {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Where a key of a coefficient stands, or, where it is taken over from another one, the coefficient itself.
const Place& place_of(const Node& node, const char* key) {
  const Entry* entry = node.kind == NodeKind::map ? node.find(key) : nullptr;
  return entry == nullptr ? node.place : entry->value.place;
}

}  // namespace

CoefficientPlace coefficient_place(const TargetSet& set, std::size_t target) {
  return {set.entries[target].find("coefficient")->value, join_key(set.metrics[target].path, "coefficient")};
}

double EstimatedCoefficient::value() const {
  if (parts.empty()) return nothing;
  double sum = 0.0;
  for (const Part& part : parts)
    sum += part.sign * part.estimate->coefficients[static_cast<std::size_t>(part.row)].estimate;
  return sum;
}

double EstimatedCoefficient::std_error() const {
  if (parts.empty()) return nothing;
  // One coefficient has the error that `estimate` prints, to the last digit.
  if (parts.size() == 1)
    return parts.front().estimate->coefficients[static_cast<std::size_t>(parts.front().row)].std_error;
  return std::sqrt(covariance(*this, *this));
}

double covariance(const EstimatedCoefficient& a, const EstimatedCoefficient& b) {
  double sum = 0.0;
  for (const EstimatedCoefficient::Part& x : a.parts) {
    for (const EstimatedCoefficient::Part& y : b.parts) {
      if (x.estimate == y.estimate) sum += x.sign * y.sign * x.estimate->covariance(x.row, y.row);
    }
  }
  return sum;
}

CoefficientEstimates::CoefficientEstimates(std::function<panel::Table()> table, Faults& faults,
                                           std::optional<NamedAt> data)
    : make_table_(std::move(table)), faults_(faults), data_(std::move(data)) {}

EstimatedCoefficient CoefficientEstimates::find(const compare::Coefficient& coefficient,
                                                const CoefficientPlace& place) {
  EstimatedCoefficient result;
  add(coefficient.of, 1.0, place, result);
  if (!coefficient.less) return result;
  const Entry* less = place.node.find("less");
  const std::size_t before = result.parts.size();
  add(*coefficient.less, -1.0, {less == nullptr ? place.node : less->value, join_key(place.path, "less")}, result);
  if (before == 0 || result.parts.size() == before) result.parts.clear();
  return result;
}

void CoefficientEstimates::add(const compare::CoefficientName& name, double sign, const CoefficientPlace& place,
                               EstimatedCoefficient& result) {
  const econometrics::EstimationJob* job = job_of(name.spec);
  if (job == nullptr) return;
  const auto fault = [&](const char* key, const std::string& text) {
    faults_.add(place_of(place.node, key), join_key(place.path, key), text);
  };
  std::vector<std::string> names;
  for (const auto& model : job->models) names.push_back(model.name);
  const auto model = std::find(names.begin(), names.end(), name.model);
  if (model == names.end())
    return fault("model",
                 fmt::format("no model '{}' in {}{}", name.model, name.spec, nearest_or_all(name.model, names)));
  const Models& models = models_of(name.spec, static_cast<std::size_t>(model - names.begin()));
  if (result.reason.empty()) result.reason = models.error;
  const econometrics::Estimate* own = nullptr;
  std::vector<std::string> groups;
  for (const econometrics::Estimate& estimate : models.estimates) {
    groups.push_back(estimate.group.value_or(""));
    if (groups.back() == name.group) own = &estimate;
  }
  if (own == nullptr) {
    if (!models.estimates.empty())
      fault("group",
            fmt::format("no group '{}' of the specification's 'by'{}", name.group, nearest_or_all(name.group, groups)));
    return;
  }
  if (result.reason.empty()) result.reason = own->error;
  std::vector<std::string> terms = own->dropped;
  for (std::size_t row = 0; row < own->coefficients.size(); ++row) {
    if (own->coefficients[row].name == name.term) {
      result.parts.push_back({own, static_cast<Eigen::Index>(row), sign});
      return;
    }
    terms.push_back(own->coefficients[row].name);
  }
  if (!own->error.empty()) return;
  if (std::find(own->dropped.begin(), own->dropped.end(), name.term) != own->dropped.end()) {
    result.reason = fmt::format("'{}' is collinear with other regressors and was dropped", name.term);
    return;
  }
  fault("term",
        fmt::format("no coefficient '{}' in model '{}'{}", name.term, own->name, nearest_or_all(name.term, terms)));
}

const econometrics::EstimationJob* CoefficientEstimates::job_of(const std::string& spec) {
  const auto [found, fresh] = jobs_.try_emplace(spec);
  if (fresh) {
    if (!table_) table_ = make_table_();
    const OwnFaults own(faults_);
    econometrics::EstimationJob job = read_estimation_job(spec, *table_, faults_);
    if (!own.any()) {
      found->second = std::move(job);
    } else if (data_) {
      faults_.add(data_->place, data_->key, fmt::format("these data do not fit {}: see there", spec));
    }
  }
  return found->second ? &*found->second : nullptr;
}

const CoefficientEstimates::Models& CoefficientEstimates::models_of(const std::string& spec, std::size_t model) {
  const auto [found, fresh] = models_.try_emplace({spec, model});
  if (!fresh) return found->second;
  econometrics::EstimationJob one = *jobs_.at(spec);
  one.models = {one.models[model]};
  one.formulas = {one.formulas[model]};
  try {
    found->second.estimates = econometrics::run_models(one);
  } catch (const InputError& error) {  // what the data cannot tell
    found->second.error = error.what();
  } catch (const NumericalError& error) {  // or the estimator cannot solve
    found->second.error = error.what();
  }
  return found->second;
}

}  // namespace pericore::config

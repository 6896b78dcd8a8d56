#include "sweep/bias.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "base/spelling.h"
#include "sweep/design_text.h"

namespace pericore::sweep {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

template <class Value>
const std::vector<Value>& column(const panel::Dataset& merged, std::string_view name) {
  const auto* values = std::get_if<std::vector<Value>>(&merged.variable(name).values);
  if (values == nullptr) throw InputError(fmt::format("'{}' of the merged file has another type", name));
  return *values;
}

const std::vector<std::string>& labels(const panel::Dataset& merged, std::string_view name) {
  const panel::Dimension* dimension = merged.find_dimension(name);
  const auto* texts = dimension == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&dimension->coordinates);
  if (texts == nullptr) throw InputError("the sweep kept no estimates (`output: {estimates: {files: [...]}}`)");
  return *texts;
}

std::size_t position(const std::vector<std::string>& all, std::string_view wanted) {
  return static_cast<std::size_t>(std::find(all.begin(), all.end(), wanted) - all.begin());
}

class Study {
 public:
  Study(const config::BiasSpec& spec, const panel::Dataset& merged)
      : spec_(spec),
        merged_(merged),
        estimates_(labels(merged, "estimate")),
        diagnostics_(labels(merged, "diagnostic")),
        points_(column<std::int64_t>(merged, "point")) {
    const auto& status = column<std::int64_t>(merged, "status");
    for (std::size_t run = 0; run < points_.size(); ++run) {
      if (status[run] != 0) {
        ++study_.failed_runs;
        continue;
      }
      runs_.push_back(run);
    }
    const std::string* design = merged.find_document("sweep_design");
    if (design == nullptr) throw InputError("no merged file of a sweep: it lacks its design");
    for (const auto& parameter : design_from(*design).parameters) study_.parameters.push_back(parameter.name);
  }

  BiasStudy judge() {
    check_names();
    std::vector<std::int64_t> points = points_;
    std::sort(points.begin(), points.end());
    points.erase(std::unique(points.begin(), points.end()), points.end());
    for (const config::StudiedEffect& effect : spec_.effects) {
      for (const std::string& model : effect.models) {
        for (const std::int64_t point : points) judge(effect, model, point);
      }
    }
    return std::move(study_);
  }

 private:
  void check_names() const {
    config::Faults faults;
    for (const config::StudiedEffect& effect : spec_.effects) {
      for (const std::string& model : effect.models) {
        const std::string wanted = fmt::format("{}: {}", model, effect.term);
        if (position(estimates_, wanted) == estimates_.size())
          faults.add(effect.place, effect.name,
                     fmt::format("the sweep has no estimate '{}'{}", wanted, did_you_mean(wanted, estimates_)));
      }
      if (const auto* parameter = std::get_if<config::TruthParameter>(&effect.truth)) {
        if (std::find(study_.parameters.begin(), study_.parameters.end(), parameter->name) == study_.parameters.end())
          faults.add(effect.place, effect.name + ".truth",
                     fmt::format("the sweep has no parameter '{}'{}", parameter->name,
                                 did_you_mean(parameter->name, study_.parameters)));
      } else if (const auto* ratio = std::get_if<config::TruthRatio>(&effect.truth)) {
        for (const auto* names : {&ratio->above, &ratio->below}) {
          for (const std::string& name : *names) check_metric(effect, name, faults);
        }
      }
    }
    faults.raise_if_any();
  }

  void check_metric(const config::StudiedEffect& effect, const std::string& name, config::Faults& faults) const {
    std::vector<std::string> metrics;
    for (const panel::Variable& variable : merged_.variables()) {
      if (variable.dimensions == std::vector<std::string>{"run"} &&
          std::holds_alternative<std::vector<double>>(variable.values))
        metrics.push_back(variable.name);
    }
    if (std::find(metrics.begin(), metrics.end(), name) == metrics.end())
      faults.add(effect.place, effect.name + ".truth",
                 fmt::format("the sweep has no metric '{}'{}", name, did_you_mean(name, metrics)));
  }

  [[nodiscard]] std::vector<std::size_t> runs_of(std::int64_t point) const {
    std::vector<std::size_t> runs;
    for (const std::size_t run : runs_) {
      if (points_[run] == point) runs.push_back(run);
    }
    return runs;
  }

  [[nodiscard]] std::vector<double> values(std::string_view variable, const std::vector<std::size_t>& runs,
                                           std::size_t label, std::size_t count) const {
    const auto& all = column<double>(merged_, variable);
    std::vector<double> result;
    for (const std::size_t run : runs) result.push_back(all[run * count + label]);
    return result;
  }

  /// Of the first metric, less the second where there is one, over the runs of a point.
  [[nodiscard]] std::vector<double> draws_of(const std::vector<std::string>& names,
                                             const std::vector<std::size_t>& runs) const {
    std::vector<double> draws = values(names[0], runs, 0, 1);
    if (names.size() > 1) {
      const std::vector<double> elsewhere = values(names[1], runs, 0, 1);
      for (std::size_t i = 0; i < draws.size(); ++i) draws[i] -= elsewhere[i];
    }
    return draws;
  }

  struct Known {
    double value = nothing;
    double error = 0.0;
  };

  [[nodiscard]] Known truth_at(const config::StudiedEffect& effect, const std::vector<std::size_t>& runs) const {
    if (const double* number = std::get_if<double>(&effect.truth)) return {*number, 0.0};
    if (runs.empty()) return {};
    if (const auto* parameter = std::get_if<config::TruthParameter>(&effect.truth))
      return {column<double>(merged_, parameter->name)[runs.front()], 0.0};
    const auto& ratio = std::get<config::TruthRatio>(effect.truth);
    const std::vector<double> above = draws_of(ratio.above, runs);
    const std::vector<double> below = draws_of(ratio.below, runs);
    double sum_above = 0.0;
    double sum_below = 0.0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      sum_above += above[i];
      sum_below += below[i];
    }
    const double value = sum_above / sum_below;
    // Ratio of means: delta method (Cochran 1977, eq. 6.13).
    double squares = 0.0;
    for (std::size_t i = 0; i < runs.size(); ++i) squares += std::pow(above[i] - value * below[i], 2);
    const auto n = static_cast<double>(runs.size());
    return {value, n > 1.0 ? std::sqrt(squares / (n * (n - 1.0))) / std::abs(sum_below / n) : nothing};
  }

  void judge(const config::StudiedEffect& effect, const std::string& model, std::int64_t point) {
    const std::vector<std::size_t> runs = runs_of(point);
    BiasRow row{.point = point,
                .parameters = {},
                .effect = effect.name,
                .model = model,
                .term = effect.term,
                .performance = {},
                .tests = {}};
    const auto first = static_cast<std::size_t>(std::find(points_.begin(), points_.end(), point) - points_.begin());
    for (const std::string& parameter : study_.parameters) {
      const panel::Variable& variable = merged_.variable(parameter);
      if (const auto* numbers = std::get_if<std::vector<double>>(&variable.values)) {
        row.parameters.emplace_back((*numbers)[first]);
      } else {
        row.parameters.emplace_back(column<std::string>(merged_, parameter)[first]);
      }
    }
    const std::size_t label = position(estimates_, fmt::format("{}: {}", model, effect.term));
    const Known truth = truth_at(effect, runs);
    row.truth_error = truth.error;
    row.performance =
        econometrics::performance(values("coefficient", runs, label, estimates_.size()),
                                  values("standard_error", runs, label, estimates_.size()), truth.value, spec_.level);
    for (std::size_t d = 0; d < diagnostics_.size(); ++d) {
      const std::string& name = diagnostics_[d];
      if (!name.starts_with(model + ": ") || !name.ends_with(" p")) continue;
      const std::vector<double> p_values = values("diagnostic_value", runs, d, diagnostics_.size());
      const auto told = std::count_if(p_values.begin(), p_values.end(), [](double p) { return std::isfinite(p); });
      const auto rejected =
          std::count_if(p_values.begin(), p_values.end(), [&](double p) { return p < 1.0 - spec_.level; });
      const std::string test = name.substr(model.size() + 2, name.size() - model.size() - 4);
      if (told > 0) row.tests.emplace_back(test, static_cast<double>(rejected) / static_cast<double>(told));
    }
    study_.rows.push_back(std::move(row));
  }

  const config::BiasSpec& spec_;
  const panel::Dataset& merged_;
  const std::vector<std::string>& estimates_;
  const std::vector<std::string>& diagnostics_;
  const std::vector<std::int64_t>& points_;
  std::vector<std::size_t> runs_;  ///< that did not fail
  BiasStudy study_;
};

}  // namespace

BiasStudy study_bias(const config::BiasSpec& spec, const panel::Dataset& merged) { return Study(spec, merged).judge(); }

}  // namespace pericore::sweep

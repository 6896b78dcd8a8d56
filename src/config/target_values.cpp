#include "config/target_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/estimation_spec.h"
#include "config/read_table.h"
#include "metrics/selection.h"

namespace pericore::config {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> labels_of(const panel::Dataset& run, const std::string& dimension) {
  std::vector<std::string> labels;
  const panel::Dimension* found = run.find_dimension(dimension);
  for (std::size_t i = 0; found != nullptr && i < found->size; ++i)
    labels.push_back(panel::to_text(panel::label_at(*found, i)));
  return labels;
}

/// Distinct texts of a variable by region, in order; empty where there is none of that name.
std::vector<std::string> group_labels(const panel::Dataset& run, const std::string& column) {
  const panel::Variable* variable = run.find_variable(column);
  const auto* texts = variable == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&variable->values);
  std::vector<std::string> labels;
  if (texts == nullptr || variable->dimensions != std::vector<std::string>{"region"}) return labels;
  for (const std::string& text : *texts) {
    if (!text.empty() && std::find(labels.begin(), labels.end(), text) == labels.end()) labels.push_back(text);
  }
  return labels;
}

std::vector<std::string> chosen_labels(const metrics::Metric& metric, std::size_t axis, const panel::Dataset& run) {
  std::vector<metrics::Fault> ignored;  // of a metric that was checked
  const metrics::Selection selection = metrics::select(metric, run, metrics_context(run), ignored);
  const std::vector<std::string> labels = labels_of(run, std::string(metrics::axes.at(axis)));
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (selection.chosen.at(axis)[i] != 0) chosen.push_back(labels[i]);
  }
  return chosen;
}

/// Estimates of the models that targets name, on one run.
class Estimates {
 public:
  Estimates(const panel::Dataset& run, Faults& faults) : run_(run), faults_(faults) {}

  SimulatedValue value(const compare::CoefficientName& name, const PlacedMetric& placed, const std::string& key) {
    const econometrics::EstimationJob* job = job_of(name.spec);
    if (job == nullptr) return {nothing, nothing};
    const auto fault = [&](const char* part, const std::string& text) {
      faults_.add(placed.node.place, join_key(join_key(placed.path, key), part), text);
    };
    std::vector<std::string> models;
    for (const auto& model : job->models) models.push_back(model.name);
    const auto model = std::find(models.begin(), models.end(), name.model);
    if (model == models.end()) {
      fault("model", fmt::format("no model '{}' in {}{}", name.model, name.spec, did_you_mean(name.model, models)));
      return {nothing, nothing};
    }
    const auto& estimates = estimates_of(name.spec, static_cast<std::size_t>(model - models.begin()));
    const econometrics::Estimate* own = nullptr;
    std::vector<std::string> groups;
    for (const econometrics::Estimate& estimate : estimates) {
      groups.push_back(estimate.group.value_or(""));
      if (groups.back() == name.group) own = &estimate;
    }
    if (own == nullptr) {
      if (!estimates.empty())
        fault("group",
              fmt::format("no group '{}' of the specification's 'by'{}", name.group, did_you_mean(name.group, groups)));
      return {nothing, nothing};
    }
    return coefficient(*own, name.term, [&](const std::string& text) { fault("term", text); });
  }

 private:
  template <class Fault>
  static SimulatedValue coefficient(const econometrics::Estimate& estimate, const std::string& term, Fault&& fault) {
    std::vector<std::string> terms = estimate.dropped;
    for (const econometrics::Coefficient& own : estimate.coefficients) {
      if (own.name == term) return {own.estimate, own.std_error};
      terms.push_back(own.name);
    }
    const bool dropped = std::find(estimate.dropped.begin(), estimate.dropped.end(), term) != estimate.dropped.end();
    if (!dropped && estimate.error.empty())
      fault(fmt::format("no coefficient '{}' in model '{}'{}", term, estimate.name, did_you_mean(term, terms)));
    return {nothing, nothing};
  }

  const econometrics::EstimationJob* job_of(const std::string& spec) {
    const auto [found, fresh] = jobs_.try_emplace(spec);
    if (fresh) {
      if (!table_) table_ = tidy_table(run_);
      const OwnFaults own(faults_);
      econometrics::EstimationJob job = read_estimation_job(spec, *table_, faults_);
      if (!own.any()) found->second = std::move(job);
    }
    return found->second ? &*found->second : nullptr;
  }

  const std::vector<econometrics::Estimate>& estimates_of(const std::string& spec, std::size_t model) {
    const auto [found, fresh] = estimates_.try_emplace({spec, model});
    if (!fresh) return found->second;
    econometrics::EstimationJob one = *jobs_.at(spec);
    one.models = {one.models[model]};
    one.formulas = {one.formulas[model]};
    try {
      found->second = econometrics::run_models(one);
    } catch (const InputError&) {      // what the data cannot tell
    } catch (const NumericalError&) {  // or the estimator cannot solve
    }
    return found->second;
  }

  const panel::Dataset& run_;
  Faults& faults_;
  std::optional<panel::Table> table_;
  std::map<std::string, std::optional<econometrics::EstimationJob>> jobs_;
  std::map<std::pair<std::string, std::size_t>, std::vector<econometrics::Estimate>> estimates_;
};

void check_ranking(const compare::Ranking& ranking, const PlacedMetric& placed, const panel::Dataset& run,
                   const metrics::Context& context, Faults& faults) {
  const auto fault = [&](const char* key, const std::string& text) {
    faults.add(placed.node.place, join_key(placed.path, key), text);
  };
  const bool column = ranking.by != "region" && ranking.by != "sector";
  const std::vector<std::string> known = column ? group_labels(run, ranking.by) : labels_of(run, ranking.by);
  if (known.empty())
    return fault("by", fmt::format("'{}' is neither region nor sector nor a column of texts by region", ranking.by));
  bool all_known = true;
  for (const std::string& label : ranking.labels) {
    if (std::find(known.begin(), known.end(), label) != known.end()) continue;
    fault("ranking", fmt::format("no {} '{}'{}", ranking.by, label, did_you_mean(label, known)));
    all_known = false;
  }
  if (!ranking.within.empty()) {
    metrics::Metric within = ranking.metric;
    within.regions = ranking.within;
    std::vector<metrics::Fault> found;
    static_cast<void>(metrics::select(within, run, context, found));
    for (const metrics::Fault& f : found) {
      fault("ranking", f.message);
      all_known = false;
    }
  }
  if (!all_known) return;
  const RankingLabels labels = ranking_labels(ranking, run);
  if (labels.named.empty()) return fault("ranking", "no region fits");
  PlacedMetric one = placed;
  one.metric = metric_of_label(ranking, labels.named.front());
  check_metrics({&one, 1}, run, context, faults);
}

}  // namespace

metrics::Metric metric_of_label(const compare::Ranking& ranking, const std::string& label) {
  metrics::Metric own = ranking.metric;
  if (ranking.by == "region") {
    own.regions = {.names = {label}};
  } else if (ranking.by == "sector") {
    own.sectors = {label};
  } else {
    own.regions.columns.emplace_back(ranking.by, std::vector<std::string>{label});
  }
  return own;
}

RankingLabels ranking_labels(const compare::Ranking& ranking, const panel::Dataset& run) {
  RankingLabels labels{.named = ranking.labels, .all = {}};
  if (!ranking.within.empty()) {
    metrics::Metric within = ranking.metric;
    within.regions = ranking.within;
    labels.named = chosen_labels(within, 0, run);
  }
  if (!ranking.among_all) return labels;
  if (ranking.by == "region") {
    labels.all = chosen_labels(ranking.metric, 0, run);
  } else if (ranking.by == "sector") {
    labels.all = chosen_labels(ranking.metric, 1, run);
  } else {
    labels.all = group_labels(run, ranking.by);
  }
  return labels;
}

void check_targets(const TargetSet& set, const std::string& run_name, const panel::Dataset& run, Faults& faults) {
  const metrics::Context context = metrics_context(run);
  for (std::size_t i = 0; i < set.targets.size(); ++i) {
    if (set.targets[i].run == run_name && !set.targets[i].coefficient)
      check_metrics({&set.metrics[i], 1}, run, context, faults);
  }
  for (std::size_t i = 0; i < set.rankings.size(); ++i) {
    if (set.rankings[i].run == run_name)
      check_ranking(set.rankings[i], set.metrics[set.targets.size() + i], run, context, faults);
  }
}

std::vector<SimulatedValue> target_values(const TargetSet& set, const std::string& run_name, const panel::Dataset& run,
                                          const panel::Dataset* baseline, Faults& faults) {
  const metrics::Context context = metrics_context(run);
  std::vector<SimulatedValue> values;
  Estimates estimates(run, faults);
  for (std::size_t i = 0; i < set.targets.size(); ++i) {
    const compare::Target& target = set.targets[i];
    if (target.run != run_name) {
      values.push_back({nothing, nothing});
    } else if (!target.coefficient) {
      values.push_back({metrics::evaluate(target.metric, run, baseline, context), nothing});
    } else {
      SimulatedValue own = estimates.value(target.coefficient->of, set.metrics[i], "coefficient");
      if (target.coefficient->less) {
        const SimulatedValue other = estimates.value(*target.coefficient->less, set.metrics[i], "coefficient.less");
        own = {own.value - other.value, std::hypot(own.std_error, other.std_error)};
      }
      values.push_back(own);
    }
  }
  return values;
}

}  // namespace pericore::config

#include "config/target_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/coefficients.h"
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

/// Numbers in another unit than the metric's are no numbers of it.
void check_unit(const TargetSet& set, std::size_t target, const panel::Dataset& run, Faults& faults) {
  const std::string& written = set.targets[target].unit;
  const std::string own = metrics::unit(set.targets[target].metric, run);
  if (written.empty() || written == own) return;
  faults.add(set.entries[target].find("unit")->value.place, join_key(set.metrics[target].path, "unit"),
             fmt::format("'{}' is not the metric's unit, which is '{}'{}", written, own,
                         own == "log" ? ": 0.09 is a growth of 9.4 %" : ""));
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
    if (set.targets[i].run != run_name || set.targets[i].coefficient) continue;
    const OwnFaults own(faults);
    check_metrics({&set.metrics[i], 1}, run, context, faults);
    if (!own.any()) check_unit(set, i, run, faults);
  }
  for (std::size_t i = 0; i < set.rankings.size(); ++i) {
    if (set.rankings[i].run == run_name)
      check_ranking(set.rankings[i], set.metrics[set.targets.size() + i], run, context, faults);
  }
}

std::vector<SimulatedValue> target_values(const TargetSet& set, const std::string& run_name, const panel::Dataset& run,
                                          const panel::Dataset* baseline, Faults& faults) {
  const metrics::Context context = metrics_context(run);
  const bool sound = faults.empty();
  std::vector<SimulatedValue> values;
  CoefficientEstimates estimates([&] { return tidy_table(run); }, faults);
  for (std::size_t i = 0; i < set.targets.size(); ++i) {
    const compare::Target& target = set.targets[i];
    if (target.run != run_name) {
      values.push_back({nothing, nothing});
    } else if (target.coefficient) {
      const EstimatedCoefficient own = estimates.find(*target.coefficient, coefficient_place(set, i));
      values.push_back({own.value(), own.std_error()});
    } else {
      values.push_back({sound ? metrics::evaluate(target.metric, run, baseline, context) : nothing, nothing});
    }
  }
  return values;
}

}  // namespace pericore::config

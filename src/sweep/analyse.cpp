#include "sweep/analyse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/errors.h"
#include "base/spelling.h"
#include "design/points.h"
#include "numerics/order_statistics.h"
#include "sensitivity/correlation_ratio.h"
#include "sensitivity/morris_indices.h"
#include "sensitivity/pawn.h"
#include "sensitivity/regression_indices.h"
#include "sensitivity/sobol_indices.h"

namespace pericore::sweep {
namespace {

using sensitivity::BootstrapOptions;
using sensitivity::Estimate;

constexpr std::array<std::string_view, 6> words = {"auto",       "morris", "sobol",
                                                   "regression", "pawn",   "correlation_ratio"};

Estimate plain(double value) {
  Estimate estimate;
  estimate.value = value;
  return estimate;
}

BootstrapOptions bootstrap_options(const AnalysisOptions& options, BootstrapOptions defaults = {}) {
  return {.replications = options.replications.value_or(defaults.replications),
          .level = options.level,
          .seed = options.seed};
}

/// What all metrics of a sweep are analysed with.
struct Task {
  const Sample& sample;
  const AnalysisOptions& options;
  Eigen::MatrixXd points;          // coordinates, for what takes any sample
  std::vector<std::size_t> taken;  // their points: all, or A and B of Saltelli's scheme
};

std::vector<std::string> parameter_names(const Sample& sample) {
  std::vector<std::string> names;
  for (const RecordedParameter& parameter : sample.design().parameters) names.push_back(parameter.name);
  return names;
}

std::vector<std::string> group_names(const Sample& sample, const design::Groups& groups) {
  std::vector<std::vector<std::string>> members(groups.count());
  for (std::size_t d = 0; d < groups.dimensions(); ++d)
    members[groups.of(d)].push_back(sample.design().parameters[d].name);
  std::vector<std::string> names;
  for (const auto& of : members) names.push_back(fmt::format("{}", fmt::join(of, " + ")));
  return names;
}

std::vector<double> taken_outputs(const Task& task, const std::string& metric) {
  const std::vector<double> all = task.sample.outputs(metric);
  std::vector<double> outputs;
  for (const std::size_t point : task.taken) outputs.push_back(all[point]);
  return outputs;
}

IndexTable morris_table(const Task& task, const std::string& metric) {
  const auto* trajectories = std::get_if<design::Morris>(&task.sample.design().design);
  const design::Groups groups =
      trajectories != nullptr ? trajectories->groups : design::Groups(task.sample.design().parameters.size());
  const auto indices = sensitivity::morris_indices(
      design::points(*unit_points(task.sample.design().design).design), task.sample.outputs(metric), groups,
      trajectories != nullptr ? sensitivity::Screening::trajectory : sensitivity::Screening::radial,
      bootstrap_options(task.options));
  IndexTable table{
      .method = "morris", .columns = {{"mu_star", true}, {"mu"}, {"sigma"}}, .rows = {}, .summary = {}, .notes = {}};
  const auto names = group_names(task.sample, groups);
  for (std::size_t g = 0; g < names.size(); ++g) {
    table.rows.push_back({.parameter = names[g],
                          .level = {},
                          .indices = {indices[g].mu_star, plain(indices[g].mu), plain(indices[g].sigma)},
                          .used = indices[g].used,
                          .dropped = indices[g].dropped});
  }
  return table;
}

void add_sobol_tables(const Task& task, const std::string& metric, std::vector<IndexTable>& tables) {
  const auto& design = std::get<design::Saltelli>(task.sample.design().design);
  const auto indices = sensitivity::sobol_indices(
      task.sample.outputs(metric), design::layout_of(design),
      {.first_order = sensitivity::FirstOrderEstimator::saltelli, .bootstrap = bootstrap_options(task.options)});
  const auto names = group_names(task.sample, design.groups);
  IndexTable table{.method = "sobol",
                   .columns = {{"S1", true}, {"ST", true}},
                   .ranked_by = 1,
                   .rows = {},
                   .summary = {},
                   .notes = {}};
  if (!indices.reason.empty()) table.notes.push_back("no indices: " + indices.reason);
  for (std::size_t g = 0; g < names.size(); ++g) {
    table.rows.push_back({.parameter = names[g],
                          .level = {},
                          .indices = {indices.first_order[g], indices.total[g]},
                          .used = indices.used,
                          .dropped = indices.dropped});
  }
  tables.push_back(std::move(table));
  if (indices.second_order.empty()) return;
  IndexTable pairs{.method = "sobol_pairs", .columns = {{"S2", true}}, .rows = {}, .summary = {}, .notes = {}};
  for (const sensitivity::PairEstimate& pair : indices.second_order) {
    pairs.rows.push_back({.parameter = names[pair.first] + " : " + names[pair.second],
                          .level = {},
                          .indices = {pair.estimate},
                          .used = indices.used,
                          .dropped = indices.dropped});
  }
  tables.push_back(std::move(pairs));
}

IndexTable regression_table(const Task& task, const std::string& metric) {
  std::vector<std::size_t> columns;  // unordered texts have no slope
  std::vector<std::string> left_out;
  const auto names = parameter_names(task.sample);
  for (std::size_t p = 0; p < names.size(); ++p) {
    if (task.sample.ordered(p)) {
      columns.push_back(p);
    } else {
      left_out.push_back(names[p]);
    }
  }
  IndexTable table{.method = "regression",
                   .columns = {{"SRC", true}, {"PCC", true}, {"SRRC", true}, {"PRCC", true}},
                   .rows = {},
                   .summary = {},
                   .notes = {}};
  for (const std::string& name : names)
    table.rows.push_back({.parameter = name, .level = {}, .indices = std::vector<Estimate>(4)});
  if (!left_out.empty())
    table.notes.push_back(fmt::format("{}: values without an order have no slope and are left out of the regression",
                                      fmt::join(left_out, ", ")));
  if (columns.empty()) return table;
  Eigen::MatrixXd x(task.points.rows(), static_cast<Eigen::Index>(columns.size()));
  for (std::size_t k = 0; k < columns.size(); ++k)
    x.col(static_cast<Eigen::Index>(k)) = task.points.col(static_cast<Eigen::Index>(columns[k]));
  const std::vector<double> outputs = taken_outputs(task, metric);
  for (const bool ranks : {false, true}) {
    const auto fit =
        sensitivity::regression_indices(x, outputs, {.ranks = ranks, .bootstrap = bootstrap_options(task.options)});
    for (std::size_t k = 0; k < columns.size(); ++k) {
      Influence& row = table.rows[columns[k]];
      row.indices[ranks ? 2 : 0] = fit.standardised[k];
      row.indices[ranks ? 3 : 1] = fit.partial[k];
    }
    for (Influence& row : table.rows) {
      row.used = fit.used;
      row.dropped = fit.dropped;
    }
    table.summary.push_back({ranks ? "R2_ranks" : "R2", fit.r2});
    if (!fit.reason.empty() && !ranks) table.notes.push_back("no indices: " + fit.reason);
    if (fit.r2.value < 0.7)
      table.notes.push_back(fmt::format("{} {:.2f}: below some 0.7 {} say little", ranks ? "R2 of ranks" : "R2",
                                        fit.r2.value, ranks ? "SRRC and PRCC" : "SRC and PCC"));
  }
  return table;
}

/// Most words that a parameter takes: each should have a slice of its own, where there are rows enough.
std::size_t most_words(const Task& task) {
  std::size_t most = 0;
  for (std::size_t p = 0; p < task.sample.design().parameters.size(); ++p)
    most = std::max(most, task.sample.labels(p).size());
  return 2 * most <= task.taken.size() ? most : 0;
}

IndexTable correlation_table(const Task& task, const std::string& metric) {
  const std::size_t most = most_words(task);
  const auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(task.taken.size())));
  const auto ratios =
      sensitivity::correlation_ratios(task.points, taken_outputs(task, metric),
                                      {.slices = most > root ? most : 0, .bootstrap = bootstrap_options(task.options)});
  IndexTable table{.method = "correlation_ratio", .columns = {{"S1", true}}, .rows = {}, .summary = {}, .notes = {}};
  if (!ratios.reason.empty()) {
    table.notes.push_back("no indices: " + ratios.reason);
  } else {
    table.notes.push_back(fmt::format("at most {} slices of each parameter", ratios.slices));
  }
  const auto names = parameter_names(task.sample);
  for (std::size_t p = 0; p < names.size(); ++p) {
    table.rows.push_back({.parameter = names[p],
                          .level = {},
                          .indices = {ratios.first_order[p]},
                          .used = ratios.used,
                          .dropped = ratios.dropped});
  }
  return table;
}

IndexTable pawn_table(const Task& task, const std::string& metric) {
  const sensitivity::PawnOptions defaults;
  const auto pawn = sensitivity::pawn_indices(task.points, taken_outputs(task, metric),
                                              {.slices = std::max(defaults.slices, most_words(task)),
                                               .bootstrap = bootstrap_options(task.options, defaults.bootstrap)});
  IndexTable table{.method = "pawn",
                   .columns = {{"median", true}, {"mean", true}, {"maximum", true}, {"minimum", true}, {"cv", true}},
                   .rows = {},
                   .summary = {},
                   .notes = {}};
  const auto add = [&](const std::string& name, const sensitivity::PawnIndex& index) {
    table.rows.push_back({.parameter = name,
                          .level = {},
                          .indices = {index.median, index.mean, index.maximum, index.minimum, index.cv},
                          .used = pawn.used,
                          .dropped = pawn.dropped});
  };
  const auto names = parameter_names(task.sample);
  for (std::size_t p = 0; p < names.size(); ++p) add(names[p], pawn.parameters[p]);
  add("(dummy)", pawn.dummy);
  table.notes.push_back(pawn.reason.empty() ? "what is no larger than that of the dummy is noise"
                                            : "no indices: " + pawn.reason);
  return table;
}

/// How a metric spreads over the points of a sample of the space, and how often it is positive.
IndexTable distribution_table(const Task& task, const std::string& metric) {
  std::vector<double> values = taken_outputs(task, metric);
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto above = std::count_if(values.begin(), values.end(), [](double value) { return value > 0.0; });
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const auto quantile = [&](double p) { return values.empty() ? none : numerics::sorted_quantile(values, p); };
  return {.method = "distribution",
          .columns = {},
          .rows = {},
          .summary = {{"points", plain(count)},
                      {"mean", plain(mean)},
                      {"sd", plain(values.size() < 2 ? none : std::sqrt(squares / (count - 1.0)))},
                      {"minimum", plain(quantile(0.0))},
                      {"q05", plain(quantile(0.05))},
                      {"median", plain(quantile(0.5))},
                      {"q95", plain(quantile(0.95))},
                      {"maximum", plain(quantile(1.0))},
                      {"share_above_0", plain(static_cast<double>(above) / count)}},
          .notes = {}};
}

IndexTable change_table(const Task& task, const std::string& metric) {
  const std::vector<double> outputs = task.sample.outputs(metric);
  const auto options = *unit_points(task.sample.design().design).one_at_a_time;
  IndexTable table{.method = "one_at_a_time",
                   .columns = {{"change"}, {"change_percent"}, {"value"}},
                   .rows = {},
                   .summary = {{"base", plain(outputs.front())}},
                   .notes = {}};
  const double base = outputs.front();
  if (!std::isfinite(base)) table.notes.emplace_back("no changes: the run of the base point failed or is missing");
  for (std::size_t point = 1; point < outputs.size(); ++point) {
    const std::size_t p = *design::describe_row(options, point).dimension;
    const double change = outputs[point] - base;
    const bool there = std::isfinite(outputs[point]);
    table.rows.push_back({.parameter = task.sample.design().parameters[p].name,
                          .level = task.sample.value(p, point),
                          .indices = {plain(change), plain(100.0 * change / base), plain(outputs[point])},
                          .used = there ? std::size_t{1} : 0,
                          .dropped = there ? std::size_t{0} : 1});
  }
  return table;
}

[[noreturn]] void refuse(const RecordedDesign& design, Method method) {
  const bool trajectories = method == Method::morris;
  const std::string needed = trajectories ? "a morris or radial_morris design"
                             : method == Method::sobol
                                 ? "a saltelli design"
                                 : "points all over the space: a sobol, latin_hypercube, monte_carlo, grid, list or "
                                   "saltelli design";
  throw InputError(fmt::format("--method {} needs {}; this sweep's is {}, for which there is --method auto",
                               words[static_cast<std::size_t>(method)], needed, design.type));
}

void require_fit(const RecordedDesign& design, Method method) {
  const bool morris = std::holds_alternative<design::Morris>(design.design) ||
                      std::holds_alternative<design::RadialMorris>(design.design);
  const bool saltelli = std::holds_alternative<design::Saltelli>(design.design);
  const bool one = std::holds_alternative<config::OneAtATimeLevels>(design.design);
  const bool good = method == Method::automatic || (method == Method::morris && morris) ||
                    (method == Method::sobol && saltelli) ||
                    (method != Method::morris && method != Method::sobol && !morris && !one);
  if (!good) refuse(design, method);
}

/// The points of a sample of the space.
std::vector<std::size_t> sample_points(const Sample& sample) {
  const auto* saltelli = std::get_if<design::Saltelli>(&sample.design().design);
  std::vector<std::size_t> taken;
  for (std::size_t point = 0; point < sample.points(); ++point) {
    if (saltelli != nullptr) {
      const auto matrix = design::layout_of(*saltelli).describe(point).matrix;
      if (matrix != design::SaltelliMatrix::a && matrix != design::SaltelliMatrix::b) continue;
    }
    taken.push_back(point);
  }
  return taken;
}

void add_tables(const Task& task, const std::string& metric, std::vector<IndexTable>& tables) {
  const config::SweepDesign& design = task.sample.design().design;
  const Method method = task.options.method;
  if (method == Method::automatic) {
    if (std::holds_alternative<design::Morris>(design) || std::holds_alternative<design::RadialMorris>(design))
      return tables.push_back(morris_table(task, metric));
    if (std::holds_alternative<config::OneAtATimeLevels>(design)) return tables.push_back(change_table(task, metric));
    tables.push_back(distribution_table(task, metric));
    if (std::holds_alternative<design::Saltelli>(design)) return add_sobol_tables(task, metric, tables);
  }
  if (method == Method::morris) return tables.push_back(morris_table(task, metric));
  if (method == Method::sobol) return add_sobol_tables(task, metric, tables);
  const auto wanted = [&](Method one) { return method == Method::automatic || method == one; };
  if (wanted(Method::regression)) tables.push_back(regression_table(task, metric));
  if (wanted(Method::correlation_ratio)) tables.push_back(correlation_table(task, metric));
  if (wanted(Method::pawn)) tables.push_back(pawn_table(task, metric));
}

std::vector<std::string> chosen_metrics(const panel::Dataset& runs, const std::vector<std::string>& wanted) {
  const std::vector<std::string> there = metric_names(runs);
  if (there.empty()) throw InputError("holds no metrics: the sweep kept variables of the panel alone");
  if (wanted.empty()) return there;
  for (const std::string& name : wanted) {
    if (std::find(there.begin(), there.end(), name) == there.end())
      throw InputError(fmt::format("--metric {}: no such metric{}; there are {}", name, did_you_mean(name, there),
                                   fmt::join(there, ", ")));
  }
  return wanted;
}

}  // namespace

std::span<const std::string_view> method_words() { return words; }

std::vector<MetricAnalysis> analyse(const panel::Dataset& runs, const Sample& sample, const AnalysisOptions& options) {
  require_fit(sample.design(), options.method);
  const auto metrics = chosen_metrics(runs, options.metrics);
  Task task{.sample = sample, .options = options, .points = {}, .taken = sample_points(sample)};
  const Eigen::MatrixXd all = sample.coordinates();
  task.points.resize(static_cast<Eigen::Index>(task.taken.size()), all.cols());
  for (std::size_t k = 0; k < task.taken.size(); ++k)
    task.points.row(static_cast<Eigen::Index>(k)) = all.row(static_cast<Eigen::Index>(task.taken[k]));
  std::vector<MetricAnalysis> result;
  for (const std::string& metric : metrics) {
    const panel::Variable& variable = runs.variable(metric);
    MetricAnalysis analysis{.metric = metric,
                            .unit = variable.unit,
                            .definition = variable.long_name,
                            .seed_share = sample.seed_share(metric),
                            .tables = {}};
    add_tables(task, metric, analysis.tables);
    result.push_back(std::move(analysis));
  }
  return result;
}

}  // namespace pericore::sweep

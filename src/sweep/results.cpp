#include "sweep/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "base/spelling.h"

namespace pericore::sweep {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

bool keeps_all(const config::SweepSpec& spec) { return spec.variables.size() == 1 && spec.variables.front() == "all"; }

std::vector<double> as_numbers(const panel::Values& values) {
  if (const auto* numbers = std::get_if<std::vector<double>>(&values)) return *numbers;
  const auto& whole = std::get<std::vector<std::int64_t>>(values);
  return {whole.begin(), whole.end()};
}

bool is_text(const panel::Variable& variable) {
  return std::holds_alternative<std::vector<std::string>>(variable.values);
}

bool has_dimension(const panel::Variable& variable, std::string_view name) {
  return std::find(variable.dimensions.begin(), variable.dimensions.end(), name) != variable.dimensions.end();
}

bool same_labels(const panel::Dimension& a, const panel::Dimension& b) {
  return a.size == b.size && a.coordinates == b.coordinates;
}

}  // namespace

panel::Dimension run_dimension(std::vector<std::int64_t> numbers) {
  return panel::labelled("run", std::move(numbers), "number of the run in the sweep");
}

bool needs_baseline(const config::SweepSpec& spec) {
  return (!spec.estimates.files.empty() && spec.estimates.on_baseline) ||
         std::any_of(spec.metrics.begin(), spec.metrics.end(),
                     [](const config::PlacedMetric& metric) { return metrics::needs_baseline(metric.metric); });
}

Layout::Layout(const Plan& plan, panel::Dataset reference, metrics::Context context)
    : metrics_(config::without_places(plan.spec().metrics)),
      context_(std::move(context)),
      reference_(std::move(reference)) {
  config::Faults faults;
  config::check_metrics(plan.spec().metrics, reference_, context_, faults);
  choose_variables(plan.spec(), faults);
  faults.raise_if_any();
  estimates_ = Estimates(plan.spec().estimates, reference_);
  estimates_on_baseline_ = plan.spec().estimates.on_baseline;
  estimates_.describe(reference_);
  if (!estimates_.empty()) {
    for (const std::string& name : Estimates::variables())
      kept_.push_back({name, reference_.shape(reference_.variable(name)).front(), true});
  }
  if (keeps_all(plan.spec())) return;
  needed_ = metrics::needed_variables(metrics_, reference_);
  const auto need = [&](const std::string& name) {
    if (std::find(needed_.begin(), needed_.end(), name) == needed_.end()) needed_.push_back(name);
  };
  for (const Kept& kept : kept_) {
    if (!kept.estimated) need(kept.name);
  }
  for (const std::string& name : estimates_.needed()) {
    // Facts of regions are in every panel.
    if (reference_.variable(name).provenance == panel::Provenance::simulated) need(name);
  }
}

void Layout::choose_variables(const config::SweepSpec& spec, config::Faults& faults) {
  std::vector<std::string> numeric;
  std::vector<std::string> wanted = spec.variables;
  if (keeps_all(spec)) wanted.clear();
  for (const panel::Variable& variable : reference_.variables()) {
    if (is_text(variable)) continue;
    numeric.push_back(variable.name);
    const auto& own = Estimates::variables();
    const bool estimated = std::find(own.begin(), own.end(), variable.name) != own.end();
    if (keeps_all(spec) && variable.provenance == panel::Provenance::simulated && !estimated)
      wanted.push_back(variable.name);
  }
  for (const std::string& name : wanted) {
    if (std::find(numeric.begin(), numeric.end(), name) == numeric.end()) {
      faults.add(spec.variables_place, "output.variables",
                 fmt::format("unknown variable '{}'{}", name, did_you_mean(name, numeric)));
      continue;
    }
    const auto shape = reference_.shape(reference_.variable(name));
    kept_.push_back({name, std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>())});
  }
}

std::size_t Layout::values_per_run() const {
  std::size_t count = metrics_.size();
  for (const Kept& kept : kept_) count += kept.size;
  return count;
}

void Layout::measure(const panel::Dataset& panel, const panel::Dataset* baseline, RunResult& result) const {
  for (const panel::Dimension& dimension : reference_.dimensions()) {
    const panel::Dimension* own = panel.find_dimension(dimension.name);
    if (own != nullptr && !same_labels(*own, dimension))  // dimensions of variables that are not kept are not there
      throw InputError(fmt::format("its {}s are not those of the scenario itself: results of a sweep have one shape",
                                   dimension.name));
  }
  result.metrics = metrics::evaluate(metrics_, panel, baseline, context_);
  for (const Kept& kept : kept_) {
    if (!kept.estimated) result.variables.push_back(as_numbers(panel.variable(kept.name).values));
  }
  if (estimates_.empty()) return;
  for (auto& values : estimates_.measure(estimates_on_baseline_ ? *baseline : panel))
    result.variables.push_back(std::move(values));
}

panel::Dataset Layout::dataset(const Plan& plan, std::span<const RunResult> results) const {
  const config::SweepSpec& spec = plan.spec();
  panel::Dataset dataset;
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> points;
  std::vector<std::int64_t> seeds;
  std::vector<std::int64_t> status;
  std::vector<std::string> errors;
  std::vector<std::vector<PointValue>> values;
  for (const RunResult& result : results) {
    const PlannedRun run = plan.run(result.number);
    numbers.push_back(static_cast<std::int64_t>(run.number));
    points.push_back(static_cast<std::int64_t>(run.point));
    seeds.push_back(run.seed.value_or(-1));
    status.push_back(static_cast<std::int64_t>(result.status));
    errors.push_back(result.error);
    values.push_back(run.values);
  }
  dataset.add_dimension(run_dimension(numbers));
  for (const panel::Dimension& dimension : reference_.dimensions()) {
    const bool used = std::any_of(kept_.begin(), kept_.end(), [&](const Kept& kept) {
      return has_dimension(reference_.variable(kept.name), dimension.name);
    });
    if (used) dataset.add_dimension(dimension);
  }
  const auto whole = [&](std::string name, const std::string& text, std::vector<std::int64_t> column) {
    dataset.add_variable({.name = std::move(name),
                          .dimensions = {"run"},
                          .unit = "1",
                          .long_name = text,
                          .provenance = panel::Provenance::assumed,
                          .values = std::move(column),
                          .attributes = {}});
  };
  std::string coordinates = "point";
  whole("point", "number of the point of the design", points);
  if (!spec.seeds.empty()) {
    whole("seed", "seed of the random draws", seeds);
    coordinates += " seed";
  }
  for (std::size_t p = 0; p < spec.parameters.size(); ++p) {
    const config::SweepParameter& parameter = spec.parameters[p];
    coordinates += " " + parameter.name;
    panel::Variable variable{
        .name = parameter.name,
        .dimensions = {"run"},
        .unit = parameter.unit,
        .long_name = fmt::format("{}{}{}", parameter.relative ? "multiple of the scenario's own " : "",
                                 fmt::join(parameter.keys, ", "),
                                 parameter.definition.empty() ? "" : ": " + parameter.definition),
        .provenance = panel::Provenance::assumed,
        .values = {},
        .attributes = {}};
    if (parameter.numeric) {
      std::vector<double> column;
      for (const auto& row : values) column.push_back(std::get<double>(row[p]));
      variable.values = std::move(column);
      if (variable.unit.empty()) variable.unit = "1";
    } else {
      std::vector<std::string> column;
      for (const auto& row : values) column.push_back(std::get<std::string>(row[p]));
      variable.values = std::move(column);
      variable.unit.clear();
    }
    dataset.add_variable(std::move(variable));
  }
  whole("status",
        "0 done; 2 wrong input, 3 numbers failed, 4 files failed, 124 longer than the limit: then all results are NaN",
        status);
  dataset.add_variable({.name = "error",
                        .dimensions = {"run"},
                        .unit = "",
                        .long_name = "why the run failed; empty if it did not",
                        .provenance = panel::Provenance::simulated,
                        .values = std::move(errors),
                        .attributes = {}});
  for (std::size_t m = 0; m < metrics_.size(); ++m) {
    std::vector<double> column;
    for (const RunResult& result : results) column.push_back(result.failed() ? nothing : result.metrics[m]);
    dataset.add_variable({.name = metrics_[m].name,
                          .dimensions = {"run"},
                          .unit = metrics::unit(metrics_[m], reference_),
                          .long_name = metrics::definition(metrics_[m], reference_),
                          .provenance = panel::Provenance::simulated,
                          .values = std::move(column),
                          .attributes = {}});
  }
  for (std::size_t v = 0; v < kept_.size(); ++v) {
    const panel::Variable& model = reference_.variable(kept_[v].name);
    panel::Variable variable{.name = model.name,
                             .dimensions = {"run"},
                             .unit = model.unit,
                             .long_name = model.long_name,
                             .provenance = model.provenance,
                             .values = {},
                             .attributes = model.attributes};
    variable.dimensions.insert(variable.dimensions.end(), model.dimensions.begin(), model.dimensions.end());
    std::vector<double> column;
    column.reserve(kept_[v].size * results.size());
    for (const RunResult& result : results) {
      if (result.failed()) {
        column.insert(column.end(), kept_[v].size, nothing);
      } else {
        column.insert(column.end(), result.variables[v].begin(), result.variables[v].end());
      }
    }
    variable.values = std::move(column);
    dataset.add_variable(std::move(variable));
  }
  // What regions and sectors are, as in the scenario itself.
  for (const panel::Variable& fact : reference_.variables()) {
    const bool known = std::all_of(fact.dimensions.begin(), fact.dimensions.end(), [&](const std::string& name) {
      return dataset.find_dimension(name) != nullptr && name != panel::year_dimension;
    });
    if (!known || fact.dimensions.empty() || dataset.find_variable(fact.name) != nullptr) continue;
    dataset.add_variable(fact);
    coordinates += " " + fact.name;
  }
  dataset.set_attribute("coordinates", coordinates);
  return dataset;
}

}  // namespace pericore::sweep

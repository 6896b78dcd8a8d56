#include <cmath>
#include <limits>
#include <optional>

#include "base/errors.h"
#include "metrics/metric.h"
#include "metrics/selection.h"
#include "metrics/statistic.h"
#include "welfare/metrics.h"

namespace pericore::metrics {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Slope of least squares over the years that have a value; at least two.
double slope(std::span<const double> values) {
  double n = 0.0;
  double mean_t = 0.0;
  double mean_y = 0.0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (std::isnan(values[t])) continue;
    n += 1.0;
    mean_t += static_cast<double>(t);
    mean_y += values[t];
  }
  if (n < 2.0) return undefined;
  mean_t /= n;
  mean_y /= n;
  double ty = 0.0;
  double tt = 0.0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (std::isnan(values[t])) continue;
    const double from_mean = static_cast<double>(t) - mean_t;
    ty += from_mean * (values[t] - mean_y);
    tt += from_mean * from_mean;
  }
  return ty / tt;
}

/// The metric in one panel: its level, or its change there.
double in_panel(const Metric& metric, const panel::Dataset& dataset, const Context& context) {
  std::vector<Fault> faults;
  const Selection selection = select(metric, dataset, context, faults);
  const std::optional<Selection> other =
      metric.relative_to.empty() ? std::nullopt : std::optional(select_relative(metric, dataset, context, faults));
  const std::vector<int> groups = groups_of(metric, dataset, faults);
  const Span years = years_of(metric, dataset, faults);
  if (!faults.empty()) return undefined;
  const Grid grid(dataset, metric.variable);
  const std::optional<Grid> weight =
      metric.weight.empty() ? std::nullopt : std::optional<Grid>(std::in_place, dataset, metric.weight);
  const auto of_regions = [&](const Selection& regions, std::size_t year) {
    return statistic_of(metric, grid, weight ? &*weight : nullptr, regions, groups, grid.has_year() ? year : 0,
                        weight && weight->has_year() ? year : 0);
  };
  const auto of_year = [&](std::size_t year) {
    const double own = of_regions(selection, year);
    if (!other) return own;
    const double divisor = of_regions(*other, year);
    return divisor != 0.0 ? own / divisor : undefined;
  };
  if (metric.of == Comparison::change) return of_year(years.last) - of_year(years.first);
  if (metric.of == Comparison::growth) {
    const double first = of_year(years.first);
    const double last = of_year(years.last);
    return first > 0.0 && last > 0.0 ? std::log(last / first) : undefined;
  }
  if (metric.of == Comparison::trend) {
    std::vector<double> values;
    for (std::size_t year = years.first; year <= years.last; ++year) values.push_back(of_year(year));
    return slope(values);
  }
  double sum = 0.0;
  for (std::size_t year = years.first; year <= years.last; ++year) sum += of_year(year);
  return sum / static_cast<double>(years.last - years.first + 1);
}

double discount_rate_of(const panel::Dataset& run) {
  const panel::AttributeValue* kept = run.find_attribute("discount_rate");
  if (kept != nullptr && std::holds_alternative<double>(*kept)) return std::get<double>(*kept);
  return welfare::Settings{}.discount_rate;
}

/// Nothing where it cannot be assessed.
std::vector<welfare::Metric> welfare_of(const panel::Dataset& run, const panel::Dataset* baseline,
                                        const Context& context) {
  if (baseline == nullptr) return {};
  return welfare::metrics(
      welfare::assess(run, *baseline,
                      context.welfare.value_or(welfare::Settings{.discount_rate = discount_rate_of(run),
                                                                 .targets = welfare::targets_of(run)})));
}

double find(const std::vector<welfare::Metric>& metrics, std::string_view name) {
  for (const welfare::Metric& metric : metrics) {
    if (metric.name == name) return metric.value;
  }
  return undefined;
}

double of_variable(const Metric& metric, const panel::Dataset& run, const panel::Dataset* baseline,
                   const Context& context) {
  const bool effect = metric.of == Comparison::effect || metric.of == Comparison::effect_percent;
  if (effect && baseline == nullptr) return undefined;
  const double with = in_panel(metric, run, context);
  if (!effect) return with;
  const double without = in_panel(metric, *baseline, context);
  if (metric.of == Comparison::effect) return with - without;
  return without != 0.0 ? 100.0 * (with / without - 1.0) : undefined;
}

}  // namespace

std::vector<double> evaluate(std::span<const Metric> metrics, const panel::Dataset& run, const panel::Dataset* baseline,
                             const Context& context) {
  std::optional<std::vector<welfare::Metric>> assessed;
  std::vector<double> values;
  for (const Metric& metric : metrics) {
    double value = undefined;
    try {
      if (metric.welfare.empty()) {
        value = of_variable(metric, run, baseline, context);
      } else {
        if (!assessed) {
          assessed.emplace();  // once, also where it fails
          *assessed = welfare_of(run, baseline, context);
        }
        value = find(*assessed, metric.welfare);
      }
    } catch (const DomainError&) {  // the panel lacks what the metric needs; check() says what
    }
    values.push_back(value);
  }
  return values;
}

double evaluate(const Metric& metric, const panel::Dataset& run, const panel::Dataset* baseline,
                const Context& context) {
  return evaluate(std::span(&metric, 1), run, baseline, context).front();
}

}  // namespace pericore::metrics

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

/// The metric in one panel: its level, or its change there.
double in_panel(const Metric& metric, const panel::Dataset& dataset, const Context& context) {
  std::vector<Fault> faults;
  const Selection selection = select(metric, dataset, context, faults);
  const Span years = years_of(metric, dataset, faults);
  if (!faults.empty()) return undefined;
  const Grid grid(dataset, metric.variable);
  const std::optional<Grid> weight =
      metric.weight.empty() ? std::nullopt : std::optional<Grid>(std::in_place, dataset, metric.weight);
  const auto of_year = [&](std::size_t year) {
    return statistic_of(metric, grid, weight ? &*weight : nullptr, selection, grid.has_year() ? year : 0,
                        weight && weight->has_year() ? year : 0);
  };
  if (metric.of == Comparison::change) return of_year(years.last) - of_year(years.first);
  if (metric.of == Comparison::growth) {
    const double first = of_year(years.first);
    const double last = of_year(years.last);
    return first > 0.0 && last > 0.0 ? std::log(last / first) : undefined;
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

#include <fmt/format.h>

#include "metrics/metric.h"
#include "metrics/selection.h"
#include "metrics/statistic.h"
#include "welfare/metrics.h"

namespace pericore::metrics {
namespace {

welfare::Metric welfare_metric(std::string_view name) {
  for (const welfare::Metric& metric : welfare::known_metrics()) {
    if (metric.name == name) return metric;
  }
  return {};
}

std::string what(Statistic statistic, const std::string& of) {
  switch (statistic) {
    case Statistic::value:
      return of;
    case Statistic::sum:
      return "sum of " + of;
    case Statistic::mean:
      return "mean of " + of;
    case Statistic::min:
      return "smallest " + of;
    case Statistic::max:
      return "largest " + of;
    case Statistic::sd:
      return "standard deviation of " + of;
    case Statistic::cv:
      return "coefficient of variation of " + of;
    case Statistic::gini:
      return "Gini coefficient of " + of;
    case Statistic::theil:
      return "Theil's T of " + of;
    case Statistic::hhi:
      return "Herfindahl-Hirschman index of " + of;
    case Statistic::hoover:
      return "Hoover index of " + of;
    case Statistic::share:
      return "share in " + of;
    case Statistic::lq:
      return "location quotient by " + of;
  }
  return of;
}

std::string words_text(std::string_view kind, const std::vector<std::string>& words) {
  return words.empty() ? "" : fmt::format("; {} {}", kind, fmt::join(words, ", "));
}

std::string filter_text(const std::string& kind, const RegionFilter& filter) {
  std::string text = words_text(kind, filter.names);
  for (const auto& [column, values] : filter.columns) text += words_text(kind + " with " + column, values);
  if (!filter.condition.empty()) text += fmt::format("; {} where {}", kind, filter.condition);
  return text + words_text(kind + " except", filter.except);
}

std::string selection_text(const Metric& metric) {
  return words_text("sectors", metric.sectors) + words_text("factors", metric.factors) +
         filter_text("regions", metric.regions) + filter_text("relative to regions", metric.relative_to);
}

std::string years_text(const Metric& metric, const panel::Dataset& reference, const Grid& grid) {
  std::string text;
  if (grid.has_year()) {
    std::vector<Fault> ignored;  // of a metric without faults
    const Span years = years_of(metric, reference, ignored);
    const auto label = [&](std::size_t position) {
      return panel::to_text(panel::label_at(reference.dimension(panel::year_dimension), position));
    };
    if (between_years(metric.of)) {
      const char* const kind = metric.of == Comparison::change   ? "change"
                               : metric.of == Comparison::growth ? "log change"
                                                                 : "trend a year (least squares)";
      return fmt::format("; {} from {} to {}", kind, label(years.first), label(years.last));
    }
    text = years.first == years.last ? fmt::format("; {}", label(years.last))
                                     : fmt::format("; mean of {} to {}", label(years.first), label(years.last));
  }
  if (metric.of == Comparison::effect) text += "; with policies less without";
  if (metric.of == Comparison::effect_percent) text += "; change by policies";
  return text;
}

}  // namespace

std::string unit(const Metric& metric, const panel::Dataset& reference) {
  if (!metric.welfare.empty()) return welfare_metric(metric.welfare).unit;
  if (metric.of == Comparison::trend) {
    Metric level = metric;
    level.of = Comparison::level;
    return unit(level, reference) + "/year";
  }
  if (!metric.relative_to.empty() && metric.of != Comparison::growth && metric.of != Comparison::effect_percent)
    return "1";
  if (metric.of == Comparison::growth) return "log";
  if (metric.of == Comparison::effect_percent) return "%";
  switch (metric.statistic) {
    case Statistic::theil:
      return "nats";
    case Statistic::cv:
    case Statistic::gini:
    case Statistic::hhi:
    case Statistic::hoover:
    case Statistic::share:
    case Statistic::lq:
      return "1";
    default:
      return reference.variable(metric.variable).unit;
  }
}

std::string definition(const Metric& metric, const panel::Dataset& reference) {
  if (!metric.welfare.empty()) return welfare_metric(metric.welfare).definition;
  const Grid grid(reference, metric.variable);
  std::string text = what(metric.statistic, reference.variable(metric.variable).long_name);
  if (goes_across(metric.statistic)) {
    if (!metric.groups.empty()) text += fmt::format(" across groups of regions by {}", metric.groups);
    if (const auto axis = axis_across(metric, grid); axis && metric.groups.empty())
      text += fmt::format(" across {}s", axes[*axis]);
  }
  if (!metric.weight.empty()) {
    text += metric.statistic == Statistic::hoover ? ", against " : ", weighted by ";
    text += reference.variable(metric.weight).long_name;
  }
  return text + selection_text(metric) + years_text(metric, reference, grid);
}

}  // namespace pericore::metrics

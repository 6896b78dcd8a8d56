#include "metrics/metric.h"

#include <algorithm>
#include <array>

#include "metrics/condition.h"
#include "welfare/country.h"
#include "welfare/metrics.h"

namespace pericore::metrics {
namespace {

constexpr std::array<std::string_view, 13> statistics = {"value", "sum",   "mean", "min",    "max",   "sd", "cv",
                                                         "gini",  "theil", "hhi",  "hoover", "share", "lq"};
constexpr std::array<std::string_view, 6> comparisons = {"level",  "change",         "growth",
                                                         "effect", "effect_percent", "trend"};

}  // namespace

std::span<const std::string_view> statistic_words() { return std::span(statistics).subspan(1); }

std::span<const std::string_view> comparison_words() { return comparisons; }

std::string_view to_text(Statistic statistic) { return statistics.at(static_cast<std::size_t>(statistic)); }

std::string_view to_text(Comparison comparison) { return comparisons.at(static_cast<std::size_t>(comparison)); }

bool between_years(Comparison comparison) {
  return comparison == Comparison::change || comparison == Comparison::growth || comparison == Comparison::trend;
}

bool needs_baseline(const Metric& metric) {
  return !metric.welfare.empty() || metric.of == Comparison::effect || metric.of == Comparison::effect_percent;
}

bool goes_across(Statistic statistic) { return statistic >= Statistic::sd && statistic <= Statistic::hoover; }

bool takes_weight(Statistic statistic) {
  return statistic == Statistic::mean || (goes_across(statistic) && statistic != Statistic::hhi);
}

std::vector<std::string> welfare_names() {
  std::vector<std::string> names;
  for (const welfare::Metric& metric : welfare::known_metrics()) names.push_back(metric.name);
  return names;
}

std::vector<std::string> needed_variables(std::span<const Metric> metrics, const panel::Dataset& reference) {
  std::vector<std::string> names;
  const auto need = [&](const std::string& name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const Metric& metric : metrics) {
    if (metric.welfare.empty()) {
      need(metric.variable);
      need(metric.weight);
      need(metric.groups);
      for (const RegionFilter* filter : {&metric.regions, &metric.relative_to}) {
        if (filter->condition.empty()) continue;
        for (const std::string& name : condition_variables(filter->condition)) {
          if (reference.find_variable(name) != nullptr) need(name);
        }
      }
      continue;
    }
    for (const char* name : welfare::needed_variables()) {
      need(name);
      if (const std::string truth = std::string("true_") + name; reference.find_variable(truth) != nullptr) need(truth);
    }
    if (metric.welfare == "observed_tfp") need("tfp");
  }
  return names;
}

}  // namespace pericore::metrics

#include "welfare/metrics.h"

#include <cmath>
#include <limits>
#include <utility>

#include "base/errors.h"

namespace pericore::welfare {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double yuan_a_million = 1e6;
constexpr double errors_apart = 2.0;  // a mean no further from zero may as well be zero

const char* const money = "million yuan of the base year";

/// Collects metrics in order.
struct List {
  std::vector<Metric> metrics;

  void add(std::string name, std::string unit, std::string definition, double value) {
    metrics.push_back(
        {.name = std::move(name), .unit = std::move(unit), .definition = std::move(definition), .value = value});
  }
  void add_ratio(std::string name, std::string unit, std::string definition, double numerator, double denominator,
                 double noise) {
    metrics.push_back({.name = std::move(name),
                       .unit = std::move(unit),
                       .definition = std::move(definition),
                       .value = ratio_or_nothing(numerator, denominator, noise),
                       .numerator = numerator,
                       .denominator = denominator,
                       .noise = noise,
                       .ratio = true});
  }
};

double percent(const Both& both) { return 100.0 * (both.with / both.without - 1.0); }

void add_inequality(List& list, const YearOutcome& last) {
  const auto change = [&](const char* name, const char* unit, const char* what, double Inequality::*part) {
    list.add(name, unit, std::string(what) + ", change in the last year",
             last.inequality_with.*part - last.inequality_without.*part);
  };
  change("gini", "1", "Gini of real income between regions", &Inequality::gini);
  change("theil", "nats", "Theil's T of real income between regions", &Inequality::theil);
  change("theil_between_macro_regions", "nats", "its part between macro-regions",
         &Inequality::theil_between_macro_regions);
  change("theil_within_macro_regions", "nats", "its part within macro-regions",
         &Inequality::theil_within_macro_regions);
  change("theil_between_provinces", "nats", "its part between provinces", &Inequality::theil_between_provinces);
  change("theil_within_provinces", "nats", "its part within provinces", &Inequality::theil_within_provinces);
  change("theil_people", "nats", "Theil's T between all groups of all regions", &Inequality::theil_people);
}

/// Mean of the values that are defined, with its error.
Estimate mean_of(const std::vector<double>& values) {
  Estimate result{.mean = undefined, .standard_error = undefined, .runs = values.size()};
  if (values.empty()) return result;
  const auto n = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double value : values) sum += value;
  result.mean = sum / n;
  if (values.size() < 2) return result;
  double squares = 0.0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.standard_error = std::sqrt(squares / (n - 1.0) / n);
  return result;
}

Estimate ratio_of(const std::vector<double>& numerators, const std::vector<double>& denominators, double noise) {
  const Estimate above = mean_of(numerators);
  const Estimate below = mean_of(denominators);
  const double doubt = std::isnan(below.standard_error) ? 0.0 : errors_apart * below.standard_error;
  Estimate result{.mean = ratio_or_nothing(above.mean, below.mean, std::max(noise, doubt)),
                  .standard_error = undefined,
                  .runs = numerators.size()};
  if (std::isnan(result.mean)) return result;
  std::vector<double> residuals;
  for (std::size_t i = 0; i < numerators.size(); ++i)
    residuals.push_back(numerators[i] - result.mean * denominators[i]);
  result.standard_error = mean_of(residuals).standard_error / below.mean;
  return result;
}

}  // namespace

double ratio_or_nothing(double numerator, double denominator, double noise) {
  return denominator > noise ? numerator / denominator : undefined;
}

std::vector<Metric> metrics(const Assessment& assessment) {
  const YearOutcome& last = assessment.last();
  const auto present = [&](auto&& value) { return assessment.present_value(value); };
  const double variation = present([](const YearOutcome& y) { return y.variation.total; });
  const double income = present([](const YearOutcome& y) { return y.income; });
  const double cost = present([](const YearOutcome& y) { return y.fiscal_cost; });
  List list;
  list.add("equivalent_variation", money, "equivalent variation, all years discounted", variation);
  for (std::size_t k = 0; k < n_channels; ++k) {
    const auto channel = static_cast<Channel>(k);
    list.add("equivalent_variation_" + std::string(to_text(channel)), money,
             "its part through " + std::string(definition(channel)),
             present([k](const YearOutcome& y) { return y.variation.channels[k]; }));
  }
  list.add("real_income_variation", money, "the same of incomes and prices alone",
           present([](const YearOutcome& y) { return y.variation.real_income; }));
  list.add("equivalent_variation_abroad", money, "variation of the rest of the world, all years discounted",
           present([](const YearOutcome& y) { return y.abroad; }));
  list.add_ratio("equivalent_variation_share", "1", "equivalent variation over income of the baseline, all years",
                 variation, income, 0.0);
  list.add("equivalent_variation_last_year", money, "equivalent variation of the last year", last.variation.total);
  list.add("fiscal_outlay", money, "outlay on levers, all years discounted",
           present([](const YearOutcome& y) { return y.outlay; }));
  list.add("fiscal_cost", money, "outlays less revenue at base tax rates, all years discounted", cost);
  list.add("jobs_moved", "persons", "jobs moved between regions in target sectors, last year", last.jobs.moved);
  list.add("jobs_created", "persons", "jobs more in target sectors of target regions, last year", last.jobs.created);
  const char* const a_job = "yuan of the base year a job";
  list.add_ratio("cost_per_job_moved", a_job, "fiscal cost over jobs moved", yuan_a_million * cost, last.jobs.moved,
                 last.jobs.noise);
  list.add_ratio("cost_per_job_created", a_job, "fiscal cost over jobs created", yuan_a_million * cost,
                 last.jobs.created, last.jobs.noise);
  list.add("real_gdp", "%", "real GDP of the last year, change", percent(last.real_gdp));
  list.add("technology", "%", "true productivity by sales over GDP, change in the last year",
           100.0 * std::expm1(last.technology));
  list.add("observed_tfp", "%", "observed productivity (tfp), change in the last year", percent(last.observed_tfp));
  list.add("new_knowledge", "%", "new knowledge of the last year, change", percent(last.new_knowledge));
  add_inequality(list, last);
  return std::move(list.metrics);
}

std::vector<Metric> known_metrics() {
  Assessment none;
  none.years.emplace_back();
  return metrics(none);
}

std::vector<Estimate> average(std::span<const std::vector<Metric>> runs) {
  if (runs.empty()) throw DomainError("welfare: there is no run to average");
  std::vector<Estimate> estimates;
  for (std::size_t m = 0; m < runs.front().size(); ++m) {
    const Metric& first = runs.front()[m];
    std::vector<double> values;
    std::vector<double> numerators;
    std::vector<double> denominators;
    double noise = 0.0;
    for (const std::vector<Metric>& run : runs) {
      if (run.size() != runs.front().size() || run[m].name != first.name)
        throw DomainError("welfare: runs to average have different metrics");
      const Metric& metric = run[m];
      if (metric.ratio) {
        numerators.push_back(metric.numerator);
        denominators.push_back(metric.denominator);
        noise = std::max(noise, metric.noise);
      } else if (!std::isnan(metric.value)) {
        values.push_back(metric.value);
      }
    }
    Estimate estimate = first.ratio ? ratio_of(numerators, denominators, noise) : mean_of(values);
    estimate.name = first.name;
    estimate.unit = first.unit;
    estimate.definition = first.definition;
    estimates.push_back(std::move(estimate));
  }
  return estimates;
}

}  // namespace pericore::welfare

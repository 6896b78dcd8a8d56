#include "welfare/assessment.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "welfare/country.h"

namespace pericore::welfare {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Solver residuals grow on their way to employment by the conditioning of the markets, a factor of tens.
constexpr double noise_over_residual = 100.0;

Variation constant(double value) {
  Variation result{.total = value, .channels = {}, .real_income = value};
  result.channels.fill(value);
  return result;
}

void add(Variation& sum, const Variation& part) {
  sum.total += part.total;
  sum.real_income += part.real_income;
  for (std::size_t k = 0; k < n_channels; ++k) sum.channels[k] += part.channels[k];
}

bool chosen(const std::vector<char>& mask, std::size_t at) { return mask.empty() || mask[at] != 0; }

/// EV of every cell of a year; sums of those that are defined go to `outcome`.
void assess_people(const Country& with, const Country& without, std::size_t year, Assessment& result,
                   YearOutcome& outcome) {
  const auto keep = [&](const Variation& cell, double income) {
    result.cells.push_back(cell);
    result.incomes.push_back(income);
  };
  for (std::size_t r = 0; r < without.regions(); ++r) {
    for (std::size_t g = 0; g < without.factors(); ++g) {
      const double people = without.group_population[without.of_factor(year, r, g)];
      if (std::isnan(people) || people == 0.0) {
        keep(constant(people), 0.0);
        continue;
      }
      const Circumstances before = without.circumstances(year, r, g);
      const double income = people * before.income;
      const Variation cell = equivalent_variation(income, with.circumstances(year, r, g), before);
      if (!std::isfinite(cell.total)) {
        outcome.uncovered += people;
        keep(constant(undefined), 0.0);
        continue;
      }
      outcome.income += income;
      add(outcome.variation, cell);
      keep(cell, income);
    }
  }
}

double assess_abroad(const Country& with, const Country& without, std::size_t year) {
  const auto abroad = without.abroad();
  if (!abroad) return undefined;
  const auto log_real = [&](const Country& country) {
    const std::size_t place = country.at(year, *abroad);
    return std::log(country.real(country.disposable_income, year, *abroad)) - country.log_price_goods[place] -
           country.log_price_housing[place];
  };
  return without.real(without.disposable_income, year, *abroad) * std::expm1(log_real(with) - log_real(without));
}

Jobs assess_jobs(const Country& with, const Country& without, std::size_t year, const Targets& targets) {
  Jobs jobs;
  double employed = 0.0;
  for (std::size_t r = 0; r < without.regions(); ++r) {
    if (r == without.abroad()) continue;
    for (std::size_t s = 0; s < without.sectors(); ++s) {
      if (!chosen(targets.sectors, s)) continue;
      const double before = without.employment[without.of_sector(year, r, s)];
      const double change = with.employment[without.of_sector(year, r, s)] - before;
      employed += before;
      jobs.moved += 0.5 * std::abs(change);
      if (chosen(targets.regions, r)) jobs.created += change;
    }
  }
  jobs.noise = noise_over_residual * std::max(with.residual[year], without.residual[year]) * employed;
  return jobs;
}

/// Mean change of ln A by the sales of a cell over GDP of the country, mean of both runs (Hulten 1978, in discrete form).
double assess_technology(const Country& with, const Country& without, std::size_t year) {
  const double product_with = with.at_home(with.gdp, year);
  const double product_without = without.at_home(without.gdp, year);
  double sum = 0.0;
  for (std::size_t r = 0; r < without.regions(); ++r) {
    if (r == without.abroad()) continue;
    for (std::size_t s = 0; s < without.sectors(); ++s) {
      const std::size_t cell = without.of_sector(year, r, s);
      const double change = with.log_productivity[cell] - without.log_productivity[cell];
      if (!std::isfinite(change)) continue;
      sum += 0.5 * change * (with.sales[cell] / product_with + without.sales[cell] / product_without);
    }
  }
  return sum;
}

/// With the same weights in both runs, so that only `tfp` differs.
Both assess_observed_tfp(const Country& with, const Country& without, std::size_t year) {
  if (with.observed_tfp.empty() || without.observed_tfp.empty()) return {undefined, undefined};
  double weight = 0.0;
  Both logs;
  for (std::size_t r = 0; r < without.regions(); ++r) {
    const double now = std::log(with.observed_tfp[with.at(year, r)]);
    const double before = std::log(without.observed_tfp[without.at(year, r)]);
    if (!std::isfinite(now) || !std::isfinite(before)) continue;
    const double product = without.real_gdp[without.at(year, r)];
    weight += product;
    logs.with += product * now;
    logs.without += product * before;
  }
  return {std::exp(logs.with / weight), std::exp(logs.without / weight)};
}

void assess_budget(const Country& with, const Country& without, std::size_t year, YearOutcome& outcome) {
  const auto outlay = [&](const Country& country) {
    double sum = 0.0;
    for (std::size_t r = 0; r < country.regions(); ++r) sum += country.real(country.lever_outlay, year, r);
    return sum;
  };
  const auto levies = [&](const Country& country) {
    return (country.public_outlay[year] - country.base_tax_revenue[year]) / country.consumer_price_index[year];
  };
  outcome.outlay = outlay(with) - outlay(without);
  outcome.fiscal_cost = levies(with) - levies(without);
}

void require_fit(const Country& with, const Country& without, const Targets& targets) {
  const auto fits = [](const std::vector<char>& mask, std::size_t size) { return mask.empty() || mask.size() == size; };
  if (with.years() != without.years() || with.regions() != without.regions() || with.factors() != without.factors() ||
      with.sectors() != without.sectors())
    throw DomainError("welfare: the panels differ in years, regions, factors or sectors");
  if (!fits(targets.regions, with.regions()) || !fits(targets.sectors, with.sectors()))
    throw DomainError("welfare: a mask of targets has another length than the panel");
}

}  // namespace

void add_targets(panel::Dataset& panel, const Targets& targets) {
  const auto add = [&](const char* name, const char* dimension, const char* definition, const std::vector<char>& mask) {
    std::vector<double> values(panel.dimension(dimension).size, 1.0);
    for (std::size_t i = 0; i < mask.size(); ++i) values[i] = mask[i] != 0 ? 1.0 : 0.0;
    panel.add_variable({.name = name,
                        .dimensions = {dimension},
                        .unit = "1",
                        .long_name = definition,
                        .provenance = panel::Provenance::assumed,
                        .values = std::move(values),
                        .attributes = {}});
  };
  add("policy_target_region", "region", "1 where a policy of the scenario aims at the region", targets.regions);
  add("policy_target_sector", "sector", "1 where a policy of the scenario aims at the sector", targets.sectors);
}

Targets targets_of(const panel::Dataset& panel) {
  const auto mask = [&](const char* name) {
    std::vector<char> result;
    if (panel.find_variable(name) == nullptr) return result;
    for (const double value : panel.numbers(name)) result.push_back(value != 0.0 ? 1 : 0);
    return result;
  };
  return {.regions = mask("policy_target_region"), .sectors = mask("policy_target_sector")};
}

std::vector<std::string> missing_variables(const panel::Dataset& panel) {
  std::vector<std::string> missing;
  for (const char* name : needed_variables()) {
    if (panel.find_variable(name) == nullptr) missing.emplace_back(name);
  }
  return missing;
}

Assessment assess(const panel::Dataset& with, const panel::Dataset& without, const Settings& settings) {
  const Country policy(with);
  const Country baseline(without);
  require_fit(policy, baseline, settings.targets);
  Assessment result{.discount_rate = settings.discount_rate,
                    .years = {},
                    .regions = baseline.labels("region"),
                    .groups = baseline.labels("factor"),
                    .cells = {},
                    .incomes = {}};
  result.cells.reserve(baseline.years() * baseline.regions() * baseline.factors());
  for (std::size_t year = 0; year < baseline.years(); ++year) {
    YearOutcome outcome;
    outcome.year = baseline.year(year);
    outcome.discount = std::pow(1.0 + settings.discount_rate, -(outcome.year - baseline.year(0)));
    assess_people(policy, baseline, year, result, outcome);
    outcome.abroad = assess_abroad(policy, baseline, year);
    assess_budget(policy, baseline, year, outcome);
    outcome.jobs = assess_jobs(policy, baseline, year, settings.targets);
    outcome.real_gdp = {policy.at_home(policy.real_gdp, year), baseline.at_home(baseline.real_gdp, year)};
    outcome.new_knowledge = {policy.at_home(policy.new_knowledge, year),
                             baseline.at_home(baseline.new_knowledge, year)};
    outcome.technology = assess_technology(policy, baseline, year);
    outcome.observed_tfp = assess_observed_tfp(policy, baseline, year);
    outcome.inequality_with = inequality(incomes_of(with, year));
    outcome.inequality_without = inequality(incomes_of(without, year));
    result.years.push_back(outcome);
  }
  return result;
}

}  // namespace pericore::welfare

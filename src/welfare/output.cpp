#include "welfare/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace pericore::welfare {
namespace {

constexpr std::size_t regions_shown = 15;
const char* const money = "million yuan of the base year";

std::string number(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "-";
}
std::string percent(double ratio) { return std::isfinite(ratio) ? fmt::format("{:+.3f}", 100.0 * ratio) : "-"; }

/// "2010-2020 at 8 % a year": what sums over years are.
std::string horizon(const Assessment& assessment) {
  return fmt::format("{}-{} at {:g} % a year", assessment.years.front().year, assessment.last().year,
                     100.0 * assessment.discount_rate);
}

report::OutputTable welfare_table(const Assessment& assessment) {
  report::OutputTable table{.title = fmt::format("Welfare, policy less baseline [{}]", money),
                            .columns = {"", fmt::format("in {}", assessment.last().year), horizon(assessment)},
                            .rows = {},
                            .notes = {}};
  const auto add = [&](const std::string& name, const std::function<double(const YearOutcome&)>& value) {
    table.rows.push_back({name, number(value(assessment.last()), 1), number(assessment.present_value(value), 1)});
  };
  add("equivalent variation", [](const YearOutcome& y) { return y.variation.total; });
  for (std::size_t k = 0; k < n_channels; ++k)
    add("  " + std::string(definition(static_cast<Channel>(k))),
        [k](const YearOutcome& y) { return y.variation.channels[k]; });
  const auto income = [](const YearOutcome& y) { return y.income; };
  const auto variation = [](const YearOutcome& y) { return y.variation.total; };
  table.rows.push_back({"  in % of income", percent(assessment.last().variation.total / assessment.last().income),
                        percent(assessment.present_value(variation) / assessment.present_value(income))});
  add("real income alone", [](const YearOutcome& y) { return y.variation.real_income; });
  if (std::isfinite(assessment.last().abroad)) add("rest of the world", [](const YearOutcome& y) { return y.abroad; });
  if (assessment.last().uncovered > 0.0)
    table.notes.push_back(fmt::format("Of {:.0f} persons the variation is not defined in {}.",
                                      assessment.last().uncovered, assessment.last().year));
  return table;
}

/// Regions in their order, those with the largest incomes where there are many.
std::vector<std::size_t> regions_to_show(const Assessment& assessment) {
  const std::size_t last = assessment.years.size() - 1;
  std::vector<double> income(assessment.regions.size(), 0.0);
  std::vector<std::size_t> order;
  for (std::size_t r = 0; r < assessment.regions.size(); ++r) {
    for (std::size_t g = 0; g < assessment.groups.size(); ++g)
      income[r] += assessment.incomes[assessment.at(last, r, g)];
    if (income[r] > 0.0) order.push_back(r);
  }
  if (order.size() > regions_shown) {
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return income[a] > income[b]; });
    order.resize(regions_shown);
  }
  return order;
}

report::OutputTable group_table(const Assessment& assessment) {
  const std::size_t last = assessment.years.size() - 1;
  std::vector<std::size_t> all(assessment.regions.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  // EV over income, of some regions and one group or all.
  const auto share = [&](const std::vector<std::size_t>& regions, const std::vector<std::size_t>& groups) {
    double variation = 0.0;
    double income = 0.0;
    for (const std::size_t r : regions) {
      for (const std::size_t g : groups) {
        const std::size_t cell = assessment.at(last, r, g);
        if (!(assessment.incomes[cell] > 0.0)) continue;
        variation += assessment.cells[cell].total;
        income += assessment.incomes[cell];
      }
    }
    return percent(variation / income);
  };
  std::vector<std::size_t> groups;
  for (std::size_t g = 0; g < assessment.groups.size(); ++g) {
    if (std::any_of(all.begin(), all.end(),
                    [&](std::size_t r) { return assessment.incomes[assessment.at(last, r, g)] > 0.0; }))
      groups.push_back(g);
  }
  report::OutputTable table{.title = fmt::format("Equivalent variation in {} [% of income]", assessment.last().year),
                            .columns = {"region"},
                            .rows = {},
                            .notes = {}};
  for (const std::size_t g : groups) table.columns.push_back(assessment.groups[g]);
  table.columns.emplace_back("all");
  const auto add = [&](const std::string& name, const std::vector<std::size_t>& regions) {
    table.rows.push_back({name});
    for (const std::size_t g : groups) table.rows.back().push_back(share(regions, {g}));
    table.rows.back().push_back(share(regions, groups));
  };
  for (const std::size_t r : regions_to_show(assessment)) add(assessment.regions[r], {r});
  add("all regions", all);
  return table;
}

report::OutputTable cost_table(const Assessment& assessment) {
  const YearOutcome& last = assessment.last();
  const std::vector<Metric> values = metrics(assessment);
  report::OutputTable table{.title = "Budget, jobs and product, policy less baseline",
                            .columns = {"", "value", "unit"},
                            .rows = {},
                            .notes = {}};
  const auto add = [&](const std::string& name, double value, int digits, const std::string& unit) {
    table.rows.push_back({name, number(value, digits), unit});
  };
  const auto add_metric = [&](const std::string& label, const char* name, int digits) {
    const auto found = std::find_if(values.begin(), values.end(), [&](const Metric& m) { return m.name == name; });
    add(label, found->value, digits, found->unit);
  };
  double outlay = 0.0;
  double cost = 0.0;
  for (const YearOutcome& year : assessment.years) {
    outlay += year.outlay;
    cost += year.fiscal_cost;
  }
  const std::string until = fmt::format("paid up to {}", last.year);
  add(fmt::format("outlay on levers in {}", last.year), last.outlay, 1, money);
  add("outlay on levers " + until, outlay, 1, money);
  add(fmt::format("fiscal cost net of revenue gained, in {}", last.year), last.fiscal_cost, 1, money);
  add("fiscal cost net of revenue gained, " + until, cost, 1, money);
  add_metric("fiscal cost, " + horizon(assessment), "fiscal_cost", 1);
  add_metric("jobs moved between regions, target sectors", "jobs_moved", 0);
  add_metric("jobs more in target sectors and regions", "jobs_created", 0);
  add_metric("fiscal cost a job moved", "cost_per_job_moved", 0);
  add_metric("fiscal cost a job more there", "cost_per_job_created", 0);
  add_metric("real GDP", "real_gdp", 4);
  add_metric("true productivity", "technology", 4);
  if (std::isfinite(last.observed_tfp.with)) add_metric("observed productivity (tfp)", "observed_tfp", 4);
  add_metric("new knowledge", "new_knowledge", 4);
  return table;
}

report::OutputTable inequality_table(const Assessment& assessment) {
  const YearOutcome& first = assessment.years.front();
  const YearOutcome& last = assessment.last();
  report::OutputTable table{
      .title = "Inequality of real income a resident",
      .columns = {"", fmt::format("baseline {}", first.year), fmt::format("baseline {}", last.year),
                  fmt::format("policy {}", last.year), "policy less baseline"},
      .rows = {},
      .notes = {}};
  const auto add = [&](const char* name, double Inequality::*part) {
    if (!std::isfinite(last.inequality_without.*part)) return;
    const double change = last.inequality_with.*part - last.inequality_without.*part;
    table.rows.push_back({name, number(first.inequality_without.*part, 5), number(last.inequality_without.*part, 5),
                          number(last.inequality_with.*part, 5), fmt::format("{:+.6f}", change)});
  };
  add("Gini, between regions", &Inequality::gini);
  add("Theil, between regions", &Inequality::theil);
  add("  between macro-regions", &Inequality::theil_between_macro_regions);
  add("  within macro-regions", &Inequality::theil_within_macro_regions);
  add("  between provinces", &Inequality::theil_between_provinces);
  add("  within provinces", &Inequality::theil_within_provinces);
  add("Theil, groups of all regions", &Inequality::theil_people);
  return table;
}

/// Adds variables by year or by year, region and factor.
struct Adder {
  panel::Dataset& dataset;
  const Assessment& assessment;

  void add(std::string name, std::vector<std::string> dimensions, const char* unit, std::string definition,
           std::vector<double> values) const {
    dataset.add_variable({.name = std::move(name),
                          .dimensions = std::move(dimensions),
                          .unit = unit,
                          .long_name = std::move(definition),
                          .provenance = panel::Provenance::simulated,
                          .values = std::move(values),
                          .attributes = {}});
  }
  void cells(std::string name, std::string definition, const std::function<double(const Variation&)>& value) const {
    std::vector<double> values;
    values.reserve(assessment.cells.size());
    for (const Variation& cell : assessment.cells) values.push_back(value(cell));
    add(std::move(name), {"year", "region", "factor"}, money, std::move(definition), std::move(values));
  }
  void years(std::string name, const char* unit, std::string definition,
             const std::function<double(const YearOutcome&)>& value) const {
    std::vector<double> values;
    for (const YearOutcome& year : assessment.years) values.push_back(value(year));
    add(std::move(name), {"year"}, unit, std::move(definition), std::move(values));
  }
  void inequality(const char* name, const char* unit, const char* what, double Inequality::*part) const {
    years(name, unit, std::string("policy less baseline: ") + what,
          [part](const YearOutcome& y) { return y.inequality_with.*part - y.inequality_without.*part; });
    years(std::string(name) + "_baseline", unit, std::string(what) + ", in the baseline",
          [part](const YearOutcome& y) { return y.inequality_without.*part; });
  }
};

}  // namespace

void add_to(panel::Dataset& difference, const Assessment& assessment) {
  const Adder adder{difference, assessment};
  adder.cells("equivalent_variation", "equivalent variation of the group in the region, by income of the baseline",
              [](const Variation& cell) { return cell.total; });
  for (std::size_t k = 0; k < n_channels; ++k) {
    const auto channel = static_cast<Channel>(k);
    adder.cells("equivalent_variation_" + std::string(to_text(channel)),
                "part of equivalent_variation: " + std::string(definition(channel)),
                [k](const Variation& cell) { return cell.channels[k]; });
  }
  adder.cells("real_income_variation", "equivalent variation of incomes and prices alone",
              [](const Variation& cell) { return cell.real_income; });
  adder.years("equivalent_variation_abroad", money,
              "variation of the real income that the rest of the world has from its trade with the country",
              [](const YearOutcome& y) { return y.abroad; });
  adder.years("equivalent_variation_uncovered", "persons", "residents whose equivalent variation is not defined",
              [](const YearOutcome& y) { return y.uncovered; });
  adder.years("discount_factor", "1", "(1 + discount_rate)^-(years since the first)",
              [](const YearOutcome& y) { return y.discount; });
  adder.years("fiscal_outlay", money, "outlay on levers, policy less baseline",
              [](const YearOutcome& y) { return y.outlay; });
  adder.years("fiscal_cost", money, "outlays less revenue at base tax rates, policy less baseline",
              [](const YearOutcome& y) { return y.fiscal_cost; });
  adder.years("jobs_moved", "persons", "half the sum over regions and target sectors of |change of employment|",
              [](const YearOutcome& y) { return y.jobs.moved; });
  adder.years("jobs_created", "persons", "change of employment in target sectors of target regions",
              [](const YearOutcome& y) { return y.jobs.created; });
  adder.years("jobs_noise", "persons", "jobs that cannot be told from what the solver leaves",
              [](const YearOutcome& y) { return y.jobs.noise; });
  adder.years("technology", "1", "mean change of log_productivity by sales over GDP, policy less baseline",
              [](const YearOutcome& y) { return y.technology; });
  adder.inequality("gini", "1", "Gini of real income a resident between regions", &Inequality::gini);
  adder.inequality("theil", "nats", "Theil's T of real income a resident between regions", &Inequality::theil);
  adder.inequality("theil_between_macro_regions", "nats", "part of theil between macro-regions",
                   &Inequality::theil_between_macro_regions);
  adder.inequality("theil_within_macro_regions", "nats", "part of theil within macro-regions",
                   &Inequality::theil_within_macro_regions);
  adder.inequality("theil_between_provinces", "nats", "part of theil between provinces",
                   &Inequality::theil_between_provinces);
  adder.inequality("theil_within_provinces", "nats", "part of theil within provinces",
                   &Inequality::theil_within_provinces);
  adder.inequality("theil_people", "nats", "Theil's T of real income a resident between all groups of all regions",
                   &Inequality::theil_people);
}

std::vector<report::OutputTable> tables(const Assessment& assessment) {
  return {welfare_table(assessment), group_table(assessment), cost_table(assessment), inequality_table(assessment)};
}

report::OutputTable table(const std::vector<Estimate>& estimates) {
  report::OutputTable table{.title = {}, .columns = {"metric", "value", "unit", "definition"}, .rows = {}, .notes = {}};
  const bool several = std::any_of(estimates.begin(), estimates.end(), [](const Estimate& e) { return e.runs > 1; });
  if (several) table.columns.insert(table.columns.begin() + 2, {"standard_error", "runs"});
  for (const Estimate& estimate : estimates) {
    std::vector<std::string> row = {estimate.name, report::exact(estimate.mean)};
    if (several) {
      row.push_back(report::exact(estimate.standard_error));
      row.push_back(std::to_string(estimate.runs));
    }
    row.push_back(estimate.unit);
    row.push_back(estimate.definition);
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace pericore::welfare

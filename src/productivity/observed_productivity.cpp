#include "productivity/observed_productivity.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "panel/table.h"
#include "productivity/envelopment.h"
#include "productivity/malmquist.h"
#include "productivity/perpetual_inventory.h"

namespace pericore::productivity {
namespace {

constexpr std::size_t most_regions = 2000;
constexpr double initial_ratio = 0.10;

/// Regions with all of labour, investment and product positive in every year.
std::vector<std::size_t> complete_regions(std::size_t years, std::size_t regions,
                                          std::initializer_list<std::span<const double>> variables) {
  std::vector<std::size_t> complete;
  for (std::size_t r = 0; r < regions; ++r) {
    bool all = true;
    for (const auto& values : variables) {
      for (std::size_t t = 0; t < years; ++t) all = all && values[t * regions + r] > 0.0;
    }
    if (all) complete.push_back(r);
  }
  return complete;
}

/// The panel's index of the regions chosen: row t n + k is region k in year t.
panel::PanelIndex index_of(std::size_t years, std::size_t count) {
  panel::Table table(years * count);
  panel::Column region{.name = "region", .is_text = false, .numbers = {}, .texts = {}, .unit = ""};
  panel::Column year{.name = "year", .is_text = false, .numbers = {}, .texts = {}, .unit = ""};
  for (std::size_t t = 0; t < years; ++t) {
    for (std::size_t k = 0; k < count; ++k) {
      region.numbers.push_back(static_cast<double>(k));
      year.numbers.push_back(static_cast<double>(t));
    }
  }
  table.add(region);
  table.add(year);
  return {table, "region", "year"};
}

std::vector<double> efficiencies(const std::vector<std::optional<Score>>& scores) {
  std::vector<double> values;
  for (const auto& score : scores)
    values.push_back(score && score->status == ProgramStatus::optimal ? score->efficiency
                                                                      : std::numeric_limits<double>::quiet_NaN());
  return values;
}

/// Changes chained to levels, 1 in the first year.
std::vector<double> chained(const std::vector<double>& change, std::size_t count) {
  std::vector<double> level(change.size(), 1.0);
  for (std::size_t i = count; i < change.size(); ++i) level[i] = level[i - count] * change[i];
  return level;
}

}  // namespace

void add_observed_productivity(panel::Dataset& dataset) {
  for (const char* name : {"labour", "fixed_investment", "real_gdp"}) {
    if (dataset.find_variable(name) == nullptr) return;
  }
  const std::size_t years = dataset.dimension("year").size;
  const std::size_t regions = dataset.dimension("region").size;
  const auto labour = dataset.numbers("labour");
  const auto investment = dataset.numbers("fixed_investment");
  const auto product = dataset.numbers("real_gdp");
  const std::vector<std::size_t> chosen = complete_regions(years, regions, {labour, investment, product});
  const std::size_t count = chosen.size();
  if (years < 2 || count < 2 || count > most_regions) return;
  const auto pick = [&](std::span<const double> values) {
    std::vector<double> picked;
    for (std::size_t t = 0; t < years; ++t) {
      for (const std::size_t r : chosen) picked.push_back(values[t * regions + r]);
    }
    return picked;
  };

  CapitalRule rule;
  rule.investment = pick(investment);
  rule.initial = {.rule = InitialStockRule::ratio, .value = initial_ratio, .by_row = {}};
  const std::vector<double> capital = perpetual_inventory(index_of(years, count), rule).capital;

  PanelUnits panel;
  const auto rows = static_cast<Eigen::Index>(years * count);
  panel.units.inputs.resize(rows, 2);
  panel.units.outputs.resize(rows, 1);
  const std::vector<double> workers = pick(labour);
  const std::vector<double> output = pick(product);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const auto at = static_cast<std::size_t>(i);
    panel.units.inputs(i, 0) = workers[at];
    panel.units.inputs(i, 1) = capital[at];
    panel.units.outputs(i, 0) = output[at];
    panel.entity.push_back(static_cast<int>(at % count));
    panel.period.push_back(static_cast<int>(at / count));
  }
  panel.entities = static_cast<int>(count);
  panel.periods = static_cast<int>(years);
  const Measure measure{.model = Model::radial, .orientation = Orientation::output, .returns = Returns::crs};
  const Frontiers frontiers(panel, Reference::contemporaneous);
  Distances distances;
  distances.own = efficiencies(frontiers.scores(measure));
  distances.previous = efficiencies(frontiers.scores(measure, -1));
  distances.next = efficiencies(frontiers.scores(measure, 1));
  const Malmquist index = malmquist(panel, Reference::contemporaneous, distances, 0);

  const auto add = [&](const char* name, const char* unit, const char* definition, const std::vector<double>& values) {
    std::vector<double> all(years * regions, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t t = 0; t < years; ++t) {
      for (std::size_t k = 0; k < count; ++k) all[t * regions + chosen[k]] = values[t * count + k];
    }
    dataset.add_variable({.name = name,
                          .dimensions = {"year", "region"},
                          .unit = unit,
                          .long_name = definition,
                          .provenance = panel::Provenance::simulated,
                          .values = std::move(all),
                          .attributes = {}});
  };
  add("capital_stock", "million yuan of the base year",
      "capital by perpetual inventory from fixed_investment, as an observer would count it", capital);
  add("tfp", "1", "DEA-Malmquist index of real GDP from labour and capital_stock, chained, 1 in the first year",
      chained(index.index, count));
  add("te", "1", "technical change of that index, chained, 1 in the first year", chained(index.technical, count));
  add("ec", "1", "efficiency change of that index, chained, 1 in the first year", chained(index.efficiency, count));
}

}  // namespace pericore::productivity

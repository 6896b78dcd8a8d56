#include "simulation/panel_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/errors.h"
#include "economy/public_accounts.h"
#include "simulation/observation.h"
#include "simulation/panel_flows.h"

namespace pericore::simulation {

using economy::Array;
using economy::Vector;

namespace {

/// A country of so many accounts and regions keeps its matrices out of the file; the entries are there all the same.
constexpr Eigen::Index largest_matrix = 64;

}  // namespace

PanelBuilder::PanelBuilder(const Model& model) : model_(model), firms_(model) {}

bool PanelBuilder::wanted(const std::string& name) const {
  const auto& chosen = model_.output_variables;
  return chosen.empty() || std::find(chosen.begin(), chosen.end(), name) != chosen.end() ||
         name.starts_with("certificate_") || is_flow(name);
}

std::optional<VariableInfo> PanelBuilder::as_told(const VariableInfo& info) const {
  if (!model_.measurement_error.any()) return info;
  const bool observed = in_yearbook_ || is_observed(info.name);
  if (observing_) return observed ? std::optional(info) : std::nullopt;
  VariableInfo told = info;
  if (observed) {
    told.name = "true_" + info.name;
    told.long_name = "true value: " + info.long_name;
  }
  return told;
}

bool PanelBuilder::watched(const VariableInfo& info) const {
  if (observing_ || info.name.starts_with("instrument_") || info.name.starts_with("certificate_")) return false;
  return watching_all_ || std::find(watched_.begin(), watched_.end(), info.name) != watched_.end();
}

bool PanelBuilder::asked_for(const std::string& name) const {
  return wanted(name) || (model_.measurement_error.any() && wanted("true_" + name)) || watched({name, {}, {}, {}});
}

bool PanelBuilder::keeps(const VariableInfo& info) {
  if (years_.size() == 1) known_.push_back(info.name);
  return wanted(info.name);
}

double* PanelBuilder::extend(const VariableInfo& info, std::size_t count) {
  if (next_ == series_.size()) series_.push_back({info, {}});
  Series& series = series_[next_++];
  if (series.info.name != info.name)
    throw DomainError("panel: variables must come in the same order every year: " + info.name);
  const std::size_t before = series.values.size();
  if (before == 0) series.values.reserve(count * static_cast<std::size_t>(model_.last_year - model_.first_year + 1));
  series.values.resize(before + count);
  return series.values.data() + before;
}

void PanelBuilder::note(const VariableInfo& info, const Array& values) {
  policy::Figure figure;
  for (const std::string& dimension : info.dimensions) {
    if (dimension == "region") {
      figure.by_region = true;
    } else if (dimension == "sector") {
      figure.by_sector = true;
    } else {
      return;
    }
  }
  figure.values = values;
  figures_[info.name] = std::move(figure);
}

void PanelBuilder::store(const VariableInfo& info, std::span<const double> values) {
  std::copy(values.begin(), values.end(), extend(info, values.size()));
}

void PanelBuilder::store(const VariableInfo& info, const Array& by_region_values) {
  double* const rows = extend(info, static_cast<std::size_t>(by_region_values.size()));
  Eigen::Map<Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      rows, by_region_values.rows(), by_region_values.cols()) = by_region_values;
}

void PanelBuilder::add(const YearRecord& record) {
  next_ = 0;
  years_.push_back(record.year);
  add_production(record);
  add_incomes(record);
  add_people(record);
  add_welfare(record);
  add_instruments(record);
  add_rules(record);
  add_certificate(record);
  firms_.add(record);
  if (model_.flows != FlowDetail::none) add_flows(record);
  if (2 * model_.base.economy.n_sectors() + model_.base.economy.n_factors() + 4 <= largest_matrix &&
      model_.base.economy.n_regions() <= 20) {
    add_social_accounting_matrix(record);
  }
  if (model_.measurement_error.any()) add_observation(record);
}

void PanelBuilder::add_observation(const YearRecord& truth) {
  const ObservedYear seen(model_, truth);
  const YearRecord record = seen.record();
  observing_ = true;
  add_production(record);
  add_incomes(record);
  add_people(record);
  observing_ = false;
}

panel::Dataset PanelBuilder::finish() {
  const economy::Economy& economy = model_.base.economy;
  panel::Dataset dataset;
  dataset.add_dimension(panel::years(years_.front(), years_.back()));
  dataset.add_dimension(panel::labelled("region", economy.regions, "region"));
  std::vector<std::string> sectors;
  std::vector<std::string> labels;
  for (const auto& sector : economy.sectors) {
    sectors.push_back(sector.name);
    labels.push_back(sector.label);
  }
  std::vector<std::string> factors;
  for (const auto& factor : economy.factors) factors.push_back(factor.name);
  dataset.add_dimension(panel::labelled("sector", sectors, "sector"));
  dataset.add_dimension(panel::labelled("factor", factors, "factor of production"));

  if (model_.flows != FlowDetail::none) add_flow_dimensions(model_, dataset);
  if (!policy_labels_.empty())
    dataset.add_dimension(panel::labelled("policy", policy_labels_, "policy of the scenario"));
  if (std::any_of(series_.begin(), series_.end(),
                  [](const Series& series) { return series.info.name == "social_accounting_matrix"; })) {
    const auto names = economy::social_account_names(economy);
    dataset.add_dimension(panel::labelled("account", names, "account of the social accounting matrix"));
    dataset.add_dimension(panel::labelled("account_from", names, "account that pays"));
  }

  dataset.add_variable({.name = "sector_label",
                        .dimensions = {"sector"},
                        .unit = "",
                        .long_name = "name of the sector",
                        .provenance = panel::Provenance::observed,
                        .values = labels,
                        .attributes = {}});
  const auto& table = model_.geography.table;
  const auto static_text = [&](const std::string& name, std::vector<std::string> values, const std::string& long_name) {
    values.resize(economy.regions.size());
    dataset.add_variable({.name = name,
                          .dimensions = {"region"},
                          .unit = "",
                          .long_name = long_name,
                          .provenance = panel::Provenance::observed,
                          .values = std::move(values),
                          .attributes = {}});
  };
  const auto static_number = [&](const std::string& name, const Vector& values, const std::string& unit,
                                 const std::string& long_name) {
    std::vector<double> numbers(values.data(), values.data() + values.size());
    numbers.resize(economy.regions.size(), std::numeric_limits<double>::quiet_NaN());
    dataset.add_variable({.name = name,
                          .dimensions = {"region"},
                          .unit = unit,
                          .long_name = long_name,
                          .provenance = panel::Provenance::observed,
                          .values = std::move(numbers),
                          .attributes = {}});
  };
  static_text("region_id", table.ids, "code of the region");
  static_text("province", table.provinces, "province");
  static_text("macro_region", table.macro_regions, "macro-region");
  for (const auto& column : table.text) {
    if (column.name == "tier")
      static_text("tier", column.values, "core, second_centre or periphery: docs/levers.md#targets");
  }
  static_number("longitude", table.longitude, "degrees_east", "longitude of the seat of government");
  static_number("latitude", table.latitude, "degrees_north", "latitude of the seat of government");
  static_number("area", table.area_km2, "km2", "area");

  for (Series& series : series_) {
    std::vector<std::string> dimensions = {"year"};
    dimensions.insert(dimensions.end(), series.info.dimensions.begin(), series.info.dimensions.end());
    dataset.add_variable({.name = series.info.name,
                          .dimensions = std::move(dimensions),
                          .unit = series.info.unit,
                          .long_name = series.info.long_name,
                          .provenance = panel::Provenance::simulated,
                          .values = std::move(series.values),
                          .attributes = {}});
  }
  dataset.add_variable({.name = "certificate_worst_market",
                        .dimensions = {"year"},
                        .unit = "",
                        .long_name = "market with the largest residual",
                        .provenance = panel::Provenance::simulated,
                        .values = worst_markets_,
                        .attributes = {}});
  firms_.write(dataset);
  return dataset;
}

void PanelBuilder::save(panel::Checkpoint& checkpoint) const {
  std::vector<std::int64_t> years(years_.begin(), years_.end());
  checkpoint.add("panel.years", years);
  checkpoint.add("panel.worst_markets", worst_markets_);
  checkpoint.add("panel.policies", policy_labels_);
  const auto add = [&](const std::string& name, const auto& values) {
    checkpoint.add(name, std::vector<double>(values.data(), values.data() + values.size()));
  };
  const auto add_volumes = [&](const std::string& prefix, const VolumeChain& volumes) {
    add(prefix + "last_value_added", volumes.value_added);
    add(prefix + "last_log_price", volumes.log_price);
    add(prefix + "real_gdp", volumes.real_gdp);
  };
  add_volumes("panel.", true_volumes_);
  add("panel.last_log_productivity", productivity_.log_productivity);
  add("panel.last_domar_weight", productivity_.weight);
  add("panel.domar_productivity", productivity_.level);
  if (model_.measurement_error.any()) add_volumes("panel.observed.", observed_volumes_);
  std::vector<std::string> names;
  std::vector<std::string> units;
  std::vector<std::string> definitions;
  std::vector<std::string> dimensions;
  for (const Series& series : series_) {
    names.push_back(series.info.name);
    units.push_back(series.info.unit);
    definitions.push_back(series.info.long_name);
    std::string joined;
    for (const std::string& dimension : series.info.dimensions) joined += dimension + " ";
    dimensions.push_back(joined);
    checkpoint.add("panel.series." + series.info.name, series.values);
  }
  checkpoint.add("panel.names", names);
  checkpoint.add("panel.units", units);
  checkpoint.add("panel.definitions", definitions);
  checkpoint.add("panel.dimensions", dimensions);
  firms_.save(checkpoint);
}

void PanelBuilder::restore(const panel::Checkpoint& checkpoint) {
  years_.clear();
  for (const std::int64_t year : checkpoint.integers("panel.years")) years_.push_back(static_cast<int>(year));
  worst_markets_ = checkpoint.texts("panel.worst_markets");
  policy_labels_ = checkpoint.texts("panel.policies");
  const Eigen::Index regions = model_.base.economy.n_regions();
  const Eigen::Index sectors = model_.base.economy.n_sectors();
  const auto read_volumes = [&](const std::string& prefix, VolumeChain& volumes) {
    const auto items = [&](const char* name) {
      return Eigen::Map<const Array>(checkpoint.numbers(prefix + name).data(), regions, sectors + 1);
    };
    volumes.value_added = items("last_value_added");
    volumes.log_price = items("last_log_price");
    volumes.real_gdp = Eigen::Map<const Vector>(checkpoint.numbers(prefix + "real_gdp").data(), regions);
  };
  read_volumes("panel.", true_volumes_);
  const auto cells = [&](const char* name) {
    return Eigen::Map<const Array>(checkpoint.numbers(name).data(), regions, sectors);
  };
  productivity_.log_productivity = cells("panel.last_log_productivity");
  productivity_.weight = cells("panel.last_domar_weight");
  productivity_.level = Eigen::Map<const Vector>(checkpoint.numbers("panel.domar_productivity").data(), regions);
  if (model_.measurement_error.any()) read_volumes("panel.observed.", observed_volumes_);
  series_.clear();
  const auto& names = checkpoint.texts("panel.names");
  for (std::size_t i = 0; i < names.size(); ++i) {
    Series series;
    series.info = {names[i], {}, checkpoint.texts("panel.units")[i], checkpoint.texts("panel.definitions")[i]};
    std::string word;
    for (const char c : checkpoint.texts("panel.dimensions")[i]) {
      if (c == ' ') {
        series.info.dimensions.push_back(word);
        word.clear();
      } else {
        word += c;
      }
    }
    series.values = checkpoint.numbers("panel.series." + names[i]);
    series_.push_back(std::move(series));
  }
  firms_.restore(checkpoint);
}

}  // namespace pericore::simulation

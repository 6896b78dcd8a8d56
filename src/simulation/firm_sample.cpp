#include "simulation/firm_sample.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "dynamics/firm_agents.h"
#include "numerics/keyed_draws.h"
#include "panel/describe.h"

namespace pericore::simulation {
namespace {

// What draws are for; the sector is added (dynamics/firm_agents.cpp has the others).
constexpr std::uint32_t sampling_draws = 0x46030000U;
constexpr std::uint32_t place_draws = 0x46040000U;
constexpr double per_word = 0x1.0p-32;
constexpr double km_per_degree = 111.195;  // of latitude on a sphere of 6371 km
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Column {
  const char* name;
  const char* unit;
  const char* long_name;
  const char* position_in = nullptr;  ///< dimension that numbers are positions in
};

constexpr std::array whole_columns = {
    Column{"firm_year", "year", "year of the row"},
    Column{"firm_id", "1", "identity of the firm within its sector, the same in all years and in the baseline"},
    Column{"firm_sector", "1", "position of its sector in the dimension sector, from 0", "sector"},
    Column{"firm_region", "1", "position of its region in the dimension region, from 0", "region"},
    Column{"firm_founded_in", "1", "position of the region it was founded in, from 0", "region"},
    Column{"firm_founded", "year", "year it was founded"},
    Column{"firm_owner", "1", "owner: 0 private, 1 state, 2 foreign"},
};

constexpr std::array number_columns = {
    Column{"firm_count", "firms", "firms that it stands for"},
    Column{"firm_size", "1", "phi^(sigma-1): its sales over those of a firm of mean productivity in the same place"},
    Column{"firm_sales", "million yuan", "sales of one such firm at mill prices"},
    Column{"firm_employment", "persons", "persons employed by one such firm"},
    Column{"firm_longitude", "degrees_east", "longitude, scattered over a disc of the region's area"},
    Column{"firm_latitude", "degrees_north", "latitude, scattered over a disc of the region's area"},
};

/// Where a firm stands: uniform in a disc of the region's area around its seat, for as long as it stays in the region.
std::pair<double, double> scattered(const geography::RegionTable& table, std::uint64_t seed, std::uint32_t sector,
                                    const dynamics::Firm& firm) {
  if (firm.region >= table.longitude.size()) return {not_a_number, not_a_number};
  const auto words =
      numerics::keyed_block(seed, place_draws | sector, firm.id, static_cast<std::uint32_t>(firm.region));
  const double radius = std::sqrt(table.area_km2(firm.region) * (words[0] + 0.5) * per_word / std::numbers::pi);
  const double angle = 2.0 * std::numbers::pi * (words[1] + 0.5) * per_word;
  const double latitude = table.latitude(firm.region) + radius * std::sin(angle) / km_per_degree;
  const double narrower = std::cos(table.latitude(firm.region) * std::numbers::pi / 180.0);
  return {table.longitude(firm.region) + radius * std::cos(angle) / (km_per_degree * narrower), latitude};
}

}  // namespace

FirmSample::FirmSample(const Model& model) : model_(model) {}

void FirmSample::add(const YearRecord& record) {
  const double share = model_.firm_sample.share;
  if (share <= 0.0 || (record.year - model_.first_year) % model_.firm_sample.every != 0) return;
  const economy::Accounts& accounts = record.equilibrium.accounts;
  const economy::State& state = record.state.economy;
  for (std::size_t s = 0; s < record.state.populations.size(); ++s) {
    const auto* agents = dynamic_cast<const dynamics::FirmAgents*>(record.state.populations[s].get());
    if (agents == nullptr) continue;
    const auto column = static_cast<Eigen::Index>(s);
    const economy::Sector& of = model_.base.economy.sectors[s];
    const economy::Vector total_size = agents->totals().effective_firms;
    const economy::Vector sales_per_size = accounts.sales.col(column) / total_size;
    const economy::Vector employed_per_bundle = accounts.employment.col(column) / accounts.bundle_cost.col(column);
    const economy::Vector fixed = of.fixed_cost * accounts.unit_cost.col(column).exp();
    const economy::Vector variable =
        (1.0 + state.instruments.production_subsidy.col(column)) * (of.elasticity - 1.0) / of.elasticity;
    const auto number = static_cast<std::uint32_t>(s);
    agents->visit([&](const dynamics::Firm& firm) {
      const auto draw = numerics::keyed_block(model_.dynamics.seed, sampling_draws | number, firm.id, 0);
      if ((draw[0] + 0.5) * per_word >= share) return;
      const Eigen::Index r = firm.region;
      const double own_sales = firm.size * sales_per_size(r);
      const auto [east, north] = scattered(model_.geography.table, model_.dynamics.seed, number, firm);
      whole_[year].push_back(record.year);
      whole_[id].push_back(static_cast<std::int64_t>(firm.id));
      whole_[sector].push_back(column);
      whole_[region].push_back(r);
      whole_[founded_in].push_back(firm.founded_in);
      whole_[founded].push_back(model_.first_year + firm.born);
      whole_[owner].push_back(static_cast<std::int64_t>(firm.owner));
      numbers_[firms].push_back(firm.firms);
      numbers_[size].push_back(firm.size);
      numbers_[sales].push_back(own_sales);
      numbers_[employment].push_back((own_sales * variable(r) + fixed(r)) * employed_per_bundle(r));
      numbers_[longitude].push_back(east);
      numbers_[latitude].push_back(north);
    });
  }
}

void FirmSample::write(panel::Dataset& dataset) {
  if (model_.firm_sample.share <= 0.0) return;
  dataset.add_dimension(panel::unlabelled(firm_rows, whole_[year].size(), "firm and year"));
  const auto add = [&](const Column& column, panel::Values values) {
    std::vector<panel::Attribute> attributes;
    if (column.position_in != nullptr)
      attributes.push_back({std::string(panel::position_attribute), std::string(column.position_in)});
    dataset.add_variable({.name = column.name,
                          .dimensions = {firm_rows},
                          .unit = column.unit,
                          .long_name = column.long_name,
                          .provenance = panel::Provenance::simulated,
                          .values = std::move(values),
                          .attributes = std::move(attributes)});
  };
  for (std::size_t c = 0; c < n_whole; ++c) add(whole_columns[c], std::move(whole_[c]));
  for (std::size_t c = 0; c < n_numbers; ++c) add(number_columns[c], std::move(numbers_[c]));
}

void FirmSample::save(panel::Checkpoint& checkpoint) const {
  for (std::size_t c = 0; c < n_whole; ++c) checkpoint.add(std::string("sample.") + whole_columns[c].name, whole_[c]);
  for (std::size_t c = 0; c < n_numbers; ++c)
    checkpoint.add(std::string("sample.") + number_columns[c].name, numbers_[c]);
}

void FirmSample::restore(const panel::Checkpoint& checkpoint) {
  for (std::size_t c = 0; c < n_whole; ++c)
    whole_[c] = checkpoint.integers(std::string("sample.") + whole_columns[c].name);
  for (std::size_t c = 0; c < n_numbers; ++c)
    numbers_[c] = checkpoint.numbers(std::string("sample.") + number_columns[c].name);
}

}  // namespace pericore::simulation

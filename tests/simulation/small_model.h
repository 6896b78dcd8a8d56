/// The small synthetic country of tests/dynamics as a model that runs: geography, sector classes, a short horizon.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dynamics/small_world.h"
#include "simulation/run.h"

namespace pericore::testing {

/// Small world with travel-time geography: the same kernels as small_world's, but made by trade_kernels().
///
/// @param order, equal, seed  as small_world
inline simulation::Model small_model(std::vector<Eigen::Index> order = {0, 1, 2, 3, 4}, bool equal = false,
                                     unsigned seed = 11) {
  SmallWorld world = small_world(std::move(order), equal, seed);
  simulation::Model model;
  model.title = "small world";
  model.base_year = model.first_year = 2010;
  model.last_year = 2015;
  model.inverted = true;
  model.base = std::move(world.base);
  model.dynamics = world.parameters;
  model.manufacturing = world.parameters.roles.manufacturing;
  model.producer_services = world.parameters.roles.producer_services;
  model.agriculture = farm;
  auto& sectors = model.base.economy.sectors;
  sectors[goods].classes = {"manufacturing", "labour_intensive"};
  sectors[business].classes = {"services", "producer_services"};
  sectors[research].classes = {"services", "producer_services", "research"};
  sectors[public_services].classes = {"public"};

  auto& geography = model.geography;
  const Eigen::Index regions = model.base.economy.n_regions();
  const Eigen::Index places = regions - 1;
  geography.travel_time = world.hours.matrix();
  geography.distance = world.km.max(0.0).matrix();
  geography.jurisdiction = Eigen::ArrayXi::LinSpaced(regions, 0, static_cast<int>(regions) - 1);
  geography.no_self_trade.assign(static_cast<std::size_t>(regions), 0);
  geography.no_self_trade.back() = 1;
  for (Eigen::Index s = 0; s < n_small_sectors; ++s) {
    geography.trade_costs.push_back({.elasticity = sectors[static_cast<std::size_t>(s)].elasticity,
                                     .distance_elasticity = 0.2 + 0.1 * static_cast<double>(s),
                                     .border = 0.0});
  }
  auto& table = geography.table;
  for (Eigen::Index r = 0; r < places; ++r) {
    const std::string name = model.base.economy.regions[static_cast<std::size_t>(r)];
    table.ids.push_back(name);
    table.names.push_back(name);
    table.provinces.push_back(name);
    table.macro_regions.emplace_back("all");
  }
  table.longitude = table.latitude = Eigen::ArrayXd::Zero(places);
  table.area_km2 = Eigen::ArrayXd::Ones(places);
  table.population = dynamics::population(model.base.economy, model.base.state.stock).head(places);
  return model;
}

/// Trends only, no policies.
inline simulation::RunOptions baseline_only() {
  simulation::RunOptions options;
  options.policies = false;
  return options;
}

/// A policy in force from the second year on, everywhere.
inline policy::PolicyEntry everywhere(std::string lever, double size) {
  policy::PolicyEntry entry;
  entry.lever = std::move(lever);
  entry.size = size;
  entry.schedule.start = 2011;
  entry.place = "test";
  return entry;
}

}  // namespace pericore::testing

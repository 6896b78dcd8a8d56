/// A synthetic country of any number of regions whose trade costs follow from where they lie; all figures are made up. The same
/// economy can be given dense or compressed kernels.
#pragma once

#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "economy/economy.h"
#include "economy/state.h"
#include "geography/distance.h"
#include "geography/place_trade_cost.h"

namespace pericore::testing {

struct PlacesCountry {
  economy::Economy economy;
  economy::State state;
  Eigen::ArrayXd longitude;
  Eigen::ArrayXd latitude;
  Eigen::ArrayXd area_km2;
  std::vector<std::string> provinces;
  Eigen::ArrayXi jurisdiction;
  std::vector<geography::SectorTradeCost> costs;  ///< by sector

  [[nodiscard]] Eigen::Index size() const { return longitude.size(); }

  [[nodiscard]] geography::PlaceGeography places() const {
    return {longitude, latitude, area_km2, provinces, {}, 1.0, jurisdiction};
  }

  /// Pair by pair, with travel times and freeness as the dense path makes them.
  [[nodiscard]] economy::TradeKernels dense_kernels() const {
    const Eigen::ArrayXXd times = geography::travel_times_by_rule(
        geography::great_circle_distances(longitude, latitude), area_km2, provinces, {});
    const auto shared = geography::trade_geography(times, 1.0, jurisdiction);
    economy::TradeKernels kernels;
    kernels.freeness.resize(costs.size());
    for (std::size_t s = 0; s < costs.size(); ++s) {
      if (economy.sectors[s].market == economy::Market::homogeneous) continue;
      kernels.freeness[s].resize(size(), size());
      geography::trade_freeness(shared, costs[s], {}, kernels.freeness[s]);
    }
    kernels.accelerate();
    return kernels;
  }

  [[nodiscard]] economy::TradeKernels compressed_kernels(double tolerance) const {
    const geography::PlaceGeography where = places();
    economy::TradeKernels kernels;
    kernels.freeness.resize(costs.size());
    kernels.fast.resize(costs.size());
    for (std::size_t s = 0; s < costs.size(); ++s) {
      if (economy.sectors[s].market != economy::Market::homogeneous)
        kernels.fast[s] = geography::compressed_freeness(where, costs[s], {}, tolerance);
    }
    return kernels;
  }
};

/// @param goods  sectors besides agriculture, each with trade costs of its own; those with even numbers have firms that enter freely
///               and capital of their own, the others a variety a region. 0 goods: one sector and labour alone, no agriculture.
inline PlacesCountry places_country(Eigen::Index regions, Eigen::Index goods, unsigned seed = 7) {
  PlacesCountry country;
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::lognormal_distribution<double> lognormal(0.0, 1.2);
  // Over the extent of China; provinces are what lies nearest to one of 31 seats.
  country.longitude.resize(regions);
  country.latitude.resize(regions);
  country.area_km2 = Eigen::ArrayXd::Constant(regions, 9.6e6 / static_cast<double>(regions));
  country.jurisdiction.resize(regions);
  Eigen::ArrayXXd seats(31, 2);
  for (Eigen::Index p = 0; p < seats.rows(); ++p)
    seats.row(p) << 80.0 + 45.0 * uniform(random), 22.0 + 25.0 * uniform(random);
  for (Eigen::Index r = 0; r < regions; ++r) {
    country.longitude(r) = 80.0 + 45.0 * uniform(random);
    country.latitude(r) = 22.0 + 25.0 * uniform(random);
    Eigen::Index nearest = 0;
    ((seats.col(0) - country.longitude(r)).square() + (seats.col(1) - country.latitude(r)).square()).minCoeff(&nearest);
    country.jurisdiction(r) = static_cast<int>(nearest);
    country.provinces.push_back(std::to_string(nearest));
  }

  auto& e = country.economy;
  for (Eigen::Index r = 0; r < regions; ++r) e.regions.push_back("region " + std::to_string(r + 1));
  const bool only_one = goods == 0;
  const Eigen::Index sectors = only_one ? 1 : goods + 1;
  const auto add_factor = [&e](const std::string& name, economy::FactorKind kind, bool housing) {
    e.factors.push_back({.name = name, .kind = kind, .owner = {}, .housing = housing});
    return static_cast<Eigen::Index>(e.factors.size()) - 1;
  };
  const Eigen::Index worker = add_factor("worker", economy::FactorKind::labour, false);
  Eigen::Index farmer = -1;
  Eigen::Index skilled = -1;
  if (!only_one) {
    skilled = add_factor("skilled", economy::FactorKind::labour, false);
    farmer = add_factor("farmer", economy::FactorKind::labour, false);
    add_factor("land", economy::FactorKind::land, true);
  }
  std::vector<Eigen::Index> own(static_cast<std::size_t>(sectors), -1);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    economy::Sector sector;
    sector.name = "sector " + std::to_string(s);
    sector.elasticity = 4.0 + 4.0 * uniform(random);
    sector.entry = economy::Entry::none;
    sector.market = economy::Market::armington;
    if (!only_one && s == 0) {
      sector.market = economy::Market::homogeneous;
    } else if (!only_one && s % 2 == 0) {
      sector.market = economy::Market::monopolistic;
      sector.entry = economy::Entry::free;
      own[static_cast<std::size_t>(s)] =
          add_factor("capital " + std::to_string(s), economy::FactorKind::capital, false);
    }
    e.sectors.push_back(sector);
    country.costs.push_back({.elasticity = sector.elasticity,
                             .distance_elasticity = (0.8 + 0.8 * uniform(random)) / (sector.elasticity - 1.0),
                             .border = 0.3 * uniform(random) / (sector.elasticity - 1.0)});
  }
  const Eigen::Index factors = e.n_factors();
  economy::Technology technology{.alpha = Eigen::ArrayXXd::Zero(factors, sectors),
                                 .gamma = Eigen::ArrayXXd::Zero(sectors, sectors)};
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (only_one || s == 0) {
      technology.alpha(only_one ? worker : farmer, s) = 1.0;
      continue;
    }
    const Eigen::Index capital = own[static_cast<std::size_t>(s)];
    if (capital >= 0) technology.alpha(capital, s) = 0.2;
    const double labour = 0.6 - technology.alpha.col(s).sum();
    const double share = 0.2 + 0.6 * uniform(random);
    technology.alpha(skilled, s) = share * labour;
    technology.alpha(worker, s) = (1.0 - share) * labour;
    Eigen::ArrayXd inputs = Eigen::ArrayXd::NullaryExpr(sectors, [&] { return uniform(random); });
    technology.gamma.col(s) = 0.4 * inputs / inputs.sum();
  }
  e.technologies = {technology};
  e.technology_of.assign(static_cast<std::size_t>(regions), 0);
  e.wage_premium = Eigen::ArrayXXd::Ones(factors, sectors);
  const double rent = only_one ? 0.0 : 0.1;
  Eigen::ArrayXd basket = Eigen::ArrayXd::NullaryExpr(sectors, [&] { return 0.2 + uniform(random); });
  basket *= (1.0 - rent) / basket.sum();
  e.household_basket = basket.transpose().replicate(regions, 1);
  e.housing_share = economy::Vector::Constant(regions, rent);
  e.investment_basket = economy::Array::Zero(regions, sectors);
  e.saving_rate = economy::Vector::Zero(regions);
  e.income_tax = economy::Vector::Zero(regions);
  e.population_per_worker = economy::Vector::Ones(regions);
  e.reference_log_wage = economy::Array::Zero(regions, factors);
  e.reference_log_price = economy::Array::Zero(regions, sectors);

  auto& state = country.state;
  state.stock.resize(regions, factors);
  state.firms = economy::Array::Zero(regions, sectors);
  state.effective_firms = economy::Array::Zero(regions, sectors);
  state.log_productivity.resize(regions, sectors);
  for (Eigen::Index r = 0; r < regions; ++r) {
    const double size = lognormal(random);
    for (Eigen::Index f = 0; f < factors; ++f) state.stock(r, f) = size * (0.5 + uniform(random));
    for (Eigen::Index s = 0; s < sectors; ++s) state.log_productivity(r, s) = 0.4 * (uniform(random) - 0.5);
  }
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (e.sectors[static_cast<std::size_t>(s)].market == economy::Market::armington)
      state.effective_firms.col(s).setOnes();
  }
  e.national_share = state.stock.col(0) / state.stock.col(0).sum();
  state.investment_weight = economy::Vector::Zero(regions);
  state.foreign_share = economy::Array::Zero(regions, sectors);
  state.instruments = economy::Instruments(regions, sectors, factors);
  return country;
}

}  // namespace pericore::testing

/// A small synthetic country with everything on: taxes, government, investment, housing, a rest of the world, an empty cell.
/// All figures are synthetic.
#pragma once

#include <cmath>
#include <random>

#include "equilibrium/base_year.h"

namespace pericore::testing {

inline equilibrium::BaseYearData small_country(Eigen::Index places = 6, unsigned seed = 7) {
  using economy::Array;
  equilibrium::BaseYearData data;
  auto& e = data.economy;
  const Eigen::Index regions = places + 1;  // the last one is the rest of the world
  const Eigen::Index sectors = 5;
  const Eigen::Index factors = 6;
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (Eigen::Index r = 0; r < places; ++r) e.regions.push_back("place " + std::to_string(r + 1));
  e.regions.push_back("abroad");
  e.abroad = static_cast<int>(places);
  const char* names[] = {"farm", "goods", "finance", "shops", "public"};
  for (Eigen::Index s = 0; s < sectors; ++s) {
    economy::Sector sector;
    sector.name = names[s];
    sector.elasticity = 4.0 + 0.5 * static_cast<double>(s);
    if (s == 0) sector.market = economy::Market::homogeneous, sector.entry = economy::Entry::none;
    if (s == 4) sector.market = economy::Market::armington, sector.entry = economy::Entry::none;
    e.sectors.push_back(sector);
  }
  const auto factor = [&](const char* name, economy::FactorKind kind, economy::Ownership owner, bool housing) {
    e.factors.push_back({.name = name, .kind = kind, .owner = owner, .housing = housing});
  };
  factor("rural", economy::FactorKind::labour, {}, false);
  factor("unskilled", economy::FactorKind::labour, {}, false);
  factor("skilled", economy::FactorKind::labour, {}, false);
  factor("capital", economy::FactorKind::capital, {.local = 0.4, .national = 0.4, .government = 0.15, .abroad = 0.05},
         false);
  factor("land", economy::FactorKind::land, {.local = 0.7, .national = 0.1, .government = 0.2}, true);
  factor("foreign", economy::FactorKind::capital, {}, false);
  data.foreign_factor = 5;

  data.labour_shares = Eigen::ArrayXXd::Zero(factors, sectors);
  data.property_shares = Eigen::ArrayXXd::Zero(factors, sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    const double skilled = 0.1 + 0.15 * static_cast<double>(s);
    if (s == 0) {
      data.labour_shares(0, s) = 1.0;
    } else {
      data.labour_shares(1, s) = 1.0 - skilled;
      data.labour_shares(2, s) = skilled;
    }
    data.property_shares(3, s) = 0.8;
    data.property_shares(4, s) = 0.2;
  }
  // The farm sector's own factor is rural labour; capital and land are shared.
  auto& t = data.accounts;
  const Eigen::ArrayXd size = (Eigen::ArrayXd(5) << 20.0, 60.0, 10.0, 30.0, 15.0).finished();
  t.intermediate = Eigen::ArrayXXd::Zero(sectors, sectors);
  for (Eigen::Index k = 0; k < sectors; ++k) {
    for (Eigen::Index s = 0; s < sectors; ++s)
      t.intermediate(k, s) = size(s) * (0.02 + 0.06 * uniform(random)) * (k == 1 ? 3.0 : 1.0) * (k == 4 ? 0.1 : 1.0);
  }
  t.labour = 0.3 * size;
  t.capital = 0.2 * size;
  t.production_tax = 0.05 * size;
  t.exports = (Eigen::ArrayXd(5) << 1.0, 9.0, 0.5, 1.0, 0.1).finished();
  t.imports = (Eigen::ArrayXd(5) << 1.5, 6.0, 0.3, 0.5, 0.05).finished();
  t.household = (Eigen::ArrayXd(5) << 5.0, 10.0, 3.0, 12.0, 3.0).finished();
  t.government = (Eigen::ArrayXd(5) << 0.1, 0.0, 0.3, 0.0, 9.0).finished();
  t.investment = (Eigen::ArrayXd(5) << 0.5, 12.0, 0.0, 1.0, 0.0).finished();
  t.housing = 3.0;

  data.employment = Array::Zero(regions, sectors);
  data.relative_wage = Array::Ones(regions, factors);
  data.given_stock = Array::Zero(regions, factors);
  data.population = economy::Vector::Zero(regions);
  data.government_weights = economy::Vector::Zero(regions);
  for (Eigen::Index r = 0; r < places; ++r) {
    const double scale = std::exp(1.5 * uniform(random));
    for (Eigen::Index s = 0; s < sectors; ++s)
      data.employment(r, s) = 1000.0 * scale * size(s) * (0.3 + uniform(random));
    const double wage = std::pow(scale, 0.1);
    data.relative_wage(r, 0) = 0.5 * wage;
    data.relative_wage(r, 1) = wage;
    data.relative_wage(r, 2) = 1.5 * wage;
    data.given_stock(r, 4) = 100.0 * scale * (0.5 + uniform(random));
    data.population(r) = 1.8 * data.employment.row(r).sum();
    data.government_weights(r) = data.employment(r, 4);
  }
  data.employment(1, 2) = 0.0;  // no finance there: exactly absent
  data.firm_size = Eigen::ArrayXd::Constant(sectors, 20.0);
  data.income_tax = 0.08;
  data.capital_renewal = 0.1;

  Eigen::ArrayXXd hours(regions, regions);
  Eigen::ArrayXd x(regions);
  Eigen::ArrayXd y(regions);
  for (Eigen::Index r = 0; r < regions; ++r) x(r) = 6.0 * uniform(random), y(r) = 6.0 * uniform(random);
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index n = 0; n < regions; ++n) {
      hours(r, n) = r == n ? 0.7 : 0.7 + std::hypot(x(r) - x(n), y(r) - y(n));
      if (r != n && (r == places || n == places)) hours(r, n) += 50.0;
    }
  }
  data.kernels.freeness.resize(static_cast<std::size_t>(sectors));
  for (Eigen::Index s = 1; s < sectors; ++s) {
    const double sigma = e.sectors[static_cast<std::size_t>(s)].elasticity;
    const double delta = 0.2 + 0.1 * static_cast<double>(s);
    Eigen::MatrixXd freeness = hours.max(1.0).pow(delta * (1.0 - sigma)).matrix();
    freeness(places, places) = 0.0;
    data.kernels.freeness[static_cast<std::size_t>(s)] = freeness;
  }
  return data;
}

}  // namespace pericore::testing

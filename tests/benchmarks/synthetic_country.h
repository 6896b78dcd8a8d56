/// A synthetic country of any size for benchmarks: one farm sector, traded sectors, public services; all figures are synthetic.
#pragma once

#include <cmath>
#include <random>
#include <string>

#include "equilibrium/base_year.h"

namespace pericore::benchmarks {

inline equilibrium::BaseYearData synthetic_country(Eigen::Index regions, Eigen::Index sectors, unsigned seed = 11) {
  using economy::Array;
  equilibrium::BaseYearData data;
  auto& e = data.economy;
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (Eigen::Index r = 0; r < regions; ++r) e.regions.push_back("region " + std::to_string(r + 1));
  Eigen::ArrayXd size(sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    economy::Sector sector;
    sector.name = "sector " + std::to_string(s + 1);
    sector.elasticity = 4.0 + 4.0 * uniform(random);
    if (s == 0) sector.market = economy::Market::homogeneous, sector.entry = economy::Entry::none;
    if (s == sectors - 1) sector.market = economy::Market::armington, sector.entry = economy::Entry::none;
    e.sectors.push_back(sector);
    size(s) = 5.0 + 40.0 * uniform(random);
  }
  const char* labour[] = {"rural", "migrant", "unskilled", "skilled"};
  for (const char* name : labour)
    e.factors.push_back({.name = name, .kind = economy::FactorKind::labour, .owner = {}, .housing = false});
  e.factors.push_back({.name = "capital",
                       .kind = economy::FactorKind::capital,
                       .owner = {.local = 0.5, .national = 0.5},
                       .housing = false});
  e.factors.push_back({.name = "land", .kind = economy::FactorKind::land, .owner = {}, .housing = true});
  const auto factors = static_cast<Eigen::Index>(e.factors.size());
  data.labour_shares = Eigen::ArrayXXd::Zero(factors, sectors);
  data.property_shares = Eigen::ArrayXXd::Zero(factors, sectors);
  auto& t = data.accounts;
  t.intermediate = Eigen::ArrayXXd::Zero(sectors, sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (s == 0) {
      data.labour_shares(0, s) = 1.0;
    } else {
      const double skilled = 0.1 + 0.5 * uniform(random);
      data.labour_shares(1, s) = 0.5 * (1.0 - skilled);
      data.labour_shares(2, s) = 0.5 * (1.0 - skilled);
      data.labour_shares(3, s) = skilled;
    }
    data.property_shares(4, s) = 0.9;
    data.property_shares(5, s) = 0.1;
    for (Eigen::Index k = 0; k < sectors; ++k)
      t.intermediate(k, s) = size(s) * size(k) / size.sum() * 0.6 * uniform(random);
  }
  t.labour = 0.35 * size;
  t.capital = 0.3 * size;
  t.production_tax = 0.05 * size;
  t.exports = Eigen::ArrayXd::Zero(sectors);
  t.imports = Eigen::ArrayXd::Zero(sectors);
  t.household = 0.5 * size;
  t.government = 0.1 * size;
  t.investment = 0.3 * size;
  t.housing = 0.05 * size.sum();

  data.employment = Array::Zero(regions, sectors);
  data.relative_wage = Array::Ones(regions, factors);
  data.given_stock = Array::Zero(regions, factors);
  data.population = economy::Vector::Zero(regions);
  data.government_weights = economy::Vector::Zero(regions);
  Eigen::ArrayXd x(regions);
  Eigen::ArrayXd y(regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    const double scale = std::exp(3.0 * uniform(random));
    for (Eigen::Index s = 0; s < sectors; ++s)
      data.employment(r, s) = 1000.0 * scale * size(s) * (0.3 + uniform(random));
    data.relative_wage.row(r) *= std::pow(scale, 0.1);
    data.given_stock(r, 5) = scale;
    data.population(r) = 1.8 * data.employment.row(r).sum();
    data.government_weights(r) = data.employment(r, sectors - 1);
    x(r) = 30.0 * uniform(random);
    y(r) = 30.0 * uniform(random);
  }
  data.firm_size = Eigen::ArrayXd::Constant(sectors, 20.0);
  data.income_tax = 0.07;
  data.capital_renewal = 0.15;
  data.kernels.freeness.resize(static_cast<std::size_t>(sectors));
  for (Eigen::Index s = 1; s < sectors; ++s) {
    const double power = 0.8 + 1.2 * uniform(random);  // distance elasticity of trade, (sigma - 1) delta
    Eigen::MatrixXd& freeness = data.kernels.freeness[static_cast<std::size_t>(s)];
    freeness.resize(regions, regions);
    for (Eigen::Index n = 0; n < regions; ++n) {
      for (Eigen::Index r = 0; r < regions; ++r) {
        freeness(r, n) = std::pow(std::max(1.0, r == n ? 1.0 : 0.7 + std::hypot(x(r) - x(n), y(r) - y(n))), -power);
      }
    }
  }
  return data;
}

}  // namespace pericore::benchmarks

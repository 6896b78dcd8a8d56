/// A small synthetic country with everything the laws of motion touch: four labour groups, capital, land, a rest of the world, a cell
/// without firms, foreign and state firms. All figures are synthetic.
#pragma once

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "dynamics/year.h"
#include "equilibrium/base_year.h"

namespace pericore::testing {

enum SmallSector : Eigen::Index { farm, goods, business, research, public_services, n_small_sectors };
enum SmallFactor : Eigen::Index { rural, migrant, unskilled, skilled, capital, land, foreign, n_small_factors };

struct SmallWorld {
  equilibrium::BaseYear base;
  equilibrium::ShortRunEquilibrium equilibrium;  ///< of the base year
  Eigen::ArrayXXd hours;
  Eigen::ArrayXXd km;
  dynamics::Parameters parameters;

  [[nodiscard]] dynamics::Calibration calibrate() const {
    return dynamics::calibrate_dynamics(base.economy, parameters, base.state, equilibrium, hours, km);
  }
  [[nodiscard]] dynamics::Year advance(const dynamics::Calibration& from) const {
    return dynamics::advance(base.economy, parameters, from.fundamentals, from.state, equilibrium, hours);
  }
  [[nodiscard]] Eigen::Index places() const { return base.economy.n_regions() - 1; }
};

inline dynamics::Parameters small_parameters() {
  dynamics::Parameters p;
  dynamics::FirmParameters firm;
  firm.state_share = 0.2;
  p.firms.assign(n_small_sectors, firm);
  p.firms[research].relocation_dispersion = 0.8;
  p.spillovers.assign(
      n_small_sectors,
      {.mar = 0.03, .jac = 0.01, .know = 0.02, .syn = 0.02, .pub = 0.03, .hum = 0.05, .soe = 0.1, .cong = 0.02});
  p.groups.assign(n_small_factors, {});
  for (const auto f : {migrant, unskilled, skilled}) {
    p.groups[f].mobility = dynamics::Mobility::logit;
    p.groups[f].registration = 0.2;
  }
  p.groups[migrant].access = 0.5;
  p.people.rural = rural;
  p.people.migrant = migrant;
  p.people.unskilled = unskilled;
  p.people.skilled = skilled;
  p.people.turnover = 0.03;
  p.people.rural_to_migrant = 0.01;
  p.people.citizenisation = 0.01;
  p.people.training = 0.002;
  p.roles = {.research = research,
             .public_sector = public_services,
             .agriculture = farm,
             .manufacturing = {goods},
             .producer_services = {business, research}};
  return p;
}

/// @param order  the regions' order: order[i] is who stands in row i
/// @param equal  all regions alike, on a circle
inline SmallWorld small_world(std::vector<Eigen::Index> order = {0, 1, 2, 3, 4}, bool equal = false,
                              unsigned seed = 11) {
  using economy::Array;
  const auto places = static_cast<Eigen::Index>(order.size());
  const Eigen::Index regions = places + 1;  // the last one is the rest of the world
  equilibrium::BaseYearData data;
  auto& e = data.economy;
  for (const Eigen::Index who : order) e.regions.push_back("place " + std::to_string(who + 1));
  e.regions.push_back("abroad");
  e.abroad = static_cast<int>(places);
  const char* names[] = {"farm", "goods", "business", "research", "public"};
  for (Eigen::Index s = 0; s < n_small_sectors; ++s) {
    economy::Sector sector;
    sector.name = names[s];
    sector.elasticity = 4.0 + 0.5 * static_cast<double>(s);
    if (s == farm) sector.market = economy::Market::homogeneous, sector.entry = economy::Entry::none;
    if (s == public_services) sector.market = economy::Market::armington, sector.entry = economy::Entry::none;
    e.sectors.push_back(sector);
  }
  const auto factor = [&](const char* name, economy::FactorKind kind, economy::Ownership owner, bool housing) {
    e.factors.push_back({.name = name, .kind = kind, .owner = owner, .housing = housing});
  };
  for (const char* group : {"rural", "migrant", "unskilled", "skilled"})
    factor(group, economy::FactorKind::labour, {}, false);
  factor("capital", economy::FactorKind::capital, {.local = 0.5, .national = 0.5}, false);
  factor("land", economy::FactorKind::land, {}, true);
  factor("foreign", economy::FactorKind::capital, {}, false);
  data.foreign_factor = foreign;

  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  data.labour_shares = Eigen::ArrayXXd::Zero(n_small_factors, n_small_sectors);
  data.property_shares = data.labour_shares;
  for (Eigen::Index s = 0; s < n_small_sectors; ++s) {
    const double high = 0.1 + 0.1 * static_cast<double>(s);
    if (s == farm) {
      data.labour_shares(rural, s) = 1.0;
    } else {
      data.labour_shares(migrant, s) = 0.3 * (1.0 - high);
      data.labour_shares(unskilled, s) = 0.7 * (1.0 - high);
      data.labour_shares(skilled, s) = high;
    }
    data.property_shares(capital, s) = 0.8;
    data.property_shares(land, s) = 0.2;
  }
  const Eigen::ArrayXd size = (Eigen::ArrayXd(5) << 20.0, 60.0, 20.0, 5.0, 15.0).finished();
  auto& t = data.accounts;
  t.intermediate = Eigen::ArrayXXd::Zero(n_small_sectors, n_small_sectors);
  for (Eigen::Index k = 0; k < n_small_sectors; ++k) {
    for (Eigen::Index s = 0; s < n_small_sectors; ++s) {
      t.intermediate(k, s) =
          size(s) * (0.02 + 0.04 * uniform(random)) * (k == goods ? 3.0 : 1.0) * (k >= research ? 0.1 : 1.0);
    }
  }
  t.labour = 0.3 * size;
  t.capital = 0.2 * size;
  t.production_tax = 0.05 * size;
  t.exports = (Eigen::ArrayXd(5) << 1.0, 9.0, 1.0, 0.1, 0.1).finished();
  t.imports = (Eigen::ArrayXd(5) << 1.5, 6.0, 0.6, 0.05, 0.05).finished();
  t.household = (Eigen::ArrayXd(5) << 5.0, 10.0, 8.0, 0.5, 3.0).finished();
  t.government = (Eigen::ArrayXd(5) << 0.1, 0.0, 0.3, 2.0, 9.0).finished();
  t.investment = (Eigen::ArrayXd(5) << 0.5, 12.0, 0.5, 0.5, 0.0).finished();
  t.housing = 3.0;

  // By who, not by row: a reordered world is the same world.
  Array employment(places, n_small_sectors);
  Eigen::ArrayXd scale(places);
  Eigen::ArrayXd plot(places);
  Eigen::ArrayXd x(places);
  Eigen::ArrayXd y(places);
  for (Eigen::Index who = 0; who < places; ++who) {
    scale(who) = equal ? 1.5 : std::exp(1.2 * uniform(random));
    plot(who) = equal ? 1.0 : 0.5 + uniform(random);
    for (Eigen::Index s = 0; s < n_small_sectors; ++s)
      employment(who, s) = 1000.0 * scale(who) * size(s) * (equal ? 1.0 : 0.4 + uniform(random));
    const double angle = 2.0 * 3.14159265358979323846 * static_cast<double>(who) / static_cast<double>(places);
    x(who) = equal ? 3.0 * std::cos(angle) : 6.0 * uniform(random);
    y(who) = equal ? 3.0 * std::sin(angle) : 6.0 * uniform(random);
  }
  if (!equal) employment(1, business) = 0.0;  // exactly absent

  data.employment = Array::Zero(regions, n_small_sectors);
  data.relative_wage = Array::Ones(regions, n_small_factors);
  data.given_stock = Array::Zero(regions, n_small_factors);
  data.population = economy::Vector::Zero(regions);
  data.government_weights = economy::Vector::Zero(regions);
  SmallWorld world;
  world.hours.resize(regions, regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index n = 0; n < regions; ++n) {
      if (r == n) {
        world.hours(r, n) = 0.7;
      } else if (r == places || n == places) {
        world.hours(r, n) = 50.0;
      } else {
        const Eigen::Index a = order[static_cast<std::size_t>(r)];
        const Eigen::Index b = order[static_cast<std::size_t>(n)];
        world.hours(r, n) = 0.7 + std::hypot(x(a) - x(b), y(a) - y(b));
      }
    }
    if (r == places) continue;
    const Eigen::Index who = order[static_cast<std::size_t>(r)];
    data.employment.row(r) = employment.row(who);
    const double wage = std::pow(scale(who), 0.1);
    data.relative_wage.row(r).head(4) << 0.5 * wage, 0.8 * wage, wage, 1.5 * wage;
    data.given_stock(r, land) = 100.0 * scale(who) * plot(who);
    data.population(r) = 1.8 * data.employment.row(r).sum();
    data.government_weights(r) = data.employment(r, public_services);
  }
  world.km = (world.hours - 0.7) * 100.0;
  data.firm_size = Eigen::ArrayXd::Constant(n_small_sectors, 20.0);
  data.income_tax = 0.08;
  data.capital_renewal = 0.096;

  data.kernels.freeness.resize(n_small_sectors);
  for (Eigen::Index s = 1; s < n_small_sectors; ++s) {
    const double sigma = e.sectors[static_cast<std::size_t>(s)].elasticity;
    Eigen::MatrixXd freeness = world.hours.max(1.0).pow((0.2 + 0.1 * static_cast<double>(s)) * (1.0 - sigma)).matrix();
    freeness(places, places) = 0.0;
    data.kernels.freeness[static_cast<std::size_t>(s)] = freeness;
  }
  world.base = equilibrium::invert_base_year(data);
  world.base.state.foreign_share = Array::Zero(regions, n_small_sectors);
  world.base.state.foreign_share.col(goods).head(places) = 0.1;
  world.equilibrium = equilibrium::solve_short_run(world.base.economy, world.base.kernels, world.base.state,
                                                   world.base.prices, {.tolerance = 1e-12});
  world.parameters = small_parameters();
  return world;
}

/// Largest |a / b - 1|; zeros must be met exactly.
inline double relative_distance(const Eigen::ArrayXXd& a, const Eigen::ArrayXXd& b) {
  return (a == b).select(0.0, (a / b - 1.0).abs()).maxCoeff();
}

}  // namespace pericore::testing

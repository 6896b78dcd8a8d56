/// One labour factor that moves, one traded good, and perhaps housing: the economies of Allen and Arkolakis (2014), Helpman (1998) and
/// Redding (2016), each a choice of the numbers below.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>

#include "dynamics/long_run.h"
#include "dynamics/spillovers.h"
#include "equilibrium/short_run.h"

namespace pericore::testing {

struct LocationNumbers {
  bool free_entry = false;  ///< else one variety a region
  double sigma = 9.0;
  double mar = 0.0;          ///< of productivity to employment
  double congestion = 0.0;   ///< of utility to density, as a loss
  double goods_share = 1.0;  ///< the rest is housing
  double theta = 0.0;        ///< of location choice; 0: the replicator
  Eigen::ArrayXXd trade_cost;
  Eigen::ArrayXd productivity;  ///< Abar
  Eigen::ArrayXd amenity;       ///< ubar
  Eigen::ArrayXd land;
  Eigen::ArrayXd start;  ///< workers
};

/// An economy with its laws of motion, and the base year from `start`.
struct LocationEconomy {
  economy::Economy economy;
  economy::TradeKernels kernels;
  dynamics::Parameters parameters;
  dynamics::Calibration base;
  economy::Prices prices;  ///< of the base year
  Eigen::ArrayXXd hours;

  [[nodiscard]] dynamics::LongRunEquilibrium long_run(const Eigen::ArrayXd& workers,
                                                      const dynamics::LongRunOptions& options = {}) const {
    dynamics::DynamicState state = base.state;
    state.economy.stock.col(0) = workers;
    return dynamics::long_run_equilibrium(economy, parameters, base.fundamentals, kernels, state, prices, hours,
                                          options);
  }
};

inline LocationEconomy location_economy(const LocationNumbers& numbers) {
  const Eigen::Index regions = numbers.start.size();
  const bool housing = numbers.goods_share < 1.0;
  const Eigen::Index factors = housing ? 2 : 1;
  LocationEconomy model;
  auto& e = model.economy;
  for (Eigen::Index r = 0; r < regions; ++r) e.regions.push_back("region " + std::to_string(r + 1));
  e.sectors.resize(1);
  e.sectors[0].name = "goods";
  e.sectors[0].market = numbers.free_entry ? economy::Market::monopolistic : economy::Market::armington;
  e.sectors[0].entry = numbers.free_entry ? economy::Entry::free : economy::Entry::none;
  e.sectors[0].elasticity = numbers.sigma;
  e.factors.push_back({.name = "worker", .kind = economy::FactorKind::labour, .owner = {}, .housing = false});
  if (housing) e.factors.push_back({.name = "land", .kind = economy::FactorKind::land, .owner = {}, .housing = true});
  economy::Technology technology{.alpha = Eigen::ArrayXXd::Zero(factors, 1), .gamma = Eigen::ArrayXXd::Zero(1, 1)};
  technology.alpha(0, 0) = 1.0;
  e.technologies = {technology};
  e.technology_of.assign(static_cast<std::size_t>(regions), 0);
  e.wage_premium = Eigen::ArrayXXd::Ones(factors, 1);
  e.household_basket = economy::Array::Constant(regions, 1, numbers.goods_share);
  e.housing_share = economy::Vector::Constant(regions, 1.0 - numbers.goods_share);
  e.investment_basket = economy::Array::Zero(regions, 1);
  e.saving_rate = economy::Vector::Zero(regions);
  e.income_tax = economy::Vector::Zero(regions);
  e.population_per_worker = economy::Vector::Ones(regions);
  e.national_share = economy::Vector::Constant(regions, 1.0 / static_cast<double>(regions));
  e.reference_log_wage = economy::Array::Zero(regions, factors);
  e.reference_log_price = economy::Array::Zero(regions, 1);
  model.kernels.freeness = {numbers.trade_cost.pow(1.0 - numbers.sigma).matrix()};

  economy::State state;
  state.stock = economy::Array(regions, factors);
  state.stock.col(0) = numbers.start;
  if (housing) state.stock.col(1) = numbers.land;
  state.firms = economy::Array::Constant(regions, 1, numbers.free_entry ? 0.0 : 1.0);
  state.effective_firms = state.firms;
  state.log_productivity = numbers.productivity.log();
  state.investment_weight = economy::Vector::Zero(regions);
  state.foreign_share = economy::Array::Zero(regions, 1);
  state.instruments = economy::Instruments(regions, 1, factors);

  auto& p = model.parameters;
  p.firms.resize(1);
  p.spillovers.resize(1);
  p.spillovers[0].mar = numbers.mar;
  p.groups.resize(static_cast<std::size_t>(factors));
  p.groups[0].mobility = numbers.theta > 0.0 ? dynamics::Mobility::logit_static : dynamics::Mobility::replicator;
  if (numbers.theta > 0.0) p.groups[0].elasticity = numbers.theta;
  p.groups[0].calibrated_amenities = false;
  p.groups[0].log_amenity = numbers.amenity.log();
  p.people.congestion = numbers.congestion;
  p.reference = dynamics::SpilloverReference{};

  const equilibrium::SolverOptions exact{.tolerance = 1e-13, .max_evaluations = 20000};
  const auto settled =
      dynamics::settle_spillovers(e, p, model.kernels, state, equilibrium::cold_start(e, model.kernels, state), exact);
  state.log_productivity = settled.log_productivity;
  model.hours = Eigen::ArrayXXd::Ones(regions, regions);
  model.base = dynamics::calibrate_dynamics(e, p, state, settled.equilibrium, model.hours, model.hours);
  model.prices = settled.equilibrium.prices;
  return model;
}

/// Iceberg cost of `step` from one region to the next along a line.
inline Eigen::ArrayXXd line(Eigen::Index regions, double step) {
  Eigen::ArrayXXd cost(regions, regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index n = 0; n < regions; ++n) cost(r, n) = std::pow(step, static_cast<double>(std::abs(r - n)));
  }
  return cost;
}

/// Positive numbers around 1, different ones for each seed.
inline Eigen::ArrayXd scattered(Eigen::Index size, unsigned seed, double spread = 0.3) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  Eigen::ArrayXd values(size);
  for (double& value : values) value = std::exp(spread * uniform(random));
  return values;
}

/// Largest |ln(a / b)|.
inline double log_distance(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) { return (a / b).log().abs().maxCoeff(); }

}  // namespace pericore::testing

/// The textbook economies of tests/equilibrium with the laws of motion that make long-run models of them.
#pragma once

#include <cmath>

#include "../equilibrium/vertical_linkages.h"
#include "bifurcation/model.h"

namespace pericore::testing {

inline dynamics::Parameters textbook_parameters(const economy::Economy& economy) {
  dynamics::Parameters parameters;
  parameters.firms.resize(economy.sectors.size());
  parameters.spillovers.resize(economy.sectors.size());
  parameters.groups.resize(economy.factors.size());
  parameters.people.congestion = 0.0;
  parameters.people.public_services = 0.0;
  return parameters;
}

inline bifurcation::Model long_run_model(const CorePeriphery& built, dynamics::Parameters parameters) {
  const Eigen::Index regions = built.economy.n_regions();
  const Eigen::ArrayXXd hours = Eigen::ArrayXXd::Ones(regions, regions);
  return bifurcation::calibrated_model(built.economy, built.kernels, built.state, std::move(parameters), hours, hours);
}

/// Krugman (1991): workers are factor 1 and move by `mobility`.
inline bifurcation::Model core_periphery_model(double sigma, double mu, const Eigen::MatrixXd& trade_cost,
                                               dynamics::Mobility mobility = dynamics::Mobility::replicator) {
  const Eigen::Index regions = trade_cost.rows();
  const CorePeriphery built =
      krugman(sigma, mu, trade_cost, Eigen::ArrayXd::Constant(regions, 1.0 / static_cast<double>(regions)));
  dynamics::Parameters parameters = textbook_parameters(built.economy);
  parameters.groups[1].mobility = mobility;
  parameters.groups[1].calibrated_amenities = false;
  return long_run_model(built, std::move(parameters));
}

/// Trade costs around a ring: T = step^distance, the shorter way round.
inline Eigen::MatrixXd ring(Eigen::Index regions, double step) {
  Eigen::MatrixXd cost(regions, regions);
  for (Eigen::Index n = 0; n < regions; ++n) {
    for (Eigen::Index r = 0; r < regions; ++r) {
      const Eigen::Index there = std::abs(r - n);
      cost(r, n) = std::pow(step, static_cast<double>(std::min(there, regions - there)));
    }
  }
  return cost;
}

/// f_k / f_0: DFT of the freeness of trade by ring distance.
inline double ring_freeness(const Eigen::MatrixXd& cost, double sigma, Eigen::Index frequency) {
  double at_zero = 0.0;
  double at_k = 0.0;
  for (Eigen::Index d = 0; d < cost.rows(); ++d) {
    const double freeness = std::pow(cost(d, 0), 1.0 - sigma);
    at_zero += freeness;
    at_k += freeness * std::cos(2.0 * M_PI * static_cast<double>(frequency * d) / static_cast<double>(cost.rows()));
  }
  return at_k / at_zero;
}

/// Growth rate of a wave of freeness ratio r in the core-periphery model (linearisation at the even spread).
inline double core_periphery_growth(double sigma, double mu, double r) {
  return r * (mu - r) * (1.0 - mu * r) / (sigma - mu * r - (sigma - 1.0) * r * r) + mu * r / (sigma - 1.0);
}

/// Forslid and Ottaviano (2003): skilled (factor 1) pay the fixed cost and move, unskilled make varieties and farm.
inline CorePeriphery footloose_entrepreneur(double sigma, double mu, const Eigen::MatrixXd& trade_cost) {
  const Eigen::Index regions = trade_cost.rows();
  const double share = 1.0 / static_cast<double>(regions);
  CorePeriphery model = krugman(sigma, mu, trade_cost, Eigen::ArrayXd::Constant(regions, share));
  model.economy.technologies[0].alpha << 1.0, 1.0, 0.0, 0.0;
  model.economy.sectors[1].fixed_input = 1;
  model.economy.sectors[1].fixed_cost = 1.0;
  model.state.stock.setConstant(share);
  return model;
}

/// Puga (1999): workers (factor 0) farm the land (factor 1) or make varieties; firms buy from firms.
/// @param budget_share  gamma, of manufactures in consumption
/// @param inputs        mu, of manufactures in their own costs
/// @param elasticity    eta, of labour supply to manufacturing at equal regions
inline CorePeriphery puga(double sigma, double inputs, double budget_share, double elasticity,
                          const Eigen::MatrixXd& trade_cost) {
  const Eigen::Index regions = trade_cost.rows();
  CorePeriphery model =
      krugman(sigma, budget_share, trade_cost, Eigen::ArrayXd::Constant(regions, 1.0 / static_cast<double>(regions)));
  auto& e = model.economy;
  const double odds = elasticity * budget_share / (1.0 - budget_share);  // theta / (1 - theta)
  const double labour = odds / (1.0 + odds);
  e.technologies[0].alpha << labour, 1.0 - inputs, 1.0 - labour, 0.0;
  e.technologies[0].gamma(1, 1) = inputs;
  model.state.stock.setConstant(1.0 / static_cast<double>(regions));
  return model;
}

/// Helpman (1998): workers (factor 0) make varieties, land (factor 1) is for housing, owned where it is; no numeraire.
inline CorePeriphery helpman(double sigma, double goods_share, const Eigen::MatrixXd& trade_cost) {
  const Eigen::Index regions = trade_cost.rows();
  CorePeriphery model =
      krugman(sigma, goods_share, trade_cost, Eigen::ArrayXd::Constant(regions, 1.0 / static_cast<double>(regions)));
  auto& e = model.economy;
  e.sectors.erase(e.sectors.begin());
  e.sectors[0].fixed_cost = 1.0;
  e.factors[0].name = "worker";
  e.factors[1].name = "land";
  e.factors[1].kind = economy::FactorKind::land;
  e.factors[1].housing = true;
  economy::Technology t{.alpha = Eigen::ArrayXXd(2, 1), .gamma = Eigen::ArrayXXd::Zero(1, 1)};
  t.alpha << 1.0, 0.0;
  e.technologies = {t};
  e.wage_premium = Eigen::ArrayXXd::Ones(2, 1);
  e.household_basket = economy::Array::Constant(regions, 1, goods_share);
  e.housing_share = economy::Vector::Constant(regions, 1.0 - goods_share);
  e.investment_basket = economy::Array::Zero(regions, 1);
  e.reference_log_price = economy::Array::Zero(regions, 1);
  model.kernels.freeness.erase(model.kernels.freeness.begin());
  model.state.stock.col(0).setConstant(1.0 / static_cast<double>(regions));
  model.state.stock.col(1).setOnes();
  model.state.firms = economy::Array::Zero(regions, 1);
  model.state.effective_firms = model.state.firms;
  model.state.log_productivity = economy::Array::Zero(regions, 1);
  model.state.instruments = economy::Instruments(regions, 1, 2);
  return model;
}

/// A model of a built economy in which factor `mover` moves by replicator; -1: nobody moves.
inline bifurcation::Model with_mover(const CorePeriphery& built, int mover) {
  dynamics::Parameters parameters = textbook_parameters(built.economy);
  if (mover >= 0) parameters.groups[static_cast<std::size_t>(mover)].mobility = dynamics::Mobility::replicator;
  return long_run_model(built, std::move(parameters));
}

inline double core_periphery_break(double sigma, double mu) {
  const double rho = (sigma - 1.0) / sigma;
  return std::pow((rho + mu) * (1.0 + mu) / ((rho - mu) * (1.0 - mu)), 1.0 / (sigma - 1.0));
}

}  // namespace pericore::testing

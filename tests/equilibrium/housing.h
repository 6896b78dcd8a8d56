/// Helpman (1998) in the form of Redding and Sturm (2008): no agriculture; workers move, land for housing does not, and
/// its rents go to those who live there.
#pragma once

#include <cmath>

#include "krugman.h"

namespace pericore::testing {

/// @param mu           share of goods in consumption; the rest is housing
/// @param productivity output per worker of the variable input, the fixed one not: Redding and Sturm's A
inline CorePeriphery housing_model(double sigma, double mu, const Eigen::MatrixXd& trade_cost,
                                   const Eigen::ArrayXd& workers, const Eigen::ArrayXd& land,
                                   const Eigen::ArrayXd& productivity) {
  const Eigen::Index regions = workers.size();
  CorePeriphery model = krugman(sigma, mu, trade_cost, workers);
  auto& e = model.economy;
  e.sectors.erase(e.sectors.begin());
  e.factors[0].name = "worker";
  e.factors[1].name = "land";
  e.factors[1].kind = economy::FactorKind::land;
  e.factors[1].housing = true;
  e.sectors[0].fixed_cost = 1.0;
  e.technologies[0].alpha = Eigen::ArrayXXd(2, 1);
  e.technologies[0].alpha << 1.0, 0.0;
  e.technologies[0].gamma = Eigen::ArrayXXd::Zero(1, 1);
  e.wage_premium = Eigen::ArrayXXd::Ones(2, 1);
  e.household_basket = economy::Array::Constant(regions, 1, mu);
  e.housing_share = economy::Vector::Constant(regions, 1.0 - mu);
  e.investment_basket = economy::Array::Zero(regions, 1);
  e.reference_log_price = economy::Array::Zero(regions, 1);
  model.kernels.freeness.erase(model.kernels.freeness.begin());
  model.state.stock.col(0) = workers;
  model.state.stock.col(1) = land;
  model.state.firms = economy::Array::Zero(regions, 1);
  model.state.effective_firms = model.state.firms;
  // Productivity also lowers the fixed cost here, N p^(1-sigma) ~ A^sigma instead of A^(sigma-1): the same model with
  // this power.
  model.state.log_productivity = (sigma - 1.0) / sigma * productivity.log();
  model.state.instruments = economy::Instruments(regions, 1, 2);
  return model;
}

}  // namespace pericore::testing

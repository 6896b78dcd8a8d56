/// Krugman and Venables (1995) as an economy: labour stays where it is and works in agriculture or manufacturing; firms buy from firms.
#pragma once

#include <cmath>

#include "krugman.h"

namespace pericore::testing {

/// Fujita, Krugman and Venables (1999), ch. 14, with constant returns in agriculture; units such that p = w^(1-alpha) P^alpha.
/// @param alpha  share of manufactures in the costs of manufacturing
/// @param mu     share of manufactures in consumption
inline CorePeriphery vertical_linkages(double sigma, double alpha, double mu, const Eigen::MatrixXd& trade_cost) {
  const Eigen::Index regions = trade_cost.rows();
  CorePeriphery model =
      krugman(sigma, mu, trade_cost, Eigen::ArrayXd::Constant(regions, 1.0 / static_cast<double>(regions)));
  auto& e = model.economy;
  e.factors.resize(1);
  e.factors[0].name = "worker";
  economy::Technology& t = e.technologies[0];
  t.alpha = Eigen::ArrayXXd(1, 2);
  t.alpha << 1.0, 1.0 - alpha;
  t.gamma(1, 1) = alpha;
  e.wage_premium = Eigen::ArrayXXd::Ones(1, 2);
  e.reference_log_wage = economy::Array::Zero(regions, 1);
  model.state.stock = economy::Array::Ones(regions, 1);
  model.state.instruments = economy::Instruments(regions, 2, 1);
  return model;
}

/// T^(sigma-1) at which equal regions break apart: the core-periphery formula with the input share in place of the budget share.
inline double linkage_break_point(double sigma, double alpha) {
  const double rho = (sigma - 1.0) / sigma;
  return std::pow((rho + alpha) * (1.0 + alpha) / ((rho - alpha) * (1.0 - alpha)), 1.0 / (sigma - 1.0));
}

}  // namespace pericore::testing

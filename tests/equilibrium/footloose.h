/// Models with a footloose fixed input: a firm needs one unit of a factor that moves, and labour, shared with
/// agriculture, for every unit it makes. Forslid and Ottaviano (2003): the factor is entrepreneurs, who live where they
/// work; Martin and Rogers (1995): it is capital, whose owners stay.
#pragma once

#include <cmath>

#include "krugman.h"

namespace pericore::testing {

/// Units such that a variety costs 1 where it is made, as long as labour earns 1.
/// @param labour  immobile labour by region
/// @param mobile  units of the fixed input by region
inline CorePeriphery footloose(double sigma, double mu, const Eigen::MatrixXd& trade_cost, const Eigen::ArrayXd& labour,
                               const Eigen::ArrayXd& mobile) {
  CorePeriphery model = krugman(sigma, mu, trade_cost, mobile);
  auto& e = model.economy;
  e.factors[0].name = "labour";
  e.factors[1].name = "mobile";
  e.technologies[0].alpha << 1.0, 1.0, 0.0, 0.0;  // both sectors use labour alone ...
  e.sectors[1].fixed_input = 1;                   // ... and a firm a unit of the mobile factor
  e.sectors[1].fixed_cost = 1.0;
  model.state.stock.col(0) = labour;
  model.state.stock.col(1) = mobile;
  return model;
}

}  // namespace pericore::testing

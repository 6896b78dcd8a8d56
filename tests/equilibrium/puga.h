/// Puga (1999): farms work land with labour, firms buy from firms, labour may work in either and may or may not move.
#pragma once

#include <cmath>

#include "krugman.h"

namespace pericore::testing {

/// Preferences and technologies as in Puga (1999), agriculture Cobb-Douglas in labour and land.
struct Puga {
  double sigma;
  double mu;     ///< share of manufactures in the costs of manufacturing
  double gamma;  ///< share of manufactures in consumption
  double eta;    ///< elasticity of a region's labour supply to manufacturing, at equal regions

  /// Labour's share in agriculture. Equal regions have L_agr / L_man = theta (1-gamma) / gamma, and a labour supply
  /// elasticity of L_agr / (L_man (1-theta)).
  [[nodiscard]] double farm_labour_share() const {
    const double ratio = eta * gamma / (1.0 - gamma);
    return ratio / (1.0 + ratio);
  }
};

/// Landowners are a group of their own, who stay where their land is; each region has the same land, `workers` in all
/// are 1.
inline CorePeriphery puga_model(const Puga& puga, const Eigen::MatrixXd& trade_cost, const Eigen::ArrayXd& workers) {
  const Eigen::Index regions = workers.size();
  CorePeriphery model = krugman(puga.sigma, puga.gamma, trade_cost, workers);
  auto& e = model.economy;
  e.factors[0].name = "landowner";
  e.factors[1].name = "worker";
  const double theta = puga.farm_labour_share();
  e.technologies[0].alpha << 1.0 - theta, 0.0, theta, 1.0 - puga.mu;
  e.technologies[0].gamma(1, 1) = puga.mu;
  model.state.stock.col(0) = 1.0 / static_cast<double>(regions);
  model.state.stock.col(1) = workers;
  return model;
}

}  // namespace pericore::testing

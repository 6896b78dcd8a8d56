/// The linearised markets of each region by itself: a block-diagonal approximation of I - J, factorised.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "economy/market_tangent.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {

/// One small dense block a region: how its own W, P and M answer to each other, the rest of the world and all national totals given.
class RegionalBlocks {
 public:
  RegionalBlocks(const economy::MarketTangent& tangent, const Unknowns& unknowns);

  /// Solution of the block system, right-hand side in the order of the unknowns.
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& right) const;

 private:
  std::vector<std::vector<Eigen::Index>> members_;  ///< unknowns by region
  std::vector<Eigen::MatrixXd> inverse_;            ///< by region
};

}  // namespace pericore::equilibrium

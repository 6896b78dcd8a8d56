/// The linearised markets of each region by itself: a block-diagonal approximation of I - J, factorised.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <vector>

#include "economy/market_tangent.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {

/// One small dense block a region: how its own W, P and M answer to each other, the rest of the world and all national totals given.
/// Preconditions the fixed point and Newton's linear systems; made at one point, it serves near ones (docs/decisions/0013).
class RegionalBlocks {
 public:
  RegionalBlocks(const economy::MarketTangent& tangent, const Unknowns& unknowns);

  /// x with B x = right, in the order of `unknowns`, which may be those of another state of the same economy: a cell that was inactive
  /// when the blocks were made is passed through.
  void solve(const Unknowns& unknowns, const Eigen::VectorXd& right, Eigen::VectorXd& solution) const;

  /// The same with blocks rounded to single precision, in half the time: enough for a step that the next evaluation corrects.
  void approximate(const Unknowns& unknowns, const Eigen::VectorXd& right, Eigen::VectorXd& solution) const;

  /// Whether every block could be inverted.
  [[nodiscard]] bool usable() const { return usable_; }

 private:
  void round_entries();

  Eigen::Index width_ = 0;   ///< variables a region: factors, then P, then M by sector
  Eigen::MatrixXd inverse_;  ///< width x (width regions): one inverse block after the other
  /// The same, entry (i, j) of all regions side by side in column i width + j, so that a product runs along the regions.
  Eigen::ArrayXXf rounded_;
  std::vector<char> used_;  ///< by (i, j): whether it is not 0 everywhere
  bool usable_ = true;
};

/// Blocks at a solved equilibrium; null where they cannot be inverted.
[[nodiscard]] std::shared_ptr<const RegionalBlocks> regional_blocks_at(const economy::Economy& economy,
                                                                       const economy::TradeKernels& kernels,
                                                                       const economy::State& state,
                                                                       const ShortRunEquilibrium& equilibrium);

}  // namespace pericore::equilibrium

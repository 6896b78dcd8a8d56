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

  /// Adds to approximate() what the blocks leave out where it matters most: on the few directions along which steps through them would close in
  /// most slowly, the linearised markets are solved exactly (deflation; Saad 2011, ch. 6.7; docs/decisions/0016). Takes some twenty products with
  /// the derivative; pays from a few solutions on. Does nothing where the linearised markets are singular.
  void deflate(const economy::MarketTangent& tangent, const Unknowns& unknowns);

  /// Directions added by deflate().
  [[nodiscard]] Eigen::Index deflated() const { return slow_.cols(); }

  /// As solve() with blocks rounded to single precision, in half the time, and deflated: enough for a step that the next evaluation corrects.
  void approximate(const Unknowns& unknowns, const Eigen::VectorXd& right, Eigen::VectorXd& solution) const;

  /// Whether every block could be inverted.
  [[nodiscard]] bool usable() const { return usable_; }

 private:
  void round_entries();
  void add_slow_directions(Eigen::ArrayXXf& corrected) const;

  Eigen::Index width_ = 0;   ///< variables a region: factors, then P, then M by sector
  Eigen::MatrixXd inverse_;  ///< width x (width regions): one inverse block after the other
  /// The same, entry (i, j) of all regions side by side in column i width + j, so that a product runs along the regions.
  Eigen::ArrayXXf rounded_;
  std::vector<char> used_;  ///< by (i, j): whether it is not 0 everywhere
  Eigen::MatrixXf
      slow_;  ///< (regions width) x k, orthonormal: a subspace that I - B^-1 (I - J) = T nearly leaves invariant
  Eigen::MatrixXf gain_;  ///< k x k: (I - T)^-1 - I on it
  bool usable_ = true;
};

/// What near equilibria are to be solved with.
enum class BlockKind { plain, deflated };

/// Blocks at a solved equilibrium; null where they cannot be inverted.
[[nodiscard]] std::shared_ptr<const RegionalBlocks> regional_blocks_at(const economy::Economy& economy,
                                                                       const economy::TradeKernels& kernels,
                                                                       const economy::State& state,
                                                                       const ShortRunEquilibrium& equilibrium,
                                                                       BlockKind kind = BlockKind::plain);

}  // namespace pericore::equilibrium

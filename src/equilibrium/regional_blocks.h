/// The linearised markets of each region by itself: a block-diagonal approximation of I - J, factorised.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <optional>

#include "economy/market_tangent.h"
#include "equilibrium/unknowns.h"
#include "numerics/small_blocks.h"
#include "numerics/tall_columns.h"

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
  [[nodiscard]] Eigen::Index deflated() const { return gain_.cols(); }

  /// As solve() with blocks rounded to single precision, in half the time, and deflated: enough for a step that the next evaluation corrects.
  void approximate(const Unknowns& unknowns, const Eigen::VectorXd& right, Eigen::VectorXd& solution) const;

  /// Whether every block could be inverted.
  [[nodiscard]] bool usable() const { return usable_; }

 private:
  Eigen::Index width_ = 0;         ///< variables a region: factors, then P, then M by sector
  Eigen::MatrixXd inverse_;        ///< width x (width regions): one inverse block after the other
  numerics::SmallBlocks rounded_;  ///< the same, rounded
  /// By region and variable as rounded_ has them, orthonormal columns: a subspace that I - B^-1 (I - J) = T nearly leaves invariant.
  std::optional<numerics::TallColumns<float>> slow_;
  Eigen::MatrixXd gain_;  ///< (I - T)^-1 - I on it
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

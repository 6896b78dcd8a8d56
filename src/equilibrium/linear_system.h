/// The markets linearised at a point: which changes of prices, and of firms that may enter, answer to given excesses.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <vector>

#include "economy/market_tangent.h"
#include "equilibrium/entry_response.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {

class RegionalBlocks;

/// Unknowns x = (d ln W, d ln P, d ln M of active cells; d ln N of `entrants`). Rows: what the market map returns less what it was given,
/// and the profitability of entrants; A x = excess makes both vanish to first order. Without a numeraire the direction of all nominal values
/// is closed by asking for no movement along it. Refers to its arguments.
class LinearSystem {
 public:
  /// @param entrants  contestable cells with firms, whose number is an unknown; may be empty
  LinearSystem(const economy::MarketTangent& tangent, const Unknowns& unknowns, const std::vector<Cell>& entrants);

  [[nodiscard]] Eigen::Index size() const { return unknowns_.size() + static_cast<Eigen::Index>(entrants_.size()); }

  /// A x.
  void product(const Eigen::VectorXd& x, Eigen::VectorXd& y) const;

  /// The matrix, by products with unit vectors.
  [[nodiscard]] Eigen::MatrixXd matrix() const;

  /// Solves A x = right, columns at once: by one LU factorisation where the system is small, else by preconditioned GMRES.
  /// @throws NumericalError  if the system is singular, or GMRES does not reach `precision` |right|
  [[nodiscard]] Eigen::MatrixXd solve(const Eigen::MatrixXd& right, double precision) const;

  /// x as changes of prices and of firms, all other changes zero.
  void unpack(const Eigen::VectorXd& x, economy::PriceChange& prices, economy::StateChange& state) const;

  /// Right-hand side from what the tangent returned for `given`.
  [[nodiscard]] Eigen::VectorXd excess(const economy::PriceChange& given, const economy::PriceChange& returned,
                                       const economy::AccountsChange& accounts) const;

 private:
  const economy::MarketTangent& tangent_;
  const Unknowns& unknowns_;
  std::vector<Cell> entrants_;
  Eigen::VectorXd scale_;  ///< of unit length; empty with a numeraire
  mutable std::unique_ptr<Eigen::PartialPivLU<Eigen::MatrixXd>> factors_;
  mutable std::shared_ptr<const RegionalBlocks> blocks_;  ///< of large systems, made once
};

}  // namespace pericore::equilibrium

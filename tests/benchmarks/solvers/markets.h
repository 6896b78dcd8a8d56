/// The markets of an economy as every solver compared sees them: a residual, exact products with its derivative, regional blocks.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <optional>

#include "economy/market_map.h"
#include "economy/market_tangent.h"
#include "equilibrium/linear_system.h"
#include "equilibrium/regional_blocks.h"
#include "equilibrium/unknowns.h"

namespace pericore::benchmarks {

/// One economy with its state: x -> F(x) = G(x) - x, where G is the market map in logs over the active cells. Counts what is asked of it.
/// Refers to its arguments.
class Markets {
 public:
  /// @param start   prices to start from; its factor income is the scale that is held where there is no numeraire
  /// @param blocks  made at a near equilibrium; null: none
  Markets(const economy::Economy& economy, const economy::TradeKernels& kernels, const economy::State& state,
          const economy::Prices& start, const equilibrium::RegionalBlocks* blocks, int budget);

  [[nodiscard]] Eigen::Index size() const { return unknowns_.size(); }
  [[nodiscard]] Eigen::Index wages() const { return unknowns_.wages(); }
  [[nodiscard]] Eigen::VectorXd start() const { return start_; }
  /// Region of an unknown.
  [[nodiscard]] Eigen::Index region(Eigen::Index unknown) const { return unknowns_.place(unknown).region; }

  /// F at x; false where it is not finite, a region has no income left, or the budget is spent.
  bool residual(const Eigen::VectorXd& x, Eigen::VectorXd& f);
  /// The direction in which all nominal values move, of unit length; empty with a numeraire. F does not change along it.
  [[nodiscard]] const Eigen::VectorXd& scale_direction() const { return scale_; }
  /// x with factor income at its value at the start; unchanged with a numeraire.
  void hold_scale(Eigen::VectorXd& x);

  /// Makes products and blocks those of x; evaluates there unless that was the last evaluation.
  bool linearise(const Eigen::VectorXd& x);
  /// A v, A = -dF/dx where linearised, closed along scale_direction().
  void product(const Eigen::VectorXd& v, Eigen::VectorXd& image);
  /// Blocks where linearised; false where one cannot be inverted.
  bool make_blocks();
  [[nodiscard]] bool has_blocks() const { return blocks_ != nullptr; }
  /// Approximate A^-1 right by the blocks.
  void solve_blocks(const Eigen::VectorXd& right, Eigen::VectorXd& solution) const;

  [[nodiscard]] bool spent() const { return evaluations + products >= budget_; }
  [[nodiscard]] economy::Prices prices(const Eigen::VectorXd& x) const;

  int evaluations = 0;  ///< of the market map
  int products = 0;     ///< with the exact derivative
  int blocks_made = 0;

 private:
  economy::MarketMap map_;
  equilibrium::Unknowns unknowns_;
  economy::Prices base_;  ///< holds entries that are no unknowns
  double income_ = 0.0;
  int budget_;
  Eigen::VectorXd start_;
  Eigen::VectorXd scale_;
  struct Point {
    Eigen::VectorXd x;
    economy::Prices prices, cleared;
    economy::Accounts accounts;
    bool usable = false;
  };
  Point last_;        ///< evaluated
  Point linearised_;  ///< the tangent refers to it
  std::optional<economy::MarketTangent> tangent_;
  std::optional<equilibrium::LinearSystem> system_;
  const equilibrium::RegionalBlocks* blocks_;
  std::optional<equilibrium::RegionalBlocks> own_blocks_;
  Eigen::VectorXd image_;
};

/// Largest |ln| residual of any market at `prices`, by a map of its own: the judge, whatever a solver says of itself.
[[nodiscard]] double judged_residual(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                     const economy::State& state, const economy::Prices& prices);

}  // namespace pericore::benchmarks

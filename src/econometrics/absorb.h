/// Sweeps effects out of columns: residuals of a regression on the dummies of one, two or many groupings (docs/estimators/linear.md#absorption).
#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "econometrics/sample.h"

namespace pericore::econometrics {

/// One effect: means are taken off. More: the effect with the most levels is eliminated exactly (Frisch and Waugh 1933, Lovell 1963); what is
/// left, one equation for each level of the others, is solved directly while there are few of them, else by conjugate gradients with the levels' sizes
/// as preconditioner (Abowd, Creecy and Kramarz 2002; Correia 2017), refined until the residuals' sums by level vanish. Same bytes for any
/// number of threads.
class Absorber {
 public:
  /// @throws DomainError  if groupings differ in length or there is none
  explicit Absorber(const std::vector<Grouping>& effects);

  /// Replaces columns by their residuals.
  /// @param columns  rows x any number, finite
  /// @throws NumericalError  if it does not converge
  void sweep(Eigen::Ref<Eigen::MatrixXd> columns) const;

  /// Levels of the first effect: G.
  [[nodiscard]] long first_levels() const { return first_levels_; }
  /// Levels of the effects after the first less those that are redundant: dummies that count in K. Exact for two effects; for more exact while
  /// the equations are solved directly, else redundancy is counted pair by pair, which may leave a few too many (Correia 2017, section 4).
  [[nodiscard]] long dummies() const { return dummies_; }

 private:
  /// Rows by level, in order of rows: sums over a level run in one fixed order.
  struct Effect {
    std::vector<std::int32_t> code;   ///< by row
    std::vector<std::int32_t> rows;   ///< by level; empty where rows are sorted by level as they are
    std::vector<std::int64_t> begin;  ///< levels + 1
    [[nodiscard]] long levels() const { return static_cast<long>(begin.size()) - 1; }
  };

  static Effect make_effect(const Grouping& grouping);
  [[nodiscard]] static Eigen::MatrixXd sums(const Effect& effect, const Eigen::Ref<const Eigen::MatrixXd>& columns);
  static void take_means(const Effect& effect, Eigen::Ref<Eigen::MatrixXd> columns);

  void factorise();
  [[nodiscard]] long redundant_pairwise(const std::vector<Grouping>& effects) const;
  /// Right-hand side: sums by level of the other effects.
  [[nodiscard]] Eigen::MatrixXd other_sums(const Eigen::Ref<const Eigen::MatrixXd>& columns) const;
  /// S b of the equations left after elimination, for every column of b.
  [[nodiscard]] Eigen::MatrixXd apply(const Eigen::MatrixXd& levels) const;
  [[nodiscard]] Eigen::MatrixXd solve(const Eigen::MatrixXd& right) const;
  [[nodiscard]] Eigen::MatrixXd conjugate_gradients(const Eigen::MatrixXd& right) const;
  void subtract(const Eigen::MatrixXd& levels, Eigen::Ref<Eigen::MatrixXd> columns) const;

  Eigen::Index rows_ = 0;
  Effect largest_;
  std::vector<Effect> others_;
  std::vector<Eigen::Index> offset_;  ///< of each other effect among the equations
  Eigen::Index equations_ = 0;
  Eigen::VectorXd sizes_;  ///< rows by level of the others
  bool direct_ = false;
  Eigen::MatrixXd factor_;            ///< lower, of the independent equations
  std::vector<Eigen::Index> pivots_;  ///< independent equations
  long first_levels_ = 0;
  long dummies_ = 0;
};

/// Levels of `b` that are redundant beside `a`: connected components of the graph that joins levels which share a row.
[[nodiscard]] long connected_components(const Grouping& a, const Grouping& b);

}  // namespace pericore::econometrics

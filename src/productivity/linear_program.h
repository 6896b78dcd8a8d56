/// Linear programs with few rows whose columns are mostly shared, as data envelopment makes them by the thousand.
#pragma once

#include <Eigen/Core>
#include <memory>
#include <vector>

namespace pericore::productivity {

enum class ProgramStatus {
  optimal,
  infeasible,
  unbounded,
  not_solved  ///< the limit of pivots was reached in extended precision, too: never seen, yet not to be hidden
};

/// Columns without cost that all programs over one technology have in common.
class SharedColumns {
 public:
  /// @param columns  rows x columns, all >= 0; entries of a row should be near 1 (divide by its mean)
  explicit SharedColumns(Eigen::ArrayXXd columns);

  [[nodiscard]] Eigen::Index rows() const { return by_column_.rows(); }
  [[nodiscard]] Eigen::Index count() const { return by_column_.cols(); }
  /// Of one column, its rows one after the other.
  [[nodiscard]] const double* column(Eigen::Index j) const { return by_column_.data() + j * by_column_.rows(); }
  /// Of one row, its columns one after the other.
  [[nodiscard]] const double* row(Eigen::Index i) const { return by_row_.data() + i * by_row_.rows(); }
  /// One over the largest entry of a column: how reduced costs of columns compare.
  [[nodiscard]] double weight(Eigen::Index j) const { return weight_[j]; }

 private:
  Eigen::ArrayXXd by_column_;
  Eigen::ArrayXXd by_row_;  // transposed
  Eigen::ArrayXd weight_;
};

/// min cost'v  s.t.  shared columns * z + own * v = rhs,  z, v >= 0.
struct LinearProgram {
  Eigen::ArrayXXd own;          ///< rows x own columns: slacks, and what else only this program has
  Eigen::ArrayXd cost;          ///< of the own columns
  Eigen::ArrayXd rhs;           ///< >= 0
  Eigen::ArrayXd row_scale;     ///< > 0: rows are multiplied by it, so that the numbers of a vertex come near 1
  std::vector<int> shared_row;  ///< by row: row of the shared columns, or -1 where these have zeros
  std::vector<int> start;  ///< by row: own column in the first basis (whose values must be >= 0), or -1: none serves
  Eigen::Index excluded = -1;  ///< a shared column that may not be used, or -1
};

/// An optimal vertex; what it holds is overwritten by the next program.
struct Vertex {
  ProgramStatus status = ProgramStatus::not_solved;
  double objective = 0.0;
  Eigen::ArrayXd own;                             ///< v
  std::vector<std::pair<int, double>> reference;  ///< shared columns in the basis with their z > 0
  int pivots = 0;
};

/// Revised simplex method with the inverse of the basis at hand (r x r, r rows). Two phases. The entering column has the
/// most negative reduced cost, of the columns that earlier programs used or, if none serves, of all. After a run of pivots without
/// progress Bland's (1977) rule, which cannot cycle. The vertex is computed anew from a fresh inverse with one step of refinement and
/// is checked again; where a check fails, everything is done once more in extended precision by Bland's rule.
///
/// Signs are judged relative to the terms of a sum, so that units of measurement do not matter.
class SimplexSolver {
 public:
  explicit SimplexSolver(const SharedColumns& columns);  ///< refers to it
  ~SimplexSolver();
  SimplexSolver(SimplexSolver&&) noexcept;
  SimplexSolver& operator=(SimplexSolver&&) = delete;

  const Vertex& solve(const LinearProgram& program);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pericore::productivity

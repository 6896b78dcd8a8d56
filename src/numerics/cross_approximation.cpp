#include "numerics/cross_approximation.h"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "base/errors.h"

namespace pericore::numerics {

namespace {

using Eigen::Index;

// Shares of the tolerance: what the crosses leave, what the singular values drop, what single precision rounds off. The
// first is small because it is only known on samples, and costs no memory because the singular values drop what is too
// much.
constexpr double share_of_crosses = 0.02;
constexpr double share_of_dropped = 0.45;
constexpr double share_of_rounding = 0.25;

/// Entries of a block that crosses would visit nearly all of: computed and checked in full.
constexpr Index small_block = 8192;

/// Entries of a block kept at once where all are wanted.
constexpr Index block_in_memory = Index{1} << 20;

/// Unit roundoff of a product of two factors in single precision.
constexpr double single_roundoff = 1.001 * static_cast<double>(std::numeric_limits<float>::epsilon());

/// Next number of a counter: SplitMix64 (Steele, Lea and Flood 2014).
std::uint64_t next_random(std::uint64_t& counter) {
  counter += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = counter;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

/// |error| / value, infinite where a zero is missed.
double relative(double error, double value) {
  if (error == 0.0) return 0.0;
  return std::abs(error) / value;
}

struct Sample {
  Index row;
  Index column;
  double value;
  double left;  ///< value less the sum so far
};

class Approximation {
 public:
  Approximation(const EntryFunction& entry, const BlockSide& rows, const BlockSide& columns,
                const CrossOptions& options)
      : entry_(entry), rows_(rows), columns_(columns), counter_(options.seed) {
    const auto terms = std::min({options.max_terms, n_rows(), n_columns()});
    left_.resize(n_rows(), terms);
    right_.resize(n_columns(), terms);
    const Index all = n_rows() * n_columns();
    check_all_ = options.check_all || all <= small_block;
    if (all <= (options.check_all ? block_in_memory : small_block)) {
      Eigen::MatrixXd values(n_rows(), n_columns());
      for (Index column = 0; column < n_columns(); ++column) {
        for (Index row = 0; row < n_rows(); ++row) values(row, column) = evaluate(row, column);
      }
      known_ = std::move(values);
    }
  }

  /// Whether every entry is checked.
  [[nodiscard]] bool check_all() const { return check_all_; }

  /// @return whether samples and crosses are within tolerance
  bool add_crosses(double tolerance) {
    for (const Index row : rows_.corners) {
      for (const Index column : columns_.corners) add_sample(row, column);
    }
    add_samples();
    if (!continue_crosses(tolerance)) return false;
    if (check_all_) return true;
    add_samples();
    for (const Index row : rows_.corners) {
      for (Index column = 0; column < n_columns(); ++column) add_sample(row, column);
    }
    for (const Index column : columns_.corners) {
      for (Index row = 0; row < n_rows(); ++row) add_sample(row, column);
    }
    return continue_crosses(tolerance);
  }

  /// Adds crosses until samples and the next cross are within tolerance.
  bool continue_crosses(double tolerance) {
    while (true) {
      const Sample* worst = worst_sample();
      if (worst->value == 0.0 && worst->left != 0.0) return false;
      Cross cross = find_cross(worst->row);
      if (cross.error <= tolerance && relative(worst->left, worst->value) <= tolerance) return true;
      if (terms_ == left_.cols() || cross.column_residual[cross.row] == 0.0) return false;
      add_cross(cross);
    }
  }

  /// The stored form: terms dropped and rounded as the tolerance allows.
  [[nodiscard]] CompressedBlock compressed(double tolerance) const;

  /// Largest relative error of `block` on all samples.
  [[nodiscard]] double sampled_error(const CompressedBlock& block) const {
    double largest = 0.0;
    for (const Sample& sample : samples_)
      largest = std::max(largest, relative(block.entry(sample.row, sample.column) - sample.value, sample.value));
    return largest;
  }

  /// Largest relative error of `block` on all entries; that entry joins the samples.
  double largest_error(const CompressedBlock& block) {
    const Eigen::MatrixXd sum = block.expanded();
    double largest = -1.0;
    Index worst_row = 0;
    Index worst_column = 0;
    for (Index column = 0; column < n_columns(); ++column) {
      for (Index row = 0; row < n_rows(); ++row) {
        const double value = evaluate(row, column);
        const double error = relative(sum(row, column) - value, value);
        if (error > largest) largest = error, worst_row = row, worst_column = column;
      }
    }
    add_sample(worst_row, worst_column);
    return largest;
  }

  [[nodiscard]] std::size_t evaluations() const { return evaluations_; }

 private:
  [[nodiscard]] Index n_rows() const { return static_cast<Index>(rows_.points.size()); }
  [[nodiscard]] Index n_columns() const { return static_cast<Index>(columns_.points.size()); }

  double evaluate(Index row, Index column) {
    if (known_.size() > 0) return known_(row, column);
    ++evaluations_;
    return checked_entry(entry_, rows_.points[static_cast<std::size_t>(row)],
                         columns_.points[static_cast<std::size_t>(column)]);
  }

  void add_sample(Index row, Index column) {
    const double value = evaluate(row, column);
    const double sum = left_.row(row).head(terms_).dot(right_.row(column).head(terms_));
    samples_.push_back({row, column, value, value - sum});
  }

  /// One entry of every row and one of every column.
  void add_samples() {
    const auto below = [&](Index count) {
      return static_cast<Index>(next_random(counter_) % static_cast<std::uint64_t>(count));
    };
    for (Index row = 0; row < n_rows(); ++row) add_sample(row, below(n_columns()));
    for (Index column = 0; column < n_columns(); ++column) add_sample(below(n_rows()), column);
  }

  [[nodiscard]] const Sample* worst_sample() const {
    const Sample* worst = samples_.data();
    for (const Sample& sample : samples_) {
      if (relative(sample.left, sample.value) > relative(worst->left, worst->value)) worst = &sample;
    }
    return worst;
  }

  /// A row and a column of what is left, and the largest relative error seen in them.
  struct Cross {
    Index row;
    Index column;
    Eigen::VectorXd row_residual;
    Eigen::VectorXd column_residual;
    double error;
  };

  struct Worst {
    Index place;
    double error;
  };

  /// What is left of row `row`, and where it is off most.
  Worst look_along_row(Index row, Eigen::VectorXd& residual) {
    residual.noalias() = right_.leftCols(terms_) * left_.row(row).head(terms_).transpose();
    return subtract_from([&](Index column) { return evaluate(row, column); }, residual);
  }

  Worst look_along_column(Index column, Eigen::VectorXd& residual) {
    residual.noalias() = left_.leftCols(terms_) * right_.row(column).head(terms_).transpose();
    return subtract_from([&](Index row) { return evaluate(row, column); }, residual);
  }

  /// Turns approximations of entries into what is left of them.
  template <class Entry>
  Worst subtract_from(const Entry& entry, Eigen::VectorXd& residual) {
    Worst worst{0, -1.0};
    for (Index i = 0; i < residual.size(); ++i) {
      const double value = entry(i);
      residual[i] = value - residual[i];
      note(worst, i, residual[i], value);
    }
    return worst;
  }

  static void note(Worst& worst, Index place, double residual, double value) {
    const double error = relative(residual, value);
    if (error > worst.error && std::isfinite(error)) worst = {place, error};
  }

  /// From `row` to the column where it is off most, and on to the row where that one is (rook pivoting).
  Cross find_cross(Index row) {
    Cross cross{row, 0, {}, {}, 0.0};
    const Worst along_row = look_along_row(row, cross.row_residual);
    cross.column = along_row.place;
    const Worst along_column = look_along_column(cross.column, cross.column_residual);
    cross.error = std::max(along_row.error, along_column.error);
    if (along_column.error > 2.0 * along_row.error) {
      cross.row = along_column.place;
      cross.error = std::max(cross.error, look_along_row(cross.row, cross.row_residual).error);
    }
    return cross;
  }

  void add_cross(const Cross& cross) {
    left_.col(terms_) = cross.column_residual / cross.column_residual[cross.row];
    right_.col(terms_) = cross.row_residual;
    for (Sample& sample : samples_) sample.left -= left_(sample.row, terms_) * right_(sample.column, terms_);
    ++terms_;
  }

  const EntryFunction& entry_;
  BlockSide rows_;
  BlockSide columns_;
  std::uint64_t counter_;
  bool check_all_ = false;
  Eigen::MatrixXd known_;  ///< all entries, if they are few
  std::vector<Sample> samples_;
  Eigen::MatrixXd left_;
  Eigen::MatrixXd right_;
  Index terms_ = 0;
  std::size_t evaluations_ = 0;
};

/// 1 where the scale would divide by zero.
Eigen::VectorXd safe_scale(const Eigen::VectorXd& values) {
  return values.unaryExpr([](double value) { return value == 0.0 ? 1.0 : std::abs(value); });
}

CompressedBlock Approximation::compressed(double tolerance) const {
  if (terms_ == 0) return CompressedBlock::low_rank(left_.leftCols(0), right_.leftCols(0), 0);
  // The first cross makes the block nearly constant: a bound on the error of any entry is then one on its relative
  // error.
  const Eigen::VectorXd row_scale = safe_scale(left_.col(0));
  const Eigen::VectorXd column_scale = safe_scale(right_.col(0));
  double smallest = std::numeric_limits<double>::infinity();
  for (const Sample& sample : samples_) {
    if (sample.value > 0.0)
      smallest = std::min(smallest, sample.value / (row_scale[sample.row] * column_scale[sample.column]));
  }
  const Eigen::MatrixXd left = row_scale.cwiseInverse().asDiagonal() * left_.leftCols(terms_);
  const Eigen::MatrixXd right = column_scale.cwiseInverse().asDiagonal() * right_.leftCols(terms_);
  const Eigen::HouseholderQR<Eigen::MatrixXd> left_qr(left);
  const Eigen::HouseholderQR<Eigen::MatrixXd> right_qr(right);
  const Eigen::MatrixXd left_triangle = left_qr.matrixQR().topRows(terms_).triangularView<Eigen::Upper>();
  const Eigen::MatrixXd right_triangle = right_qr.matrixQR().topRows(terms_).triangularView<Eigen::Upper>();
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(left_triangle * right_triangle.transpose(),
                                              Eigen::ComputeFullU | Eigen::ComputeFullV);
  Eigen::MatrixXd u = Eigen::MatrixXd::Zero(n_rows(), terms_);
  Eigen::MatrixXd v = Eigen::MatrixXd::Zero(n_columns(), terms_);
  u.topRows(terms_) = svd.matrixU();
  v.topRows(terms_) = svd.matrixV();
  u.applyOnTheLeft(left_qr.householderQ());
  v.applyOnTheLeft(right_qr.householderQ());

  // From the last term: how much the terms from here on may amount to in any entry.
  Index kept = terms_;
  Index exact = terms_;
  double tail = 0.0;
  for (Index t = terms_ - 1; t >= 0; --t) {
    tail += svd.singularValues()[t] * u.col(t).cwiseAbs().maxCoeff() * v.col(t).cwiseAbs().maxCoeff();
    if (tail <= share_of_dropped * tolerance * smallest) kept = t;
    if (tail * single_roundoff <= share_of_rounding * tolerance * smallest) exact = t;
  }
  exact = std::min(exact, kept);

  // Equal magnitudes left and right keep single precision away from its ends.
  const double balance = std::sqrt(column_scale.maxCoeff() / row_scale.maxCoeff());
  const Eigen::VectorXd root = svd.singularValues().head(kept).cwiseSqrt();
  Eigen::MatrixXd stored_left = (balance * row_scale).asDiagonal() * u.leftCols(kept) * root.asDiagonal();
  Eigen::MatrixXd stored_right = (1.0 / balance * column_scale).asDiagonal() * v.leftCols(kept) * root.asDiagonal();
  // Rows and columns of zeros stay so.
  for (Index i = 0; i < n_rows(); ++i) {
    if ((left_.row(i).head(terms_).array() == 0.0).all()) stored_left.row(i).setZero();
  }
  for (Index j = 0; j < n_columns(); ++j) {
    if ((right_.row(j).head(terms_).array() == 0.0).all()) stored_right.row(j).setZero();
  }
  return CompressedBlock::low_rank(stored_left, stored_right, exact);
}

}  // namespace

double checked_entry(const EntryFunction& entry, Eigen::Index row, Eigen::Index column) {
  const double value = entry(row, column);
  if (!(value >= 0.0) || std::isinf(value)) {
    throw DomainError("kernel entry (" + std::to_string(row) + ", " + std::to_string(column) + ") is " +
                      std::to_string(value) + ": must be finite and not negative");
  }
  return value;
}

CrossApproximation approximate_by_crosses(const EntryFunction& entry, const BlockSide& rows, const BlockSide& columns,
                                          const CrossOptions& options) {
  // Entries found wrong lead to further crosses; a block that is wrong in many places is not for crosses.
  constexpr int attempts = 4;
  const double stop = share_of_crosses * options.tolerance;
  Approximation sum(entry, rows, columns, options);
  CrossApproximation result;
  bool within = sum.add_crosses(stop);
  for (int attempt = 0; within && attempt < attempts; ++attempt) {
    result.block = sum.compressed(options.tolerance);
    result.checked_error = sum.check_all() ? sum.largest_error(*result.block) : sum.sampled_error(*result.block);
    if (result.checked_error <= options.tolerance) break;
    result.block.reset();
    within = sum.check_all() && sum.continue_crosses(stop);
    ++result.corrections;
  }
  result.evaluations = sum.evaluations();
  return result;
}

}  // namespace pericore::numerics

/// One block of a hierarchical matrix: all its entries, or a sum of a few outer products.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace pericore::numerics {

/// An entry of a matrix by row and column; may be called from several threads at once.
using EntryFunction = std::function<double(Eigen::Index row, Eigen::Index column)>;

/// A block in the least memory that keeps a relative error of every entry. Numbers whose rounding to single precision
/// stays inside the bound are stored so: the later terms of a low-rank sum, which are small, nearly always.
class CompressedBlock {
 public:
  CompressedBlock() = default;

  /// All entries.
  ///
  /// @param values  rows x columns
  /// @param single  store in single precision
  [[nodiscard]] static CompressedBlock dense(const Eigen::Ref<const Eigen::MatrixXd>& values, bool single);

  /// The sum over terms of left.col(t) right.col(t)^T.
  ///
  /// @param left, right  rows x terms and columns x terms
  /// @param exact_terms  the first so many in double, the others in single precision
  [[nodiscard]] static CompressedBlock low_rank(const Eigen::Ref<const Eigen::MatrixXd>& left,
                                                const Eigen::Ref<const Eigen::MatrixXd>& right,
                                                Eigen::Index exact_terms);

  [[nodiscard]] Eigen::Index rows() const { return rows_; }
  [[nodiscard]] Eigen::Index columns() const { return columns_; }
  [[nodiscard]] bool is_dense() const { return dense_; }
  [[nodiscard]] Eigen::Index rank() const { return exact_terms_ + single_terms_; }  ///< 0 for a dense block
  [[nodiscard]] std::size_t bytes() const { return exact_.size() * sizeof(double) + single_.size() * sizeof(float); }

  [[nodiscard]] double entry(Eigen::Index row, Eigen::Index column) const;

  /// All entries.
  [[nodiscard]] Eigen::MatrixXd expanded() const;

  /// y += B x; contiguous, of the block's columns and rows.
  void add_product(const double* x, double* y) const;

  /// y += B^T x; contiguous, of the block's rows and columns.
  void add_product_transposed(const double* x, double* y) const;

 private:
  Eigen::Index rows_ = 0;
  Eigen::Index columns_ = 0;
  Eigen::Index exact_terms_ = 0;
  Eigen::Index single_terms_ = 0;
  bool dense_ = false;
  // Dense: the entries by columns, in one of the two. Low rank: left factors by terms, then right ones, in each of the
  // two.
  std::vector<double> exact_;
  std::vector<float> single_;
};

}  // namespace pericore::numerics

/// A square non-negative matrix known by its products: freeness of trade, migration costs. Dense (dense_kernel.h) or compressed
/// (hierarchical_matrix.h); who multiplies need not know which.
#pragma once

#include <Eigen/Dense>
#include <cstddef>

namespace pericore::numerics {

class Kernel {
 public:
  using Columns = Eigen::Ref<Eigen::MatrixXd, 0, Eigen::OuterStride<>>;
  using ConstColumns = Eigen::Ref<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>;

  virtual ~Kernel() = default;

  /// Rows = columns.
  [[nodiscard]] virtual Eigen::Index size() const = 0;

  /// y = K x, size x any number of columns. A column of y has the same bytes whatever columns stand beside it and for any number of threads.
  virtual void multiply(const ConstColumns& x, Columns y) const = 0;

  /// y = K^T x, likewise.
  virtual void multiply_transposed(const ConstColumns& x, Columns y) const = 0;

  /// One entry: exact for dense, within the error bound for compressed kernels.
  [[nodiscard]] virtual double entry(Eigen::Index row, Eigen::Index column) const = 0;

  [[nodiscard]] virtual Eigen::VectorXd diagonal() const = 0;

  /// Bytes held.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

}  // namespace pericore::numerics

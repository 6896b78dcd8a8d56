/// Kernels for tests: a matrix behind the interface of products, and one of any size without a matrix.
#pragma once

#include <Eigen/Dense>
#include <cmath>
#include <cstddef>
#include <random>
#include <utility>

#include "numerics/kernel.h"

namespace pericore::test {

/// exp(-decay x distance) between random places of a square of length 1.
inline Eigen::MatrixXd square_kernel(Eigen::Index n, double decay, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  const Eigen::ArrayXd x = Eigen::ArrayXd::NullaryExpr(n, [&] { return uniform(random); });
  const Eigen::ArrayXd y = Eigen::ArrayXd::NullaryExpr(n, [&] { return uniform(random); });
  Eigen::MatrixXd kernel(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) kernel(i, j) = std::exp(-decay * std::hypot(x(i) - x(j), y(i) - y(j)));
  }
  return kernel;
}

class MatrixKernel final : public numerics::Kernel {
 public:
  explicit MatrixKernel(Eigen::MatrixXd matrix) : matrix_(std::move(matrix)) {}

  [[nodiscard]] Eigen::Index size() const override { return matrix_.rows(); }
  void multiply(const ConstColumns& x, Columns y) const override { y.noalias() = matrix_ * x; }
  void multiply_transposed(const ConstColumns& x, Columns y) const override { y.noalias() = matrix_.transpose() * x; }
  [[nodiscard]] double entry(Eigen::Index row, Eigen::Index column) const override { return matrix_(row, column); }
  [[nodiscard]] Eigen::VectorXd diagonal() const override { return matrix_.diagonal(); }
  [[nodiscard]] std::size_t bytes() const override { return sizeof(double) * static_cast<std::size_t>(matrix_.size()); }

 private:
  Eigen::MatrixXd matrix_;
};

/// exp(-decay x (|dx| + |dy|)) between the places of a square grid: two recursions along each row and column multiply
/// in O(R).
class GridKernel final : public numerics::Kernel {
 public:
  GridKernel(Eigen::Index side, double decay) : side_(side), power_(2 * side) {
    for (Eigen::Index k = 0; k < power_.size(); ++k) power_(k) = std::exp(-decay * static_cast<double>(k));
  }

  [[nodiscard]] Eigen::Index size() const override { return side_ * side_; }

  void multiply(const ConstColumns& x, Columns y) const override {
    for (Eigen::Index column = 0; column < x.cols(); ++column) {
      Eigen::MatrixXd grid = x.col(column).reshaped(side_, side_);
      spread(grid);
      grid.transposeInPlace();
      spread(grid);
      grid.transposeInPlace();
      y.col(column) = grid.reshaped();
    }
  }

  void multiply_transposed(const ConstColumns& x, Columns y) const override { multiply(x, y); }
  [[nodiscard]] double entry(Eigen::Index row, Eigen::Index column) const override {
    return power_(std::abs(row % side_ - column % side_) + std::abs(row / side_ - column / side_));
  }
  [[nodiscard]] Eigen::VectorXd diagonal() const override { return Eigen::VectorXd::Ones(size()); }
  [[nodiscard]] std::size_t bytes() const override { return sizeof(double) * static_cast<std::size_t>(power_.size()); }

 private:
  /// Each row becomes the sum of all rows, weighted by distance.
  void spread(Eigen::MatrixXd& grid) const {
    const Eigen::MatrixXd own = grid;
    Eigen::RowVectorXd before = Eigen::RowVectorXd::Zero(side_);
    Eigen::RowVectorXd after = before;
    for (Eigen::Index k = 1; k < side_; ++k) {
      before = power_(1) * (before + own.row(k - 1));
      grid.row(k) += before;
      after = power_(1) * (after + own.row(side_ - k));
      grid.row(side_ - k - 1) += after;
    }
  }

  Eigen::Index side_;
  Eigen::ArrayXd power_;  // e^(-decay k)
};

}  // namespace pericore::test

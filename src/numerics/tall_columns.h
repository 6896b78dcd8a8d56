/// A few tall columns, such as the last steps of an iteration, and sums over them in one pass over memory.
#pragma once

#include <Eigen/Dense>
#include <vector>

namespace pericore::numerics {

/// `rows` x `count` numbers, zeros at first, kept as Scalar (double, or float for half the memory traffic); all arithmetic is in double. Sums
/// have a fixed order, the same for every instruction set: eight partial sums, row i to the sum i mod 8, added as a fixed tree.
template <class Scalar>
class TallColumns {
 public:
  TallColumns(Eigen::Index rows, Eigen::Index count);

  [[nodiscard]] Eigen::Index rows() const { return rows_; }
  [[nodiscard]] Eigen::Index count() const { return count_; }

  /// Column c becomes `values`, rounded to Scalar.
  void set(Eigen::Index c, const Eigen::VectorXd& values);
  /// Column c becomes a - b, rounded to Scalar.
  void set_difference(Eigen::Index c, const Eigen::VectorXd& a, const Eigen::VectorXd& b);

  /// Sums over rows of each of the first `count` columns times b.
  void products(Eigen::Index count, const Eigen::VectorXd& b, Eigen::VectorXd& with_b) const;
  /// The same, and of each times column c.
  void products(Eigen::Index count, Eigen::Index c, const Eigen::VectorXd& b, Eigen::VectorXd& with_column,
                Eigen::VectorXd& with_b) const;

  /// to = from - sum over the first columns of weight times column, as many as there are weights; `to` may be `from`.
  void subtract(const Eigen::VectorXd& weights, const Eigen::VectorXd& from, Eigen::VectorXd& to) const;

 private:
  [[nodiscard]] Scalar* column(Eigen::Index c) { return entries_.data() + c * stride_; }
  [[nodiscard]] const Scalar* column(Eigen::Index c) const { return entries_.data() + c * stride_; }

  Eigen::Index rows_;
  Eigen::Index count_;
  Eigen::Index stride_;  ///< rows with padding
  std::vector<Scalar> entries_;
};

extern template class TallColumns<double>;
extern template class TallColumns<float>;

}  // namespace pericore::numerics

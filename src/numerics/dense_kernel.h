/// Dense kernels with fast products of one column or a batch; docs/performance.md.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <new>

#include "numerics/kernel.h"

namespace pericore::numerics {

/// Writes the entries of one column from `first_row` on to column[first_row], column[first_row + 1], ...
using ColumnWriter = std::function<void(Eigen::Index column, Eigen::Index first_row, double* entries)>;

/// Whether a matrix is known to equal its transpose entry for entry, or has to be looked at.
enum class Symmetry { unknown, certain };

/// Looks whether a matrix equals its transpose.
[[nodiscard]] Symmetry symmetry_of(const Eigen::Ref<const Eigen::MatrixXd>& matrix);

namespace detail {

/// A square matrix padded with zeros to multiples of eight rows and columns, each column at the start of a cache line.
template <class Scalar>
class DenseStorage {
 public:
  using View =
      Eigen::Map<const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>, Eigen::Unaligned, Eigen::OuterStride<>>;

  /// Holds matrix / scale, rounded to Scalar; products are scaled back.
  /// @throws DomainError  unless square, finite and non-negative
  DenseStorage(const Eigen::Ref<const Eigen::MatrixXd>& matrix, double scale);

  /// Holds what `write` writes, in the memory it has; see DenseKernel::rewrite.
  DenseStorage(Eigen::Index size, Symmetry symmetry, const ColumnWriter& write);
  void rewrite(Symmetry symmetry, const ColumnWriter& write);

  /// Of a matrix already stored in double precision: rounds what products read, which of a symmetric one is a triangle.
  DenseStorage(const DenseStorage<double>& exact, double scale);

  [[nodiscard]] Eigen::Index size() const { return size_; }
  [[nodiscard]] double scale() const { return scale_; }
  [[nodiscard]] double largest() const { return largest_; }
  [[nodiscard]] bool symmetric() const { return symmetric_; }
  [[nodiscard]] View view() const { return {entries_.get(), size_, size_, Eigen::OuterStride<>(stride_)}; }
  [[nodiscard]] std::size_t bytes() const;

  /// y = K x or K^T x; see Kernel.
  void multiply(bool transposed, const Kernel::ConstColumns& x, Kernel::Columns y) const;

 private:
  struct Release {
    void operator()(Scalar* entries) const { ::operator delete (entries, std::align_val_t{alignment}); }
  };
  static constexpr std::size_t alignment = 64;

  template <class Other>
  friend class DenseStorage;

  void allocate();
  [[nodiscard]] bool one_triangle() const;
  /// First row of a column that products read.
  [[nodiscard]] Eigen::Index first_row(Eigen::Index column) const;
  [[nodiscard]] bool equals_transpose() const;
  void mirror_lower();
  void multiply_vector(bool transposed, const double* x, double* y) const;
  void multiply_batch(bool transposed, const Kernel::ConstColumns& x, Kernel::Columns y) const;

  Eigen::Index size_;
  Eigen::Index padded_;  ///< rows and columns with padding
  Eigen::Index stride_;  ///< entries from column to column
  double scale_;
  double largest_ = 0.0;  ///< entry
  bool symmetric_ = false;
  std::unique_ptr<Scalar[], Release> entries_;
};

}  // namespace detail

class SingleKernel;

/// K in double precision.
///
/// Products cost 2 R^2 operations a column. Up to 32 columns share one pass over K. Where K equals its transpose entry
/// for entry and has at least `symmetric_size` rows, one triangle alone is read: half the memory traffic for one
/// column, and K x = K^T x byte for byte.
///
/// A column of a product has the same bytes whatever stands beside it, for any number of threads and for each
/// instruction set: the order of the arithmetic is fixed (dense_product.h). Each element is within (68 + R/64) u |K| |x|
/// of the exact sum, u = 1.1e-16, to first order: a relative error where x >= 0.
class DenseKernel final : public Kernel {
 public:
  /// @throws DomainError  unless `matrix` is square, finite and non-negative
  explicit DenseKernel(const Eigen::Ref<const Eigen::MatrixXd>& matrix);

  /// Of `size` rows, written in place: no second matrix to copy from.
  /// @throws DomainError  unless finite and non-negative
  DenseKernel(Eigen::Index size, Symmetry symmetry, const ColumnWriter& write) : storage_(size, symmetry, write) {}

  /// Other entries in the same memory, columns at the same time on all threads. Where symmetry is certain, columns are
  /// written from the diagonal down and mirrored: half the work.
  /// @throws DomainError  unless finite and non-negative; the entries are then of no use
  void rewrite(Symmetry symmetry, const ColumnWriter& write) {
    rounding_ = std::make_unique<Rounding>();
    storage_.rewrite(symmetry, write);
  }

  /// From this size on, that of a block of the order of summation, a symmetric matrix is read by one triangle.
  static constexpr Eigen::Index symmetric_size = 64;

  [[nodiscard]] Eigen::Index size() const override { return storage_.size(); }

  /// y = K x. y may be x itself; other overlaps are not allowed.
  /// @throws DomainError  if the sizes disagree
  void multiply(const ConstColumns& x, Columns y) const override { storage_.multiply(false, x, y); }

  /// y = K^T x, likewise.
  void multiply_transposed(const ConstColumns& x, Columns y) const override { storage_.multiply(true, x, y); }

  [[nodiscard]] double entry(Eigen::Index row, Eigen::Index column) const override { return matrix()(row, column); }
  [[nodiscard]] Eigen::VectorXd diagonal() const override { return matrix().diagonal(); }
  [[nodiscard]] std::size_t bytes() const override { return storage_.bytes(); }

  /// K itself, without a copy. A map, because the columns in memory are padded.
  [[nodiscard]] detail::DenseStorage<double>::View matrix() const { return storage_.view(); }
  /// Whether K equals its transpose entry for entry.
  [[nodiscard]] bool symmetric() const { return storage_.symmetric(); }

  /// K in single precision: made by the first call, a quarter (symmetric) or half of the memory on top. Thread-safe.
  [[nodiscard]] std::shared_ptr<const SingleKernel> rounded() const;

 private:
  struct Rounding {
    std::once_flag once;
    std::shared_ptr<const SingleKernel> kernel;
  };

  detail::DenseStorage<double> storage_;
  std::unique_ptr<Rounding> rounding_ = std::make_unique<Rounding>();
};

/// K rounded to single precision: half the memory traffic. x, y and all sums are in double precision, so that this is a
/// linear operator of full precision that differs from K by at most 6e-8 of each entry (of entries above 1e-75 of the
/// largest).
///
/// For the many steps of a solver whose last ones use K itself. Worth it where K does not fit into the cache
/// (docs/performance.md).
class SingleKernel final : public Kernel {
 public:
  /// @throws DomainError  unless `matrix` is square, finite and non-negative
  explicit SingleKernel(const Eigen::Ref<const Eigen::MatrixXd>& matrix);
  explicit SingleKernel(const detail::DenseStorage<double>& exact);

  [[nodiscard]] Eigen::Index size() const override { return storage_.size(); }

  /// y = K x. y may be x itself; other overlaps are not allowed.
  /// @throws DomainError  if the sizes disagree
  void multiply(const ConstColumns& x, Columns y) const override { storage_.multiply(false, x, y); }

  /// y = K^T x, likewise.
  void multiply_transposed(const ConstColumns& x, Columns y) const override { storage_.multiply(true, x, y); }

  /// The rounded entry.
  [[nodiscard]] double entry(Eigen::Index row, Eigen::Index column) const override {
    // Of a symmetric kernel only one triangle may be there.
    const auto [low, high] = std::minmax(row, column);
    const auto value = symmetric() ? storage_.view()(high, low) : storage_.view()(row, column);
    return static_cast<double>(value) * storage_.scale();
  }
  [[nodiscard]] Eigen::VectorXd diagonal() const override {
    return storage_.view().diagonal().cast<double>() * storage_.scale();
  }
  [[nodiscard]] std::size_t bytes() const override { return storage_.bytes(); }
  /// Whether K equals its transpose entry for entry.
  [[nodiscard]] bool symmetric() const { return storage_.symmetric(); }

 private:
  detail::DenseStorage<float> storage_;
};

}  // namespace pericore::numerics

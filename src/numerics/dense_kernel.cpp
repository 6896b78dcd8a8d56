#include "numerics/dense_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

#include "base/errors.h"
#include "base/parallel.h"
#include "numerics/dense_product.h"

namespace pericore::numerics {
namespace {

using detail::column_block;
using detail::DenseProducts;
using detail::lanes;
using detail::largest_batch;
using detail::panel_width;
using detail::Range;
using detail::row_block;
using detail::Triangle;
using Eigen::Index;

/// Multiplications below which a product stays on its thread: about 0.1 ms of work, several times what starting tasks
/// costs.
constexpr Index parallel_work = 500'000;

// Rows or columns of the result that one task takes; the bytes do not depend on them.
constexpr Index vector_task_rows = 512;  // long pieces of columns for the prefetcher
constexpr Index batch_task_rows = 192;
constexpr Index task_columns = 64;

Index padded(Index count, Index multiple) { return (count + multiple - 1) / multiple * multiple; }

/// Working memory of a product: on the stack for a few hundred regions.
class Scratch {
 public:
  explicit Scratch(Index count) {
    if (count > static_cast<Index>(near_.size()))
      far_ = std::make_unique_for_overwrite<double[]>(static_cast<std::size_t>(count));
    next_ = far_ ? far_.get() : near_.data();
  }
  double* take(Index count) { return std::exchange(next_, next_ + count); }

 private:
  alignas(64) std::array<double, 2048> near_;
  std::unique_ptr<double[]> far_;
  double* next_;
};

/// Calls run(range) for ranges that cover 0..count-1: one, or tasks for all threads.
template <class Run>
void over_ranges(Index count, Index task, bool parallel, const Run& run) {
  if (!parallel) {
    run(Range{0, count});
    return;
  }
  parallel_for_blocks(static_cast<std::size_t>(count), static_cast<std::size_t>(task),
                      [&](std::size_t, std::size_t begin, std::size_t end) {
                        run(Range{static_cast<Index>(begin), static_cast<Index>(end)});
                      });
}

void pack_column(const double* x, Index size, Index padded_size, double* packed) {
  std::copy_n(x, size, packed);
  std::fill(packed + size, packed + padded_size, 0.0);
}

/// A power of two that puts the largest entry near the top of single precision, so that all its range is there for
/// small entries.
double scale_for_single_precision(double largest) {
  if (!(largest > 0.0) || !std::isfinite(largest)) return 1.0;  // nothing to scale, or refused later
  return std::ldexp(1.0, std::max(std::ilogb(largest) - 126, -1000));
}

struct Findings {
  bool valid = true;
  double largest = 0.0;
};

}  // namespace

namespace detail {

template <class Scalar>
void DenseStorage<Scalar>::allocate() {
  padded_ = padded(size_, lanes);
  constexpr auto line = static_cast<Index>(alignment / sizeof(Scalar));
  stride_ = padded(size_, line);
  // An odd number of cache lines: columns side by side in a tile fall into different sets of the cache.
  if (stride_ / line % 2 == 0) stride_ += line;
  const std::size_t count = static_cast<std::size_t>(stride_ * padded_);
  entries_.reset(static_cast<Scalar*>(::operator new (count * sizeof(Scalar), std::align_val_t{alignment})));
}

template <class Scalar>
DenseStorage<Scalar>::DenseStorage(const Eigen::Ref<const Eigen::MatrixXd>& matrix, double scale)
    : size_(matrix.rows()), scale_(scale) {
  if (matrix.rows() != matrix.cols()) throw DomainError("a kernel must be square");
  allocate();
  rewrite(Symmetry::unknown, [&](Index column, Index first_row, double* entries) {
    std::copy_n(matrix.col(column).data() + first_row, size_ - first_row, entries + first_row);
  });
}

template <class Scalar>
DenseStorage<Scalar>::DenseStorage(Index size, Symmetry symmetry, const ColumnWriter& write)
    : size_(size), scale_(1.0) {
  allocate();
  rewrite(symmetry, write);
}

template <class Scalar>
void DenseStorage<Scalar>::rewrite(Symmetry symmetry, const ColumnWriter& write) {
  const bool half = symmetry == Symmetry::certain;
  const auto fill = [&](std::size_t begin, std::size_t end) {
    Findings found;
    Eigen::ArrayXd rounded;  // of a column that is written in double precision first
    if constexpr (!std::is_same_v<Scalar, double>) rounded.resize(size_);
    for (auto j = static_cast<Index>(begin); j < static_cast<Index>(end); ++j) {
      Scalar* const column = entries_.get() + j * stride_;
      std::fill(column + (j < size_ ? size_ : 0), column + stride_, Scalar{});
      if (j >= size_) continue;
      const Index first = half ? j : 0;
      double* entries = nullptr;
      if constexpr (std::is_same_v<Scalar, double>) {
        entries = column;
      } else {
        entries = rounded.data();
      }
      write(j, first, entries);
      const Eigen::Map<const Eigen::ArrayXd> written(entries + first, size_ - first);
      // Zero times what is not finite is NaN, and stays in a sum.
      found.valid = found.valid && written.minCoeff() >= 0.0 && (0.0 * written).sum() == 0.0;
      found.largest = std::max(found.largest, written.maxCoeff());
      if constexpr (!std::is_same_v<Scalar, double>) {
        for (Index i = first; i < size_; ++i) column[i] = static_cast<Scalar>(entries[i] / scale_);
      }
    }
    return found;
  };
  const auto found = deterministic_reduce(static_cast<std::size_t>(padded_), task_columns, Findings{}, fill,
                                          [](const Findings& a, const Findings& b) {
                                            return Findings{a.valid && b.valid, std::max(a.largest, b.largest)};
                                          });
  if (!found.valid) throw DomainError("a kernel must be finite and non-negative");
  largest_ = found.largest;
  if (half) mirror_lower();
  symmetric_ = half || equals_transpose();
}

template <class Scalar>
DenseStorage<Scalar>::DenseStorage(const DenseStorage<double>& exact, double scale)
    : size_(exact.size_), scale_(scale), largest_(exact.largest_), symmetric_(exact.symmetric_) {
  allocate();
  const double per_scale = 1.0 / scale_;
  parallel_for(static_cast<std::size_t>(padded_), task_columns, [&](std::size_t j) {
    const auto column = static_cast<Index>(j);
    const double* const from = exact.entries_.get() + column * exact.stride_;
    Scalar* const to = entries_.get() + column * stride_;
    for (Index i = first_row(column); i < padded_; ++i) to[i] = static_cast<Scalar>(from[i] * per_scale);
  });
}

template <class Scalar>
bool DenseStorage<Scalar>::one_triangle() const {
  return symmetric_ && size_ >= DenseKernel::symmetric_size;
}

template <class Scalar>
Index DenseStorage<Scalar>::first_row(Index column) const {
  return one_triangle() ? column / lanes * lanes : 0;
}

/// By squares, which fit into the cache both ways.
template <class Scalar>
void DenseStorage<Scalar>::mirror_lower() {
  over_ranges(size_, task_columns, true, [&](const Range& columns) {
    for (Index i0 = 0; i0 < columns.end; i0 += task_columns) {
      for (Index j = columns.begin; j < columns.end; ++j) {
        const Index last = std::min(i0 + task_columns, j);
        for (Index i = i0; i < last; ++i) entries_[j * stride_ + i] = entries_[i * stride_ + j];
      }
    }
  });
}

template <class Scalar>
bool DenseStorage<Scalar>::equals_transpose() const {
  const auto entries = view();
  const int same = deterministic_reduce(
      static_cast<std::size_t>(size_), task_columns, 1,
      [&](std::size_t begin, std::size_t end) {
        const auto first = static_cast<Index>(begin);
        const auto last = static_cast<Index>(end);
        for (Index i0 = 0; i0 < last; i0 += task_columns) {
          const Index height = std::min(static_cast<Index>(task_columns), last - i0);
          const auto block = entries.block(i0, first, height, last - first);
          if (!(block.array() == entries.block(first, i0, last - first, height).transpose().array()).all()) return 0;
        }
        return 1;
      },
      [](int a, int b) { return a & b; });
  return same != 0;
}

template <class Scalar>
std::size_t DenseStorage<Scalar>::bytes() const {
  return static_cast<std::size_t>(stride_ * padded_) * sizeof(Scalar);
}

template <class Scalar>
void DenseStorage<Scalar>::multiply(bool transposed, const Kernel::ConstColumns& x, Kernel::Columns y) const {
  if (x.rows() != size_ || y.rows() != size_ || x.cols() != y.cols()) {
    throw DomainError("a kernel of " + std::to_string(size_) + " rows cannot take columns of " +
                      std::to_string(x.rows()) + " rows into " + std::to_string(y.rows()));
  }
  if (size_ == 0) return;
  if (x.cols() == 1) {
    multiply_vector(transposed, x.data(), y.data());
    return;
  }
  for (Index c = 0; c < x.cols(); c += largest_batch) {
    const Index columns = std::min<Index>(largest_batch, x.cols() - c);
    multiply_batch(transposed, x.middleCols(c, columns), y.middleCols(c, columns));
  }
}

template <class Scalar>
void DenseStorage<Scalar>::multiply_vector(bool transposed, const double* x, double* y) const {
  const DenseMatrix<Scalar> k{entries_.get(), stride_, padded_};
  const DenseProducts<Scalar>& products = dense_products<Scalar>(instruction_set());
  const bool parallel = size_ * size_ >= parallel_work && thread_count() > 1;
  const bool one_triangle = this->one_triangle();
  const Index blocks =
      one_triangle ? static_cast<Index>(block_count(static_cast<std::size_t>(padded_), column_block)) : 0;
  const Index sums = one_triangle ? 1 + (parallel ? blocks : 1) : 0;
  Scratch scratch((2 + sums) * padded_);
  double* const packed = scratch.take(padded_);
  double* const result = scratch.take(padded_);
  pack_column(x, size_, padded_, packed);

  if (!one_triangle) {
    if (transposed) {
      over_ranges(padded_, task_columns, parallel,
                  [&](Range columns) { products.transposed_vector(k, columns, packed, result); });
    } else {
      over_ranges(padded_, vector_task_rows, parallel, [&](Range rows) { products.vector(k, rows, packed, result); });
    }
  } else {
    // The sums of each block of columns are added in the order of the blocks, whoever makes them when.
    double* const total = scratch.take(padded_);
    double* const below = scratch.take((sums - 1) * padded_);
    std::fill_n(total, padded_, 0.0);
    const auto make = [&](Index block, double* to) {
      const Range columns{block * column_block, std::min<Index>((block + 1) * column_block, padded_)};
      products.symmetric_vector(k, columns, packed, result, to);
    };
    const auto add = [&](Index block, const double* from, Index begin, Index end) {
      for (Index i = std::max(begin, block * column_block); i < end; ++i) total[i] += from[i];
    };
    if (parallel) {
      parallel_for(static_cast<std::size_t>(blocks), 1, [&](std::size_t block) {
        make(static_cast<Index>(block), below + static_cast<Index>(block) * padded_);
      });
      over_ranges(padded_, row_block, true, [&](Range rows) {
        for (Index block = 0; block < blocks; ++block) add(block, below + block * padded_, rows.begin, rows.end);
      });
    } else {
      for (Index block = 0; block < blocks; ++block) {
        make(block, below);
        add(block, below, 0, padded_);
      }
    }
    for (Index i = 0; i < size_; ++i) result[i] += total[i];
  }
  if constexpr (std::is_same_v<Scalar, double>) {
    std::copy_n(result, size_, y);
  } else {
    for (Index i = 0; i < size_; ++i) y[i] = result[i] * scale_;
  }
}

template <class Scalar>
void DenseStorage<Scalar>::multiply_batch(bool transposed, const Kernel::ConstColumns& x, Kernel::Columns y) const {
  const DenseMatrix<Scalar> k{entries_.get(), stride_, padded_};
  const DenseProducts<Scalar>& products = dense_products<Scalar>(instruction_set());
  const bool parallel = size_ * size_ * x.cols() >= parallel_work && thread_count() > 1;
  const bool one_triangle = this->one_triangle();
  const Triangle triangle = one_triangle ? Triangle::lower : Triangle::both;
  const Index columns = padded(x.cols(), panel_width);
  Scratch scratch((one_triangle ? 3 : 2) * columns * padded_);
  double* const packed = scratch.take(columns * padded_);
  double* const result = scratch.take(columns * padded_);

  const auto multiply_forward = [&](double* to) {
    for (Index c = 0; c < columns; ++c) {
      double* const panel = packed + c / panel_width * panel_width * padded_ + c % panel_width;
      const Index rows = c < x.cols() ? size_ : 0;
      for (Index i = 0; i < rows; ++i) panel[i * panel_width] = x(i, c);
      for (Index i = rows; i < padded_; ++i) panel[i * panel_width] = 0.0;
    }
    over_ranges(padded_, batch_task_rows, parallel,
                [&](Range rows) { products.batch(k, triangle, rows, packed, columns, to); });
  };
  const auto multiply_transposed = [&](double* to) {
    for (Index c = 0; c < columns; ++c)
      pack_column(c < x.cols() ? x.col(c).data() : nullptr, c < x.cols() ? size_ : 0, padded_, packed + c * padded_);
    over_ranges(padded_, task_columns, parallel,
                [&](Range range) { products.transposed_batch(k, triangle, range, packed, columns, to); });
  };
  if (one_triangle) {
    double* const upper = scratch.take(columns * padded_);
    multiply_transposed(result);
    multiply_forward(upper);
    for (Index i = 0; i < columns * padded_; ++i) result[i] += upper[i];
  } else if (transposed) {
    multiply_transposed(result);
  } else {
    multiply_forward(result);
  }
  for (Index c = 0; c < x.cols(); ++c) {
    const double* const from = result + c * padded_;
    if constexpr (std::is_same_v<Scalar, double>) {
      std::copy_n(from, size_, y.col(c).data());
    } else {
      for (Index i = 0; i < size_; ++i) y(i, c) = from[i] * scale_;
    }
  }
}

template class DenseStorage<double>;
template class DenseStorage<float>;

}  // namespace detail

namespace {

double single_scale(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  return scale_for_single_precision(matrix.size() > 0 ? matrix.maxCoeff() : 0.0);
}

}  // namespace

Symmetry symmetry_of(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  if (matrix.rows() != matrix.cols()) return Symmetry::unknown;
  constexpr Index tile = 64;  // fits into the cache both ways
  for (Index j = 0; j < matrix.cols(); j += tile) {
    const Index width = std::min(tile, matrix.cols() - j);
    for (Index i = 0; i <= j; i += tile) {
      const Index height = std::min(tile, matrix.rows() - i);
      if (matrix.block(i, j, height, width) != matrix.block(j, i, width, height).transpose()) return Symmetry::unknown;
    }
  }
  return Symmetry::certain;
}

DenseKernel::DenseKernel(const Eigen::Ref<const Eigen::MatrixXd>& matrix) : storage_(matrix, 1.0) {}

std::shared_ptr<const SingleKernel> DenseKernel::rounded() const {
  std::call_once(rounding_->once, [this] { rounding_->kernel = std::make_shared<const SingleKernel>(storage_); });
  return rounding_->kernel;
}

SingleKernel::SingleKernel(const Eigen::Ref<const Eigen::MatrixXd>& matrix) : storage_(matrix, single_scale(matrix)) {}

SingleKernel::SingleKernel(const detail::DenseStorage<double>& exact)
    : storage_(exact, scale_for_single_precision(exact.largest())) {}

}  // namespace pericore::numerics

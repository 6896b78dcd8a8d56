/// Products of a padded dense matrix with columns, in a fixed order of arithmetic: the loops below DenseKernel and
/// SingleKernel.
///
/// Order of the sums, the same for every instruction set, for every number of columns and however the work is cut:
///   K x       y_i = sum over blocks of 64 columns of (sum over the columns of the block, one after the other)
///   K^T x     y_j = sum over blocks of 512 rows of (8 partial sums, row i to the sum i mod 8, added as a fixed tree)
///   symmetric y_i = (K^T x over the rows from the first of i's group of eight on)
///                   + (K x over the columns before that group)
#pragma once

#include <cstddef>

#include "numerics/instruction_set.h"

namespace pericore::numerics::detail {

constexpr int lanes = 8;                      ///< rows and columns are padded with zeros to a multiple of it
constexpr std::ptrdiff_t column_block = 64;   ///< part of the order: columns in an inner sum of K x
constexpr std::ptrdiff_t row_block = 512;     ///< part of the order: rows in an inner sum of K^T x
constexpr std::ptrdiff_t panel_width = 4;     ///< columns of x that a tile takes at a time
constexpr std::ptrdiff_t largest_batch = 32;  ///< columns of x that share one pass over K

/// Column-major, `size` rows and columns (a multiple of `lanes`), `stride` entries from column to column.
template <class Scalar>
struct DenseMatrix {
  const Scalar* entries;
  std::ptrdiff_t stride;
  std::ptrdiff_t size;
};

enum class Triangle {
  both,   ///< the whole matrix
  lower,  ///< K x: columns before the row's group of eight; K^T x: rows from the first of the column's group on
};

/// Rows or columns begin..end-1 of the result, both multiples of `lanes`.
struct Range {
  std::ptrdiff_t begin;
  std::ptrdiff_t end;
};

/// The loops of one instruction set. `columns` is a multiple of `panel_width`; y is overwritten in its range, stride =
/// size.
template <class Scalar>
struct DenseProducts {
  using Matrix = DenseMatrix<Scalar>;
  /// y = K x, one column.
  void (*vector)(const Matrix& k, Range rows, const double* x, double* y);
  /// y = K^T x, one column.
  void (*transposed_vector)(const Matrix& k, Range columns, const double* x, double* y);
  /// Both triangles of a symmetric matrix in one pass over the lower one: y = K^T x in the range of columns (at most
  /// column_block), and into `below` the block's sums of K x for all rows from columns.begin on.
  void (*symmetric_vector)(const Matrix& k, Range columns, const double* x, double* y, double* below);
  /// y = K x for a batch; x in panels of four: x[panel * 4 * size + 4 * row + column in the panel].
  void (*batch)(const Matrix& k, Triangle triangle, Range rows, const double* x, std::ptrdiff_t columns, double* y);
  /// y = K^T x for a batch; x column-major, stride = size.
  void (*transposed_batch)(const Matrix& k, Triangle triangle, Range range, const double* x, std::ptrdiff_t columns,
                           double* y);
};

/// @tparam Scalar  double or float: how K is stored; all arithmetic is in double
template <class Scalar>
[[nodiscard]] const DenseProducts<Scalar>& dense_products(InstructionSet set);

}  // namespace pericore::numerics::detail

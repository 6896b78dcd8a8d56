#include "numerics/compressed_block.h"

#include <algorithm>
#include <array>
#include <type_traits>

namespace pericore::numerics {

namespace {

using Eigen::Index;

// The loops below fix the order of every sum: the same bytes whatever the address, the thread and the neighbouring
// columns.

/// y += A z, A rows x terms by columns; four terms a pass over y.
template <class Scalar>
void add_combination(const Scalar* __restrict a, Index rows, Index terms, const double* __restrict z,
                     double* __restrict y) {
  Index t = 0;
  for (; t + 4 <= terms; t += 4, a += 4 * rows) {
    const double z0 = z[t];
    const double z1 = z[t + 1];
    const double z2 = z[t + 2];
    const double z3 = z[t + 3];
    for (Index i = 0; i < rows; ++i) {
      y[i] += (static_cast<double>(a[i]) * z0 + static_cast<double>(a[rows + i]) * z1) +
              (static_cast<double>(a[2 * rows + i]) * z2 + static_cast<double>(a[3 * rows + i]) * z3);
    }
  }
  for (; t < terms; ++t, a += rows) {
    const double z0 = z[t];
    for (Index i = 0; i < rows; ++i) y[i] += static_cast<double>(a[i]) * z0;
  }
}

/// a . x in eight interleaved partial sums, which the compiler may keep in vector registers.
template <class Scalar>
double dot(const Scalar* __restrict a, const double* __restrict x, Index rows) {
  constexpr Index lanes = 8;
  std::array<double, lanes> sum{};
  Index i = 0;
  for (; i + lanes <= rows; i += lanes) {
    for (Index j = 0; j < lanes; ++j) sum[static_cast<std::size_t>(j)] += static_cast<double>(a[i + j]) * x[i + j];
  }
  double rest = 0.0;
  for (; i < rows; ++i) rest += static_cast<double>(a[i]) * x[i];
  return (((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]))) + rest;
}

/// y += A B^T x with few terms.
template <class Scalar>
void add_outer_products(const Scalar* a, Index rows, const Scalar* b, Index columns, Index terms, const double* x,
                        double* y) {
  constexpr Index batch = 64;
  std::array<double, batch> z{};
  for (Index first = 0; first < terms; first += batch) {
    const Index count = std::min(batch, terms - first);
    for (Index t = 0; t < count; ++t) z[static_cast<std::size_t>(t)] = dot(b + (first + t) * columns, x, columns);
    add_combination(a + first * rows, rows, count, z.data(), y);
  }
}

template <class Scalar>
void add_transposed(const Scalar* a, Index rows, Index columns, const double* x, double* y) {
  for (Index column = 0; column < columns; ++column) y[column] += dot(a + column * rows, x, rows);
}

}  // namespace

CompressedBlock CompressedBlock::dense(const Eigen::Ref<const Eigen::MatrixXd>& values, bool single) {
  CompressedBlock block;
  block.rows_ = values.rows();
  block.columns_ = values.cols();
  block.dense_ = true;
  const auto size = static_cast<std::size_t>(values.size());
  if (single) {
    block.single_.resize(size);
    Eigen::Map<Eigen::MatrixXf>(block.single_.data(), values.rows(), values.cols()) = values.cast<float>();
  } else {
    block.exact_.resize(size);
    Eigen::Map<Eigen::MatrixXd>(block.exact_.data(), values.rows(), values.cols()) = values;
  }
  return block;
}

CompressedBlock CompressedBlock::low_rank(const Eigen::Ref<const Eigen::MatrixXd>& left,
                                          const Eigen::Ref<const Eigen::MatrixXd>& right, Index exact_terms) {
  CompressedBlock block;
  block.rows_ = left.rows();
  block.columns_ = right.rows();
  block.exact_terms_ = exact_terms;
  block.single_terms_ = left.cols() - exact_terms;
  const Index both = block.rows_ + block.columns_;
  block.exact_.resize(static_cast<std::size_t>(both * block.exact_terms_));
  block.single_.resize(static_cast<std::size_t>(both * block.single_terms_));
  using Eigen::Map;
  Map<Eigen::MatrixXd>(block.exact_.data(), block.rows_, exact_terms) = left.leftCols(exact_terms);
  Map<Eigen::MatrixXd>(block.exact_.data() + block.rows_ * exact_terms, block.columns_, exact_terms) =
      right.leftCols(exact_terms);
  const Index single = block.single_terms_;
  Map<Eigen::MatrixXf>(block.single_.data(), block.rows_, single) = left.rightCols(single).cast<float>();
  Map<Eigen::MatrixXf>(block.single_.data() + block.rows_ * single, block.columns_, single) =
      right.rightCols(single).cast<float>();
  return block;
}

double CompressedBlock::entry(Index row, Index column) const {
  if (dense_) {
    const auto place = static_cast<std::size_t>(column * rows_ + row);
    return exact_.empty() ? static_cast<double>(single_[place]) : exact_[place];
  }
  const auto sum = [&](const auto* factors, Index terms) {
    const auto* const right = factors + rows_ * terms;
    double value = 0.0;
    for (Index t = 0; t < terms; ++t)
      value += static_cast<double>(factors[t * rows_ + row]) * static_cast<double>(right[t * columns_ + column]);
    return value;
  };
  return sum(exact_.data(), exact_terms_) + sum(single_.data(), single_terms_);
}

Eigen::MatrixXd CompressedBlock::expanded() const {
  using Eigen::Map;
  const auto matrix = [](const auto* values, Index rows, Index columns) -> Eigen::MatrixXd {
    using Scalar = std::remove_cvref_t<decltype(*values)>;
    return Map<const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>>(values, rows, columns)
        .template cast<double>();
  };
  if (dense_) return exact_.empty() ? matrix(single_.data(), rows_, columns_) : matrix(exact_.data(), rows_, columns_);
  Eigen::MatrixXd sum = matrix(exact_.data(), rows_, exact_terms_) *
                        matrix(exact_.data() + rows_ * exact_terms_, columns_, exact_terms_).transpose();
  sum.noalias() += matrix(single_.data(), rows_, single_terms_) *
                   matrix(single_.data() + rows_ * single_terms_, columns_, single_terms_).transpose();
  return sum;
}

void CompressedBlock::add_product(const double* x, double* y) const {
  if (dense_) {
    if (!exact_.empty()) add_combination(exact_.data(), rows_, columns_, x, y);
    if (!single_.empty()) add_combination(single_.data(), rows_, columns_, x, y);
    return;
  }
  add_outer_products(exact_.data(), rows_, exact_.data() + rows_ * exact_terms_, columns_, exact_terms_, x, y);
  add_outer_products(single_.data(), rows_, single_.data() + rows_ * single_terms_, columns_, single_terms_, x, y);
}

void CompressedBlock::add_product_transposed(const double* x, double* y) const {
  if (dense_) {
    if (!exact_.empty()) add_transposed(exact_.data(), rows_, columns_, x, y);
    if (!single_.empty()) add_transposed(single_.data(), rows_, columns_, x, y);
    return;
  }
  add_outer_products(exact_.data() + rows_ * exact_terms_, columns_, exact_.data(), rows_, exact_terms_, x, y);
  add_outer_products(single_.data() + rows_ * single_terms_, columns_, single_.data(), rows_, single_terms_, x, y);
}

}  // namespace pericore::numerics

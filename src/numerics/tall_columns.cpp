#include "numerics/tall_columns.h"

#include <algorithm>
#include <cstddef>

#include "base/errors.h"
#include "numerics/instruction_set.h"

namespace pericore::numerics {
namespace {

constexpr int lanes = 8;
/// Rows of all columns that are worked off together, so that what they are multiplied by stays in the first-level cache.
constexpr std::ptrdiff_t tile_rows = 1024;

template <class Scalar>
struct Loops {
  void (*difference)(const double* a, const double* b, std::ptrdiff_t rows, Scalar* to);
  void (*product)(const Scalar* column, const double* b, std::ptrdiff_t rows, double* sums);
  void (*product_of_columns)(const Scalar* column, const Scalar* other, std::ptrdiff_t rows, double* sums);
  double (*total)(const double* sums);
  void (*subtract)(const Scalar* columns, std::ptrdiff_t stride, std::ptrdiff_t count, const double* weights,
                   const double* from, std::ptrdiff_t rows, double* to);
};

#define PERICORE_LANE_CODE "numerics/tall_columns_lanes.inc"
#include "numerics/for_each_instruction_set.inc"

template <class Scalar>
const Loops<Scalar>& loops() {
  switch (instruction_set()) {
#ifdef __x86_64__
    case InstructionSet::avx512:
      return avx512::loops<Scalar>;
    case InstructionSet::avx2:
      return avx2::loops<Scalar>;
#endif
    default:
      return baseline::loops<Scalar>;
  }
}

/// The last rows of a vector as a group of eight, zeros behind them.
struct Rest {
  Rest(const Eigen::VectorXd& of, std::ptrdiff_t first) {
    std::fill(std::copy(of.data() + first, of.data() + of.size(), values), values + lanes, 0.0);
  }
  double values[lanes];
};

void require_rows(const Eigen::VectorXd& vector, Eigen::Index rows) {
  if (vector.size() != rows) throw DomainError("a vector is not as long as the columns it meets");
}

std::ptrdiff_t whole_groups(Eigen::Index rows) { return rows / lanes * lanes; }

/// visit(first row, rows) for tiles of whole groups.
template <class Visit>
void for_each_tile(std::ptrdiff_t rows, const Visit& visit) {
  for (std::ptrdiff_t i = 0; i < rows; i += tile_rows) visit(i, std::min(tile_rows, rows - i));
}

}  // namespace

template <class Scalar>
TallColumns<Scalar>::TallColumns(Eigen::Index rows, Eigen::Index count)
    : rows_(rows),
      count_(count),
      stride_((rows + lanes - 1) / lanes * lanes),
      entries_(static_cast<std::size_t>(stride_ * count), Scalar{0}) {}

template <class Scalar>
void TallColumns<Scalar>::set(Eigen::Index c, const Eigen::VectorXd& values) {
  require_rows(values, rows_);
  std::transform(values.data(), values.data() + rows_, column(c),
                 [](double value) { return static_cast<Scalar>(value); });
}

template <class Scalar>
void TallColumns<Scalar>::set_difference(Eigen::Index c, const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  require_rows(a, rows_);
  require_rows(b, rows_);
  const std::ptrdiff_t whole = whole_groups(rows_);
  loops<Scalar>().difference(a.data(), b.data(), whole, column(c));
  if (whole < rows_) loops<Scalar>().difference(Rest(a, whole).values, Rest(b, whole).values, lanes, column(c) + whole);
}

template <class Scalar>
void TallColumns<Scalar>::products(Eigen::Index count, const Eigen::VectorXd& b, Eigen::VectorXd& with_b) const {
  Eigen::VectorXd unused;
  products(count, -1, b, unused, with_b);
}

template <class Scalar>
void TallColumns<Scalar>::products(Eigen::Index count, Eigen::Index c, const Eigen::VectorXd& b,
                                   Eigen::VectorXd& with_column, Eigen::VectorXd& with_b) const {
  require_rows(b, rows_);
  const Loops<Scalar>& loop = loops<Scalar>();
  Eigen::Matrix<double, lanes, Eigen::Dynamic> sums = Eigen::MatrixXd::Zero(lanes, count);
  Eigen::Matrix<double, lanes, Eigen::Dynamic> column_sums = Eigen::MatrixXd::Zero(lanes, c < 0 ? 0 : count);
  const auto add = [&](std::ptrdiff_t first, std::ptrdiff_t rows, const double* from) {
    for (Eigen::Index m = 0; m < count; ++m) {
      loop.product(column(m) + first, from, rows, sums.col(m).data());
      if (c >= 0) loop.product_of_columns(column(m) + first, column(c) + first, rows, column_sums.col(m).data());
    }
  };
  const std::ptrdiff_t whole = whole_groups(rows_);
  for_each_tile(whole, [&](std::ptrdiff_t first, std::ptrdiff_t rows) { add(first, rows, b.data() + first); });
  if (whole < rows_) add(whole, lanes, Rest(b, whole).values);
  with_b.resize(count);
  with_column.resize(column_sums.cols());
  for (Eigen::Index m = 0; m < count; ++m) with_b(m) = loop.total(sums.col(m).data());
  for (Eigen::Index m = 0; m < column_sums.cols(); ++m) with_column(m) = loop.total(column_sums.col(m).data());
}

template <class Scalar>
void TallColumns<Scalar>::subtract(const Eigen::VectorXd& weights, const Eigen::VectorXd& from,
                                   Eigen::VectorXd& to) const {
  require_rows(from, rows_);
  to.resize(rows_);
  const std::ptrdiff_t whole = whole_groups(rows_);
  const Loops<Scalar>& loop = loops<Scalar>();
  loop.subtract(entries_.data(), stride_, weights.size(), weights.data(), from.data(), whole, to.data());
  if (whole == rows_) return;
  Rest rest(from, whole);
  loop.subtract(entries_.data() + whole, stride_, weights.size(), weights.data(), rest.values, lanes, rest.values);
  std::copy(rest.values, rest.values + (rows_ - whole), to.data() + whole);
}

template class TallColumns<double>;
template class TallColumns<float>;

}  // namespace pericore::numerics

#include "econometrics/dynamic_panel_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"

namespace pericore::econometrics::dynamic {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Share of a moment's variance that must be its own; rounding leaves about 1e-15 times the number of entities.
constexpr double tolerance = 1e-12;

}  // namespace

MatrixXd cross_product(const MatrixXd& w) {
  constexpr Index width = 64;
  const Index n = w.cols();
  MatrixXd result(n, n);
  parallel_for_blocks(static_cast<std::size_t>(n), width, [&](std::size_t, std::size_t begin, std::size_t end) {
    const auto first = static_cast<Index>(begin);
    const auto count = static_cast<Index>(end - begin);
    result.block(0, first, first + count, count).noalias() =
        w.leftCols(first + count).transpose() * w.middleCols(first, count);
  });
  result.triangularView<Eigen::StrictlyLower>() = result.transpose();
  return result;
}

SweptInverse::SweptInverse(const MatrixXd& matrix) : size_(matrix.rows()) {
  const VectorXd diagonal = matrix.diagonal();
  VectorXd scale = VectorXd::Zero(size_);
  bool none_empty = true;
  for (Index j = 0; j < size_; ++j) {
    if (diagonal[j] > 0.0 && std::isfinite(diagonal[j])) scale[j] = 1.0 / std::sqrt(diagonal[j]);
    none_empty = none_empty && scale[j] > 0.0;
  }
  MatrixXd scaled = scale.asDiagonal() * matrix * scale.asDiagonal();
  if (none_empty && size_ > 0) {
    const Eigen::LLT<MatrixXd> llt(scaled);
    if (llt.info() == Eigen::Success && llt.matrixLLT().diagonal().array().square().minCoeff() > tolerance) {
      kept_.resize(static_cast<std::size_t>(size_));
      std::iota(kept_.begin(), kept_.end(), Index{0});
      scale_ = scale;
      factor_ = llt.matrixLLT().triangularView<Eigen::Lower>();
      return;
    }
  }
  // Row by row, leaving out what depends on the columns before.
  MatrixXd factor = MatrixXd::Zero(size_, size_);
  for (Index j = 0; j < size_; ++j) {
    if (!(scale[j] > 0.0)) continue;
    const Index r = rank();
    VectorXd row = scaled(kept_, j);
    if (r > 0) factor.topLeftCorner(r, r).triangularView<Eigen::Lower>().solveInPlace(row);
    const double own = scaled(j, j) - row.squaredNorm();
    if (!(own > tolerance)) continue;
    factor.row(r).head(r) = row.transpose();
    factor(r, r) = std::sqrt(own);
    kept_.push_back(j);
  }
  factor_ = factor.topLeftCorner(rank(), rank());
  scale_ = scale(kept_);
}

MatrixXd SweptInverse::solve(const MatrixXd& right) const {
  MatrixXd part = right(kept_, Eigen::all);
  part = scale_.asDiagonal() * part;
  factor_.triangularView<Eigen::Lower>().solveInPlace(part);
  factor_.transpose().triangularView<Eigen::Upper>().solveInPlace(part);
  part = scale_.asDiagonal() * part;
  if (full()) return part;
  MatrixXd result = MatrixXd::Zero(size_, right.cols());
  for (Index i = 0; i < rank(); ++i) result.row(kept_[static_cast<std::size_t>(i)]) = part.row(i);
  return result;
}

MatrixXd SweptInverse::inverse_block(const std::vector<Index>& columns) const {
  const auto count = static_cast<Index>(columns.size());
  if (count == 0) return {};
  // L^-1 E is zero above the first of the columns.
  const Index first = *std::min_element(columns.begin(), columns.end());
  const Index rest = size_ - first;
  MatrixXd half = MatrixXd::Zero(rest, count);
  for (Index c = 0; c < count; ++c) {
    const Index column = columns[static_cast<std::size_t>(c)];
    half(column - first, c) = scale_[column];
  }
  factor_.bottomRightCorner(rest, rest).triangularView<Eigen::Lower>().solveInPlace(half);
  return half.transpose() * half;
}

MomentInverse::MomentInverse(const MatrixXd& w, const std::vector<Index>& independent)
    : size_(w.cols()), independent_(independent) {
  std::vector<Index> groups;
  for (Index g = 0; g < w.rows(); ++g)
    if ((w.row(g).array() != 0.0).any()) groups.push_back(g);
  const bool all_columns = static_cast<Index>(independent.size()) == size_;
  if (independent.size() <= groups.size()) {
    regular_ = SweptInverse(cross_product(all_columns ? w : MatrixXd(w(Eigen::all, independent))));
    if (regular_.full()) return;
  }
  singular_ = true;
  decompose(w(groups, Eigen::all));
}

void MomentInverse::decompose(const MatrixXd& w) {
  // With W = U D V': (W'W)^+ = V D^-2 V' = W'U D^-4 U'W, by whichever side is smaller.
  if (w.rows() == 0) {
    root_ = MatrixXd::Zero(size_, 0);
    return;
  }
  const bool by_groups = w.rows() <= w.cols();
  const MatrixXd small = cross_product(by_groups ? MatrixXd(w.transpose()) : w);
  if (by_groups) {
    by_groups_.emplace(small);
    // The factor enters twice, hence the distance from rounding.
    if (by_groups_->info() == Eigen::Success && by_groups_->rcond() > 1e-10) {
      w_ = w;
      return;
    }
  }
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(small);
  const VectorXd& values = eigen.eigenvalues();
  const double least = tolerance * values.maxCoeff() * static_cast<double>(values.size());
  const Index rank = (values.array() > std::max(least, 0.0)).count();
  const MatrixXd vectors = eigen.eigenvectors().rightCols(rank);
  const VectorXd inverse = values.tail(rank).cwiseInverse();
  if (by_groups) {
    root_ = w.transpose() * vectors * inverse.asDiagonal();
  } else {
    root_ = vectors * inverse.cwiseSqrt().asDiagonal();
  }
}

MatrixXd MomentInverse::solve(const MatrixXd& right) const {
  if (w_.size() > 0) return w_.transpose() * by_groups_->solve(by_groups_->solve(w_ * right));
  if (singular_) return root_ * (root_.transpose() * right);
  if (static_cast<Index>(independent_.size()) == size_) return regular_.solve(right);
  const MatrixXd part = regular_.solve(right(independent_, Eigen::all));
  MatrixXd result = MatrixXd::Zero(size_, right.cols());
  for (std::size_t i = 0; i < independent_.size(); ++i) result.row(independent_[i]) = part.row(static_cast<Index>(i));
  return result;
}

MatrixXd MomentInverse::solve_without(const std::vector<Index>& excluded, const MatrixXd& right) const {
  MatrixXd part = right;
  for (const Index g : excluded) part.row(g).setZero();
  MatrixXd result = solve(part);
  const Eigen::LLT<MatrixXd> block(regular_.inverse_block(excluded));
  const MatrixXd shift = block.solve(result(excluded, Eigen::all));
  MatrixXd correction = MatrixXd::Zero(size_, right.cols());
  for (std::size_t g = 0; g < excluded.size(); ++g) correction.row(excluded[g]) = shift.row(static_cast<Index>(g));
  result -= solve(correction);
  for (const Index g : excluded) result.row(g).setZero();
  return result;
}

}  // namespace pericore::econometrics::dynamic

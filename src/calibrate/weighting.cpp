#include "calibrate/weighting.h"

#include <Eigen/Eigenvalues>

#include "base/errors.h"

namespace pericore::calibrate {
namespace {

constexpr double least_eigenvalue = 1e-12;  // of a matrix of correlations

void require_rows(const Weighting& weighting, Eigen::Index rows) {
  if (rows != weighting.size()) throw DomainError("not a weight for every moment");
}

}  // namespace

Eigen::MatrixXd Weighting::times(const Eigen::Ref<const Eigen::MatrixXd>& matrix) const {
  require_rows(*this, matrix.rows());
  Eigen::MatrixXd result(matrix.rows(), matrix.cols());
  result.topRows(block.rows()) = block * matrix.topRows(block.rows());
  result.bottomRows(diagonal.size()) = diagonal.asDiagonal() * matrix.bottomRows(diagonal.size());
  return result;
}

Eigen::MatrixXd Weighting::root_times(const Eigen::Ref<const Eigen::MatrixXd>& matrix) const {
  require_rows(*this, matrix.rows());
  Eigen::MatrixXd result(matrix.rows(), matrix.cols());
  if (block.rows() > 0) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(block);
    const Eigen::VectorXd roots = eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt();
    result.topRows(block.rows()) =
        eigen.eigenvectors() * roots.asDiagonal() * eigen.eigenvectors().transpose() * matrix.topRows(block.rows());
  }
  result.bottomRows(diagonal.size()) = diagonal.cwiseSqrt().asDiagonal() * matrix.bottomRows(diagonal.size());
  return result;
}

double Weighting::distance(const Eigen::Ref<const Eigen::VectorXd>& gap) const { return gap.dot(times(gap).col(0)); }

Eigen::MatrixXd optimal_weights(const Eigen::Ref<const Eigen::MatrixXd>& covariance) {
  const Eigen::ArrayXd scale = covariance.diagonal().array().sqrt();
  if (!(scale > 0.0).all())
    throw NumericalError(
        "weighting: optimal: a moment has no variance; give it a standard_error, more seeds, or take inverse_variance");
  const Eigen::MatrixXd correlation =
      scale.inverse().matrix().asDiagonal() * covariance * scale.inverse().matrix().asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(correlation);
  if (!(eigen.eigenvalues().minCoeff() > least_eigenvalue))
    throw NumericalError(
        "weighting: optimal: the covariance of the moments is singular; drop moments that repeat each other, take more "
        "seeds than there are moments, or take inverse_variance");
  const Eigen::MatrixXd inverse =
      eigen.eigenvectors() * eigen.eigenvalues().cwiseInverse().asDiagonal() * eigen.eigenvectors().transpose();
  return scale.inverse().matrix().asDiagonal() * inverse * scale.inverse().matrix().asDiagonal();
}

}  // namespace pericore::calibrate

/// Weights of moments in minimum-distance estimation.
#pragma once

#include <Eigen/Core>

namespace pericore::calibrate {

/// W: a symmetric, positive semidefinite block for the first moments, and a diagonal for the others.
struct Weighting {
  Eigen::MatrixXd block;
  Eigen::VectorXd diagonal;  ///< >= 0

  [[nodiscard]] Eigen::Index size() const { return block.rows() + diagonal.size(); }
  /// W M. @throws DomainError  if M has not a row for every moment
  [[nodiscard]] Eigen::MatrixXd times(const Eigen::Ref<const Eigen::MatrixXd>& matrix) const;
  /// W^(1/2) M, with the symmetric root of the block. @throws DomainError  as above
  [[nodiscard]] Eigen::MatrixXd root_times(const Eigen::Ref<const Eigen::MatrixXd>& matrix) const;
  /// g' W g. @throws DomainError  as above
  [[nodiscard]] double distance(const Eigen::Ref<const Eigen::VectorXd>& gap) const;
};

/// The inverse of a covariance matrix, the optimal weights of its moments (Hansen, 1982).
/// @throws NumericalError  if it is singular to twelve digits of its correlations: says what to do
[[nodiscard]] Eigen::MatrixXd optimal_weights(const Eigen::Ref<const Eigen::MatrixXd>& covariance);

}  // namespace pericore::calibrate

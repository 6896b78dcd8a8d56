/// Leading eigenvalues of a linear map known only by its products (Arnoldi 1951; Saad 2011, ch. 6).
#pragma once

#include <Eigen/Dense>
#include <functional>

namespace pericore::numerics {

struct LeadingEigenvalues {
  Eigen::VectorXcd values;    ///< by falling modulus
  Eigen::MatrixXcd vectors;   ///< columns, length 1, in the order of `values`
  Eigen::VectorXd residuals;  ///< of each pair, |A v - lambda v| [1]
};

/// @param product   y = A x
/// @param size      of x
/// @param subspace  dimension of the Krylov space, capped at `size`: then the result is exact
/// @param wanted    eigenvalues returned at most
[[nodiscard]] LeadingEigenvalues leading_eigenvalues(
    const std::function<void(const Eigen::VectorXd&, Eigen::VectorXd&)>& product, Eigen::Index size,
    Eigen::Index subspace, Eigen::Index wanted);

/// A subspace that the map nearly leaves invariant, spanned by the eigenvectors of largest modulus.
struct DominantSubspace {
  Eigen::MatrixXd basis;       ///< size x k, orthonormal columns
  Eigen::MatrixXd restricted;  ///< k x k, basis^T A basis
};

/// @param wanted  k; one more where it would cut a complex pair. Fewer if the Krylov space is smaller
[[nodiscard]] DominantSubspace dominant_subspace(
    const std::function<void(const Eigen::VectorXd&, Eigen::VectorXd&)>& product, Eigen::Index size,
    Eigen::Index subspace, Eigen::Index wanted);

}  // namespace pericore::numerics

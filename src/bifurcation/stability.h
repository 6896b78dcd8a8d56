/// Does a rest point of the long run attract? By the eigenvalues of the Jacobian of the laws of motion, and of what the first to come to
/// an empty place would gain.
#pragma once

#include <complex>

#include "bifurcation/long_run.h"

namespace pericore::bifurcation {

/// Growth rates of small deviations [1 / unit of time].
struct Spectrum {
  Eigen::VectorXcd eigenvalues;  ///< of moves between places in use, by falling real part (then falling imaginary part)
  Eigen::MatrixXd
      directions;  ///< coordinates x eigenvalues: real parts of the eigenvectors, largest entry 1; 0 at empty places
  Eigen::VectorXd
      of_the_first;  ///< growth of the first in each empty coordinate, by falling value: transversal eigenvalues
  std::vector<Eigen::Index> empty;  ///< whose they are
};

/// Rates within this of zero count as zero: the state is neither stable nor unstable.
inline constexpr double neutral = 1e-9;

/// @param residual_jacobian  over the coordinates in use, as LongRun::residual_jacobian gives it
[[nodiscard]] Spectrum spectrum(const LongRun& system, const LongRunPoint& point,
                                const std::vector<Eigen::Index>& support, const Eigen::MatrixXd& residual_jacobian,
                                bool directions = true);
[[nodiscard]] Spectrum spectrum(const LongRun& system, const LongRunPoint& point, bool directions = true);

/// Largest of all growth rates; -infinity where nothing can move.
[[nodiscard]] double leading_rate(const Spectrum& spectrum);
/// Real and imaginary part of the leading rate.
[[nodiscard]] std::complex<double> leading_eigenvalue(const Spectrum& spectrum);

}  // namespace pericore::bifurcation

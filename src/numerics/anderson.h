/// Anderson acceleration of a fixed-point iteration x = g(x) (Anderson 1965; Walker and Ni 2011, type II).
#pragma once

#include <Eigen/Dense>

#include "numerics/tall_columns.h"

namespace pericore::numerics {

/// Keeps the last `depth` steps and proposes the next iterate. No economics, no stopping rule: the caller judges residuals.
///
/// @tparam Scalar  how steps are kept. In single precision an iterate is off by some 1e-7 of what is added to g(x), which the next evaluation
///                 corrects; half the memory traffic.
template <class Scalar = double>
class Anderson {
 public:
  /// @param size   length of x
  /// @param depth  number of earlier steps combined, >= 0 (0: plain iteration)
  Anderson(Eigen::Index size, int depth);

  /// Next iterate from x and g(x): least-squares combination of the stored steps.
  /// @param mixing  share of the combined residual that is added, (0, 1]
  void step(const Eigen::VectorXd& x, const Eigen::VectorXd& g, double mixing, Eigen::VectorXd& next);

  /// Forgets all stored steps (after a jump, or when the least-squares problem has become useless).
  void restart() {
    stored_ = 0;
    have_last_ = false;
  }

 private:
  [[nodiscard]] Eigen::VectorXd weights() const;

  int depth_;
  int stored_ = 0;
  int newest_ = -1;
  bool have_last_ = false;
  TallColumns<Scalar> residual_steps_;  ///< differences of g(x) - x
  TallColumns<Scalar> image_steps_;     ///< differences of g(x)
  Eigen::MatrixXd gram_;
  Eigen::VectorXd last_residual_;
  Eigen::VectorXd last_image_;
  Eigen::VectorXd residual_;
  Eigen::VectorXd with_newest_;
  Eigen::VectorXd with_residual_;
};

extern template class Anderson<double>;
extern template class Anderson<float>;

}  // namespace pericore::numerics

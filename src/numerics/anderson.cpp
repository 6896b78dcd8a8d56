#include "numerics/anderson.h"

namespace pericore::numerics {

template <class Scalar>
Anderson<Scalar>::Anderson(Eigen::Index size, int depth)
    : depth_(depth),
      residual_steps_(size, depth),
      image_steps_(size, depth),
      gram_(Eigen::MatrixXd::Zero(depth, depth)) {}

template <class Scalar>
void Anderson<Scalar>::step(const Eigen::VectorXd& x, const Eigen::VectorXd& g, double mixing, Eigen::VectorXd& next) {
  residual_ = g - x;
  if (have_last_ && depth_ > 0) {
    newest_ = stored_ < depth_ ? stored_ : (newest_ + 1) % depth_;
    if (stored_ < depth_) ++stored_;
    residual_steps_.set_difference(newest_, residual_, last_residual_);
    image_steps_.set_difference(newest_, g, last_image_);
    residual_steps_.products(stored_, newest_, residual_, with_newest_, with_residual_);
    gram_.row(newest_).head(stored_) = with_newest_.transpose();
    gram_.col(newest_).head(stored_) = with_newest_;
  }
  last_image_ = g;
  have_last_ = true;
  if (stored_ == 0) {
    next = g - (1.0 - mixing) * residual_;
  } else {
    const Eigen::VectorXd weight = weights();
    image_steps_.subtract(weight, g, next);
    if (mixing < 1.0) {
      Eigen::VectorXd combined;
      residual_steps_.subtract(weight, residual_, combined);
      next -= (1.0 - mixing) * combined;
    }
  }
  last_residual_.swap(residual_);
}

/// Of the stored steps: what of them leaves the smallest residual.
template <class Scalar>
Eigen::VectorXd Anderson<Scalar>::weights() const {
  // Scaled to unit columns: steps shrink by orders of magnitude, and without scaling the oldest would rule the solution.
  const Eigen::ArrayXd scale = gram_.diagonal().head(stored_).array().sqrt().max(1e-300);
  Eigen::MatrixXd scaled = gram_.topLeftCorner(stored_, stored_);
  scaled.array().colwise() /= scale;
  scaled.array().rowwise() /= scale.transpose();
  const Eigen::VectorXd right = with_residual_.array() / scale;
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver;
  solver.setThreshold(1e-12);
  solver.compute(scaled);
  return (solver.solve(right).array() / scale).matrix();
}

template class Anderson<double>;
template class Anderson<float>;

}  // namespace pericore::numerics

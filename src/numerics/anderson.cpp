#include "numerics/anderson.h"

namespace pericore::numerics {

Anderson::Anderson(Eigen::Index size, int depth)
    : depth_(depth),
      residual_steps_(size, depth),
      image_steps_(size, depth),
      gram_(Eigen::MatrixXd::Zero(depth, depth)) {}

void Anderson::step(const Eigen::VectorXd& x, const Eigen::VectorXd& g, double mixing, Eigen::VectorXd& next) {
  residual_ = g - x;
  if (have_last_ && depth_ > 0) {
    newest_ = stored_ < depth_ ? stored_ : (newest_ + 1) % depth_;
    if (stored_ < depth_) ++stored_;
    residual_steps_.col(newest_) = residual_ - last_residual_;
    image_steps_.col(newest_) = g - last_image_;
    for (int i = 0; i < stored_; ++i) {
      gram_(i, newest_) = gram_(newest_, i) = residual_steps_.col(i).dot(residual_steps_.col(newest_));
    }
  }
  last_residual_ = residual_;
  last_image_ = g;
  have_last_ = true;

  next = g - (1.0 - mixing) * residual_;
  if (stored_ == 0) return;
  const auto steps = residual_steps_.leftCols(stored_);
  // Scaled to unit columns: steps shrink by orders of magnitude, and without scaling the oldest would rule the solution.
  const Eigen::ArrayXd scale = gram_.diagonal().head(stored_).array().sqrt().max(1e-300);
  Eigen::MatrixXd scaled = gram_.topLeftCorner(stored_, stored_);
  scaled.array().colwise() /= scale;
  scaled.array().rowwise() /= scale.transpose();
  const Eigen::VectorXd right = (steps.transpose() * residual_).array() / scale;
  const Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver = [&] {
    Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> decomposition;
    decomposition.setThreshold(1e-12);
    decomposition.compute(scaled);
    return decomposition;
  }();
  const Eigen::VectorXd weight = (solver.solve(right).array() / scale).matrix();
  next.noalias() -= image_steps_.leftCols(stored_) * weight;
  if (mixing < 1.0) next.noalias() += (1.0 - mixing) * (steps * weight);
}

}  // namespace pericore::numerics

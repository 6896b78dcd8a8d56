#include "calibrate/problem.h"

#include <algorithm>
#include <cmath>

#include "base/errors.h"
#include "design/sobol.h"

namespace pericore::calibrate {

Eigen::VectorXd values_at(const Problem& problem, const Eigen::Ref<const Eigen::VectorXd>& unit) {
  Eigen::VectorXd values(unit.size());
  for (Eigen::Index p = 0; p < unit.size(); ++p)
    values[p] =
        design::value_at(problem.parameters.at(static_cast<std::size_t>(p)).scale, std::clamp(unit[p], 0.0, 1.0));
  return values;
}

Eigen::VectorXd unit_at(const Problem& problem, const Eigen::Ref<const Eigen::VectorXd>& values) {
  Eigen::VectorXd unit(values.size());
  for (Eigen::Index p = 0; p < values.size(); ++p)
    unit[p] = design::unit_of(problem.parameters.at(static_cast<std::size_t>(p)).scale, values[p]);
  return unit;
}

std::vector<Eigen::VectorXd> design_points(const Problem& problem) {
  std::vector<Eigen::VectorXd> points;
  if (problem.global.points == 0 || problem.global.search) return points;
  const std::size_t dimensions = problem.parameters.size();
  const design::DesignPointer design = design::make_design(
      design::Sobol{.runs = problem.global.points, .dimensions = dimensions, .seed = problem.global.seed});
  std::vector<double> unit(dimensions);
  for (std::uint64_t i = 0; i < problem.global.points; ++i) {
    design->point(i, unit);
    points.emplace_back(Eigen::Map<const Eigen::VectorXd>(unit.data(), static_cast<Eigen::Index>(dimensions)));
  }
  return points;
}

Eigen::MatrixXd covariance_between_seeds(const Eigen::Ref<const Eigen::MatrixXd>& moments) {
  if (moments.cols() < 2) return Eigen::MatrixXd::Zero(moments.rows(), moments.rows());
  const Eigen::MatrixXd off = moments.colwise() - moments.rowwise().mean();
  return off * off.transpose() / static_cast<double>(moments.cols() - 1);
}

Objective::Objective(const Problem& problem) : problem_(problem), moments_(problem.empirical.variance.size()) {
  const EmpiricalMoments& own = problem.empirical;
  if (own.values.size() != moments_ + own.weight.size() ||
      static_cast<Eigen::Index>(own.cluster.size()) != own.weight.size())
    throw DomainError("not a variance, or a weight and a cluster, for every moment");
  if (own.covariance.size() > 0 && (own.covariance.rows() != moments_ || own.covariance.cols() != moments_))
    throw DomainError("the covariance of the moments has not a row and a column for each");
  for (std::size_t p = 0; p < problem.parameters.size(); ++p) {
    if (problem.parameters[p].prior) priors_.push_back(p);
  }
}

Eigen::VectorXd Objective::with_priors(const Eigen::Ref<const Eigen::VectorXd>& moments,
                                       const Eigen::Ref<const Eigen::VectorXd>& values) const {
  const Eigen::Index residuals = problem_.empirical.weight.size();
  Eigen::VectorXd all(block() + residuals);
  all.head(moments_) = moments.head(moments_);
  all.tail(residuals) = moments.tail(residuals);
  for (std::size_t k = 0; k < priors_.size(); ++k) {
    const double value = values[static_cast<Eigen::Index>(priors_[k])];
    all[moments_ + static_cast<Eigen::Index>(k)] =
        problem_.parameters[priors_[k]].prior->logarithm ? std::log(value) : value;
  }
  return all;
}

Eigen::VectorXd Objective::gap(const Eigen::Ref<const Eigen::VectorXd>& moments,
                               const Eigen::Ref<const Eigen::VectorXd>& values) const {
  Eigen::VectorXd all = with_priors(moments, values);
  const Eigen::Index residuals = problem_.empirical.weight.size();
  all.head(moments_) -= problem_.empirical.values.head(moments_);
  all.tail(residuals) -= problem_.empirical.values.tail(residuals);
  for (std::size_t k = 0; k < priors_.size(); ++k)
    all[moments_ + static_cast<Eigen::Index>(k)] -= problem_.parameters[priors_[k]].prior->mean;
  return all;
}

Eigen::MatrixXd Objective::covariance(const Simulated& simulated) const {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(block(), block());
  const double seeds = static_cast<double>(simulated.moments.cols());
  const Eigen::MatrixXd between = covariance_between_seeds(simulated.moments.topRows(moments_));
  const bool as_seeds = problem_.sampling_error == SamplingError::seeds;
  result.topLeftCorner(moments_, moments_) = between * ((as_seeds ? 1.0 : 0.0) + 1.0 / seeds);
  const EmpiricalMoments& own = problem_.empirical;
  if (!as_seeds && own.covariance.size() > 0) {
    result.topLeftCorner(moments_, moments_) += own.covariance;
  } else if (!as_seeds) {
    result.diagonal().head(moments_) += own.variance;
  }
  for (std::size_t k = 0; k < priors_.size(); ++k) {
    const double deviation = problem_.parameters[priors_[k]].prior->deviation;
    result.diagonal()[moments_ + static_cast<Eigen::Index>(k)] = deviation * deviation;
  }
  return result;
}

Weighting Objective::with_block(Eigen::MatrixXd block) const {
  return {.block = std::move(block), .diagonal = problem_.empirical.weight};
}

Weighting Objective::first_weights(const Simulated& at_start) const {
  Eigen::VectorXd variance = covariance(at_start).diagonal();
  // Noise of simulations is no reason to trust a source less, and weights that depend on it would move with the start.
  if (problem_.sampling_error == SamplingError::source) variance.head(moments_) = problem_.empirical.variance;
  if (problem_.weights == Weights::identity) variance.head(moments_).setOnes();
  if (!(variance.array() > 0.0).all())
    throw NumericalError(
        "weighting: a moment has no variance: it does not differ between seeds; take weighting: identity");
  return with_block(variance.cwiseInverse().asDiagonal());
}

Weighting Objective::second_weights(const Simulated& at_first_estimate) const {
  return with_block(optimal_weights(covariance(at_first_estimate)));
}

}  // namespace pericore::calibrate

#include "calibrate/inference.h"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::calibrate {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double unidentified = 1e-8;  // of the largest singular value: differences know G to no more digits
constexpr double in_direction = 1e-4;  // share of a parameter in a direction that counts
constexpr double no_variance = 1e-10;  // of the largest eigenvalue of the covariance of fitted gaps

void require_sizes(const EstimatedMoments& e) {
  const Eigen::Index moments = e.gap.size();
  if (e.jacobian.rows() != moments || e.weighting.size() != moments ||
      e.covariance.rows() != e.weighting.block.rows() || e.covariance.cols() != e.weighting.block.rows() ||
      static_cast<Eigen::Index>(e.cluster.size()) != e.weighting.diagonal.size() || e.scale.size() != e.jacobian.cols())
    throw DomainError("gaps, Jacobian, weights and covariance differ in their moments or parameters");
}

/// What V is too small by where weights are the inverse of a covariance estimated on few degrees of freedom.
double estimated_weights_factor(const EstimatedMoments& e) {
  if (!e.optimal || e.covariance_df == 0) return 1.0;
  const auto n = static_cast<double>(e.covariance_df);
  const auto q = static_cast<double>(std::max<Eigen::Index>(0, e.gap.size() - e.jacobian.cols()));
  return n - q > 1.0 ? n * (n - 1.0) / ((n - q) * (n - q - 1.0)) : nothing;
}

/// H Omega H' for the rows H of P x K.
Eigen::MatrixXd spread(const EstimatedMoments& e, const Eigen::Ref<const Eigen::MatrixXd>& rows) {
  const Eigen::Index block = e.covariance.rows();
  Eigen::MatrixXd result = rows.leftCols(block) * e.covariance * rows.leftCols(block).transpose();
  const int clusters = e.cluster.empty() ? 0 : *std::max_element(e.cluster.begin(), e.cluster.end()) + 1;
  if (clusters == 0) return result;
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(rows.rows(), clusters);
  for (std::size_t k = 0; k < e.cluster.size(); ++k) {
    const Eigen::Index moment = block + static_cast<Eigen::Index>(k);
    sums.col(e.cluster[k]) += rows.col(moment) * e.gap[moment];
  }
  return result + sums * sums.transpose();
}

OveridentificationTest test(const EstimatedMoments& e, const Inference& inference) {
  OveridentificationTest j{.statistic = nothing, .df = 0, .p_value = nothing, .reason = {}};
  const Eigen::Index moments = e.gap.size();
  j.df = static_cast<long>(moments - e.jacobian.cols());
  if (!e.cluster.empty()) {
    j.reason = "residuals of units have no known variance of their own";
  } else if (j.df <= 0) {
    j.reason = "no more moments than parameters";
  } else if (std::any_of(inference.identified.begin(), inference.identified.end(), [](char c) { return c == 0; })) {
    j.reason = "a parameter is not identified";
  } else if (!(e.covariance.diagonal().array() > 0.0).all()) {
    j.reason = "a moment has no variance";
  }
  if (!j.reason.empty()) return j;
  const Eigen::MatrixXd fitted =
      Eigen::MatrixXd::Identity(moments, moments) + e.jacobian * inference.sensitivity;  // M: Lambda has the minus
  // In units of standard errors, so that no unit of a moment decides what counts as zero.
  const Eigen::VectorXd scale = e.covariance.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::MatrixXd variance = scale.asDiagonal() * fitted * e.covariance * fitted.transpose() * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(variance);
  const Eigen::VectorXd values = eigen.eigenvalues();
  // Without the P smallest, which are those of what the parameters fit.
  const Eigen::VectorXd along = eigen.eigenvectors().transpose() * scale.asDiagonal() * (fitted * e.gap);
  j.statistic = 0.0;
  for (Eigen::Index k = e.jacobian.cols(); k < moments; ++k) {
    if (values[k] <= no_variance * values[moments - 1]) {
      j.statistic = nothing;
      j.reason = "the covariance of the moments is singular";
      return j;
    }
    j.statistic += along[k] * along[k] / values[k];
  }
  const auto q = static_cast<double>(j.df);
  if (e.covariance_df == 0) {
    j.p_value = boost::math::cdf(boost::math::complement(boost::math::chi_squared(q), j.statistic));
    return j;
  }
  j.df_below = e.covariance_df - j.df + 1;
  if (j.df_below <= 0) {
    j.reason = "seeds are too few to tell the covariance of the moments";
    j.statistic = nothing;
    return j;
  }
  const auto below = static_cast<double>(j.df_below);
  const double f = j.statistic * below / (static_cast<double>(e.covariance_df) * q);
  j.p_value = boost::math::cdf(boost::math::complement(boost::math::fisher_f(q, below), f));
  return j;
}

}  // namespace

Inference infer(const EstimatedMoments& e) {
  require_sizes(e);
  const Eigen::Index parameters = e.jacobian.cols();
  Inference result;
  const Eigen::MatrixXd scaled = e.weighting.root_times(e.jacobian) * e.scale.asDiagonal();
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(scaled, Eigen::ComputeThinU | Eigen::ComputeFullV);
  result.singular_values = Eigen::VectorXd::Zero(parameters);
  result.singular_values.head(svd.singularValues().size()) = svd.singularValues();
  result.directions = svd.matrixV();
  const double largest = result.singular_values[0];
  const double smallest = result.singular_values[parameters - 1];
  result.condition = smallest > 0.0 ? largest / smallest : std::numeric_limits<double>::infinity();
  result.identified.assign(static_cast<std::size_t>(parameters), 1);
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(parameters, parameters);
  for (Eigen::Index d = 0; d < parameters; ++d) {
    const double value = result.singular_values[d];
    const Eigen::VectorXd direction = result.directions.col(d);
    if (value > unidentified * largest) {
      inverse += direction * direction.transpose() / (value * value);
      continue;
    }
    for (Eigen::Index p = 0; p < parameters; ++p) {
      if (std::abs(direction[p]) > in_direction) result.identified[static_cast<std::size_t>(p)] = 0;
    }
  }
  inverse = (e.scale.asDiagonal() * inverse * e.scale.asDiagonal()).eval();
  result.sensitivity = -inverse * e.weighting.times(e.jacobian).transpose();
  result.covariance = estimated_weights_factor(e) * spread(e, result.sensitivity);
  result.standard_errors = result.covariance.diagonal().cwiseMax(0.0).cwiseSqrt();
  for (Eigen::Index p = 0; p < parameters; ++p) {
    if (result.identified[static_cast<std::size_t>(p)] == 0) result.standard_errors[p] = nothing;
  }
  const Eigen::Index block = e.covariance.rows();
  Eigen::MatrixXd rows = e.jacobian.topRows(block) * result.sensitivity;
  rows.leftCols(block) += Eigen::MatrixXd::Identity(block, block);
  result.gap_errors = spread(e, rows).diagonal().cwiseMax(0.0).cwiseSqrt();
  result.j = test(e, result);
  return result;
}

}  // namespace pericore::calibrate

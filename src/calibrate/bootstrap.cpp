#include "calibrate/bootstrap.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"
#include "numerics/keyed_draws.h"
#include "numerics/order_statistics.h"

namespace pericore::calibrate {
namespace {

constexpr std::uint32_t purpose = 0x424f4f54U;
constexpr int most_sweeps = 10000;  // over the coordinates
constexpr double still = 1e-12;     // of the range: no parameter moves any more

/// Minimum of x'Ax/2 + b'x within bounds, coordinate by coordinate (Hildreth, 1957); A is positive semidefinite.
Eigen::VectorXd minimise_within(const Eigen::MatrixXd& a, const Eigen::VectorXd& b, const Eigen::VectorXd& low,
                                const Eigen::VectorXd& high) {
  // Inside, the usual case, the equations have it at once.
  const Eigen::VectorXd free = a.ldlt().solve(-b);
  if (free.allFinite() && (free.array() >= low.array()).all() && (free.array() <= high.array()).all()) return free;
  Eigen::VectorXd x = Eigen::VectorXd::Zero(b.size()).cwiseMax(low).cwiseMin(high);
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    double moved = 0.0;
    for (Eigen::Index p = 0; p < b.size(); ++p) {
      if (!(a(p, p) > 0.0)) continue;
      const double before = x[p];
      x[p] = std::clamp(before - (a.row(p).dot(x) + b[p]) / a(p, p), low[p], high[p]);
      moved = std::max(moved, std::abs(x[p] - before) / (high[p] - low[p]));
    }
    if (moved < still) break;
  }
  return x;
}

Eigen::MatrixXd root_of(const Eigen::MatrixXd& covariance) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(covariance);
  return eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
}

/// Gradient and curvature of half the objective, by cluster and of the block.
struct Pieces {
  explicit Pieces(const EstimatedMoments& e) : block(e.covariance.rows()) {
    const Eigen::Index parameters = e.jacobian.cols();
    const int clusters = e.cluster.empty() ? 0 : *std::max_element(e.cluster.begin(), e.cluster.end()) + 1;
    curvature.assign(static_cast<std::size_t>(clusters), Eigen::MatrixXd::Zero(parameters, parameters));
    gradient.assign(static_cast<std::size_t>(clusters), Eigen::VectorXd::Zero(parameters));
    for (std::size_t k = 0; k < e.cluster.size(); ++k) {
      const auto cluster = static_cast<std::size_t>(e.cluster[k]);
      const Eigen::VectorXd row = e.jacobian.row(block + static_cast<Eigen::Index>(k)).transpose();
      const double weight = e.weighting.diagonal[static_cast<Eigen::Index>(k)];
      curvature[cluster] += weight * row * row.transpose();
      gradient[cluster] += weight * e.gap[block + static_cast<Eigen::Index>(k)] * row;
    }
    weighted = e.jacobian.topRows(block).transpose() * e.weighting.block;
    block_curvature = weighted * e.jacobian.topRows(block);
    error_root = block > 0 ? root_of(e.covariance) : Eigen::MatrixXd();
  }

  Eigen::Index block;
  std::vector<Eigen::MatrixXd> curvature;  ///< G'WG of each cluster
  std::vector<Eigen::VectorXd> gradient;   ///< G'Wg of each cluster
  Eigen::MatrixXd weighted;                ///< G'W of the block
  Eigen::MatrixXd block_curvature;
  Eigen::MatrixXd error_root;
};

Eigen::VectorXd one_draw(const EstimatedMoments& e, const Pieces& pieces, const Eigen::VectorXd& low,
                         const Eigen::VectorXd& high, numerics::KeyedDraws draws) {
  Eigen::MatrixXd curvature = pieces.block_curvature;
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(e.jacobian.cols());
  for (std::size_t c = 0; c < pieces.curvature.size(); ++c) {
    const std::size_t taken = draws.below(pieces.curvature.size());
    curvature += pieces.curvature[taken];
    gradient += pieces.gradient[taken];
  }
  if (pieces.block > 0) {
    const boost::math::normal standard;
    const Eigen::VectorXd noise = Eigen::VectorXd::NullaryExpr(
        pieces.block, [&](Eigen::Index) { return boost::math::quantile(standard, draws.uniform()); });
    gradient += pieces.weighted * (e.gap.head(pieces.block) + pieces.error_root * noise);
  }
  return minimise_within(curvature, gradient, low, high);
}

}  // namespace

Bootstrap bootstrap_clusters(const EstimatedMoments& estimate, const Eigen::Ref<const Eigen::VectorXd>& values,
                             const Eigen::Ref<const Eigen::VectorXd>& low,
                             const Eigen::Ref<const Eigen::VectorXd>& high, const BootstrapSettings& settings) {
  const Eigen::Index parameters = estimate.jacobian.cols();
  if (values.size() != parameters || low.size() != parameters || high.size() != parameters)
    throw DomainError("not a value and a range for every parameter");
  if (settings.draws < 2) throw DomainError("a bootstrap needs two draws and more");
  const Pieces pieces(estimate);
  if (pieces.curvature.size() < 2) throw DomainError("a bootstrap needs two clusters and more");
  Bootstrap result;
  result.nonlinearity = std::numeric_limits<double>::quiet_NaN();
  result.estimates.resize(settings.draws, parameters);
  for (int draw = 0; draw < settings.draws; ++draw) {
    // Clamped once more, as a bound less the value plus the value need not be the bound.
    result.estimates.row(draw) =
        (values + one_draw(estimate, pieces, low - values, high - values,
                           numerics::KeyedDraws(settings.seed, purpose, static_cast<std::uint64_t>(draw))))
            .cwiseMax(low)
            .cwiseMin(high)
            .transpose();
  }
  const Eigen::MatrixXd off = result.estimates.rowwise() - result.estimates.colwise().mean();
  result.standard_errors = (off.colwise().squaredNorm() / (settings.draws - 1)).cwiseSqrt().transpose();
  result.low.resize(parameters);
  result.high.resize(parameters);
  for (Eigen::Index p = 0; p < parameters; ++p) {
    std::vector<double> sorted(result.estimates.col(p).begin(), result.estimates.col(p).end());
    std::sort(sorted.begin(), sorted.end());
    result.low[p] = numerics::sorted_quantile(sorted, 0.025);
    result.high[p] = numerics::sorted_quantile(sorted, 0.975);
  }
  return result;
}

double nonlinearity(const EstimatedMoments& estimate, const Eigen::Ref<const Eigen::VectorXd>& step,
                    const Eigen::Ref<const Eigen::VectorXd>& gap_there) {
  const Eigen::VectorXd change = estimate.jacobian * step;
  const double linear = estimate.weighting.distance(change);
  return linear > 0.0 ? std::sqrt(estimate.weighting.distance(gap_there - estimate.gap - change) / linear) : 0.0;
}

}  // namespace pericore::calibrate

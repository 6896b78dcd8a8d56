/// Standard errors by drawing clusters of residuals (provinces) again, on moments made linear at the estimate. docs/calibrate.md has formulas.
#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "calibrate/inference.h"

namespace pericore::calibrate {

struct BootstrapSettings {
  int draws = 0;  ///< 0: none
  std::uint64_t seed = 1;
};

struct Bootstrap {
  Eigen::MatrixXd estimates;        ///< draws x P
  Eigen::VectorXd standard_errors;  ///< standard deviation over draws
  Eigen::VectorXd low, high;        ///< 2.5 and 97.5 % of the draws
  double nonlinearity = 0.0;        ///< see nonlinearity(); NaN where it was not looked at
};

/// The minimum of the objective of each draw, within the ranges of the parameters. A draw takes as many clusters as there are, with replacement, and adds to each gap of
/// the block an error with the covariance of the gaps; moments are g + G (theta - estimate). Without parameters at bounds and with one draw of every cluster it is the
/// estimate itself.
///
/// @param low, high  of the parameters, P
/// @throws DomainError  sizes differ, no draws, or fewer than two clusters
/// @see Cameron, Gelbach and Miller (2008) on drawing clusters; Davidson and MacKinnon (1999) on one step in place of a search
[[nodiscard]] Bootstrap bootstrap_clusters(const EstimatedMoments& estimate,
                                           const Eigen::Ref<const Eigen::VectorXd>& values,
                                           const Eigen::Ref<const Eigen::VectorXd>& low,
                                           const Eigen::Ref<const Eigen::VectorXd>& high,
                                           const BootstrapSettings& settings);

/// How far moments elsewhere are off the linear ones: root of (d' W d) over that of (c' W c), d the difference and c the linear change.
[[nodiscard]] double nonlinearity(const EstimatedMoments& estimate, const Eigen::Ref<const Eigen::VectorXd>& step,
                                  const Eigen::Ref<const Eigen::VectorXd>& gap_there);

}  // namespace pericore::calibrate

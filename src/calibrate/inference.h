/// What a minimum-distance estimate is worth: standard errors, over-identification, sensitivity, identification.
/// docs/calibrate.md has formulas.
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "calibrate/weighting.h"

namespace pericore::calibrate {

/// An estimate and what is known of its moments. K moments, P parameters.
struct EstimatedMoments {
  Eigen::MatrixXd jacobian;    ///< G: of the simulated moments by parameter, K x P
  Eigen::VectorXd gap;         ///< g: simulated less empirical moments at the estimate
  Weighting weighting;         ///< W
  Eigen::MatrixXd covariance;  ///< of the gaps in the block of W: sampling error of the source plus simulation noise
  /// Of each moment behind the block: gaps of one cluster may depend on each other, those of different clusters do not. Their covariance is
  /// estimated by the gaps themselves (Liang and Zeger, 1986).
  std::vector<int> cluster;
  long covariance_df =
      0;  ///< degrees of freedom with which the covariance was estimated between seeds; 0: taken as known
  bool optimal = false;   ///< whether the weights are the inverse of that covariance
  Eigen::VectorXd scale;  ///< what counts as a large change of each parameter, such as the width of its range; > 0
};

struct OveridentificationTest {
  double statistic = 0.0;  ///< chi-squared under the null that all moments can be met; NaN where there is none
  long df = 0;
  long df_below = 0;  ///< of F, where the covariance is estimated; 0: chi-squared
  double p_value = 0.0;
  std::string reason;  ///< why there is no statistic
};

struct Inference {
  Eigen::MatrixXd covariance;       ///< V of the parameters, P x P
  Eigen::VectorXd standard_errors;  ///< NaN for a parameter that is not identified
  Eigen::MatrixXd sensitivity;      ///< Lambda = -(G'WG)^-1 G'W, P x K (Andrews, Gentzkow and Shapiro, 2017)
  Eigen::VectorXd gap_errors;       ///< standard error of each gap in the block, once the parameters are fitted
  OveridentificationTest j;
  Eigen::VectorXd singular_values;  ///< of W^(1/2) G diag(scale), falling
  Eigen::MatrixXd directions;       ///< their right singular vectors, columns, in units of `scale`
  double condition = 0.0;           ///< largest over smallest of them; infinite where one is 0
  std::vector<char> identified;     ///< by parameter
};

/// V = (G'WG)^-1 G'W Omega W G (G'WG)^-1 (Newey and McFadden, 1994, th. 3.2), with Omega the covariance of the gaps.
/// J = g' M (M Omega M')^- M' g on K - P degrees of freedom, M = I - G (G'WG)^-1 G'W (the same, section 9.5): with W = inverse of Omega it is Hansen's g'Wg.
/// With a covariance estimated between seeds on n degrees of freedom J is Hotelling's T squared: (n - q + 1) / (n q) J is F with q = K - P and n - q + 1 degrees of
/// freedom, and with its inverse as weights V is too small by n (n - 1) / ((n - q) (n - q - 1)) (Rao, 1967), by which it is multiplied.
/// Directions with a singular value below 1e-8 of the largest count as not identified, and parameters in them have no standard error.
///
/// @throws DomainError  if sizes differ
[[nodiscard]] Inference infer(const EstimatedMoments& estimate);

}  // namespace pericore::calibrate

/// Least squares with any covariance: the core of pooled, fixed-effects, between, first-difference and random-effects regressions.
#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "econometrics/covariance.h"
#include "econometrics/estimate.h"
#include "econometrics/sample.h"

namespace pericore::econometrics {

/// Options of all linear panel methods; docs/estimators/linear.md has the factors.
struct LinearOptions {
  VcovSpec vcov;
  bool small = true;  ///< small-sample factors, t and F
  DofRule dof = DofRule::xtivreg2;
  double dofminus = 0.0;             ///< adds to the absorbed entities G
  double sdofminus = 0.0;            ///< adds to the columns partialled out
  std::vector<std::string> partial;  ///< columns to partial out: they count in K and are not printed
};

/// y on columns that are independent, effects already swept out.
struct LeastSquares {
  Eigen::VectorXd coefficients;
  Eigen::VectorXd residuals;
  Eigen::MatrixXd bread;  ///< (X'X)^-1
  double rss = 0.0;
};

/// By Householder's reflections of the columns scaled to unit length.
[[nodiscard]] LeastSquares least_squares(const Eigen::VectorXd& y, const Eigen::MatrixXd& x);

/// Drops what is collinear from the right.
/// @param before  lengths of the columns before effects were swept out of them: what has lost nearly all of its length is gone
void drop_collinear(Columns& columns, const Eigen::RowVectorXd& before, std::vector<std::string>& dropped);

/// Fills coefficients, covariance, df_residual, rss, rmse, n_obs, n_clusters, residuals and the Wald test.
///
/// @param sample  for clusters, time and places; its y and columns are not looked at
/// @throws InputError  no column or too few rows
void fill_least_squares(Estimate& estimate, const LeastSquares& fit, const Columns& x, const Sample& sample,
                        const LinearOptions& options, DegreesOfFreedom dof);

/// Wald test of all coefficients but the constant: chi2 with z, F with t statistics. A reason where the covariance is singular.
[[nodiscard]] Test wald_test(const Estimate& estimate);

}  // namespace pericore::econometrics

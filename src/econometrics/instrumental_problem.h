/// A regression with instruments, made ready: effects swept out, collinear columns dropped, instruments orthonormal. All statistics of
/// instrumental.h are the same in any basis of the instruments; in this one Z'Z is the identity and nothing is squared needlessly.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <string>
#include <vector>

#include "econometrics/instrumental.h"

namespace pericore::econometrics {

struct InstrumentalProblem {
  Eigen::VectorXd y;
  Eigen::MatrixXd endogenous;  ///< X1, rows x K1
  Eigen::MatrixXd exogenous;   ///< X2, rows x K2, what is partialled out left out
  Eigen::MatrixXd excluded;    ///< Z1, rows x L1
  std::vector<std::string> endogenous_names;
  std::vector<std::string> exogenous_names;
  std::vector<std::string> excluded_names;
  std::vector<std::string> dropped;
  Eigen::MatrixXd basis;  ///< rows x L, orthonormal: the first K2 columns span X2, all of them X2 and Z1
  ScoreCovariance covariance;
  DegreesOfFreedom dof;
  double total_squares = 0.0;   ///< of y about its mean, effects included; about 0 where there is no constant
  double within_squares = 0.0;  ///< of y, effects swept out
  bool effects = false;         ///< something is absorbed

  [[nodiscard]] Eigen::Index k1() const { return endogenous.cols(); }
  [[nodiscard]] Eigen::Index k2() const { return exogenous.cols(); }
  [[nodiscard]] Eigen::Index l1() const { return excluded.cols(); }
  [[nodiscard]] Eigen::Index k() const { return k1() + k2(); }
  [[nodiscard]] Eigen::Index l() const { return k2() + l1(); }
  [[nodiscard]] auto included_basis() const { return basis.leftCols(k2()); }
  [[nodiscard]] auto excluded_basis() const { return basis.rightCols(l1()); }
  [[nodiscard]] bool iid() const { return covariance.spec().kind == VcovKind::iid; }
  /// [X1, X2]: endogenous first, as Stata prints them.
  [[nodiscard]] Eigen::MatrixXd regressors() const;
  [[nodiscard]] std::vector<std::string> regressor_names() const;

  /// Covariance of Q'e for orthonormal columns Q and residuals e, large-sample: sigma2 I or the sum of scores, times N / (N - G) where no clusters.
  [[nodiscard]] Eigen::MatrixXd moment_covariance(const Eigen::Ref<const Eigen::MatrixXd>& columns,
                                                  const Eigen::Ref<const Eigen::VectorXd>& residuals) const;
  /// Degrees of freedom left to a regression on all instruments: N - L - G - partialled; with clusters the same without G.
  [[nodiscard]] double first_stage_df() const;
  /// A large-sample Wald statistic of a regression on all instruments as F with `restrictions` numerator degrees of freedom. A reason where there
  /// are not enough rows.
  [[nodiscard]] Test wald_f(double wald, double restrictions) const;
};

/// @throws InputError  see instrumental()
[[nodiscard]] InstrumentalProblem prepare_instrumental(const Sample& sample, const InstrumentalOptions& options);

/// Orthonormal basis of the columns, in their order, by Householder's reflections; they must be independent.
[[nodiscard]] Eigen::MatrixXd orthonormal(const Eigen::MatrixXd& columns);

/// g' M^-1 g; none where M is not positive definite.
[[nodiscard]] std::optional<double> quadratic_form(const Eigen::VectorXd& g, const Eigen::MatrixXd& matrix);

/// Test without a statistic.
[[nodiscard]] Test no_test(std::vector<double> df, std::string reason);

/// Why a covariance of `moments` moments has no inverse, in words.
[[nodiscard]] std::string singular_reason(const InstrumentalProblem& problem, Eigen::Index moments);

}  // namespace pericore::econometrics

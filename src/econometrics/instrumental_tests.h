/// Tests of the moments of a regression with instruments: overidentification, endogeneity, orthogonality;
/// docs/estimators/instrumental.md#moments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "econometrics/estimate.h"
#include "econometrics/instrumental_problem.h"

namespace pericore::econometrics {

struct GmmFit {
  Eigen::VectorXd beta;
  Eigen::MatrixXd covariance;  ///< (A' S^-1 A)^-1
  double criterion = 0.0;      ///< J
};

/// Minimises (b - A beta)' S^-1 (b - A beta): Z'X = A, Z'y = b in an orthonormal basis of the instruments.
/// @return none where S is not positive definite
[[nodiscard]] std::optional<GmmFit> gmm_fit(const Eigen::MatrixXd& a, const Eigen::VectorXd& b,
                                            const Eigen::MatrixXd& moment_covariance);

/// Two-stage least squares. @throws InputError  if the instruments do not identify the coefficients
[[nodiscard]] Eigen::VectorXd two_stage(const InstrumentalProblem& problem);

/// Sargan's test of given residuals under iid errors.
[[nodiscard]] Test sargan(const InstrumentalProblem& problem, const Eigen::VectorXd& residuals);

/// Hansen's J: efficient GMM with weights from the given residuals, estimated anew.
[[nodiscard]] Test hansen_j(const InstrumentalProblem& problem, const Eigen::VectorXd& residuals);

/// Are the named endogenous regressors exogenous? Difference of two J, both with the covariance of the model in which they are instruments; the
/// Durbin-Wu-Hausman chi2 under iid errors (Hayashi 2000, 3.8).
[[nodiscard]] Test endogeneity_c(const InstrumentalProblem& problem, const std::vector<std::string>& tested);

/// Do the named instruments belong among the moments? Difference of two J, both with the covariance of the full model.
[[nodiscard]] Test orthogonality_c(const InstrumentalProblem& problem, const Eigen::VectorXd& residuals,
                                   const std::vector<std::string>& tested);

/// Davidson and MacKinnon's (1993) F: first-stage residuals of the named regressors added to the regression by least squares.
[[nodiscard]] Test davidson_mackinnon(const InstrumentalProblem& problem, const std::vector<std::string>& tested);

}  // namespace pericore::econometrics

#include "econometrics/rank_test.h"

#include <algorithm>

namespace pericore::econometrics {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr const char* exact_fit = "the instruments explain an endogenous regressor exactly";
constexpr double exact = 1e-12;  // of 1 - r^2: rounding of a perfect first stage

}  // namespace

RankTests rank_tests(const InstrumentalProblem& problem) {
  const Index k1 = problem.k1();
  const Index l1 = problem.l1();
  const auto excluded = problem.excluded_basis();
  // Orthonormal bases of both sides, exogenous regressors partialled out: singular values are the canonical correlations.
  Matrix partialled = problem.endogenous;
  partialled -= problem.included_basis() * (problem.included_basis().transpose() * problem.endogenous);
  const Matrix endogenous = orthonormal(partialled);
  const Matrix theta = excluded.transpose() * endogenous;
  const Eigen::JacobiSVD<Matrix> svd(theta, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const double r = std::clamp(svd.singularValues()(k1 - 1), 0.0, 1.0);
  const double r2 = r * r;
  const auto df = static_cast<double>(l1 - k1 + 1);

  RankTests tests;
  tests.anderson_lm = chi2_test((problem.dof.rows - problem.dof.absorbed) * r2, df);
  // Cragg and Donald's are classical whatever the errors: no cluster enters.
  const double left =
      problem.dof.rows - static_cast<double>(problem.l()) - problem.dof.absorbed - problem.dof.partialled;
  const std::vector<double> f_df{static_cast<double>(l1), std::max(0.0, left)};
  if (1.0 - r2 <= exact) {
    tests.cragg_donald_f = no_test(f_df, exact_fit);
  } else if (!(left > 0.0)) {
    tests.cragg_donald_f = no_test(f_df, "as many instruments as rows: no degrees of freedom are left");
  } else {
    tests.cragg_donald_f.statistic = r2 / (1.0 - r2) * left / static_cast<double>(l1);
    tests.cragg_donald_f.df = f_df;
  }
  if (problem.iid()) return tests;

  // Directions of the smallest singular value: U2 spans what the leading ones leave, so that lambda = U2' Theta v2 has covariance of the same
  // projections of the scores. Kleibergen and Paap's own bases differ by a rotation, which the quadratic form does not see.
  const Matrix left_space = svd.matrixU().rightCols(l1 - k1 + 1);
  const Vector right = svd.matrixV().col(k1 - 1);
  const Vector lambda = left_space.transpose() * theta * right;
  const Vector weakest = endogenous * right;
  const Matrix instruments = excluded * left_space;

  const std::optional<double> lm = quadratic_form(lambda, problem.moment_covariance(instruments, weakest));
  tests.kp_rk_lm = lm ? chi2_test(*lm, df) : no_test({df}, singular_reason(problem, l1 - k1 + 1));

  const Vector residual = weakest - problem.basis * (problem.basis.transpose() * weakest);
  if (residual.squaredNorm() <= exact) {
    tests.kp_rk_wald_f = no_test(f_df, exact_fit);
    return tests;
  }
  const std::optional<double> wald = quadratic_form(lambda, problem.moment_covariance(instruments, residual));
  tests.kp_rk_wald_f =
      wald ? problem.wald_f(*wald, static_cast<double>(l1)) : no_test(f_df, singular_reason(problem, l1 - k1 + 1));
  // Not an F under its null: rank tests have Stock and Yogo's critical values, no p-value.
  tests.kp_rk_wald_f.p_value = missing;
  return tests;
}

}  // namespace pericore::econometrics

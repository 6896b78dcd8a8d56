#include "econometrics/weak_instruments.h"

#include <fmt/format.h>

#include <limits>

namespace pericore::econometrics {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr double exact = 1e-24;  // residual squares over those of the variable: rounding of an exact fit

/// A regression on all instruments, seen from the excluded ones.
struct OnInstruments {
  Vector coefficients;  // of the excluded part of the basis
  Vector residuals;
  bool exact_fit = false;
};

OnInstruments regress(const InstrumentalProblem& problem, const Vector& y) {
  const Vector share = problem.basis.transpose() * y;
  OnInstruments fit;
  fit.coefficients = share.tail(problem.l1());
  fit.residuals = y - problem.basis * share;
  fit.exact_fit = fit.residuals.squaredNorm() <= exact * y.squaredNorm();
  return fit;
}

/// Large-sample Wald statistic of the excluded instruments; none where the covariance is singular.
std::optional<double> wald(const InstrumentalProblem& problem, const OnInstruments& fit) {
  if (fit.exact_fit) return std::nullopt;
  return quadratic_form(fit.coefficients, problem.moment_covariance(problem.excluded_basis(), fit.residuals));
}

Test wald_as_f(const InstrumentalProblem& problem, const OnInstruments& fit, double restrictions) {
  const std::optional<double> statistic = wald(problem, fit);
  if (statistic) return problem.wald_f(*statistic, restrictions);
  const std::vector<double> df = problem.wald_f(0.0, restrictions).df;
  return no_test(
      df, fit.exact_fit ? "the instruments explain the variable exactly" : singular_reason(problem, problem.l1()));
}

Matrix without(const Matrix& columns, Index left_out) {
  Matrix rest(columns.rows(), columns.cols() - 1);
  for (Index j = 0, to = 0; j < columns.cols(); ++j) {
    if (j != left_out) rest.col(to++) = columns.col(j);
  }
  return rest;
}

}  // namespace

std::vector<FirstStage> first_stages(const InstrumentalProblem& problem) {
  const Index k1 = problem.k1();
  const auto included = problem.included_basis();
  const Matrix x = problem.endogenous - included * (included.transpose() * problem.endogenous);
  const Matrix pi = problem.excluded_basis().transpose() * problem.endogenous;
  const std::optional<Matrix> total = positive_inverse(x.transpose() * x);
  const std::optional<Matrix> explained = positive_inverse(pi.transpose() * pi);

  std::vector<FirstStage> stages;
  for (Index j = 0; j < k1; ++j) {
    FirstStage stage;
    stage.name = problem.endogenous_names[static_cast<std::size_t>(j)];
    const OnInstruments fit = regress(problem, problem.endogenous.col(j));
    stage.f = wald_as_f(problem, fit, static_cast<double>(problem.l1()));
    stage.partial_r2 = fit.coefficients.squaredNorm() / x.col(j).squaredNorm();
    if (total && explained) stage.shea_r2 = (*total)(j, j) / (*explained)(j, j);
    if (k1 == 1) {
      stage.sanderson_windmeijer_f = stage.f;
    } else {
      // What the other endogenous regressors, as the instruments move them, leave of this one.
      const Vector b = without(pi, j).colPivHouseholderQr().solve(pi.col(j));
      const Vector rest = x.col(j) - without(x, j) * b;
      stage.sanderson_windmeijer_f =
          wald_as_f(problem, regress(problem, rest), static_cast<double>(problem.l1() - k1 + 1));
    }
    stages.push_back(std::move(stage));
  }
  return stages;
}

WeakRobustTests weak_robust_tests(const InstrumentalProblem& problem) {
  const auto l1 = static_cast<double>(problem.l1());
  WeakRobustTests tests;
  const OnInstruments reduced = regress(problem, problem.y);
  const std::optional<double> statistic = wald(problem, reduced);
  tests.anderson_rubin_f = wald_as_f(problem, reduced, l1);
  tests.anderson_rubin = statistic ? chi2_test(*statistic, l1) : no_test({l1}, tests.anderson_rubin_f.reason);

  const auto included = problem.included_basis();
  const Vector restricted = problem.y - included * (included.transpose() * problem.y);
  const std::optional<double> s =
      quadratic_form(problem.basis.transpose() * restricted, problem.moment_covariance(problem.basis, restricted));
  tests.stock_wright = s ? chi2_test(*s, l1) : no_test({l1}, singular_reason(problem, problem.l()));
  return tests;
}

}  // namespace pericore::econometrics

#include "econometrics/instrumental_tests.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/errors.h"

namespace pericore::econometrics {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr const char* no_regressors = "none of the regressors to be tested is left in the model";

Test exactly_identified() {
  Test test;
  test.statistic = 0.0;
  test.df = {0.0};
  test.reason = "exactly identified";
  return test;
}

Matrix joined(const Matrix& left, const Matrix& right) {
  Matrix both(left.rows(), left.cols() + right.cols());
  both << left, right;
  return both;
}

bool among(const std::string& name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Splits columns by whether they are named.
std::pair<Matrix, Matrix> split(const Matrix& columns, const std::vector<std::string>& names,
                                const std::vector<std::string>& wanted) {
  Matrix in(columns.rows(), columns.cols());
  Matrix out(columns.rows(), columns.cols());
  Index ins = 0;
  Index outs = 0;
  for (Index j = 0; j < columns.cols(); ++j) {
    if (among(names[static_cast<std::size_t>(j)], wanted)) {
      in.col(ins++) = columns.col(j);
    } else {
      out.col(outs++) = columns.col(j);
    }
  }
  return {in.leftCols(ins), out.leftCols(outs)};
}

/// Coefficients that minimise the length of b - A beta; none where A has not full rank beside columns of the given lengths.
std::optional<Vector> least_squares(const Matrix& a, const Vector& b, const Vector& lengths) {
  if (!(lengths.array() > 0.0).all()) return std::nullopt;
  const Vector scale = lengths.cwiseInverse();
  const Eigen::ColPivHouseholderQR<Matrix> qr(a * scale.asDiagonal());
  // Columns are at most of length one: what instruments do not move at all is rounding, also where it is all there is.
  if (!(qr.matrixR().diagonal().cwiseAbs().minCoeff() > 1e-11)) return std::nullopt;
  return Vector(scale.asDiagonal() * qr.solve(b));
}

Vector lengths(const Matrix& columns) { return columns.colwise().norm(); }

}  // namespace

std::optional<GmmFit> gmm_fit(const Matrix& a, const Vector& b, const Matrix& moment_covariance) {
  if (!positive_inverse(moment_covariance)) return std::nullopt;
  const Vector scale = moment_covariance.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::LLT<Matrix> root(scale.asDiagonal() * moment_covariance * scale.asDiagonal());
  const Matrix weighted_a = root.matrixL().solve(Matrix(scale.asDiagonal() * a));
  const Vector weighted_b = root.matrixL().solve(Vector(scale.asDiagonal() * b));
  const std::optional<Vector> beta = least_squares(weighted_a, weighted_b, lengths(weighted_a));
  const std::optional<Matrix> covariance = positive_inverse(weighted_a.transpose() * weighted_a, 0.0);
  if (!beta || !covariance) return std::nullopt;
  return GmmFit{*beta, *covariance, (weighted_b - weighted_a * *beta).squaredNorm()};
}

Vector two_stage(const InstrumentalProblem& problem) {
  const Matrix x = problem.regressors();
  const std::optional<Vector> beta =
      least_squares(problem.basis.transpose() * x, problem.basis.transpose() * problem.y, lengths(x));
  if (!beta) {
    throw InputError(fmt::format("not identified: the instruments ({}) do not move {} apart",
                                 fmt::join(problem.excluded_names, ", "), fmt::join(problem.endogenous_names, ", ")));
  }
  return *beta;
}

Test sargan(const InstrumentalProblem& problem, const Vector& residuals) {
  const auto df = static_cast<double>(problem.l() - problem.k());
  if (df == 0.0) return exactly_identified();
  const double sigma2 = residuals.squaredNorm() / (problem.dof.rows - problem.dof.absorbed);
  if (!(sigma2 > 0.0)) return no_test({df}, "the fit is perfect");
  return chi2_test((problem.basis.transpose() * residuals).squaredNorm() / sigma2, df);
}

Test hansen_j(const InstrumentalProblem& problem, const Vector& residuals) {
  const auto df = static_cast<double>(problem.l() - problem.k());
  if (df == 0.0) return exactly_identified();
  if (!(residuals.squaredNorm() > 0.0)) return no_test({df}, "the fit is perfect");
  const std::optional<GmmFit> fit =
      gmm_fit(problem.basis.transpose() * problem.regressors(), problem.basis.transpose() * problem.y,
              problem.moment_covariance(problem.basis, residuals));
  return fit ? chi2_test(fit->criterion, df) : no_test({df}, singular_reason(problem, problem.l()));
}

Test endogeneity_c(const InstrumentalProblem& problem, const std::vector<std::string>& tested) {
  const Matrix columns = split(problem.endogenous, problem.endogenous_names, tested).first;
  const auto df = static_cast<double>(columns.cols());
  if (columns.cols() == 0) return no_test({}, no_regressors);
  const std::vector<char> explained = collinear(problem.basis, columns);
  if (std::any_of(explained.begin(), explained.end(), [](char flag) { return flag != 0; })) {
    return no_test({df}, "the instruments explain a tested regressor exactly");
  }
  const Matrix wide = orthonormal(joined(problem.basis, columns));
  const Matrix x = problem.regressors();
  const Matrix a = wide.transpose() * x;
  const Vector b = wide.transpose() * problem.y;
  const std::optional<Vector> first = least_squares(a, b, lengths(x));
  if (!first) return no_test({df}, "the restricted model is not identified");
  const Matrix covariance = problem.moment_covariance(wide, problem.y - x * *first);
  const Index l = problem.l();
  const std::optional<GmmFit> restricted = gmm_fit(a, b, covariance);
  const std::optional<GmmFit> full = gmm_fit(a.topRows(l), b.head(l), covariance.topLeftCorner(l, l));
  if (!restricted || !full) return no_test({df}, singular_reason(problem, wide.cols()));
  return chi2_test(restricted->criterion - full->criterion, df);
}

Test orthogonality_c(const InstrumentalProblem& problem, const Vector& residuals,
                     const std::vector<std::string>& tested) {
  const auto [suspect_included, kept_included] = split(problem.exogenous, problem.exogenous_names, tested);
  const auto [suspect_excluded, kept_excluded] = split(problem.excluded, problem.excluded_names, tested);
  const Matrix suspects = joined(suspect_included, suspect_excluded);
  const auto df = static_cast<double>(suspects.cols());
  if (suspects.cols() == 0) return no_test({}, "none of the instruments to be tested is left in the model");
  const Index l = problem.l() - suspects.cols();
  if (l < problem.k()) return no_test({df}, "not identified without the tested instruments");
  const Matrix ordered = orthonormal(joined(joined(kept_included, kept_excluded), suspects));
  const Matrix a = ordered.transpose() * problem.regressors();
  const Vector b = ordered.transpose() * problem.y;
  const Matrix covariance = problem.moment_covariance(ordered, residuals);
  const std::optional<GmmFit> full = gmm_fit(a, b, covariance);
  const std::optional<GmmFit> without = gmm_fit(a.topRows(l), b.head(l), covariance.topLeftCorner(l, l));
  if (!full) return no_test({df}, singular_reason(problem, problem.l()));
  if (!without) return no_test({df}, "not identified without the tested instruments");
  return chi2_test(full->criterion - without->criterion, df);
}

Test davidson_mackinnon(const InstrumentalProblem& problem, const std::vector<std::string>& tested) {
  const Matrix columns = split(problem.endogenous, problem.endogenous_names, tested).first;
  if (columns.cols() == 0) return no_test({}, no_regressors);
  const auto q = static_cast<double>(columns.cols());
  const double left =
      problem.dof.rows - problem.dof.absorbed - problem.dof.partialled - static_cast<double>(problem.k()) - q;
  const std::vector<double> df{q, std::max(0.0, left)};
  if (!(left > 0.0)) return no_test(df, "no degrees of freedom are left");
  const Matrix x = orthonormal(problem.regressors());
  const Matrix residuals = columns - problem.basis * (problem.basis.transpose() * columns);
  const std::vector<char> explained = collinear(problem.basis, columns);
  const std::vector<char> lost = collinear(x, residuals);
  const auto flagged = [](char flag) { return flag != 0; };
  if (std::any_of(explained.begin(), explained.end(), flagged) || std::any_of(lost.begin(), lost.end(), flagged)) {
    return no_test(df, "the first-stage residuals are collinear with the regressors");
  }
  const Matrix wide = orthonormal(joined(x, residuals));
  const double gain = (wide.rightCols(columns.cols()).transpose() * problem.y).squaredNorm();
  const double rss = (problem.y - wide * (wide.transpose() * problem.y)).squaredNorm();
  if (!(rss > 1e-24 * problem.y.squaredNorm())) return no_test(df, "the fit is perfect");
  return f_test(gain / q / (rss / left), q, left);
}

}  // namespace pericore::econometrics

#include "econometrics/ols.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.h"

namespace pericore::econometrics {
namespace {

using Eigen::Index;

/// What is left of a column relative to what it was, below which it counts as swept out.
constexpr double swept_out = 1e-10;

void keep(Columns& columns, const std::vector<char>& out, std::vector<std::string>& dropped) {
  std::vector<Index> kept;
  std::vector<std::string> names;
  for (std::size_t j = 0; j < out.size(); ++j) {
    if (out[j] != 0) {
      dropped.push_back(columns.names[j]);
    } else {
      kept.push_back(static_cast<Index>(j));
      names.push_back(columns.names[j]);
    }
  }
  if (kept.size() < out.size()) {
    // Columns move to the left one by one: no second copy of the data.
    for (std::size_t j = 0; j < kept.size(); ++j) {
      if (kept[j] != static_cast<Index>(j)) columns.values.col(static_cast<Index>(j)) = columns.values.col(kept[j]);
    }
    columns.values.conservativeResize(Eigen::NoChange, static_cast<Index>(kept.size()));
    columns.names = std::move(names);
  }
}

}  // namespace

LeastSquares least_squares(const Eigen::VectorXd& y, const Eigen::MatrixXd& x) {
  LeastSquares fit;
  const Index k = x.cols();
  const Eigen::VectorXd length = x.colwise().norm();
  const Eigen::MatrixXd scaled = x * length.cwiseInverse().asDiagonal();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(scaled);
  const auto r = qr.matrixQR().topRows(k).triangularView<Eigen::Upper>();
  const Eigen::VectorXd rotated = qr.householderQ().adjoint() * y;
  fit.coefficients = r.solve(rotated.head(k)).cwiseQuotient(length);
  fit.residuals = y - x * fit.coefficients;
  const Eigen::MatrixXd inverse = r.solve(Eigen::MatrixXd::Identity(k, k));
  const Eigen::VectorXd back = length.cwiseInverse();
  fit.bread = back.asDiagonal() * (inverse * inverse.transpose()) * back.asDiagonal();
  fit.rss = fit.residuals.squaredNorm();
  return fit;
}

void drop_collinear(Columns& columns, const Eigen::RowVectorXd& before, std::vector<std::string>& dropped) {
  for (Index j = 0; j < columns.count(); ++j) {
    if (columns.values.col(j).norm() <= swept_out * before[j]) columns.values.col(j).setZero();
  }
  keep(columns, collinear(Eigen::MatrixXd(columns.values.rows(), 0), columns.values), dropped);
}

Test wald_test(const Estimate& estimate) {
  std::vector<Index> slopes;
  for (std::size_t j = 0; j < estimate.coefficients.size(); ++j) {
    if (estimate.coefficients[j].name != "(Intercept)") slopes.push_back(static_cast<Index>(j));
  }
  const auto q = static_cast<Index>(slopes.size());
  Test test;
  if (q == 0) {
    test.reason = "the constant is the only regressor";
    return test;
  }
  Eigen::VectorXd b(q);
  Eigen::MatrixXd v(q, q);
  for (Index i = 0; i < q; ++i) {
    b[i] = estimate.coefficients[static_cast<std::size_t>(slopes[static_cast<std::size_t>(i)])].estimate;
    for (Index j = 0; j < q; ++j)
      v(i, j) = estimate.covariance(slopes[static_cast<std::size_t>(i)], slopes[static_cast<std::size_t>(j)]);
  }
  const auto inverse = positive_inverse(v);
  if (!inverse || !v.allFinite()) {
    test.reason = "the covariance of the coefficients is singular";
    return test;
  }
  const double chi2 = b.dot(*inverse * b);
  const auto df = static_cast<double>(q);
  return estimate.df_residual ? f_test(chi2 / df, df, *estimate.df_residual) : chi2_test(chi2, df);
}

void fill_least_squares(Estimate& estimate, const LeastSquares& fit, const Columns& x, const Sample& sample,
                        const LinearOptions& options, DegreesOfFreedom dof) {
  const Index rows = fit.residuals.size();
  dof.rows = static_cast<double>(rows);
  ScoreCovariance score(options.vcov, sample);
  dof.clusters = score.clusters();
  const double left = dof.rows - dof.absorbed - dof.columns - dof.partialled;
  if (!(left > 0.0))
    throw InputError(fmt::format("{} rows are too few for {} coefficients and effects", rows,
                                 dof.absorbed + dof.columns + dof.partialled));
  Eigen::MatrixXd covariance;
  if (options.vcov.kind == VcovKind::iid) {
    covariance = fit.bread * (fit.rss / (dof.rows - dof.absorbed));
  } else {
    const Eigen::MatrixXd scores = x.values.array().colwise() * fit.residuals.array();
    if (!options.vcov.bandwidth &&
        (options.vcov.kind == VcovKind::hac || options.vcov.kind == VcovKind::driscoll_kraay)) {
      const bool constant = !x.names.empty() && x.names[0] == "(Intercept)";
      score.choose_bandwidth(scores.rightCols(scores.cols() - (constant && scores.cols() > 1 ? 1 : 0)));
    }
    covariance = fit.bread * score.sum(scores) * fit.bread * dof.large_factor();
  }
  if (options.small) covariance *= dof.small_factor();
  const std::string mended = mend_covariance(covariance);
  if (!mended.empty()) estimate.warnings.push_back(mended);

  estimate.n_obs = rows;
  estimate.n_clusters = score.cluster_counts();
  estimate.rss = fit.rss;
  estimate.rmse = std::sqrt(fit.rss / (options.small ? left : dof.rows - dof.absorbed));
  estimate.df_residual.reset();
  if (options.small) estimate.df_residual = dof.residual();
  estimate.residuals = fit.residuals;

  std::vector<Index> printed;
  for (std::size_t j = 0; j < x.names.size(); ++j) {
    const bool partialled =
        std::find(options.partial.begin(), options.partial.end(), x.names[j]) != options.partial.end() ||
        (!options.partial.empty() && x.names[j] == "(Intercept)");
    if (!partialled) printed.push_back(static_cast<Index>(j));
  }
  const auto count = static_cast<Index>(printed.size());
  estimate.covariance.resize(count, count);
  estimate.coefficients.clear();
  for (Index a = 0; a < count; ++a) {
    const Index i = printed[static_cast<std::size_t>(a)];
    for (Index b = 0; b < count; ++b) estimate.covariance(a, b) = covariance(i, printed[static_cast<std::size_t>(b)]);
    Coefficient c;
    c.name = x.names[static_cast<std::size_t>(i)];
    c.estimate = fit.coefficients[i];
    c.std_error = covariance(i, i) >= 0.0 ? std::sqrt(covariance(i, i)) : missing;
    estimate.coefficients.push_back(c);
  }
  finish_coefficients(estimate);
  estimate.tests.emplace_back("wald", wald_test(estimate));
}

}  // namespace pericore::econometrics

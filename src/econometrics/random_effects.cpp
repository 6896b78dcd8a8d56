#include <fmt/format.h>

#include <cmath>

#include "base/errors.h"
#include "econometrics/absorb.h"
#include "econometrics/linear_panel.h"

namespace pericore::econometrics {
namespace {

using Eigen::Index;

struct Components {
  double idiosyncratic;
  double entity;
  LeastSquares within;
  Columns within_columns;  ///< demeaned, independent
  double within_df;
};

/// Entities' means of each column, one row an entity.
Eigen::MatrixXd entity_means(const Eigen::MatrixXd& columns, const Grouping& entity, const Eigen::VectorXd& sizes) {
  Eigen::MatrixXd means = Eigen::MatrixXd::Zero(entity.count, columns.cols());
  for (Index i = 0; i < columns.rows(); ++i) means.row(entity.codes[static_cast<std::size_t>(i)]) += columns.row(i);
  means.array().colwise() /= sizes.array();
  return means;
}

Components variance_components(const Sample& sample, const Columns& x, const Eigen::VectorXd& sizes) {
  const auto n = static_cast<double>(sample.rows());
  const auto entities = static_cast<double>(sample.entity.count);
  Components c;
  // Within.
  Eigen::MatrixXd swept(sample.rows(), x.count() + 1);
  swept << x.values, sample.y;
  const Eigen::RowVectorXd before = x.values.colwise().norm();
  Absorber({sample.entity}).sweep(swept);
  c.within_columns = {swept.leftCols(x.count()), x.names};
  std::vector<std::string> constant_within;
  drop_collinear(c.within_columns, before, constant_within);
  const Eigen::VectorXd y = swept.rightCols(1);
  c.within_df = n - entities - static_cast<double>(c.within_columns.count());
  if (!(c.within_df > 0.0))
    throw InputError(fmt::format("{} rows of {} entities are too few for the variance within entities", n, entities));
  if (c.within_columns.count() > 0) {
    c.within = least_squares(y, c.within_columns.values);
  } else {
    c.within.rss = y.squaredNorm();
  }
  c.idiosyncratic = c.within.rss / c.within_df;
  // Between, each entity weighted by its rows: Baltagi and Chang (1994), which is Swamy and Arora (1972) if balanced.
  Columns means{entity_means(x.values, sample.entity, sizes), x.names};
  const Eigen::VectorXd root = sizes.cwiseSqrt();
  means.values.array().colwise() *= root.array();
  std::vector<std::string> dropped;
  drop_collinear(means, means.values.colwise().norm(), dropped);
  const Eigen::VectorXd y_means = entity_means(sample.y, sample.entity, sizes).col(0).cwiseProduct(root);
  const double between_df = entities - static_cast<double>(means.count());
  if (!(between_df > 0.0))
    throw InputError(
        fmt::format("{} entities are too few for a regression of their means on {} columns", entities, means.count()));
  const LeastSquares fit = least_squares(y_means, means.values);
  const Eigen::MatrixXd weighted = root.asDiagonal() * means.values;
  const double trace = (fit.bread * weighted.transpose() * weighted).trace();
  c.entity = (fit.rss - between_df * c.idiosyncratic) / (n - trace);
  return c;
}

/// Hausman (1978) on the slopes that both have; a generalised inverse of the difference of covariances.
Test hausman(const Components& c, const LeastSquares& random, const Columns& x, double random_df, Estimate& estimate) {
  std::vector<Index> own;
  for (const std::string& name : c.within_columns.names) {
    for (std::size_t j = 0; j < x.names.size(); ++j) {
      if (x.names[j] == name) own.push_back(static_cast<Index>(j));
    }
  }
  Test test;
  const auto q = static_cast<Index>(own.size());
  if (q == 0) {
    test.reason = "no regressor varies within entities";
    return test;
  }
  const double random_variance = random.rss / random_df;
  Eigen::VectorXd gap(q);
  Eigen::MatrixXd difference(q, q);
  for (Index a = 0; a < q; ++a) {
    gap[a] = c.within.coefficients[a] - random.coefficients[own[static_cast<std::size_t>(a)]];
    for (Index b = 0; b < q; ++b)
      difference(a, b) =
          c.idiosyncratic * c.within.bread(a, b) -
          random_variance * random.bread(own[static_cast<std::size_t>(a)], own[static_cast<std::size_t>(b)]);
  }
  // Scaled, so that the size of an eigenvalue has a meaning.
  const Eigen::VectorXd scale = (c.idiosyncratic * c.within.bread.diagonal()).cwiseSqrt().cwiseInverse();
  if (!scale.allFinite()) {
    test.reason = "the fit is perfect";
    return test;
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(scale.asDiagonal() * difference * scale.asDiagonal());
  const Eigen::VectorXd along = eigen.eigenvectors().transpose() * gap.cwiseProduct(scale);
  // The inverse of what has one, as plm: directions of negative variance count too, and are warned of.
  double statistic = 0.0;
  double df = 0.0;
  for (Index k = 0; k < q; ++k) {
    if (!(std::abs(eigen.eigenvalues()[k]) > 1e-10)) continue;
    statistic += along[k] * along[k] / eigen.eigenvalues()[k];
    df += 1.0;
  }
  if (!(eigen.eigenvalues()[0] > 1e-10))
    estimate.warnings.emplace_back("hausman: the difference of the covariances is not positive definite");
  if (df > 0.0) return chi2_test(std::abs(statistic), df);
  test.reason = "the difference of the covariances is zero";
  return test;
}

/// Quasi-demeaned y on quasi-demeaned and demeaned regressors; the coefficients of the latter are zero if the effect is random.
Test auxiliary(const Components& c, const Eigen::VectorXd& y, const Columns& x, const Sample& sample,
               const LinearOptions& options) {
  Test test;
  const Index q = c.within_columns.count();
  if (q == 0) {
    test.reason = "no regressor varies within entities";
    return test;
  }
  Columns all{Eigen::MatrixXd(x.values.rows(), x.count() + q), x.names};
  all.values << x.values, c.within_columns.values;
  // A constant of ones beside the quasi-demeaned slopes, as plm has it.
  if (x.names[0] == "(Intercept)") all.values.col(0).setOnes();
  for (const std::string& name : c.within_columns.names) all.names.push_back("demeaned " + name);
  std::vector<std::string> dropped;
  drop_collinear(all, all.values.colwise().norm(), dropped);
  const auto columns = static_cast<double>(all.count());
  const Index left = q - static_cast<Index>(dropped.size());
  if (left <= 0 || !(static_cast<double>(y.size()) - columns > 0.0)) {
    test.reason = "random effects and demeaned regressors are collinear";
    return test;
  }
  Estimate estimate;
  LinearOptions own = options;
  if (own.vcov.kind == VcovKind::iid) own.small = true;
  DegreesOfFreedom dof;
  dof.columns = columns;
  fill_least_squares(estimate, least_squares(y, all.values), all, sample, own, dof);
  Eigen::VectorXd b(left);
  for (Index j = 0; j < left; ++j)
    b[j] = estimate.coefficients[static_cast<std::size_t>(all.count() - left + j)].estimate;
  const auto inverse = positive_inverse(Eigen::MatrixXd(estimate.covariance.bottomRightCorner(left, left)));
  if (!inverse) {
    test.reason = "the covariance of the demeaned regressors is singular";
    return test;
  }
  return chi2_test(b.dot(*inverse * b), static_cast<double>(left));
}

VarianceComponents report_components(const Components& c, const std::vector<std::string>& labels,
                                     const Eigen::VectorXd& sizes, const Eigen::VectorXd& theta) {
  VarianceComponents components;
  components.idiosyncratic = c.idiosyncratic;
  components.entity = c.entity;
  if (sizes.minCoeff() == sizes.maxCoeff()) {
    components.theta.emplace_back("", theta[0]);
    return components;
  }
  for (Index i = 0; i < theta.size(); ++i)
    components.theta.emplace_back(labels.empty() ? std::to_string(i) : labels[static_cast<std::size_t>(i)], theta[i]);
  return components;
}

}  // namespace

Estimate random_effects(const Sample& sample, const LinearOptions& options, const std::vector<std::string>& labels) {
  if (sample.entity.count == 0 || sample.time.empty())
    throw InputError("random_effects needs 'panel' with entity and time");
  if (!sample.absorbed.empty())
    throw InputError("random_effects has the effect of the entity: write y ~ x, year dummies as i(year)");
  if (sample.entity.count < 2) throw InputError("random_effects needs two entities at least");
  Estimate estimate;
  estimate.method = "random_effects";
  Columns x = sample.exogenous;
  drop_collinear(x, x.values.colwise().norm(), estimate.dropped);
  if (x.count() == 0) throw InputError("no regressor");
  Eigen::VectorXd sizes = Eigen::VectorXd::Zero(sample.entity.count);
  for (const int code : sample.entity.codes) sizes[code] += 1.0;
  Components c = variance_components(sample, x, sizes);
  if (c.entity < 0.0) {
    c.entity = 0.0;
    estimate.warnings.emplace_back(
        "the variance of the entities is estimated to be negative; it is set to 0, which makes the regression a pooled "
        "one");
  }
  const Eigen::VectorXd theta = sizes.unaryExpr([&](double size) {
    const double total = c.idiosyncratic + size * c.entity;
    return total > 0.0 ? 1.0 - std::sqrt(c.idiosyncratic / total) : 0.0;
  });
  const Eigen::MatrixXd x_means = entity_means(x.values, sample.entity, sizes);
  const Eigen::VectorXd y_means = entity_means(sample.y, sample.entity, sizes).col(0);
  const Eigen::RowVectorXd before = x.values.colwise().norm();
  Eigen::VectorXd y = sample.y;
  for (Index i = 0; i < y.size(); ++i) {
    const int entity = sample.entity.codes[static_cast<std::size_t>(i)];
    y[i] -= theta[entity] * y_means[entity];
    x.values.row(i) -= theta[entity] * x_means.row(entity);
  }
  // theta = 1 where nothing is left within entities: the constant vanishes.
  drop_collinear(x, before, estimate.dropped);
  if (x.count() == 0) throw InputError("the fit within entities is perfect: no random effect can be estimated");
  const LeastSquares fit = least_squares(y, x.values);
  DegreesOfFreedom dof;
  dof.absorbed = options.dofminus;
  dof.columns = static_cast<double>(x.count());
  dof.partialled = options.sdofminus;
  fill_least_squares(estimate, fit, x, sample, options, dof);
  const Eigen::ArrayXd fitted = (y - fit.residuals).array();
  const Eigen::ArrayXd a = y.array() - y.mean();
  const Eigen::ArrayXd b = fitted - fitted.mean();
  const double spread = a.square().sum() * b.square().sum();
  estimate.r2 = spread > 0.0 ? (a * b).sum() * (a * b).sum() / spread : missing;
  estimate.n_entities = sample.entity.count;
  estimate.variance_components = report_components(c, labels, sizes, theta);
  const double df = static_cast<double>(y.size()) - dof.columns;
  estimate.tests.emplace_back("hausman", hausman(c, fit, x, df, estimate));
  estimate.tests.emplace_back("hausman_auxiliary", auxiliary(c, y, x, sample, options));
  return estimate;
}

}  // namespace pericore::econometrics

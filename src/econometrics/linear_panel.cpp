#include "econometrics/linear_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/errors.h"
#include "econometrics/absorb.h"

namespace pericore::econometrics {
namespace {

using Eigen::Index;

bool has_constant(const Columns& x) { return !x.names.empty() && x.names[0] == "(Intercept)"; }

double centred_squares(const Eigen::VectorXd& y) { return (y.array() - y.mean()).matrix().squaredNorm(); }

double r_squared(double rss, double total) { return total > 0.0 ? 1.0 - rss / total : missing; }

/// A fit to rounding leaves standard errors without meaning.
void warn_if_perfect(Estimate& estimate, double total) {
  if (total == 0.0) {
    estimate.warnings.emplace_back("the response does not vary");
  } else if (estimate.rss <= 1e-22 * total) {
    estimate.warnings.emplace_back("the fit is perfect: standard errors are rounding errors");
  }
}

void require_regressors(const Columns& x, const std::vector<std::string>& dropped) {
  if (x.count() > 0) return;
  throw InputError(dropped.empty() ? std::string("no regressor")
                                   : fmt::format("no regressor is left: {} collinear with effects or each other",
                                                 fmt::join(dropped, ", ")));
}

Grouping regrouped(const Grouping& grouping, const std::vector<Index>& kept) {
  Grouping result;
  result.name = grouping.name;
  std::vector<int> next(static_cast<std::size_t>(grouping.count), -1);
  for (const Index i : kept) next[static_cast<std::size_t>(grouping.codes[static_cast<std::size_t>(i)])] = 0;
  for (int& code : next) code = code < 0 ? -1 : result.count++;
  for (const Index i : kept)
    result.codes.push_back(next[static_cast<std::size_t>(grouping.codes[static_cast<std::size_t>(i)])]);
  return result;
}

/// Variance inflation (Belsley, Kuh and Welsch 1980): diagonal of (X'X)^-1 times the regressor's squares about its mean.
void add_vif(Estimate& estimate, const LeastSquares& fit, const Columns& x) {
  for (Index j = 1; j < x.count(); ++j)
    estimate.vif.emplace_back(x.names[static_cast<std::size_t>(j)], fit.bread(j, j) * centred_squares(x.values.col(j)));
}

/// Breusch and Pagan (1980) for an effect of the entity; unbalanced: Baltagi and Li (1990).
Test breusch_pagan(const Eigen::VectorXd& residuals, const Grouping& entity) {
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(entity.count);
  Eigen::VectorXd sizes = Eigen::VectorXd::Zero(entity.count);
  for (Index i = 0; i < residuals.size(); ++i) {
    sums[entity.codes[static_cast<std::size_t>(i)]] += residuals[i];
    sizes[entity.codes[static_cast<std::size_t>(i)]] += 1.0;
  }
  const auto n = static_cast<double>(residuals.size());
  const double pairs = sizes.squaredNorm() - n;
  Test test;
  if (!(pairs > 0.0)) {
    test.reason = "no entity has two rows";
    return test;
  }
  if (!(residuals.squaredNorm() > 0.0)) {
    test.reason = "the fit is perfect";
    return test;
  }
  const double a = 1.0 - sums.squaredNorm() / residuals.squaredNorm();
  return chi2_test(n * n / (2.0 * pairs) * a * a, 1.0);
}

Estimate ordinary(Columns x, const Eigen::VectorXd& y, const Sample& frame, const LinearOptions& options,
                  Estimate estimate, LeastSquares& fit, Columns& used) {
  drop_collinear(x, x.values.colwise().norm(), estimate.dropped);
  require_regressors(x, estimate.dropped);
  if (y.size() < x.count())
    throw InputError(fmt::format("{} rows are too few for {} coefficients", y.size(), x.count()));
  fit = least_squares(y, x.values);
  DegreesOfFreedom dof;
  dof.absorbed = options.dofminus;
  dof.columns = static_cast<double>(x.count());
  dof.partialled = options.sdofminus;
  fill_least_squares(estimate, fit, x, frame, options, dof);
  const double total = has_constant(x) ? centred_squares(y) : y.squaredNorm();
  estimate.r2 = r_squared(fit.rss, total);
  warn_if_perfect(estimate, total);
  used = std::move(x);
  return estimate;
}

void count_entities(Estimate& estimate, const Sample& sample) {
  if (sample.entity.count > 0) {
    estimate.n_entities = sample.entity.count;
  } else if (!sample.absorbed.empty()) {
    estimate.n_entities = sample.absorbed[0].count;
  }
}

struct Restricted {
  double rss;
  double df;  ///< rows less columns and effects
};

/// The same regressors with the first `effects` effects, or with a constant only.
Restricted restricted_fit(const Sample& sample, std::size_t effects) {
  const Index shift = effects == 0 ? 1 : 0;
  const Index count = sample.exogenous.count();
  // A constant where nothing is absorbed, the regressors, the response.
  Eigen::MatrixXd all(sample.rows(), shift + count + 1);
  if (effects == 0) all.col(0).setOnes();
  all.middleCols(shift, count) = sample.exogenous.values;
  all.rightCols(1) = sample.y;
  const Eigen::RowVectorXd before = all.leftCols(shift + count).colwise().norm();
  double absorbed = 0.0;
  if (effects > 0) {
    const Absorber absorber(
        std::vector<Grouping>(sample.absorbed.begin(), sample.absorbed.begin() + static_cast<std::ptrdiff_t>(effects)));
    absorber.sweep(all);
    absorbed = static_cast<double>(absorber.first_levels() + absorber.dummies());
  }
  Columns x{all.leftCols(shift + count), std::vector<std::string>(static_cast<std::size_t>(shift + count))};
  std::vector<std::string> dropped;
  drop_collinear(x, before, dropped);
  const auto n = static_cast<double>(sample.rows());
  const Eigen::VectorXd y = all.rightCols(1);
  if (x.count() == 0) return {y.squaredNorm(), n - absorbed};
  return {least_squares(y, x.values).rss, n - absorbed - static_cast<double>(x.count())};
}

Test f_between(const Restricted& small, double rss, double df) {
  Test test;
  const double restrictions = small.df - df;
  if (!(restrictions > 0.0) || !(df > 0.0)) {
    test.reason = "the effects take no degree of freedom";
    return test;
  }
  if (!(rss > 0.0)) {
    test.reason = "the fit is perfect";
    return test;
  }
  return f_test((small.rss - rss) / restrictions / (rss / df), restrictions, df);
}

}  // namespace

Sample sample_frame(const Sample& sample, const std::vector<Index>& kept) {
  Sample frame;
  frame.y_name = sample.y_name;
  if (sample.entity.count > 0) frame.entity = regrouped(sample.entity, kept);
  for (const Index i : kept) {
    if (!sample.time.empty()) frame.time.push_back(sample.time[static_cast<std::size_t>(i)]);
  }
  if (sample.latitude.size() > 0) {
    frame.latitude.resize(static_cast<Index>(kept.size()));
    frame.longitude.resize(static_cast<Index>(kept.size()));
    for (std::size_t k = 0; k < kept.size(); ++k) {
      frame.latitude[static_cast<Index>(k)] = sample.latitude[kept[k]];
      frame.longitude[static_cast<Index>(k)] = sample.longitude[kept[k]];
    }
  }
  frame.y = Eigen::VectorXd::Zero(static_cast<Index>(kept.size()));
  return frame;
}

VcovSpec vcov_frame(const VcovSpec& vcov, const std::vector<Index>& kept) {
  VcovSpec frame = vcov;
  for (Grouping& cluster : frame.clusters) cluster = regrouped(cluster, kept);
  return frame;
}

Estimate pooled(const Sample& sample, const LinearOptions& options) {
  if (!sample.absorbed.empty())
    throw InputError("pooled regressions absorb no effects; the method for them is fixed_effects");
  Estimate estimate;
  estimate.method = "pooled";
  LeastSquares fit;
  Columns used;
  estimate = ordinary(sample.exogenous, sample.y, sample, options, std::move(estimate), fit, used);
  count_entities(estimate, sample);
  if (has_constant(used)) {
    add_vif(estimate, fit, used);
    if (sample.entity.count > 0 && !sample.time.empty())
      estimate.tests.emplace_back("breusch_pagan_lm", breusch_pagan(fit.residuals, sample.entity));
  }
  return estimate;
}

Estimate fixed_effects(const Sample& sample, const LinearOptions& options) {
  if (sample.absorbed.empty()) throw InputError("fixed_effects needs an effect to absorb: y ~ x | city");
  Estimate estimate;
  estimate.method = "fixed_effects";
  const Absorber absorber(sample.absorbed);
  Columns x = sample.exogenous;
  Eigen::VectorXd y = sample.y;
  const Eigen::RowVectorXd before = x.values.colwise().norm();
  {
    Eigen::MatrixXd all(sample.rows(), 1 + x.count());
    all.col(0) = y;
    all.rightCols(x.count()) = x.values;
    absorber.sweep(all);
    y = all.col(0);
    x.values = all.rightCols(x.count());
  }
  drop_collinear(x, before, estimate.dropped);
  require_regressors(x, estimate.dropped);

  DegreesOfFreedom dof;
  const auto dummies = static_cast<double>(absorber.dummies());
  const auto entities = static_cast<double>(absorber.first_levels());
  dof.absorbed = entities + options.dofminus;
  dof.columns = static_cast<double>(x.count()) + dummies;
  dof.partialled = options.sdofminus;
  dof.absorbed_with_clusters = absorbed_with_clusters(sample, options.vcov, options.dof);
  // The other effects' dummies count in K already.
  if (options.dof == DofRule::fixest) dof.absorbed_with_clusters -= dummies;
  const auto n = static_cast<double>(sample.rows());
  if (!(n - entities - dof.columns > 0.0))
    throw InputError(fmt::format("{} rows are too few for {} coefficients and {} levels of the absorbed effects",
                                 sample.rows(), x.count(), entities + dummies));
  const LeastSquares fit = least_squares(y, x.values);
  fill_least_squares(estimate, fit, x, sample, options, dof);
  const double total = centred_squares(sample.y);
  estimate.r2 = r_squared(fit.rss, total);
  const double within = y.squaredNorm();
  estimate.r2_within = within > 1e-22 * sample.y.squaredNorm() ? r_squared(fit.rss, within) : missing;
  warn_if_perfect(estimate, within);
  count_entities(estimate, sample);
  estimate.n_singletons = sample.singletons;

  const double df = n - entities - dof.columns;
  estimate.f_effects.emplace_back("all", f_between(restricted_fit(sample, 0), fit.rss, df));
  for (std::size_t k = 1; k < sample.absorbed.size(); ++k) {
    double rss = fit.rss;
    double rest = df;
    if (k + 1 < sample.absorbed.size()) {
      const Restricted with = restricted_fit(sample, k + 1);
      rss = with.rss;
      rest = with.df;
    }
    estimate.f_effects.emplace_back(sample.absorbed[k].name, f_between(restricted_fit(sample, k), rss, rest));
  }
  return estimate;
}

Estimate between(const Sample& sample, const LinearOptions& options) {
  if (sample.entity.count == 0) throw InputError("between needs 'panel: {entity: ...}'");
  if (!sample.absorbed.empty()) throw InputError("between absorbs no effects");
  const Index entities = sample.entity.count;
  std::vector<Index> first(static_cast<std::size_t>(entities), -1);
  Eigen::VectorXd sizes = Eigen::VectorXd::Zero(entities);
  Eigen::VectorXd y = Eigen::VectorXd::Zero(entities);
  Columns x = sample.exogenous;
  x.values.setZero(entities, x.count());
  for (Index i = 0; i < sample.rows(); ++i) {
    const int entity = sample.entity.codes[static_cast<std::size_t>(i)];
    if (first[static_cast<std::size_t>(entity)] < 0) first[static_cast<std::size_t>(entity)] = i;
    sizes[entity] += 1.0;
    y[entity] += sample.y[i];
    x.values.row(entity) += sample.exogenous.values.row(i);
  }
  y.array() /= sizes.array();
  x.values.array().colwise() /= sizes.array();
  for (const Grouping& cluster : options.vcov.clusters) {
    if (!nested(sample.entity, cluster))
      throw InputError(fmt::format("between has one row an entity, and '{}' changes within entities", cluster.name));
  }
  if (options.vcov.kind == VcovKind::hac || options.vcov.kind == VcovKind::driscoll_kraay)
    throw InputError("between has one row an entity: vcov is iid, hetero or cluster");
  LinearOptions own = options;
  own.vcov = vcov_frame(options.vcov, first);
  Sample frame = sample_frame(sample, first);
  frame.time.assign(static_cast<std::size_t>(entities), 0);
  Estimate estimate;
  estimate.method = "between";
  LeastSquares fit;
  Columns used;
  estimate = ordinary(std::move(x), y, frame, own, std::move(estimate), fit, used);
  estimate.n_entities = entities;
  return estimate;
}

Estimate first_difference(const Sample& sample, const LinearOptions& options) {
  if (sample.entity.count == 0 || sample.time.empty())
    throw InputError("first_difference needs 'panel' with entity and time");
  if (!sample.absorbed.empty())
    throw InputError("first_difference absorbs no effects; year dummies are written i(year)");
  std::vector<Index> kept;
  for (Index i = 1; i < sample.rows(); ++i) {
    const auto now = static_cast<std::size_t>(i);
    if (sample.entity.codes[now] == sample.entity.codes[now - 1] && sample.time[now] == sample.time[now - 1] + 1)
      kept.push_back(i);
  }
  if (kept.empty()) throw InputError("no entity has two consecutive periods in the sample");
  Columns x = sample.exogenous;
  x.values.resize(static_cast<Index>(kept.size()), x.count());
  Eigen::VectorXd y(static_cast<Index>(kept.size()));
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const Index i = kept[k];
    y[static_cast<Index>(k)] = sample.y[i] - sample.y[i - 1];
    x.values.row(static_cast<Index>(k)) = sample.exogenous.values.row(i) - sample.exogenous.values.row(i - 1);
  }
  if (has_constant(x)) x.values.col(0).setOnes();
  LinearOptions own = options;
  own.vcov = vcov_frame(options.vcov, kept);
  Estimate estimate;
  estimate.method = "first_difference";
  LeastSquares fit;
  Columns used;
  const Sample frame = sample_frame(sample, kept);
  estimate = ordinary(std::move(x), y, frame, own, std::move(estimate), fit, used);
  count_entities(estimate, frame);
  return estimate;
}

}  // namespace pericore::econometrics

#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "econometrics/dynamic_panel_model.h"

namespace pericore::econometrics::dynamic {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Test no_test(std::string reason) {
  Test test;
  test.reason = std::move(reason);
  return test;
}

Test overidentification(double statistic, Index df) {
  if (df > 0) return chi2_test(statistic, static_cast<double>(df));
  Test test;
  test.statistic = 0.0;
  test.df = {0.0};
  test.reason = "just identified";
  return test;
}

Index surplus(const Model& model) { return model.first_weights.rank() - static_cast<Index>(model.rows.names.size()); }

/// Hansen's test without the columns not in `others`.
Test without(const Model& model, double j, const std::vector<Index>& others) {
  const auto k = static_cast<Index>(model.rows.names.size());
  const bool all_independent = model.first_weights.full();
  std::vector<Index> independent(others.size());
  if (all_independent) {
    for (std::size_t c = 0; c < others.size(); ++c) independent[c] = static_cast<Index>(c);
  } else {
    independent = SweptInverse(model.gram(others, others)).kept();
  }
  const auto rank = static_cast<Index>(independent.size());
  if (rank < k) return no_test("the other instruments do not identify the model");
  if (rank == model.first_weights.rank()) return no_test("the other instruments contain these");
  const MomentInverse weights(model.moments(Eigen::all, others), independent);
  const MatrixXd zx = model.zx(others, Eigen::all);
  const VectorXd zy = model.zy(others);
  const MatrixXd azx = weights.solve(zx);
  const SweptInverse cross(zx.transpose() * azx);
  if (!cross.full()) return no_test("the other instruments do not identify the model");
  const VectorXd ze = zy - zx * cross.solve(azx.transpose() * zy);
  const double excluding = ze.dot(weights.solve(ze).col(0));
  Test test = chi2_test(j - excluding, static_cast<double>(model.first_weights.rank() - rank));
  test.more = {{"excluding", excluding}, {"excluding_df", static_cast<double>(rank - k)}};
  return test;
}

/// Row values in first differences for the tests of serial correlation, by period.
struct Differences {
  RowValues x, e;
};

Differences first_differences(const Model& model, const Step& step) {
  const PanelRows& rows = model.rows;
  Differences result;
  const auto periods = static_cast<std::size_t>(rows.periods);
  if (rows.transform == PanelTransform::orthogonal) {
    result.x = rows.difference_x;
    result.e = residuals(rows.difference_y, rows.difference_x, step.b);
    return result;
  }
  result.x.assign(rows.x.begin(), rows.x.begin() + static_cast<std::ptrdiff_t>(periods));
  result.e.assign(step.e.begin(), step.e.begin() + static_cast<std::ptrdiff_t>(periods));
  return result;
}

/// Covariance of errors in first differences at period `t` with errors of the transformed row `row`, over sigma2.
double cross_covariance(const Model& model, Index t, Index row) {
  if (model.options.weighting == 1) return t == row ? 1.0 : 0.0;
  const Index periods = model.rows.periods;
  double sum = 0.0;
  for (const Index c : {t - 1, t})
    if (c >= 0)
      sum += transform_weight(PanelTransform::difference, periods, t, c) *
             transform_weight(model.rows.transform, periods, row, c);
  return sum;
}

/// Lagged residuals, zero where there are none.
RowValues lagged(const RowValues& e, int order) {
  RowValues result(e.size());
  for (std::size_t t = static_cast<std::size_t>(order); t < e.size(); ++t)
    result[t] = e[t - static_cast<std::size_t>(order)];
  return result;
}

/// The two pieces that differ between homoskedastic one-step estimates and the rest.
struct Spread {
  double own = 0.0;       ///< variance of the sum of products
  VectorXd with_moments;  ///< sum Zi'E[e w'] w_lagged
};

Spread homoskedastic_spread(const Model& model, const RowValues& lag) {
  const PanelRows& rows = model.rows;
  const bool identity = model.options.weighting == 1;
  const std::vector<VectorXd>& mask = rows.transform == PanelTransform::orthogonal ? rows.difference_mask : rows.mask;
  RowValues used(lag.size());
  for (std::size_t t = 0; t < lag.size(); ++t)
    if (lag[t].size() > 0 && mask[t].size() > 0) used[t] = lag[t].cwiseProduct(mask[t]);
  Spread spread;
  RowValues psi(rows.slots());
  for (std::size_t s = 0; s < rows.slots(); ++s)
    if (rows.mask[s].size() > 0) psi[s] = MatrixXd::Zero(rows.entities, 1);
  for (std::size_t t = 0; t < used.size(); ++t) {
    if (used[t].size() == 0) continue;
    spread.own += (identity ? 1.0 : 2.0) * used[t].squaredNorm();
    if (!identity && t + 1 < used.size() && used[t + 1].size() > 0)
      spread.own -= 2.0 * used[t].col(0).dot(used[t + 1].col(0));
    for (std::size_t row = 0; row < used.size(); ++row) {
      const double weight = cross_covariance(model, static_cast<Index>(t), static_cast<Index>(row));
      if (weight != 0.0 && psi[row].size() > 0) psi[row] += weight * used[t];
    }
  }
  for (std::size_t s = 0; s < psi.size(); ++s)
    if (psi[s].size() > 0) psi[s].col(0).array() *= rows.mask[s].array();
  spread.own *= model.sigma2;
  spread.with_moments = model.sigma2 * model.instruments.transpose_times(psi).col(0);
  return spread;
}

Spread robust_spread(const Model& model, const Step& step, const VectorXd& by_group) {
  Spread spread;
  spread.own = by_group.squaredNorm();
  spread.with_moments = model.instruments.transpose_times(scaled_by_group(model.rows, step.e, by_group)).col(0);
  return spread;
}

/// Products of residuals and lagged residuals, summed by group. Rows are those of the period, so that level slots hold their groups.
VectorXd products_by_group(const PanelRows& rows, const RowValues& e, const RowValues& lag) {
  RowValues products(rows.slots());
  for (std::size_t t = 0; t < e.size(); ++t)
    if (e[t].size() > 0 && lag[t].size() > 0)
      products[static_cast<std::size_t>(rows.periods) + t] = e[t].cwiseProduct(lag[t]);
  const MatrixXd sums = group_sums(rows, products);
  return sums.cols() == 0 ? VectorXd() : VectorXd(sums.col(0));
}

}  // namespace

Test sargan(const Model& model) {
  if (model.perfect_fit) return no_test(model.no_second);
  return overidentification(model.one.criterion / model.sigma2, surplus(model));
}

Test hansen(const Model& model) {
  if (!model.no_second.empty()) return no_test(model.no_second);
  return overidentification(model.two.criterion, surplus(model));
}

std::vector<std::pair<std::string, Test>> difference_hansen(const Model& model, const DynamicPanel& panel) {
  std::vector<std::pair<std::string, Test>> result;
  const std::vector<int>& entry = model.instruments.entry();
  const std::vector<char>& gmm_level = model.instruments.is_gmm_level();
  std::vector<std::vector<Index>> others;
  const auto add = [&](std::string label, auto belongs) {
    std::vector<Index> rest;
    for (std::size_t c = 0; c < entry.size(); ++c)
      if (!belongs(c)) rest.push_back(static_cast<Index>(c));
    if (rest.size() == entry.size()) return;  // no columns of its own
    for (const auto& [taken, test] : result)
      if (taken == label) label += " (iv)";
    result.emplace_back(std::move(label), Test());
    others.push_back(std::move(rest));
  };
  if (model.rows.system && !panel.gmm.empty()) add("levels", [&](std::size_t c) { return gmm_level[c] != 0; });
  const std::size_t iv = panel.iv.size();
  for (std::size_t g = 0; g < panel.gmm.size(); ++g)
    add(panel.gmm[g].label, [&](std::size_t c) { return entry[c] == static_cast<int>(iv + g); });
  for (std::size_t e = 0; e < iv; ++e)
    add(panel.iv[e].label, [&](std::size_t c) { return entry[c] == static_cast<int>(e); });
  parallel_for(result.size(), 1, [&](std::size_t t) {
    result[t].second =
        model.no_second.empty() ? without(model, model.two.criterion, others[t]) : no_test(model.no_second);
  });
  return result;
}

std::vector<Test> serial_correlation(const Model& model, int orders) {
  const bool one = model.options.steps == 1;
  const Step& step = one ? model.one : model.two;
  const bool homoskedastic = one && model.options.variance == PanelVariance::iid;
  const Differences differences = first_differences(model, step);
  std::vector<Test> tests;
  for (int order = 1; order <= orders; ++order) {
    if (model.perfect_fit) {
      tests.push_back(no_test(model.no_second));
      continue;
    }
    const RowValues lag = lagged(differences.e, order);
    const VectorXd by_group = products_by_group(model.rows, differences.e, lag);
    if (by_group.size() == 0 || (by_group.array() == 0.0).all()) {
      tests.push_back(no_test("no two residuals in differences are " + std::to_string(order) + " periods apart"));
      continue;
    }
    VectorXd q = VectorXd::Zero(model.zx.cols());
    for (std::size_t t = 0; t < lag.size(); ++t)
      if (lag[t].size() > 0 && differences.x[t].size() > 0) q += differences.x[t].transpose() * lag[t].col(0);
    const Spread spread = homoskedastic ? homoskedastic_spread(model, lag) : robust_spread(model, step, by_group);
    // One-step weights and V carry sigma2 in opposite directions: their product is free of it.
    const VectorXd through_b = step.v * (step.azx.transpose() * spread.with_moments);
    const double variance = spread.own - 2.0 * q.dot(through_b) + q.dot(model.reported_variance * q);
    Test test;
    if (variance > 0.0) {
      test.statistic = by_group.sum() / std::sqrt(variance);
      test.p_value = normal_p(test.statistic);
    } else {
      test.reason = "its estimated variance is not positive";
    }
    tests.push_back(test);
  }
  return tests;
}

}  // namespace pericore::econometrics::dynamic

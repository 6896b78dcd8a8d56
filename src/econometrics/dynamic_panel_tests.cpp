#include <cmath>
#include <numeric>
#include <optional>

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

/// Hansen's criterion of a model without some instruments, by the weights left.
struct Restricted {
  double criterion = missing;
  Index rank = 0;
};

std::optional<Restricted> restricted(const Model& model, const std::vector<Index>& excluded) {
  const auto k = static_cast<Index>(model.rows.names.size());
  const Index all = model.instruments.count();
  Restricted result;
  const auto finish = [&](const MatrixXd& zx, const VectorXd& zy, auto solve) {
    const MatrixXd azx = solve(zx);
    const SweptInverse cross(zx.transpose() * azx);
    if (!cross.full()) return false;
    const VectorXd ze = zy - zx * cross.solve(azx.transpose() * zy);
    result.criterion = ze.dot(solve(ze).col(0));
    return true;
  };
  if (model.second_weights.regular()) {
    result.rank = all - static_cast<Index>(excluded.size());
    if (result.rank < k) return std::nullopt;
    // Solutions are zero in the rows left out, so that products with all of Z'X and Z'y leave them out too.
    if (!finish(model.zx, model.zy,
                [&](const MatrixXd& right) { return model.second_weights.solve_without(excluded, right); }))
      return std::nullopt;
    return result;
  }
  std::vector<Index> others;
  std::vector<char> out(static_cast<std::size_t>(all), 0);
  for (const Index g : excluded) out[static_cast<std::size_t>(g)] = 1;
  for (Index c = 0; c < all; ++c)
    if (out[static_cast<std::size_t>(c)] == 0) others.push_back(c);
  std::vector<Index> independent(others.size());
  std::iota(independent.begin(), independent.end(), Index{0});
  if (!model.first_weights.full()) independent = SweptInverse(model.gram(others, others)).kept();
  result.rank = static_cast<Index>(independent.size());
  if (result.rank < k || result.rank == model.first_weights.rank()) return result;
  const MomentInverse weights(model.moments(Eigen::all, others), independent);
  if (!finish(model.zx(others, Eigen::all), model.zy(others),
              [&](const MatrixXd& right) { return weights.solve(right); }))
    return std::nullopt;
  return result;
}

Test without(const Model& model, const std::vector<Index>& excluded) {
  const auto k = static_cast<Index>(model.rows.names.size());
  const std::optional<Restricted> rest = restricted(model, excluded);
  if (!rest || rest->rank < k) return no_test("the other instruments do not identify the model");
  if (rest->rank == model.first_weights.rank()) return no_test("the other instruments contain these");
  Test test =
      chi2_test(model.two.criterion - rest->criterion, static_cast<double>(model.first_weights.rank() - rest->rank));
  test.more = {{"excluding", rest->criterion}, {"excluding_df", static_cast<double>(rest->rank - k)}};
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
  std::vector<std::vector<Index>> excluded;
  const auto add = [&](std::string label, auto belongs) {
    std::vector<Index> own;
    for (std::size_t c = 0; c < entry.size(); ++c)
      if (belongs(c)) own.push_back(static_cast<Index>(c));
    if (own.empty()) return;
    for (const auto& [taken, test] : result)
      if (taken == label) label += " (iv)";
    result.emplace_back(std::move(label), Test());
    excluded.push_back(std::move(own));
  };
  if (model.rows.system && !panel.gmm.empty()) add("levels", [&](std::size_t c) { return gmm_level[c] != 0; });
  const std::size_t iv = panel.iv.size();
  for (std::size_t g = 0; g < panel.gmm.size(); ++g)
    add(panel.gmm[g].label, [&](std::size_t c) { return entry[c] == static_cast<int>(iv + g); });
  for (std::size_t e = 0; e < iv; ++e)
    add(panel.iv[e].label, [&](std::size_t c) { return entry[c] == static_cast<int>(e); });
  parallel_for(result.size(), 1, [&](std::size_t t) {
    result[t].second = model.no_second.empty() ? without(model, excluded[t]) : no_test(model.no_second);
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

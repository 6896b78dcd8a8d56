#include "econometrics/dynamic_panel_model.h"

#include <cmath>

#include "base/errors.h"

namespace pericore::econometrics::dynamic {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

double sum_of_squares(const RowValues& values, std::size_t first, std::size_t end) {
  double sum = 0.0;
  for (std::size_t s = first; s < end; ++s) sum += values[s].squaredNorm();
  return sum;
}

/// Estimates with given weights; `solve` applies them.
template <class Weights>
Step make_step(const Model& model, const Weights& weights, SweptInverse& cross) {
  Step step;
  step.azx = weights.solve(model.zx);
  const MatrixXd information = model.zx.transpose() * step.azx;
  cross = SweptInverse((information + information.transpose()) / 2.0);
  if (!cross.full()) return step;
  step.v = cross.inverse();
  step.v = ((step.v + step.v.transpose()) / 2.0).eval();
  step.b = cross.solve(step.azx.transpose() * model.zy);
  const VectorXd ze = model.zy - model.zx * step.b;
  step.aze = weights.solve(ze);
  step.criterion = ze.dot(step.aze);
  step.e = residuals(model.rows.y, model.rows.x, step.b);
  return step;
}

/// Windmeijer (2005): the two-step variance with the derivative of its weights by the one-step estimates.
MatrixXd windmeijer(const Model& model, const MatrixXd& one_robust) {
  const MatrixXd projection = model.two.azx * model.two.v;
  const VectorXd weight = model.moments * model.two.aze;
  MatrixXd derivative =
      projection.transpose() * model.instruments.transpose_times(scaled_by_group(model.rows, model.rows.x, weight));
  RowValues products = model.instruments.times(model.two.aze);
  for (std::size_t s = 0; s < products.size(); ++s)
    if (products[s].size() > 0)
      products[s] = (model.rows.x[s].array().colwise() * products[s].col(0).array()).matrix().eval();
  derivative += (model.moments * projection).transpose() * group_sums(model.rows, products);
  const MatrixXd shift = derivative * model.two.v;
  return model.two.v + derivative * one_robust * derivative.transpose() + shift + shift.transpose();
}

void find_sigma2(Model& model) {
  const auto periods = static_cast<std::size_t>(model.rows.periods);
  const bool by_levels = model.rows.system && model.options.weighting == 1;
  const double rss =
      by_levels ? sum_of_squares(model.one.e, periods, 2 * periods) : sum_of_squares(model.one.e, 0, periods);
  const auto n = static_cast<double>(by_levels ? model.rows.n_level : model.rows.n_transformed);
  const bool single = model.rows.transform == PanelTransform::orthogonal || model.options.weighting == 1;
  model.sigma2 = rss / (single ? 1.0 : 2.0) / n;
  const double all = sum_of_squares(model.one.e, 0, 2 * periods);
  model.perfect_fit = !(all > 1e-24 * sum_of_squares(model.rows.y, 0, 2 * periods)) || !(model.sigma2 > 0.0);
}

void find_variance(Model& model) {
  const bool iid = model.options.variance == PanelVariance::iid;
  if (model.perfect_fit) {
    model.plain_variance = MatrixXd::Zero(model.one.v.rows(), model.one.v.cols());
    model.reported_variance = model.plain_variance;
    return;
  }
  const MatrixXd one_plain = model.one.v * model.sigma2;
  MatrixXd one_robust;
  if (!iid) {
    const MatrixXd root = model.moments * model.one.azx * model.one.v;
    one_robust = root.transpose() * root;
  }
  model.plain_variance = model.options.steps == 1 ? one_plain : model.two.v;
  if (model.options.steps == 1) {
    model.reported_variance = iid ? one_plain : one_robust;
  } else {
    model.reported_variance = iid ? model.two.v : windmeijer(model, one_robust);
  }
}

}  // namespace

MatrixXd group_sums(const PanelRows& rows, const RowValues& values) {
  Index columns = 0;
  for (const MatrixXd& slot : values) columns = std::max(columns, slot.cols());
  MatrixXd result = MatrixXd::Zero(rows.groups.codes_used, columns);
  for (std::size_t s = 0; s < values.size(); ++s) {
    if (values[s].size() == 0) continue;
    if (rows.groups.are_entities) {
      result += values[s];
      continue;
    }
    for (Index i = 0; i < values[s].rows(); ++i)
      if (rows.groups.codes[s][i] >= 0) result.row(rows.groups.codes[s][i]) += values[s].row(i);
  }
  return result;
}

RowValues scaled_by_group(const PanelRows& rows, const RowValues& values, const VectorXd& factor) {
  RowValues result(values.size());
  for (std::size_t s = 0; s < values.size(); ++s) {
    if (values[s].size() == 0) continue;
    if (rows.groups.are_entities) {
      result[s] = factor.asDiagonal() * values[s];
      continue;
    }
    result[s] = MatrixXd::Zero(values[s].rows(), values[s].cols());
    for (Index i = 0; i < values[s].rows(); ++i)
      if (rows.groups.codes[s][i] >= 0) result[s].row(i) = factor[rows.groups.codes[s][i]] * values[s].row(i);
  }
  return result;
}

Model solve_model(const DynamicPanelOptions& options, const PanelRows& rows, const Instruments& instruments) {
  Model model(options, rows, instruments);
  const auto k = static_cast<Index>(rows.names.size());
  model.zx = instruments.transpose_times(rows.x);
  model.zy = instruments.transpose_times(rows.y).col(0);
  model.gram = instruments.gram(options.weighting);
  model.first_weights = SweptInverse(model.gram);
  if (model.first_weights.rank() < k)
    throw InputError("the equation is not identified: " + std::to_string(k) + " coefficients, but " +
                     std::to_string(model.first_weights.rank()) + " independent instruments");
  SweptInverse cross;
  model.one = make_step(model, model.first_weights, cross);
  if (!cross.full()) {
    std::string names;
    std::vector<char> found(static_cast<std::size_t>(k), 0);
    for (const Index j : cross.kept()) found[static_cast<std::size_t>(j)] = 1;
    for (std::size_t j = 0; j < found.size(); ++j)
      if (found[j] == 0) names += (names.empty() ? "" : ", ") + rows.names[j];
    throw InputError("the instruments do not identify the coefficients of " + names +
                     ": none of them moves these regressors apart from the others");
  }
  find_sigma2(model);

  const bool needs_groups = options.steps == 2 || options.variance == PanelVariance::robust;
  if (needs_groups && rows.groups.count < 2)
    throw InputError("robust errors and two steps need at least two groups, there is one");
  model.moments = instruments.by_group(model.one.e);
  if (model.perfect_fit) {
    model.no_second = "the fit is perfect: residuals are rounding errors";
    model.two = model.one;
  } else {
    model.second_weights = MomentInverse(model.moments, model.first_weights.kept());
    model.two = make_step(model, model.second_weights, cross);
    if (!cross.full()) {
      model.no_second = std::to_string(rows.groups.count) + " groups are too few for two-step estimates of " +
                        std::to_string(k) + " coefficients";
      if (options.steps == 2) throw InputError(model.no_second);
    }
  }
  find_variance(model);
  return model;
}

}  // namespace pericore::econometrics::dynamic

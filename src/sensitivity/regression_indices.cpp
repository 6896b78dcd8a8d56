#include "sensitivity/regression_indices.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "numerics/order_statistics.h"
#include "sensitivity/complete_rows.h"

namespace pericore::sensitivity {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double constant = 1e-13;   // length of a centred column relative to the column, below which it does not vary
constexpr double collinear = 1e-10;  // share of a column's variance that the others leave
constexpr double explained = 1e-14;  // unexplained share of the variance that is rounding
constexpr double no_coefficient = 1e-12;  // standardised coefficient that is rounding

enum class Failure { none, few_rows, constant_output, collinear_parameters };

/// Centred and scaled to unit length in place; false if the column does not vary.
bool standardise(Eigen::Ref<VectorXd> column) {
  const double size = column.norm();
  column.array() -= column.mean();
  const double length = column.norm();
  if (!(length > constant * size)) return false;
  column /= length;
  return true;
}

VectorXd ranks_of(const VectorXd& column) {
  const std::vector<double> ranks = numerics::average_ranks({column.data(), static_cast<std::size_t>(column.size())});
  return Eigen::Map<const VectorXd>(ranks.data(), column.size());
}

/// -1 to 1: the coefficient against its standard error without the degrees of freedom.
double partial_correlation(double coefficient, double bread, double unexplained) {
  if (unexplained <= explained) {
    if (std::abs(coefficient) < no_coefficient) return 0.0;
    return coefficient < 0.0 ? -1.0 : 1.0;
  }
  return coefficient / std::sqrt(coefficient * coefficient + bread * unexplained);
}

/// Standardised coefficients, partial correlations, R2. Columns of `table`: the parameters, then the output; they are overwritten.
Failure regress(MatrixXd& table, bool ranks, std::span<double> indices) {
  std::fill(indices.begin(), indices.end(), no_number);
  const Index d = table.cols() - 1;
  if (table.rows() <= d + 1) return Failure::few_rows;
  if (ranks) {
    for (Index j = 0; j <= d; ++j) table.col(j) = ranks_of(table.col(j));
  }
  if (!standardise(table.col(d))) return Failure::constant_output;
  std::vector<Index> varying;
  for (Index j = 0; j < d; ++j) {
    if (standardise(table.col(j))) varying.push_back(j);
  }
  const MatrixXd x = table(Eigen::all, varying);
  const MatrixXd correlation = x.transpose() * x;
  const VectorXd with_output = x.transpose() * table.col(d);
  const Eigen::LLT<MatrixXd> factor(correlation);
  if (factor.info() != Eigen::Success) return Failure::collinear_parameters;
  const MatrixXd inverse = factor.solve(MatrixXd::Identity(x.cols(), x.cols()));
  if ((inverse.diagonal().array() * collinear > 1.0).any()) return Failure::collinear_parameters;
  const VectorXd coefficients = factor.solve(with_output);
  const double unexplained = std::max(0.0, 1.0 - coefficients.dot(with_output));
  for (std::size_t k = 0; k < varying.size(); ++k) {
    const auto j = static_cast<std::size_t>(varying[k]);
    const auto column = static_cast<Index>(k);
    indices[j] = coefficients[column];
    indices[static_cast<std::size_t>(d) + j] =
        partial_correlation(coefficients[column], inverse(column, column), unexplained);
  }
  indices[static_cast<std::size_t>(2 * d)] = 1.0 - unexplained;
  return Failure::none;
}

std::string reason_of(Failure failure) {
  switch (failure) {
    case Failure::none:
      return {};
    case Failure::few_rows:
      return "not more runs than parameters and one";
    case Failure::constant_output:
      return "the output does not vary";
    case Failure::collinear_parameters:
      break;
  }
  return "parameters are collinear in these runs";
}

}  // namespace

RegressionIndices regression_indices(const Eigen::Ref<const MatrixXd>& points, std::span<const double> outputs,
                                     const RegressionOptions& options) {
  const CompleteRows complete = complete_rows(points, outputs);
  const Index n = complete.x.rows();
  const Index d = complete.x.cols();
  MatrixXd table(n, d + 1);
  table << complete.x, complete.y;

  std::vector<double> values(static_cast<std::size_t>(2 * d + 1));
  MatrixXd all = table;
  const Failure failure = regress(all, options.ranks, values);
  const auto resampled = [&](std::span<const std::size_t> sample, std::span<double> indices) {
    MatrixXd drawn = table(sample, Eigen::all);
    (void)regress(drawn, options.ranks, indices);
  };
  const std::size_t items = failure == Failure::none ? static_cast<std::size_t>(n) : 0;
  const std::vector<Estimate> estimates = bootstrap(values, items, options.bootstrap, resampled);
  return {.standardised = {estimates.begin(), estimates.begin() + d},
          .partial = {estimates.begin() + d, estimates.begin() + 2 * d},
          .r2 = estimates.back(),
          .used = static_cast<std::size_t>(n),
          .dropped = complete.dropped,
          .reason = reason_of(failure)};
}

}  // namespace pericore::sensitivity

#include "econometrics/instrumental_problem.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/errors.h"
#include "econometrics/absorb.h"

namespace pericore::econometrics {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

/// What is left of a column, relative to what it was, below which it counts as swept out: far above rounding, far below any variation worth the name.
constexpr double swept = 1e-11;

/// Takes the part along an orthonormal basis off each column.
void project_out(const Matrix& basis, Matrix& columns) {
  if (basis.cols() == 0) return;
  for (int pass = 0; pass < 2; ++pass) columns -= basis * (basis.transpose() * columns).eval();
}

/// Removes columns that vanished: what is left of them is rounding.
void clear_swept(const Vector& before, Matrix& columns) {
  for (Index j = 0; j < columns.cols(); ++j) {
    if (columns.col(j).norm() <= swept * before(j)) columns.col(j).setZero();
  }
}

Matrix pick(const Matrix& columns, const std::vector<Index>& which) {
  Matrix picked(columns.rows(), static_cast<Index>(which.size()));
  for (std::size_t j = 0; j < which.size(); ++j) picked.col(static_cast<Index>(j)) = columns.col(which[j]);
  return picked;
}

Matrix joined(const Matrix& left, const Matrix& right) {
  Matrix both(left.rows(), left.cols() + right.cols());
  both << left, right;
  return both;
}

bool is_dummy(const std::string& name) { return name.find("::") != std::string::npos; }

/// Drops what is collinear, from the right, dummies before regressors.
void drop_collinear(const Matrix& before, Matrix& columns, std::vector<std::string>& names,
                    std::vector<std::string>& dropped) {
  std::vector<Index> order(names.size());
  for (std::size_t j = 0; j < order.size(); ++j) order[j] = static_cast<Index>(j);
  std::stable_partition(order.begin(), order.end(),
                        [&](Index j) { return !is_dummy(names[static_cast<std::size_t>(j)]); });
  const std::vector<char> out_in_order = collinear(before, pick(columns, order));
  std::vector<char> out(order.size());
  for (std::size_t j = 0; j < order.size(); ++j) out[static_cast<std::size_t>(order[j])] = out_in_order[j];
  std::vector<Index> kept;
  std::vector<std::string> kept_names;
  for (std::size_t j = 0; j < out.size(); ++j) {
    if (out[j] != 0) {
      dropped.push_back(names[j]);
    } else {
      kept.push_back(static_cast<Index>(j));
      kept_names.push_back(names[j]);
    }
  }
  columns = pick(columns, kept);
  names = std::move(kept_names);
}

/// All columns of a sample side by side, so that they are swept in one go.
struct Workspace {
  Matrix all;
  Index endogenous;
  Index exogenous;
  Index excluded;

  explicit Workspace(const Sample& sample)
      : all(sample.rows(), 1 + sample.endogenous.count() + sample.exogenous.count() + sample.instruments.count()),
        endogenous(sample.endogenous.count()),
        exogenous(sample.exogenous.count()),
        excluded(sample.instruments.count()) {
    all.col(0) = sample.y;
    if (endogenous > 0) all.middleCols(1, endogenous) = sample.endogenous.values;
    if (exogenous > 0) all.middleCols(1 + endogenous, exogenous) = sample.exogenous.values;
    if (excluded > 0) all.rightCols(excluded) = sample.instruments.values;
  }
};

/// Sweeps out all effects and counts the levels of those after the first.
double sweep_effects(const Sample& sample, Matrix& columns) {
  if (sample.absorbed.empty()) return 0.0;
  const Vector before = columns.colwise().norm();
  const Absorber absorber(sample.absorbed);
  absorber.sweep(columns);
  clear_swept(before, columns);
  return static_cast<double>(absorber.dummies());
}

void require_names(const std::vector<std::string>& wanted, const std::vector<std::string>& known, const char* option) {
  for (const std::string& name : wanted) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw InputError(fmt::format("{}: '{}' is none of {}", option, name, fmt::join(known, ", ")));
    }
  }
}

std::vector<std::string> with(std::vector<std::string> names, const std::vector<std::string>& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

/// Takes the exogenous columns named in `partial` out of all others; the constant with them.
double partial_out(const InstrumentalOptions& options, InstrumentalProblem& problem) {
  const auto named = [&](const std::string& column) {
    return std::find(options.partial.begin(), options.partial.end(), column) != options.partial.end();
  };
  if (std::none_of(problem.exogenous_names.begin(), problem.exogenous_names.end(), named)) return 0.0;
  std::vector<Index> out;
  std::vector<Index> kept;
  std::vector<std::string> kept_names;
  for (std::size_t j = 0; j < problem.exogenous_names.size(); ++j) {
    const std::string& name = problem.exogenous_names[j];
    if (named(name) || name == "(Intercept)") {
      out.push_back(static_cast<Index>(j));
    } else {
      kept.push_back(static_cast<Index>(j));
      kept_names.push_back(name);
    }
  }
  const Matrix basis = orthonormal(pick(problem.exogenous, out));
  problem.exogenous = pick(problem.exogenous, kept);
  problem.exogenous_names = std::move(kept_names);
  Matrix y = problem.y;
  project_out(basis, y);
  problem.y = y;
  project_out(basis, problem.endogenous);
  project_out(basis, problem.exogenous);
  project_out(basis, problem.excluded);
  return static_cast<double>(out.size());
}

void require_identified(const InstrumentalProblem& problem, const Sample& sample) {
  const std::string lost =
      problem.dropped.empty() ? std::string() : fmt::format(" (collinear: {})", fmt::join(problem.dropped, ", "));
  if (sample.endogenous.count() == 0) throw InputError("instrumental variables need an endogenous regressor");
  if (problem.k1() == 0) throw InputError(fmt::format("no endogenous regressor is left{}", lost));
  if (problem.l1() < problem.k1()) {
    throw InputError(fmt::format("not identified: {} excluded instrument{} for {} endogenous regressor{}{}",
                                 problem.l1(), problem.l1() == 1 ? "" : "s", problem.k1(), problem.k1() == 1 ? "" : "s",
                                 lost));
  }
}

}  // namespace

Matrix InstrumentalProblem::regressors() const { return joined(endogenous, exogenous); }

std::vector<std::string> InstrumentalProblem::regressor_names() const {
  return with(endogenous_names, exogenous_names);
}

Matrix InstrumentalProblem::moment_covariance(const Eigen::Ref<const Matrix>& columns,
                                              const Eigen::Ref<const Vector>& residuals) const {
  if (iid()) {
    return Matrix::Identity(columns.cols(), columns.cols()) * (residuals.squaredNorm() / (dof.rows - dof.absorbed));
  }
  const Matrix scores = columns.array().colwise() * residuals.array();
  return dof.large_factor() * covariance.sum(scores);
}

double InstrumentalProblem::first_stage_df() const {
  const double absorbed = covariance.has_clusters() ? dof.absorbed_with_clusters : dof.absorbed;
  return dof.rows - static_cast<double>(l()) - absorbed - dof.partialled;
}

Test InstrumentalProblem::wald_f(double wald, double restrictions) const {
  const double left = first_stage_df();
  const double clusters = dof.clusters;
  const double df2 = covariance.has_clusters() ? clusters - 1.0 : left;
  if (!(left > 0.0) || !(df2 > 0.0)) {
    return no_test({restrictions, std::max(0.0, df2)}, "as many instruments as rows: no degrees of freedom are left");
  }
  const double f = covariance.has_clusters()
                       ? wald / (dof.rows - 1.0) * left * (clusters - 1.0) / clusters / restrictions
                       : wald / (dof.rows - dof.absorbed) * left / restrictions;
  return f_test(f, restrictions, df2);
}

InstrumentalProblem prepare_instrumental(const Sample& sample, const InstrumentalOptions& options) {
  require_names(options.partial, sample.exogenous.names, "partial");
  if (options.test_endogeneity) require_names(*options.test_endogeneity, sample.endogenous.names, "test_endogeneity");
  require_names(options.test_orthogonality, with(sample.exogenous.names, sample.instruments.names),
                "test_orthogonality");
  if (sample.rows() < 2) throw InputError(fmt::format("{} complete rows: too few for a regression", sample.rows()));

  Workspace work(sample);
  const double other_levels = sweep_effects(sample, work.all);
  InstrumentalProblem problem{.y = work.all.col(0),
                              .endogenous = work.all.middleCols(1, work.endogenous),
                              .exogenous = work.all.middleCols(1 + work.endogenous, work.exogenous),
                              .excluded = work.all.rightCols(work.excluded),
                              .endogenous_names = sample.endogenous.names,
                              .exogenous_names = sample.exogenous.names,
                              .excluded_names = sample.instruments.names,
                              .dropped = {},
                              .basis = {},
                              .covariance = ScoreCovariance(options.vcov, sample),
                              .dof = {}};
  problem.effects = !sample.absorbed.empty();
  const bool constant = problem.effects || std::find(sample.exogenous.names.begin(), sample.exogenous.names.end(),
                                                     "(Intercept)") != sample.exogenous.names.end();
  problem.total_squares =
      constant ? (sample.y.array() - sample.y.mean()).matrix().squaredNorm() : sample.y.squaredNorm();
  problem.within_squares = problem.effects ? problem.y.squaredNorm() : problem.total_squares;

  drop_collinear(Matrix(sample.rows(), 0), problem.exogenous, problem.exogenous_names, problem.dropped);
  drop_collinear(problem.exogenous, problem.endogenous, problem.endogenous_names, problem.dropped);
  drop_collinear(problem.exogenous, problem.excluded, problem.excluded_names, problem.dropped);
  require_identified(problem, sample);
  const double partialled = partial_out(options, problem);
  problem.basis = orthonormal(joined(problem.exogenous, problem.excluded));

  DegreesOfFreedom& dof = problem.dof;
  dof.rows = static_cast<double>(sample.rows());
  dof.absorbed = options.dofminus + (problem.effects ? sample.absorbed.front().count : 0);
  dof.absorbed_with_clusters = absorbed_with_clusters(sample, options.vcov, options.dof);
  if (options.dof == DofRule::fixest) dof.absorbed_with_clusters -= other_levels;  // they count among the partialled
  dof.columns = static_cast<double>(problem.k());
  dof.partialled = options.sdofminus + other_levels + partialled;
  dof.clusters = problem.covariance.clusters();
  const double left = dof.rows - dof.absorbed - dof.columns - dof.partialled;
  if (!(left > 0.0)) {
    throw InputError(fmt::format("{} rows are too few for {} absorbed entities and {} columns", dof.rows, dof.absorbed,
                                 dof.columns + dof.partialled));
  }
  return problem;
}

Matrix orthonormal(const Matrix& columns) {
  if (columns.cols() == 0) return Matrix(columns.rows(), 0);
  const Eigen::HouseholderQR<Matrix> qr(columns);
  return qr.householderQ() * Matrix::Identity(columns.rows(), columns.cols());
}

std::optional<double> quadratic_form(const Vector& g, const Matrix& matrix) {
  const std::optional<Matrix> inverse = positive_inverse(matrix);
  if (!inverse) return std::nullopt;
  return g.dot(*inverse * g);
}

Test no_test(std::vector<double> df, std::string reason) {
  Test test;
  test.df = std::move(df);
  test.reason = std::move(reason);
  return test;
}

std::string singular_reason(const InstrumentalProblem& problem, Index moments) {
  if (problem.covariance.has_clusters() && problem.dof.clusters < static_cast<double>(moments)) {
    return fmt::format("the covariance of {} moments is singular with {} clusters; partial out exogenous regressors",
                       moments, problem.dof.clusters);
  }
  return fmt::format("the covariance of the {} moments is not positive definite", moments);
}

}  // namespace pericore::econometrics

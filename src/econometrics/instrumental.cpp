#include "econometrics/instrumental.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/errors.h"
#include "econometrics/instrumental_problem.h"
#include "econometrics/instrumental_tests.h"
#include "econometrics/rank_test.h"
#include "econometrics/stock_yogo.h"
#include "econometrics/weak_instruments.h"

namespace pericore::econometrics {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr int most_iterations = 1000;
constexpr double settled = 1e-13;      // step of the coefficients, in their standard errors
constexpr double perfect_fit = 1e-24;  // residual squares over those of y: rounding

struct Fit {
  Vector beta;
  Matrix covariance;  // large-sample
  Vector residuals;
  std::optional<Test> criterion;  // J of the weights that gave the coefficients
  std::optional<Test> liml;
};

/// Residuals that are nothing but rounding are none: sigma2 and what is made of it must not come from noise.
Vector residuals_of(const InstrumentalProblem& problem, const Matrix& x, const Vector& beta) {
  Vector residuals = problem.y - x * beta;
  if (residuals.squaredNorm() <= perfect_fit * problem.y.squaredNorm()) residuals.setZero();
  return residuals;
}

class Estimator {
 public:
  Estimator(const InstrumentalProblem& problem, const InstrumentalOptions& options)
      : problem_(problem),
        options_(options),
        x_(problem.regressors()),
        a_(problem.basis.transpose() * x_),
        b_(problem.basis.transpose() * problem.y),
        first_(two_stage(problem)) {}

  [[nodiscard]] Vector first_residuals() const { return residuals_of(problem_, x_, first_); }

  [[nodiscard]] Fit estimate() const {
    if (options_.method == InstrumentalMethod::liml) return liml(options_.fuller);
    // Just identified, the moments hold exactly whatever their weights.
    if (options_.method == InstrumentalMethod::tsls || problem_.l() == problem_.k()) return tsls();
    if (problem_.iid()) {
      // Weights proportional to Z'Z: two-stage least squares; moving with sigma2 too, the criterion is LIML's.
      if (options_.gmm != GmmWeights::continuously_updated) return tsls();
      Fit fit = liml(0.0);
      fit.covariance = scaled_inverse(a_.transpose() * a_, fit.residuals);
      fit.liml.reset();
      return fit;
    }
    switch (options_.gmm) {
      case GmmWeights::two_step:
        return weighted(first_residuals());
      case GmmWeights::iterated:
        return iterated();
      case GmmWeights::continuously_updated:
        return continuously_updated();
    }
    return {};
  }

 private:
  [[nodiscard]] Matrix scaled_inverse(const Matrix& h, const Vector& residuals) const {
    const std::optional<Matrix> inverse = positive_inverse(h, 0.0);
    if (!inverse) throw NumericalError("the normal equations are singular");
    return *inverse * (residuals.squaredNorm() / (problem_.dof.rows - problem_.dof.absorbed));
  }

  /// P S P' with P = H^-1 A', or sigma2 H^-1.
  [[nodiscard]] Matrix sandwich(const Matrix& h, const Vector& residuals) const {
    if (problem_.iid()) return scaled_inverse(h, residuals);
    const std::optional<Matrix> inverse = positive_inverse(h, 0.0);
    if (!inverse) throw NumericalError("the normal equations are singular");
    const Matrix p = *inverse * a_.transpose();
    const Matrix v = p * problem_.moment_covariance(problem_.basis, residuals) * p.transpose();
    return 0.5 * (v + v.transpose());
  }

  [[nodiscard]] Fit tsls() const {
    Fit fit{.beta = first_, .covariance = {}, .residuals = first_residuals(), .criterion = {}, .liml = {}};
    fit.covariance = sandwich(a_.transpose() * a_, fit.residuals);
    return fit;
  }

  /// Smallest root of det(W1 - lambda W) = 0, W = M_Z and W1 = M_X2 moments of (y, X1) (Davidson and MacKinnon 1993, 18.5).
  [[nodiscard]] double liml_root() const {
    if (problem_.l() == problem_.k()) return 1.0;
    Matrix both(problem_.y.size(), 1 + problem_.k1());
    both << problem_.y, problem_.endogenous;
    const auto included = problem_.included_basis();
    const Matrix w1 = orthonormal(both - included * (included.transpose() * both));
    const Matrix share = problem_.excluded_basis().transpose() * w1;
    const double r = Eigen::JacobiSVD<Matrix>(share).singularValues().minCoeff();
    // Both moments of one orthonormal basis: the root is 1 / (1 - r^2), r the smallest canonical correlation with the instruments.
    const double rest = (1.0 - r) * (1.0 + r);
    if (!(rest > 1e-12)) throw InputError("liml: the instruments explain the dependent variable exactly");
    return 1.0 / rest;
  }

  [[nodiscard]] Fit liml(double fuller) const {
    // Of a perfect fit every k-class makes the same; the root would be one of rounding.
    const bool perfect = first_residuals().isZero(0.0);
    const double root = perfect ? 1.0 : liml_root();
    double kappa = options_.kappa.value_or(root);
    if (fuller != 0.0 && !options_.kappa) {
      const double left =
          problem_.dof.rows - static_cast<double>(problem_.l()) - problem_.dof.absorbed - problem_.dof.partialled;
      if (!(left > 0.0)) throw InputError("fuller: as many instruments as rows");
      kappa -= fuller / left;
    }
    const Matrix h = (1.0 - kappa) * (x_.transpose() * x_) + kappa * (a_.transpose() * a_);
    const Vector right = (1.0 - kappa) * (x_.transpose() * problem_.y) + kappa * (a_.transpose() * b_);
    const Vector scale = h.diagonal().cwiseAbs().cwiseSqrt().cwiseInverse();
    const Eigen::ColPivHouseholderQR<Matrix> qr(Matrix(scale.asDiagonal() * h * scale.asDiagonal()));
    if (!scale.allFinite() || qr.rank() < h.cols()) throw NumericalError("liml: the normal equations are singular");
    Fit fit{.beta = scale.asDiagonal() * qr.solve(Vector(scale.asDiagonal() * right)),
            .covariance = {},
            .residuals = {},
            .criterion = {},
            .liml = {}};
    fit.residuals = residuals_of(problem_, x_, fit.beta);
    fit.covariance = sandwich(h, fit.residuals);
    const auto df = static_cast<double>(problem_.l() - problem_.k());
    const char* reason = nullptr;
    if (!problem_.iid()) reason = "for iid errors only";
    if (df == 0.0) reason = "exactly identified";
    if (perfect) reason = "the fit is perfect";
    if (options_.kappa) reason = "kappa is given";
    if (reason != nullptr) {
      fit.liml = no_test({df}, reason);
    } else {
      fit.liml = chi2_test((problem_.dof.rows - problem_.dof.absorbed) * std::log(root), df);
    }
    fit.liml->more = {{"lambda", root}, {"kappa", kappa}};
    return fit;
  }

  [[noreturn]] void refuse_weights() const {
    throw InputError(fmt::format("iv_gmm: no weights: {}", singular_reason(problem_, problem_.l())));
  }

  [[nodiscard]] Test criterion_test(double j) const {
    return chi2_test(j, static_cast<double>(problem_.l() - problem_.k()));
  }

  [[nodiscard]] Fit weighted(const Vector& residuals) const {
    if (!(residuals.squaredNorm() > 0.0)) return tsls();
    const std::optional<GmmFit> gmm = gmm_fit(a_, b_, problem_.moment_covariance(problem_.basis, residuals));
    if (!gmm) refuse_weights();
    return {.beta = gmm->beta,
            .covariance = gmm->covariance,
            .residuals = residuals_of(problem_, x_, gmm->beta),
            .criterion = criterion_test(gmm->criterion),
            .liml = {}};
  }

  [[nodiscard]] static bool close(const Vector& step, const Matrix& covariance, double tolerance) {
    return (step.array().abs() <= tolerance * covariance.diagonal().array().sqrt()).all();
  }

  [[nodiscard]] Fit iterated() const {
    Fit fit = weighted(first_residuals());
    for (int i = 0; i < most_iterations; ++i) {
      Fit next = weighted(fit.residuals);
      const bool done = close(next.beta - fit.beta, next.covariance, settled);
      fit = std::move(next);
      if (done) return fit;
    }
    throw NumericalError(fmt::format("iv_gmm: weights did not settle in {} iterations", most_iterations));
  }

  /// g' S(beta)^-1 g with what a step needs.
  struct Point {
    Vector beta;
    double value = 0.0;
    Vector gradient;
    Matrix curvature;  // of Gauss and Newton: D' S^-1 D
  };

  /// None where the covariance of the moments is not positive definite.
  [[nodiscard]] std::optional<Point> at(const Vector& beta) const {
    const Vector residuals = problem_.y - x_ * beta;
    const Vector g = problem_.basis.transpose() * residuals;
    const std::optional<Matrix> weights = positive_inverse(problem_.moment_covariance(problem_.basis, residuals));
    if (!weights) return std::nullopt;
    const Vector u = *weights * g;
    // S is quadratic in the residuals: with u fixed, its derivative is the covariance of the scores with the columns x_k times Q u.
    const Vector projected = problem_.basis * u;
    const Index l = a_.rows();
    Matrix wide(residuals.size(), l + a_.cols());
    wide << (problem_.basis.array().colwise() * residuals.array()).matrix(),
        (x_.array().colwise() * projected.array()).matrix();
    const Matrix cross = problem_.dof.large_factor() * problem_.covariance.sum(wide).topRightCorner(l, a_.cols());
    const Matrix d = a_ - cross;
    return Point{.beta = beta,
                 .value = g.dot(u),
                 .gradient = -2.0 * (d.transpose() * u),
                 .curvature = d.transpose() * *weights * d};
  }

  [[nodiscard]] Fit continuously_updated() const {
    const Fit start = weighted(first_residuals());
    if (start.residuals.isZero(0.0)) return start;
    const std::optional<Point> first = at(start.beta);
    if (!first) refuse_weights();
    Point now = *first;
    for (int i = 0; i < most_iterations; ++i) {
      const std::optional<Matrix> inverse = positive_inverse(now.curvature, 0.0);
      if (!inverse) throw NumericalError("iv_gmm: the continuously updated criterion is flat");
      const Vector step = -0.5 * (*inverse * now.gradient);
      if (close(step, *inverse, 1e-11)) {
        Fit fit = weighted(problem_.y - x_ * now.beta);
        fit.beta = now.beta;
        fit.residuals = residuals_of(problem_, x_, now.beta);
        fit.criterion = criterion_test(now.value);
        return fit;
      }
      const double slope = now.gradient.dot(step);
      double length = 1.0;
      std::optional<Point> next = at(now.beta + step);
      // Armijo's rule, with room for rounding.
      while (!next || next->value > now.value + 1e-4 * length * slope + 1e-14 * now.value) {
        length *= 0.5;
        if (length < 1e-12) throw NumericalError("iv_gmm: no step lowers the continuously updated criterion");
        next = at(now.beta + length * step);
      }
      now = *std::move(next);
    }
    throw NumericalError(
        fmt::format("iv_gmm: the continuously updated criterion has no minimum after {} steps", most_iterations));
  }

  const InstrumentalProblem& problem_;
  const InstrumentalOptions& options_;
  Matrix x_;
  Matrix a_;
  Vector b_;
  Vector first_;
};

/// All coefficients but the constant are 0.
Test wald_test(const InstrumentalProblem& problem, const Fit& fit, const Matrix& covariance, bool small) {
  const std::vector<std::string> names = problem.regressor_names();
  std::vector<Index> slopes;
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (names[j] != "(Intercept)") slopes.push_back(static_cast<Index>(j));
  }
  const auto q = static_cast<double>(slopes.size());
  const double df2 = problem.dof.residual();
  const std::optional<double> statistic = quadratic_form(fit.beta(slopes), covariance(slopes, slopes));
  if (!statistic) {
    return no_test(small ? std::vector<double>{q, df2} : std::vector<double>{q},
                   "the covariance of the coefficients is not positive definite");
  }
  return small ? f_test(*statistic / q, q, df2) : chi2_test(*statistic, q);
}

/// Newey and West's bandwidth looks at all moments but that of the constant.
void choose_bandwidth(InstrumentalProblem& problem, const Vector& residuals) {
  if (problem.covariance.spec().bandwidth) return;
  Vector sum = problem.excluded.rowwise().sum();
  for (Index j = 0; j < problem.k2(); ++j) {
    if (problem.exogenous_names[static_cast<std::size_t>(j)] != "(Intercept)") sum += problem.exogenous.col(j);
  }
  problem.covariance.choose_bandwidth(sum.cwiseProduct(residuals));
}

void add_tests(const InstrumentalProblem& problem, const InstrumentalOptions& options, const Fit& fit,
               const Vector& first_residuals, Estimate& estimate) {
  auto& tests = estimate.tests;
  RankTests rank = rank_tests(problem);
  std::vector<std::pair<std::string, double>> critical;
  if (!options.kappa) critical = stock_yogo(options.method, options.gmm, options.fuller, problem.k1(), problem.l1());
  rank.cragg_donald_f.more = critical;
  if (problem.iid()) {
    tests.emplace_back("sargan", sargan(problem, fit.residuals));
    tests.emplace_back("anderson_lm", rank.anderson_lm);
  } else {
    tests.emplace_back("hansen_j", fit.criterion ? *fit.criterion : hansen_j(problem, fit.residuals));
    rank.kp_rk_wald_f.more = critical;
    tests.emplace_back("kp_rk_lm", rank.kp_rk_lm);
    tests.emplace_back("kp_rk_wald_f", rank.kp_rk_wald_f);
  }
  tests.emplace_back("cragg_donald_f", rank.cragg_donald_f);
  if (fit.liml) tests.emplace_back("liml_lr", *fit.liml);
  const std::vector<std::string> tested = options.test_endogeneity.value_or(problem.endogenous_names);
  tests.emplace_back("durbin_wu_hausman", endogeneity_c(problem, tested));
  tests.emplace_back("davidson_mackinnon", davidson_mackinnon(problem, tested));
  if (!options.test_orthogonality.empty()) {
    tests.emplace_back("orthogonality", orthogonality_c(problem, first_residuals, options.test_orthogonality));
  }
  const WeakRobustTests robust = weak_robust_tests(problem);
  tests.emplace_back("anderson_rubin", robust.anderson_rubin);
  tests.emplace_back("anderson_rubin_f", robust.anderson_rubin_f);
  tests.emplace_back("stock_wright", robust.stock_wright);
  tests.emplace_back("wald", wald_test(problem, fit, estimate.covariance, options.small));
  estimate.first_stage = first_stages(problem);
}

void add_warnings(const Sample& sample, const InstrumentalProblem& problem, Estimate& estimate) {
  if (!(estimate.rss > 0.0)) estimate.warnings.emplace_back("the regressors explain the dependent variable exactly");
  if (!(problem.first_stage_df() > 0.0)) {
    estimate.warnings.emplace_back("as many instruments as rows: the estimates are those of least squares");
  }
  const auto& clusters = problem.covariance.spec().clusters;
  if (!sample.absorbed.empty() && !clusters.empty() &&
      std::none_of(clusters.begin(), clusters.end(),
                   [&](const Grouping& cluster) { return nested(sample.absorbed.front(), cluster); })) {
    estimate.warnings.push_back(
        fmt::format("'{}' is not nested in a cluster: degrees of freedom leave its levels uncounted",
                    sample.absorbed.front().name));
  }
}

const char* method_name(InstrumentalMethod method) {
  switch (method) {
    case InstrumentalMethod::tsls:
      return "tsls";
    case InstrumentalMethod::iv_gmm:
      return "iv_gmm";
    case InstrumentalMethod::liml:
      return "liml";
  }
  return "";
}

}  // namespace

Estimate instrumental(const Sample& sample, const InstrumentalOptions& options) {
  InstrumentalProblem problem = prepare_instrumental(sample, options);
  const Estimator estimator(problem, options);
  const Vector first_residuals = estimator.first_residuals();
  choose_bandwidth(problem, first_residuals);
  const Fit fit = estimator.estimate();

  Estimate estimate;
  estimate.method = method_name(options.method);
  estimate.n_obs = sample.rows();
  const Grouping& entity = problem.effects ? sample.absorbed.front() : sample.entity;
  if (entity.count > 0) estimate.n_entities = entity.count;
  estimate.n_singletons = sample.singletons;
  estimate.n_clusters = problem.covariance.cluster_counts();
  estimate.n_instruments = problem.l();
  estimate.dropped = problem.dropped;
  if (options.small) estimate.df_residual = problem.dof.residual();

  estimate.covariance = fit.covariance;
  if (options.small) estimate.covariance *= problem.dof.small_factor();
  const std::string warning = mend_covariance(estimate.covariance);
  if (!warning.empty()) estimate.warnings.push_back(warning);
  const std::vector<std::string> names = problem.regressor_names();
  for (std::size_t j = 0; j < names.size(); ++j) {
    const auto at = static_cast<Index>(j);
    estimate.coefficients.push_back({.name = names[j],
                                     .estimate = fit.beta(at),
                                     .std_error = std::sqrt(std::max(0.0, estimate.covariance(at, at)))});
  }
  finish_coefficients(estimate);

  estimate.residuals = fit.residuals;
  estimate.rss = fit.residuals.squaredNorm();
  const double left =
      problem.dof.rows - problem.dof.absorbed - (options.small ? problem.dof.columns + problem.dof.partialled : 0.0);
  estimate.rmse = std::sqrt(estimate.rss / left);
  if (problem.total_squares > 0.0) estimate.r2 = 1.0 - estimate.rss / problem.total_squares;
  if (problem.effects && problem.within_squares > 0.0) estimate.r2_within = 1.0 - estimate.rss / problem.within_squares;
  add_tests(problem, options, fit, first_residuals, estimate);
  add_warnings(sample, problem, estimate);
  return estimate;
}

}  // namespace pericore::econometrics

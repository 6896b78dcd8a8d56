/// Identities, closed forms and independent roads of instrumental variables, on random data of known truth.
#include "econometrics/instrumental.h"

#include <catch2/catch.hpp>

#include "random_instruments.h"

namespace pericore::econometrics {
namespace {

using testing::random_instruments;
using testing::RandomDesign;
using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

const Test& test_of(const Estimate& estimate, const std::string& name) {
  for (const auto& [key, test] : estimate.tests) {
    if (key == name) return test;
  }
  throw std::runtime_error("no test " + name);
}

const Coefficient& coefficient(const Estimate& estimate, const std::string& name) {
  for (const Coefficient& c : estimate.coefficients) {
    if (c.name == name) return c;
  }
  throw std::runtime_error("no coefficient " + name);
}

/// Coefficients of `names`, and their standard errors, agree.
void same_coefficients(const Estimate& a, const Estimate& b, double relative,
                       const std::vector<std::string>& names = {"x1", "w1", "w2"}) {
  for (const std::string& name : names) {
    INFO(name);
    CHECK(coefficient(a, name).estimate == Approx(coefficient(b, name).estimate).epsilon(relative));
    CHECK(coefficient(a, name).std_error == Approx(coefficient(b, name).std_error).epsilon(relative));
  }
}

void same_tests(const Estimate& a, const Estimate& b, const std::vector<std::string>& names, double relative) {
  for (const std::string& name : names) {
    INFO(name);
    CHECK(test_of(a, name).statistic == Approx(test_of(b, name).statistic).epsilon(relative));
  }
}

InstrumentalOptions options_of(const Sample& sample, VcovKind kind,
                               InstrumentalMethod method = InstrumentalMethod::tsls) {
  InstrumentalOptions options;
  options.method = method;
  options.vcov.kind = kind;
  if (kind == VcovKind::cluster) options.vcov.clusters = {sample.entity};
  if (kind == VcovKind::two_way) options.vcov.clusters = {sample.entity, testing::by_time(sample)};
  if (kind == VcovKind::hac || kind == VcovKind::driscoll_kraay) options.vcov.bandwidth = 3.0;
  if (kind == VcovKind::spatial_hac) {
    options.vcov.kernel = Kernel::bartlett;
    options.vcov.cutoff_km = 400.0;
  }
  return options;
}

const std::vector<VcovKind> all_kinds = {VcovKind::iid,        VcovKind::hetero, VcovKind::cluster,
                                         VcovKind::two_way,    VcovKind::hac,    VcovKind::driscoll_kraay,
                                         VcovKind::spatial_hac};

/// Z = [X2, Z1], X = [X1, X2] as the estimator has them.
Matrix joined(const Matrix& left, const Matrix& right) {
  Matrix both(left.rows(), left.cols() + right.cols());
  both << left, right;
  return both;
}
Matrix regressors(const Sample& s) { return joined(s.endogenous.values, s.exogenous.values); }
Matrix instruments(const Sample& s) { return joined(s.exogenous.values, s.instruments.values); }

/// J of coefficients with weights from `weighted_by`, by the textbook's formula without orthonormal bases.
double criterion(const Sample& s, const ScoreCovariance& covariance, const Vector& beta, const Vector& weighted_by) {
  const Matrix z = instruments(s);
  const Vector e = s.y - regressors(s) * weighted_by;
  const Matrix scores = z.array().colwise() * e.array();
  const Vector g = z.transpose() * (s.y - regressors(s) * beta);
  return g.dot(covariance.sum(scores).ldlt().solve(g));
}

Vector betas(const Estimate& estimate) {
  Vector b(static_cast<Eigen::Index>(estimate.coefficients.size()));
  for (std::size_t j = 0; j < estimate.coefficients.size(); ++j) {
    b(static_cast<Eigen::Index>(j)) = estimate.coefficients[j].estimate;
  }
  return b;
}

}  // namespace

TEST_CASE("A just identified model is the same by all methods and weights", "[instrumental]") {
  const Sample sample = random_instruments({.missing = 0.1, .instruments = 1, .heteroskedastic = 1.0}, 1);
  for (const VcovKind kind : all_kinds) {
    const Estimate tsls = instrumental(sample, options_of(sample, kind));
    for (const GmmWeights weights : {GmmWeights::two_step, GmmWeights::iterated, GmmWeights::continuously_updated}) {
      InstrumentalOptions options = options_of(sample, kind, InstrumentalMethod::iv_gmm);
      options.gmm = weights;
      same_coefficients(instrumental(sample, options), tsls, 1e-8);
    }
    const Estimate liml = instrumental(sample, options_of(sample, kind, InstrumentalMethod::liml));
    same_coefficients(liml, tsls, 1e-9);
    CHECK(test_of(liml, kind == VcovKind::iid ? "sargan" : "hansen_j").reason == "exactly identified");
  }
}

TEST_CASE("Two-stage least squares solves the normal equations of the textbook", "[instrumental]") {
  const Sample sample = random_instruments({.endogenous = 2, .instruments = 5}, 2);
  const Matrix x = regressors(sample);
  const Matrix z = instruments(sample);
  const Matrix fitted = z * (z.transpose() * z).ldlt().solve(z.transpose() * x);
  const Vector beta = (fitted.transpose() * x).ldlt().solve(fitted.transpose() * sample.y);
  const Estimate estimate = instrumental(sample, options_of(sample, VcovKind::iid));
  CHECK((betas(estimate) - beta).norm() < 1e-10 * beta.norm());
  const double sigma2 = (sample.y - x * beta).squaredNorm() / static_cast<double>(sample.rows());
  const Matrix covariance = sigma2 * (fitted.transpose() * fitted).inverse();
  CHECK((estimate.covariance - covariance).norm() < 1e-10 * covariance.norm());
}

TEST_CASE("LIML with kappa 1 is two-stage least squares, with kappa 0 least squares", "[instrumental]") {
  const Sample sample = random_instruments({.endogenous = 2, .instruments = 4}, 3);
  for (const VcovKind kind : {VcovKind::iid, VcovKind::hetero, VcovKind::cluster}) {
    InstrumentalOptions options = options_of(sample, kind, InstrumentalMethod::liml);
    options.kappa = 1.0;
    same_coefficients(instrumental(sample, options), instrumental(sample, options_of(sample, kind)), 1e-9,
                      {"x1", "x2", "w1", "(Intercept)"});
  }
  InstrumentalOptions options = options_of(sample, VcovKind::iid, InstrumentalMethod::liml);
  options.kappa = 0.0;
  const Matrix x = regressors(sample);
  const Vector ols = x.householderQr().solve(sample.y);
  CHECK((betas(instrumental(sample, options)) - ols).norm() < 1e-10 * ols.norm());
}

TEST_CASE("LIML's root is the smallest variance ratio and Fuller moves it by a / (N - L)", "[instrumental]") {
  const Sample sample = random_instruments({.endogenous = 2, .instruments = 5, .strength = 0.2}, 4);
  const Estimate liml = instrumental(sample, options_of(sample, VcovKind::iid, InstrumentalMethod::liml));
  Matrix w(sample.rows(), 3);
  w << sample.y, sample.endogenous.values;
  const auto left_over = [&](const Matrix& z) {
    const Matrix rest = w - z * (z.transpose() * z).ldlt().solve(z.transpose() * w);
    return Matrix(rest.transpose() * rest);
  };
  const Eigen::GeneralizedSelfAdjointEigenSolver<Matrix> eigen(left_over(sample.exogenous.values),
                                                               left_over(instruments(sample)));
  const double lambda = eigen.eigenvalues().minCoeff();
  const Test& lr = test_of(liml, "liml_lr");
  CHECK(lr.more[0].second == Approx(lambda).epsilon(1e-10));
  CHECK(lr.statistic == Approx(static_cast<double>(sample.rows()) * std::log(lambda)).epsilon(1e-8));
  CHECK(lr.df == std::vector<double>{3.0});
  // The eigenvector of the root, normalised on y, holds the endogenous coefficients.
  const Vector v = eigen.eigenvectors().col(0);
  CHECK(coefficient(liml, "x1").estimate == Approx(-v(1) / v(0)).epsilon(1e-8));
  CHECK(coefficient(liml, "x2").estimate == Approx(-v(2) / v(0)).epsilon(1e-8));

  InstrumentalOptions options = options_of(sample, VcovKind::iid, InstrumentalMethod::liml);
  options.fuller = 4.0;
  const Estimate fuller = instrumental(sample, options);
  const double kappa = lambda - 4.0 / (static_cast<double>(sample.rows()) - 8.0);
  CHECK(test_of(fuller, "liml_lr").more[1].second == Approx(kappa).epsilon(1e-12));
  options.kappa = kappa;
  options.fuller = 0.0;
  same_coefficients(fuller, instrumental(sample, options), 1e-9);
}

TEST_CASE("Under iid errors GMM is two-stage least squares and moves with its weights to LIML", "[instrumental]") {
  const Sample sample = random_instruments({.instruments = 4, .strength = 0.2}, 5);
  const Estimate tsls = instrumental(sample, options_of(sample, VcovKind::iid));
  const Estimate liml = instrumental(sample, options_of(sample, VcovKind::iid, InstrumentalMethod::liml));
  InstrumentalOptions options = options_of(sample, VcovKind::iid, InstrumentalMethod::iv_gmm);
  same_coefficients(instrumental(sample, options), tsls, 1e-12);
  options.gmm = GmmWeights::continuously_updated;
  const Estimate cue = instrumental(sample, options);
  CHECK(coefficient(cue, "x1").estimate == Approx(coefficient(liml, "x1").estimate).epsilon(1e-12));
  // LIML minimises e'Pz e / e'e, the criterion of iid continuous updating up to N.
  CHECK(test_of(cue, "sargan").statistic < test_of(tsls, "sargan").statistic);
}

TEST_CASE("GMM weights: the step, the fixed point and the minimum are what they say", "[instrumental]") {
  const Sample sample = random_instruments(
      {.missing = 0.05, .endogenous = 2, .instruments = 5, .strength = 0.3, .heteroskedastic = 1.5}, 6);
  for (const VcovKind kind : {VcovKind::hetero, VcovKind::cluster, VcovKind::hac}) {
    InstrumentalOptions options = options_of(sample, kind, InstrumentalMethod::iv_gmm);
    const ScoreCovariance covariance(options.vcov, sample);
    const Vector first = betas(instrumental(sample, options_of(sample, kind)));
    const Estimate two_step = instrumental(sample, options);
    CHECK(test_of(two_step, "hansen_j").statistic ==
          Approx(criterion(sample, covariance, betas(two_step), first)).epsilon(1e-8));
    // J after plain two-stage least squares is that of the efficient re-estimate.
    same_tests(instrumental(sample, options_of(sample, kind)), two_step, {"hansen_j"}, 1e-10);

    options.gmm = GmmWeights::iterated;
    const Estimate iterated = instrumental(sample, options);
    const Vector fixed = betas(iterated);
    CHECK(test_of(iterated, "hansen_j").statistic == Approx(criterion(sample, covariance, fixed, fixed)).epsilon(1e-8));
    CHECK(std::abs(fixed(0) - betas(two_step)(0)) > 1e-8);

    options.gmm = GmmWeights::continuously_updated;
    const Estimate cue = instrumental(sample, options);
    const Vector least = betas(cue);
    const double value = criterion(sample, covariance, least, least);
    CHECK(test_of(cue, "hansen_j").statistic == Approx(value).epsilon(1e-8));
    CHECK(value < criterion(sample, covariance, fixed, fixed));
    for (Eigen::Index j = 0; j < least.size(); ++j) {
      for (const double side : {-1.0, 1.0}) {
        Vector moved = least;
        moved(j) += side * 0.02 * cue.coefficients[static_cast<std::size_t>(j)].std_error;
        CHECK(criterion(sample, covariance, moved, moved) > value);
      }
    }
  }
}

TEST_CASE("What is partialled out changes no slope, error or test", "[instrumental]") {
  const Sample sample = random_instruments({.missing = 0.1, .instruments = 3, .exogenous = 3}, 7);
  for (const VcovKind kind : {VcovKind::iid, VcovKind::hetero, VcovKind::cluster}) {
    for (const bool small : {false, true}) {
      InstrumentalOptions options = options_of(sample, kind);
      options.small = small;
      const Estimate whole = instrumental(sample, options);
      options.partial = {"w2", "w3"};
      const Estimate partial = instrumental(sample, options);
      same_coefficients(partial, whole, 1e-9, {"x1", "w1"});
      CHECK(partial.coefficients.size() == 2);  // the constant goes along
      same_tests(partial, whole,
                 {"durbin_wu_hausman", "davidson_mackinnon", "cragg_donald_f", "anderson_rubin", "anderson_rubin_f",
                  kind == VcovKind::iid ? "sargan" : "hansen_j", kind == VcovKind::iid ? "anderson_lm" : "kp_rk_lm"},
                 1e-8);
      CHECK(partial.rss == Approx(whole.rss).epsilon(1e-12));
      CHECK(partial.rmse == Approx(whole.rmse).epsilon(1e-12));
      CHECK(partial.n_instruments == 4);
      CHECK(whole.n_instruments == 7);
      if (small) CHECK(*partial.df_residual == *whole.df_residual);
    }
  }
}

TEST_CASE("Absorbed effects are dummies, one way and two ways, with gaps", "[instrumental]") {
  RandomDesign design{.entities = 25, .periods = 7, .missing = 0.25, .effects = 1.0};
  Sample with_dummies = random_instruments(design, 8);
  Sample absorbed = random_instruments(design, 8);
  absorbed.exogenous.values = absorbed.exogenous.values.rightCols(2).eval();
  absorbed.exogenous.names = {"w1", "w2"};
  absorbed.absorbed = {absorbed.entity};
  testing::append(with_dummies.exogenous, testing::dummies(with_dummies.entity));
  for (const int ways : {1, 2}) {
    if (ways == 2) {
      absorbed.absorbed.push_back(testing::by_time(absorbed));
      testing::append(with_dummies.exogenous, testing::dummies(testing::by_time(with_dummies)));
    }
    for (const VcovKind kind : {VcovKind::iid, VcovKind::hetero}) {
      for (const InstrumentalMethod method :
           {InstrumentalMethod::tsls, InstrumentalMethod::iv_gmm, InstrumentalMethod::liml}) {
        InstrumentalOptions options = options_of(absorbed, kind, method);
        options.small = true;
        options.fuller = method == InstrumentalMethod::liml ? 1.0 : 0.0;
        const Estimate a = instrumental(absorbed, options);
        const Estimate b = instrumental(with_dummies, options);
        same_coefficients(a, b, 1e-8);
        if (method != InstrumentalMethod::iv_gmm || kind == VcovKind::iid) {
          // Weights give the dummies' own coefficients another value than sweeping does: slopes agree, residuals need not.
          CHECK(a.r2 == Approx(b.r2).epsilon(1e-10));
          CHECK(a.rss == Approx(b.rss).epsilon(1e-10));
        }
        CHECK(*a.df_residual == *b.df_residual);
        same_tests(a, b, {"cragg_donald_f", "davidson_mackinnon"}, 1e-8);
        if (kind != VcovKind::iid) same_tests(a, b, {"kp_rk_wald_f"}, 1e-8);
        CHECK(a.first_stage[0].f.statistic == Approx(b.first_stage[0].f.statistic).epsilon(1e-8));
        CHECK(a.first_stage[0].shea_r2 == Approx(b.first_stage[0].shea_r2).epsilon(1e-8));
      }
    }
    // With clusters the levels do not count by default, and one of them does as xtreg counts.
    InstrumentalOptions options = options_of(absorbed, VcovKind::cluster);
    const Estimate large = instrumental(absorbed, options);
    same_coefficients(large, instrumental(with_dummies, options), 1e-8);
    options.small = true;
    const double n = static_cast<double>(absorbed.rows());
    const double k = ways == 1 ? 3.0 : 9.0;
    const double m = absorbed.entity.count;
    const double v = std::pow(coefficient(large, "x1").std_error, 2);
    const auto factor = [&] { return std::pow(coefficient(instrumental(absorbed, options), "x1").std_error, 2) / v; };
    CHECK(factor() == Approx((n - 1.0) / (n - k) * m / (m - 1.0)).epsilon(1e-10));
    options.dof = DofRule::xtreg;
    CHECK(factor() == Approx((n - 1.0) / (n - k - 1.0) * m / (m - 1.0)).epsilon(1e-10));
    options.dof = DofRule::fixest;  // entities nested in the clusters count once
    CHECK(factor() == Approx((n - 1.0) / (n - k - 1.0) * m / (m - 1.0)).epsilon(1e-10));
  }
}

TEST_CASE("Covariances meet at their limits", "[instrumental]") {
  const Sample sample = random_instruments({.missing = 0.1, .endogenous = 2, .instruments = 4}, 9);
  const std::vector<std::string> tests = {"hansen_j",     "kp_rk_lm",       "kp_rk_wald_f", "durbin_wu_hausman",
                                          "stock_wright", "anderson_rubin", "wald"};
  const Estimate hetero = instrumental(sample, options_of(sample, VcovKind::hetero));
  InstrumentalOptions options = options_of(sample, VcovKind::hac);
  options.vcov.bandwidth = 1.0;
  same_tests(instrumental(sample, options), hetero, tests, 1e-9);
  options = options_of(sample, VcovKind::spatial_hac);
  options.vcov.cutoff_km = 0.0;
  same_tests(instrumental(sample, options), hetero, tests, 1e-9);
  // Clusters of one row: N - 1 of N - 1 small, nothing large.
  options = options_of(sample, VcovKind::cluster);
  options.vcov.clusters[0].count = static_cast<int>(sample.rows());
  for (std::size_t r = 0; r < options.vcov.clusters[0].codes.size(); ++r) {
    options.vcov.clusters[0].codes[r] = static_cast<int>(r);
  }
  const Estimate own = instrumental(sample, options);
  same_coefficients(own, hetero, 1e-9);
  same_tests(own, hetero, {"hansen_j", "kp_rk_lm", "durbin_wu_hausman", "stock_wright", "anderson_rubin", "wald"},
             1e-9);
  // The same variable twice: one way.
  options = options_of(sample, VcovKind::two_way);
  options.vcov.clusters[1] = options.vcov.clusters[0];
  same_tests(instrumental(sample, options), instrumental(sample, options_of(sample, VcovKind::cluster)), tests, 1e-9);
}

TEST_CASE("Scales of the variables do not matter", "[instrumental]") {
  const Sample sample = random_instruments({.endogenous = 2, .instruments = 4}, 10);
  Sample scaled = sample;
  scaled.instruments.values.col(1) *= 1e9;
  scaled.endogenous.values.col(0) *= 1e-7;
  scaled.exogenous.values.col(1) *= 1e6;
  scaled.y *= 1e3;
  const std::vector<std::string> tests = {"hansen_j",       "kp_rk_lm",          "kp_rk_wald_f",
                                          "cragg_donald_f", "durbin_wu_hausman", "davidson_mackinnon",
                                          "anderson_rubin", "stock_wright",      "wald"};
  for (const InstrumentalMethod method :
       {InstrumentalMethod::tsls, InstrumentalMethod::iv_gmm, InstrumentalMethod::liml}) {
    const Estimate a = instrumental(sample, options_of(sample, VcovKind::cluster, method));
    const Estimate b = instrumental(scaled, options_of(scaled, VcovKind::cluster, method));
    same_tests(a, b, tests, 1e-7);
    CHECK(coefficient(b, "x1").estimate == Approx(1e10 * coefficient(a, "x1").estimate).epsilon(1e-8));
  }
}

TEST_CASE("The C statistic under iid errors is the Durbin-Wu-Hausman contrast", "[instrumental]") {
  const Sample sample = random_instruments({.instruments = 3}, 11);
  const Estimate iv = instrumental(sample, options_of(sample, VcovKind::iid));
  const Matrix x = regressors(sample);
  const Matrix inverse = (x.transpose() * x).inverse();
  const Vector ols = inverse * x.transpose() * sample.y;
  const double n = static_cast<double>(sample.rows());
  const double sigma2 = (sample.y - x * ols).squaredNorm() / n;
  const double iv_variance = iv.covariance(0, 0) / (iv.rss / n) * sigma2;
  const double contrast = coefficient(iv, "x1").estimate - ols(0);
  CHECK(test_of(iv, "durbin_wu_hausman").statistic ==
        Approx(contrast * contrast / (iv_variance - sigma2 * inverse(0, 0))).epsilon(1e-8));
}

TEST_CASE("Orthogonality: two C statistics of one instrument each are those of models without it", "[instrumental]") {
  const Sample sample = random_instruments({.instruments = 4}, 12);
  InstrumentalOptions options = options_of(sample, VcovKind::iid);
  options.test_orthogonality = {"z4"};
  const Estimate full = instrumental(sample, options);
  Sample without = sample;
  without.instruments.values = sample.instruments.values.leftCols(3).eval();
  without.instruments.names.pop_back();
  const Estimate less = instrumental(without, options_of(without, VcovKind::iid));
  // Both with sigma2 of the full model.
  const double full_j = test_of(full, "sargan").statistic;
  const double less_j = test_of(less, "sargan").statistic * less.rss / full.rss;
  CHECK(test_of(full, "orthogonality").statistic == Approx(full_j - less_j).epsilon(1e-8));
  options.test_orthogonality = {"z1", "z2", "z3", "z4"};
  CHECK(test_of(instrumental(sample, options), "orthogonality").reason ==
        "not identified without the tested instruments");
}

}  // namespace pericore::econometrics

/// Rank and weak-instrument statistics against their definitions, computed without orthonormal bases.
#include "econometrics/rank_test.h"

#include <catch2/catch.hpp>
#include <unsupported/Eigen/KroneckerProduct>
#include <unsupported/Eigen/MatrixFunctions>

#include "econometrics/instrumental.h"
#include "econometrics/stock_yogo.h"
#include "random_instruments.h"

namespace pericore::econometrics {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

Matrix residuals_on(const Matrix& z, const Matrix& x) {
  return x - z * (z.transpose() * z).ldlt().solve(z.transpose() * x);
}

Matrix instruments(const Sample& s) {
  Matrix z(s.rows(), s.exogenous.count() + s.instruments.count());
  z << s.exogenous.values, s.instruments.values;
  return z;
}

const Test& test_of(const Estimate& estimate, const std::string& name) {
  for (const auto& [key, test] : estimate.tests) {
    if (key == name) return test;
  }
  throw std::runtime_error("no test " + name);
}

VcovSpec vcov_of(const Sample& sample, VcovKind kind) {
  VcovSpec vcov;
  vcov.kind = kind;
  if (kind == VcovKind::cluster) vcov.clusters = {sample.entity};
  if (kind == VcovKind::hac) vcov.bandwidth = 3.0;
  return vcov;
}

/// Kleibergen and Paap (2006), equations (5) to (12), letter by letter: Theta = G Pi F', blocks of its singular value decomposition, covariance of
/// vec(Pi) by Kronecker products of scores. `wald`: residuals of the first stage, else the endogenous regressors themselves.
double kleibergen_paap(const Sample& s, const ScoreCovariance& covariance, bool wald) {
  const double n = static_cast<double>(s.rows());
  const Matrix x = residuals_on(s.exogenous.values, s.endogenous.values);
  const Matrix z = residuals_on(s.exogenous.values, s.instruments.values);
  const Eigen::Index k = x.cols();
  const Eigen::Index l = z.cols();
  const Eigen::Index q = k - 1;
  const Matrix zz = z.transpose() * z / n;
  const Matrix xx = x.transpose() * x / n;
  const Matrix pi = zz.ldlt().solve(z.transpose() * x / n);  // l x k
  const Matrix g = Matrix(zz.llt().matrixU());               // zz = g'g
  const Matrix f = Matrix(xx.llt().matrixU()).inverse();     // f' xx f = I
  const Matrix theta = g * pi * f;
  const Eigen::JacobiSVD<Matrix> svd(theta, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Matrix u12 = svd.matrixU().topRightCorner(q, l - q);
  const Matrix u22 = svd.matrixU().bottomRightCorner(l - q, l - q);
  const Matrix v12 = svd.matrixV().topRightCorner(q, k - q);
  const Matrix v22 = svd.matrixV().bottomRightCorner(k - q, k - q);
  Matrix u2(l, l - q);
  u2 << u12, u22;
  Matrix v2(k, k - q);
  v2 << v12, v22;
  const Matrix a = u2 * u22.inverse() * Matrix(u22 * u22.transpose()).sqrt();                          // l x (l - q)
  const Matrix b = Matrix(v22 * v22.transpose()).sqrt() * v22.transpose().inverse() * v2.transpose();  // (k - q) x k
  const Matrix lambda = a.transpose() * theta * b.transpose();
  const Matrix errors = wald ? residuals_on(instruments(s), s.endogenous.values) : x;
  Matrix scores(s.rows(), l * k);
  for (Eigen::Index r = 0; r < s.rows(); ++r) {
    scores.row(r) = Eigen::kroneckerProduct(errors.row(r), z.row(r));
  }
  const Matrix bread = Eigen::kroneckerProduct(Matrix::Identity(k, k), Matrix(zz.inverse()));
  const Matrix pi_covariance = bread * (covariance.sum(scores) / n) * bread.transpose();
  const Matrix to_theta = Eigen::kroneckerProduct(Matrix(f.transpose()), g);
  const Matrix theta_covariance = to_theta * pi_covariance * to_theta.transpose();
  const Matrix to_lambda = Eigen::kroneckerProduct(b, Matrix(a.transpose()));
  const Matrix omega = to_lambda * theta_covariance * to_lambda.transpose();
  const Vector v = lambda.reshaped();
  return n * v.dot(omega.ldlt().solve(v));
}

}  // namespace

TEST_CASE("Kleibergen-Paap statistics follow their definition for one to three endogenous regressors", "[rank]") {
  for (const int k1 : {1, 2, 3}) {
    for (const int extra : {0, 2}) {
      const Sample sample = testing::random_instruments(
          {.missing = 0.1, .endogenous = k1, .instruments = k1 + extra, .heteroskedastic = 1.0}, 20);
      for (const VcovKind kind : {VcovKind::hetero, VcovKind::cluster, VcovKind::hac}) {
        InstrumentalOptions options;
        options.vcov = vcov_of(sample, kind);
        const Estimate estimate = instrumental(sample, options);
        const ScoreCovariance covariance(options.vcov, sample);
        const Test& lm = test_of(estimate, "kp_rk_lm");
        CHECK(lm.statistic == Approx(kleibergen_paap(sample, covariance, false)).epsilon(1e-7));
        CHECK(lm.df == std::vector<double>{extra + 1.0});
        const double n = static_cast<double>(sample.rows());
        const double left = n - static_cast<double>(*estimate.n_instruments);
        const double m = covariance.clusters();
        const double chi2 = kleibergen_paap(sample, covariance, true);
        const double f =
            m > 0.0 ? chi2 / (n - 1.0) * left * (m - 1.0) / m / (k1 + extra) : chi2 / n * left / (k1 + extra);
        CHECK(test_of(estimate, "kp_rk_wald_f").statistic == Approx(f).epsilon(1e-7));
      }
    }
  }
}

TEST_CASE("With one endogenous regressor the rank test is the first stage's own F", "[rank]") {
  const Sample sample = testing::random_instruments({.missing = 0.2, .heteroskedastic = 1.0}, 21);
  for (const VcovKind kind : {VcovKind::iid, VcovKind::hetero, VcovKind::cluster, VcovKind::hac}) {
    InstrumentalOptions options;
    options.vcov = vcov_of(sample, kind);
    const Estimate estimate = instrumental(sample, options);
    const FirstStage& stage = estimate.first_stage[0];
    const char* name = kind == VcovKind::iid ? "cragg_donald_f" : "kp_rk_wald_f";
    CHECK(test_of(estimate, name).statistic == Approx(stage.f.statistic).epsilon(1e-9));
    CHECK(stage.sanderson_windmeijer_f.statistic == stage.f.statistic);
    CHECK(stage.partial_r2 == Approx(stage.shea_r2).epsilon(1e-9));
  }
}

TEST_CASE("Anderson, Cragg-Donald and first-stage R2 are canonical correlations", "[rank]") {
  const Sample sample = testing::random_instruments({.endogenous = 2, .instruments = 5, .strength = 0.2}, 22);
  const Estimate estimate = instrumental(sample, {});
  const Matrix x = residuals_on(sample.exogenous.values, sample.endogenous.values);
  const Matrix z = residuals_on(sample.exogenous.values, sample.instruments.values);
  const Matrix fitted = x - residuals_on(z, x);
  const Eigen::GeneralizedSelfAdjointEigenSolver<Matrix> eigen(Matrix(fitted.transpose() * fitted),
                                                               Matrix(x.transpose() * x));
  const double r2 = eigen.eigenvalues().minCoeff();
  const double n = static_cast<double>(sample.rows());
  CHECK(test_of(estimate, "anderson_lm").statistic == Approx(n * r2).epsilon(1e-9));
  CHECK(test_of(estimate, "cragg_donald_f").statistic == Approx(r2 / (1.0 - r2) * (n - 8.0) / 5.0).epsilon(1e-9));
  // Shea: variance of least squares over that of two-stage least squares, sigma2 aside.
  const Matrix ols = Matrix(x.transpose() * x).inverse();
  const Matrix iv = Matrix(fitted.transpose() * fitted).inverse();
  for (Eigen::Index j = 0; j < 2; ++j) {
    const FirstStage& stage = estimate.first_stage[static_cast<std::size_t>(j)];
    CHECK(stage.shea_r2 == Approx(ols(j, j) / iv(j, j)).epsilon(1e-9));
    CHECK(stage.partial_r2 == Approx(fitted.col(j).squaredNorm() / x.col(j).squaredNorm()).epsilon(1e-9));
  }
}

TEST_CASE("Critical values of Stock and Yogo (2005)", "[rank]") {
  const auto value = [](InstrumentalMethod method, double fuller, Eigen::Index k1, Eigen::Index l1, const char* name) {
    for (const auto& [key, v] : stock_yogo(method, GmmWeights::two_step, fuller, k1, l1)) {
      if (key == name) return v;
    }
    return 0.0;
  };
  using enum InstrumentalMethod;
  // Tables 5.1 to 5.4: first and last rows and some between.
  CHECK(value(tsls, 0, 1, 3, "bias_5") == 13.91);
  CHECK(value(tsls, 0, 3, 5, "bias_10") == 6.61);
  CHECK(value(tsls, 0, 2, 30, "bias_20") == 5.99);
  CHECK(value(tsls, 0, 1, 1, "size_10") == 16.38);
  CHECK(value(tsls, 0, 1, 2, "size_10") == 19.93);
  CHECK(value(tsls, 0, 2, 2, "size_10") == 7.03);
  CHECK(value(tsls, 0, 1, 30, "size_25") == 23.65);
  CHECK(value(liml, 0, 1, 2, "size_10") == 8.68);
  CHECK(value(liml, 0, 2, 30, "size_25") == 1.75);
  CHECK(value(liml, 1, 1, 1, "bias_5") == 24.09);
  CHECK(value(liml, 1, 2, 2, "bias_max_30") == 8.01);
  // The longer tables end at 100 instruments.
  CHECK(value(tsls, 0, 3, 100, "bias_5") == 20.86);
  CHECK(value(tsls, 0, 1, 100, "size_10") == 253.28);
  CHECK(value(liml, 0, 2, 100, "size_25") == 2.11);
  CHECK(value(liml, 1, 2, 100, "bias_max_30") == 1.37);
  // Not tabulated: bias with too few instruments for a mean, three regressors' size, more than 100 instruments.
  CHECK(value(tsls, 0, 1, 2, "bias_5") == 0.0);
  CHECK(value(tsls, 0, 3, 9, "size_10") == 0.0);
  CHECK(stock_yogo(tsls, GmmWeights::two_step, 0.0, 1, 101).empty());
  CHECK(stock_yogo(tsls, GmmWeights::two_step, 0.0, 4, 9).empty());
  // One instrument for one regressor: all estimators coincide.
  for (const char* size : {"size_10", "size_15", "size_20", "size_25"}) {
    CHECK(value(tsls, 0, 1, 1, size) == value(liml, 0, 1, 1, size));
    CHECK(value(tsls, 0, 2, 2, size) == value(liml, 0, 2, 2, size));
  }
  // A stricter demand has the larger value; with more instruments two-stage least squares keeps its size ever harder.
  for (Eigen::Index l1 = 3; l1 <= 100; ++l1) {
    CHECK(value(tsls, 0, 1, l1, "bias_5") > value(tsls, 0, 1, l1, "bias_10"));
    CHECK(value(tsls, 0, 1, l1, "bias_20") > value(tsls, 0, 1, l1, "bias_30"));
    CHECK(value(tsls, 0, 1, l1, "size_10") > value(tsls, 0, 1, l1 - 1, "size_10"));
    CHECK(value(tsls, 0, 2, l1, "size_25") > value(tsls, 0, 2, l1 - 1, "size_25"));
    CHECK(value(liml, 1, 1, l1, "bias_5") <= value(liml, 1, 1, l1 - 1, "bias_5"));
    // For many instruments the size table is all but a straight line: a slip of a digit would stand out.
    if (l1 > 31) {
      for (const char* size : {"size_10", "size_15", "size_20", "size_25"}) {
        for (const Eigen::Index k1 : {1, 2}) {
          const double bend =
              value(tsls, 0, k1, l1, size) - 2.0 * value(tsls, 0, k1, l1 - 1, size) + value(tsls, 0, k1, l1 - 2, size);
          CHECK(std::abs(bend) < 0.025);
        }
      }
    }
  }
}

}  // namespace pericore::econometrics

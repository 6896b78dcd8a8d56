#include "econometrics/spatial_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/errors.h"
#include "econometrics/spatial_likelihood.h"
#include "econometrics/spatial_panel_rows.h"

namespace pericore::econometrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using geography::WeightMatrix;

/// Maximum likelihood at the spatial coefficient: regression coefficients and residuals.
struct Fit {
  double rho = 0.0;
  VectorXd beta;
  VectorXd residuals;
  double log_likelihood = 0.0;
};

/// y and X as the model filters them, effects swept out: y - rho W y and X (lag), or both filtered (error).
struct Filtered {
  VectorXd y;
  MatrixXd x;
};

class Likelihood {
 public:
  Likelihood(const WeightMatrix& w, const SpatialRows& panel, bool error_model)
      : w_(w), panel_(panel), wy_(spatial_lag(w, panel.y)), error_model_(error_model) {
    if (error_model_) {
      wx_ = spatial_lag(w, panel.x);
    } else {
      x_ = swept(panel, panel.x);
    }
  }

  /// The lag of y is swept too: where columns of W do not sum to one, the lag of a swept y still holds effects of periods.
  [[nodiscard]] Filtered filtered(double rho) const {
    const VectorXd y = panel_.y - rho * wy_;
    if (!error_model_) return {swept(panel_, y), x_};
    const VectorXd period_effect = VectorXd::Ones(panel_.units) - rho * (w_ * VectorXd::Ones(panel_.units));
    return {swept(panel_, y, period_effect), swept(panel_, panel_.x - rho * wx_, period_effect)};
  }

  [[nodiscard]] Fit at(double rho) const {
    const auto [y, x] = filtered(rho);
    Fit fit;
    fit.rho = rho;
    fit.beta = x.colPivHouseholderQr().solve(y);
    fit.residuals = y - x * fit.beta;
    const auto n = static_cast<double>(y.size());
    const double variance = fit.residuals.squaredNorm() / n;
    fit.log_likelihood = -0.5 * n * (std::log(2.0 * std::numbers::pi * variance) + 1.0) +
                         static_cast<double>(panel_.periods) * log_determinant(w_, rho);
    return fit;
  }

  /// Inverse of the expected information of (b, rho, sigma2); Elhorst (2010), eq. C.2.19 and C.2.27. It is made for R b/sigma, rho and ln sigma2 with
  /// X = QR, where neither units nor regressors that are close to each other play a part. The mean of y keeps its effects until W A has been applied.
  [[nodiscard]] MatrixXd covariance(const VectorXd& beta, double rho, double sigma2, const SpatialMultiplier& m,
                                    double periods) const {
    const auto [y, x] = filtered(rho);
    const Index k = x.cols();
    const double sigma = std::sqrt(sigma2);
    const Eigen::HouseholderQR<MatrixXd> qr(x);
    MatrixXd info = MatrixXd::Identity(k + 2, k + 2);
    info(k, k) = periods * (m.trace_square + m.trace_cross);
    if (!error_model_) {
      const VectorXd mean = panel_.y - rho * wy_ - (y - x * beta);
      VectorXd spread(mean.size());
      for (Index start = 0; start < mean.size(); start += w_.rows())
        spread.segment(start, w_.rows()).noalias() = m.wa * mean.segment(start, w_.rows());
      spread = swept(panel_, spread);
      const VectorXd along = qr.householderQ().adjoint() * spread;
      info.block(0, k, k, 1) = along.head(k) / sigma;
      info.block(k, 0, 1, k) = info.block(0, k, k, 1).transpose();
      info(k, k) += spread.squaredNorm() / sigma2;
    }
    info(k, k + 1) = info(k + 1, k) = periods * m.trace;
    info(k + 1, k + 1) = periods * static_cast<double>(w_.rows()) / 2.0;
    MatrixXd back = MatrixXd::Identity(k + 2, k + 2);
    const auto r = qr.matrixQR().topRows(k).triangularView<Eigen::Upper>();
    back.topLeftCorner(k, k) = sigma * r.solve(MatrixXd::Identity(k, k));
    back(k + 1, k + 1) = sigma2;
    return back * info.inverse() * back.transpose();
  }

 private:
  const WeightMatrix& w_;
  const SpatialRows& panel_;
  VectorXd wy_;
  MatrixXd x_;
  MatrixXd wx_;
  bool error_model_;
};

Test lm(double statistic, double df) { return chi2_test(statistic, df); }

/// Anselin (1988), Anselin, Bera, Florax and Yoon (1996), for panels Elhorst (2010), eq. C.2.5 to C.2.8.
void add_multiplier_tests(const WeightMatrix& w, const SpatialRows& panel, const Filtered& plain, Estimate& estimate) {
  const auto& [y, x] = plain;
  const VectorXd e = y - x * x.colPivHouseholderQr().solve(y);
  const double sigma2 = e.squaredNorm() / static_cast<double>(y.size());
  const MatrixXd dense = w;
  const double trace =
      static_cast<double>(panel.periods) * (dense.cwiseProduct(dense.transpose()).sum() + dense.squaredNorm());
  const VectorXd fitted = swept(panel, spatial_lag(w, panel.y - e));
  const double j = (fitted - x * x.colPivHouseholderQr().solve(fitted)).squaredNorm() / sigma2 + trace;
  const double lag = e.dot(VectorXd(spatial_lag(w, panel.y))) / sigma2;
  const double error = e.dot(VectorXd(spatial_lag(w, e))) / sigma2;
  estimate.tests.emplace_back("lm_lag", lm(lag * lag / j, 1));
  estimate.tests.emplace_back("lm_error", lm(error * error / trace, 1));
  const double rest = j - trace;
  if (rest > 1e-12 * j) {
    estimate.tests.emplace_back("robust_lm_lag", lm((lag - error) * (lag - error) / rest, 1));
    const double robust = error - trace / j * lag;
    estimate.tests.emplace_back("robust_lm_error", lm(robust * robust / (trace * (1.0 - trace / j)), 1));
  }
}

/// Average direct, indirect and total effects (LeSage and Pace 2009, ch. 2.7), errors by the delta method.
void add_effects(const SpatialRows& panel, const Sample& sample, const SpatialMultiplier& m, Estimate& estimate) {
  const auto k = static_cast<Index>(panel.names.size());
  for (Index c = 0; c < panel.first_lag; ++c) {
    if (panel.names[c] == "(Intercept)") continue;
    Index lag = -1;
    for (std::size_t l = 0; l < panel.lagged.size(); ++l) {
      if (sample.exogenous.names[panel.lagged[l]] == panel.names[c]) lag = panel.first_lag + static_cast<Index>(l);
    }
    const double own = estimate.coefficients[c].estimate;
    const double neighbours = lag < 0 ? 0.0 : estimate.coefficients[lag].estimate;
    const auto effect = [&](const double* level, const double* slope, VectorXd& gradient) {
      gradient = VectorXd::Zero(k + 1);
      gradient(c) = level[0];
      if (lag >= 0) gradient(lag) = level[1];
      gradient(k) = own * slope[0] + neighbours * slope[1];
      return own * level[0] + neighbours * level[1];
    };
    VectorXd of_direct;
    VectorXd of_total;
    SpatialEffect result;
    result.name = panel.names[c];
    const double direct = effect(m.direct, m.direct_slope, of_direct);
    const double total = effect(m.total, m.total_slope, of_total);
    const auto fill = [&](Coefficient& coefficient, double value, const VectorXd& gradient) {
      coefficient.name = panel.names[c];
      coefficient.estimate = value;
      coefficient.std_error = std::sqrt(std::max(0.0, gradient.dot(estimate.covariance * gradient)));
      coefficient.statistic = coefficient.std_error > 0.0 ? value / coefficient.std_error : missing;
      coefficient.p_value = normal_p(coefficient.statistic);
    };
    fill(result.direct, direct, of_direct);
    fill(result.indirect, total - direct, of_total - of_direct);
    fill(result.total, total, of_total);
    estimate.effects.push_back(std::move(result));
  }
}

}  // namespace

Estimate spatial_panel(const Sample& sample, const WeightMatrix& weights, const SpatialOptions& options) {
  SpatialRows panel = arrange(sample, weights, options);
  const bool error_model = options.model == SpatialModel::error;
  const auto units = static_cast<double>(panel.units);
  const auto periods = static_cast<double>(panel.periods);
  const double radius = spectral_radius(weights);
  if (!(radius > 1e-8)) throw InputError("spatial model: the weights link no units in a circle, so rho has no bounds");

  const VectorXd y = swept(panel, panel.y);
  MatrixXd x = swept(panel, panel.x);
  drop_collinear(panel, x);
  const auto k = static_cast<Index>(panel.names.size());
  if (k == 0) throw InputError("spatial model: no regressor is left");
  if (x.rows() <= k + 2) throw InputError("spatial model: too few observations");

  const Likelihood likelihood(weights, panel, error_model);
  const Fit plain = likelihood.at(0.0);
  if (plain.residuals.squaredNorm() <= 1e-24 * y.squaredNorm())
    throw InputError("spatial model: the regressors fit perfectly, so nothing is left to relate to neighbours");
  const double bound = 1.0 / radius;
  const double rho = maximise([&](double at) { return likelihood.at(at).log_likelihood; }, -bound, bound);
  const Fit fit = likelihood.at(rho);
  const double observations = units * periods;

  VectorXd parameters(k + 2);
  parameters << fit.beta, rho, fit.residuals.squaredNorm() / observations;
  double effective_periods = periods;
  Estimate estimate;
  if (options.lee_yu && panel.entity_effects && panel.time_effects) {
    // Elhorst (2010), eq. C.2.9 to C.2.11, from Lee and Yu (2010), section 3.2; supposes rows that sum to one.
    const SpatialMultiplier m = spatial_multiplier(weights, rho);
    VectorXd bias = VectorXd::Zero(k + 2);
    bias(k) = 1.0 / (1.0 - rho);
    bias(k + 1) = 1.0 / (2.0 * parameters(k + 1));
    parameters += likelihood.covariance(fit.beta, rho, parameters(k + 1), m, periods) * bias * (observations / units);
    const VectorXd row_sums = weights * VectorXd::Ones(weights.cols());
    if ((row_sums.array() - 1.0).abs().maxCoeff() > 1e-9)
      estimate.warnings.emplace_back("bias_correction: lee_yu with two effects supposes weights whose rows sum to one");
  }
  if (options.lee_yu && panel.entity_effects) {
    parameters(k + 1) *= periods / (periods - 1.0);
    effective_periods = periods - 1.0;
  } else if (options.lee_yu && panel.time_effects) {
    parameters(k + 1) *= units / (units - 1.0);
  }
  const VectorXd beta = parameters.head(k);
  const double corrected = parameters(k);
  const double sigma2 = parameters(k + 1);
  const SpatialMultiplier m = spatial_multiplier(weights, corrected);
  const MatrixXd covariance = likelihood.covariance(beta, corrected, sigma2, m, effective_periods);

  estimate.method = error_model                          ? "spatial_error"
                    : options.model == SpatialModel::lag ? "spatial_lag"
                                                         : "spatial_durbin";
  estimate.n_obs = sample.rows();
  estimate.n_entities = panel.units;
  estimate.n_singletons = sample.singletons;
  estimate.dropped = panel.dropped;
  for (Index c = 0; c < k; ++c)
    estimate.coefficients.push_back({panel.names[c], beta(c), std::sqrt(covariance(c, c)), missing, missing});
  estimate.coefficients.push_back(
      {error_model ? "lambda" : "rho", corrected, std::sqrt(covariance(k, k)), missing, missing});
  estimate.covariance = covariance.topLeftCorner(k + 1, k + 1);
  finish_coefficients(estimate);
  estimate.variance_components = VarianceComponents{.idiosyncratic = sigma2, .entity = missing, .theta = {}};

  const Filtered last = likelihood.filtered(corrected);
  const VectorXd residuals = last.y - last.x * beta;
  estimate.residuals.resize(sample.rows());
  for (Index i = 0; i < residuals.size(); ++i) estimate.residuals(panel.source[i]) = residuals(i);
  estimate.rss = residuals.squaredNorm();
  estimate.rmse = std::sqrt(sigma2);
  const double total = (panel.y.array() - panel.y.mean()).square().sum();
  if (total > 0.0) estimate.r2 = 1.0 - estimate.rss / total;
  if (panel.entity_effects || panel.time_effects) estimate.r2_within = 1.0 - estimate.rss / y.squaredNorm();
  if (!error_model) add_effects(panel, sample, m, estimate);

  add_multiplier_tests(weights, panel, {y, x}, estimate);
  Test ratio = chi2_test(std::max(0.0, 2.0 * (fit.log_likelihood - plain.log_likelihood)), 1);
  ratio.more = {{"log_likelihood", fit.log_likelihood}, {"log_likelihood_without", plain.log_likelihood}};
  estimate.tests.emplace_back("lr_spatial", ratio);
  return estimate;
}

}  // namespace pericore::econometrics

#include "econometrics/spatial_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "base/errors.h"
#include "econometrics/spatial_likelihood.h"

namespace pericore::econometrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using geography::WeightMatrix;

/// The sample by period: row t * units + i is unit i in the t-th period.
struct Panel {
  Index units = 0;
  Index periods = 1;
  VectorXd y;
  MatrixXd x;  ///< with spatial lags behind
  std::vector<std::string> names;
  std::vector<Index> source;  ///< of each row: the row of the sample
  bool entity_effects = false;
  bool time_effects = false;
  Index first_lag = 0;        ///< column of x
  std::vector<Index> lagged;  ///< exogenous column of each spatial lag
  std::vector<std::string> dropped;
};

bool same_partition(const std::vector<int>& a, const std::vector<int>& b) {
  std::map<int, int> there;
  std::map<int, int> back;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (there.emplace(a[i], b[i]).first->second != b[i] || back.emplace(b[i], a[i]).first->second != a[i]) return false;
  }
  return true;
}

/// W times each period's block.
MatrixXd spatial_lag(const WeightMatrix& w, const MatrixXd& values) {
  MatrixXd result(values.rows(), values.cols());
  const Index n = w.rows();
  for (Index start = 0; start < values.rows(); start += n)
    result.middleRows(start, n).noalias() = w * values.middleRows(start, n);
  return result;
}

/// Entity means, period means or both taken out, of a balanced panel.
void demean(const Panel& panel, MatrixXd& values) {
  const Index n = panel.units;
  for (Index k = 0; k < values.cols(); ++k) {
    Eigen::Map<MatrixXd> block(values.col(k).data(), n, panel.periods);
    if (panel.entity_effects) block.colwise() -= VectorXd(block.rowwise().mean());
    if (panel.time_effects) block.rowwise() -= Eigen::RowVectorXd(block.colwise().mean());
  }
}

Panel arrange(const Sample& sample, const WeightMatrix& w, const SpatialOptions& options) {
  if (sample.endogenous.count() > 0) throw InputError("spatial models take no endogenous regressors");
  if (w.rows() != w.cols()) throw DomainError("spatial model: weights are not square");
  Panel panel;
  panel.units = w.rows();
  const Index rows = sample.rows();
  std::vector<int> entity = sample.entity.codes;
  if (sample.entity.count == 0) {
    for (Index i = 0; i < rows; ++i) entity.push_back(static_cast<int>(i));
  }
  std::vector<long> times(sample.time.begin(), sample.time.end());
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  panel.periods = std::max<Index>(1, static_cast<Index>(times.size()));
  if (std::max<Index>(sample.entity.count, sample.entity.count == 0 ? rows : 0) != panel.units)
    throw DomainError("spatial model: weights are not by entity of the sample");

  std::vector<int> period(static_cast<std::size_t>(rows), 0);
  for (std::size_t i = 0; i < sample.time.size(); ++i)
    period[i] = static_cast<int>(std::lower_bound(times.begin(), times.end(), sample.time[i]) - times.begin());
  panel.source.assign(static_cast<std::size_t>(panel.units * panel.periods), -1);
  for (Index i = 0; i < rows; ++i) panel.source[period[i] * panel.units + entity[i]] = i;
  const auto hole = std::find(panel.source.begin(), panel.source.end(), Index{-1});
  if (hole != panel.source.end() || rows != panel.units * panel.periods) {
    const auto place = hole - panel.source.begin();
    const auto of_unit = std::find(entity.begin(), entity.end(), static_cast<int>(place % panel.units));
    throw InputError(fmt::format(
        "spatial models need a balanced panel: {} units, {} periods and {} complete rows; the unit of row {} of the "
        "sample lacks {}",
        panel.units, panel.periods, rows, of_unit - entity.begin() + 1,
        times.empty() ? 0 : times[place / panel.units]));
  }
  for (const Grouping& effect : sample.absorbed) {
    if (same_partition(effect.codes, entity) && panel.periods > 1) {
      panel.entity_effects = true;
    } else if (same_partition(effect.codes, period) && panel.periods > 1) {
      panel.time_effects = true;
    } else {
      throw InputError("spatial models absorb effects of the panel's entity and time only, not '" + effect.name + "'");
    }
  }

  MatrixXd x(rows, sample.exogenous.count());
  panel.y.resize(rows);
  for (Index i = 0; i < rows; ++i) {
    panel.y(i) = sample.y(panel.source[i]);
    x.row(i) = sample.exogenous.values.row(panel.source[i]);
  }
  panel.names = sample.exogenous.names;
  panel.first_lag = x.cols();
  if (options.model == SpatialModel::durbin) {
    for (const std::string& name : options.lags_of) {
      const auto found = std::find(sample.exogenous.names.begin(), sample.exogenous.names.end(), name);
      if (found == sample.exogenous.names.end()) throw InputError("lags_of: '" + name + "' is no regressor");
      if (name == "(Intercept)") continue;
      panel.lagged.push_back(found - sample.exogenous.names.begin());
      panel.names.push_back("W:" + name);
    }
  }
  panel.x.resize(rows, static_cast<Index>(panel.names.size()));
  panel.x.leftCols(x.cols()) = x;
  const MatrixXd lags = spatial_lag(w, x);
  for (std::size_t k = 0; k < panel.lagged.size(); ++k)
    panel.x.col(panel.first_lag + static_cast<Index>(k)) = lags.col(panel.lagged[k]);
  return panel;
}

/// Takes out columns that the effects or columns left of them explain.
void drop_collinear(Panel& panel, MatrixXd& x) {
  const std::vector<char> drop = collinear(MatrixXd(x.rows(), 0), x);
  std::vector<Index> keep;
  std::vector<std::string> names;
  std::vector<Index> lagged;
  Index first_lag = 0;
  for (Index k = 0; k < x.cols(); ++k) {
    // Rounding of a mean is no variation.
    const bool constant = x.col(k).norm() <= 1e-10 * panel.x.col(k).norm();
    if (drop[k] || constant) {
      panel.dropped.push_back(panel.names[k]);
      continue;
    }
    if (k < panel.first_lag) {
      ++first_lag;
    } else {
      lagged.push_back(panel.lagged[k - panel.first_lag]);
    }
    keep.push_back(k);
    names.push_back(panel.names[k]);
  }
  // Lags refer to regressors by name afterwards.
  x = MatrixXd(x(Eigen::all, keep));
  panel.first_lag = first_lag;
  panel.lagged = std::move(lagged);
  panel.names = std::move(names);
}

/// Maximum likelihood at the spatial coefficient: regression coefficients and residuals.
struct Fit {
  double rho = 0.0;
  VectorXd beta;
  VectorXd residuals;
  double log_likelihood = 0.0;
};

class Likelihood {
 public:
  Likelihood(const WeightMatrix& w, Index periods, VectorXd y, MatrixXd x, bool error_model)
      : w_(w),
        periods_(periods),
        y_(std::move(y)),
        wy_(spatial_lag(w, y_)),
        x_(std::move(x)),
        wx_(error_model ? spatial_lag(w, x_) : MatrixXd()),
        error_model_(error_model) {}

  [[nodiscard]] Fit at(double rho) const {
    Fit fit;
    fit.rho = rho;
    const VectorXd y = y_ - rho * wy_;
    const MatrixXd x = error_model_ ? MatrixXd(x_ - rho * wx_) : x_;
    fit.beta = x.colPivHouseholderQr().solve(y);
    fit.residuals = y - x * fit.beta;
    const auto n = static_cast<double>(y.size());
    const double variance = fit.residuals.squaredNorm() / n;
    fit.log_likelihood = -0.5 * n * (std::log(2.0 * std::numbers::pi * variance) + 1.0) +
                         static_cast<double>(periods_) * log_determinant(w_, rho);
    return fit;
  }

  [[nodiscard]] const VectorXd& wy() const { return wy_; }

 private:
  const WeightMatrix& w_;
  Index periods_;
  VectorXd y_;
  VectorXd wy_;
  MatrixXd x_;
  MatrixXd wx_;
  bool error_model_;
};

/// Expected information of (b, rho, sigma2); Elhorst (2010), eq. C.2.19 and C.2.27.
MatrixXd information(const WeightMatrix& w, const MatrixXd& x, const VectorXd& beta, double rho, double sigma2,
                     const SpatialMultiplier& m, double periods, bool error_model) {
  const Index k = x.cols();
  MatrixXd info = MatrixXd::Zero(k + 2, k + 2);
  const MatrixXd filtered = error_model ? MatrixXd(x - rho * spatial_lag(w, x)) : x;
  info.topLeftCorner(k, k) = filtered.transpose() * filtered / sigma2;
  info(k, k) = periods * (m.trace_square + m.trace_cross);
  if (!error_model) {
    const VectorXd fitted = x * beta;
    VectorXd spread(fitted.size());
    for (Index start = 0; start < fitted.size(); start += w.rows())
      spread.segment(start, w.rows()).noalias() = m.wa * fitted.segment(start, w.rows());
    info.block(0, k, k, 1) = x.transpose() * spread / sigma2;
    info.block(k, 0, 1, k) = info.block(0, k, k, 1).transpose();
    info(k, k) += spread.squaredNorm() / sigma2;
  }
  info(k, k + 1) = info(k + 1, k) = periods * m.trace / sigma2;
  info(k + 1, k + 1) = periods * static_cast<double>(w.rows()) / (2.0 * sigma2 * sigma2);
  return info;
}

Test lm(double statistic, double df) { return chi2_test(statistic, df); }

/// Anselin (1988), Anselin, Bera, Florax and Yoon (1996), for panels Elhorst (2010), eq. C.2.5 to C.2.8.
void add_multiplier_tests(const WeightMatrix& w, const VectorXd& y, const MatrixXd& x, double periods,
                          Estimate& estimate) {
  const VectorXd beta = x.colPivHouseholderQr().solve(y);
  const VectorXd e = y - x * beta;
  const double sigma2 = e.squaredNorm() / static_cast<double>(y.size());
  const MatrixXd dense = w;
  const double trace = periods * (dense.cwiseProduct(dense.transpose()).sum() + dense.squaredNorm());
  const VectorXd fitted = spatial_lag(w, x * beta);
  const double j = (fitted - x * x.colPivHouseholderQr().solve(fitted)).squaredNorm() / sigma2 + trace;
  const double lag = e.dot(VectorXd(spatial_lag(w, y))) / sigma2;
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
void add_effects(const Panel& panel, const Sample& sample, const SpatialMultiplier& m, Estimate& estimate) {
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
  Panel panel = arrange(sample, weights, options);
  const bool error_model = options.model == SpatialModel::error;
  const auto units = static_cast<double>(panel.units);
  const auto periods = static_cast<double>(panel.periods);
  const double radius = spectral_radius(weights);
  if (!(radius > 1e-8)) throw InputError("spatial model: the weights link no units in a circle, so rho has no bounds");

  MatrixXd y = panel.y;
  demean(panel, y);
  MatrixXd x = panel.x;
  demean(panel, x);
  drop_collinear(panel, x);
  const auto k = static_cast<Index>(panel.names.size());
  if (k == 0) throw InputError("spatial model: no regressor is left");
  if (x.rows() <= k + 2) throw InputError("spatial model: too few observations");

  const Likelihood likelihood(weights, panel.periods, y, x, error_model);
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
    const MatrixXd info =
        information(weights, x, fit.beta, rho, parameters(k + 1), m, periods, error_model) / observations;
    VectorXd bias = VectorXd::Zero(k + 2);
    bias(k) = 1.0 / (1.0 - rho);
    bias(k + 1) = 1.0 / (2.0 * parameters(k + 1));
    parameters += info.ldlt().solve(bias) / units;
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
  const MatrixXd covariance =
      information(weights, x, beta, corrected, sigma2, m, effective_periods, error_model).inverse();

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

  const Fit final_fit{corrected, beta, {}, 0.0};
  VectorXd residuals = y - corrected * likelihood.wy();
  const MatrixXd filtered = error_model ? MatrixXd(x - corrected * spatial_lag(weights, x)) : x;
  residuals -= filtered * final_fit.beta;
  estimate.residuals.resize(sample.rows());
  for (Index i = 0; i < residuals.size(); ++i) estimate.residuals(panel.source[i]) = residuals(i);
  estimate.rss = residuals.squaredNorm();
  estimate.rmse = std::sqrt(sigma2);
  const double total = (panel.y.array() - panel.y.mean()).square().sum();
  if (total > 0.0) estimate.r2 = 1.0 - estimate.rss / total;
  if (panel.entity_effects || panel.time_effects) estimate.r2_within = 1.0 - estimate.rss / y.squaredNorm();
  if (!error_model) add_effects(panel, sample, m, estimate);

  add_multiplier_tests(weights, y, x, periods, estimate);
  Test ratio = chi2_test(std::max(0.0, 2.0 * (fit.log_likelihood - plain.log_likelihood)), 1);
  ratio.more = {{"log_likelihood", fit.log_likelihood}, {"log_likelihood_without", plain.log_likelihood}};
  estimate.tests.emplace_back("lr_spatial", ratio);
  return estimate;
}

}  // namespace pericore::econometrics

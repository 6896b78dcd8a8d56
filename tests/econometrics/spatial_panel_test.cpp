#include "econometrics/spatial_panel.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "base/errors.h"
#include "config/read_table.h"
#include "econometrics/spatial_likelihood.h"
#include "numerics/keyed_draws.h"

using namespace pericore;
using namespace pericore::econometrics;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

geography::WeightMatrix ring(int units) {
  std::vector<geography::Link> links;
  for (int i = 0; i < units; ++i) {
    links.push_back({i, (i + 1) % units});
    links.push_back({i, (i + 3) % units});
  }
  return geography::row_standardised(geography::weights_from_links(units, links, geography::LinkDirection::both));
}

double normal(numerics::KeyedDraws& draws) {
  const double radius = std::sqrt(-2.0 * std::log(draws.uniform()));
  return radius * std::cos(2.0 * std::acos(-1.0) * draws.uniform());
}

struct Truth {
  double rho = 0.0;     ///< of the lag
  double lambda = 0.0;  ///< of the error
  double beta = 1.0;
  double theta = 0.0;  ///< of W x
};

/// A panel with fixed effects of unit and period that go with x; rows by unit, then period, as samples are.
Sample simulated(int units, int periods, const Truth& truth, std::uint64_t seed, bool effects = true) {
  const auto w = ring(units);
  numerics::KeyedDraws draws(seed, 9, 0);
  MatrixXd x(units, periods);
  MatrixXd y(units, periods);
  VectorXd unit(units);
  for (double& v : unit) v = effects ? normal(draws) : 0.0;
  const MatrixXd identity = MatrixXd::Identity(units, units);
  const auto of_error = (identity - truth.lambda * MatrixXd(w)).partialPivLu();
  const auto of_lag = (identity - truth.rho * MatrixXd(w)).partialPivLu();
  for (int t = 0; t < periods; ++t) {
    const double period = effects ? normal(draws) : 0.0;
    VectorXd e(units);
    for (int i = 0; i < units; ++i) {
      x(i, t) = normal(draws) + 0.5 * unit(i) + 0.5 * period;
      e(i) = normal(draws);
    }
    const VectorXd u = of_error.solve(e);
    const VectorXd lagged = w * x.col(t);
    const VectorXd mean = truth.beta * x.col(t) + truth.theta * lagged + unit + VectorXd::Constant(units, period) + u;
    y.col(t) = of_lag.solve(mean);
  }
  Sample sample;
  const int rows = units * periods;
  sample.y.resize(rows);
  sample.exogenous.values.resize(rows, effects ? 1 : 2);
  sample.exogenous.names = effects ? std::vector<std::string>{"x"} : std::vector<std::string>{"(Intercept)", "x"};
  std::vector<int> of_unit;
  std::vector<int> of_period;
  for (int i = 0; i < units; ++i) {
    for (int t = 0; t < periods; ++t) {
      const int row = i * periods + t;
      sample.y(row) = y(i, t);
      if (!effects) sample.exogenous.values(row, 0) = 1.0;
      sample.exogenous.values(row, effects ? 0 : 1) = x(i, t);
      of_unit.push_back(i);
      of_period.push_back(t);
      sample.time.push_back(2000 + t);
    }
  }
  sample.entity = {"unit", of_unit, units};
  if (effects) sample.absorbed = {{"unit", of_unit, units}, {"year", of_period, periods}};
  return sample;
}

const Coefficient& coefficient(const Estimate& estimate, const std::string& name) {
  for (const Coefficient& c : estimate.coefficients) {
    if (c.name == name) return c;
  }
  FAIL("no coefficient " << name);
  return estimate.coefficients.front();
}

const Test& test(const Estimate& estimate, const std::string& name) {
  for (const auto& [key, value] : estimate.tests) {
    if (key == name) return value;
  }
  FAIL("no test " << name);
  return estimate.tests.front().second;
}

SpatialOptions lag_model(bool lee_yu = true) { return {.model = SpatialModel::lag, .lags_of = {}, .lee_yu = lee_yu}; }

SpatialOptions error_model() { return {.model = SpatialModel::error, .lags_of = {}, .lee_yu = true}; }

SpatialOptions durbin_model(bool lee_yu = true) {
  return {.model = SpatialModel::durbin, .lags_of = {"x"}, .lee_yu = lee_yu};
}

/// CRIME on INC and HOVAL in 49 neighbourhoods of Columbus, Ohio; Anselin (1988).
Sample columbus() {
  const std::filesystem::path folder =
      std::filesystem::path(PERICORE_SOURCE_DIR) / "tests/data/reference/spatial_columbus";
  config::Faults faults;
  const panel::Table data = config::read_table(folder / "data.csv", faults);
  REQUIRE(faults.empty());
  Sample sample;
  sample.y = Eigen::Map<const VectorXd>(data.column("CRIME").numbers.data(), 49);
  sample.exogenous.names = {"(Intercept)", "INC", "HOVAL"};
  sample.exogenous.values.resize(49, 3);
  sample.exogenous.values.col(0).setOnes();
  sample.exogenous.values.col(1) = Eigen::Map<const VectorXd>(data.column("INC").numbers.data(), 49);
  sample.exogenous.values.col(2) = Eigen::Map<const VectorXd>(data.column("HOVAL").numbers.data(), 49);
  return sample;
}

geography::WeightMatrix columbus_weights() {
  const std::filesystem::path folder =
      std::filesystem::path(PERICORE_SOURCE_DIR) / "tests/data/reference/spatial_columbus";
  config::Faults faults;
  const panel::Table pairs = config::read_table(folder / "neighbours.csv", faults);
  REQUIRE(faults.empty());
  std::vector<geography::Link> links;
  for (std::size_t row = 0; row < pairs.row_count(); ++row) {
    links.push_back({static_cast<Eigen::Index>(pairs.column("i").numbers[row]) - 1,
                     static_cast<Eigen::Index>(pairs.column("j").numbers[row]) - 1});
  }
  return geography::row_standardised(geography::weights_from_links(49, links));
}

}  // namespace

TEST_CASE("the log-determinant is that of the eigenvalues", "[econometrics][spatial]") {
  // A ring's eigenvalues are (cos a + cos 3a)/2, a = 2 pi k/n. 12 units are dense, 200 sparse.
  for (const int units : {12, 200}) {
    const auto w = ring(units);
    for (const double rho : {-0.7, 0.3, 0.95}) {
      double sum = 0.0;
      for (int k = 0; k < units; ++k) {
        const double a = 2.0 * std::acos(-1.0) * k / units;
        sum += std::log(1.0 - rho * 0.5 * (std::cos(a) + std::cos(3.0 * a)));
      }
      CHECK(log_determinant(w, rho) == Approx(sum).epsilon(1e-10));
    }
    CHECK(spectral_radius(w) == Approx(1.0));
  }
}

TEST_CASE("Columbus: published maximum likelihood estimates", "[econometrics][spatial][published]") {
  // Anselin (1988), Spatial Econometrics, ch. 12. The book's contiguity differs in a few links from the file shipped with R's spData: hence
  // the tolerances. The log-likelihood without spatial terms does not depend on it.
  const Estimate lag = spatial_panel(columbus(), columbus_weights(), lag_model());
  CHECK(coefficient(lag, "rho").estimate == Approx(0.431).epsilon(0.08));
  CHECK(coefficient(lag, "rho").std_error == Approx(0.118).epsilon(0.08));
  CHECK(coefficient(lag, "(Intercept)").estimate == Approx(45.08).epsilon(0.05));
  CHECK(coefficient(lag, "INC").estimate == Approx(-1.032).epsilon(0.05));
  CHECK(coefficient(lag, "HOVAL").estimate == Approx(-0.266).epsilon(0.05));
  CHECK(test(lag, "lr_spatial").more[0].second == Approx(-182.39).epsilon(0.005));
  CHECK(test(lag, "lr_spatial").more[1].second == Approx(-187.3772).epsilon(1e-6));
  const Estimate error = spatial_panel(columbus(), columbus_weights(), error_model());
  CHECK(coefficient(error, "lambda").estimate == Approx(0.562).epsilon(0.08));
  CHECK(coefficient(error, "INC").estimate == Approx(-0.941).epsilon(0.12));
  CHECK(test(error, "lr_spatial").more[0].second == Approx(-183.38).epsilon(0.005));
}

TEST_CASE("Columbus: Lagrange multipliers", "[econometrics][spatial][published]") {
  // R's spdep, lm.LMtests of lm(CRIME ~ INC + HOVAL) with these weights, printed to five digits.
  const Estimate lag = spatial_panel(columbus(), columbus_weights(), lag_model());
  CHECK(test(lag, "lm_error").statistic == Approx(4.6111).epsilon(2e-5));
  CHECK(test(lag, "lm_lag").statistic == Approx(7.8557).epsilon(2e-5));
  CHECK(test(lag, "robust_lm_error").statistic == Approx(0.033514).epsilon(2e-5));
  CHECK(test(lag, "robust_lm_lag").statistic == Approx(3.2781).epsilon(2e-5));
}

TEST_CASE("at the maximum the score is zero and its slope the information", "[econometrics][spatial]") {
  // The likelihood by its definition, differentiated numerically, for the lag model of Columbus.
  const Sample sample = columbus();
  const auto w = columbus_weights();
  const MatrixXd dense = w;
  const Estimate lag = spatial_panel(sample, w, lag_model());
  const auto likelihood = [&](const VectorXd& p) {  // b, rho, sigma2
    const MatrixXd a = MatrixXd::Identity(49, 49) - p(3) * dense;
    const VectorXd e = a * sample.y - sample.exogenous.values * p.head(3);
    return -24.5 * std::log(2.0 * std::acos(-1.0) * p(4)) + std::log(a.determinant()) - e.squaredNorm() / (2.0 * p(4));
  };
  VectorXd p(5);
  for (int k = 0; k < 4; ++k) p(k) = lag.coefficients[k].estimate;
  p(4) = lag.variance_components->idiosyncratic;
  CHECK(likelihood(p) == Approx(test(lag, "lr_spatial").more[0].second));
  for (int k = 0; k < 5; ++k) {
    const VectorXd step = 1e-4 * std::abs(p(k)) * VectorXd::Unit(5, k);
    CHECK((likelihood(p + step) - likelihood(p - step)) / (2e-4) == Approx(0.0).margin(1e-4));
  }
}

TEST_CASE("without spatial dependence the estimates are near least squares", "[econometrics][spatial]") {
  const Sample sample = simulated(60, 6, {}, 5, false);
  const Estimate lag = spatial_panel(sample, ring(60), lag_model());
  const Coefficient& rho = coefficient(lag, "rho");
  CHECK(std::abs(rho.estimate) < 3.0 * rho.std_error);
  const VectorXd ols = sample.exogenous.values.colPivHouseholderQr().solve(sample.y);
  CHECK(coefficient(lag, "x").estimate == Approx(ols(1)).margin(2.0 * coefficient(lag, "x").std_error));
  const double rss = (sample.y - sample.exogenous.values * ols).squaredNorm();
  const double log_likelihood = -180.0 * (std::log(2.0 * std::acos(-1.0) * rss / 360.0) + 1.0);
  CHECK(test(lag, "lr_spatial").more[1].second == Approx(log_likelihood).epsilon(1e-12));
  CHECK(test(lag, "lm_lag").p_value > 0.001);
}

TEST_CASE("the truth is recovered with both effects", "[econometrics][spatial][simulated]") {
  // 100 units, 8 periods: each estimate within 3.5 standard errors.
  const Truth truth{.rho = 0.45, .lambda = 0.0, .beta = 1.5, .theta = -0.6};
  const auto w = ring(100);
  const Estimate durbin = spatial_panel(simulated(100, 8, truth, 17), w, durbin_model());
  for (const auto& [name, value] : {std::pair("rho", truth.rho), {"x", truth.beta}, {"W:x", truth.theta}}) {
    const Coefficient& c = coefficient(durbin, name);
    CAPTURE(name, c.estimate, c.std_error);
    CHECK(std::abs(c.estimate - value) < 3.5 * c.std_error);
  }
  CHECK(durbin.variance_components->idiosyncratic == Approx(1.0).epsilon(0.15));
  CHECK(test(durbin, "lm_lag").p_value < 1e-6);
  const Sample noisy = simulated(100, 8, {.rho = 0.0, .lambda = 0.6, .beta = 1.5, .theta = 0.0}, 18);
  const Estimate error = spatial_panel(noisy, w, error_model());
  CHECK(std::abs(coefficient(error, "lambda").estimate - 0.6) < 3.5 * coefficient(error, "lambda").std_error);
  CHECK(std::abs(coefficient(error, "x").estimate - 1.5) < 3.5 * coefficient(error, "x").std_error);
  CHECK(test(error, "robust_lm_error").p_value < 1e-6);
  CHECK(test(error, "robust_lm_lag").p_value > 1e-4);
}

TEST_CASE("the correction takes the bias of rho away, and intervals cover", "[econometrics][spatial][simulated]") {
  // 200 panels of 25 units and 5 periods with both effects. 95 % intervals cover in at least 88 % in 99.9 % of such experiments.
  const Truth truth{.rho = 0.4, .lambda = 0.0, .beta = 1.0, .theta = 0.0};
  const auto w = ring(25);
  int covered = 0;
  double corrected = 0.0;
  double plain = 0.0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Sample sample = simulated(25, 5, truth, 1000 + seed);
    const Coefficient rho = coefficient(spatial_panel(sample, w, lag_model()), "rho");
    covered += std::abs(rho.estimate - truth.rho) < 1.959964 * rho.std_error ? 1 : 0;
    corrected += rho.estimate / 200.0;
    plain += coefficient(spatial_panel(sample, w, lag_model(false)), "rho").estimate / 200.0;
  }
  CAPTURE(covered, corrected, plain);
  CHECK(covered >= 176);
  CHECK(std::abs(corrected - truth.rho) < 0.5 * std::abs(plain - truth.rho));
}

TEST_CASE("effects: totals, sums, errors by differences", "[econometrics][spatial]") {
  const Sample sample = simulated(40, 5, {.rho = 0.5, .lambda = 0.0, .beta = 1.0, .theta = 0.5}, 21);
  const auto w = ring(40);
  const Estimate estimate = spatial_panel(sample, w, durbin_model(false));
  REQUIRE(estimate.effects.size() == 1);
  const SpatialEffect& x = estimate.effects.front();
  VectorXd b(3);
  b << coefficient(estimate, "x").estimate, coefficient(estimate, "W:x").estimate,
      coefficient(estimate, "rho").estimate;
  CHECK(x.total.estimate == Approx((b(0) + b(1)) / (1.0 - b(2))));  // rows of W sum to one
  CHECK(x.direct.estimate + x.indirect.estimate == Approx(x.total.estimate));
  const auto direct = [&](const VectorXd& p) {
    const MatrixXd identity = MatrixXd::Identity(40, 40);
    const MatrixXd s = (identity - p(2) * MatrixXd(w)).inverse() * (p(0) * identity + p(1) * MatrixXd(w));
    return s.trace() / 40.0;
  };
  CHECK(x.direct.estimate == Approx(direct(b)));
  VectorXd gradient(3);
  for (int k = 0; k < 3; ++k) {
    const VectorXd step = 1e-5 * VectorXd::Unit(3, k);
    gradient(k) = (direct(b + step) - direct(b - step)) / 2e-5;
  }
  CHECK(x.direct.std_error == Approx(std::sqrt(gradient.dot(estimate.covariance * gradient))).epsilon(1e-6));
}

TEST_CASE("with unit effects the correction divides by N(T - 1)", "[econometrics][spatial]") {
  Sample sample = simulated(30, 4, {.rho = 0.3, .lambda = 0.0, .beta = 1.0, .theta = 0.0}, 22);
  sample.absorbed.resize(1);
  const auto w = ring(30);
  const Estimate with = spatial_panel(sample, w, lag_model());
  const Estimate without = spatial_panel(sample, w, lag_model(false));
  CHECK(coefficient(with, "rho").estimate == coefficient(without, "rho").estimate);
  CHECK(with.variance_components->idiosyncratic == Approx(with.rss / 90.0));
  CHECK(without.variance_components->idiosyncratic == Approx(without.rss / 120.0));
}

TEST_CASE("effects swept out are dummies", "[econometrics][spatial]") {
  Sample within = simulated(12, 6, {.rho = 0.4, .lambda = 0.0, .beta = 1.0, .theta = 0.0}, 23);
  within.absorbed.resize(1);
  Sample dummies = within;
  dummies.absorbed.clear();
  dummies.exogenous.values.conservativeResize(Eigen::NoChange, 13);
  for (int i = 0; i < 12; ++i) {
    dummies.exogenous.names.push_back("unit::" + std::to_string(i));
    for (Eigen::Index row = 0; row < 72; ++row)
      dummies.exogenous.values(row, 1 + i) = dummies.entity.codes[row] == i ? 1.0 : 0.0;
  }
  const auto w = ring(12);
  const Estimate a = spatial_panel(within, w, lag_model(false));
  const Estimate b = spatial_panel(dummies, w, lag_model(false));
  for (const char* name : {"x", "rho"}) {
    CHECK(coefficient(a, name).estimate == Approx(coefficient(b, name).estimate).epsilon(1e-6));
  }
  CHECK(coefficient(a, "x").std_error == Approx(coefficient(b, "x").std_error).epsilon(0.2));
  CHECK(a.rss == Approx(b.rss).epsilon(1e-9));
}

TEST_CASE("errors of slopes do not depend on where a regressor's zero is", "[econometrics][spatial]") {
  // INC + 1e7: information matrices of such columns have no inverse in double precision; only the constant's error moves.
  Sample shifted = columbus();
  shifted.exogenous.values.col(1).array() += 1e7;
  for (const SpatialOptions& options : {lag_model(), error_model()}) {
    const Estimate here = spatial_panel(columbus(), columbus_weights(), options);
    const Estimate there = spatial_panel(shifted, columbus_weights(), options);
    for (const char* name : {"INC", "HOVAL"}) {
      // 1e7 costs seven of sixteen digits, the search for the spatial coefficient half of what is left of the likelihood's.
      CHECK(coefficient(there, name).estimate == Approx(coefficient(here, name).estimate).epsilon(3e-5));
      CHECK(coefficient(there, name).std_error == Approx(coefficient(here, name).std_error).epsilon(3e-5));
    }
  }
}

TEST_CASE("spatial models refuse what they cannot estimate", "[econometrics][spatial]") {
  const auto w = ring(10);
  const Sample sample = simulated(10, 3, {}, 1);
  CHECK_THROWS_AS(spatial_panel(sample, geography::WeightMatrix(10, 10), lag_model()), InputError);
  Sample other = sample;
  other.absorbed[0].codes[0] = 5;
  CHECK_THROWS_AS(spatial_panel(other, w, lag_model()), InputError);
  Sample hole = sample;
  hole.time[0] = 2001;  // the first unit's first year is missing
  CHECK_THROWS_WITH(spatial_panel(hole, w, lag_model()), Catch::Contains("balanced"));
  Sample constant = sample;
  constant.exogenous.values.setOnes();
  CHECK_THROWS_AS(spatial_panel(constant, w, lag_model()), InputError);
  Sample perfect = sample;
  perfect.y = 2.0 * perfect.exogenous.values.col(0);
  CHECK_THROWS_WITH(spatial_panel(perfect, w, lag_model()), Catch::Contains("perfectly"));
}

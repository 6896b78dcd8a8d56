/// Input that leaves nothing to estimate or to test: a clear error or a result with its reason, never NaN in silence.
#include <catch2/catch.hpp>

#include "base/errors.h"
#include "econometrics/instrumental.h"
#include "random_instruments.h"

namespace pericore::econometrics {
namespace {

using Catch::Matchers::Contains;
using testing::random_instruments;

/// Every number of the result is finite, or has a reason.
void all_said(const Estimate& estimate) {
  for (const Coefficient& c : estimate.coefficients) {
    INFO(c.name);
    CHECK(std::isfinite(c.estimate));
    CHECK(std::isfinite(c.std_error));
  }
  const auto said = [](const std::string& name, const Test& test) {
    INFO(name << " " << test.statistic << " " << test.reason);
    CHECK((std::isfinite(test.statistic) || !test.reason.empty()));
  };
  for (const auto& [name, test] : estimate.tests) said(name, test);
  for (const FirstStage& stage : estimate.first_stage) {
    said("first stage", stage.f);
    said("first stage", stage.sanderson_windmeijer_f);
  }
}

bool has_reason(const Estimate& estimate, const std::string& name, const std::string& text) {
  for (const auto& [key, test] : estimate.tests) {
    if (key == name) return std::isnan(test.statistic) && test.reason.find(text) != std::string::npos;
  }
  return false;
}

InstrumentalOptions clustered(const Sample& sample, InstrumentalMethod method = InstrumentalMethod::tsls) {
  InstrumentalOptions options;
  options.method = method;
  options.vcov.kind = VcovKind::cluster;
  options.vcov.clusters = {sample.entity};
  return options;
}

}  // namespace

TEST_CASE("More instruments than observations: least squares, and tests that say so", "[instrumental]") {
  const Sample sample = random_instruments({.entities = 4, .periods = 4, .instruments = 30}, 30);
  for (const VcovKind kind : {VcovKind::iid, VcovKind::hetero}) {
    InstrumentalOptions options;
    options.vcov.kind = kind;
    const Estimate estimate = instrumental(sample, options);
    CHECK(estimate.n_instruments == 16);
    CHECK(estimate.dropped.size() == 17);
    CHECK(estimate.warnings.size() == 1);
    CHECK_THAT(estimate.warnings[0], Contains("as many instruments as rows"));
    all_said(estimate);
    CHECK(has_reason(estimate, "cragg_donald_f", "exactly"));
    CHECK(has_reason(estimate, "durbin_wu_hausman", "exactly"));
    CHECK(has_reason(estimate, "anderson_rubin_f", "exactly"));
    Eigen::MatrixXd x(16, 4);
    x << sample.endogenous.values, sample.exogenous.values;
    const Eigen::VectorXd ols = x.householderQr().solve(sample.y);
    CHECK(estimate.coefficients[0].estimate == Approx(ols(0)).epsilon(1e-9));
  }
}

TEST_CASE("More moments than clusters: errors stand, J has a reason, GMM refuses", "[instrumental]") {
  const Sample sample = random_instruments({.entities = 5, .periods = 30, .instruments = 6}, 31);
  const Estimate estimate = instrumental(sample, clustered(sample));
  all_said(estimate);
  CHECK(has_reason(estimate, "hansen_j", "9 moments is singular with 5 clusters; partial out"));
  CHECK(has_reason(estimate, "stock_wright", "singular with 5 clusters"));
  CHECK_THROWS_WITH(instrumental(sample, clustered(sample, InstrumentalMethod::iv_gmm)),
                    Contains("no weights") && Contains("partial out"));
}

TEST_CASE("A perfect fit has no residual to test with", "[instrumental]") {
  Sample sample = random_instruments({}, 32);
  sample.y = 2.0 * sample.endogenous.values.col(0) - sample.exogenous.values.col(1);
  for (const InstrumentalMethod method :
       {InstrumentalMethod::tsls, InstrumentalMethod::iv_gmm, InstrumentalMethod::liml}) {
    for (const VcovKind kind : {VcovKind::iid, VcovKind::hetero}) {
      InstrumentalOptions options;
      options.method = method;
      options.vcov.kind = kind;
      const Estimate estimate = instrumental(sample, options);
      CHECK(estimate.coefficients[0].estimate == Approx(2.0).epsilon(1e-10));
      CHECK(estimate.rss == 0.0);
      CHECK(estimate.coefficients[0].std_error == 0.0);
      all_said(estimate);
      CHECK(has_reason(estimate, kind == VcovKind::iid ? "sargan" : "hansen_j", "the fit is perfect"));
      CHECK(has_reason(estimate, "davidson_mackinnon", "the fit is perfect"));
      if (method == InstrumentalMethod::liml) CHECK(has_reason(estimate, "liml_lr", "the fit is perfect"));
      CHECK(has_reason(estimate, "wald", "not positive definite"));
      CHECK_THAT(estimate.warnings.at(0), Contains("exactly"));
    }
  }
}

TEST_CASE("Collinear columns are dropped from the right and named", "[instrumental]") {
  Sample sample = random_instruments({.endogenous = 2, .instruments = 4}, 33);
  sample.exogenous.values.col(2) = 2.0 * sample.exogenous.values.col(1);
  sample.endogenous.values.col(1) = sample.exogenous.values.col(1) - sample.endogenous.values.col(0);
  sample.instruments.values.col(1).setConstant(7.0);
  sample.instruments.values.col(3) = sample.instruments.values.col(0) + sample.instruments.values.col(2);
  const Estimate estimate = instrumental(sample, {});
  CHECK(estimate.dropped == std::vector<std::string>{"w2", "x2", "z2", "z4"});
  CHECK(estimate.coefficients.size() == 3);
  CHECK(estimate.n_instruments == 4);
  all_said(estimate);
  // Dummies give way to regressors that stand right of them.
  Sample dummies = random_instruments({}, 33);
  Columns years = testing::dummies(testing::by_time(dummies));
  const Eigen::VectorXd late = years.values.col(2) + years.values.col(4);
  testing::append(dummies.exogenous, years);
  testing::append(dummies.exogenous, Columns{.values = late, .names = {"late"}});
  CHECK(instrumental(dummies, {}).dropped == std::vector<std::string>{"year::5"});
}

TEST_CASE("Too little to identify a model is an error that names what went", "[instrumental]") {
  Sample sample = random_instruments({.instruments = 1}, 34);
  sample.instruments.values.setConstant(3.0);
  CHECK_THROWS_WITH(instrumental(sample, {}), Contains("not identified: 0 excluded instruments") && Contains("z1"));
  CHECK_THROWS_AS(instrumental(sample, {}), InputError);

  sample = random_instruments({.endogenous = 2, .instruments = 1}, 34);
  CHECK_THROWS_WITH(instrumental(sample, {}), Contains("1 excluded instrument for 2 endogenous regressors"));

  sample = random_instruments({}, 34);
  sample.endogenous.values.col(0) = sample.exogenous.values.col(1);
  CHECK_THROWS_WITH(instrumental(sample, {}), Contains("no endogenous regressor is left") && Contains("x1"));

  // Two regressors that the instruments move as one.
  sample = random_instruments({.endogenous = 2, .instruments = 2}, 34);
  Eigen::MatrixXd z(sample.rows(), 5);
  z << sample.exogenous.values, sample.instruments.values;
  const Eigen::VectorXd noise = sample.y - z * z.householderQr().solve(sample.y);
  sample.endogenous.values.col(1) = sample.endogenous.values.col(0) + noise;
  CHECK_THROWS_WITH(instrumental(sample, {}), Contains("do not move x1, x2 apart"));

  // An instrument that does not move the only regressor at all.
  sample = random_instruments({.instruments = 1, .exogenous = 0, .constant = false}, 34);
  const Eigen::VectorXd x = sample.endogenous.values.col(0);
  sample.instruments.values.col(0) -= x * (x.dot(sample.instruments.values.col(0)) / x.squaredNorm());
  CHECK_THROWS_WITH(instrumental(sample, {}), Contains("do not move x1 apart"));

  sample = random_instruments({.entities = 2, .periods = 2}, 34);
  CHECK_THROWS_WITH(instrumental(sample, {}), Contains("4 rows are too few"));
  sample = random_instruments({.entities = 1, .periods = 1}, 34);
  CHECK_THROWS_WITH(instrumental(sample, {}), Contains("1 complete rows"));
}

TEST_CASE("A regressor that is constant within the absorbed effect is swept out and named", "[instrumental]") {
  Sample sample = random_instruments({.missing = 0.1, .effects = 1.0, .constant = false}, 35);
  for (Eigen::Index r = 0; r < sample.rows(); ++r) {
    sample.exogenous.values(r, 1) = 1e6 + sample.entity.codes[static_cast<std::size_t>(r)] / 7.0;
  }
  sample.absorbed = {sample.entity};
  const Estimate estimate = instrumental(sample, {});
  CHECK(estimate.dropped == std::vector<std::string>{"w2"});
  all_said(estimate);
  // Nothing is left of an instrument that is a place's own constant.
  sample.instruments.values = sample.exogenous.values.col(1);
  sample.instruments.names = {"z1"};
  CHECK_THROWS_WITH(instrumental(sample, {}), Contains("not identified") && Contains("z1"));
}

TEST_CASE("A dependent variable without variation", "[instrumental]") {
  Sample sample = random_instruments({}, 36);
  sample.y.setConstant(4.0);
  const Estimate estimate = instrumental(sample, {});
  CHECK(std::abs(estimate.coefficients[0].estimate) < 1e-12);
  CHECK(estimate.rss == 0.0);
  all_said(estimate);
  sample.y.setZero();
  all_said(instrumental(sample, {}));
}

TEST_CASE("Unknown names in the options are errors", "[instrumental]") {
  const Sample sample = random_instruments({}, 37);
  InstrumentalOptions options;
  options.partial = {"w9"};
  CHECK_THROWS_WITH(instrumental(sample, options), Contains("partial: 'w9'") && Contains("w1, w2"));
  options.partial.clear();
  options.test_endogeneity = {{"w1"}};
  CHECK_THROWS_WITH(instrumental(sample, options), Contains("test_endogeneity: 'w1' is none of x1"));
  options.test_endogeneity.reset();
  options.test_orthogonality = {"x1"};
  CHECK_THROWS_WITH(instrumental(sample, options), Contains("test_orthogonality: 'x1'"));
}

TEST_CASE("A cluster that splits the absorbed entities is warned about", "[instrumental]") {
  Sample sample = random_instruments({.effects = 1.0, .constant = false}, 38);
  sample.absorbed = {sample.entity};
  InstrumentalOptions options = clustered(sample);
  CHECK(instrumental(sample, options).warnings.empty());
  options.vcov.clusters = {testing::by_time(sample)};
  CHECK_THAT(instrumental(sample, options).warnings.at(0), Contains("'entity' is not nested in a cluster"));
}

}  // namespace pericore::econometrics

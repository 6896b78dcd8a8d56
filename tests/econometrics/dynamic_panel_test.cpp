/// Panel GMM against a dense implementation, identities and degenerate input.
#include "econometrics/dynamic_panel.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"
#include "dynamic_panel_dense.h"
#include "dynamic_panel_support.h"

using namespace pericore;
using namespace pericore::econometrics;
using namespace pericore::econometrics::testing;

namespace {

/// y on its lag and x, both by lags 2.., z as an iv entry.
DynamicPanel standard_model(const TestPanel& data, bool collapse = false) {
  DynamicPanel panel = data.model("y", {data.term("y", 1), data.term("x"), data.term("z")});
  panel.gmm = {data.gmm("y", 2, 3, collapse), data.gmm("x", 2, -1, collapse)};
  panel.iv = {{"z", {data.term("z")}, InstrumentEquation::both}};
  return panel;
}

void same(const Estimate& a, const Estimate& b, double tolerance) {
  REQUIRE(a.coefficients.size() == b.coefficients.size());
  for (const Coefficient& c : a.coefficients) {
    CAPTURE(c.name);
    CHECK(c.estimate == Approx(coefficient(b, c.name).estimate).epsilon(tolerance));
    CHECK(c.std_error == Approx(coefficient(b, c.name).std_error).epsilon(tolerance));
  }
}

void check_against_dense(const DynamicPanel& panel, const DynamicPanelOptions& options) {
  CAPTURE(options.system, static_cast<int>(options.transform), options.steps, static_cast<int>(options.variance),
          options.weighting);
  const Estimate estimate = dynamic_panel(panel, options);
  const DenseResult dense = DenseGmm(panel, options).solve();
  REQUIRE(static_cast<Eigen::Index>(estimate.coefficients.size()) == dense.b.size());
  CHECK(estimate.n_instruments == dense.rank);
  for (Eigen::Index j = 0; j < dense.b.size(); ++j) {
    const Coefficient& c = estimate.coefficients[static_cast<std::size_t>(j)];
    CAPTURE(c.name);
    CHECK(c.estimate == Approx(dense.b[j]).epsilon(1e-8));
    CHECK(c.std_error == Approx(dense.se[j]).epsilon(1e-8));
  }
  CHECK(test(estimate.tests, "sargan").statistic == Approx(dense.sargan).epsilon(1e-8));
  CHECK(test(estimate.tests, "hansen_j").statistic == Approx(dense.hansen).epsilon(1e-8));
  CHECK(test(estimate.tests, "ar1").statistic == Approx(dense.ar[0]).epsilon(1e-7));
  CHECK(test(estimate.tests, "ar2").statistic == Approx(dense.ar[1]).epsilon(1e-7));
}

}  // namespace

TEST_CASE("period blocks give what dense matrices give, on unbalanced panels with gaps and under every option",
          "[econometrics]") {
  for (const std::uint64_t seed : {11U, 12U}) {
    const TestPanel data = simulate({.seed = seed, .entities = 120, .periods = 7, .gaps = 0.12, .holes = 0.04});
    DynamicPanel panel = standard_model(data);
    for (const bool system : {true, false})
      for (const PanelTransform transform : {PanelTransform::difference, PanelTransform::orthogonal})
        for (const int steps : {1, 2})
          for (const PanelVariance variance : {PanelVariance::iid, PanelVariance::robust})
            for (const int weighting : {1, 2, 3}) {
              DynamicPanelOptions options;
              options.system = system;
              options.transform = transform;
              options.steps = steps;
              options.variance = variance;
              options.weighting = weighting;
              check_against_dense(panel, options);
            }
  }
}

TEST_CASE("kinds of entries and samples give what dense matrices give", "[econometrics]") {
  const TestPanel data = simulate({.seed = 21, .entities = 150, .periods = 8, .gaps = 0.1});
  DynamicPanelOptions options;
  DynamicPanel panel = standard_model(data);
  SECTION("collapsed") { check_against_dense(standard_model(data, true), options); }
  SECTION("one equation each") {
    panel.gmm = {data.gmm("y", 2, 4, false, InstrumentEquation::difference),
                 data.gmm("x", 1, 2, false, InstrumentEquation::level)};
    panel.iv = {{"z", {data.term("z")}, InstrumentEquation::level},
                {"l(z, 1)", {data.term("z", 1)}, InstrumentEquation::difference}};
    check_against_dense(panel, options);
  }
  SECTION("collapsed, one equation each, forward deviations") {
    options.transform = PanelTransform::orthogonal;
    panel.gmm = {data.gmm("y", 2, -1, true, InstrumentEquation::difference),
                 data.gmm("x", 1, 3, true, InstrumentEquation::level)};
    check_against_dense(panel, options);
  }
  SECTION("lag 0 of a strictly exogenous variable, no constant") {
    options.constant = PanelConstant::none;
    panel.gmm.push_back(data.gmm("z", 1, 2));
    panel.gmm.push_back(data.gmm("z", 0, 1, true, InstrumentEquation::difference));
    panel.iv.clear();
    check_against_dense(panel, options);
  }
  SECTION("a sample that cuts, while neighbours outside it serve as lags and in means") {
    for (const PanelTransform transform : {PanelTransform::difference, PanelTransform::orthogonal}) {
      options.transform = transform;
      panel.sample.resize(data.time.size());
      std::transform(data.time.begin(), data.time.end(), panel.sample.begin(),
                     [](long t) { return t >= 2003 ? 1 : 0; });
      check_against_dense(panel, options);
    }
  }
}

TEST_CASE("the order of rows is irrelevant and threads change no byte", "[econometrics]") {
  const TestPanel data = simulate({.seed = 31, .entities = 300, .periods = 8, .gaps = 0.1});
  const DynamicPanel panel = standard_model(data);
  const Estimate estimate = dynamic_panel(panel, {});
  DynamicPanel shuffled = panel;
  const auto n = static_cast<std::size_t>(data.rows());
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [](std::size_t a, std::size_t b) { return mix(a) < mix(b); });
  const auto rearranged = [&](const Eigen::VectorXd& v) {
    Eigen::VectorXd result(v.size());
    for (std::size_t r = 0; r < n; ++r) result[static_cast<Eigen::Index>(r)] = v[static_cast<Eigen::Index>(order[r])];
    return result;
  };
  for (std::size_t r = 0; r < n; ++r) {
    shuffled.entity[r] = panel.entity[order[r]];
    shuffled.time[r] = panel.time[order[r]];
  }
  shuffled.y = rearranged(panel.y);
  for (PanelColumn& c : shuffled.regressors) c.values = rearranged(c.values);
  for (GmmEntry& g : shuffled.gmm) g.levels = rearranged(g.levels);
  for (IvEntry& e : shuffled.iv)
    for (PanelColumn& c : e.columns) c.values = rearranged(c.values);
  const Estimate again = dynamic_panel(shuffled, {});
  CHECK(again.covariance == estimate.covariance);

  set_thread_count(1);
  const Estimate alone = dynamic_panel(panel, {});
  set_thread_count(0);
  CHECK(alone.covariance == estimate.covariance);
  CHECK(test(alone.tests, "hansen_j").statistic == test(estimate.tests, "hansen_j").statistic);
}

TEST_CASE("just identified GMM is IV: weights and steps do not matter, J is zero", "[econometrics]") {
  const TestPanel data = simulate({.seed = 41, .entities = 200, .periods = 6});
  // Anderson and Hsiao (1982): the difference of y by y two periods ago.
  DynamicPanel panel = data.model("y", {data.term("y", 1), data.term("z")});
  panel.gmm = {data.gmm("y", 2, 2, true)};
  panel.iv = {{"z", {data.term("z")}, InstrumentEquation::both}};
  DynamicPanelOptions options;
  options.system = false;
  const Estimate two = dynamic_panel(panel, options);
  CHECK(two.n_instruments == 2);
  CHECK(test(two.tests, "hansen_j").statistic == 0.0);
  CHECK(test(two.tests, "hansen_j").reason == "just identified");
  options.steps = 1;
  same(dynamic_panel(panel, options), two, 1e-9);
  options.weighting = 1;
  same(dynamic_panel(panel, options), two, 1e-9);

  // Z'X b = Z'y, by hand.
  Eigen::Matrix2d zx = Eigen::Matrix2d::Zero();
  Eigen::Vector2d zy = Eigen::Vector2d::Zero();
  const Eigen::VectorXd& y = data.variables.at("y");
  const Eigen::VectorXd& z = data.variables.at("z");
  for (int i = 0; i < 200; ++i)
    for (int t = 2; t < 6; ++t) {
      const Eigen::Index r = i * 6 + t;
      const Eigen::Vector2d x(y[r - 1] - y[r - 2], z[r] - z[r - 1]);
      const Eigen::Vector2d instruments(y[r - 2], z[r] - z[r - 1]);
      zx += instruments * x.transpose();
      zy += instruments * (y[r] - y[r - 1]);
    }
  const Eigen::Vector2d b = zx.inverse() * zy;
  CHECK(coefficient(two, "l(y, 1)").estimate == Approx(b[0]).epsilon(1e-10));
  CHECK(coefficient(two, "z").estimate == Approx(b[1]).epsilon(1e-10));
}

TEST_CASE("forward deviations and differences coincide in one step on balanced panels with all lags",
          "[econometrics]") {
  // Arellano and Bover (1995), section 4: with the optimal one-step weights and all lags as instruments of every period, the transform does not
  // matter. That needs a balanced panel (one transform is then the other times a regular triangular matrix, the same for all entities)
  // and instrument sets that grow with time; a limit to the lags breaks it.
  const TestPanel data = simulate({.seed = 51, .entities = 150, .periods = 7});
  DynamicPanel panel = data.model("y", {data.term("y", 1), data.term("x", 1)});
  panel.gmm = {data.gmm("y", 2), data.gmm("x", 2)};
  DynamicPanelOptions options;
  options.system = false;
  options.steps = 1;
  const Estimate differences = dynamic_panel(panel, options);
  options.transform = PanelTransform::orthogonal;
  same(dynamic_panel(panel, options), differences, 1e-9);
  options.variance = PanelVariance::iid;
  const Estimate deviations = dynamic_panel(panel, options);
  options.transform = PanelTransform::difference;
  CHECK(coefficient(deviations, "l(y, 1)").estimate ==
        Approx(coefficient(dynamic_panel(panel, options), "l(y, 1)").estimate).epsilon(1e-9));
  panel.gmm = {data.gmm("y", 2, 2), data.gmm("x", 2, 2)};
  const double limited = coefficient(dynamic_panel(panel, options), "l(y, 1)").estimate;
  options.transform = PanelTransform::orthogonal;
  CHECK(std::abs(coefficient(dynamic_panel(panel, options), "l(y, 1)").estimate - limited) > 1e-4);
}

TEST_CASE("lags of a lagged term are those of the variable, shifted", "[econometrics]") {
  const TestPanel data = simulate({.seed = 61, .entities = 90, .periods = 7, .gaps = 0.1});
  DynamicPanel panel = standard_model(data);
  panel.gmm = {data.gmm("y", 2, 4), data.gmm("x", 2, 4)};
  const Estimate plain = dynamic_panel(panel, {});
  panel.gmm[0].first_lag = 1;
  panel.gmm[0].last_lag = 3;
  panel.gmm[0].offset = 1;
  CHECK(dynamic_panel(panel, {}).covariance == plain.covariance);
}

TEST_CASE("a cluster per entity is the entity, clusters of entities and across them are their own", "[econometrics]") {
  const TestPanel data = simulate({.seed = 71, .entities = 120, .periods = 7});
  DynamicPanel panel = standard_model(data, true);
  for (const int steps : {1, 2}) {
    DynamicPanelOptions options;
    options.steps = steps;
    options.small = true;
    const Estimate plain = dynamic_panel(panel, options);
    panel.cluster = data.entity;
    const Estimate clustered = dynamic_panel(panel, options);
    same(clustered, plain, 1e-10);
    CHECK(clustered.n_clusters == std::vector<long>{120});
    CHECK(test(clustered.tests, "ar2").statistic == Approx(test(plain.tests, "ar2").statistic).epsilon(1e-9));
    for (int& c : panel.cluster) c /= 3;
    const Estimate coarse = dynamic_panel(panel, options);
    CHECK(coarse.n_clusters == std::vector<long>{40});
    CHECK(coarse.df_residual == 39.0);
    CHECK(coarse.n_entities == 120);
    panel.cluster.clear();
  }
  // Clusters that cut through entities: rows of one entity then count as apart.
  DynamicPanelOptions options;
  options.steps = 1;
  panel.cluster.resize(data.entity.size());
  std::iota(panel.cluster.begin(), panel.cluster.end(), 0);
  const Estimate by_row = dynamic_panel(panel, options);
  for (std::size_t r = 0; r < panel.cluster.size(); ++r)
    panel.cluster[r] = static_cast<int>(data.time[r] % 4) + 4 * data.entity[r];
  const Estimate by_four = dynamic_panel(panel, options);
  CHECK(by_row.n_clusters[0] > by_four.n_clusters[0]);
  CHECK(std::abs(coefficient(by_row, "x").std_error - coefficient(by_four, "x").std_error) > 1e-8);
}

TEST_CASE("difference-in-Hansen is the difference of two Hansen tests with one covariance of moments",
          "[econometrics]") {
  const TestPanel data = simulate({.seed = 81, .entities = 200, .periods = 6});
  const DynamicPanel panel = standard_model(data);
  const Estimate full = dynamic_panel(panel, {});
  const double j = test(full.tests, "hansen_j").statistic;
  const double df = test(full.tests, "hansen_j").df[0];
  CHECK(full.difference_hansen.size() == 4);  // levels, y, x, z
  for (const auto& [name, difference] : full.difference_hansen) {
    CAPTURE(name);
    if (!difference.reason.empty()) continue;
    CHECK(difference.statistic >= -1e-9);  // with one S the restricted J cannot fall short
    CHECK(difference.statistic + difference.more[0].second == Approx(j).epsilon(1e-12));
    CHECK(difference.df[0] + difference.more[1].second == df);
  }
  // Differences of y and of x one period ago exist for level rows of the periods 2 to 5.
  CHECK(test(full.difference_hansen, "levels").df[0] == 8.0);
}

TEST_CASE("period dummies: the first is the base, without an entry they go where the contract says", "[econometrics]") {
  const TestPanel data = simulate({.seed = 91, .entities = 150, .periods = 7});
  DynamicPanel panel = standard_model(data, true);
  for (const PanelColumn& c : data.period_dummies()) panel.regressors.push_back(c);
  for (const bool system : {true, false}) {
    CAPTURE(system);
    DynamicPanelOptions options;
    options.system = system;
    const Estimate implied = dynamic_panel(panel, options);
    CHECK(std::any_of(implied.warnings.begin(), implied.warnings.end(),
                      [](const std::string& w) { return w.find("no entry in iv") != std::string::npos; }));
    CHECK(implied.dropped.empty());
    CHECK_THROWS_AS(coefficient(implied, "year::2000"), std::out_of_range);  // no lag of y
    CHECK_THROWS_AS(coefficient(implied, "year::2001"), std::out_of_range);  // base
    CHECK(coefficient(implied, "year::2002").std_error > 0.0);
    panel.iv.push_back(
        {"i(year)", data.period_dummies(), system ? InstrumentEquation::level : InstrumentEquation::difference});
    same(dynamic_panel(panel, options), implied, 1e-10);
    panel.iv.pop_back();
  }
}

TEST_CASE("more instruments than groups: a warning, a pseudo-inverse, finite numbers", "[econometrics]") {
  const TestPanel data = simulate({.seed = 101, .entities = 15, .periods = 8});
  DynamicPanel panel = standard_model(data);
  panel.gmm = {data.gmm("y", 2), data.gmm("x", 2)};
  const Estimate estimate = dynamic_panel(panel, {});
  CHECK(*estimate.n_instruments > 15);
  const auto warned = [&](const char* text) {
    return std::any_of(estimate.warnings.begin(), estimate.warnings.end(),
                       [&](const std::string& w) { return w.find(text) != std::string::npos; });
  };
  CHECK(warned("instruments for 15 groups"));
  CHECK(warned("Moore-Penrose"));
  CHECK(std::isfinite(test(estimate.tests, "hansen_j").statistic));
  for (const Coefficient& c : estimate.coefficients) CHECK(c.std_error > 0.0);
}

TEST_CASE("collinear columns are dropped and named, uncovered regressors are warned about", "[econometrics]") {
  TestPanel data = simulate({.seed = 111, .entities = 100, .periods = 6});
  data.variables["one"] = Eigen::VectorXd::Constant(data.rows(), 3.7);
  data.variables["twice"] = 2.0 * data.variables["z"];
  data.variables["fixed"] = Eigen::VectorXd::NullaryExpr(data.rows(), [&](Eigen::Index r) {
    return normal(5, 5, static_cast<std::uint64_t>(data.entity[static_cast<std::size_t>(r)]), 0);
  });
  DynamicPanel panel = standard_model(data, true);
  for (const char* name : {"one", "twice", "fixed"}) panel.regressors.push_back(data.term(name));
  for (const PanelTransform transform : {PanelTransform::difference, PanelTransform::orthogonal}) {
    DynamicPanelOptions options;
    options.transform = transform;
    CHECK(dynamic_panel(panel, options).dropped == std::vector<std::string>{"one", "twice"});
    options.system = false;
    CHECK(dynamic_panel(panel, options).dropped == std::vector<std::string>{"one", "twice", "fixed"});
  }
  DynamicPanel uncovered = data.model("y", {data.term("y", 1), data.term("x")});
  uncovered.gmm = {data.gmm("y", 2)};
  const Estimate estimate = dynamic_panel(uncovered, {});
  CHECK(estimate.warnings == std::vector<std::string>{"x is a regressor, but neither in gmm nor in iv"});
  uncovered.gmm.push_back(data.gmm("x", 1));
  uncovered.gmm[1].label = "l(x, 1)";
  uncovered.gmm[1].offset = 1;
  uncovered.gmm[1].variable = "x";
  CHECK(dynamic_panel(uncovered, {}).warnings.empty());
}

TEST_CASE("collinear instruments count once and change nothing", "[econometrics]") {
  TestPanel data = simulate({.seed = 121, .entities = 150, .periods = 6});
  data.variables["twice"] = 2.0 * data.variables["z"];
  DynamicPanel panel = standard_model(data, true);
  const Estimate plain = dynamic_panel(panel, {});
  panel.iv.push_back({"twice", {data.term("twice")}, InstrumentEquation::both});
  const Estimate more = dynamic_panel(panel, {});
  CHECK(more.n_instruments == plain.n_instruments);
  same(more, plain, 1e-9);
  CHECK(test(more.tests, "hansen_j").statistic == Approx(test(plain.tests, "hansen_j").statistic).epsilon(1e-9));
  CHECK(test(more.difference_hansen, "twice").reason == "the other instruments contain these");
  CHECK(test(more.difference_hansen, "x").statistic ==
        Approx(test(plain.difference_hansen, "x").statistic).epsilon(1e-8));
}

TEST_CASE("degenerate input of panel GMM is answered, never with NaN", "[econometrics]") {
  const DynamicPanelOptions options;
  const auto message = [&](const DynamicPanel& panel, DynamicPanelOptions with) -> std::string {
    try {
      const Estimate estimate = dynamic_panel(panel, with);
      for (const Coefficient& c : estimate.coefficients)
        if (!std::isfinite(c.estimate) || !std::isfinite(c.std_error)) return "NaN";
      for (const auto& [name, test] : estimate.tests)
        if (!std::isfinite(test.statistic) && test.reason.empty()) return "NaN in " + name;
      for (const auto& [name, test] : estimate.difference_hansen)
        if (!std::isfinite(test.statistic) && test.reason.empty()) return "NaN in " + name;
      return "";
    } catch (const InputError& error) {
      return error.what();
    }
  };
  const TestPanel data = simulate({.seed = 131, .entities = 40, .periods = 6});
  SECTION("two periods") {
    const TestPanel two = simulate({.seed = 131, .entities = 40, .periods = 2});
    CHECK_THAT(message(standard_model(two), options), Catch::Contains("transformed equation"));
  }
  SECTION("three periods leave one difference") {
    const TestPanel three = simulate({.seed = 131, .entities = 40, .periods = 3});
    CHECK(message(standard_model(three), options).empty());
    DynamicPanelOptions difference;
    difference.system = false;
    CHECK(message(standard_model(three), difference).empty());
  }
  SECTION("one entity") {
    const TestPanel one = simulate({.seed = 131, .entities = 1, .periods = 20});
    CHECK_THAT(message(standard_model(one, true), options), Catch::Contains("two groups"));
    DynamicPanelOptions iid;
    iid.steps = 1;
    iid.variance = PanelVariance::iid;
    CHECK(message(standard_model(one, true), iid).empty());
  }
  SECTION("few entities") {
    const TestPanel three = simulate({.seed = 131, .entities = 3, .periods = 12});
    CHECK_THAT(message(standard_model(three, true), options), Catch::Contains("too few for two-step"));
  }
  SECTION("all missing") {
    TestPanel empty = data;
    empty.variables["x"].setConstant(std::numeric_limits<double>::quiet_NaN());
    CHECK_THAT(message(standard_model(empty), options), Catch::Contains("no observation is left"));
  }
  SECTION("only constant regressors") {
    TestPanel constant = data;
    constant.variables["one"] = Eigen::VectorXd::Ones(data.rows());
    DynamicPanel panel = constant.model("y", {constant.term("one")});
    panel.gmm = {constant.gmm("y", 2)};
    DynamicPanelOptions difference;
    difference.system = false;
    CHECK_THAT(message(panel, difference), Catch::Contains("no regressor is left"));
  }
  SECTION("no instruments, and fewer than coefficients") {
    DynamicPanel panel = standard_model(data);
    panel.iv.clear();
    panel.gmm.clear();
    DynamicPanelOptions difference;
    difference.system = false;
    CHECK_THAT(message(panel, difference), Catch::Contains("no instruments"));
    panel.gmm = {data.gmm("y", 2, 2, true)};
    CHECK_THAT(message(panel, difference), Catch::Contains("3 coefficients, but 1 independent"));
  }
  SECTION("instruments that do not move a regressor") {
    TestPanel apart = data;
    apart.variables["zero_later"] = Eigen::VectorXd::NullaryExpr(data.rows(), [&](Eigen::Index r) {
      return data.time[static_cast<std::size_t>(r)] == 2005 ? normal(9, 9, static_cast<std::uint64_t>(r), 0) : 0.0;
    });
    DynamicPanel panel = apart.model("y", {apart.term("y", 1), apart.term("zero_later")});
    panel.gmm = {apart.gmm("y", 2, 2)};
    panel.sample.assign(data.time.size(), 1);
    for (std::size_t r = 0; r < data.time.size(); ++r) panel.sample[r] = data.time[r] <= 2005 ? 1 : 0;
    DynamicPanelOptions difference;
    difference.system = false;
    CHECK(message(panel, difference).empty());
  }
  SECTION("perfect fit") {
    TestPanel perfect = data;
    Eigen::VectorXd& y = perfect.variables["y"];
    for (Eigen::Index r = 0; r < y.size(); ++r)
      y[r] = data.time[static_cast<std::size_t>(r)] == 2000 ? normal(3, 3, static_cast<std::uint64_t>(r), 0)
                                                            : 0.5 * y[r - 1] + 1.0;
    DynamicPanel panel = perfect.model("y", {perfect.term("y", 1)});
    panel.gmm = {perfect.gmm("y", 2)};
    const Estimate estimate = dynamic_panel(panel, options);
    CHECK(coefficient(estimate, "l(y, 1)").estimate == Approx(0.5).epsilon(1e-9));
    CHECK(coefficient(estimate, "l(y, 1)").std_error == 0.0);
    CHECK_THAT(test(estimate.tests, "hansen_j").reason, Catch::Contains("perfect"));
    CHECK(message(panel, options).empty());
  }
  SECTION("time in steps of two") {
    TestPanel sparse = data;
    for (long& t : sparse.time) t *= 2;
    CHECK_THAT(message(standard_model(sparse), options), Catch::Contains("no row of the sample is complete"));
  }
  SECTION("calendar times far apart") {
    TestPanel far = data;
    far.time.back() = 200000;
    CHECK_THAT(message(standard_model(far), options), Catch::Contains("steps of 1"));
  }
  SECTION("lags in the wrong order, a transformed constant in system GMM") {
    DynamicPanel panel = standard_model(data);
    panel.gmm[0].last_lag = 1;
    CHECK_THAT(message(panel, options), Catch::Contains("beyond the last"));
    DynamicPanelOptions transformed;
    transformed.constant = PanelConstant::transformed;
    CHECK_THAT(message(standard_model(data), transformed), Catch::Contains("difference GMM"));
  }
  SECTION("lengths and option values are the caller's business") {
    DynamicPanel panel = standard_model(data);
    panel.time.pop_back();
    CHECK_THROWS_AS(dynamic_panel(panel, options), DomainError);
    DynamicPanelOptions wrong;
    wrong.steps = 3;
    CHECK_THROWS_AS(dynamic_panel(standard_model(data), wrong), DomainError);
  }
}

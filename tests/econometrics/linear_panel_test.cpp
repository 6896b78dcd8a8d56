// Identities between methods, factors of the packages, and data at the edge.
#include "econometrics/linear_panel.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "dynamic_panel_support.h"
#include "econometrics/run_model.h"

using namespace pericore;
using namespace pericore::econometrics;
namespace keyed = pericore::econometrics::testing;

namespace {

/// An unbalanced panel with an effect of the firm that moves with x.
panel::Table random_panel(int firms, int periods, std::uint64_t seed, double gap = 0.2) {
  panel::Column firm{"firm", false, {}, {}, ""};
  panel::Column year{"year", false, {}, {}, ""};
  panel::Column x{"x", false, {}, {}, ""};
  panel::Column z{"z", false, {}, {}, ""};
  panel::Column y{"y", false, {}, {}, ""};
  for (int i = 0; i < firms; ++i) {
    for (int t = 0; t < periods; ++t) {
      const auto a = static_cast<std::uint64_t>(i);
      const auto b = static_cast<std::uint64_t>(t);
      if (keyed::uniform(seed, 1, a, b) < gap) continue;
      const double effect = keyed::normal(seed, 2, a, 0);
      firm.numbers.push_back(i);
      year.numbers.push_back(2000 + t);
      x.numbers.push_back(keyed::normal(seed, 3, a, b) + 0.5 * effect);
      z.numbers.push_back(keyed::normal(seed, 4, a, b) + 0.1 * t);
      y.numbers.push_back(x.numbers.back() - 0.3 * z.numbers.back() + effect + 0.2 * t + keyed::normal(seed, 5, a, b));
    }
  }
  panel::Table table(firm.numbers.size());
  for (const panel::Column& column : {firm, year, x, z, y}) table.add(column);
  return table;
}

Estimate run(const panel::Table& table, Method method, const std::string& formula, const std::string& vcov = "iid",
             DofRule dof = DofRule::xtivreg2, const std::string& sample = "") {
  EstimationJob job;
  job.table = table;
  job.entity = "firm";
  job.time = "year";
  ModelSpec model;
  model.name = "m";
  model.method = method;
  model.formula = formula;
  model.vcov = parse_vcov(vcov);
  model.dof = dof;
  job.models = {model};
  job.formulas = {formula::parse_formula(formula)};
  if (!sample.empty()) job.sample = formula::parse_condition(sample);
  return run_models(job).at(0);
}

const Coefficient& named(const Estimate& e, const std::string& name) {
  for (const Coefficient& c : e.coefficients) {
    if (c.name == name) return c;
  }
  throw std::out_of_range(name);
}

void same_coefficient(const Estimate& a, const Estimate& b, const std::string& name) {
  CHECK(named(a, name).estimate == Approx(named(b, name).estimate).epsilon(1e-10));
  CHECK(named(a, name).std_error == Approx(named(b, name).std_error).epsilon(1e-10));
  CHECK(named(a, name).p_value == Approx(named(b, name).p_value).epsilon(1e-8));
}

}  // namespace

TEST_CASE("a response of zeros has no effect of the entity to test", "[econometrics]") {
  panel::Table table = random_panel(5, 4, 3);
  panel::Column zero = table.column("y");
  zero.name = "zero";
  std::fill(zero.numbers.begin(), zero.numbers.end(), 0.0);
  table.add(zero);
  const Estimate e = run(table, Method::pooled, "zero ~ x");
  const auto found =
      std::find_if(e.tests.begin(), e.tests.end(), [](const auto& entry) { return entry.first == "breusch_pagan_lm"; });
  REQUIRE(found != e.tests.end());
  CHECK(std::isnan(found->second.statistic));
  CHECK(found->second.reason == "the fit is perfect");
}

TEST_CASE("linear panels: within is least squares with dummies") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const panel::Table table = random_panel(15, 8, seed, 0.1);  // no singletons
    const Estimate within = run(table, Method::fixed_effects, "y ~ x + z | firm + year");
    const Estimate dummies = run(table, Method::pooled, "y ~ x + z + i(firm) + i(year)");
    const Estimate half = run(table, Method::fixed_effects, "y ~ x + z + i(year) | firm");
    for (const std::string name : {"x", "z"}) {
      same_coefficient(within, dummies, name);
      same_coefficient(within, half, name);
    }
    CHECK(*within.df_residual == *dummies.df_residual);
    CHECK(within.rss == Approx(dummies.rss).epsilon(1e-10));
    CHECK(within.r2 == Approx(dummies.r2).epsilon(1e-10));
    const Estimate swapped = run(table, Method::fixed_effects, "y ~ x + z | year + firm");
    same_coefficient(within, swapped, "x");
  }
}

TEST_CASE("linear panels: with two periods first differences are the two-way within estimator") {
  const panel::Table table = random_panel(40, 2, 4, 0.0);
  const Estimate differences = run(table, Method::first_difference, "y ~ x + z");
  const Estimate within = run(table, Method::fixed_effects, "y ~ x + z | firm + year");
  same_coefficient(differences, within, "x");
  same_coefficient(differences, within, "z");
  CHECK(*differences.n_obs == 40);
}

TEST_CASE("linear panels: between is least squares of means") {
  const panel::Table table = random_panel(12, 5, 5);
  const Estimate between = run(table, Method::between, "y ~ x");
  CHECK(*between.n_obs == 12);
  panel::Table means(12);
  std::map<double, std::array<double, 3>> sums;
  for (std::size_t i = 0; i < table.row_count(); ++i) {
    auto& sum = sums[table.column("firm").numbers[i]];
    sum[0] += 1.0;
    sum[1] += table.column("x").numbers[i];
    sum[2] += table.column("y").numbers[i];
  }
  panel::Column firm{"firm", false, {}, {}, ""};
  panel::Column year{"year", false, {}, {}, ""};
  panel::Column x{"x", false, {}, {}, ""};
  panel::Column y{"y", false, {}, {}, ""};
  for (const auto& [key, sum] : sums) {
    firm.numbers.push_back(key);
    year.numbers.push_back(1);
    x.numbers.push_back(sum[1] / sum[0]);
    y.numbers.push_back(sum[2] / sum[0]);
  }
  for (const panel::Column& column : {firm, year, x, y}) means.add(column);
  same_coefficient(between, run(means, Method::pooled, "y ~ x"), "x");
}

TEST_CASE("linear panels: clustered errors in the factors of xtivreg2, xtreg and fixest") {
  const panel::Table table = random_panel(20, 6, 6);
  const auto error = [&](DofRule rule) {
    return named(run(table, Method::fixed_effects, "y ~ x + z | firm", "cluster(firm)", rule), "x").std_error;
  };
  const auto n = static_cast<double>(*run(table, Method::fixed_effects, "y ~ x + z | firm").n_obs);
  // Effects nested in the clusters: both others count the constant.
  CHECK(error(DofRule::xtreg) / error(DofRule::xtivreg2) == Approx(std::sqrt((n - 2.0) / (n - 3.0))).epsilon(1e-12));
  CHECK(error(DofRule::fixest) == Approx(error(DofRule::xtreg)).epsilon(1e-12));
}

TEST_CASE("linear panels: an effect without variance makes random effects a pooled regression") {
  panel::Table table(24);
  panel::Column firm{"firm", false, {}, {}, ""};
  panel::Column year{"year", false, {}, {}, ""};
  panel::Column x{"x", false, {}, {}, ""};
  panel::Column y{"y", false, {}, {}, ""};
  for (int i = 0; i < 6; ++i) {
    for (int t = 0; t < 4; ++t) {
      firm.numbers.push_back(i);
      year.numbers.push_back(t);
      x.numbers.push_back((i * 5 + t * 3) % 7);
      // Deviations sum to zero within each firm: means differ by x alone.
      y.numbers.push_back(2.0 * x.numbers.back() + (t < 2 ? 1.0 : -1.0) * (t % 2 == 0 ? 1.0 : 0.5) *
                                                       (t == 2   ? 0.5
                                                        : t == 3 ? 2.0
                                                                 : 1.0));
    }
  }
  for (const panel::Column& column : {firm, year, x, y}) table.add(column);
  const Estimate random = run(table, Method::random_effects, "y ~ x");
  CHECK(random.variance_components->entity == 0.0);
  CHECK(random.variance_components->theta.at(0).second == 0.0);
  CHECK(named(random, "x").estimate == Approx(named(run(table, Method::pooled, "y ~ x"), "x").estimate).epsilon(1e-12));
  CHECK_FALSE(random.warnings.empty());
}

TEST_CASE("linear panels: what is collinear is dropped and named, dummies of time first") {
  panel::Table table = random_panel(10, 5, 7, 0.0);
  panel::Column trend{"trend", false, {}, {}, ""};
  panel::Column twice{"twice", false, {}, {}, ""};
  panel::Column level{"level", false, {}, {}, ""};
  for (std::size_t i = 0; i < table.row_count(); ++i) {
    trend.numbers.push_back(3.0 * table.column("year").numbers[i]);
    twice.numbers.push_back(2.0 * table.column("x").numbers[i]);
    level.numbers.push_back(1e5 + table.column("firm").numbers[i]);
  }
  for (const panel::Column& column : {trend, twice, level}) table.add(column);
  CHECK(run(table, Method::fixed_effects, "y ~ x + level + twice | firm").dropped ==
        std::vector<std::string>{"level", "twice"});
  CHECK(run(table, Method::fixed_effects, "y ~ i(year) + trend + x | firm").dropped ==
        std::vector<std::string>{"year::2004"});
  CHECK(
      run(table, Method::pooled, "y ~ x + i(year)", "iid", DofRule::xtivreg2, "year > 2001").coefficients.at(2).name ==
      "year::2003");
}

TEST_CASE("linear panels: lags look at rows outside the sample") {
  const panel::Table table = random_panel(10, 6, 8, 0.0);
  const Estimate late = run(table, Method::pooled, "y ~ l(x, 1)", "iid", DofRule::xtivreg2, "year >= 2001");
  CHECK(*late.n_obs == 50);
  CHECK(late.coefficients.at(1).name == "l(x, 1)");
}

TEST_CASE("linear panels: data that cannot be used") {
  const panel::Table table = random_panel(6, 4, 9, 0.0);
  CHECK_THROWS_WITH(run(table, Method::pooled, "y ~ x | firm"), Catch::Contains("fixed_effects"));
  CHECK_THROWS_WITH(run(table, Method::fixed_effects, "y ~ x"), Catch::Contains("needs an effect"));
  CHECK_THROWS_WITH(run(table, Method::pooled, "y ~ x", "iid", DofRule::xtivreg2, "year > 3000"),
                    Catch::Contains("no row"));
  CHECK_THROWS_WITH(run(table, Method::pooled, "y ~ x + z", "iid", DofRule::xtivreg2, "firm == 1 and year < 2003"),
                    Catch::Contains("too few"));
  CHECK_THROWS_WITH(run(table, Method::pooled, "y ~ x", "cluster(firm)", DofRule::xtivreg2, "firm == 1"),
                    Catch::Contains("one cluster"));
}

TEST_CASE("linear panels: the names of covariances") {
  CHECK(parse_vcov("cluster(`a, b`)").columns == std::vector<std::string>{"a, b"});
  CHECK(parse_vcov("twoway(a, b)").columns == std::vector<std::string>{"a", "b"});
  CHECK(parse_vcov("spatial_hac(200 km, 2)").serial_bandwidth == 2.0);
  CHECK(parse_vcov("hac(parzen, 3)").kernel == Kernel::parzen);
  CHECK_THROWS_WITH(parse_vcov("clustr(a)"), Catch::Contains("did you mean 'cluster'"));
  for (const std::string text :
       {"cluster", "cluster()", "twoway(a)", "spatial_hac(200)", "hac(-1)", "iid(x)", "cluster(a", ""}) {
    INFO(text);
    CHECK_THROWS_AS(parse_vcov(text), InputError);
  }
}

TEST_CASE("linear panels: 95 % intervals cover the truth as often as they say") {
  // Effects correlate with x. iid errors: the classical interval. Errors that follow an AR(1) in each firm: the clustered interval, over
  // 40 firms; the classical one covers too little then. Four standard deviations of the simulation either way.
  constexpr int repetitions = 600;
  const double margin = 4.0 * std::sqrt(0.95 * 0.05 / repetitions);
  int classical = 0;
  int clustered = 0;
  int naive = 0;
  for (std::uint64_t seed = 1; seed <= repetitions; ++seed) {
    panel::Table table = random_panel(40, 6, 1000 + seed, 0.1);
    const auto covers = [](const Estimate& e) {
      const Coefficient& x = named(e, "x");
      // The interval holds the truth where the test of x = 1 does not reject at 5 %.
      return t_p((x.estimate - 1.0) / x.std_error, *e.df_residual) > 0.05;
    };
    classical += covers(run(table, Method::fixed_effects, "y ~ x + z | firm + year")) ? 1 : 0;
    panel::Column serial{"serial", false, {}, {}, ""};
    panel::Column smooth{"smooth", false, {}, {}, ""};
    double error = 0.0;
    double slow = 0.0;
    const auto& firm = table.column("firm").numbers;
    for (std::size_t i = 0; i < table.row_count(); ++i) {
      const auto a = static_cast<std::uint64_t>(i);
      const bool fresh = i == 0 || firm[i] != firm[i - 1];
      error = (fresh ? 0.0 : 0.9 * error) + keyed::normal(seed, 11, a, 0);
      slow = (fresh ? 0.0 : 0.9 * slow) + keyed::normal(seed, 12, a, 0);
      smooth.numbers.push_back(slow);
      serial.numbers.push_back(slow + error);
    }
    table.add(smooth);
    table.add(serial);
    const auto covers_smooth = [](const Estimate& e) {
      const Coefficient& x = named(e, "smooth");
      return t_p((x.estimate - 1.0) / x.std_error, *e.df_residual) > 0.05;
    };
    clustered += covers_smooth(run(table, Method::fixed_effects, "serial ~ smooth | firm", "cluster(firm)")) ? 1 : 0;
    naive += covers_smooth(run(table, Method::fixed_effects, "serial ~ smooth | firm")) ? 1 : 0;
  }
  CHECK(std::abs(static_cast<double>(classical) / repetitions - 0.95) < margin);
  CHECK(std::abs(static_cast<double>(clustered) / repetitions - 0.95) < margin);
  CHECK(static_cast<double>(naive) / repetitions < 0.95 - margin);
}

TEST_CASE("a model's kappa reaches the k-class estimator, 1 is two-stage least squares") {
  const panel::Table table = random_panel(30, 6, 9, 0.0);
  const auto instrumented = [&](Method method, std::optional<double> kappa) {
    EstimationJob job;
    job.table = table;
    job.entity = "firm";
    job.time = "year";
    ModelSpec model;
    model.name = "m";
    model.method = method;
    model.formula = "y ~ 1 | firm | x ~ z + l(x, 1) + l(z, 1)";
    model.vcov = parse_vcov("iid");
    model.kappa = kappa;
    job.models = {model};
    job.formulas = {formula::parse_formula(model.formula)};
    return named(run_models(job).at(0), "x").estimate;
  };
  const double tsls = instrumented(Method::tsls, {});
  CHECK(instrumented(Method::liml, 1.0) == Approx(tsls).epsilon(1e-10));
  CHECK(std::abs(instrumented(Method::liml, {}) - tsls) > 1e-6);
  CHECK(std::abs(instrumented(Method::liml, 0.5) - tsls) > 1e-6);
}

// Grunfeld's and Arellano and Bond's panels against R's plm, sandwich and car: every coefficient, standard error and test of
// tests/data/reference/panel_*/expected.json.
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "econometrics/run_model.h"
#include "reference_panel.h"

using namespace pericore;
using namespace pericore::econometrics;
using nlohmann::json;

namespace {

struct Reference {
  json cases;
  EstimationJob job;  ///< without models
  std::string formula;
  double coef, se, stat, p;
};

Reference read_reference(const std::string& folder, const std::string& formula) {
  const auto where = pericore::testing::shipped_reference() / folder;
  const json document = pericore::testing::read_json(where / "expected.json");
  Reference r;
  r.cases = document["cases"];
  const json& data = document["data"][0];
  r.job.table = pericore::testing::read_csv(where / data["file"].get<std::string>());
  r.job.entity = data["id"];
  r.job.time = data["time"];
  r.formula = formula;
  r.coef = document["tolerance"]["coef_rel"];
  r.se = document["tolerance"]["se_rel"];
  r.stat = document["tolerance"]["stat_rel"];
  r.p = document["tolerance"]["p_abs"];
  return r;
}

Estimate run(const Reference& r, Method method, const std::string& effects, const std::string& vcov, bool small) {
  EstimationJob job = r.job;
  ModelSpec model;
  model.method = method;
  model.formula = r.formula + (effects.empty() ? "" : " | " + effects);
  model.vcov = parse_vcov(vcov);
  model.small = small;
  model.keep_singletons = true;
  job.models = {model};
  job.formulas = {formula::parse_formula(model.formula)};
  return run_models(job).at(0);
}

void close(double got, double expected, double tolerance) {
  CHECK(std::abs(got - expected) <= tolerance * std::abs(expected));
}

const Coefficient& named(const Estimate& e, const std::string& name) {
  for (const Coefficient& c : e.coefficients) {
    if (c.name == name) return c;
  }
  FAIL("no coefficient " << name);
  return e.coefficients[0];
}

const Test& test_of(const std::vector<std::pair<std::string, Test>>& tests, const std::string& name) {
  for (const auto& [key, test] : tests) {
    if (key == name) return test;
  }
  FAIL("no test " << name);
  return tests[0].second;
}

void check_errors(const Estimate& e, const json& expected, const std::string& key, double factor, double tolerance) {
  INFO(key);
  REQUIRE(e.coefficients.size() == expected[key].size());
  for (const auto& [name, value] : expected[key].items())
    close(named(e, name).std_error, value.get<double>() * factor, tolerance);
}

void check_test(const Reference& r, const Test& test, double statistic, double p) {
  close(test.statistic, statistic, r.stat);
  CHECK(std::abs(test.p_value - p) <= r.p);
}

/// plm's plain sandwiches in the factors of this program: docs/estimators/linear.md, degrees of freedom.
void check_case(const Reference& r, const std::string& kind, Method method, const std::string& effects,
                long first_levels, long second_dummies) {
  INFO(kind);
  const json& e = r.cases[kind]["expected"];
  const double n = e["nobs"];
  const Estimate iid = run(r, method, effects, "iid", true);
  CHECK(*iid.n_obs == static_cast<long>(n));
  CHECK(*iid.df_residual == e["df_residual"].get<double>());
  close(iid.rss, e["rss"], r.stat);
  close(effects.empty() ? iid.r2 : iid.r2_within, e["r2"], r.stat);
  for (const auto& [name, value] : e["coef"].items()) close(named(iid, name).estimate, value, r.coef);
  check_errors(iid, e, "se_classical", 1.0, r.se);
  const double white = effects.empty() ? 1.0 : std::sqrt(n / (n - static_cast<double>(first_levels)));
  check_errors(run(r, method, effects, "hetero", false), e, "se_white_HC0", white, r.se);
  const std::string entity = "cluster(" + r.job.entity + ")";
  check_errors(run(r, method, effects, entity, false), e, "se_cluster_id_HC0", 1.0, r.se);
  const double k = static_cast<double>(e["coef"].size());
  const double sss = std::sqrt((n - k) / (n - k - static_cast<double>(second_dummies)));
  check_errors(run(r, method, effects, entity, true), e, "se_cluster_id_sss", sss, r.se);
  if (e.contains("se_cluster_twoway_HC0")) {
    check_errors(run(r, method, effects, "cluster(" + r.job.time + ")", false), e, "se_cluster_time_HC0", 1.0, r.se);
    check_errors(run(r, method, effects, "twoway(" + r.job.entity + ", " + r.job.time + ")", false), e,
                 "se_cluster_twoway_HC0", 1.0, r.se);
  }
}

void check_all(const Reference& r, long entities, long periods) {
  const std::string& id = r.job.entity;
  const std::string& time = r.job.time;
  check_case(r, "pooled", Method::pooled, "", 0, 0);
  check_case(r, "fe_id", Method::fixed_effects, id, entities, 0);
  check_case(r, "fe_time", Method::fixed_effects, time, periods, 0);
  check_case(r, "fe_twoway", Method::fixed_effects, id + " + " + time, entities, periods - 1);
  check_case(r, "re_swar", Method::random_effects, "", 0, 0);

  const Estimate pooled = run(r, Method::pooled, "", "iid", true);
  const auto expected = [&](const std::string& name) { return r.cases[name]["expected"]; };
  REQUIRE(pooled.vif.size() == expected("vif").size());
  for (const auto& [name, value] : pooled.vif) close(value, expected("vif")[name], r.stat);
  check_test(r, test_of(pooled.tests, "breusch_pagan_lm"), expected("breusch_pagan")["chi2"],
             expected("breusch_pagan")["p"]);
  const json f = expected("f_tests");
  check_test(r, test_of(run(r, Method::fixed_effects, id, "iid", true).f_effects, "all"), f["id_F"], f["id_p"]);
  const Estimate twoway = run(r, Method::fixed_effects, id + " + " + time, "iid", true);
  check_test(r, test_of(twoway.f_effects, "all"), f["twoway_F"], f["twoway_p"]);
  check_test(r, test_of(twoway.f_effects, time), f["time_given_id_F"], f["time_given_id_p"]);
  const Estimate random = run(r, Method::random_effects, "", "iid", true);
  const json hausman = expected("hausman");
  check_test(r, test_of(random.tests, "hausman"), hausman["chi2"], hausman["p"]);
  CHECK(test_of(random.tests, "hausman").df == std::vector<double>{hausman["df"].get<double>()});
  check_test(r, test_of(random.tests, "hausman_auxiliary"), expected("hausman_aux")["chi2"],
             expected("hausman_aux")["p"]);
  const json components = expected("re_swar");
  close(random.variance_components->idiosyncratic, components["sigma2_idios"], r.stat);
  close(random.variance_components->entity, components["sigma2_id"], r.stat);
}

}  // namespace

TEST_CASE("linear panels: Grunfeld (1958), ten firms, as plm has it") {
  const Reference r = read_reference("panel_grunfeld", "inv ~ value + capital");
  check_all(r, 10, 20);
  // Baltagi (2005), Table 2.1.
  const Estimate random = run(r, Method::random_effects, "", "iid", true);
  CHECK(named(random, "value").estimate == Approx(0.1097811).epsilon(1e-6));
  CHECK(random.variance_components->theta.at(0).second ==
        Approx(r.cases["re_swar"]["expected"]["theta"].get<double>()).epsilon(1e-6));
}

TEST_CASE("linear panels: Arellano and Bond (1991), 140 firms, unbalanced, as plm has it") {
  const Reference r = read_reference("panel_abdata", "n ~ w + k + ys");
  check_all(r, 140, 9);
  // theta by firm: the distinct values are the same.
  std::set<long> expected;
  std::set<long> got;
  for (const double theta : r.cases["re_swar"]["expected"]["theta"]) expected.insert(std::lround(theta * 1e8));
  const Estimate random = run(r, Method::random_effects, "", "iid", true);
  CHECK(random.variance_components->theta.size() == 140);
  for (const auto& [firm, theta] : random.variance_components->theta) got.insert(std::lround(theta * 1e8));
  CHECK(got == expected);
}

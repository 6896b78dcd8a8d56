/// Difference and system GMM on the Arellano-Bond data: every case of tests/data/reference/gmm_abdata (sources named in expected.json: gretl
/// dpanel, recorded xtabond2 output, Arellano and Bond 1991 Table 4, Blundell and Bond 1998 Table 4, Roodman 2009).
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "config/faults.h"
#include "config/read_table.h"
#include "dynamic_panel_support.h"
#include "panel/table.h"

using namespace pericore;
using namespace pericore::econometrics;
using namespace pericore::econometrics::testing;
using nlohmann::json;

namespace {

const std::string folder = PERICORE_SOURCE_DIR "/tests/data/reference/gmm_abdata/";

TestPanel abdata() {
  config::Faults faults;
  const panel::Table table = config::read_table(folder + "data.csv", faults);
  TestPanel panel;
  panel.entity = panel::code(table.column("unit")).codes;
  for (const double t : table.column("YEAR").numbers) panel.time.push_back(std::lround(t));
  for (const char* name : {"n", "w", "k", "ys"}) {
    const std::vector<double>& v = table.column(name).numbers;
    panel.variables[name] = Eigen::Map<const Eigen::VectorXd>(v.data(), static_cast<Eigen::Index>(v.size()));
  }
  return panel;
}

/// "L1.n" -> "l(n, 1)", "t1980" -> "year::1980", "_cons" -> "(Intercept)".
std::string name_of(const std::string& key) {
  if (key == "_cons") return "(Intercept)";
  if (key[0] == 't') return "year::" + key.substr(1);
  if (key[0] == 'L' && key.size() > 2 && key[2] == '.') return "l(" + key.substr(3) + ", " + key[1] + ")";
  return key;
}

struct Specification {
  DynamicPanel panel;
  DynamicPanelOptions options;
};

Specification read_case(const TestPanel& data, const json& spec) {
  Specification result;
  const std::string y = spec["y"];
  std::vector<PanelColumn> regressors;
  for (long lag = 1; lag <= spec["p"].get<long>(); ++lag) regressors.push_back(data.term(y, lag));
  for (const json& x : spec["x"]) regressors.push_back(data.term(x[0], x[1]));
  const bool dummies = spec.value("td", false);
  const bool system = spec["system"];
  if (dummies)
    for (PanelColumn& column : data.period_dummies()) regressors.push_back(std::move(column));
  result.panel = data.model(y, std::move(regressors));
  for (const json& g : spec["gmm"]) {
    bool level = false;
    for (const json& l : spec.value("lev", json::array())) level = level || l[0] == g[0];
    result.panel.gmm.push_back(data.gmm(g[0], g[1], g[2].get<long>() < 99 ? g[2].get<long>() : -1,
                                        spec.value("collapse", false),
                                        system && !level ? InstrumentEquation::difference : InstrumentEquation::both));
  }
  for (const json& z : spec.value("iv", json::array())) {
    const PanelColumn column = data.term(z[0], z[1]);
    result.panel.iv.push_back({column.name, {column}, InstrumentEquation::both});
  }
  if (dummies)
    result.panel.iv.push_back(
        {"i(year)", data.period_dummies(), system ? InstrumentEquation::level : InstrumentEquation::both});
  DynamicPanelOptions& options = result.options;
  options.system = system;
  options.transform = spec.value("orthogonal", false) ? PanelTransform::orthogonal : PanelTransform::difference;
  options.steps = spec.value("twostep", false) ? 2 : 1;
  options.variance = spec.value("asy", false) ? PanelVariance::iid : PanelVariance::robust;
  const bool dpd = spec.value("dpd", false);
  if (dpd && system) options.weighting = 2;
  if (dpd && !system) options.constant = PanelConstant::transformed;
  return result;
}

}  // namespace

TEST_CASE("every case of the Arellano-Bond data, to the tolerances of the reference", "[econometrics][published]") {
  std::ifstream file(folder + "expected.json");
  const json document = json::parse(file);
  const TestPanel data = abdata();
  const double coefficient_tolerance = document["tolerance"]["coef_rel"];
  const double error_tolerance = document["tolerance"]["se_rel"];
  const double test_tolerance = document["tolerance"]["stat_rel"];
  REQUIRE(document["cases"].size() == 20);
  for (const json& reference : document["cases"]) {
    const std::string name = reference["name"];
    CAPTURE(name);
    Specification specification = read_case(data, reference["spec"]);
    const json& expected = reference["expected"];
    const Estimate estimate = dynamic_panel(specification.panel, specification.options);
    CHECK(estimate.coefficients.size() == expected["coef_all"].size());
    CHECK(estimate.dropped.empty());
    for (const auto& [key, value] : expected["coef_all"].items()) {
      CAPTURE(key);
      CHECK(coefficient(estimate, name_of(key)).estimate == Approx(value.get<double>()).epsilon(coefficient_tolerance));
      CHECK(coefficient(estimate, name_of(key)).std_error ==
            Approx(expected["se_all"][key].get<double>()).epsilon(error_tolerance));
    }
    CHECK(estimate.n_obs == expected["nobs"].get<long>());
    CHECK(estimate.n_obs_transformed == expected["nobs_transformed"].get<long>());
    CHECK(estimate.n_entities == expected["groups"].get<long>());
    CHECK(estimate.n_instruments == expected["instruments"].get<long>());
    const auto holds = [&](const Test& found, const char* key, const char* df) {
      CAPTURE(key);
      CHECK(found.statistic == Approx(expected[key].get<double>()).epsilon(test_tolerance));
      if (df != nullptr) CHECK(found.df == std::vector<double>{expected[df].get<double>()});
    };
    holds(test(estimate.tests, "ar1"), "ar1", nullptr);
    holds(test(estimate.tests, "ar2"), "ar2", nullptr);
    holds(test(estimate.tests, "hansen_j"), "hansen", "hansen_df");
    holds(test(estimate.tests, "sargan"), "sargan_xtabond2_now", "sargan_df");
    holds(test(estimate.tests, "wald"), "wald_slopes_and_years", nullptr);
    if (expected.contains("diff_hansen_levels")) {
      const json& levels = expected["diff_hansen_levels"];
      const Test& found = test(estimate.difference_hansen, "levels");
      CHECK(found.statistic == Approx(levels["diff"].get<double>()).epsilon(test_tolerance));
      CHECK(found.df == std::vector<double>{levels["diff_df"].get<double>()});
      REQUIRE(found.more.size() == 2);
      CHECK(found.more[0].second == Approx(levels["excl"].get<double>()).epsilon(test_tolerance));
      CHECK(found.more[1].second == levels["excl_df"].get<double>());
    }
    specification.options.small = true;
    const Estimate small = dynamic_panel(specification.panel, specification.options);
    for (const auto& [key, value] : expected["se_small"].items()) {
      CAPTURE(key);
      CHECK(coefficient(small, name_of(key)).std_error == Approx(value.get<double>()).epsilon(error_tolerance));
    }
  }
}

TEST_CASE("Roodman (2009), The Stata Journal 9(1), system GMM with small-sample corrections: the printed table",
          "[econometrics][published]") {
  std::ifstream file(folder + "expected.json");
  const json document = json::parse(file);
  const TestPanel data = abdata();
  for (const json& reference : document["cases"]) {
    if (reference["name"] != "roodman_sys_onestep_robust") continue;
    Specification specification = read_case(data, reference["spec"]);
    specification.options.small = true;
    const Estimate estimate = dynamic_panel(specification.panel, specification.options);
    CHECK(coefficient(estimate, "l(n, 1)").estimate == Approx(0.9356053).margin(5e-8));
    CHECK(coefficient(estimate, "l(n, 1)").std_error == Approx(0.026569).margin(5e-8));
    CHECK(coefficient(estimate, "w").estimate == Approx(-0.6309761).margin(5e-8));
    CHECK(coefficient(estimate, "w").std_error == Approx(0.1192834).margin(5e-8));
    CHECK(test(estimate.tests, "ar1").statistic == Approx(-5.46).margin(5e-3));
    CHECK(test(estimate.tests, "hansen_j").statistic == Approx(110.70).margin(5e-3));
    CHECK(test(estimate.tests, "wald").statistic == Approx(1154.36).margin(5e-3));
    CHECK(test(estimate.tests, "wald").df == std::vector<double>{12.0, 139.0});
    CHECK(estimate.df_residual == 139.0);
  }
}

/// Numbers of R 4.2.2 and gretl 2022c on panels that are shipped (tests/data/reference): robust covariances, k-class and efficient GMM estimators,
/// spatial maximum likelihood. Each number stands beside the command that made it.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "econometrics/run_model.h"
#include "reference_panel.h"

using namespace pericore;
using namespace pericore::econometrics;

namespace {

using Numbers = std::map<std::string, double>;

struct Data {
  panel::Table table;
  std::string entity;
  std::string time;
  std::string latitude;
  std::string longitude;
};

Data grunfeld() {
  return {pericore::testing::read_csv(pericore::testing::shipped_reference() / "panel_grunfeld/data.csv"), "firm",
          "year", "", ""};
}

/// Arellano and Bond's firms.
Data firms() {
  return {pericore::testing::read_csv(pericore::testing::shipped_reference() / "gmm_abdata/data.csv"), "unit", "YEAR",
          "", ""};
}

/// Neighbourhoods of Columbus; X and Y of the map taken for degrees.
Data columbus() {
  return {pericore::testing::read_csv(pericore::testing::shipped_reference() / "spatial_columbus/data.csv"), "POLYID",
          "", "Y", "X"};
}

/// Income per head of 32 Mexican states every ten years: one row a state and year.
Data mexico() {
  const panel::Table wide =
      pericore::testing::read_csv(pericore::testing::shipped_reference() / "regional_mexico/data.csv");
  panel::Column state{"state", false, {}, {}, ""};
  panel::Column year{"year", false, {}, {}, ""};
  panel::Column income{"income", false, {}, {}, ""};
  for (std::size_t row = 0; row < wide.row_count(); ++row) {
    for (int t = 1940; t <= 2000; t += 10) {
      state.numbers.push_back(static_cast<double>(row));
      year.numbers.push_back(t);
      income.numbers.push_back(wide.column("pcgdp" + std::to_string(t)).numbers[row]);
    }
  }
  panel::Table table(state.numbers.size());
  for (const panel::Column& column : {state, year, income}) table.add(column);
  return {table, "state", "year", "", ""};
}

/// Binary contiguity between units in the order of their file; the estimator standardises rows.
std::shared_ptr<const geography::WeightMatrix> neighbours(const std::string& folder, Eigen::Index units) {
  const panel::Table pairs =
      pericore::testing::read_csv(pericore::testing::shipped_reference() / folder / "neighbours.csv");
  std::vector<geography::Link> links;
  for (std::size_t row = 0; row < pairs.row_count(); ++row)
    links.push_back({static_cast<Eigen::Index>(pairs.column("i").numbers[row]) - 1,
                     static_cast<Eigen::Index>(pairs.column("j").numbers[row]) - 1});
  return std::make_shared<const geography::WeightMatrix>(geography::weights_from_links(units, links));
}

ModelSpec model_of(Method method, const std::string& formula, const std::string& vcov) {
  ModelSpec model;
  model.method = method;
  model.formula = formula;
  model.vcov = parse_vcov(vcov);
  model.small = false;
  model.keep_singletons = true;
  return model;
}

Estimate run(const Data& data, const ModelSpec& model, const std::string& sample = "") {
  EstimationJob job;
  job.table = data.table;
  job.entity = data.entity;
  job.time = data.time;
  job.latitude = data.latitude;
  job.longitude = data.longitude;
  job.models = {model};
  job.formulas = {formula::parse_formula(model.formula)};
  if (!sample.empty()) job.sample = formula::parse_condition(sample);
  return run_models(job).at(0);
}

const Coefficient& named(const Estimate& e, const std::string& name) {
  for (const Coefficient& c : e.coefficients) {
    if (c.name == name) return c;
  }
  FAIL("no coefficient " << name);
  return e.coefficients[0];
}

const Test& test_of(const Estimate& e, const std::string& name) {
  for (const auto& [key, test] : e.tests) {
    if (key == name) return test;
  }
  FAIL("no test " << name);
  return e.tests[0].second;
}

void check_estimates(const Estimate& e, const Numbers& expected, double tolerance) {
  for (const auto& [name, value] : expected) {
    INFO("estimate of " << name);
    CHECK(named(e, name).estimate == Approx(value).epsilon(tolerance).margin(0.0));
  }
}

void check_errors(const Estimate& e, const Numbers& expected, double tolerance) {
  for (const auto& [name, value] : expected) {
    INFO("standard error of " << name);
    CHECK(named(e, name).std_error == Approx(value).epsilon(tolerance).margin(0.0));
  }
}

// Numbers are printed with twelve digits; least squares of both programs agree to about 1e-12.
constexpr double printed = 1e-10;

}  // namespace

TEST_CASE("Newey-West in a panel: plm", "[econometrics][published]") {
  // plm 2.6.2: vcovNW(plm(inv ~ value + capital, model = m), maxlag = 2, type = "HC0"); maxlag 2 is bandwidth 3. Within: times the
  // N/(N - G) of docs/estimators/covariance.md.
  check_errors(run(grunfeld(), model_of(Method::pooled, "inv ~ value + capital", "hac(3)")),
               {{"(Intercept)", 15.0196428079}, {"value", 0.00973915501101}, {"capital", 0.0628233451649}}, printed);
  const double factor = std::sqrt(200.0 / 190.0);
  check_errors(run(grunfeld(), model_of(Method::fixed_effects, "inv ~ value + capital | firm", "hac(3)")),
               {{"value", factor * 0.021456504904}, {"capital", factor * 0.0490985609843}}, printed);
}

TEST_CASE("Newey-West and Andrews' kernels in one series: sandwich", "[econometrics][published]") {
  // sandwich 3.0.2, firm 1 of Grunfeld's: NeweyWest(lm(inv ~ value + capital), lag = 3, prewhite = FALSE); kernHAC(.., prewhite = FALSE,
  // adjust = FALSE) with kernel = "Parzen", bw = 4 and with kernel = "Quadratic Spectral", bw = 3.
  const auto series = [](const std::string& vcov) {
    return run(grunfeld(), model_of(Method::pooled, "inv ~ value + capital", vcov), "firm == 1");
  };
  check_errors(series("hac(4)"),
               {{"(Intercept)", 113.594870289}, {"value", 0.0298041247391}, {"capital", 0.0492852815529}}, printed);
  check_errors(series("hac(4, parzen)"),
               {{"(Intercept)", 108.583087634}, {"value", 0.0277853233422}, {"capital", 0.0484816314772}}, printed);
  check_errors(series("hac(3, quadratic_spectral)"),
               {{"(Intercept)", 112.369427489}, {"value", 0.0292370544516}, {"capital", 0.0506306541751}}, printed);
}

TEST_CASE("Newey-West after two-stage least squares: AER and sandwich", "[econometrics][published]") {
  // AER 1.2.10, sandwich 3.0.2, firm 1 of Grunfeld's: NeweyWest(ivreg(inv ~ value + capital | L1.value + L2.value + capital) on the rows in
  // which L1.capital is there too, lag = 2, prewhite = FALSE), vcovHC(.., type = "HC0").
  const auto series = [](const std::string& vcov) {
    return run(grunfeld(), model_of(Method::tsls, "inv ~ capital | value ~ l(value, 1:2)", vcov), "firm == 1");
  };
  check_estimates(series("hac(3)"),
                  {{"(Intercept)", -294.338595946}, {"value", 0.153607263661}, {"capital", 0.358068366537}}, printed);
  check_errors(series("hac(3)"),
               {{"(Intercept)", 287.057242942}, {"value", 0.0711039092696}, {"capital", 0.0547562708875}}, printed);
  check_errors(series("hetero"),
               {{"(Intercept)", 371.625834696}, {"value", 0.0942611911278}, {"capital", 0.0673250682668}}, printed);
}

TEST_CASE("Driscoll-Kraay: plm", "[econometrics][published]") {
  // plm 2.6.2: vcovSCC(plm(inv ~ value + capital, model = m), maxlag = l, type = "HC0").
  check_errors(run(grunfeld(), model_of(Method::pooled, "inv ~ value + capital", "driscoll_kraay(3)")),
               {{"(Intercept)", 12.2950685079}, {"value", 0.0115228093984}, {"capital", 0.0483755870186}}, printed);
  check_errors(run(grunfeld(), model_of(Method::fixed_effects, "inv ~ value + capital | firm", "driscoll_kraay(3)")),
               {{"value", 0.0176860327181}, {"capital", 0.0348201468738}}, printed);
  check_errors(run(grunfeld(), model_of(Method::fixed_effects, "inv ~ value + capital | firm", "driscoll_kraay(1)")),
               {{"value", 0.0164157414201}, {"capital", 0.0305796603648}}, printed);
}

TEST_CASE("two-way clusters within: plm", "[econometrics][published]") {
  // plm 2.6.2: vcovDC(plm(inv ~ value + capital, model = "within"), type = "HC0").
  check_errors(run(grunfeld(), model_of(Method::fixed_effects, "inv ~ value + capital | firm", "twoway(firm, year)")),
               {{"value", 0.0110542285516}, {"capital", 0.0411447658398}}, printed);
}

TEST_CASE("Conley: R from the definition", "[econometrics]") {
  // No package has it. R, d the haversine distances at 6371.0088 km between (Y, X) in degrees, m <- lm(CRIME ~ INC + HOVAL), X <- model.matrix(m),
  // B <- solve(crossprod(X)): sqrt(diag(B %*% t(X * resid(m)) %*% w %*% (X * resid(m)) %*% B)) with w <- d <= 300, and w <- pmax(1 - d/300, 0).
  check_errors(run(columbus(), model_of(Method::pooled, "CRIME ~ INC + HOVAL", "spatial_hac(300 km, uniform)")),
               {{"(Intercept)", 6.28902551444}, {"INC", 0.464081739391}, {"HOVAL", 0.158955302608}}, printed);
  check_errors(run(columbus(), model_of(Method::pooled, "CRIME ~ INC + HOVAL", "spatial_hac(300 km, bartlett)")),
               {{"(Intercept)", 4.86257240938}, {"INC", 0.458616664112}, {"HOVAL", 0.156818689555}}, printed);
}

namespace {

const std::string employment = "n ~ ys | w + k ~ l(w, 1:2) + l(k, 1:2)";

}  // namespace

TEST_CASE("limited information maximum likelihood: gretl", "[econometrics][published]") {
  // gretl 2022c, 751 rows: tsls n w k 0 ys ; ys w1 w2 k1 k2 0 --liml, w1.. lags within the unit. Smallest eigenvalue 1.01632; likelihood ratio
  // 12.1592 [0.0023], as printed.
  const Estimate e = run(firms(), model_of(Method::liml, employment, "iid"));
  CHECK(e.n_obs == 751);
  check_estimates(
      e, {{"(Intercept)", 3.07060663262}, {"w", -0.412719114182}, {"k", 0.807988380587}, {"ys", -0.0832165399817}},
      1e-9);
  check_errors(
      e, {{"(Intercept)", 1.13425026143}, {"w", 0.08150514784}, {"k", 0.0130748785457}, {"ys", 0.234762026907}}, 1e-9);
  CHECK(test_of(e, "liml_lr").statistic == Approx(12.1592).margin(5e-5));
  CHECK(test_of(e, "liml_lr").p_value == Approx(0.0023).margin(5e-5));
}

TEST_CASE("Fuller's correction: R from the definition", "[econometrics]") {
  // No package of Debian has it. R: lambda the smallest eigenvalue of solve(W, W1), W and W1 the cross products of [n, w, k] less their part along
  // all instruments, along [1, ys]; kappa <- lambda - fuller/(751 - 6); H <- (1 - kappa) X'X + kappa X'PX; b <- solve(H, (1 - kappa) X'y + kappa
  // X'Py). Errors: e'e/751 solve(H) (fuller 1), solve(H) sum of units' (PX'e)(PX'e)' solve(H) (fuller 4).
  ModelSpec model = model_of(Method::liml, employment, "iid");
  model.fuller = 1.0;
  const Estimate one = run(firms(), model);
  check_estimates(
      one, {{"(Intercept)", 3.07042268529}, {"w", -0.412686779233}, {"k", 0.807981973247}, {"ys", -0.0831993469197}},
      1e-9);
  check_errors(one,
               {{"(Intercept)", 1.13424181611}, {"w", 0.0814989881549}, {"k", 0.0130747793366}, {"ys", 0.234761806033}},
               1e-9);
  model = model_of(Method::liml, employment, "cluster(unit)");
  model.fuller = 4.0;
  const Estimate four = run(firms(), model);
  check_estimates(
      four, {{"(Intercept)", 3.06987110431}, {"w", -0.41258983403}, {"k", 0.807962753106}, {"ys", -0.0831477834816}},
      1e-9);
  check_errors(four,
               {{"(Intercept)", 1.36761398178}, {"w", 0.24716121552}, {"k", 0.0342235591675}, {"ys", 0.177173738949}},
               1e-9);
}

TEST_CASE("continuously updated and iterated GMM: R's gmm and gretl", "[econometrics][published]") {
  // gmm 1.7 in R: gmm(n ~ w + k + ys, ~ ys + w1 + w2 + k1 + k2, vcov = "MDS", centeredVcov = FALSE, type = "cue", optfct = "nlminb"): J = 7.930579.
  // Its search ends within 2e-7 of the minimum; errors from the same criterion minimised by optim, good to 1e-6.
  ModelSpec model = model_of(Method::iv_gmm, employment, "hetero");
  model.steps = Steps::continuous;
  const Estimate cue = run(firms(), model);
  check_estimates(
      cue, {{"(Intercept)", 3.03853037511}, {"w", -0.421928590648}, {"k", 0.809343744813}, {"ys", -0.0668382059091}},
      1e-6);
  check_errors(cue,
               {{"(Intercept)", 1.10269597789}, {"w", 0.105788179323}, {"k", 0.0142142768057}, {"ys", 0.214350902019}},
               2e-6);
  CHECK(test_of(cue, "hansen_j").statistic == Approx(7.930579).margin(5e-7));
  CHECK(test_of(cue, "hansen_j").p_value == Approx(0.018963).margin(5e-7));
  // gretl 2022c: tsls n w k 0 ys ; ys w1 w2 k1 k2 0 --gmm --iterate --robust, TQ = 7.94614; its search ends a little before the fixed point.
  model.steps = Steps::iterated;
  const Estimate iterated = run(firms(), model);
  check_estimates(
      iterated,
      {{"(Intercept)", 2.99065375989}, {"w", -0.411218441362}, {"k", 0.808981278928}, {"ys", -0.0640973770161}}, 2e-5);
  CHECK(test_of(iterated, "hansen_j").statistic == Approx(7.94614).margin(5e-6));
}

namespace {

Estimate spatial(const Data& data, Method method, const std::string& formula,
                 const std::shared_ptr<const geography::WeightMatrix>& weights) {
  ModelSpec model = model_of(method, formula, "iid");
  model.weights = weights;
  model.lee_yu = false;
  return run(data, model);
}

void check_effects(const Estimate& e, const std::map<std::string, std::vector<double>>& expected) {
  REQUIRE(e.effects.size() == expected.size());
  for (const SpatialEffect& effect : e.effects) {
    INFO(effect.name);
    CHECK(effect.direct.estimate == Approx(expected.at(effect.name)[0]).epsilon(1e-7));
    CHECK(effect.indirect.estimate == Approx(expected.at(effect.name)[1]).epsilon(1e-7));
    CHECK(effect.total.estimate == Approx(expected.at(effect.name)[2]).epsilon(1e-7));
  }
}

// The searches for rho of both programs end within about 1e-8.
constexpr double searched = 1e-7;

}  // namespace

TEST_CASE("spatial models of Columbus: spatialreg", "[econometrics][spatial][published]") {
  // spatialreg 1.2.6, lw row-standardised contiguity, control = list(tol.opt = 1e-15): lagsarlm(CRIME ~ INC + HOVAL), errorsarlm(..),
  // lagsarlm(.., Durbin = TRUE), impacts(.., listw = lw).
  const auto weights = neighbours("spatial_columbus", 49);
  const std::string formula = "CRIME ~ INC + HOVAL";
  const Estimate lag = spatial(columbus(), Method::spatial_lag, formula, weights);
  check_estimates(
      lag,
      {{"rho", 0.403889679359}, {"(Intercept)", 46.8514314552}, {"INC", -1.07353347613}, {"HOVAL", -0.26999712372}},
      searched);
  check_errors(
      lag,
      {{"rho", 0.120713134347}, {"(Intercept)", 7.31475365212}, {"INC", 0.310872193855}, {"HOVAL", 0.0901280214913}},
      searched);
  CHECK(test_of(lag, "lr_spatial").more[0].second == Approx(-183.168280036).epsilon(1e-11));
  CHECK(lag.variance_components->idiosyncratic == Approx(99.1639772968).epsilon(searched));
  check_effects(lag, {{"INC", {-1.12251557642, -0.678381738994, -1.80089731541}},
                      {"HOVAL", {-0.282316279559, -0.17061519029, -0.452931469849}}});

  const Estimate error = spatial(columbus(), Method::spatial_error, formula, weights);
  check_estimates(error,
                  {{"lambda", 0.520887653362},
                   {"(Intercept)", 61.0536186113},
                   {"INC", -0.995472770402},
                   {"HOVAL", -0.307979371859}},
                  searched);
  check_errors(
      error,
      {{"lambda", 0.141286203338}, {"(Intercept)", 5.31487467651}, {"INC", 0.337025056741}, {"HOVAL", 0.0925835258574}},
      searched);
  CHECK(test_of(error, "lr_spatial").more[0].second == Approx(-184.155204672).epsilon(1e-11));

  const Estimate durbin = spatial(columbus(), Method::spatial_durbin, formula, weights);
  check_estimates(durbin,
                  {{"rho", 0.382506226118},
                   {"(Intercept)", 45.5928938388},
                   {"INC", -0.939087971998},
                   {"HOVAL", -0.299605421256},
                   {"W:INC", -0.618374928001},
                   {"W:HOVAL", 0.266614599325}},
                  searched);
  check_errors(durbin,
               {{"rho", 0.162374822797},
                {"(Intercept)", 13.1286794298},
                {"INC", 0.338229269513},
                {"HOVAL", 0.0908434006475},
                {"W:INC", 0.577052447373},
                {"W:HOVAL", 0.183971028819}},
               searched);
  CHECK(test_of(durbin, "lr_spatial").more[0].second == Approx(-182.016116444).epsilon(1e-11));
  check_effects(durbin, {{"INC", {-1.04180797713, -1.4804245795, -2.52223255663}},
                         {"HOVAL", {-0.283632495016, 0.230205524047, -0.0534269709688}}});
}

TEST_CASE("spatial panels with effects: spatialreg with dummies", "[econometrics][spatial][published]") {
  // The states' row-standardised contiguity, whose columns sum to 0.25 to 2.02: effects of years do not commute with it. spatialreg 1.2.6 on the
  // stacked rows, lw <- mat2listw(kronecker(diag(6), W)), x the log of income ten years before: lagsarlm(y ~ x + factor(year)) and with
  // factor(state), lagsarlm(y ~ Wx + x + ..); spdep 1.2.7: lm.LMtests, whose normal equations leave seven to eight digits. errorsarlm's search ends 1e-6
  // off (-0.0947057845545, -0.0561773375066): of the error model lambda is the root of the concentrated score instead, by R's uniroot.
  const auto weights = neighbours("regional_mexico", 32);
  const std::string one = "log(income) ~ l(log(income), 10) | year";
  const std::string two = "log(income) ~ l(log(income), 10) | state + year";
  const std::string x = "l(log(income), 10)";
  // The search for rho and lambda ends within 2e-8 of the maximum.
  const auto check_spatial = [](const Estimate& e, const char* name, double value) {
    CHECK(named(e, name).estimate == Approx(value).margin(2e-8).epsilon(0.0));
  };
  constexpr double tolerance = 3e-7;

  const Estimate lag = spatial(mexico(), Method::spatial_lag, one, weights);
  check_spatial(lag, "rho", 0.134276038408);
  check_estimates(lag, {{x, 0.750134898507}}, tolerance);
  check_errors(lag, {{"rho", 0.063084754308}, {x, 0.0390949999975}}, tolerance);
  CHECK(lag.variance_components->idiosyncratic == Approx(0.0582909828826).epsilon(tolerance));
  CHECK(test_of(lag, "lr_spatial").more[0].second == Approx(-0.0191978933667).margin(1e-8));
  CHECK(test_of(lag, "lm_error").statistic == Approx(0.672288807734).epsilon(1e-7));
  CHECK(test_of(lag, "lm_lag").statistic == Approx(3.39093052971).epsilon(1e-7));
  CHECK(test_of(lag, "robust_lm_error").statistic == Approx(7.8119843361).epsilon(1e-7));
  CHECK(test_of(lag, "robust_lm_lag").statistic == Approx(10.5306260581).epsilon(1e-7));
  const Estimate error = spatial(mexico(), Method::spatial_error, one, weights);
  check_spatial(error, "lambda", -0.0947068602876);
  check_estimates(error, {{x, 0.795339078731}}, tolerance);
  check_errors(error, {{"lambda", 0.0993204073204}, {x, 0.035321230205}}, tolerance);
  const Estimate durbin = spatial(mexico(), Method::spatial_durbin, one, weights);
  check_spatial(durbin, "rho", -0.0672469846564);
  check_estimates(durbin, {{x, 0.72692376959}, {"W:" + x, 0.276794191154}}, tolerance);
  check_errors(durbin, {{"rho", 0.0978578273133}, {x, 0.0402580375612}, {"W:" + x, 0.104920524453}}, tolerance);

  const Estimate lag2 = spatial(mexico(), Method::spatial_lag, two, weights);
  check_spatial(lag2, "rho", -0.00887102858863);
  check_estimates(lag2, {{x, 0.261934728332}}, tolerance);
  check_errors(lag2, {{"rho", 0.0953225370435}, {x, 0.060854408908}}, tolerance);
  CHECK(test_of(lag2, "lr_spatial").more[0].second == Approx(42.7442310496).epsilon(1e-10));
  CHECK(test_of(lag2, "lm_error").statistic == Approx(0.297880267755).epsilon(1e-7));
  CHECK(test_of(lag2, "lm_lag").statistic == Approx(0.00833704390463).epsilon(1e-7));
  CHECK(test_of(lag2, "robust_lm_error").statistic == Approx(4.43428149209).epsilon(1e-7));
  CHECK(test_of(lag2, "robust_lm_lag").statistic == Approx(4.14473826824).epsilon(1e-7));
  const Estimate error2 = spatial(mexico(), Method::spatial_error, two, weights);
  check_spatial(error2, "lambda", -0.0561759778526);
  check_estimates(error2, {{x, 0.266174058026}}, tolerance);
  check_errors(error2, {{"lambda", 0.0986749905906}, {x, 0.060849312629}}, tolerance);
  const Estimate durbin2 = spatial(mexico(), Method::spatial_durbin, two, weights);
  check_spatial(durbin2, "rho", -0.0610098963133);
  check_estimates(durbin2, {{x, 0.269275790113}, {"W:" + x, 0.251583364696}}, tolerance);
  check_errors(durbin2, {{"rho", 0.0983349933301}, {x, 0.0604499642179}, {"W:" + x, 0.117523534307}}, tolerance);
}

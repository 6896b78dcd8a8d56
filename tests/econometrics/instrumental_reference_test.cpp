/// Numbers of xtivreg2 and ivreg2, each case at its stated tolerance. Sources and licences are in the expected.json of each case.
#include <catch2/catch.hpp>
#include <regex>
#include <sstream>

#include "econometrics/instrumental.h"
#include "reference_panel.h"

namespace pericore::econometrics {
namespace {

using nlohmann::json;
using testing::Wanted;

/// Compares with a relative tolerance, in a message that names the number.
class Numbers {
 public:
  Numbers(std::string name, const json& tolerance) : name_(std::move(name)), tolerance_(tolerance) {}

  void close(const char* what, double actual, const json& expected, double relative) const {
    if (expected.is_null()) return;
    INFO(name_ << ": " << what);
    CHECK(actual == Approx(expected.get<double>()).epsilon(relative).margin(0.0));
  }
  [[nodiscard]] double of(const char* kind) const { return tolerance_.at(kind).get<double>(); }

  void coefficients(const Estimate& estimate, const json& expected) const {
    for (const auto& [term, value] : expected.at("coef").items()) {
      const std::string name = term == "_cons" ? "(Intercept)" : term;
      const auto found = std::find_if(estimate.coefficients.begin(), estimate.coefficients.end(),
                                      [&](const Coefficient& c) { return c.name == name; });
      INFO(name_ << ": " << term);
      REQUIRE(found != estimate.coefficients.end());
      close(term.c_str(), found->estimate, value, of("coef_rel"));
      close(term.c_str(), found->std_error, expected.at("se").at(term), of("se_rel"));
    }
    CHECK(estimate.coefficients.size() == expected.at("coef").size());
  }

  /// A test of the result against keys of `expected`; those that are missing there are not looked at.
  void test(const Estimate& estimate, const char* test_name, const json& expected, const char* statistic,
            const char* df = nullptr, const char* p = nullptr) const {
    if (!expected.contains(statistic) || expected.at(statistic).is_null()) return;
    const auto found = std::find_if(estimate.tests.begin(), estimate.tests.end(),
                                    [&](const auto& entry) { return entry.first == test_name; });
    INFO(name_ << ": " << test_name);
    REQUIRE(found != estimate.tests.end());
    const Test& actual = found->second;
    if (df != nullptr && expected.value(df, json()) == json(0)) {
      CHECK(actual.statistic == 0.0);
      CHECK(actual.reason == "exactly identified");
      return;
    }
    close(test_name, actual.statistic, expected.at(statistic), of("stat_rel"));
    if (df != nullptr && expected.contains(df)) {
      const json& degrees = expected.at(df);
      if (degrees.is_array()) {
        CHECK(actual.df == degrees.get<std::vector<double>>());
      } else {
        CHECK(actual.df.front() == degrees.get<double>());
      }
    }
    if (p != nullptr && expected.contains(p)) CHECK(std::abs(actual.p_value - expected.at(p).get<double>()) <= 1e-6);
  }

  void all(const Estimate& estimate, const json& expected, bool iid, bool small) const {
    coefficients(estimate, expected);
    CHECK(estimate.n_obs == expected.at("N").get<long>());
    CHECK(estimate.n_instruments == expected.at("L").get<long>());
    if (expected.contains("N_g")) CHECK(estimate.n_entities == expected.at("N_g").get<long>());
    if (expected.contains("singletons")) CHECK(estimate.n_singletons == expected.at("singletons").get<long>());
    if (expected.contains("N_clust1")) {
      CHECK(estimate.n_clusters == std::vector<long>{expected.at("N_clust1"), expected.at("N_clust2")});
    } else if (expected.contains("N_clust")) {
      CHECK(estimate.n_clusters == std::vector<long>{expected.at("N_clust")});
    }
    close("rss", estimate.rss, expected.value("rss", json()), of("stat_rel"));
    close("rmse", estimate.rmse, expected.value("rmse", json()), of("stat_rel"));
    close("r2", estimate.r2, expected.value("r2", json()), of("stat_rel"));
    test(estimate, iid ? "sargan" : "hansen_j", expected, "j", "jdf", "jp");
    test(estimate, iid ? "anderson_lm" : "kp_rk_lm", expected, "idstat", "iddf", "idp");
    test(estimate, "cragg_donald_f", expected, "cdf");
    if (!iid) test(estimate, "kp_rk_wald_f", expected, "widstat");
    test(estimate, "durbin_wu_hausman", expected, "estat", "estatdf", "estatp");
    test(estimate, "davidson_mackinnon", expected, "dm_F", "dm_df", "dm_p");
    test(estimate, "anderson_rubin", expected, "archi2", nullptr, "archi2p");
    test(estimate, "anderson_rubin_f", expected, "arf", nullptr, "arfp");
    test(estimate, "stock_wright", expected, "sstat", "sstatdf", "sstatp");
    test(estimate, "orthogonality", expected, "cstat", "cstatdf", "cstatp");
    if (small && expected.contains("F_stat")) {
      test(estimate, "wald", expected, "F_stat", nullptr, "F_p");
      if (expected.contains("F_df2")) {
        const auto& wald = estimate.tests.back();
        CHECK(wald.second.df == std::vector<double>{expected.at("F_df1"), expected.at("F_df2")});
      }
    }
    first_stages(estimate, expected.value("first_stage", json::object()));
  }

 private:
  void first_stages(const Estimate& estimate, const json& expected) const {
    for (const auto& [name, stage] : expected.items()) {
      INFO(name_ << ": first stage of " << name);
      const auto found = std::find_if(estimate.first_stage.begin(), estimate.first_stage.end(),
                                      [&, wanted = name](const FirstStage& s) { return s.name == wanted; });
      REQUIRE(found != estimate.first_stage.end());
      close("F", found->f.statistic, stage.at("F"), of("stat_rel"));
      CHECK(found->f.df == std::vector<double>{stage.at("df"), stage.at("df_r")});
      close("partial R2", found->partial_r2, stage.at("pr2"), of("stat_rel"));
      close("Shea R2", found->shea_r2, stage.at("sheapr2"), of("stat_rel"));
      close("SW F", found->sanderson_windmeijer_f.statistic, stage.at("SWF"), of("stat_rel"));
      CHECK(found->sanderson_windmeijer_f.df == std::vector<double>{stage.at("SWFdf1"), stage.at("SWFdf2")});
    }
  }

  std::string name_;
  const json& tolerance_;
};

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// What stands in brackets after `option` in a Stata command; empty if nothing does.
std::string argument(const std::string& command, const std::string& option) {
  std::smatch match;
  return std::regex_search(command, match, std::regex("\\b" + option + "\\(([^)]*)\\)")) ? match[1].str() : "";
}

void set_vcov(InstrumentalOptions& options, bool robust, std::vector<Grouping> clusters) {
  options.vcov.kind = clusters.size() == 2   ? VcovKind::two_way
                      : clusters.size() == 1 ? VcovKind::cluster
                      : robust               ? VcovKind::hetero
                                             : VcovKind::iid;
  options.vcov.clusters = std::move(clusters);
}

}  // namespace

TEST_CASE("Fixed-effects IV gives the numbers of xtivreg2 on the Arellano-Bond panel (iv_fe_abdata)",
          "[instrumental][reference]") {
  const json document = testing::read_json(testing::shipped_reference() / "iv_fe_abdata" / "expected.json");
  const panel::Table table = testing::read_csv(testing::shipped_reference() / "gmm_abdata" / "data.csv");
  for (const json& test_case : document.at("cases")) {
    const json& model = test_case.at("model");
    const std::string command = test_case.at("stata_command");
    Wanted wanted{.y = model.at("y"),
                  .exogenous = model.at("exog"),
                  .endogenous = model.at("endog"),
                  .instruments = model.at("instruments"),
                  .entity = "unit",
                  .time = "YEAR",
                  .absorbed = model.at("fe"),
                  .year_dummies = model.at("year_dummies"),
                  .keep = {}};
    if (command.find("if ~(") != std::string::npos) {
      wanted.keep = [](double entity, double time) { return !(entity <= 3 && time > 1977); };
    }
    if (command.find("mod 19") != std::string::npos) {
      wanted.keep = [](double entity, double time) { return std::fmod(7 * entity + 3 * time, 19.0) != 0.0; };
    }
    const json cluster = model.at("cluster");
    const testing::MadeSample made = testing::make_sample(
        table, wanted, cluster.is_null() ? std::vector<std::string>() : cluster.get<std::vector<std::string>>());
    InstrumentalOptions options;
    if (model.value("gmm2s", false)) options.method = InstrumentalMethod::iv_gmm;
    options.small = model.value("small", false);
    set_vcov(options, model.at("vce") == "hc", made.groupings);
    if (model.at("partial_years").get<bool>()) {
      for (const std::string& name : made.sample.exogenous.names) {
        if (name.starts_with("yr")) options.partial.push_back(name);
      }
    }
    const std::string tested = argument(command, "endog");
    if (!tested.empty()) options.test_endogeneity = words(tested);
    const Numbers numbers(test_case.at("name"), document.at("tolerance"));
    numbers.all(instrumental(made.sample, options), test_case.at("expected"), options.vcov.kind == VcovKind::iid,
                options.small);
  }
}

TEST_CASE("IV gives the numbers of ivreg2 as Stata printed them (iv_stata_ivreg2)", "[instrumental][reference]") {
  const std::filesystem::path folder = testing::unshipped_reference() / "iv_stata_ivreg2";
  if (!std::filesystem::exists(folder / "expected.json")) {
    WARN("skipped: ../shared/reference/iv_stata_ivreg2 is not here and may not be shipped");
    return;
  }
  const json document = testing::read_json(folder / "expected.json");
  const std::regex form(R"(ivreg2 (\S+) (.*?)\s*\((.+?)=(.+?)\)\s*)");
  for (const json& test_case : document.at("cases")) {
    const std::string command = test_case.at("stata_command");
    const std::size_t comma = command.find(',');
    const std::string left = command.substr(0, comma);
    const std::string given = command.substr(comma + 1);
    std::smatch match;
    REQUIRE(std::regex_match(left, match, form));
    Wanted wanted;
    wanted.y = match[1];
    wanted.exogenous = words(match[2]);
    wanted.exogenous.emplace_back("_cons");
    wanted.endogenous = words(match[3]);
    wanted.instruments = words(match[4]);
    const panel::Table table = testing::read_csv(folder / test_case.at("data").get<std::string>());
    const testing::MadeSample made = testing::make_sample(table, wanted, words(argument(given, "cluster")));
    const std::vector<std::string> flags = words(given);
    const auto flag = [&](const char* name) { return std::find(flags.begin(), flags.end(), name) != flags.end(); };
    InstrumentalOptions options;
    if (flag("gmm2s")) options.method = InstrumentalMethod::iv_gmm;
    options.small = flag("small");
    set_vcov(options, flag("robust"), made.groupings);
    if (!argument(given, "endog").empty()) options.test_endogeneity = words(argument(given, "endog"));
    options.test_orthogonality = words(argument(given, "orthog"));
    if (!argument(given, "dofminus").empty()) options.dofminus = std::stod(argument(given, "dofminus"));
    if (!argument(given, "sdofminus").empty()) options.sdofminus = std::stod(argument(given, "sdofminus"));
    const Numbers numbers(test_case.at("name"), document.at("tolerance"));
    numbers.all(instrumental(made.sample, options), test_case.at("expected"), options.vcov.kind == VcovKind::iid,
                options.small);
  }
}

}  // namespace pericore::econometrics

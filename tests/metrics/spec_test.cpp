/// Metrics as users write them.
#include <catch2/catch.hpp>

#include "config/document.h"
#include "config/metrics_spec.h"
#include "metrics/three_regions.h"

using namespace pericore;
using Catch::Matchers::Contains;
using config::PlacedMetric;
using metrics::Comparison;
using metrics::Statistic;
using pericore::testing::three_regions;
using pericore::testing::with_classes;

namespace {

struct Reading {
  std::vector<PlacedMetric> metrics;
  std::string faults;
};

Reading read(const std::string& yaml) {
  config::Faults faults;
  const config::Document document = config::parse_document("metrics:\n" + yaml, "s.yaml", {}, {}, faults);
  Reading reading;
  const config::Entry* list = document.root.find("metrics");
  REQUIRE(list != nullptr);
  reading.metrics = config::read_metrics(list->value, "metrics", faults);
  if (faults.empty()) config::check_metrics(reading.metrics, three_regions(), with_classes(), faults);
  reading.faults = faults.text();
  return reading;
}

}  // namespace

TEST_CASE("a list of metrics is read", "[metrics][config]") {
  const auto [read_list, faults] = read(R"(
  - name: services_core
    variable: employment
    sectors: [services, agr]
    regions: {tier: core, province: [East, West], except: [b]}
    years: 2011
    statistic: sum
  - {name: income_gap, variable: real_income, factors: skilled, statistic: gini, weight: group_population, years: [2010, 2012]}
  - {name: spread, variable: population, statistic: cv, across: region, years: first, regions: [a, b]}
  - {name: core_share, variable: population, statistic: share, regions: {tier: [core]}, of: growth}
  - {name: specialised, statistic: lq, sectors: [fin], regions: [a], of: effect_percent}
  - {name: gdp, variable: gdp, regions: all}
)");
  CHECK(faults.empty());
  const auto list = config::without_places(read_list);
  REQUIRE(list.size() == 6);
  CHECK(list[0].name == "services_core");
  CHECK(list[0].sectors == std::vector<std::string>{"services", "agr"});
  REQUIRE(list[0].regions.columns.size() == 2);
  CHECK(list[0].regions.columns[1].second == std::vector<std::string>{"East", "West"});
  CHECK(list[0].regions.except == std::vector<std::string>{"b"});
  CHECK(list[0].years == std::pair(2011, 2011));
  CHECK(list[0].statistic == Statistic::sum);
  CHECK(list[1].factors == std::vector<std::string>{"skilled"});
  CHECK(list[1].weight == "group_population");
  CHECK(list[1].years == std::pair(2010, 2012));
  CHECK(list[1].statistic == Statistic::gini);
  CHECK(list[2].first);
  CHECK(list[2].across == "region");
  CHECK(list[2].regions.names == std::vector<std::string>{"a", "b"});
  CHECK(list[3].of == Comparison::growth);
  CHECK(list[4].variable == "employment");
  CHECK(list[4].statistic == Statistic::lq);
  CHECK(list[4].of == Comparison::effect_percent);
  CHECK(needs_baseline(list[4]));
  CHECK_FALSE(needs_baseline(list[3]));
  CHECK(list[5].regions.empty());
  CHECK(list[5].statistic == Statistic::value);
  // Read and evaluated: 0.25 of 160 persons in every year, so no growth.
  CHECK(metrics::evaluate(list[3], three_regions(), nullptr, with_classes()) == Approx(0.0).margin(1e-15));
}

TEST_CASE("every statistic and comparison has a word that reads back", "[metrics][config]") {
  for (const std::string_view word : metrics::statistic_words()) {
    const auto list = read(
        "  - {name: x, variable: employment, sectors: [fin], regions: [a], statistic: " + std::string(word) + "}\n");
    CHECK(list.faults.empty());
    CHECK(metrics::to_text(list.metrics.at(0).metric.statistic) == word);
  }
  for (const std::string_view word : metrics::comparison_words()) {
    const auto list = read("  - {name: x, variable: gdp, of: " + std::string(word) + "}\n");
    CHECK(list.faults.empty());
    CHECK(metrics::to_text(list.metrics.at(0).metric.of) == word);
  }
}

TEST_CASE("faults of the list stand where they are written", "[metrics][config]") {
  const auto faults = [](const std::string& yaml) { return read(yaml).faults; };
  CHECK_THAT(faults("  - {name: x, variable: gdp, statistc: sum}\n"),
             Contains("s.yaml:2:30: metrics[0].statistc: unknown key; did you mean 'statistic'?"));
  CHECK_THAT(
      faults("  - {name: x, variable: gdp, statistic: sums}\n"),
      Contains("s.yaml:2:41: metrics[0].statistic: unknown statistic 'sums'") && Contains("did you mean 'sum'?"));
  CHECK_THAT(faults("  - {name: x, variable: gdp, of: effects}\n"), Contains("did you mean 'effect'?"));
  CHECK_THAT(faults("  - {variable: gdp}\n"), Contains("s.yaml:2:5: metrics[0].name: missing key"));
  CHECK_THAT(faults("  - {name: x}\n"), Contains("metrics[0].variable: missing key"));
  CHECK_THAT(faults("  - {name: x, variable: gdp}\n  - {name: x, variable: gdp}\n"),
             Contains("s.yaml:3:12: metrics[1].name: variable 'x': the name is taken"));
  CHECK_THAT(faults("  - {name: x y, variable: gdp}\n"),
             Contains("metrics[0].name: variable 'x y': a name is letters"));
  CHECK_THAT(faults("  - {name: x, variable: gdp, years: soon}\n"), Contains("metrics[0].years: expected a number"));
  CHECK_THAT(faults("  - {name: x, variable: gdp, years: [2010]}\n"), Contains("metrics[0].years: expected a year"));
  CHECK_THAT(faults("  - {name: x, variable: gdp, years: 2010.5}\n"), Contains("expected a whole number"));
  CHECK_THAT(faults("  - {name: x, variable: gdp, years: [2010, 2011.5]}\n"), Contains("expected whole years"));
  CHECK_THAT(faults("  - {name: x, variable: employment, statistic: sum, sectors: []}\n"),
             Contains("the list is empty"));
  CHECK_THAT(faults("  - {name: x, welfare: jobs_movd}\n"),
             Contains("metrics[0].welfare: unknown metric 'jobs_movd'; did you mean 'jobs_moved'?"));
  CHECK_THAT(faults("  - {name: x, welfare: jobs_moved, years: 2010}\n"),
             Contains("metrics[0].years: has no meaning beside 'welfare'"));
  CHECK_THAT(faults("  - x\n"), Contains("metrics[0]: expected a map of keys, found 'x'"));
  CHECK_THAT(faults("  name: x\n"), Contains("metrics: expected a list of metrics"));
  // All faults at once.
  const std::string both = faults("  - {name: x, variable: gdp, a: 1}\n  - {name: y, variable: gdp, b: 1}\n");
  CHECK_THAT(both, Contains("metrics[0].a") && Contains("metrics[1].b"));
}

TEST_CASE("faults against a panel stand where they are written, too", "[metrics][config]") {
  const std::string faults = read(R"(
  - name: x
    variable: employment
    statistic: sum
    sectors: [fin, if]
    regions: {tier: [cor]}
    years: 2019
)")
                                 .faults;
  CHECK_THAT(faults, Contains("s.yaml:6:14: metrics[0].sectors: unknown sector or class 'if'"));
  CHECK_THAT(faults, Contains("s.yaml:7:21: metrics[0].regions.tier: unknown tier 'cor'; did you mean 'core'?"));
  CHECK_THAT(faults, Contains("s.yaml:8:12: metrics[0].years: there is no year 2019"));
}

TEST_CASE("classes of a result come from its configuration", "[metrics][config]") {
  panel::Dataset panel = three_regions();
  CHECK(config::metrics_context(panel).classes.empty());
  panel.set_document("configuration",
                     "sectors:\n  fin: {class: [services, high]}\n  inf: {class: services}\n  agr: {}\n");
  const metrics::Context context = config::metrics_context(panel);
  CHECK(context.classes.at("services") == std::vector<std::string>{"fin", "inf"});
  CHECK(context.classes.at("high") == std::vector<std::string>{"fin"});

  economy::Economy economy;
  economy.sectors.resize(2);
  economy.sectors[0].name = "fin";
  economy.sectors[0].classes = {"services"};
  economy.sectors[1].name = "agr";
  CHECK(config::metrics_context(economy).classes ==
        std::map<std::string, std::vector<std::string>>{{"services", {"fin"}}});
}

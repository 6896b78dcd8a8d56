/// Metrics of welfare, and what all metrics need of a panel.
#include <catch2/catch.hpp>
#include <cmath>

#include "../welfare/made_up_panel.h"
#include "metrics/metric.h"
#include "metrics/three_regions.h"
#include "welfare/country.h"
#include "welfare/metrics.h"

using namespace pericore;
using metrics::Metric;
using metrics::Statistic;
using pericore::testing::three_regions;

TEST_CASE("metrics of welfare are those of pericore welfare", "[metrics]") {
  const panel::Dataset baseline = pericore::testing::made_up_panel();
  panel::Dataset run = baseline;
  for (const char* name : {"income_per_head", "pay_per_head", "real_income"}) pericore::testing::scale(run, name, 1.03);
  for (const char* name : {"utility", "expected_utility"}) pericore::testing::shift(run, name, std::log(1.03));
  pericore::testing::shift(run, "log_productivity", 0.02);
  std::vector<Metric> list;
  for (const std::string& name : metrics::welfare_names()) list.push_back({.name = name, .welfare = name});
  list.push_back({
      .name = "gdp",
      .variable = "gdp",
      .statistic = Statistic::sum,
  });
  for (const Metric& metric : list) CHECK(metrics::check(metric, run, {}).empty());
  const auto compare = [&](double rate, const metrics::Context& context) {
    const auto values = metrics::evaluate(list, run, &baseline, context);
    const auto expected = welfare::metrics(welfare::assess(run, baseline, {.discount_rate = rate, .targets = {}}));
    REQUIRE(values.size() == expected.size() + 1);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(expected[i].name);
      CHECK((values[i] == expected[i].value || (std::isnan(values[i]) && std::isnan(expected[i].value))));
    }
    CHECK(values.front() > 0.0);
  };
  compare(0.08, {});
  run.set_attribute("discount_rate", 0.03);
  compare(0.03, {});
  compare(0.0, {.welfare = welfare::Settings{.discount_rate = 0.0, .targets = {}}});
}

TEST_CASE("needed variables, each once", "[metrics]") {
  std::vector<Metric> list = {{
                                  .name = "a",
                                  .variable = "real_income",
                                  .weight = "population",
                              },
                              {.name = "b", .variable = "population"}};
  CHECK(metrics::needed_variables(list, three_regions()) == std::vector<std::string>{"real_income", "population"});
  list.push_back({
      .name = "c",
      .welfare = "observed_tfp",
  });
  const auto names = metrics::needed_variables(list, three_regions());
  CHECK(names.size() == 2 + welfare::needed_variables().size());  // real_income is one of welfare's, tfp is not
  CHECK(names.back() == "tfp");
}

/// Metrics of a panel made by hand against numbers worked out by hand and the functions of src/indices.
#include "metrics/metric.h"

#include <Eigen/Core>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "indices/inequality.h"
#include "metrics/three_regions.h"

using namespace pericore;
using metrics::Comparison;
using metrics::Metric;
using metrics::Statistic;
using pericore::testing::three_regions;
using pericore::testing::with_classes;

namespace {

constexpr double exact = 1e-13;  // sums of a few numbers of order one

/// A metric of the first year, changed by `change`; checks it first.
double value_of(const std::function<void(Metric&)>& change, const panel::Dataset& run = three_regions(),
                const panel::Dataset* baseline = nullptr) {
  Metric metric{.name = "m", .variable = "employment"};
  metric.years = {2010, 2010};
  change(metric);
  for (const metrics::Fault& fault : metrics::check(metric, run, with_classes()))
    FAIL_CHECK(fault.key + ": " + fault.message);
  CHECK_FALSE(metrics::definition(metric, run).empty());
  CHECK_FALSE(metrics::unit(metric, run).empty());
  return metrics::evaluate(metric, run, baseline, with_classes());
}

Approx close(double value) { return Approx(value).epsilon(exact); }

Eigen::ArrayXd array(std::initializer_list<double> values) {
  return Eigen::Map<const Eigen::ArrayXd>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

TEST_CASE("sums, means and extremes over sectors and regions", "[metrics]") {
  CHECK(value_of([](Metric& m) { m.statistic = Statistic::sum; }) == 71.0);  // without the rest of the world
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::sum;
          m.sectors = {"services"};
        }) == 11.0);
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::sum;
          m.sectors = {"services", "agr"};
          m.regions.names = {"b"};
        }) == 24.0);
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::mean;
          m.sectors = {"fin"};
        }) == 1.0);
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::min;
          m.sectors = {"inf"};
        }) == 1.0);
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::max;
          m.regions.names = {"world", "a"};
        }) == 500.0);
  CHECK(value_of([](Metric& m) {
          m.variable = "count";
          m.years.reset();
          m.statistic = Statistic::sum;
        }) == 6.0);
}

TEST_CASE("one value needs no statistic", "[metrics]") {
  CHECK(value_of([](Metric& m) { m.variable = "gdp"; }) == 100.0);
  CHECK(value_of([](Metric& m) {
          m.variable = "theta";
          m.regions.names = {"b"};
        }) == 0.25);
  CHECK(std::isnan(value_of([](Metric& m) {
    m.variable = "theta";
    m.regions.names = {"c"};
  })));
}

TEST_CASE("regions by id, column and exception", "[metrics]") {
  const auto sum = [](metrics::RegionFilter filter) {
    return value_of([&](Metric& m) {
      m.statistic = Statistic::sum;
      m.sectors = {"agr"};
      m.regions = std::move(filter);
    });
  };
  CHECK(sum({.names = {"02"}}) == 20.0);
  CHECK(sum({.columns = {{"province", {"East"}}}}) == 30.0);
  CHECK(sum({.columns = {{"province", {"East"}}, {"tier", {"periphery"}}}}) == 20.0);
  CHECK(sum({.columns = {{"tier", {"core", "periphery"}}}, .except = {"b"}}) == 40.0);
  CHECK(sum({.columns = {{"id", {"01"}}}}) == 10.0);
  CHECK(sum({.except = {"a"}}) == 50.0);
}

TEST_CASE("weighted means leave out what has no value or no weight", "[metrics]") {
  const auto mean = [](std::vector<std::string> factors) {
    return value_of([&](Metric& m) {
      m.variable = "real_income";
      m.factors = std::move(factors);
      m.statistic = Statistic::mean;
      m.weight = "group_population";
    });
  };
  CHECK(mean({}) == close((30 * 10 + 10 * 30 + 30 * 8 + 10 * 16 + 80 * 4) / 160.0));
  CHECK(mean({"skilled"}) == close(23.0));
  // A weight that does not vary over factors counts each of them alike.
  CHECK(value_of([](Metric& m) {
          m.variable = "real_income";
          m.statistic = Statistic::mean;
          m.weight = "area";
        }) == close((10 + 30 + 2 * 8 + 2 * 16 + 3 * 4) / 9.0));
}

TEST_CASE("inequality across regions is that of src/indices, of sums or of means by weight", "[metrics]") {
  const auto of = [](Statistic statistic, const std::string& weight) {
    return value_of([&](Metric& m) {
      m.sectors = {"services"};
      m.statistic = statistic;
      m.weight = weight;
    });
  };
  const Eigen::ArrayXd services = array({6, 4, 1});
  const Eigen::ArrayXd equal = array({1, 1, 1});
  CHECK(of(Statistic::gini, "") == indices::gini(services, equal).value);
  CHECK(of(Statistic::gini, "") == close(10.0 / 33.0));  // (6-4 + 6-1 + 4-1) / (n sum)
  CHECK(of(Statistic::theil, "") ==
        close((18 / 11.0 * std::log(18 / 11.0) + 12 / 11.0 * std::log(12 / 11.0) + 3 / 11.0 * std::log(3 / 11.0)) / 3));
  CHECK(of(Statistic::hhi, "") == close(53.0 / 121.0));
  CHECK(of(Statistic::sd, "") == close(std::sqrt(38.0) / 3.0));  // mean 11/3: deviations 7/3, 1/3, -8/3
  CHECK(of(Statistic::cv, "") == close(std::sqrt(38.0) / 11.0));
  CHECK(of(Statistic::hoover, "") == close((7 + 1 + 8) / 33.0 / 2.0));
  CHECK(of(Statistic::hoover, "population") == close(0.5 * (6 / 11.0 - 0.25 + 4 / 11.0 - 0.25 + 0.5 - 1 / 11.0)));

  const auto income = [](Statistic statistic) {
    return value_of([&](Metric& m) {
      m.variable = "real_income";
      m.statistic = statistic;
      m.weight = "group_population";
    });
  };
  const Eigen::ArrayXd means = array({15, 10, 4});
  const Eigen::ArrayXd people = array({40, 40, 80});
  CHECK(income(Statistic::gini) == close(indices::gini(means, people).value));
  CHECK(income(Statistic::theil) == close(indices::theil_t(means, people).value));
  CHECK(income(Statistic::sd) == close(std::sqrt((40 * 6.75 * 6.75 + 40 * 1.75 * 1.75 + 80 * 4.25 * 4.25) / 160.0)));
}

TEST_CASE("a statistic may go across sectors or factors", "[metrics]") {
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::hhi;
          m.across = "sector";
        }) == close((60.0 * 60 + 3 * 3 + 8 * 8) / (71.0 * 71)));
  CHECK(value_of([](Metric& m) {
          m.variable = "group_population";
          m.statistic = Statistic::gini;
          m.across = "factor";
          m.regions.names = {"a"};
        }) == close(0.25));
}

TEST_CASE("regions by a condition on the first year", "[metrics]") {
  const auto people = [](const char* condition) {
    return value_of([&](Metric& m) {
      m.variable = "population";
      m.statistic = Statistic::sum;
      m.regions.condition = condition;
    });
  };
  // The rest of the world is never chosen.
  CHECK(people("population > 50") == close(80.0));
  CHECK(people("population > 10") == close(160.0));
  CHECK(people("province == 'East' and tier != 'core'") == close(40.0));
  CHECK(people("theta < 1") == close(80.0));  // c has none
  CHECK(people("name == 'a' or id == '03'") == close(120.0));
  CHECK(people("100 * population / gdp >= 80") == close(80.0));
  CHECK(people("count == 2") == close(40.0));
  CHECK(value_of([](Metric& m) {  // in the last year all have four times as many, and the condition reads the first
          m.variable = "population";
          m.statistic = Statistic::sum;
          m.regions.condition = "population > 50";
          m.years = {2012, 2012};
        }) == close(4 * 80.0));
  Metric kept{.name = "x", .variable = "gdp"};  // what a run must keep for it, in sweeps
  kept.regions.condition = "population > 50 and name != 'a' and province == 'East'";
  kept.relative_to.condition = "theta < 1 or population > 3";
  CHECK(metrics::needed_variables({&kept, 1}, three_regions()) ==
        std::vector<std::string>{"gdp", "population", "province", "theta"});
  const auto fault = [](const char* condition) {
    Metric metric{.name = "x", .variable = "population", .regions = {}, .statistic = Statistic::sum};
    metric.regions.condition = condition;
    const auto faults = metrics::check(metric, three_regions(), with_classes());
    return faults.size() == 1
               ? faults[0].key + "@" + std::to_string(faults[0].position.value_or(99)) + ": " + faults[0].message
               : std::to_string(faults.size()) + " faults";
  };
  CHECK(fault("10 < populaton") == "regions@5: unknown variable 'populaton'; did you mean 'population'?");
  CHECK(fault("employment > 3") ==
        "regions@0: 'employment' is not by region alone; a condition reads one value a region");
  CHECK(fault("l(population, 1) > 3").find("first year") != std::string::npos);
  CHECK(fault("population > > 3").substr(0, 8) == "regions@");
  CHECK(fault("population > 1000").find("regions") == 0);
}

TEST_CASE("shares are of all regions, or of all sectors", "[metrics]") {
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::share;
          m.sectors = {"services"};
          m.regions.columns = {{"tier", {"core"}}};
        }) == close(6.0 / 11.0));
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::share;
          m.sectors = {"services"};
        }) == close(11.0 / 71.0));
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::share;
          m.variable = "population";
          m.regions.names = {"c"};
        }) == close(0.5));
  CHECK(std::isnan(value_of([](Metric& m) {
    m.statistic = Statistic::share;
    m.variable = "moved";
    m.regions.names = {"a"};
  })));
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::lq;
          m.sectors = {"services"};
          m.regions.names = {"a"};
        }) == close((6.0 / 16.0) / (11.0 / 71.0)));
}

TEST_CASE("years, changes and growth", "[metrics]") {
  const auto gdp = [](std::optional<std::pair<int, int>> years, Comparison of, bool first = false) {
    return value_of([&](Metric& m) {
      m.variable = "gdp";
      m.years = years;
      m.first = first;
      m.of = of;
    });
  };
  CHECK(gdp({}, Comparison::level) == 400.0);
  CHECK(gdp({}, Comparison::level, true) == 100.0);
  CHECK(gdp({{2011, 2011}}, Comparison::level) == 200.0);
  CHECK(gdp({{2010, 2012}}, Comparison::level) == close(700.0 / 3.0));
  CHECK(gdp({}, Comparison::change) == 300.0);
  CHECK(gdp({{2011, 2011}}, Comparison::change) == 100.0);
  CHECK(gdp({{2011, 2012}}, Comparison::change) == 200.0);
  CHECK(gdp({}, Comparison::growth) == close(std::log(4.0)));
  CHECK(gdp({{2011, 2012}}, Comparison::growth) == close(std::log(2.0)));
}

TEST_CASE("effects are against the baseline", "[metrics]") {
  const panel::Dataset run = three_regions(2.0);
  const panel::Dataset baseline = three_regions(1.5);
  const auto effect = [&](Comparison of) {
    return value_of(
        [&](Metric& m) {
          m.statistic = Statistic::sum;
          m.sectors = {"agr"};
          m.years.reset();
          m.of = of;
        },
        run, &baseline);
  };
  CHECK(effect(Comparison::effect) == close(60.0 * (4.0 - 2.25)));
  CHECK(effect(Comparison::effect_percent) == close(100.0 * (4.0 / 2.25 - 1.0)));
  CHECK(std::isnan(value_of([](Metric& m) {
    m.variable = "gdp";
    m.of = Comparison::effect;
  })));
}

TEST_CASE("what is not defined is NaN", "[metrics]") {
  const auto nan = [](const std::function<void(Metric&)>& change) {
    Metric metric{.name = "m", .variable = "employment"};
    change(metric);
    return std::isnan(metrics::evaluate(metric, three_regions(), nullptr, with_classes()));
  };
  CHECK(nan([](Metric& m) { m.variable = "none"; }));
  CHECK(nan([](Metric& m) { m.variable = "province"; }));
  CHECK(nan([](Metric& m) { m.variable = "by_policy"; }));
  CHECK(nan([](Metric&) {}));  // nine values and no statistic
  CHECK(nan([](Metric& m) {
    m.statistic = Statistic::sum;
    m.sectors = {"none"};
  }));
  CHECK(nan([](Metric& m) {
    m.statistic = Statistic::sum;
    m.years = {2010, 2013};
  }));
  CHECK(nan([](Metric& m) {
    m.variable = "theta";
    m.statistic = Statistic::gini;
    m.regions.names = {"c"};
  }));
  CHECK(nan([](Metric& m) {
    m.variable = "negative";
    m.statistic = Statistic::theil;
  }));
  CHECK(nan([](Metric& m) {  // nobody of this factor lives there
    m.variable = "real_income";
    m.statistic = Statistic::mean;
    m.weight = "group_population";
    m.factors = {"skilled"};
    m.regions.names = {"c"};
  }));
  CHECK(nan([](Metric& m) {
    m.variable = "negative";
    m.regions.names = {"a"};
    m.of = Comparison::growth;
  }));
  CHECK(nan([](Metric& m) { m.welfare = "equivalent_variation"; }));
  const panel::Dataset empty;
  CHECK(std::isnan(metrics::evaluate(Metric{.name = "m", .variable = "gdp"}, empty)));
}

TEST_CASE("faults name the key and the nearest spelling", "[metrics]") {
  const auto fault = [](const std::function<void(Metric&)>& change) {
    Metric metric{
        .name = "m",
        .variable = "employment",
        .statistic = Statistic::sum,
    };
    change(metric);
    std::string text;
    for (const metrics::Fault& found : metrics::check(metric, three_regions(), with_classes()))
      text += (text.empty() ? "" : "\n") + found.key + ": " + found.message;
    return text;
  };
  CHECK(fault([](Metric&) {}).empty());
  CHECK(fault([](Metric& m) { m.variable = "employmnt"; }) ==
        "variable: unknown variable 'employmnt'; did you mean 'employment'?");
  CHECK(fault([](Metric& m) { m.variable = "tier"; }) == "variable: variable 'tier' holds text, not numbers");
  CHECK(fault([](Metric& m) { m.variable = "by_policy"; }) ==
        "variable: variable 'by_policy' lies along 'policy'; metrics take year, region, sector and factor");
  CHECK(fault([](Metric& m) { m.sectors = {"service"}; }) ==
        "sectors: unknown sector or class 'service'; did you mean 'services'?");
  CHECK(fault([](Metric& m) { m.regions.names = {"worlds"}; }) ==
        "regions: unknown region 'worlds'; did you mean 'world'?");
  CHECK(fault([](Metric& m) {
          m.regions.columns = {{"teir", {"core"}}};
        }) == "regions.teir: unknown column 'teir'; did you mean 'tier'?");
  CHECK(fault([](Metric& m) {
          m.regions.columns = {{"tier", {"cor"}}};
        }) == "regions.tier: unknown tier 'cor'; did you mean 'core'?");
  CHECK(fault([](Metric& m) {
          m.regions.columns = {{"tier", {"core"}}, {"province", {"West"}}};
        }) == "regions: no region fits");
  CHECK(fault([](Metric& m) { m.factors = {"skilled"}; }) ==
        "factors: variable 'employment' does not lie along factors");
  CHECK(fault([](Metric& m) { m.years = {2010, 2020}; }) == "years: there is no year 2020; the panel has 2010 to 2012");
  CHECK(fault([](Metric& m) { m.years = {2012, 2010}; }) == "years: end before they start");
  CHECK(fault([](Metric& m) {
          m.years = {2010, 2010};
          m.of = Comparison::change;
        }) == "of: 'change' compares two years; only one is given");
  CHECK(fault([](Metric& m) { m.statistic = Statistic::value; }).find("statistic: missing key: 9 values") == 0);
  CHECK(fault([](Metric& m) { m.weight = "population"; }) ==
        "weight: goes with a statistic of mean, sd, cv, gini, theil, hoover");
  CHECK(fault([](Metric& m) {
          m.statistic = Statistic::mean;
          m.weight = "group_population";
        }) == "weight: 'group_population' lies along factor, 'employment' does not");
  CHECK(fault([](Metric& m) { m.statistic = Statistic::share; }) ==
        "statistic: a share needs regions, sectors or factors");
  CHECK(fault([](Metric& m) { m.statistic = Statistic::lq; }) ==
        "statistic: a location quotient needs regions and sectors");
  CHECK(fault([](Metric& m) {
          m.statistic = Statistic::gini;
          m.across = "factor";
        }) == "across: variable 'employment' does not lie along factor");
  CHECK(fault([](Metric& m) {
          m.statistic = Statistic::gini;
          m.variable = "gdp";
        }) == "statistic: variable 'gdp' does not lie along region, sector or factor");
  CHECK(fault([](Metric& m) { m.welfare = "equivalent_variatio"; }) ==
        "welfare: unknown metric 'equivalent_variatio'; did you mean 'equivalent_variation'?");
  CHECK(fault([](Metric& m) { m.welfare = "jobs_moved"; }).find("welfare: needs variable") == 0);
}

TEST_CASE("units and definitions", "[metrics]") {
  const panel::Dataset panel = three_regions();
  Metric metric{
      .name = "m",
      .variable = "employment",
      .sectors = {"services"},
      .statistic = Statistic::sum,
  };
  metric.regions.columns = {{"tier", {"core"}}};
  CHECK(metrics::unit(metric, panel) == "persons");
  CHECK(metrics::definition(metric, panel) == "sum of the employment; sectors services; regions with tier core; 2012");
  metric.of = Comparison::growth;
  CHECK(metrics::unit(metric, panel) == "log");
  CHECK(metrics::definition(metric, panel) ==
        "sum of the employment; sectors services; regions with tier core; log change from 2010 to 2012");
  metric.of = Comparison::effect_percent;
  CHECK(metrics::unit(metric, panel) == "%");
  metric = {
      .name = "m",
      .variable = "real_income",
      .statistic = Statistic::theil,
      .weight = "group_population",
  };
  CHECK(metrics::unit(metric, panel) == "nats");
  CHECK(metrics::definition(metric, panel) ==
        "Theil's T of the real_income across regions, weighted by the group_population; 2012");
  metric.welfare = "jobs_moved";
  CHECK(metrics::unit(metric, panel) == "persons");
}

TEST_CASE("a trend is the slope of least squares over the years", "[metrics]") {
  // Totals of 71, 142 and 284 persons: the slope through three equally spaced points is (last - first) / 2.
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::sum;
          m.of = Comparison::trend;
          m.years.reset();
        }) == close((284.0 - 71.0) / 2.0));
  CHECK(value_of([](Metric& m) {
          m.statistic = Statistic::sum;
          m.of = Comparison::trend;
          m.years = {2011, 2012};
        }) == close(142.0));
  // With growth by half: 40, 60, 90 persons of b and c alike; not on a line.
  CHECK(value_of(
            [](Metric& m) {
              m.variable = "population";
              m.regions.names = {"a"};
              m.of = Comparison::trend;
              m.years.reset();
            },
            three_regions(1.5)) == close(25.0));
  Metric trend{.name = "m", .variable = "gdp", .of = Comparison::trend};
  CHECK(metrics::unit(trend, three_regions()) == "yuan/year");
  trend.years = {2010, 2010};  // "since the first year" is no year here
  CHECK(metrics::check(trend, three_regions(), with_classes()).size() == 1);
}

TEST_CASE("groups of regions take the place of regions", "[metrics]") {
  // Population a 40, b 40 (East), c 80 (West); without weight groups weigh 2 and 1: the part between groups of Theil's T.
  const auto between = [](Metric& m) {
    m.variable = "population";
    m.statistic = Statistic::theil;
    m.groups = "province";
  };
  const double mean = 160.0 / 3.0;
  CHECK(value_of(between) ==
        close(2.0 / 3.0 * 40.0 / mean * std::log(40.0 / mean) + 1.0 / 3.0 * 80.0 / mean * std::log(80.0 / mean)));
  CHECK(value_of([](Metric& m) {
          m.variable = "population";
          m.statistic = Statistic::gini;
          m.groups = "province";
        }) == close(indices::gini(array({40, 80}), array({2, 1})).value));
  // Weighted means of groups: unskilled income 10 and 8 of 30 persons each in the East, 4 of 80 in the West.
  CHECK(value_of([](Metric& m) {
          m.variable = "real_income";
          m.factors = {"unskilled"};
          m.statistic = Statistic::cv;
          m.weight = "group_population";
          m.groups = "province";
        }) == close(indices::cv(array({9, 4}), array({60, 80})).value));
  CHECK(value_of([](Metric& m) {  // sums: 80 and 80
          m.variable = "population";
          m.statistic = Statistic::hhi;
          m.groups = "province";
        }) == close(0.5));
  Metric wrong{.name = "m", .variable = "population", .statistic = Statistic::gini, .groups = "provinc"};
  const auto faults = metrics::check(wrong, three_regions(), with_classes());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].key == "groups");
  CHECK(faults[0].message.find("did you mean 'province'?") != std::string::npos);
}

TEST_CASE("a number relative to that of other regions", "[metrics]") {
  const auto ratio = [](Metric& m) {
    m.variable = "real_income";
    m.factors = {"unskilled"};
    m.statistic = Statistic::mean;
    m.regions.columns = {{"province", {"East"}}};
    m.relative_to.columns = {{"province", {"West"}}};
  };
  CHECK(value_of(ratio) == close(9.0 / 4.0));
  CHECK(value_of([&](Metric& m) {
          ratio(m);
          m.of = Comparison::change;  // both double
          m.years = {2010, 2012};
        }) == 0.0);
  Metric wrong{.name = "m", .variable = "population", .statistic = Statistic::sum};
  wrong.relative_to.names = {"x"};
  CHECK(metrics::check(wrong, three_regions(), with_classes()).size() == 1);
}

#include "panel/slices.h"

#include <catch2/catch.hpp>

#include "base/errors.h"
#include "example_panel.h"
#include "same_panel.h"

using namespace pericore::panel;
using Catch::Contains;
using pericore::DomainError;
using pericore::testing::example_panel;
using pericore::testing::same;

TEST_CASE("a value by name", "[panel][slices]") {
  const Dataset dataset = example_panel();
  // employment counts 1, 2, 3, ... along year, region, sector
  CHECK(value(dataset, "employment", {{"year", 2010}, {"region", "长春市"}, {"sector", "fin"}}) == 2.0);
  CHECK(value(dataset, "employment", {{"sector", "mfl"}, {"year", 2011}, {"region", "长春市"}}) == 7.0);
  CHECK(value(dataset, "tier", {{"region", "Jilin, \"City\""}}) == -2.0);
  CHECK(value(dataset, "decay", {{"distance_band", 100.5}}) == 0.5);
  CHECK(value(dataset, "length", {{"edge", 2}}) == 3.0);
  CHECK(value(dataset, "elasticity", {}) == 5.0);
  CHECK_THROWS_WITH(value(dataset, "employment", {{"year", 2010}, {"region", "长春市"}}),
                    Contains("no label given for dimension 'sector'"));
  CHECK_THROWS_WITH(value(dataset, "gdp", {{"year", 2012}, {"region", "长春市"}}), Contains("no label '2012'"));
  CHECK_THROWS_WITH(value(dataset, "gdp", {{"sector", "mfl"}}), Contains("no dimension 'sector'"));
  CHECK_THROWS_AS(value(dataset, "note", {{"region", "Yanbian"}}), DomainError);
  CHECK_FALSE(find_label(dataset.dimension("year"), "2010"));  // a text is no year
}

TEST_CASE("a slice keeps the other dimensions in order", "[panel][slices]") {
  const Dataset dataset = example_panel();
  const auto numbers = [&](std::vector<Pick> picks) {
    const Variable part = select(dataset, dataset.variable("employment"), picks);
    return std::pair(part.dimensions, std::get<std::vector<double>>(part.values));
  };
  using Part = std::pair<std::vector<std::string>, std::vector<double>>;
  CHECK(numbers({{"year", 2010}}) == Part{{"region", "sector"}, {1, 2, 3, 4, 5, 6}});
  CHECK(numbers({{"region", "长春市"}}) == Part{{"year", "sector"}, {1, 2, 7, 8}});
  CHECK(numbers({{"sector", "mfl"}, {"year", 2010}}) == Part{{"region"}, {1, 3, 5}});
  CHECK(same(select(dataset, dataset.variable("employment"), {}), dataset.variable("employment")));
}

TEST_CASE("panels are joined along a dimension", "[panel][slices]") {
  const auto panel_of = [](std::vector<std::int64_t> labels, std::vector<double> values, double constant) {
    Dataset dataset;
    dataset.add_dimension(labelled("region", std::vector<std::string>{"a", "b"}));
    dataset.add_dimension(labelled("year", std::move(labels), "", "year"));
    dataset.add_variable({.name = "x",
                          .dimensions = {"region", "year"},
                          .unit = "1",
                          .long_name = "x",
                          .provenance = Provenance::simulated,
                          .values = std::move(values),
                          .attributes = {}});
    dataset.add_variable({.name = "c",
                          .dimensions = {"region"},
                          .unit = "1",
                          .long_name = "c",
                          .provenance = Provenance::assumed,
                          .values = std::vector<double>{constant, pericore::testing::nan},
                          .attributes = {}});
    return dataset;
  };
  Dataset dataset = panel_of({2010, 2011}, {1, 2, 11, 12}, 7);
  append(dataset, panel_of({2012}, {3, 13}, 7), "year");
  CHECK(same(dataset, panel_of({2010, 2011, 2012}, {1, 2, 3, 11, 12, 13}, 7)));
  CHECK_THROWS_WITH(append(dataset, panel_of({2012}, {3, 13}, 7), "year"), Contains("appears twice"));
  CHECK_THROWS_WITH(append(dataset, panel_of({2013}, {3, 13}, 8), "year"), Contains("'c'"));
  CHECK_THROWS_WITH(append(dataset, dataset, "region"), Contains("'a' appears twice"));
  CHECK(same(dataset, panel_of({2010, 2011, 2012}, {1, 2, 3, 11, 12, 13}, 7)));
}

#include "panel/sparkline.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace pericore;
using panel::sparkline;

namespace {
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("blocks rise with values", "[panel]") {
  CHECK(sparkline(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline(std::vector<double>{7, 0, 3.9}) == "█▁▅");
  CHECK(sparkline(std::vector<double>{-1e308, 1e308}) == "▁█");  // their difference is infinite
  CHECK(sparkline(std::vector<double>{2, 2, 2}) == "▄▄▄");
  CHECK(sparkline(std::vector<double>{2, 2 + 1e-12, 2}) == "▄▄▄");  // rounding
  CHECK(sparkline(std::vector<double>{0, 0}) == "▄▄");
  CHECK(sparkline(std::vector<double>{1, nothing, 2}) == "▁ █");
  CHECK(sparkline(std::vector<double>{nothing}) == " ");
  CHECK(sparkline({}).empty());
}

TEST_CASE("long series are shown by means of neighbours", "[panel]") {
  CHECK(sparkline(std::vector<double>{0, 2, 10, 12, 5, 7}, 3) == "▁█▅");
  CHECK(sparkline(std::vector<double>{0, nothing, 10, 12, nothing, nothing}, 3) == "▁█ ");
}

TEST_CASE("means of years are over all other labels with a number", "[panel]") {
  panel::Dataset dataset;
  dataset.add_dimension(panel::labelled("region", std::vector<std::string>{"a", "b"}, "region"));
  dataset.add_dimension(panel::years(2010, 2012));
  const auto add = [&](const char* name, std::vector<std::string> dimensions, panel::Values values) {
    dataset.add_variable({.name = name,
                          .dimensions = std::move(dimensions),
                          .unit = "1",
                          .long_name = "",
                          .provenance = panel::Provenance::simulated,
                          .values = std::move(values),
                          .attributes = {}});
  };
  add("by_region_first", {"region", "year"}, std::vector<double>{1, 2, 3, 5, nothing, 9});
  add("by_year_first", {"year", "region"}, std::vector<std::int64_t>{1, 3, 5, 7, 9, 13});
  add("fact", {"region"}, std::vector<double>{1, 2});
  CHECK(panel::yearly_means(dataset, dataset.variable("by_region_first")) == std::vector<double>{3, 2, 6});
  CHECK(panel::yearly_means(dataset, dataset.variable("by_year_first")) == std::vector<double>{2, 6, 11});
  CHECK(panel::yearly_means(dataset, dataset.variable("fact")).empty());
}

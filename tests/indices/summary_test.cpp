// Descriptive statistics: whole, by groups, pooled; ranks with ties.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "indices/request.h"

using namespace pericore;
using indices::IndexRow;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

panel::Column numbers(std::string name, std::vector<double> values) {
  panel::Column column;
  column.name = std::move(name);
  column.numbers = std::move(values);
  return column;
}

panel::Column texts(std::string name, std::vector<std::string> values) {
  panel::Column column;
  column.name = std::move(name);
  column.is_text = true;
  column.texts = std::move(values);
  return column;
}

/// Three cities over two years, one value missing, one city of no group.
panel::Table cities() {
  panel::Table table(6);
  table.add(texts("city", {"a", "b", "c", "a", "b", "c"}));
  table.add(numbers("year", {2010, 2010, 2010, 2011, 2011, 2011}));
  table.add(numbers("x", {1, 3, 5, 2, missing, 2}));
  table.add(texts("part", {"East", "East", "", "East", "East", ""}));
  return table;
}

double value_of(const std::vector<IndexRow>& rows, const std::string& index, const std::string& entity,
                std::optional<long> time) {
  for (const IndexRow& row : rows) {
    if (row.index == index && row.entity == entity && row.time == time) return row.value;
  }
  FAIL("no row " + index + " " + entity);
  return missing;
}

indices::Request request() {
  indices::Request request;
  request.entity = "city";
  request.time = "year";
  request.variables = {"x"};
  return request;
}

}  // namespace

TEST_CASE("summaries by period and group", "[indices][summary]") {
  auto asked = request();
  asked.indices = {"count", "mean", "standard_deviation", "minimum", "maximum"};
  asked.groups = "part";
  const auto rows = indices::measure(cities(), asked).rows;
  CHECK(value_of(rows, "count", "", 2010) == 3.0);
  CHECK(value_of(rows, "mean", "", 2010) == 3.0);
  CHECK(value_of(rows, "standard_deviation", "", 2010) == Approx(2.0));
  CHECK(value_of(rows, "mean", "East", 2010) == 2.0);
  CHECK(value_of(rows, "standard_deviation", "East", 2010) == Approx(std::sqrt(2.0)));
  CHECK(value_of(rows, "count", "East", 2011) == 1.0);
  CHECK(std::isnan(value_of(rows, "standard_deviation", "East", 2011)));
  CHECK(value_of(rows, "minimum", "", 2010) == 1.0);
  CHECK(value_of(rows, "maximum", "", 2010) == 5.0);
}

TEST_CASE("summaries over all periods together, and of chosen ones", "[indices][summary]") {
  auto asked = request();
  asked.indices = {"count", "mean"};
  asked.pooled = true;
  auto rows = indices::measure(cities(), asked).rows;
  REQUIRE(rows.size() == 2);
  CHECK(value_of(rows, "count", "", {}) == 5.0);
  CHECK(value_of(rows, "mean", "", {}) == Approx(13.0 / 5.0));
  asked.pooled = false;
  asked.periods = {2011};
  rows = indices::measure(cities(), asked).rows;
  REQUIRE(rows.size() == 2);
  CHECK(value_of(rows, "mean", "", 2011) == 2.0);
}

TEST_CASE("ranks: the largest first, ties share the best place, missing values have none", "[indices][summary]") {
  auto asked = request();
  asked.indices = {"rank"};
  auto rows = indices::measure(cities(), asked).rows;
  REQUIRE(rows.size() == 5);
  CHECK(rows[0].entity == "c");
  CHECK(rows[0].fields.at(0) == std::pair<std::string, double>("level", 5.0));
  CHECK(value_of(rows, "rank", "a", 2010) == 3.0);
  CHECK(value_of(rows, "rank", "a", 2011) == 1.0);
  CHECK(value_of(rows, "rank", "c", 2011) == 1.0);
  asked.top = 1;
  rows = indices::measure(cities(), asked).rows;
  CHECK(rows.size() == 3);  // one in 2010, both of the tie in 2011
}

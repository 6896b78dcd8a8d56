#include "panel/table.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"

using namespace pericore;
using panel::Column;
using panel::PanelIndex;
using panel::Table;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

Column numbers(std::string name, std::vector<double> values) {
  Column column;
  column.name = std::move(name);
  column.numbers = std::move(values);
  return column;
}

Column texts(std::string name, std::vector<std::string> values) {
  Column column;
  column.name = std::move(name);
  column.is_text = true;
  column.texts = std::move(values);
  return column;
}

/// Two cities out of order; b lacks 2012.
Table cities() {
  Table table(6);
  table.add(texts("city", {"b", "a", "a", "b", "a", "b"}));
  table.add(numbers("year", {2013, 2012, 2011, 2010, 2013, 2011}));
  table.add(numbers("x", {1, 2, 3, 4, missing, 6}));
  return table;
}

}  // namespace

TEST_CASE("a table refuses what does not fit and names the nearest column", "[panel][table]") {
  Table table = cities();
  CHECK_THROWS_AS(table.add(numbers("x", {1, 2, 3, 4, 5, 6})), DomainError);
  CHECK_THROWS_AS(table.add(numbers("z", {1, 2})), DomainError);
  CHECK(table.column("x").numbers[0] == 1.0);
  CHECK_THROWS_WITH(table.column("yaer"), "unknown variable 'yaer'; did you mean 'year'?");
  CHECK(table.find("nothing") == nullptr);
  CHECK(table.column("x").missing(4));
  CHECK(table.column("year").label(0) == "2013");
}

TEST_CASE("codes are in natural order, missing ones -1", "[panel][table]") {
  const auto coding = panel::code(numbers("n", {10, 2, missing, 10, -1}));
  CHECK(coding.labels == std::vector<std::string>{"-1", "2", "10"});
  CHECK(coding.codes == std::vector<int>{2, 1, -1, 2, 0});
  const auto words = panel::code(texts("t", {"b", "", "a"}));
  CHECK(words.labels == std::vector<std::string>{"a", "b"});
  CHECK(words.codes == std::vector<int>{1, -1, 0});
  CHECK(words.values.empty());
}

TEST_CASE("lags go by calendar time within the entity", "[panel][table]") {
  const PanelIndex index(cities(), "city", "year");
  CHECK(index.sorted() == std::vector<std::size_t>{2, 1, 4, 3, 5, 0});
  CHECK(index.lagged(1, 1) == std::optional<std::size_t>(2));  // a 2012 -> a 2011
  CHECK(index.lagged(4, 2) == std::optional<std::size_t>(2));
  CHECK_FALSE(index.lagged(0, 1));  // b has no 2012
  CHECK(index.lagged(0, 2) == std::optional<std::size_t>(5));
  CHECK(index.lagged(0, 3) == std::optional<std::size_t>(3));
  CHECK_FALSE(index.lagged(2, 1));  // nothing before 2011, and not a row of b
  CHECK(index.lagged(2, -1) == std::optional<std::size_t>(1));
  CHECK(index.lagged(3, -1) == std::optional<std::size_t>(5));
  CHECK_FALSE(index.lagged(0, -1));
  CHECK(index.lagged(0, 0) == std::optional<std::size_t>(0));
}

TEST_CASE("keys that are missing, repeated or no periods are refused with their rows", "[panel][table]") {
  Table twice(3);
  twice.add(texts("city", {"a", "b", "a"}));
  twice.add(numbers("year", {2010, 2010, 2010}));
  CHECK_THROWS_WITH(PanelIndex(twice, "city", "year"), "city 'a' has year 2010 twice: rows 1 and 3 of the data");
  Table broken(2);
  broken.add(texts("city", {"a", ""}));
  broken.add(numbers("year", {2010.5, 2011}));
  CHECK_THROWS_WITH(PanelIndex(broken, "city", "year"), "column 'city': no value in row 2 of the data");
  Table half(1);
  half.add(texts("city", {"a"}));
  half.add(numbers("year", {2010.5}));
  CHECK_THROWS_WITH(PanelIndex(half, "city", "year"), Catch::Contains("2010.5 in row 1 is no whole number"));
  CHECK_THROWS_WITH(PanelIndex(half, "city", "city"), Catch::Contains("periods must be whole numbers"));
}

TEST_CASE("a cross-section has names but no time, rows may have neither", "[panel][table]") {
  Table table(2);
  table.add(texts("city", {"b", "a"}));
  const PanelIndex named(table, "city");
  CHECK(named.has_entity());
  CHECK_FALSE(named.has_time());
  CHECK(named.sorted() == std::vector<std::size_t>{1, 0});
  CHECK_FALSE(named.lagged(0, 1));
  const PanelIndex rows(std::size_t{2});
  CHECK_FALSE(rows.has_entity());
  CHECK(rows.sorted() == std::vector<std::size_t>{0, 1});
}

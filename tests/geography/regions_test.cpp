#include "geography/regions.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "four_regions.h"

using namespace pericore;
using namespace pericore::geography;

TEST_CASE("a sound table has no problems, every fault is told at once", "[geography][regions]") {
  CHECK(problems(four_regions()).empty());
  RegionTable table = four_regions();
  table.ids[1] = "a";
  table.longitude[0] = 181.0;
  table.latitude[2] = std::numeric_limits<double>::quiet_NaN();
  table.area_km2[3] = 0.0;
  table.population[0] = -1.0;
  table.provinces.pop_back();
  table.numeric[0].values.resize(2);
  CHECK(problems(table).size() == 7);
}

TEST_CASE("regions are found by id, else by a name that only one bears", "[geography][regions]") {
  RegionTable table = four_regions();
  CHECK(find_region(table, "c") == 2);
  CHECK(find_region(table, "C") == 2);
  CHECK_FALSE(find_region(table, "E"));
  table.names[3] = "C";
  CHECK_FALSE(find_region(table, "C"));
  table.names[0] = "d";  // an id goes before a name
  CHECK(find_region(table, "d") == 3);
}

TEST_CASE("columns are found by name", "[geography][regions]") {
  const RegionTable table = four_regions();
  CHECK(text_column(table, "province")[3] == "East");
  CHECK(text_column(table, "tier")[0] == "1");
  CHECK(numeric_column(table, "population")[2] == 30.0);
  CHECK(numeric_column(table, "jobs")[3] == 8.0);
  CHECK_THROWS_AS(text_column(table, "jobs"), DomainError);
  CHECK_THROWS_AS(numeric_column(table, "tier"), DomainError);
}

TEST_CASE("category codes count words in the order of appearance", "[geography][regions]") {
  const std::vector<std::string> words = {"y", "x", "y", "z", "x"};
  CHECK((category_codes(words) == (Eigen::ArrayXi(5) << 0, 1, 0, 2, 1).finished()).all());
}

TEST_CASE("merging keeps the chosen rows and adds up the others", "[geography][regions]") {
  const RegionTable table = four_regions();
  const std::vector<std::string> extensive = {"jobs"};
  const AggregatedRegions merged = aggregate(table, {0, 1, 0, 1}, "Rest", extensive);
  const RegionTable& reduced = merged.table;
  CHECK(problems(reduced).empty());
  CHECK(merged.mapping == std::vector<Eigen::Index>{2, 0, 2, 1});
  CHECK(reduced.ids == std::vector<std::string>{"b", "d", "Rest"});
  CHECK(reduced.provinces ==
        std::vector<std::string>{"West", "East", "Rest"});  // members in both: a province of its own
  CHECK(reduced.macro_regions[2] == "Land");
  CHECK(reduced.text[0].values[2] == "Rest");
  CHECK(reduced.population[2] == 40.0);
  CHECK(reduced.area_km2[2] == 400.0);
  CHECK(reduced.numeric[0].values[2] == 12.0);
  CHECK(reduced.numeric[1].values[2] == Approx((10.0 * 1.0 + 30.0 * 4.0) / 40.0));
  CHECK(reduced.population.sum() == table.population.sum());
  // Weights 1/4 and 3/4 on directions two degrees apart.
  const double degree = std::acos(-1.0) / 180.0;
  CHECK(reduced.longitude[2] ==
        Approx(std::atan2(0.75 * std::sin(2 * degree), 0.25 + 0.75 * std::cos(2 * degree)) / degree));
  CHECK(reduced.latitude[2] == 0.0);
}

TEST_CASE("merging nothing, all, across the date line, without population", "[geography][regions]") {
  RegionTable table = four_regions();
  const AggregatedRegions same = aggregate(table, {1, 1, 1, 1}, "Rest");
  CHECK(same.table.ids == table.ids);
  CHECK(same.mapping == std::vector<Eigen::Index>{0, 1, 2, 3});

  table.longitude << 179.0, -179.0, 179.0, -179.0;
  table.population.setZero();
  const AggregatedRegions one = aggregate(table, {0, 0, 0, 0}, "Rest");
  CHECK(one.table.size() == 1);
  CHECK(std::abs(one.table.longitude[0]) == Approx(180.0));
  CHECK(one.mapping == std::vector<Eigen::Index>{0, 0, 0, 0});
}

TEST_CASE("merging refuses a wrong mask, an unknown column and a taken id", "[geography][regions]") {
  const RegionTable table = four_regions();
  const std::vector<std::string> unknown = {"firms"};
  CHECK_THROWS_AS(aggregate(table, {1, 0}, "Rest"), DomainError);
  CHECK_THROWS_AS(aggregate(table, {1, 0, 0, 0}, "Rest", unknown), DomainError);
  CHECK_THROWS_AS(aggregate(table, {1, 0, 0, 0}, "a"), DomainError);
}

TEST_CASE("a subset keeps rows in order, with all columns", "[geography][regions]") {
  const RegionTable part = subset(four_regions(), {0, 0, 1, 1});
  CHECK(problems(part).empty());
  CHECK(part.ids == std::vector<std::string>{"c", "d"});
  CHECK(part.numeric[1].values[0] == 4.0);
}

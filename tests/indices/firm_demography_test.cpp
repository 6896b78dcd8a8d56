#include "indices/firm_demography.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"

using namespace pericore;

namespace {

struct Row {
  std::int64_t year, id, region, founded;
  double employment;
};

/// A register of one sector and two regions by hand.
panel::Dataset register_of(const std::vector<Row>& rows) {
  panel::Dataset dataset;
  dataset.add_dimension(panel::labelled("sector", std::vector<std::string>{"shops"}));
  dataset.add_dimension(panel::labelled("region", std::vector<std::string>{"East", "West"}));
  dataset.add_dimension(panel::unlabelled("firm_row", rows.size()));
  const auto whole = [&](const char* name, auto&& of) {
    std::vector<std::int64_t> values;
    for (const Row& row : rows) values.push_back(of(row));
    dataset.add_variable(
        {.name = name, .dimensions = {"firm_row"}, .unit = "1", .long_name = name, .values = values, .attributes = {}});
  };
  const auto number = [&](const char* name, auto&& of) {
    std::vector<double> values;
    for (const Row& row : rows) values.push_back(of(row));
    dataset.add_variable(
        {.name = name, .dimensions = {"firm_row"}, .unit = "1", .long_name = name, .values = values, .attributes = {}});
  };
  whole("firm_year", [](const Row& row) { return row.year; });
  whole("firm_id", [](const Row& row) { return row.id; });
  whole("firm_sector", [](const Row&) { return std::int64_t{0}; });
  whole("firm_region", [](const Row& row) { return row.region; });
  whole("firm_founded", [](const Row& row) { return row.founded; });
  number("firm_count", [](const Row&) { return 2.0; });
  number("firm_size", [](const Row& row) { return row.employment / 10.0; });
  number("firm_employment", [](const Row& row) { return row.employment; });
  return dataset;
}

}  // namespace

TEST_CASE("births, deaths, moves and survival of a register by hand", "[indices]") {
  // 1 lives throughout and moves once; 2 dies after its first year, 3 is founded and lives, 4 is founded and dies.
  const auto demography = indices::firm_demography(register_of({{2010, 1, 0, 2005, 10.0},
                                                                {2010, 2, 0, 2010, 20.0},
                                                                {2011, 1, 0, 2005, 10.0},
                                                                {2011, 3, 1, 2011, 30.0},
                                                                {2011, 4, 1, 2011, 5.0},
                                                                {2012, 1, 1, 2005, 10.0},
                                                                {2012, 3, 1, 2011, 40.0}}));
  REQUIRE(demography.years.size() == 3);
  CHECK(demography.years[0].firms == 4.0);
  CHECK(std::isnan(demography.years[0].births));
  CHECK(demography.years[0].deaths == 2.0);
  CHECK(demography.years[0].moves == 0.0);
  CHECK(demography.years[1].births == 4.0);
  CHECK(demography.years[1].deaths == 2.0);
  CHECK(demography.years[1].moves == 2.0);
  CHECK(demography.years[1].mean_size == Approx(1.5));
  CHECK(std::isnan(demography.years[2].deaths));
  // At age 0: 2 in 2010, 3 and 4 in 2011; two of three die. Nothing is known of age 1: no firm is seen at it before the last year.
  REQUIRE(demography.survival.size() == 1);
  CHECK(demography.survival[0].at_risk == 6.0);
  CHECK(demography.survival[0].hazard == Approx(2.0 / 3.0));
  CHECK(demography.survival[0].survival == 1.0);
  REQUIRE(demography.moves.size() == 1);
  CHECK(demography.moves[0].from == "East");
  CHECK(demography.moves[0].to == "West");
  CHECK(demography.moves[0].firms == 2.0);
  REQUIRE(demography.sizes.size() == 1);
  CHECK(demography.sizes[0].mean == 25.0);
  CHECK(demography.sizes[0].p50 == 10.0);
  CHECK(demography.sizes[0].p90 == 40.0);
  CHECK(demography.sizes[0].top_percent ==
        Approx(0.01 * 4.0 * 40.0 / 100.0));  // a hundredth of four firms, of the larger ones
}

TEST_CASE("survival is the product of what stays alive at each age", "[indices]") {
  std::vector<Row> rows;
  // Eight founded in 2010; four die after the first year, two of the others after the second, the last two live.
  for (std::int64_t id = 0; id < 8; ++id) {
    for (std::int64_t year = 2010; year <= (id < 4 ? 2010 : id < 6 ? 2011 : 2013); ++year)
      rows.push_back({year, id, 0, 2010, 1.0});
  }
  const auto survival = indices::firm_demography(register_of(rows)).survival;
  REQUIRE(survival.size() == 3);
  CHECK(survival[1].survival == Approx(0.5));
  CHECK(survival[2].survival == Approx(0.25));
  CHECK(survival[2].hazard == 0.0);
}

TEST_CASE("years that are not shown make demography impossible", "[indices]") {
  CHECK_THROWS_AS(indices::firm_demography(register_of({{2010, 1, 0, 2005, 1.0}, {2012, 1, 0, 2005, 1.0}})),
                  InputError);
  CHECK_THROWS_AS(indices::firm_demography(panel::Dataset{}), InputError);
}

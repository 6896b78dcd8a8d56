#include "productivity/perpetual_inventory.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "config/read_table.h"

using namespace pericore;
using productivity::CapitalRule;
using productivity::InitialStockRule;
using productivity::perpetual_inventory;

namespace {

const double unknown = std::numeric_limits<double>::quiet_NaN();

panel::Table panel_of(std::vector<double> entities, std::vector<double> years) {
  panel::Table table(entities.size());
  table.add({.name = "city", .numbers = std::move(entities), .texts = {}, .unit = {}});
  table.add({.name = "year", .numbers = std::move(years), .texts = {}, .unit = {}});
  return table;
}

CapitalRule rule_of(std::vector<double> investment, InitialStockRule initial, double value = 0.0) {
  return {
      .investment = std::move(investment), .deflator = {}, .initial = {.rule = initial, .value = value, .by_row = {}}};
}

}  // namespace

TEST_CASE("perpetual inventory: closed form of the reference case", "[productivity][published]") {
  const std::string folder = std::string(PERICORE_SOURCE_DIR) + "/tests/data/reference/capital_pim/";
  config::Faults faults;
  const panel::Table table = config::read_table(folder + "data.csv", faults);
  faults.raise_if_any();
  std::ifstream stream(folder + "expected.json");
  const auto expected = nlohmann::json::parse(stream);
  const panel::PanelIndex index(table, "city", "year");
  CapitalRule rule{
      .investment = table.column("inv").numbers, .deflator = table.column("deflator").numbers, .initial = {}};
  const auto by_growth = perpetual_inventory(index, rule);
  rule.initial = {.rule = InitialStockRule::ratio, .value = 0.10, .by_row = {}};
  const auto by_ratio = perpetual_inventory(index, rule);
  REQUIRE(expected["expected"].size() == table.row_count());
  for (std::size_t i = 0; i < table.row_count(); ++i) {
    const auto& row = expected["expected"][i];
    CAPTURE(i);
    REQUIRE(row["year"].get<double>() == table.column("year").numbers[i]);
    CHECK(by_growth.capital[i] == Approx(row["K"].get<double>()).epsilon(1e-10));
    CHECK(by_growth.real_investment[i] == Approx(row["real_inv"].get<double>()).epsilon(1e-10));
    CHECK(by_ratio.capital[i] == Approx(row["K10"].get<double>()).epsilon(1e-10));
  }
}

TEST_CASE("perpetual inventory: steady growth keeps the ratio of capital to investment", "[productivity]") {
  std::vector<double> years;
  std::vector<double> investment;
  for (int t = 0; t < 30; ++t) {
    years.push_back(1990 + t);
    investment.push_back(3.0 * std::pow(1.07, t));
  }
  const panel::Table table = panel_of(std::vector<double>(30, 1.0), years);
  const panel::PanelIndex index(table, "city", "year");
  const auto sample = perpetual_inventory(index, rule_of(investment, InitialStockRule::sample_growth));
  const auto given = perpetual_inventory(index, rule_of(investment, InitialStockRule::given_growth, 0.07));
  for (std::size_t t = 0; t < 30; ++t) {
    CHECK(sample.capital[t] == Approx(given.capital[t]).epsilon(1e-12));
    // K_t = (1 + g) K_(t-1) needs K_t/I_t to move towards (1 + g)/(g + d); it starts at 1/(g + d).
    const double limit = 1.07 / 0.166;
    const double start = 1.0 / 0.166;
    CHECK(sample.capital[t] / investment[t] ==
          Approx(limit + (start - limit) * std::pow(0.904 / 1.07, static_cast<double>(t))).epsilon(1e-12));
  }
}

TEST_CASE("perpetual inventory: order of rows, ends without investment and stocks by column", "[productivity]") {
  const panel::Table table = panel_of({2, 1, 1, 2, 1, 1}, {2001, 2003, 2001, 2002, 2002, 2000});
  const panel::PanelIndex index(table, "city", "year");
  CapitalRule rule = rule_of({5, unknown, 4, 6, 3, unknown}, InitialStockRule::column);
  rule.initial.by_row = {50, unknown, 40, unknown, unknown, 9};
  rule.depreciation = 0.5;
  const auto stock = perpetual_inventory(index, rule);
  CHECK(stock.capital[0] == 50);
  CHECK(stock.capital[3] == 31);
  CHECK(stock.capital[2] == 40);
  CHECK(stock.capital[4] == 23);
  CHECK(std::isnan(stock.capital[1]));
  CHECK(std::isnan(stock.capital[5]));
  CHECK(std::isnan(stock.real_investment[5]));
}

TEST_CASE("perpetual inventory: every fault is named with its entity and year", "[productivity]") {
  const panel::Table table =
      panel_of({1, 1, 1, 2, 2, 3, 4, 4, 5, 5, 5}, {2000, 2001, 2003, 2000, 2001, 2000, 2000, 2001, 2000, 2001, 2002});
  const panel::PanelIndex index(table, "city", "year");
  CapitalRule rule = rule_of({1, 1, 1, 1, 0.5, 1, 0, 1, 1, unknown, -1}, InitialStockRule::sample_growth);
  std::string text;
  try {
    static_cast<void>(perpetual_inventory(index, rule));
  } catch (const InputError& error) {
    text = error.what();
  }
  CHECK_THAT(text, Catch::Contains("1, 2003: the year before is missing (last: 2001)"));
  CHECK_THAT(text, Catch::Contains("2, 2000: growth of investment -0.5 plus depreciation 0.096 is not positive"));
  CHECK_THAT(text, Catch::Contains("3, 2000: growth of investment takes two years"));
  CHECK_THAT(text, Catch::Contains("4, 2000: growth takes a positive investment"));
  CHECK_THAT(text, Catch::Contains("5, 2001: investment is missing"));
  CHECK_THAT(text, Catch::Contains("5, 2002: negative investment, -1"));
  rule.deflator = {1, unknown, 1, 0, 1, 1, 1, 1, 1, 1, 1};
  CHECK_THROWS_WITH(perpetual_inventory(index, rule), Catch::Contains("1, 2001: the deflator is missing") &&
                                                          Catch::Contains("2, 2000: the deflator must be positive"));
  const panel::PanelIndex cross(panel_of({1, 2}, {1, 1}), "city");
  CHECK_THROWS_AS(perpetual_inventory(cross, rule_of({1, 1}, InitialStockRule::ratio, 0.1)), InputError);
}

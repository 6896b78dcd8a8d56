#include "config/parameter_rows.h"

namespace pericore::config {

std::vector<Parameter> accounts_parameters() {
  using namespace types;
  using enum Needed;
  constexpr Range share = between(0, 1);
  // clang-format off
  return {
      {.key = "national_accounts", .needed = invert,
       .definition = "The national input-output table and what it leaves open."},
      {.key = "national_accounts.table", .type = path, .needed = invert,
       .definition = "CSV of the flows of the national input-output table."},
      {.key = "national_accounts.housing", .type = text,
       .definition = "Row whose household purchases are housing: they become land rent."},
      {.key = "national_accounts.income_tax", .type = number, .unit = "1", .range = from_below(0, 1), .fallback = "0.06",
       .definition = "t: rate of the income tax."},
      {.key = "national_accounts.rebalance", .type = word, .fallback = "none", .words = {"none", "ras"},
       .definition = "What to do if a sector's final demand comes out too small: none is an error, ras adjusts the flows."},
      {.key = "national_accounts.final_demand_min", .type = number, .unit = "1", .range = from_below(0, 1), .fallback = "0",
       .definition = "Least final demand of a sector, share of its output, that ras keeps."},
      {.key = "national_accounts.farm_labour_share", .type = number, .unit = "1", .range = share, .fallback = "0.56",
       .definition = "Share of farm value added net of production taxes that pays labour."},
      {.key = "national_accounts.farm_land_share", .type = number, .unit = "1", .range = share, .fallback = "0.40",
       .definition = "Share of farm value added net of production taxes that pays land."},
      {.key = "national_accounts.wage_density_elasticity", .type = number, .unit = "1", .range = between(-2, 2),
       .fallback = "0.10", .definition = "Regional wage = (density / mean density) to this power."},
      {.key = "national_accounts.skill_premium", .type = number, .unit = "1", .range = above(0, 100), .fallback = "1.5",
       .definition = "Wage of the skilled over that of the unskilled."},
      {.key = "national_accounts.migrant_wage", .type = number, .unit = "1", .range = above(0, 100), .fallback = "0.8",
       .definition = "Wage of migrants over that of the unskilled."},
      {.key = "national_accounts.urban_land", .type = number, .unit = "m2", .range = above(0, 1e6), .fallback = "100",
       .definition = "Urban land per urban resident."},
      {.key = "national_accounts.farmland", .type = number, .unit = "1", .range = above(0, 1),
       .definition = "Farmland over area, alike everywhere, where the regions have no column `farmland_km2`: what land remediation takes from."},
  };
  // clang-format on
}

}  // namespace pericore::config

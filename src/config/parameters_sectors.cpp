#include "config/parameter_rows.h"

namespace pericore::config {

std::vector<Parameter> sector_parameters() {
  using namespace types;
  using enum Needed;
  constexpr Range share = between(0, 1);
  constexpr Range elasticity = between(-2, 2);
  // clang-format off
  return {
      {.key = "sectors", .needed = always, .definition = "The sectors, by name."},
      {.key = "sectors.*", .definition = "One sector."},
      {.key = "sectors.*.label", .type = text, .fallback = "\"\"", .definition = "Name for tables and plots."},
      {.key = "sectors.*.class", .type = texts, .fallback = "[]",
       .definition = "Classes it belongs to, e.g. manufacturing, producer_services, high_end; policies may name them."},
      {.key = "sectors.*.market", .type = word, .fallback = "monopolistic",
       .words = {"monopolistic", "armington", "homogeneous"},
       .definition = "Market: monopolistic competition of varieties, one variety a region, or one good at price 1."},
      {.key = "sectors.*.entry", .type = word, .fallback = "stock", .words = {"stock", "free", "none"},
       .definition = "Number of firms: stock is moved by firm dynamics, free makes profits zero, none has no firms."},
      {.key = "sectors.*.fixed_input", .type = text,
       .definition = "Factor that pays the fixed cost; without it the input bundle does."},
      {.key = "sectors.*.elasticity", .type = number, .unit = "1", .range = above(1, 100), .fallback = "5",
       .definition = "sigma: elasticity of substitution between varieties."},
      {.key = "sectors.*.distance_elasticity", .type = number, .unit = "1", .range = between(0, 10), .fallback = "0.275",
       .definition = "delta: elasticity of the iceberg trade cost with respect to travel time."},
      {.key = "sectors.*.border", .type = number, .unit = "log", .range = between(0, 5), .fallback = "0",
       .definition = "Trade cost of crossing a border between jurisdictions."},

      {.key = "sectors.*.employment", .type = number_map, .unit = "1", .range = share, .needed = invert,
       .definition = "Census sections it employs, each with the share that belongs to it."},
      {.key = "sectors.*.table", .type = texts, .needed = invert, .definition = "Its codes in the national table."},
      {.key = "sectors.*.firm_size", .type = number, .unit = "persons", .range = above(0, 1e9), .fallback = "20",
       .definition = "Persons employed a firm in the base year."},
      {.key = "sectors.*.skilled_share", .type = number, .unit = "1", .range = share, .fallback = "0",
       .definition = "Share of skilled persons among those employed."},
      {.key = "sectors.*.migrant_share", .type = number, .unit = "1", .range = share, .fallback = "0",
       .definition = "Share of migrants among the unskilled employed."},
      {.key = "sectors.*.land_share", .type = number, .unit = "1", .range = share, .fallback = "0",
       .definition = "Urban land over value added net of production taxes."},

      {.key = "sectors.*.inputs", .type = number_map, .unit = "1", .range = share, .needed = levels,
       .definition = "Cost shares of factors and sectors, sum 1."},
      {.key = "sectors.*.budget_share", .type = number, .unit = "1", .range = share, .fallback = "0",
       .definition = "Share of consumption spent on it (base: levels)."},
      {.key = "sectors.*.fixed_cost", .type = number, .unit = "1", .range = above(0, 1e12), .fallback = "1",
       .definition = "F: units of the input bundle, or of the fixed input, a firm (base: levels)."},
      {.key = "sectors.*.productivity", .type = number | text, .unit = "1", .range = above(0, 1e12), .fallback = "1",
       .definition = "A: productivity, a column of the regions or a number for every region (base: levels)."},

      {.key = "sectors.*.exit_rate", .type = number, .unit = "1/year", .range = share, .fallback = "0.093",
       .definition = "delta: share of firms that leave the market a year."},
      {.key = "sectors.*.exit_sensitivity", .type = number, .unit = "1", .range = between(0, 20), .fallback = "1",
       .definition = "kappa: effect of profitability on exit."},
      {.key = "sectors.*.entry_sensitivity", .type = number, .unit = "1", .range = between(0, 20), .fallback = "1",
       .definition = "eta: effect of profitability on entry."},
      {.key = "sectors.*.founders_elsewhere", .type = number, .unit = "1", .range = share, .fallback = "0.05",
       .definition = "i: share of founders who come from other regions."},
      {.key = "sectors.*.relocation_rate", .type = number, .unit = "1/year", .range = share, .fallback = "0.05",
       .definition = "nu: share of firms that look for another place a year."},
      {.key = "sectors.*.relocation_dispersion", .type = number, .unit = "1", .range = above(0, 100), .fallback = "0.5",
       .definition = "beta: dispersion of the logit over destinations."},
      {.key = "sectors.*.relocation_cost", .type = number, .unit = "1", .range = between(0, 100), .fallback = "2",
       .definition = "k0: cost of leaving, in units of profitability."},
      {.key = "sectors.*.relocation_distance_cost", .type = number, .unit = "1", .range = between(0, 100), .fallback = "0.5",
       .definition = "k1: cost of a move by ln(1 + travel time / d0)."},
      {.key = "sectors.*.state_share", .type = number, .unit = "1", .range = share, .fallback = "0",
       .definition = "Share of firms owned by the state."},
      {.key = "sectors.*.state_relocation", .type = number, .unit = "1", .range = share, .fallback = "0.5",
       .definition = "rho: relocation rate of state firms over that of others."},

      {.key = "sectors.*.mar", .type = number, .unit = "1", .range = elasticity, .fallback = "0",
       .definition = "Elasticity of productivity to employment of the own sector."},
      {.key = "sectors.*.jac", .type = number, .unit = "1", .range = elasticity, .fallback = "0",
       .definition = "Effect of the diversity of sectors on productivity."},
      {.key = "sectors.*.know", .type = number, .unit = "1", .range = elasticity, .fallback = "0",
       .definition = "Elasticity of productivity to knowledge of the own and near regions."},
      {.key = "sectors.*.syn", .type = number, .unit = "1", .range = elasticity, .fallback = "0",
       .definition = "Elasticity of productivity to the co-agglomeration of services and manufacturing."},
      {.key = "sectors.*.pub", .type = number, .unit = "1", .range = elasticity, .fallback = "0",
       .definition = "Elasticity of productivity to public services."},
      {.key = "sectors.*.hum", .type = number, .unit = "1", .range = elasticity, .fallback = "0",
       .definition = "Elasticity of productivity to the share of skilled persons."},
      {.key = "sectors.*.soe", .type = number, .unit = "1", .range = elasticity, .fallback = "0",
       .definition = "Loss of log productivity of a sector owned by the state."},
      {.key = "sectors.*.cong", .type = number, .unit = "1", .range = elasticity, .fallback = "0",
       .definition = "Elasticity of productivity to density, as a loss."},
  };
  // clang-format on
}

}  // namespace pericore::config

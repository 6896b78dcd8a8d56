#include "config/parameter_rows.h"

namespace pericore::config {

std::vector<Parameter> dynamics_parameters() {
  using namespace types;
  using enum Needed;
  constexpr Range share = between(0, 1);
  // clang-format off
  return {
      {.key = "migration", .definition = "How people move and change groups."},
      {.key = "migration.groups", .definition = "The labour factors that move between regions, by name."},
      {.key = "migration.groups.*", .definition = "One labour factor that moves."},
      {.key = "migration.groups.*.elasticity", .type = number, .unit = "1", .range = above(0, 100), .fallback = "2",
       .definition = "theta: elasticity of migration with respect to real income."},
      {.key = "migration.groups.*.reconsider", .type = number, .unit = "1/year", .range = share, .fallback = "0.1",
       .definition = "nu: share of the group that reconsiders its place a year."},
      {.key = "migration.groups.*.cost", .type = number, .unit = "log", .range = between(0, 100), .fallback = "1",
       .definition = "m0: cost of leaving, in log real income."},
      {.key = "migration.groups.*.distance_cost", .type = number, .unit = "log", .range = between(0, 100), .fallback = "0.5",
       .definition = "m1: cost of a move by ln(1 + travel time / d0), in log real income."},
      {.key = "migration.groups.*.registration", .type = number, .unit = "log", .range = between(0, 100), .fallback = "0.1",
       .definition = "Cost of moving to another province without local registration, in log real income."},
      {.key = "migration.groups.*.access", .type = number, .unit = "1", .range = above(0, 1), .fallback = "1",
       .definition = "Access to public services over that of registered residents."},
      {.key = "migration.crowding", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0.5",
       .definition = "chi: crowding of public services by population."},
      {.key = "migration.public_services", .type = number, .unit = "1", .range = between(0, 5), .fallback = "0.1",
       .definition = "psi: elasticity of utility to public services."},
      {.key = "migration.congestion", .type = number, .unit = "1", .range = between(-5, 5), .fallback = "0.04",
       .definition = "xi: elasticity of utility to density, as a loss; a negative one is a gain."},
      {.key = "migration.reference_density", .type = number, .unit = "1", .range = above(0, 1e15), .fallback = "1",
       .definition = "Persons a unit of housing land (persons, where there is none) at which congestion is nil (base: levels; "
                     "a base year from data is its own reference)."},
      {.key = "migration.amenities", .type = word, .fallback = "given", .words = {"given", "calibrated"},
       .definition = "Amenities of groups that move by logit: given are those of `factors.*.amenity`, calibrated add what "
                     "makes the base year stand still (base: levels; a base year from data has them calibrated)."},
      {.key = "migration.flows",
       .definition = "Observed growth of the regions' people, which the base year then sustains instead of standing still."},
      {.key = "migration.flows.population", .type = text,
       .definition = "Column of the regions' file with their population in a later year."},
      {.key = "migration.flows.years", .type = number, .unit = "years", .range = above(0, 1000), .fallback = "10",
       .definition = "Years from the population of the base year to that one."},
      {.key = "migration.turnover", .type = number, .unit = "1/year", .range = share, .fallback = "0.03",
       .definition = "omega: share of each group that retires a year and is replaced by entrants."},
      {.key = "migration.rural_to_migrant", .type = number, .unit = "1/year", .range = share, .fallback = "0.01",
       .definition = "Share of rural labour that takes up urban work a year, in the base year."},
      {.key = "migration.leaving_agriculture", .type = number, .unit = "1/year", .range = share, .fallback = "0",
       .definition = "Share of rural labour that becomes unskilled labour where it lives, a year: a trend, in baseline and policy alike, "
                     "no part of the base year (people: cohorts)."},
      {.key = "migration.citizenisation", .type = number, .unit = "1/year", .range = share, .fallback = "0.01",
       .definition = "Share of migrants who become registered residents a year, in the base year."},
      {.key = "migration.training", .type = number, .unit = "1/year", .range = share, .fallback = "0",
       .definition = "Share of the unskilled who become skilled a year, in the base year."},
      {.key = "migration.speed", .type = number, .unit = "1", .range = above(0, 1000), .fallback = "1",
       .definition = "Speed of the replicator dynamics."},

      {.key = "growth", .definition = "Capital, public capital, knowledge and what productivity is measured from."},
      {.key = "growth.reference_employment", .type = number, .unit = "persons", .range = above(0, 1e15), .fallback = "1",
       .definition = "Employment of a sector in a region at which its spillovers `mar` are nil (base: levels; a base year from "
                     "data is its own reference)."},
      {.key = "growth.capital_depreciation", .type = number, .unit = "1/year", .range = above(0, 1), .fallback = "0.096",
       .definition = "d: depreciation of capital."},
      {.key = "growth.capital_growth", .type = number, .unit = "1/year", .range = above_below(-1, 1), .fallback = "0",
       .definition = "g_K: growth of capital that the base-year investment sustains."},
      {.key = "growth.capital_mobility", .type = number, .unit = "1", .range = between(0, 100), .fallback = "1",
       .definition = "theta_K: elasticity of investment to the return on capital."},
      {.key = "growth.public_depreciation", .type = number, .unit = "1/year", .range = above(0, 1), .fallback = "0.05",
       .definition = "d_g: depreciation of public capital."},
      {.key = "growth.public_share", .type = number, .unit = "1", .range = share, .fallback = "0.2",
       .definition = "Share of base-year government purchases that builds public capital."},
      {.key = "growth.knowledge_depreciation", .type = number, .unit = "1/year", .range = above(0, 1), .fallback = "0.15",
       .definition = "d_k: depreciation of knowledge."},
      {.key = "growth.knowledge_rd", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0.2",
       .definition = "a: elasticity of new knowledge to research and development."},
      {.key = "growth.knowledge_skilled", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0.2",
       .definition = "b: elasticity of new knowledge to skilled persons."},
      {.key = "growth.knowledge_synergy", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0.1",
       .definition = "c: elasticity of new knowledge to co-agglomeration."},
      {.key = "growth.knowledge_range", .type = number, .unit = "km", .range = above(0, 1e5), .fallback = "200",
       .definition = "l: range of knowledge spillovers between regions, in exp(-distance / l)."},
      {.key = "growth.productivity_shocks", .definition = "Productivity that drifts by chance, u' = persistence u + sd z by region and sector, added to ln A; 0 in the first year."},
      {.key = "growth.productivity_shocks.sd", .type = number, .unit = "log", .range = between(0, 1), .fallback = "0",
       .definition = "Standard deviation of what a year adds."},
      {.key = "growth.productivity_shocks.persistence", .type = number, .unit = "1", .range = between(0, 1), .fallback = "0",
       .definition = "Share that stays from one year to the next."},
      {.key = "growth.productivity_shocks.common", .type = number, .unit = "1", .range = share, .fallback = "0",
       .definition = "Share of the variance that all sectors of a region have in common."},
      {.key = "growth.knowledge_shocks", .definition = "Invention that drifts by chance, v' = persistence v + sd z by region, added to the log of new knowledge; 0 in the first year."},
      {.key = "growth.knowledge_shocks.sd", .type = number, .unit = "log", .range = between(0, 5), .fallback = "0",
       .definition = "Standard deviation of what a year adds."},
      {.key = "growth.knowledge_shocks.persistence", .type = number, .unit = "1", .range = between(0, 1), .fallback = "0",
       .definition = "Share that stays from one year to the next."},
  };
  // clang-format on
}

}  // namespace pericore::config

#include "config/parameter_rows.h"

namespace pericore::config {

std::vector<Parameter> factor_parameters() {
  using namespace types;
  using enum Needed;
  // clang-format off
  return {
      {.key = "factors", .needed = always, .definition = "The factors of production, by name."},
      {.key = "factors.*", .definition = "One factor."},
      {.key = "factors.*.kind", .type = word, .needed = always, .words = {"labour", "capital", "land"},
       .definition = "What it is: labour lives where it works, capital is bought by investment, land stays."},
      {.key = "factors.*.owner", .type = number_map, .unit = "1", .range = between(0, 1), .fallback = "{local: 1}",
       .words = {"local", "national", "government", "abroad"},
       .definition = "Shares of its income, sum 1: residents of the region, of the nation (per head), the government, abroad."},
      {.key = "factors.*.housing", .type = boolean, .fallback = "false",
       .definition = "Whether it receives the housing share of household budgets (at most one factor)."},
      {.key = "factors.*.stock", .type = number | text, .unit = "1", .range = between(0, 1e15), .needed = levels,
       .definition = "Stock in use: a column of the regions, or a number for every region."},
      {.key = "factors.*.total", .type = number, .unit = "1", .range = above(0, 1e15),
       .definition = "Sum of its stock over the regions; `stock` then only says in what proportions (base: levels)."},
      {.key = "factors.*.mobility", .type = word, .fallback = "none",
       .words = {"none", "replicator", "logit", "logit_static"},
       .definition = "Law of motion between regions: none, replicator dynamics in utility, shares by logit at once "
                     "(logit_static), or of those who reconsider, at a cost (logit: the rule of groups under "
                     "`migration.groups`, which has the elasticity of both logits)."},
      {.key = "factors.*.people", .type = word, .words = {"cohorts", "agents"},
       .definition = "How a labour factor is represented; without it as `people` of the whole economy says."},
      {.key = "factors.*.amenity", .type = number | text, .unit = "1", .range = above(0, 1e12), .fallback = "1",
       .definition = "ubar: amenity of a region to a labour factor, a multiple of real income: a column of the regions, or a "
                     "number for every region (base: levels)."},
  };
  // clang-format on
}

}  // namespace pericore::config

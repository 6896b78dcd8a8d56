#include "config/parameter_rows.h"
#include "policy/levers.h"

namespace pericore::config {
namespace {

std::vector<std::string> lever_names() {
  std::vector<std::string> names;
  for (const policy::Lever& lever : policy::levers()) names.emplace_back(lever.key);
  return names;
}

/// Rows of one list of levers; `list` is "trends" or "policies".
std::vector<Parameter> lever_list(const std::string& list, std::string_view definition) {
  using namespace types;
  using enum Needed;
  constexpr Range year = between(-10000, 10000);
  const std::string entry = list + "[]";
  // clang-format off
  return {
      {.key = list, .definition = definition},
      {.key = entry, .definition = "One lever."},
      {.key = entry + ".lever", .type = text, .needed = always, .words = lever_names(), .definition = "Its name; `pericore levers` lists them."},
      {.key = entry + ".size", .type = number | number_map, .unit = "1", .range = between(-1e12, 1e12),
       .definition = "Size at full strength, or a size for each of the lever's instruments, in the unit of the instrument."},
      {.key = entry + ".sectors", .type = word | texts, .fallback = "all", .words = {"all"},
       .definition = "Sectors it acts on, by name or class."},
      {.key = entry + ".regions", .type = text | texts | texts_map, .fallback = "all",
       .definition = "Regions it acts on: all, a list of names, columns with allowed values (`except` leaves names out), or a "
                     "condition on columns of the regions and variables of the base year: `population > 5e6 and tier == \"core\"`."},
      {.key = entry + ".origins", .type = text | texts | texts_map, .fallback = "all",
       .definition = "Regions whose firms are eligible, in the form of `regions` (relocation grants)."},
      {.key = entry + ".while", .type = text,
       .definition = "Rule: a condition on columns of the regions and variables of the year before; the lever is in force only "
                     "where it holds: `lq < 0.8` (policies only)."},
      {.key = entry + ".start", .type = integer, .unit = "year", .range = year,
       .definition = "First year in force; the first simulated year where missing."},
      {.key = entry + ".end", .type = integer, .unit = "year", .range = year,
       .definition = "Last year in force; the last simulated year where missing."},
      {.key = entry + ".ramp", .type = integer, .unit = "years", .range = between(0, 1000), .fallback = "0",
       .definition = "Years until full strength."},
      {.key = entry + ".fade", .type = integer, .unit = "years", .range = between(0, 1000), .fallback = "0",
       .definition = "Years down from full strength, the last of them `end`."},
      {.key = entry + ".funding", .definition = "Who pays; the closure where missing."},
      {.key = entry + ".funding.by", .type = word, .needed = always, .words = {"lump_sum", "income_tax", "cut"},
       .definition = "The instrument: a lump sum per head, the income tax, or a cut of other purchases."},
      {.key = entry + ".funding.level", .type = word, .fallback = "national", .words = {"national", "regional"},
       .definition = "Who pays it: the nation, or each region for itself."},
      {.key = entry + ".cost", .type = number, .unit = "1", .range = between(0, 1e12),
       .definition = "Public outlay that comes with the lever, in the lever's cost unit (`pericore levers NAME`); its default where missing."},
      {.key = entry + ".network", .type = path, .definition = "CSV of edges (from, to, length_km, speed_kmh) that a transport lever adds between regions or nodes of the network."},
      {.key = entry + ".supplier", .type = text, .definition = "Sector bought from instead (outsourcing) or more (procurement)."},
      {.key = entry + ".efficiency", .type = number, .unit = "log", .range = between(-5, 5), .fallback = "0",
       .definition = "Gain of productivity that comes with the change."},
      {.key = entry + ".groups", .type = texts, .definition = "Labour factors it acts on."},
      {.key = entry + ".travel_time", .definition = "Rule of travel times reached at full strength (transport)."},
      {.key = entry + ".travel_time.intercept", .type = number, .unit = "h", .range = between(0, 100), .needed = always,
       .definition = "Hours that do not depend on the distance."},
      {.key = entry + ".travel_time.slope", .type = number, .unit = "h/km", .range = above(0, 10), .needed = always,
       .definition = "Hours a kilometre of great-circle distance."},
      {.key = entry + ".travel_time_within", .definition = "Rules for pairs inside one province, beside `travel_time` (transport)."},
      {.key = entry + ".travel_time_within.<province>", .definition = "The rule of the province so named."},
      {.key = entry + ".travel_time_within.<province>.intercept", .type = number, .unit = "h", .range = between(0, 100),
       .needed = always, .definition = "Hours that do not depend on the distance."},
      {.key = entry + ".travel_time_within.<province>.slope", .type = number, .unit = "h/km", .range = above(0, 10),
       .needed = always, .definition = "Hours a kilometre of great-circle distance."},
      {.key = entry + ".pairs", .type = word, .fallback = "inside", .words = {"inside", "touching"},
       .definition = "Pairs of regions whose travel time changes: both of them targets, or at least one (transport)."},
      {.key = entry + ".note", .type = text, .definition = "Why it is here, for readers."},
  };
  // clang-format on
}

}  // namespace

std::vector<Parameter> policy_parameters() {
  std::vector<Parameter> rows = lever_list("trends", "Levers of the baseline: kept when policies are dropped.");
  for (Parameter& row : lever_list("policies", "The policy: levers that --baseline drops."))
    rows.push_back(std::move(row));
  return rows;
}

}  // namespace pericore::config

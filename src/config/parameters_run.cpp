#include "config/parameter_rows.h"

namespace pericore::config {

std::vector<Parameter> run_parameters() {
  using namespace types;
  using enum Needed;
  constexpr Range year = between(-10000, 10000);
  // clang-format off
  return {
      {.key = "title", .type = text, .fallback = "\"\"", .definition = "What this file is about, in a line."},
      {.key = "extends", .type = path | texts,
       .definition = "File, or list of files, that this one changes: maps merge key by key, lists and plain values replace, "
                     "later files win."},
      {.key = "base", .type = word, .fallback = "invert", .words = {"invert", "levels"},
       .definition = "Where the base year comes from: invert reproduces data exactly, levels takes every quantity as given "
                     "(textbook models)."},
      {.key = "base_year", .type = integer, .unit = "year", .range = year, .fallback = "0", .needed = invert,
       .definition = "Year of the data."},
      {.key = "years", .type = years, .unit = "year", .range = year, .fallback = "[0, 100]", .needed = invert,
       .definition = "First and last simulated year; the first is base_year."},
      {.key = "seed", .type = integer, .range = between(0, 4294967295.0), .fallback = "1",
       .definition = "Seed of all random draws."},
      {.key = "firms", .type = word, .fallback = "mean_field", .words = {"mean_field", "agents"},
       .definition = "How firms are represented: mean_field moves expected numbers of firms, agents firm by firm by keyed "
                     "draws."},
      {.key = "firms_per_agent", .type = number, .unit = "firms", .range = above(0, 1e9), .fallback = "1",
       .definition = "Firms that an agent stands for (firms: agents), before rounding to whole agents in each region."},
      {.key = "people", .type = word, .fallback = "cohorts", .words = {"cohorts", "agents"},
       .definition = "How people are represented: cohorts moves expected numbers of persons, agents person by person by keyed "
                     "draws."},
      {.key = "people_per_agent", .type = number, .unit = "persons", .range = above(0, 1e9), .fallback = "1000",
       .definition = "Persons that an agent stands for (people: agents), before rounding to whole agents, and to 30 at least, "
                     "of each group in each region."},
      {.key = "empty_cells", .type = word, .fallback = "closed", .words = {"closed", "latent"},
       .definition = "Productivity of a sector where it is absent in the base year: closed gives none, latent the mean of its "
                     "sector."},

      {.key = "closure", .definition = "What balances the public budget every year."},
      {.key = "closure.by", .type = word, .fallback = "lump_sum", .words = {"lump_sum", "income_tax"},
       .definition = "The instrument: a lump sum per head, or the rate of the income tax."},
      {.key = "closure.level", .type = word, .fallback = "national", .words = {"national", "regional"},
       .definition = "Whose budget is balanced: the nation's, or each region's."},

      {.key = "solver", .definition = "The fixed point of each year's equilibrium."},
      {.key = "solver.tolerance", .type = number, .unit = "1", .range = between(1e-14, 1e-3), .fallback = "1e-10",
       .definition = "Largest relative excess demand of a solved year."},
      {.key = "solver.max_evaluations", .type = integer, .range = between(1, 1e7), .fallback = "2000",
       .definition = "Evaluations after which a year counts as unsolved; with free entry, which clears the markets many "
                     "times, fifty times as many."},
      {.key = "solver.anderson_depth", .type = integer, .range = between(0, 50), .fallback = "8",
       .definition = "Earlier iterates the acceleration combines; 0 is plain iteration."},
      {.key = "solver.damping", .type = number, .unit = "1", .range = above(0, 1), .fallback = "0.15",
       .definition = "Share of the step taken on log factor prices where regional blocks fail and damped steps are tried."},

      {.key = "diagnostics", .definition = "What a result certifies about its base year."},
      {.key = "diagnostics.eigenvalues", .type = integer, .range = between(0, 20), .fallback = "3",
       .definition = "Leading eigenvalues of the one-year map at the base year to report; 0 skips them."},

      {.key = "welfare", .definition = "How what a policy is worth and costs is added up over years (docs/welfare.md)."},
      {.key = "welfare.discount_rate", .type = number, .unit = "1/year", .range = above(-1, 1), .fallback = "0.08",
       .definition = "Rate at which sums over years discount to the first year: welfare, fiscal cost, cost per job."},

      {.key = "output", .definition = "What is written, and where."},
      {.key = "output.file", .type = path, .fallback = "result.h5",
       .definition = "The result; a relative path starts at the current folder."},
      {.key = "output.variables", .type = word | texts, .fallback = "all", .words = {"all"},
       .definition = "Variables to write: all, or a list of names."},
      {.key = "output.firms", .definition = "Firm agents shown one by one in the result."},
      {.key = "output.firms.share", .type = number, .unit = "1", .range = between(0, 1), .fallback = "0",
       .definition = "Share of the agents to show; the same firms every year as long as they live."},
      {.key = "output.firms.every", .type = integer, .unit = "years", .range = between(1, 10000), .fallback = "1",
       .definition = "Years from one year shown to the next, from the first year on."},
      {.key = "output.flows", .type = word, .fallback = "none", .words = {"none", "sector_groups", "sectors"},
       .definition = "Moves of firms and people from region to region in the result: none; firms of manufacturing, producer services and all "
                     "other sectors; or firms of each sector. Up to 1000 regions."},
      {.key = "output.measurement_error",
       .definition = "Errors of measurement of observed variables, independent and log-normal with mean 1 (docs/measurement_error.md): "
                     "relative standard deviations."},
      {.key = "output.measurement_error.employment", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of persons employed, by region and sector; with it quotients, theta and labour."},
      {.key = "output.measurement_error.value_added", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of value added by region and sector; with it GDP, real GDP and shares in them."},
      {.key = "output.measurement_error.population", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of residents; with it figures a head."},
      {.key = "output.measurement_error.income_per_head", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of incomes by region and group."},
      {.key = "output.measurement_error.investment", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of investment; with it the observed capital stock."},
      {.key = "output.measurement_error.government_use", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of government purchases by region and sector, and transfers."},
      {.key = "output.measurement_error.public_capital", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of public capital; with it `road`."},
      {.key = "output.measurement_error.skilled", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of skilled persons; with it `h`."},
      {.key = "output.measurement_error.new_knowledge", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of new knowledge; with it the innovation indices."},
      {.key = "output.measurement_error.foreign_firms", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of foreign firms that enter, by region and sector; with it `fdi`."},
      {.key = "output.measurement_error.research_use", .type = number, .unit = "1", .range = between(0, 2), .fallback = "0",
       .definition = "Of purchases of research other than the government's; with it `sci`."},
      {.key = "output.checkpoint", .type = integer, .unit = "years", .range = between(0, 10000), .fallback = "5",
       .definition = "Years between checkpoints from which a killed run resumes; 0 writes none."},
  };
  // clang-format on
}

}  // namespace pericore::config

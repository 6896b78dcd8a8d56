#include "calibrate/minimise.h"
#include "compare/targets.h"
#include "config/spec_keys.h"

namespace pericore::config {
namespace {

std::vector<std::string> words_of(std::span<const std::string_view> words) { return {words.begin(), words.end()}; }

std::vector<Parameter> coefficient_rows(const std::string& key, std::string_view definition) {
  using namespace types;
  // clang-format off
  return {
      {.key = key, .definition = definition},
      {.key = key + ".spec", .type = path, .definition = "Specification of `pericore estimate`, beside this file."},
      {.key = key + ".model", .type = text, .definition = "Name of the model."},
      {.key = key + ".group", .type = text, .definition = "Value of the specification's `by`."},
      {.key = key + ".term", .type = text, .definition = "The regressor."},
  };
  // clang-format on
}

/// Keys of an entry of `targets` beside those of its metric.
std::vector<Parameter> target_rows() {
  using namespace types;
  // clang-format off
  std::vector<Parameter> rows = {
      {.key = "group", .type = text, .fallback = "targets", .definition = "Scores are counted by group."},
      {.key = "expect", .type = word, .fallback = "level", .words = words_of(compare::expectation_words()), .definition = "What the number should be."},
      {.key = "value", .type = number, .definition = "Of level, at_least and at_most, in the metric's unit."},
      {.key = "standard_error", .type = number, .range = at_least(0), .definition = "Of the source."},
      {.key = "tolerance", .type = number, .range = at_least(0), .definition = "How far a level may be off and still count as met."},
      {.key = "unit", .type = text, .definition = "Of value, as the metric has it: another one is a fault."},
      {.key = "source", .type = text, .definition = "Where the number stands."},
      {.key = "run", .type = text, .definition = "Name under `runs` of the run it is about; results without a name where missing."},
      {.key = "not_checkable", .type = text, .definition = "Why no run can be held against this statement."},
      {.key = "ranking", .type = section | types::names, .definition = "Names, the highest first; or columns with allowed values: where the `top` highest lie."},
      {.key = "ranking.except", .type = types::names, .definition = "Regions that are left out."},
      {.key = "ranking.<column>", .type = types::names, .definition = "Allowed values of a column of the regions."},
      {.key = "by", .type = text, .fallback = "region", .definition = "What a ranking orders: region, sector or a column of texts by region."},
      {.key = "among_all", .type = boolean, .fallback = "false", .definition = "Whether those named are the highest of all, or in this order among themselves."},
      {.key = "top", .type = integer, .range = between(1, 1000000), .definition = "Of how many highest the overlap is counted; as many as are named where missing."},
      {.key = "overlap", .type = number, .range = between(0, 1), .fallback = "1", .definition = "Share of the highest that must be among those named."},
  };
  // clang-format on
  append(rows, coefficient_rows("coefficient", "A coefficient of a specification in place of a metric."));
  append(rows, {{.key = "coefficient.data",
                 .type = path,
                 .definition = "Empirical data, beside this file, on which value and standard error are estimated."}});
  append(rows, coefficient_rows("coefficient.less",
                                "A second one that is taken off; keys not given are those of the first."));
  return rows;
}

std::vector<Parameter> sector_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "sectors", .needed = Needed::always, .definition = "Sectors of the comparison."},
      {.key = "sectors.<name>", .definition = "One sector."},
      {.key = "sectors.<name>.simulated", .type = types::names, .needed = Needed::always, .definition = "Sectors of the run that it is."},
      {.key = "sectors.<name>.observed", .type = types::names, .needed = Needed::always, .definition = "Columns of the census that it is."},
  };
  // clang-format on
}

/// A table and its year; under a key of its own, or among other keys.
std::vector<Parameter> table_rows() {
  using namespace types;
  return {
      {.key = "path", .type = path, .needed = Needed::always, .definition = "CSV, beside this file."},
      {.key = "year",
       .type = integer,
       .range = between(-100000, 100000),
       .needed = Needed::always,
       .definition = "Year of the table."},
  };
}

std::vector<Parameter> units_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "id", .type = text, .fallback = "id", .definition = "Column, and variable of the run, that names units."},
      {.key = "sampled", .type = number, .range = between(1e-6, 1), .fallback = "1", .definition = "Share of persons in the sample."},
  };
  // clang-format on
}

std::vector<Parameter> census_rows() {
  using namespace types;
  // clang-format off
  std::vector<Parameter> rows = {{.key = "census", .definition = "Levels of one year."}};
  append(rows, under("census", table_rows()));
  append(rows, under("census", units_rows()));
  append(rows, under("census", sector_rows()));
  append(rows, {
      {.key = "census.theta", .definition = "Co-agglomeration of manufacturing with producer services."},
      {.key = "census.theta.manufacturing", .type = types::names, .needed = Needed::always, .definition = "Of the sectors above."},
      {.key = "census.theta.producer_services", .type = types::names, .needed = Needed::always, .definition = "Of the sectors above."},
      {.key = "census.theta.left_out", .type = types::names, .definition = "Sectors that are no part of all employment here."},
  });
  // clang-format on
  return rows;
}

std::vector<Parameter> target_list_rows() {
  using namespace types;
  std::vector<Parameter> rows = {
      {.key = "targets[]", .definition = "One statement about a run: a metric, a coefficient or a ranking."}};
  append(rows, under("targets[]", metric_rows()));
  append(rows, under("targets[]", target_rows()));
  append(rows, {
                   {.key = "runs", .definition = "Runs by name that targets are about."},
                   {.key = "runs.<name>", .type = path, .definition = "The scenario that makes it, beside this file."},
               });
  return rows;
}

std::vector<Parameter> method_rows() {
  using namespace types;
  constexpr Range counts = between(1, 10000000);
  std::vector<std::string> global = words_of(calibrate::global_minimisers());
  global.insert(global.begin(), "sobol");
  // clang-format off
  return {
      {.key = "weighting", .type = word, .fallback = "inverse_variance", .words = {"identity", "inverse_variance", "optimal"}, .definition = "Of the moments."},
      {.key = "sampling_error", .type = word, .fallback = "source", .words = {"source", "seeds"}, .definition = "Of empirical moments: as their sources say, or as large as that of one run."},
      {.key = "derivative_step", .type = number, .range = between(1e-8, 0.25), .fallback = "0.01", .definition = "Of the differences that give the Jacobian, a share of each range."},
      {.key = "profiles", .definition = "The objective along each range."},
      {.key = "profiles.points", .type = integer, .range = between(0, 1000), .fallback = "9", .definition = "Of each profile."},
      {.key = "profiles.evaluations", .type = integer, .range = between(0, 100000), .fallback = "0", .definition = "With which the other parameters are searched anew at each point."},
      {.key = "optimiser", .definition = "How it is searched."},
      {.key = "optimiser.global", .definition = "The first stage."},
      {.key = "optimiser.global.method", .type = word, .fallback = "sobol", .words = global, .definition = "A design (sobol) or a search."},
      {.key = "optimiser.global.points", .type = integer, .range = counts, .fallback = "64", .definition = "How many."},
      {.key = "optimiser.global.seed", .type = integer, .range = between(0, 4294967295.0), .fallback = "1", .definition = "Of the stage."},
      {.key = "optimiser.local", .definition = "The searches that go down from there."},
      {.key = "optimiser.local.method", .type = word, .fallback = "bobyqa", .words = words_of(calibrate::local_minimisers()), .definition = "Of NLopt."},
      {.key = "optimiser.local.evaluations", .type = integer, .range = counts, .fallback = "200", .definition = "Of each search."},
      {.key = "optimiser.local.tolerance", .type = number, .range = between(1e-14, 0.5), .fallback = "1e-6", .definition = "Share of each range at which a search ends."},
      {.key = "optimiser.local.first_step", .type = number, .range = between(1e-8, 0.5), .fallback = "0.1", .definition = "Share of each range."},
      {.key = "optimiser.local.starts", .type = integer, .range = between(1, 10000), .fallback = "1", .definition = "How many searches, from the best points of the global stage."},
      {.key = "bootstrap", .definition = "Standard errors by drawing folds of the hindcast with replacement."},
      {.key = "bootstrap.draws", .type = integer, .range = between(10, 1000000), .fallback = "200", .definition = "How many."},
      {.key = "bootstrap.seed", .type = integer, .range = between(0, 9007199254740992.0), .fallback = "1", .definition = "Of the draws."},
      {.key = "bootstrap.by", .type = text, .definition = "What is drawn: hindcast.fold."},
      {.key = "folds", .type = section | integer, .range = between(2, 10000), .definition = "Groups of units of the hindcast that are scored by fits without them: how many."},
      {.key = "folds.number", .type = integer, .range = between(2, 10000), .fallback = "5", .definition = "How many."},
      {.key = "folds.seed", .type = integer, .range = between(0, 9007199254740992.0), .fallback = "1", .definition = "Of who is in which group."},
  };
  // clang-format on
}

}  // namespace

std::vector<Parameter> hindcast_rows() {
  using namespace types;
  // clang-format off
  std::vector<Parameter> rows = {{.key = "hindcast", .definition = "Two censuses and how a run is held against their change."}};
  for (const std::string census : {"hindcast.before", "hindcast.after"}) {
    append(rows, {{.key = census, .needed = Needed::always, .definition = census.ends_with("before") ? "The first census." : "The second census."}});
    append(rows, under(census, table_rows()));
  }
  append(rows, under("hindcast", units_rows()));
  append(rows, {
      {.key = "hindcast.fold", .type = text, .fallback = "province", .definition = "Text variable of the run: units of one fold are predicted from all others."},
      {.key = "hindcast.units", .definition = "A table by the same id that groups units."},
      {.key = "hindcast.units.path", .type = path, .needed = Needed::always, .definition = "CSV, beside this file."},
      {.key = "hindcast.units.groups", .type = types::names, .definition = "Its columns, beside those of the run."},
  });
  // clang-format on
  append(rows, under("hindcast", sector_rows()));
  return rows;
}

std::vector<Parameter> targets_rows() {
  using namespace types;
  std::vector<Parameter> rows = {
      {.key = "title", .type = text, .definition = "What this file is about, in a line."},
      {.key = "source", .type = text, .definition = "Where its numbers stand."},
      {.key = "targets", .definition = "Statements that runs are held against."},
  };
  append(rows, target_list_rows());
  append(rows, hindcast_rows());
  append(rows, census_rows());
  return rows;
}

std::vector<Parameter> calibration_rows() {
  using namespace types;
  // clang-format off
  std::vector<Parameter> rows = {
      {.key = "title", .type = text, .definition = "What this file is about, in a line."},
      {.key = "scenario", .type = path, .needed = Needed::always, .definition = "The scenario, beside this file."},
  };
  append(rows, sweep_parameter_rows());
  for (Parameter& row : rows) {
    if (row.key.find(".values") != std::string::npos || row.key.find(".distribution") != std::string::npos || row.key.ends_with(".levels")) row.type = refused;
    if (row.key == "parameters[].range") row.needed = Needed::always;
    if (row.key == "parameters[].scale") row.words = {"linear", "log"};
  }
  append(rows, {
      {.key = "parameters[].start", .type = number, .definition = "Where the search starts; the scenario's own value, else the middle, where missing."},
      {.key = "parameters[].prior", .type = section | word, .fallback = "none", .words = {"none"}, .definition = "A belief, which is one more moment."},
      {.key = "parameters[].prior.normal", .definition = "Of the parameter."},
      {.key = "parameters[].prior.normal.mean", .type = number, .needed = Needed::always, .definition = "Its mean."},
      {.key = "parameters[].prior.normal.sd", .type = number, .range = at_least(1e-300), .needed = Needed::always, .definition = "Its standard deviation."},
      {.key = "parameters[].prior.lognormal", .definition = "Of the parameter's logarithm."},
      {.key = "parameters[].prior.lognormal.log_mean", .type = number, .needed = Needed::always, .definition = "Its mean."},
      {.key = "parameters[].prior.lognormal.log_sd", .type = number, .range = at_least(1e-300), .needed = Needed::always, .definition = "Its standard deviation."},
      {.key = "targets", .type = section | path, .definition = "A file of targets as `pericore compare` takes it, or a list of such targets."},
  });
  append(rows, target_list_rows());
  append(rows, hindcast_rows());
  append(rows, {
      {.key = "fit", .type = types::names, .definition = "Names of targets or groups to fit, or `none`; all levels where missing."},
      {.key = "hold_out", .type = types::names, .definition = "Names of targets or groups that are judged, not fitted."},
      {.key = "fit_hindcast", .type = section | boolean, .fallback = "true", .definition = "Whether, or what of, the hindcast is fitted."},
      {.key = "fit_hindcast.sectors", .type = types::names, .definition = "Of the hindcast; all where missing."},
      {.key = "fit_hindcast.total", .type = boolean, .fallback = "true", .definition = "Also the units' shares in all employment."},
      {.key = "fit_hindcast.weight", .type = number, .range = at_least(1e-300), .fallback = "1", .definition = "Of each series."},
      {.key = "fit_hindcast.units", .type = word, .fallback = "alike", .words = {"alike", "by_size"}, .definition = "How units weigh."},
  });
  append(rows, sweep_run_rows());
  append(rows, method_rows());
  // clang-format on
  return rows;
}

}  // namespace pericore::config

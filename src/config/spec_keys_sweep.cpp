#include "config/spec_keys.h"
#include "metrics/metric.h"

namespace pericore::config {
namespace {

std::vector<std::string> words_of(std::span<const std::string_view> words) { return {words.begin(), words.end()}; }

/// Of a region filter: columns with allowed values.
std::vector<Parameter> filter_rows(const std::string& key, std::string_view definition) {
  using namespace types;
  return {
      {.key = key, .type = section | names, .definition = definition},
      {.key = key + ".except", .type = names, .definition = "Regions that are left out, by name or id."},
      {.key = key + ".<column>", .type = names, .definition = "Allowed values of a column of the regions."},
  };
}

std::vector<Parameter> slurm_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "time", .type = text, .definition = "Limit of a task: minutes, HH:MM:SS or D-HH:MM:SS; three times what it is expected to take where missing."},
      {.key = "memory", .type = text, .definition = "Of a task, such as 2G or 500M; the site's default where missing."},
      {.key = "account", .type = text, .definition = "As the site names it."},
      {.key = "partition", .type = text, .definition = "As the site names it."},
      {.key = "qos", .type = text, .definition = "As the site names it."},
      {.key = "cpus", .type = integer, .range = between(1, 1024), .fallback = "1", .definition = "Processors of a task, and runs it computes at a time."},
      {.key = "throttle", .type = integer, .range = between(1, 1000000), .definition = "Most tasks at the same time."},
      {.key = "tasks", .type = integer, .range = between(1, 1000000), .definition = "Into how many tasks the sweep is cut."},
      {.key = "runs_per_task", .type = integer, .range = between(1, 4294967295.0), .definition = "Runs of a task, in place of `tasks`."},
      {.key = "signal_before", .type = integer, .range = between(1, 65535), .definition = "Seconds before its limit at which a task stops; 120, a quarter of shorter limits."},
      {.key = "options", .type = types::names, .definition = "Other options of sbatch, each as it is written there."},
  };
  // clang-format on
}

std::vector<Parameter> design_rows() {
  using namespace types;
  constexpr Range count = between(1, 4294967295.0);
  // clang-format off
  return {
      {.key = "design", .type = section | word, .needed = Needed::always,
       .words = {"grid", "list", "latin_hypercube", "sobol", "monte_carlo", "morris", "radial_morris", "saltelli", "one_at_a_time"},
       .definition = "Which points: the name of a design, or a map with `type`."},
      {.key = "design.type", .type = word, .needed = Needed::always,
       .words = {"grid", "list", "latin_hypercube", "sobol", "monte_carlo", "morris", "radial_morris", "saltelli", "one_at_a_time"},
       .definition = "Its name."},
      {.key = "design.path", .type = path, .definition = "list: CSV with a column a parameter."},
      {.key = "design.points", .type = integer, .range = count, .definition = "latin_hypercube, sobol, monte_carlo: how many."},
      {.key = "design.levels", .type = integer, .range = between(1, 1000000), .definition = "grid, one_at_a_time, morris: values of each parameter."},
      {.key = "design.trajectories", .type = integer, .range = count, .definition = "morris, radial_morris: how many."},
      {.key = "design.base_points", .type = integer, .range = count, .definition = "saltelli: points of each of the two base samples."},
      {.key = "design.second_order", .type = boolean, .fallback = "false", .definition = "saltelli: also indices of pairs."},
      {.key = "design.groups", .type = lists, .definition = "morris, saltelli: lists of parameters that move together."},
      {.key = "design.centred", .type = boolean, .fallback = "false", .definition = "latin_hypercube: points in the middle of their strata."},
      {.key = "design.seed", .type = integer, .range = between(0, 9007199254740992.0), .fallback = "1", .definition = "Of the points of all designs that draw."},
      {.key = "design.skip", .type = integer, .range = between(0, 4294967295.0), .fallback = "0", .definition = "sobol, saltelli: points of the sequence left out at its start."},
      {.key = "design.scrambling", .type = word, .fallback = "owen", .words = {"owen", "digital_shift", "none"}, .definition = "sobol, radial_morris, saltelli: how the sequence is randomised."},
  };
  // clang-format on
}

}  // namespace

std::vector<Parameter> sweep_parameter_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "parameters", .needed = Needed::always, .definition = "What is varied."},
      {.key = "parameters[]", .definition = "One coordinate of the design."},
      {.key = "parameters[].key", .type = types::names, .definition = "Key path of the scenario, as --set takes it."},
      {.key = "parameters[].keys", .type = types::names, .definition = "Key paths that take the same value, in place of `key`."},
      {.key = "parameters[].name", .type = text, .definition = "Of the coordinate in results: letters, digits and _; the last word of the first key where missing."},
      {.key = "parameters[].relative", .type = boolean, .fallback = "false", .definition = "Values multiply the scenario's own, key by key."},
      {.key = "parameters[].range", .type = pair, .definition = "[LOW, HIGH], in the unit of the key."},
      {.key = "parameters[].scale", .type = word, .fallback = "linear", .words = {"linear", "log", "integer"}, .definition = "Of the range."},
      {.key = "parameters[].levels", .type = integer, .range = between(1, 1000000), .definition = "Values in a grid or one_at_a_time; `design.levels` where missing."},
      {.key = "parameters[].values", .type = section | texts, .definition = "Numbers or words; or a map of names to values of any form."},
      {.key = "parameters[].values.<name>", .type = anything, .definition = "A value of the key."},
      {.key = "parameters[].distribution", .definition = "One of the distributions below, in place of a range."},
      {.key = "parameters[].distribution.normal", .definition = "Normal, cut off at low and high where given."},
      {.key = "parameters[].distribution.normal.mean", .type = number, .needed = Needed::always, .definition = "Before the cut."},
      {.key = "parameters[].distribution.normal.sd", .type = number, .needed = Needed::always, .definition = "Standard deviation before the cut."},
      {.key = "parameters[].distribution.normal.low", .type = number, .definition = "Nothing is below."},
      {.key = "parameters[].distribution.normal.high", .type = number, .definition = "Nothing is above."},
      {.key = "parameters[].distribution.lognormal", .definition = "The logarithm is normal."},
      {.key = "parameters[].distribution.lognormal.log_mean", .type = number, .needed = Needed::always, .definition = "Mean of the logarithm."},
      {.key = "parameters[].distribution.lognormal.log_sd", .type = number, .needed = Needed::always, .definition = "Standard deviation of the logarithm."},
      {.key = "parameters[].distribution.triangular", .definition = "Triangular."},
      {.key = "parameters[].distribution.triangular.low", .type = number, .needed = Needed::always, .definition = "Least value."},
      {.key = "parameters[].distribution.triangular.mode", .type = number, .needed = Needed::always, .definition = "Most likely value."},
      {.key = "parameters[].distribution.triangular.high", .type = number, .needed = Needed::always, .definition = "Largest value."},
  };
  // clang-format on
}

std::vector<Parameter> sweep_run_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "seeds", .type = integer | numbers, .range = between(1, 1000000),
       .definition = "Runs at each point: how many (seeds 1, 2, ...), or a list of seeds; the scenario's own seed where missing."},
      {.key = "limits", .definition = "What a run may take."},
      {.key = "limits.seconds", .type = number, .range = between(1e-3, 1e7), .definition = "A run that takes longer fails."},
  };
  // clang-format on
}

std::vector<Parameter> sweep_rows() {
  using namespace types;
  // clang-format off
  std::vector<Parameter> rows = {
      {.key = "title", .type = text, .definition = "What this file is about, in a line."},
      {.key = "scenario", .type = path, .needed = Needed::always, .definition = "The scenario, beside this file."},
  };
  append(rows, sweep_parameter_rows());
  append(rows, design_rows());
  append(rows, sweep_run_rows());
  append(rows, {
      {.key = "output", .needed = Needed::always, .definition = "What is kept of each run."},
      {.key = "output.variables", .type = types::names, .definition = "Variables of the panel, kept whole; `all`."},
      {.key = "output.metrics", .definition = "Numbers of each run."},
      {.key = "output.metrics[]", .definition = "One number."},
  });
  append(rows, under("output.metrics[]", metric_rows()));
  append(rows, {
      {.key = "output.estimates", .definition = "Regressions on the panel of each run."},
      {.key = "output.estimates.files", .type = types::names, .needed = Needed::always, .definition = "Specifications of `pericore estimate`, without data."},
      {.key = "output.estimates.on", .type = word, .fallback = "run", .words = {"run", "baseline"}, .definition = "The run, or the same without its policies."},
      {.key = "runs_per_part", .type = integer, .range = between(1, 100000), .definition = "Runs of a result file; chosen by their number where missing."},
      {.key = "slurm", .definition = "How a cluster is used by `pericore sweep submit`; no result depends on it."},
  });
  append(rows, under("slurm", slurm_rows()));
  // clang-format on
  return rows;
}

std::vector<Parameter> metric_rows() {
  using namespace types;
  // clang-format off
  std::vector<Parameter> rows = {
      {.key = "name", .type = text, .needed = Needed::always, .definition = "Of the metric: letters, digits, '_', '.' and '-', a letter first."},
      {.key = "variable", .type = text, .definition = "A variable of results (docs/variables.md); employment for `lq` where missing."},
      {.key = "sectors", .type = types::names, .definition = "Names or classes; all where missing."},
      {.key = "factors", .type = types::names, .definition = "Names; all where missing."},
  };
  append(rows, filter_rows("regions", "Names or ids, columns with allowed values, a condition on the first year, or `all`; the country without the rest of the world where missing."));
  append(rows, {
      {.key = "years", .type = word | integer | pair, .range = between(-2147483647, 2147483647), .fallback = "last", .words = {"first", "last"}, .definition = "A year, [first, last], first or last."},
      {.key = "statistic", .type = word, .words = words_of(metrics::statistic_words()), .definition = "Of the values selected; where missing there must be just one."},
      {.key = "weight", .type = text, .definition = "Variable along dimensions of `variable`; all weigh the same where missing."},
      {.key = "across", .type = text, .definition = "region, sector or factor: whose labels are compared; the first that the variable has where missing."},
      {.key = "groups", .type = text, .definition = "Column of texts by region: its groups are compared instead of regions."},
      {.key = "of", .type = word, .fallback = "level", .words = words_of(metrics::comparison_words()), .definition = "Of the statistic over years, or against the baseline."},
  });
  append(rows, filter_rows("relative_to", "Regions, written as `regions`: every year's number is divided by theirs."));
  append(rows, {{.key = "welfare", .type = text, .definition = "A metric of `pericore welfare` (docs/welfare.md), beside `name` alone."}});
  // clang-format on
  return rows;
}

std::vector<Parameter> study_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "title", .type = text, .definition = "What this file is about, in a line."},
      {.key = "sweep", .type = path, .needed = Needed::always, .definition = "Sweep file with `output.estimates`, beside this file."},
      {.key = "level", .type = number, .range = between(0.5, 0.9999), .fallback = "0.95", .definition = "Of confidence intervals and tests."},
      {.key = "effects", .needed = Needed::always, .definition = "What the estimates are held against."},
      {.key = "effects[]", .definition = "One effect."},
      {.key = "effects[].name", .type = text, .needed = Needed::always, .definition = "Of the effect."},
      {.key = "effects[].models", .type = types::names, .needed = Needed::always, .definition = "Models of the sweep's estimates."},
      {.key = "effects[].term", .type = text, .needed = Needed::always, .definition = "The regressor whose coefficient is looked at."},
      {.key = "effects[].truth", .type = section | number, .needed = Needed::always, .definition = "A number, a parameter of the sweep, or a ratio of two metrics."},
      {.key = "effects[].truth.parameter", .type = text, .definition = "Name of a parameter of the sweep."},
      {.key = "effects[].truth.ratio", .type = lists, .definition = "[outcome, regressor]: metrics of effects, each a name or a pair [with, elsewhere]."},
  };
  // clang-format on
}

}  // namespace pericore::config

#include "config/spec_keys.h"
#include "econometrics/model.h"
#include "indices/request.h"

namespace pericore::config {
namespace {

/// Data and its index, as all specifications that measure have them.
std::vector<Parameter> data_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "data", .type = path, .definition = "CSV or result, beside this file; --data takes its place."},
      {.key = "panel", .definition = "Columns that say what a row is."},
      {.key = "panel.entity", .type = text, .needed = Needed::always, .definition = "Column of units."},
      {.key = "panel.time", .type = text, .definition = "Column of periods; a cross-section where missing."},
      {.key = "panel.coordinates", .type = types::names, .definition = "Columns [latitude, longitude], in degrees."},
  };
  // clang-format on
}

std::vector<Parameter> gmm_rows() {
  using namespace types;
  const std::vector<std::string> equations = {"both", "diff", "level"};
  // clang-format off
  return {
      {.key = "gmm", .definition = "Panel GMM: terms instrumented by their own lags."},
      {.key = "gmm.<term>", .definition = "A term."},
      {.key = "gmm.<term>.lags", .type = pair, .definition = "[first, last] lag; the last may be max."},
      {.key = "gmm.<term>.collapse", .type = boolean, .fallback = "false", .definition = "One column a lag instead of one a period and lag."},
      {.key = "gmm.<term>.equation", .type = word, .fallback = "both", .words = equations, .definition = "Rows it instruments."},
      {.key = "iv", .type = section | text, .definition = "Panel GMM: terms that instrument themselves, one entry or a list."},
      {.key = "iv.terms", .type = types::names, .needed = Needed::always, .definition = "Terms."},
      {.key = "iv.equation", .type = word, .fallback = "both", .words = equations, .definition = "Rows they instrument."},
      {.key = "iv[]", .type = section | text, .definition = "A term, or a map."},
      {.key = "iv[].terms", .type = types::names, .needed = Needed::always, .definition = "Terms."},
      {.key = "iv[].equation", .type = word, .fallback = "both", .words = equations, .definition = "Rows they instrument."},
      {.key = "transform", .type = word, .fallback = "difference", .words = {"difference", "orthogonal"}, .definition = "Panel GMM: how effects of entities are removed."},
      {.key = "weighting", .type = integer, .range = between(1, 3), .fallback = "3", .definition = "Panel GMM: first-step weights, h of xtabond2."},
      {.key = "constant", .type = word | boolean, .fallback = "true", .words = {"true", "false", "transformed"}, .definition = "Panel GMM: in the level equation, none, or in the transformed rows."},
  };
  // clang-format on
}

std::vector<Parameter> model_rows() {
  using namespace types;
  constexpr Range counts = between(0, 1000000000);
  // clang-format off
  std::vector<Parameter> rows = {
      {.key = "name", .type = text, .definition = "Of the model in results."},
      {.key = "method", .type = word, .needed = Needed::always, .words = econometrics::method_names(), .definition = "The estimator."},
      {.key = "formula", .type = text, .needed = Needed::always, .definition = "y ~ exogenous | absorbed effects | endogenous ~ instruments."},
      {.key = "vcov", .type = text, .definition = "iid, hetero, cluster(x), twoway(x, y), hac(b), driscoll_kraay(b), spatial_hac(200 km), robust."},
      {.key = "small", .type = boolean, .definition = "Small-sample factors, t and F; false for instruments and GMM, else true, where missing."},
      {.key = "dof", .type = word, .words = {"xtivreg2", "xtreg", "fixest"}, .definition = "How absorbed effects count."},
      {.key = "dofminus", .type = integer, .range = counts, .fallback = "0", .definition = "Added to the entities absorbed."},
      {.key = "sdofminus", .type = integer, .range = counts, .fallback = "0", .definition = "Added to the columns partialled out."},
      {.key = "singletons", .type = word, .fallback = "drop", .words = {"drop", "keep"}, .definition = "Rows that are alone in their effect."},
      {.key = "partial", .type = types::names, .definition = "Terms partialled out, not printed."},
      {.key = "test_endogeneity", .type = types::names, .definition = "Endogenous regressors tested for exogeneity."},
      {.key = "test_orthogonality", .type = types::names, .definition = "Instruments tested for orthogonality."},
      {.key = "fuller", .type = number, .range = between(0, 1e6), .definition = "liml: Fuller's constant."},
      {.key = "kappa", .type = number, .range = between(0, 1e6), .definition = "liml: k of the k-class in place of LIML's."},
      {.key = "steps", .type = word, .words = {"one", "two", "iterated", "continuous"}, .definition = "iv_gmm and panel GMM."},
  };
  append(rows, gmm_rows());
  append(rows, {
      {.key = "lags_of", .type = types::names, .definition = "spatial_durbin: terms of which the spatial lag is a regressor; all where missing."},
      {.key = "bias_correction", .type = word, .words = {"lee_yu", "none"}, .definition = "Spatial methods with effects."},
      {.key = "weights", .definition = "Spatial methods: neighbours of each entity."},
  });
  // clang-format on
  append(rows, under("weights", weights_rows()));
  return rows;
}

/// A file with columns.
std::vector<Parameter> file_rows(std::vector<std::string> needed, std::vector<std::string> optional) {
  using namespace types;
  std::vector<Parameter> rows = {
      {.key = "path", .type = path, .needed = Needed::always, .definition = "CSV, beside this file."}};
  for (std::string& key : needed)
    rows.push_back({.key = std::move(key), .type = text, .needed = Needed::always, .definition = "Its column."});
  for (std::string& key : optional)
    rows.push_back({.key = std::move(key), .type = text, .definition = "Its column, if there is one."});
  return rows;
}

std::vector<Parameter> density_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "k_density", .definition = "Localisation without borders (Duranton and Overman, 2005)."},
      {.key = "k_density.reach", .type = number, .unit = "km", .range = above(0), .definition = "Largest distance; the median of all where missing."},
      {.key = "k_density.step", .type = number, .unit = "km", .range = above(0), .definition = "Between distances."},
      {.key = "k_density.bandwidth", .type = number, .unit = "km", .range = above(0), .definition = "Of the kernel."},
      {.key = "k_density.draws", .type = integer, .range = between(20, 1000000), .fallback = "1000", .definition = "Of the bands."},
      {.key = "k_density.level", .type = number, .range = between(0.51, 0.9999), .fallback = "0.95", .definition = "Of the bands."},
  };
  // clang-format on
}

std::vector<Parameter> coupling_rows() {
  using namespace types;
  // clang-format off
  std::vector<Parameter> rows = {
      {.key = "coupling", .definition = "Coupling coordination of two or more subsystems."},
      {.key = "coupling.weights", .type = word, .fallback = "entropy", .words = {"entropy", "equal"}, .definition = "Of indicators within a subsystem."},
      {.key = "coupling.subsystems", .needed = Needed::always, .definition = "Subsystems by name."},
      {.key = "coupling.subsystems.<name>", .definition = "A list of indicators, or a map."},
      {.key = "coupling.subsystems.<name>.coefficient", .type = number, .range = between(1e-9, 1e9), .fallback = "1", .definition = "Weight of the subsystem."},
      {.key = "coupling.subsystems.<name>.indicators", .needed = Needed::always, .definition = "Its indicators."},
  };
  for (const std::string entry : {"coupling.subsystems.<name>.indicators[]", "coupling.subsystems.<name>[]"}) {
    append(rows, {
        {.key = entry, .type = section | text, .definition = "A column, or a map."},
        {.key = entry + ".column", .type = text, .needed = Needed::always, .definition = "Column of the data."},
        {.key = entry + ".better", .type = word, .fallback = "higher", .words = {"higher", "lower"}, .definition = "Which values are better."},
    });
  }
  // clang-format on
  return rows;
}

std::vector<std::string> index_names() {
  std::vector<std::string> names;
  for (const indices::IndexKind& kind : indices::index_kinds()) names.push_back(kind.name);
  return names;
}

}  // namespace

std::vector<Parameter> weights_rows() {
  using namespace types;
  // clang-format off
  return {
      {.key = "type", .type = word, .needed = Needed::always, .words = {"contiguity", "knn", "distance_band", "inverse_distance", "file"}, .definition = "Which units are neighbours."},
      {.key = "standardise", .type = word, .fallback = "row", .words = {"row", "none"}, .definition = "Divide each row by its sum, or leave weights as they are."},
      {.key = "path", .type = path, .definition = "contiguity, file: CSV with columns i, j and perhaps w."},
      {.key = "k", .type = integer, .range = between(1, 1000000), .definition = "knn: neighbours of each unit."},
      {.key = "cutoff", .type = number, .unit = "km", .range = above(0), .definition = "distance_band, inverse_distance: no neighbours beyond."},
      {.key = "power", .type = number, .range = between(1e-3, 100), .fallback = "1", .definition = "inverse_distance: of the distance."},
  };
  // clang-format on
}

std::vector<Parameter> estimation_rows() {
  using namespace types;
  std::vector<Parameter> rows = data_rows();
  // clang-format off
  append(rows, {
      {.key = "sample", .type = text, .definition = "A condition: rows to use."},
      {.key = "by", .type = text, .definition = "A column: every model once a value."},
      {.key = "models", .needed = Needed::always, .definition = "What is estimated."},
      {.key = "models[]", .definition = "One regression."},
  });
  // clang-format on
  append(rows, under("models[]", model_rows()));
  return rows;
}

std::vector<Parameter> indices_rows() {
  using namespace types;
  std::vector<Parameter> rows = data_rows();
  rows.erase(rows.begin());  // data stand on the command line
  // clang-format off
  append(rows, {
      {.key = "sectors", .type = section | types::names, .definition = "Columns of sizes: a list, or a map of names to columns."},
      {.key = "sectors.<name>", .type = text, .definition = "Column of the sector."},
      {.key = "long", .definition = "Sizes in a row each, in place of `sectors`."},
      {.key = "long.sector", .type = text, .needed = Needed::always, .definition = "Column of sectors."},
      {.key = "long.value", .type = text, .needed = Needed::always, .definition = "Column of sizes."},
      {.key = "total", .type = text, .definition = "Column of totals, if sectors are not everything."},
      {.key = "herfindahl", .definition = "Herfindahl indices of plants, for `eg`."},
      {.key = "herfindahl.<name>", .type = number, .range = between(0, 1), .definition = "Of the sector."},
      {.key = "variables", .type = types::names, .definition = "Columns or terms of formulas."},
      {.key = "population", .type = text, .definition = "Column of weights of entities; all weigh the same where missing."},
      {.key = "groups", .type = text, .definition = "Column of groups of entities."},
      {.key = "pooled", .type = boolean, .fallback = "false", .definition = "All periods together."},
      {.key = "top", .type = integer, .range = between(1, 1000000), .definition = "Only so many highest entities."},
      {.key = "periods", .type = number | numbers, .definition = "Only these periods."},
      {.key = "classes", .definition = "Classes of sectors."},
      {.key = "classes.<name>", .type = types::names, .definition = "Sectors of the class."},
      {.key = "pairs", .type = lists, .definition = "Pairs [a, b] of sectors or classes."},
      {.key = "plants", .definition = "Sizes of plants, for `eg`."},
  });
  append(rows, under("plants", file_rows({"entity", "sector", "value"}, {"time"})));
  append(rows, {{.key = "points", .definition = "Places of plants, for `k_density`."}});
  append(rows, under("points", file_rows({"latitude", "longitude", "sector"}, {"value", "time"})));
  append(rows, density_rows());
  append(rows, coupling_rows());
  append(rows, {
      {.key = "permutations", .type = integer, .range = between(0, 10000000), .fallback = "0", .definition = "Of spatial statistics."},
      {.key = "seed", .type = integer, .range = between(0, 2147483647), .fallback = "1", .definition = "Of permutations and bands."},
      {.key = "weights", .definition = "Neighbours of each entity."},
  });
  append(rows, under("weights", weights_rows()));
  append(rows, {{.key = "indices", .type = types::names, .needed = Needed::always, .words = index_names(), .definition = "What is computed (`pericore indices --list`)."}});
  // clang-format on
  return rows;
}

std::vector<Parameter> productivity_rows() {
  using namespace types;
  std::vector<Parameter> rows = data_rows();
  // clang-format off
  append(rows, {
      {.key = "capital", .definition = "Stock of capital by perpetual inventory."},
      {.key = "capital.investment", .type = text, .needed = Needed::always, .definition = "Column."},
      {.key = "capital.deflator", .type = text, .definition = "Column of a price index; prices do not change where missing."},
      {.key = "capital.depreciation", .type = number, .range = between(0, 1), .fallback = "0.096", .definition = "A year."},
      {.key = "capital.initial", .type = section | word, .fallback = "growth", .words = {"growth"}, .definition = "Stock of the first year: growth, or one of the keys below."},
      {.key = "capital.initial.growth", .type = number, .range = between(-1, 10), .definition = "Growth of investment before the first year, a year."},
      {.key = "capital.initial.ratio", .type = number, .range = between(1e-6, 1e6), .definition = "First investment over the stock."},
      {.key = "capital.initial.column", .type = text, .definition = "Column of the stock."},
      {.key = "inputs", .type = types::names, .definition = "Columns; `capital` is the stock computed."},
      {.key = "outputs", .type = types::names, .definition = "Columns."},
      {.key = "model", .type = word, .fallback = "radial", .words = {"radial", "sbm"}, .definition = "The measure: radial, or slack-based."},
      {.key = "orientation", .type = word, .words = {"output", "input", "none"}, .definition = "output where missing; none with model: sbm."},
      {.key = "returns", .type = types::names, .words = {"crs", "vrs", "nirs", "ndrs"}, .definition = "Returns to scale; crs and vrs where missing."},
      {.key = "reference", .type = word, .fallback = "contemporaneous", .words = {"contemporaneous", "pooled", "sequential", "global"}, .definition = "Observations that make the technology of a year."},
      {.key = "base_year", .type = integer, .range = between(-1000000, 1000000), .definition = "In which tfp_level is 1; the first period where missing."},
      {.key = "super_efficiency", .type = boolean, .fallback = "false", .definition = "Also each unit against all others."},
      {.key = "slacks", .type = boolean, .fallback = "false", .definition = "Also slacks by variable."},
      {.key = "bootstrap", .definition = "Confidence intervals (Simar and Wilson)."},
      {.key = "bootstrap.replications", .type = integer, .range = between(10, 1000000), .fallback = "2000", .definition = "Draws."},
      {.key = "bootstrap.level", .type = number, .range = between(0.5, 0.9999), .fallback = "0.95", .definition = "Of the intervals."},
      {.key = "bootstrap.seed", .type = integer, .range = between(0, 9007199254740992.0), .fallback = "1", .definition = "Of the draws."},
      {.key = "bootstrap.bandwidth", .type = number, .range = between(1e-6, 10), .definition = "Of the kernel; a rule where missing."},
  });
  // clang-format on
  return rows;
}

}  // namespace pericore::config

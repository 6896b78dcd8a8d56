/// Runs the models of a specification on a table: the one place that knows which method is behind which name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "econometrics/estimate.h"
#include "econometrics/model.h"
#include "formula/parse.h"
#include "panel/table.h"

namespace pericore::econometrics {

/// A specification without its file.
struct EstimationJob {
  panel::Table table;
  std::string entity;  ///< column, empty in a cross-section without names
  std::string time;    ///< column, empty in a cross-section
  std::string latitude;
  std::string longitude;
  std::optional<formula::Expression> sample;  ///< rows to use
  std::string by;                             ///< column: every model once a value; empty: no groups
  std::vector<ModelSpec> models;
  std::vector<formula::Formula> formulas;  ///< of the models
};

/// All models, group by group.
/// A model that does not converge has its `error`, and the others their numbers.
/// @param progress  called after each, with how many are done and how many there are
/// @throws InputError  for each model that the data cannot tell, all in one text: "group East, model high_end: ..."
[[nodiscard]] std::vector<Estimate> run_models(const EstimationJob& job,
                                               const std::function<void(int done, int all)>& progress = {});

/// "model 'high_end', region 'East'", or "models[0]" where it has no name.
[[nodiscard]] std::string title(const EstimationJob& job, std::size_t model, const std::optional<std::string>& group);

/// The plain variable and its lag behind "x" or `l(x, n)`; none for other terms.
struct LaggedVariable {
  formula::Expression variable;
  long lag = 0;
};
[[nodiscard]] LaggedVariable take_apart(const formula::Expression& expression);

}  // namespace pericore::econometrics

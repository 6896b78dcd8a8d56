/// One entry of `models:` in a specification of `pericore estimate`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/spec_map.h"
#include "config/weights_spec.h"
#include "econometrics/model.h"
#include "formula/parse.h"

namespace pericore::config {

struct EstimationModel {
  econometrics::ModelSpec spec;
  formula::Formula formula;
  std::optional<WeightsSpec> weights;  ///< of spatial models, still to be built
};

/// Reads a model and checks it against the columns of the data.
///
/// @param columns  names in the data; empty where it could not be read: then variables are not checked
[[nodiscard]] EstimationModel read_estimation_model(SpecMap map, const std::vector<std::string>& columns);

}  // namespace pericore::config

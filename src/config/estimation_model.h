/// One entry of `models:` in a specification of `pericore estimate`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/faults.h"
#include "config/node.h"
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
[[nodiscard]] EstimationModel read_estimation_model(const Node& node, const std::string& key_path,
                                                    const std::vector<std::string>& columns, Faults& faults);

}  // namespace pericore::config

/// What `compare` and `calibrate` write of targets and forecasts alike.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "compare/hindcast.h"
#include "compare/targets.h"
#include "panel/dataset.h"

namespace pericore::cli {

/// Data that the value of a target was estimated from; null where it stands in the file.
[[nodiscard]] nlohmann::ordered_json estimated_json(const compare::Target& target);

/// What a target's number is: its metric in words, or which coefficient.
/// @param panel  a run that it is about; null: unknown, then empty for metrics
[[nodiscard]] std::string target_definition(const compare::Target& target, const panel::Dataset* panel);

/// Adds correlations, rmse, sign and spread.
void add_score(nlohmann::ordered_json& entry, const compare::Score& score);

}  // namespace pericore::cli

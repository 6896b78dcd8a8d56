/// Results of `pericore estimate` for people and for other programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "econometrics/run_model.h"
#include "report/output_table.h"

namespace pericore::cli {

/// One object a model, as docs/estimators/linear.md#result lists it; NaN is null.
[[nodiscard]] nlohmann::ordered_json estimates_json(const std::vector<econometrics::Estimate>& estimates);

/// Models side by side as journals print them: coefficient with stars, standard error in brackets below, then counts and tests
/// (statistic, p-value in square brackets). Many dummies of one variable become one row.
[[nodiscard]] report::OutputTable estimates_table(const econometrics::EstimationJob& job,
                                                  const std::vector<econometrics::Estimate>& estimates);

/// The same numbers for other programs: a row a number, all digits, one column a model.
[[nodiscard]] report::OutputTable estimates_csv(const std::vector<econometrics::Estimate>& estimates);

}  // namespace pericore::cli

/// The specification of `pericore estimate` (docs/estimators/formula.md): YAML and data to a job that can be run.
#pragma once

#include <filesystem>
#include <optional>

#include "config/faults.h"
#include "econometrics/run_model.h"

namespace pericore::config {

/// Reads specification and data and checks one against the other: keys, methods, formulas, every variable named.
///
/// @param spec  YAML; "-" is standard input
/// @param data  in place of the file named in the specification; "-" is standard input
/// @return      use it only if there are no faults
[[nodiscard]] econometrics::EstimationJob read_estimation_job(const std::filesystem::path& spec,
                                                              const std::optional<std::filesystem::path>& data,
                                                              Faults& faults);

/// The same on a table in memory, in place of the data that the specification names.
[[nodiscard]] econometrics::EstimationJob read_estimation_job(const std::filesystem::path& spec, panel::Table data,
                                                              Faults& faults);

}  // namespace pericore::config

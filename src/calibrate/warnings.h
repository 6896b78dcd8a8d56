/// What to doubt in an estimate.
#pragma once

#include <string>
#include <vector>

#include "calibrate/fit.h"

namespace pericore::calibrate {

/// Whether objectives are in units of chi-squared: weights are inverse variances, and there are no residuals of units.
[[nodiscard]] bool is_chi_squared(const Problem& problem);

/// Parameters at their bounds, parameters and directions that the moments do not tell, flat profiles, searches that ended too early or in several
/// places, failed runs. One sentence each; docs/calibrate.md has the thresholds.
[[nodiscard]] std::vector<std::string> warnings_of(const Problem& problem, const Fit& fit);

}  // namespace pericore::calibrate

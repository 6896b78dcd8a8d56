/// Moments of runs that a sweep has computed, such as the global stage of a calibration on a cluster.
#pragma once

#include <Eigen/Core>
#include <filesystem>
#include <string>
#include <vector>

#include "calibrate/journal.h"
#include "moments/run_moments.h"

namespace pericore::moments {

/// Puts the runs of a merged sweep into the journal.
///
/// @param configuration  the scenario as resolved: that of the sweep must be the same
/// @return               the points, each once, as values of the parameters, in the order of the runs
/// @throws InputError    no merged sweep, or one of another scenario, other parameters, seeds, metrics or variables
/// @throws IoError
[[nodiscard]] std::vector<Eigen::VectorXd> take_from_sweep(const std::filesystem::path& file,
                                                           const config::CalibrationSpec& spec,
                                                           const std::string& configuration, const RunMoments& moments,
                                                           calibrate::Journal& journal);

}  // namespace pericore::moments

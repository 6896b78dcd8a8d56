/// Values of targets from data: the auxiliary coefficients of indirect inference, estimated on the empirical panel by the specification that is
/// estimated on simulated ones.
#pragma once

#include "config/faults.h"
#include "config/targets_spec.h"

namespace pericore::config {

/// Fills value, standard_error and `estimated` of every target whose coefficient names `data`, and the covariances of those that share a model.
/// Faults: data that cannot be read or do not have the specification's variables; a model that they cannot tell.
void estimate_from_data(TargetSet& set, Faults& faults);

}  // namespace pericore::config

/// Values of a sweep's parameters, held against its scenario before the first run.
#pragma once

#include <vector>

#include "config/document.h"
#include "config/sweep_spec.h"

namespace pericore::config {

/// What one parameter puts into the scenario at the ends of its range, or at all its values (of many: the first hundred, of numbers the ends
/// among them), one set of assignments each.
[[nodiscard]] std::vector<std::vector<Assignment>> values_to_check(const SweepSpec& spec, std::size_t parameter);

/// Adds what is wrong with the scenario at these values of each parameter alone. What only a combination gets wrong fails its run.
void hold_against_scenario(const SweepSpec& spec, const Document& scenario, Faults& faults);

/// Adds keys that two parameters set, of which the later would win unseen.
void refuse_overlaps(const SweepSpec& spec, Faults& faults);

}  // namespace pericore::config

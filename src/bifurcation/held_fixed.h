/// What a run's laws of motion would move, but the equations of the long run hold where the configuration puts it.
#pragma once

#include <string>
#include <vector>

#include "bifurcation/long_run.h"

namespace pericore::bifurcation {

/// In words, one entry a kind, in a fixed order: "firms of goods, business", "capital", "public capital", "knowledge", "conversion between
/// groups". Only what the configuration has and what matters for utility, profits or productivity; empty for most textbook models.
[[nodiscard]] std::vector<std::string> held_fixed(const LongRun& system);

}  // namespace pericore::bifurcation

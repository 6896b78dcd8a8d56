/// The base year of a model, with everything found that its input gets wrong.
#pragma once

#include <string>
#include <vector>

#include "simulation/run.h"

namespace pericore::cli {

/// Solves and calibrates the base year, and puts the policies of every year in force without solving it: sizes that add up beyond
/// their limits are told before the work and before anything is written.
///
/// @param file  the scenario, named where the message itself names no place
/// @throws InputError, NumericalError  as simulation::prepare, policy::instruments_of_year and policy::travel_time_of_year
[[nodiscard]] simulation::BaseState prepare(const simulation::Model& model, const std::string& file,
                                            simulation::Purpose purpose = simulation::Purpose::years);

/// What a run draws, and by which keys; empty: the seed does not matter.
[[nodiscard]] std::vector<std::string> random_draws(const simulation::Model& model, const simulation::BaseState& base);

}  // namespace pericore::cli

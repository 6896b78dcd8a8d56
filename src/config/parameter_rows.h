/// The parts of the parameter table, by topic; only parameters.cpp puts them together.
#pragma once

#include <vector>

#include "config/parameters.h"

namespace pericore::config {

[[nodiscard]] std::vector<Parameter> run_parameters();     ///< years, seed, closure, solver, output
[[nodiscard]] std::vector<Parameter> region_parameters();  ///< regions, rest of the world, geography
[[nodiscard]] std::vector<Parameter> factor_parameters();
[[nodiscard]] std::vector<Parameter> sector_parameters();
[[nodiscard]] std::vector<Parameter> accounts_parameters();  ///< the national table and base-year wages
[[nodiscard]] std::vector<Parameter> dynamics_parameters();  ///< migration, growth
[[nodiscard]] std::vector<Parameter> policy_parameters();    ///< trends and policies

}  // namespace pericore::config

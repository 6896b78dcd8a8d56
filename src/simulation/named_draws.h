/// Random numbers that belong to names and a year: the same for any order or number of regions, in policy and baseline, on any number of threads.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "simulation/model.h"

namespace pericore::simulation {

/// A draw from the standard normal distribution (Box and Muller, 1958).
/// @param purpose  tells apart what a seed is used for
/// @param words    e.g. variable, region, sector
[[nodiscard]] double named_normal(unsigned seed, std::uint32_t purpose, std::initializer_list<std::string_view> words,
                                  int year);

/// The code of a region, which stays when a name changes; merged regions have a name alone.
[[nodiscard]] std::string_view region_key(const Model& model, Eigen::Index region);

}  // namespace pericore::simulation

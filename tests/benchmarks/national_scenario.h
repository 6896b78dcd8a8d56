/// A national scenario of the size that product aims speak of: 281 regions at home, 9 sectors (8 traded at a cost), made of the shipped China 2010.
#pragma once

#include <filesystem>

namespace pericore::benchmarks {

/// Writes the scenario and the region files it needs.
///
/// @param folder   where to; made if it is missing
/// @return         the scenario's file
std::filesystem::path write_national_scenario(const std::filesystem::path& folder);

}  // namespace pericore::benchmarks

/// Boundaries of the units that a page shows.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pericore::report {

/// The part of a topology that draws some units: their geometries, and the arcs these use.
///
/// Where the units are most of the topology (more than half), all of it, so that units without numbers are seen too.
///
/// @param topology  TopoJSON (Bostock 2012, version 1.0.0 of the format) with the object `units` of polygons
/// @param codes     ids of units; unknown ones are ignored
/// @return          TopoJSON in one line, "null" where no unit is known
[[nodiscard]] std::string boundaries_of(std::string_view topology, std::span<const std::string> codes);

}  // namespace pericore::report

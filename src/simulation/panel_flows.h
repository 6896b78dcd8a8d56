/// Moves from region to region in the panel, where a scenario asks for them; docs/variables.md#who-goes-where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "panel/dataset.h"
#include "panel/describe.h"
#include "simulation/model.h"

namespace pericore::simulation {

inline constexpr const char* sector_group_dimension = "sector_group";
inline constexpr const char* firm_flow_variable = "firms_moved";
inline constexpr const char* people_flow_variable = "people_moved";

[[nodiscard]] constexpr bool is_flow(std::string_view name) {
  return name == firm_flow_variable || name == people_flow_variable;
}

/// Sectors whose moves are told together.
struct SectorGroup {
  std::string name;
  std::vector<std::size_t> sectors;
};

/// Disjoint, all sectors together, none empty: manufacturing, producer services, other; or each sector by itself.
[[nodiscard]] std::vector<SectorGroup> flow_groups(const Model& model);

/// Adds the dimensions of the flows and which group a sector is in.
void add_flow_dimensions(const Model& model, panel::Dataset& dataset);

/// The number nearest to `value` with a relative error below 2^-21: what lies below costs space and tells nothing.
[[nodiscard]] double in_short(double value);

}  // namespace pericore::simulation

/// Levers that would silently do nothing: what they act on is not there.
#pragma once

#include <vector>

#include "config/conditions.h"
#include "config/settings.h"
#include "simulation/model.h"

namespace pericore::config {

/// Reports entries of lists whose instruments find nothing to act on in the base year of a complete model: state firms
/// where there are none, travel times where trade costs are given outright, training where nobody is unskilled.
void check_lever_objects(const Settings& settings, const simulation::Model& model, const std::vector<EntryList>& lists);

}  // namespace pericore::config

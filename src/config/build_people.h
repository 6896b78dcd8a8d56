/// How the people of a factor are represented, from a checked configuration.
#pragma once

#include "config/settings.h"
#include "dynamics/parameters.h"
#include "economy/economy.h"

namespace pericore::config {

/// Adds faults: agents of a factor that is not labour, or that moves by a law for masses.
[[nodiscard]] dynamics::PeopleForm build_people_form(const Settings& settings, const economy::Factor& factor,
                                                     dynamics::Mobility mobility);

}  // namespace pericore::config

#include "bifurcation/held_fixed.h"

#include <algorithm>

namespace pericore::bifurcation {

std::vector<std::string> held_fixed(const LongRun& system) {
  const Model& model = system.model();
  const economy::Economy& economy = model.economy;
  const dynamics::Parameters& parameters = model.parameters;
  const dynamics::Fundamentals& fundamentals = model.calibration.fundamentals;
  std::vector<std::string> held;
  std::string firms;
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (sector.market != economy::Market::monopolistic || sector.entry != economy::Entry::stock) continue;
    if (!(model.calibration.state.economy.firms.col(s) > 0.0).any()) continue;
    firms += (firms.empty() ? "firms of " : ", ") + sector.name;
  }
  if (!firms.empty()) held.push_back(firms);
  // As in a year: capital that moves between regions by itself is not also accumulated.
  if (economy.capital &&
      parameters.groups[static_cast<std::size_t>(*economy.capital)].mobility == dynamics::Mobility::none &&
      (fundamentals.capital_scale > 0.0).any())
    held.emplace_back("capital");
  const auto spills = [&](double dynamics::SpilloverParameters::*strength) {
    return std::any_of(parameters.spillovers.begin(), parameters.spillovers.end(),
                       [&](const dynamics::SpilloverParameters& by) { return by.*strength != 0.0; });
  };
  const bool services = parameters.people.public_services != 0.0 || spills(&dynamics::SpilloverParameters::pub);
  if (services && (fundamentals.public_outlay > 0.0).any()) held.emplace_back("public capital");
  if (spills(&dynamics::SpilloverParameters::know)) held.emplace_back("knowledge");
  const dynamics::PeopleParameters& people = parameters.people;
  if (people.rural_to_migrant != 0.0 || people.citizenisation != 0.0 || people.training != 0.0)
    held.emplace_back("conversion between groups");
  return held;
}

}  // namespace pericore::bifurcation

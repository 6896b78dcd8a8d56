#include "config/build_structural_change.h"

namespace pericore::config {

simulation::StructuralChange build_structural_change(const Settings& settings, const simulation::Model& model) {
  const auto& sectors = model.base.economy.sectors;
  const auto by_sector = [&](const char* key) {
    Eigen::ArrayXd values(static_cast<Eigen::Index>(sectors.size()));
    for (std::size_t s = 0; s < sectors.size(); ++s)
      values(static_cast<Eigen::Index>(s)) = settings.number("sectors." + sectors[s].name + "." + key);
    return values;
  };
  simulation::StructuralChange change{.demand = by_sector("demand_trend"),
                                      .convergence = by_sector("convergence"),
                                      .rural = model.dynamics.people.rural,
                                      .unskilled = model.dynamics.people.unskilled};
  const char* const key = "migration.leaving_agriculture";
  change.leaving_agriculture = settings.number(key);
  if (change.leaving_agriculture == 0.0) return change;
  if (!change.rural || !change.unskilled) settings.fault(key, "needs the factors 'rural' and 'unskilled'");
  if (settings.text("people") == "agents") settings.fault(key, "goes with people: cohorts");
  return change;
}

}  // namespace pericore::config

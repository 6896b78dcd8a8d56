#include "simulation/figures.h"

#include "base/errors.h"
#include "economy/social_accounts.h"
#include "simulation/panel_builder.h"

namespace pericore::simulation {
namespace {

policy::Figures watch_base_year(const Model& model, const BaseState& base, PanelBuilder builder) {
  const economy::Economy& economy = model.base.economy;
  const dynamics::DynamicState& state = base.calibration.state;
  const auto flows = economy::social_accounts(economy, model.base.kernels, state.economy, base.equilibrium.prices,
                                              base.equilibrium.accounts);
  const dynamics::Year moved = dynamics::advance(economy, model.dynamics, base.calibration.fundamentals, state,
                                                 base.equilibrium, base_spatial_kernels(model, base));
  builder.add({.year = model.base_year,
               .state = state,
               .equilibrium = base.equilibrium,
               .certificate = equilibrium::certify(economy, model.base.kernels, state.economy, base.equilibrium),
               .flows = flows,
               .moves = moved.flows,
               .travel_time = model.geography.travel_time});
  return builder.figures();
}

}  // namespace

policy::Figures base_year_figures(const Model& model, const BaseState& base) {
  PanelBuilder builder(model);
  builder.watch_all();
  return watch_base_year(model, base, std::move(builder));
}

policy::Figures base_year_figures(const Model& model, const BaseState& base, const std::vector<std::string>& names) {
  PanelBuilder builder(model);
  builder.watch(names);
  policy::Figures figures = watch_base_year(model, base, std::move(builder));
  for (const std::string& name : names) {
    if (!figures.contains(name)) throw DomainError("figures: no variable '" + name + "' that a rule can read");
  }
  return figures;
}

}  // namespace pericore::simulation

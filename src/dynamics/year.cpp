#include "dynamics/year.h"

#include <cmath>
#include <limits>

#include "dynamics/growth.h"

namespace pericore::dynamics {

using economy::Array;

Array log_amenities(const Parameters& parameters, const Fundamentals& fundamentals) {
  Array amenities = Array::Zero(fundamentals.utility.rows(), fundamentals.utility.cols());
  for (Eigen::Index f = 0; f < amenities.cols(); ++f) {
    const GroupParameters& group = parameters.groups[static_cast<std::size_t>(f)];
    if (group.mobility != Mobility::logit && group.mobility != Mobility::logit_static) continue;
    const auto open = fundamentals.log_migration_weight.col(f).isFinite();
    const auto value = fundamentals.log_migration_weight.col(f) / group.elasticity - fundamentals.utility.col(f);
    amenities.col(f) = open.select(value, std::numeric_limits<double>::quiet_NaN());
  }
  return amenities;
}

Year advance(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
             const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium,
             const Eigen::ArrayXXd& travel_time) {
  const SpatialKernels spatial(economy, parameters, travel_time, fundamentals.knowledge_distance);
  return advance(economy, parameters, fundamentals, state, equilibrium, spatial);
}

Year advance(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
             const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium,
             const SpatialKernels& spatial) {
  const Observables now = observe(economy, parameters, state, equilibrium, spatial, fundamentals.research_log_price);
  const Array utility =
      utility_without_amenities(economy, parameters, state.economy, equilibrium, now, fundamentals.base);
  FirmYear firms = move_firms(economy, parameters, fundamentals, state, equilibrium, spatial);
  PeopleYear people = move_people(economy, parameters, fundamentals, state, utility, spatial);

  Year year{.next = state, .flows = {}};
  economy::State& next = year.next.economy;
  next.stock = people.stock;
  // A factor that moves between regions by itself is not also accumulated.
  if (economy.capital && parameters.groups[static_cast<std::size_t>(*economy.capital)].mobility == Mobility::none) {
    next.stock.col(*economy.capital) = next_capital(economy, parameters.growth, fundamentals, state, equilibrium);
  }
  next.firms = firms.firms;
  next.effective_firms = firms.effective_firms;
  next.foreign_share = firms.foreign_share;
  year.next.populations = std::move(firms.populations);
  year.next.people = std::move(people.agents);
  next.log_productivity = next_log_productivity(economy, parameters, fundamentals, state, now);
  next.flow_grants = firms.flows.grants;
  next.flow_purchases = people.flows.purchases;
  year.next.public_capital = next_public_capital(parameters.growth, fundamentals, state);
  year.flows.knowledge = knowledge_flow(economy, parameters, fundamentals.knowledge_scale, state, now);
  year.next.knowledge = next_knowledge(parameters.growth, state, year.flows.knowledge);

  year.flows.income_per_head = income_per_head(economy, state.economy, equilibrium.accounts);
  year.flows.pay_per_head = pay_per_head(economy, state.economy, equilibrium.accounts);
  const Array amenities = log_amenities(parameters, fundamentals);
  year.flows.terms = utility_terms(economy, parameters, state.economy.instruments, now, fundamentals.base);
  year.flows.terms.amenities += amenities;
  year.flows.utility = utility + amenities;
  year.flows.firms = std::move(firms.flows);
  year.flows.people = std::move(people.flows);
  year.flows.observables = now;
  return year;
}

}  // namespace pericore::dynamics

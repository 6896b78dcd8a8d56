#include "dynamics/observables.h"

#include <cmath>

#include "geography/location_quotient.h"
#include "numerics/elementary.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

Vector domestic_mask(const economy::Economy& economy) {
  Vector mask = Vector::Ones(economy.n_regions());
  if (economy.abroad) mask(*economy.abroad) = 0.0;
  return mask;
}

/// Equivalent number of the other sectors (Jacobs diversity): inverse Herfindahl index of their employment shares.
Array diversity_of_others(const Array& employment) {
  Array diversity = Array::Zero(employment.rows(), employment.cols());
  for (Eigen::Index s = 0; s < employment.cols(); ++s) {
    Vector total = Vector::Zero(employment.rows());
    Vector squares = total;
    for (Eigen::Index k = 0; k < employment.cols(); ++k) {
      if (k == s) continue;
      total += employment.col(k);
      squares += employment.col(k).square();
    }
    diversity.col(s) = (squares > 0.0).select(total.square() / squares, 0.0);
  }
  return diversity;
}

Vector synergy(const SectorRoles& roles, const Array& employment) {
  Vector theta = Vector::Zero(employment.rows());
  if (roles.manufacturing.empty() || roles.producer_services.empty()) return theta;
  Array groups = Array::Zero(employment.rows(), 2);
  for (const Eigen::Index s : roles.manufacturing) groups.col(0) += employment.col(s);
  for (const Eigen::Index s : roles.producer_services) groups.col(1) += employment.col(s);
  Vector total = employment.rowwise().sum();
  if (roles.agriculture) total -= employment.col(*roles.agriculture);
  total = total.max(groups.rowwise().sum());  // the difference may fall short by rounding
  const Array quotients = geography::location_quotient(groups, total);
  theta = geography::co_agglomeration_theta(quotients.col(0), quotients.col(1));
  return theta.isFinite().select(theta, 0.0);
}

}  // namespace

Vector population(const economy::Economy& economy, const Array& stock) {
  Vector workers = Vector::Zero(economy.n_regions());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].kind == economy::FactorKind::labour) workers += stock.col(f);
  }
  return workers * economy.population_per_worker * domestic_mask(economy);
}

Array state_share_in_force(const DynamicState& state) {
  const Array wanted = state.state_share + state.economy.instruments.state_share_change;
  return wanted.min(1.0 - state.economy.foreign_share).max(0.0);
}

namespace {

/// access(range, knowledge) = exp(-distance / range) knowledge.
template <class Access>
Observables observe_by(const economy::Economy& economy, const Parameters& parameters, const DynamicState& state,
                       const equilibrium::ShortRunEquilibrium& equilibrium, const Access& access,
                       const Vector& research_log_price) {
  const Eigen::Index regions = economy.n_regions();
  const economy::State& stocks = state.economy;
  const economy::Instruments& instruments = stocks.instruments;
  const economy::Accounts& accounts = equilibrium.accounts;
  const Vector domestic = domestic_mask(economy);

  Observables seen;
  seen.population = population(economy, stocks.stock);
  seen.density = seen.population;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (!economy.factors[static_cast<std::size_t>(f)].housing) continue;
    const Vector& land = stocks.stock.col(f);
    seen.density = (land > 0.0).select(seen.population / land, 0.0);
  }
  seen.public_output = (seen.population > 0.0)
                           .select((1.0 + instruments.public_quality) * state.public_capital *
                                       seen.population.pow(-parameters.people.crowding),
                                   0.0);

  seen.skilled_share = Vector::Zero(regions);
  if (parameters.people.skilled) {
    const Vector skilled = stocks.stock.col(*parameters.people.skilled) * economy.population_per_worker * domestic;
    seen.skilled_share = (seen.population > 0.0).select(skilled / seen.population, 0.0);
  }

  const double range = parameters.growth.knowledge_range * (1.0 + instruments.knowledge_range);
  seen.knowledge_access = Vector::Zero(regions);
  if ((state.knowledge != 0.0).any()) {
    const Eigen::VectorXd there = (state.knowledge * domestic).matrix();
    seen.knowledge_access = access(range, there).array() * domestic;
  }

  seen.research = Vector::Zero(regions);
  if (parameters.roles.research) {
    const Eigen::Index s = *parameters.roles.research;
    Vector log_deflator = Vector::Zero(regions);
    if (research_log_price.size() > 0) {
      log_deflator = accounts.mill_price.col(s) - research_log_price;
      // A cell that was empty in the base year has no price of that year.
      log_deflator = log_deflator.isFinite().select(log_deflator, std::log(accounts.consumer_price));
    }
    seen.research = accounts.sales.col(s) * (-log_deflator).exp() * domestic;
  }
  seen.research += instruments.research * domestic;

  seen.employment = accounts.employment.colwise() * domestic;
  seen.diversity = diversity_of_others(seen.employment);
  seen.theta = synergy(parameters.roles, seen.employment);
  seen.state_share = state_share_in_force(state);
  return seen;
}

}  // namespace

Observables observe(const economy::Economy& economy, const Parameters& parameters, const DynamicState& state,
                    const equilibrium::ShortRunEquilibrium& equilibrium, const Eigen::ArrayXXd& knowledge_distance,
                    const Vector& research_log_price) {
  const auto access = [&](double range, const Eigen::VectorXd& there) -> Eigen::VectorXd {
    if (knowledge_distance.size() == 0) return there;
    Eigen::ArrayXXd decay = -knowledge_distance / range;
    numerics::exponential(decay, decay);
    return decay.matrix() * there;
  };
  return observe_by(economy, parameters, state, equilibrium, access, research_log_price);
}

Observables observe(const economy::Economy& economy, const Parameters& parameters, const DynamicState& state,
                    const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial,
                    const Vector& research_log_price) {
  const auto access = [&](double range, const Eigen::VectorXd& there) {
    const auto kernel = spatial.knowledge(range);
    if (!kernel) return there;
    Eigen::VectorXd reached(there.size());
    kernel->multiply(there, reached);
    return reached;
  };
  return observe_by(economy, parameters, state, equilibrium, access, research_log_price);
}

Array log_ratio(const Array& now, const Array& base) {
  const auto counts = (now > 0.0) && (base > 0.0);
  return counts.select(now, 1.0).log() - counts.select(base, 1.0).log();
}

}  // namespace pericore::dynamics

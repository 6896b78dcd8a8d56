#include "dynamics/people.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

constexpr double infinity = std::numeric_limits<double>::infinity();

Vector domestic(const economy::Economy& economy, Vector values) {
  if (economy.abroad) values(*economy.abroad) = 0.0;
  return values;
}

/// A group loses `flow` in place to another one.
void convert(PeopleYear& year, Eigen::Index from, Eigen::Index to, const Vector& out, const Vector& in) {
  year.flows.converted_out.col(from) += out;
  year.flows.converted_in.col(to) += in;
}

/// Rural labour takes up urban work: base flows rate x stock, split by gravity; the urban gap moves both where to and how many.
/// With A_r the pull of all destinations over its base value, the share that leaves is rate A / (1 - rate + rate A).
void rural_to_migrant(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                      const DynamicState& state, const Array& utility, const SpatialKernels& spatial,
                      PeopleYear& year) {
  const PeopleParameters& people = parameters.people;
  if (!people.rural || !people.migrant || people.rural_to_migrant <= 0.0) return;
  const Eigen::Index rural = *people.rural;
  const Eigen::Index migrant = *people.migrant;
  const double theta = parameters.groups[static_cast<std::size_t>(migrant)].elasticity;
  const Vector pull_change = theta * (utility.col(migrant) - fundamentals.utility.col(migrant));
  const Vector push_change = theta * (utility.col(rural) - fundamentals.utility.col(rural));
  const Vector log_weight = fundamentals.log_conversion_weight + pull_change;
  const Vector weight =
      exact_exp(log_weight.isNaN().select(Vector::Constant(log_weight.size(), -infinity), log_weight));
  const auto kernel = spatial.moves(migration_cost(parameters, state.economy.instruments, migrant), true);
  Vector access(weight.size());
  kernel->away.multiply(weight.matrix(), access.matrix());
  access += weight;
  const Vector pull = access / fundamentals.conversion_access * (-push_change).exp();
  const double rate = people.rural_to_migrant / (1.0 - people.turnover);  // of those who do not retire
  const Vector staying = (1.0 - people.turnover) * state.economy.stock.col(rural);
  const Vector share = rate * pull / (1.0 - rate + rate * pull);
  Vector out = staying * share;
  out = domestic(economy, (staying > 0.0 && access > 0.0).select(out, 0.0));
  const Vector per_weight = (out > 0.0).select(out / access, 0.0);
  Vector in(weight.size());
  kernel->away.multiply_transposed(per_weight.matrix(), in.matrix());
  in = weight * (per_weight + in);
  convert(year, rural, migrant, out, in);
}

/// People change group where they live, at a base rate and what policy adds; returns the part that policy adds.
Vector convert_in_place(const economy::Economy& economy, const Parameters& parameters, const DynamicState& state,
                        double base_rate, const Vector& policy, Eigen::Index from, Eigen::Index to, PeopleYear& year) {
  const double most = 1.0 - parameters.people.turnover;
  const Vector rate = (base_rate + policy).max(0.0).min(most);
  const Vector flow = domestic(economy, rate * state.economy.stock.col(from));
  convert(year, from, to, flow, flow);
  return domestic(economy, (rate - base_rate).max(0.0) * state.economy.stock.col(from));
}

/// Persons paid for by policy become real purchases of the public sector, at a cost in base-year money.
void charge(const economy::Economy& economy, const Parameters& parameters, const Vector& persons, double cost,
            int account, const char* what, PeopleFlows& flows) {
  if (cost == 0.0 || !(persons > 0.0).any()) return;
  if (!parameters.roles.public_sector) {
    throw InputError(std::string(what) + " has a cost, but no sector is named as the public sector that supplies it");
  }
  const Eigen::Index supplier = *parameters.roles.public_sector;
  // Purchases are volumes: base-year money over the base-year price index.
  flows.purchases[static_cast<std::size_t>(account)].col(supplier) +=
      persons * cost * (-economy.reference_log_price.col(supplier)).exp();
}

void migrate(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
             const DynamicState& state, const Array& utility, const SpatialKernels& spatial, Eigen::Index f,
             PeopleYear& year) {
  const GroupParameters& group = parameters.groups[static_cast<std::size_t>(f)];
  const Vector before = domestic(economy, year.stock.col(f));
  if (group.mobility == Mobility::none || !(before > 0.0).any()) return;
  if (group.mobility == Mobility::logit) {
    const auto kernel = spatial.moves(migration_cost(parameters, state.economy.instruments, f), true);
    const Vector log_weight = migration_log_weight(parameters, fundamentals, utility, f);
    const Moves moves = choose(kernel->away, group.reconsider * before, log_weight, log_weight);
    year.flows.moved_out.col(f) = moves.out;
    year.flows.moved_in.col(f) = moves.in;
    // The sum over all destinations is what staying weighs over the probability of staying.
    const Vector searching = group.reconsider * before;
    const Vector leave = (searching > 0.0).select(moves.out / searching, 0.0);
    year.flows.moving_option.col(f) = -group.reconsider / group.elasticity * (-leave).log1p();
    year.stock.col(f) = (year.stock.col(f) - moves.out + moves.in).max(0.0);
    return;
  }
  Vector after;
  if (group.mobility == Mobility::replicator) {
    after = replicate(before, utility.col(f), parameters.people.speed);
  } else {
    const Vector log_weight = migration_log_weight(parameters, fundamentals, utility, f);
    const Vector weight = exact_exp(log_weight - log_weight.maxCoeff());
    after = before.sum() * weight / weight.sum();
    const Vector option = (std::log(weight.sum()) - weight.log()) / group.elasticity;
    year.flows.moving_option.col(f) = (weight > 0.0).select(option, 0.0);
  }
  year.flows.moved_out.col(f) = (before - after).max(0.0);
  year.flows.moved_in.col(f) = (after - before).max(0.0);
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    if (!economy.is_abroad(r)) year.stock(r, f) = after(r);
  }
}

}  // namespace

MoveCost migration_cost(const Parameters& parameters, const economy::Instruments& instruments, Eigen::Index factor) {
  const GroupParameters& group = parameters.groups[static_cast<std::size_t>(factor)];
  MoveCost cost;
  cost.fixed = group.elasticity * group.cost;
  cost.distance = group.elasticity * group.distance_cost;
  cost.border = group.elasticity * group.registration;
  cost.distance_relief = instruments.migration_cost_relief.col(factor);
  cost.border_relief = instruments.registration_relief.col(factor);
  return cost;
}

Eigen::MatrixXd migration_kernel(const economy::Economy& economy, const Parameters& parameters,
                                 const economy::Instruments& instruments, const Eigen::ArrayXXd& travel_time,
                                 Eigen::Index factor) {
  return move_kernel(economy, travel_time, parameters.reference_time, migration_cost(parameters, instruments, factor),
                     parameters.registration_border);
}

Vector migration_log_weight(const Parameters& parameters, const Fundamentals& fundamentals, const Array& utility,
                            Eigen::Index factor) {
  const double theta = parameters.groups[static_cast<std::size_t>(factor)].elasticity;
  const Vector change = theta * (utility.col(factor) - fundamentals.utility.col(factor));
  const Vector sum = fundamentals.log_migration_weight.col(factor) + change;
  return (sum.isNaN() || fundamentals.log_migration_weight.col(factor) == -infinity)
      .select(Vector::Constant(sum.size(), -infinity), sum);
}

Vector replicate(const Vector& stock, const Vector& utility, double speed) {
  const double total = stock.sum();
  const Vector value = (stock > 0.0).select(utility, 0.0);
  const double mean = (stock * value).sum() / total;
  const Vector after = (stock > 0.0).select((stock * (1.0 + speed * (value - mean))).max(0.0), 0.0);
  // Exact without the bound at zero; with it, who cannot leave twice must not be missing.
  return after * (total / after.sum());
}

PeopleYear move_people(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                       const DynamicState& state, const Array& utility, const SpatialKernels& spatial) {
  const Eigen::Index regions = economy.n_regions();
  const Array none = Array::Zero(regions, economy.n_factors());
  const PeopleParameters& people = parameters.people;
  const economy::Instruments& instruments = state.economy.instruments;
  PeopleYear year{
      .stock = state.economy.stock,
      .flows = {none, none, none, none, none, none, none, Vector::Zero(regions), Vector::Zero(regions), {}}};
  year.flows.purchases.assign(economy::n_accounts, Array::Zero(regions, economy.n_sectors()));

  rural_to_migrant(economy, parameters, fundamentals, state, utility, spatial, year);
  if (people.migrant && people.unskilled) {
    year.flows.citizenised_by_policy =
        convert_in_place(economy, parameters, state, people.citizenisation, instruments.citizenisation, *people.migrant,
                         *people.unskilled, year);
    charge(economy, parameters, year.flows.citizenised_by_policy, instruments.citizenisation_cost,
           instruments.citizenisation_account, "citizenisation", year.flows);
  }
  if (people.unskilled && people.skilled) {
    year.flows.trained_by_policy = convert_in_place(economy, parameters, state, people.training, instruments.training,
                                                    *people.unskilled, *people.skilled, year);
    charge(economy, parameters, year.flows.trained_by_policy, instruments.training_cost, instruments.training_account,
           "training", year.flows);
  }
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].kind == economy::FactorKind::labour) {
      year.flows.retired.col(f) = domestic(economy, people.turnover * state.economy.stock.col(f));
      year.flows.entrants.col(f) = fundamentals.entrants.col(f);
      const Vector left = year.stock.col(f) - year.flows.retired.col(f) - year.flows.converted_out.col(f);
      year.stock.col(f) = (left + year.flows.converted_in.col(f) + year.flows.entrants.col(f)).max(0.0);
    }
    migrate(economy, parameters, fundamentals, state, utility, spatial, f, year);
  }
  return year;
}

}  // namespace pericore::dynamics

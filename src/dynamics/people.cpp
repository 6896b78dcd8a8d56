#include "dynamics/people.h"

#include <algorithm>
#include <cmath>

#include "base/errors.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

Vector domestic(const economy::Economy& economy, Vector values) {
  if (economy.abroad) values(*economy.abroad) = 0.0;
  return values;
}

/// The persons that are expected to change from one cohort to another.
void change_expected(const GroupChange& change, const DynamicState& state, PeopleYear& year) {
  const Vector eligible = change.eligible * state.economy.stock.col(change.from);
  Vector out = eligible * change.share;
  out = (eligible > 0.0).select(out, 0.0);
  Vector in = out;
  if (change.kernel) {
    const Vector per_weight = (out > 0.0).select(out / change.access, 0.0);
    change.kernel->away.multiply_transposed(per_weight.matrix(), in.matrix());
    in = exact_exp(change.log_weight) * (per_weight + in);
  }
  year.flows.converted_out.col(change.from) += out;
  year.flows.converted_in.col(change.to) += in;
}

/// Who changed by policy; of agents those who did.
Vector paid_for(const GroupChange& change, const DynamicState& state, const PeopleDoors* agents) {
  return agents != nullptr ? Vector(agents->paid.col(change.from))
                           : Vector(change.paid * state.economy.stock.col(change.from));
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

void charge_for_changes(const economy::Economy& economy, const Parameters& parameters,
                        const economy::Instruments& instruments, PeopleFlows& flows) {
  charge(economy, parameters, flows.citizenised_by_policy, instruments.citizenisation_cost,
         instruments.citizenisation_account, "citizenisation", flows);
  charge(economy, parameters, flows.trained_by_policy, instruments.training_cost, instruments.training_account,
         "training", flows);
}

/// What the right to reconsider is worth: the sum over all destinations is what staying weighs over the probability of staying.
Vector moving_option(const GroupParameters& group, const Vector& searching, const Moves& moves) {
  const Vector leave = (searching > 0.0).select(moves.out / searching, 0.0);
  return -group.reconsider / group.elasticity * (-leave).log1p();
}

void migrate(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
             const DynamicState& state, const Array& utility, const SpatialKernels& spatial, Eigen::Index f,
             PeopleYear& year) {
  const GroupParameters& group = parameters.groups[static_cast<std::size_t>(f)];
  const Vector before = domestic(economy, year.stock.col(f));
  if (group.mobility == Mobility::none || !(before > 0.0).any()) return;
  if (group.mobility == Mobility::logit) {
    const GroupMoves rule = group_moves(parameters, fundamentals, state, utility, spatial, f);
    const Moves moves = choose(rule.kernel->away, rule.reconsider * before, rule.log_weight, rule.log_weight);
    year.flows.moved_out.col(f) = moves.out;
    year.flows.moved_in.col(f) = moves.in;
    year.flows.moving_option.col(f) = moving_option(group, rule.reconsider * before, moves);
    if (parameters.moves_between)
      year.flows.moved_between +=
          moves_between(rule.kernel->away, rule.reconsider * before, rule.log_weight, rule.log_weight);
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

/// The year of those who are agents, and of who leaves a cohort to become one or the other way round.
PeopleDoors move_agents(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                        const DynamicState& state, const Array& utility, const SpatialKernels& spatial,
                        const std::vector<GroupChange>& changes, PeopleYear& year) {
  PeopleRules rules{.turnover = parameters.people.turnover,
                    .changes = changes,
                    .moves = {},
                    .entrants = fundamentals.entrants,
                    .moves_between = parameters.moves_between};
  rules.moves.resize(parameters.groups.size());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const GroupParameters& group = parameters.groups[static_cast<std::size_t>(f)];
    if (!state.people->holds(f) || group.mobility != Mobility::logit) continue;
    GroupMoves rule = group_moves(parameters, fundamentals, state, utility, spatial, f);
    const Vector searching = rule.reconsider * domestic(economy, state.economy.stock.col(f));
    const Moves expected = choose(rule.kernel->away, searching, rule.log_weight, rule.log_weight);
    year.flows.moving_option.col(f) = moving_option(group, searching, expected);
    rules.moves[static_cast<std::size_t>(f)] = std::move(rule);
  }
  PeopleStep step = state.people->step(rules, state.economy.stock);
  PeopleFlows& flows = year.flows;
  flows.retired += step.doors.retired;
  flows.entrants += step.doors.entered;
  flows.converted_out += step.doors.converted_out;
  flows.converted_in += step.doors.converted_in;
  flows.moved_out += step.doors.moved_out;
  flows.moved_in += step.doors.moved_in;
  if (parameters.moves_between) flows.moved_between += moves_between(step.doors.moves, economy.n_regions());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (!state.people->holds(f)) continue;
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (!economy.is_abroad(r)) year.stock(r, f) = step.doors.stock(r, f);
    }
  }
  year.agents = std::move(step.next);
  return std::move(step.doors);
}

}  // namespace

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
  PeopleYear year{
      .stock = state.economy.stock,
      .agents = nullptr,
      .flows = {none, none, none, none, none, none, none, Vector::Zero(regions), Vector::Zero(regions), {}, {}}};
  if (parameters.moves_between) year.flows.moved_between = Eigen::MatrixXd::Zero(regions, regions);
  year.flows.purchases.assign(economy::n_accounts, Array::Zero(regions, economy.n_sectors()));
  const auto one_by_one = [&](Eigen::Index f) { return state.people && state.people->holds(f); };

  const std::vector<GroupChange> changes = group_changes(economy, parameters, fundamentals, state, utility, spatial);
  std::optional<PeopleDoors> doors;
  if (state.people) doors = move_agents(economy, parameters, fundamentals, state, utility, spatial, changes, year);
  for (const GroupChange& change : changes) {
    const bool expected = !one_by_one(change.from) && !one_by_one(change.to);
    if (expected) change_expected(change, state, year);
    Vector paid = paid_for(change, state, expected ? nullptr : &*doors);
    if (people.migrant && change.from == *people.migrant)
      year.flows.citizenised_by_policy = std::move(paid);
    else if (people.unskilled && change.from == *people.unskilled)
      year.flows.trained_by_policy = std::move(paid);
  }
  charge_for_changes(economy, parameters, state.economy.instruments, year.flows);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (one_by_one(f)) continue;
    if (economy.factors[static_cast<std::size_t>(f)].kind == economy::FactorKind::labour) {
      year.flows.retired.col(f) = domestic(economy, people.turnover * state.economy.stock.col(f));
      year.flows.entrants.col(f) = fundamentals.entrants.col(f);
      const Vector left = year.stock.col(f) - year.flows.retired.col(f) - year.flows.converted_out.col(f);
      year.stock.col(f) = (left + year.flows.converted_in.col(f) + year.flows.entrants.col(f)).max(0.0);
    }
    migrate(economy, parameters, fundamentals, state, utility, spatial, f, year);
  }
  // Only a logit says who goes where.
  if (std::any_of(parameters.groups.begin(), parameters.groups.end(), [](const GroupParameters& group) {
        return group.mobility != Mobility::none && group.mobility != Mobility::logit;
      }))
    year.flows.moved_between.resize(0, 0);
  return year;
}

}  // namespace pericore::dynamics

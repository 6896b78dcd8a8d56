#include "dynamics/firms.h"

#include <algorithm>
#include <cmath>

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

Vector survival(const FirmRules& rules) {
  return 1.0 - rules.exit_factor.isInf().select(Vector::Ones(rules.exit_factor.size()),
                                                (rules.exit_rate * rules.exit_factor).min(1.0));
}

Vector domestic_firms(const DynamicState& state, Eigen::Index s) {
  return state.economy.firms.col(s) * (1.0 - state.economy.foreign_share.col(s));
}

/// Of the survivors of a cell, those who look around.
Vector searching_firms(const FirmRules& rules, const Vector& survivors, const Vector& foreign_share) {
  Vector searching =
      survivors * searching_share(rules.search_rate, rules.state_relocation, rules.state_in_force, foreign_share);
  if (rules.abroad) searching(*rules.abroad) = 0.0;
  return searching;
}

/// Firms that are alike: one mass a cell.
struct ScalarYear {
  Vector firms;
  Vector foreign_share;
  FirmDoors doors;
};

ScalarYear move_alike(const FirmParameters& parameters, const FirmRules& rules, const DynamicState& state,
                      Eigen::Index s) {
  const Vector start = state.economy.firms.col(s);
  const Vector foreign_share = state.economy.foreign_share.col(s);
  const Vector domestic = domestic_firms(state, s);
  const Vector stay_alive = survival(rules);
  const Vector searching = searching_firms(rules, start * stay_alive, foreign_share);

  ScalarYear year;
  FirmDoors& doors = year.doors;
  doors.moved_out = Vector::Zero(start.size());
  if (rules.moves_between) doors.moved_between = Eigen::MatrixXd::Zero(start.size(), start.size());
  Vector moved_in = Vector::Zero(start.size());
  for (const SearchClass& one : rules.search) {
    const Moves moves = choose(rules.kernel->away, searching * one.member, rules.log_stay, one.log_weight);
    doors.moved_out += moves.out;
    moved_in += moves.in;
    doors.moved_in.push_back(moves.in);
    if (rules.moves_between) {
      doors.moved_between += moves_between(rules.kernel->away, searching * one.member, rules.log_stay, one.log_weight);
    }
  }
  doors.entries = rules.entry_rate * founder_pool(parameters, *rules.kernel, domestic);
  doors.foreign_entries = rules.foreign_entries;
  doors.exits = start * (1.0 - stay_alive);
  const Vector foreign_left = (start - domestic) * stay_alive + doors.foreign_entries;
  const Vector domestic_left = (domestic * stay_alive - doors.moved_out + moved_in + doors.entries).max(0.0);
  year.firms = foreign_left + domestic_left;
  const Vector share = foreign_left / year.firms;
  year.foreign_share = (year.firms > 0.0).select(share, foreign_share);
  return year;
}

/// Adds what passed the doors of one sector to the flows of the year, and the grants that movers earned.
void record_doors(const economy::Instruments& instruments, const Fundamentals& fundamentals, const FirmRules& rules,
                  const FirmDoors& doors, Eigen::Index s, FirmFlows& flows) {
  flows.exits.col(s) = doors.exits;
  flows.entries.col(s) = doors.entries;
  flows.foreign_entries.col(s) = doors.foreign_entries;
  flows.moved_out.col(s) = doors.moved_out;
  for (std::size_t c = 0; c < rules.search.size(); ++c) {
    flows.moved_in.col(s) += doors.moved_in[c];
    for (const std::size_t g : rules.search[c].grants) {
      const economy::RelocationGrant& grant = instruments.relocation_grants[g];
      flows.grants[static_cast<std::size_t>(grant.account)] +=
          doors.moved_in[c] * grant.amount * fundamentals.operating_profit.col(s);
    }
  }
}

}  // namespace

FirmYear move_firms(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                    const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                    const SpatialKernels& spatial) {
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const Array none = Array::Zero(regions, sectors);
  FirmYear year{.firms = state.economy.firms,
                .effective_firms = state.economy.effective_firms,
                .foreign_share = state.economy.foreign_share,
                .populations = state.populations,
                .flows = {none, none, none, none, none, {}, {}}};
  year.flows.grants.assign(economy::n_accounts, Vector::Zero(regions));
  if (parameters.moves_between) year.flows.moved_between.resize(static_cast<std::size_t>(sectors));

  for (Eigen::Index s = 0; s < sectors; ++s) {
    const auto at = static_cast<std::size_t>(s);
    if (!moves_by_dynamics(economy.sectors[at])) continue;
    const FirmParameters& firm = parameters.firms[at];
    const FirmRules rules = firm_rules(economy, parameters, fundamentals, state, equilibrium, spatial, s);
    FirmDoors doors;
    if (at < state.populations.size() && state.populations[at]) {
      FirmStep step = state.populations[at]->step(firm, rules);
      const FirmTotals totals = step.next->totals();
      year.firms.col(s) = totals.firms;
      year.effective_firms.col(s) = totals.effective_firms * fundamentals.effective_ratio.col(s);
      year.foreign_share.col(s) = (totals.firms > 0.0).select(totals.foreign_share, year.foreign_share.col(s));
      year.populations[at] = std::move(step.next);
      doors = std::move(step.doors);
    } else {
      ScalarYear alike = move_alike(firm, rules, state, s);
      year.firms.col(s) = alike.firms;
      year.effective_firms.col(s) = alike.firms * fundamentals.effective_ratio.col(s) *
                                    (1.0 + fundamentals.foreign_effect(s) * alike.foreign_share);
      year.foreign_share.col(s) = alike.foreign_share;
      doors = std::move(alike.doors);
    }
    record_doors(state.economy.instruments, fundamentals, rules, doors, s, year.flows);
    if (parameters.moves_between) year.flows.moved_between[at] = std::move(doors.moved_between);
    if (economy.abroad) {
      const Eigen::Index abroad = *economy.abroad;
      year.flows.exits(abroad, s) = 0.0;
      year.firms(abroad, s) = state.economy.firms(abroad, s);
      year.effective_firms(abroad, s) = state.economy.effective_firms(abroad, s);
      year.foreign_share(abroad, s) = state.economy.foreign_share(abroad, s);
    }
  }
  return year;
}

Eigen::MatrixXd relocation_matrix(const economy::Economy& economy, const Parameters& parameters,
                                  const Fundamentals& fundamentals, const DynamicState& state,
                                  const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial,
                                  Eigen::Index sector) {
  const FirmRules rules = firm_rules(economy, parameters, fundamentals, state, equilibrium, spatial, sector);
  const Vector survivors = state.economy.firms.col(sector) * survival(rules);
  const Vector searching = searching_firms(rules, survivors, state.economy.foreign_share.col(sector));
  Eigen::MatrixXd moves = Eigen::MatrixXd::Zero(economy.n_regions(), economy.n_regions());
  for (const SearchClass& one : rules.search) {
    moves += choose_matrix(rules.kernel->away.matrix(), searching * one.member, rules.log_stay, one.log_weight);
  }
  return moves;
}

}  // namespace pericore::dynamics

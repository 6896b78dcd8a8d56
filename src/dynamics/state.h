/// All that a run must keep from one year to the next.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::dynamics {

class FirmPopulation;
class PeopleAgents;

/// The state at the start of a year. Instruments in force are part of economy::State but follow from the schedule of policies.
struct DynamicState {
  economy::State economy;          ///< stocks, firms, productivity, outlays that follow from last year's flows
  economy::Vector public_capital;  ///< Kg[r] [base-year value]
  economy::Vector knowledge;       ///< K[r] [1], mean 1 over regions in the base year
  economy::Vector
      log_knowledge_shock;  ///< added to the log of the year's new knowledge [log]; empty: none. Belongs to the year, not to what a checkpoint keeps
  economy::Array state_share;  ///< [r,s] share of firms owned by the state, before instruments [1]
  /// Firms that differ, by sector; null: a mass of firms alike, which is `economy.firms`. Empty: all are.
  std::vector<std::shared_ptr<const FirmPopulation>> populations;
  /// People one by one, of all groups that are kept so: their sums are in `economy.stock`. Null: all groups are cohorts.
  std::shared_ptr<const PeopleAgents> people;
};

/// Calls visit(name, array) for every array of the state but the instruments, the firms that differ and people one by one, always in the same order: a checkpoint is these arrays,
/// and a state restored from them continues a run to the same bytes. Arrays are ArrayXXd (regions x ...) or ArrayXd (regions).
template <class State, class Visit>
void visit_arrays(State& state, Visit&& visit) {
  visit(std::string("stock"), state.economy.stock);
  visit(std::string("firms"), state.economy.firms);
  visit(std::string("effective_firms"), state.economy.effective_firms);
  visit(std::string("log_productivity"), state.economy.log_productivity);
  visit(std::string("investment_weight"), state.economy.investment_weight);
  visit(std::string("foreign_share"), state.economy.foreign_share);
  for (std::size_t a = 0; a < state.economy.flow_grants.size(); ++a) {
    visit("flow_grants_" + std::to_string(a), state.economy.flow_grants[a]);
  }
  for (std::size_t a = 0; a < state.economy.flow_purchases.size(); ++a) {
    visit("flow_purchases_" + std::to_string(a), state.economy.flow_purchases[a]);
  }
  visit(std::string("public_capital"), state.public_capital);
  visit(std::string("knowledge"), state.knowledge);
  visit(std::string("state_share"), state.state_share);
}

}  // namespace pericore::dynamics

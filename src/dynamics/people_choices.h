/// What every person meets in a year, as tables: decisions take constant time.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "dynamics/destination_tables.h"
#include "dynamics/people_frame.h"
#include "dynamics/people_rules.h"

namespace pericore::dynamics {

/// A cell is a group in a region, in the order of arrays [r,f]. Probabilities are in units of random words: of a word of 32 bits plus 1/2,
/// whether it is below.
struct PeopleChoices {
  std::size_t regions;
  std::vector<double> retire;                                ///< by cell
  std::vector<double> leave;                                 ///< by cell: retires or changes group
  std::vector<double> unpaid;                                ///< by cell: the same at the base rate
  std::vector<double> reconsider;                            ///< by group
  std::vector<const GroupChange*> change;                    ///< by group; null: none
  std::vector<std::optional<DestinationTables>> changed_to;  ///< by group; empty: in place
  std::vector<std::optional<DestinationTables>> moved_to;    ///< by group; empty: stays
  std::vector<char> agents;                                  ///< by group
  std::vector<char> registers;  ///< by group: whether its members are registered where they live
  bool moves_between;

  /// Refers to the rules.
  /// @param stock  [r,f] persons at the start of the year
  PeopleChoices(const PeopleFrame& frame, const PeopleRules& rules, const economy::Array& stock);

  [[nodiscard]] std::size_t cell(std::size_t region, std::size_t group) const { return group * regions + region; }
};

}  // namespace pericore::dynamics

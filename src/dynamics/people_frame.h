/// What is settled about agents before the first of them: which groups have them, how many persons each stands for, where they come from and
/// how long ago they came of age; docs/model.md#people.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dynamics/destination_tables.h"
#include "dynamics/fundamentals.h"
#include "dynamics/spatial_kernels.h"
#include "numerics/inversion_table.h"

namespace pericore::dynamics {

struct PeopleFrame {
  std::uint64_t seed = 1;
  std::vector<bool> agents;             ///< by factor: a group of agents
  std::optional<Eigen::Index> migrant;  ///< the group that lives without local registration
  economy::Array worth;                 ///< [r,f] persons that an agent stands for who was the first time counted there
  std::vector<numerics::InversionTable>
      ages;  ///< by factor, years since people came of age; nothing to draw: nobody retires
  std::shared_ptr<const DestinationTables>
      origins;  ///< by place of a migrant, where he is registered; null: where he lives

  /// Whole agents that a stock of the base year makes.
  [[nodiscard]] economy::Array counts(const economy::Array& stock) const;
};

/// The frame of a run, from its calibrated base year. Who is registered where and for how long people have been of age is what the base
/// year's own conversions and turnover sustain.
/// @throws InputError  if a group of agents does not move by logit or not at all, or is not labour
[[nodiscard]] PeopleFrame people_frame(const economy::Economy& economy, const Parameters& parameters,
                                       const Fundamentals& fundamentals, const DynamicState& base,
                                       const SpatialKernels& spatial);

/// By factor, persons of a group who came of age so many years ago, where entry, turnover and conversion have gone on forever.
/// @param entrants  by factor [persons a year]
/// @param leaving   by factor, share that changes group [1/year]
/// @param to        by factor, the group changed into; -1: none
[[nodiscard]] std::vector<Eigen::ArrayXd> settled_ages(const economy::Vector& entrants, double turnover,
                                                       const economy::Vector& leaving,
                                                       const std::vector<Eigen::Index>& to);

}  // namespace pericore::dynamics

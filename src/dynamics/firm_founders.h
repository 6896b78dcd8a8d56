/// How productive those are who are founded: drawn from the entrants' distribution, or made after an incumbent that the founder saw.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dynamics/destination_tables.h"
#include "dynamics/firm_classes.h"
#include "dynamics/firm_rules.h"
#include "numerics/inversion_table.h"
#include "numerics/keyed_draws.h"

namespace pericore::dynamics {

class FirmFounders {
 public:
  /// @param domestic  domestic firms at the start of the year, by region [firms]
  /// @param seen      the same, [node, region]; empty where nobody imitates
  FirmFounders(const FirmClasses& classes, const FirmParameters& parameters, const MoveKernel& kernel,
               const economy::Vector& domestic, const economy::Array& seen);

  /// Node of a firm founded in a region.
  /// @param u      uniform in (0, 1): what the founder makes
  /// @param draws  further numbers of his, for whom he saw
  [[nodiscard]] std::size_t domestic_node(Eigen::Index region, double u, numerics::KeyedDraws& draws) const;

  [[nodiscard]] std::size_t foreign_node(double u) const { return entrants_.draw(u); }

 private:
  numerics::InversionTable entrants_;
  std::optional<DestinationTables> looked_in_;        ///< where a founder saw whom he imitates
  std::vector<numerics::InversionTable> incumbents_;  ///< by region
  std::vector<numerics::InversionTable> made_of_;     ///< by node of the incumbent
};

}  // namespace pericore::dynamics

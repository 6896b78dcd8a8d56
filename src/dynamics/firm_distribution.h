/// Firms of a sector as expected masses by region, owner, age and productivity: the exact mean field of the agents.
#pragma once

#include <array>

#include "dynamics/firm_population.h"

namespace pericore::dynamics {

class FirmDistribution final : public FirmPopulation {
 public:
  /// The distribution of the base year.
  FirmDistribution(std::shared_ptr<const FirmClasses> classes, const FirmCensus& census);

  /// Any distribution.
  /// @param state_founders  share of domestic founders that the state owns, by region [1]
  /// @param mass            by owner, [region, node x ages + age] [firms]
  FirmDistribution(std::shared_ptr<const FirmClasses> classes, economy::Vector state_founders,
                   std::array<economy::Array, n_firm_owners> mass);

  [[nodiscard]] FirmTotals totals() const override;
  [[nodiscard]] FirmStep step(const FirmParameters& parameters, const FirmRules& rules) const override;
  [[nodiscard]] PopulationRecord record() const override;
  [[nodiscard]] std::shared_ptr<const FirmPopulation> restored(const PopulationRecord& record) const override;

  /// Firms of an owner, [region, node x ages + age] [firms].
  [[nodiscard]] const economy::Array& mass(FirmOwner owner) const { return mass_[static_cast<std::size_t>(owner)]; }

 private:
  [[nodiscard]] economy::Array& of(FirmOwner owner) { return mass_[static_cast<std::size_t>(owner)]; }
  [[nodiscard]] economy::Array entrants_by_node(const FirmParameters& parameters, const FirmRules& rules) const;

  std::shared_ptr<const FirmClasses> classes_;
  economy::Vector state_founders_;  ///< share of domestic founders that the state owns [1]
  std::array<economy::Array, n_firm_owners> mass_;
};

}  // namespace pericore::dynamics

/// Firms of one sector that differ: the mean field over classes of productivity and age, or agents; docs/model.md#firms.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dynamics/firm_classes.h"
#include "dynamics/firm_rules.h"
#include "dynamics/population_record.h"

namespace pericore::dynamics {

/// What firms of a sector sum up to; vectors by region.
struct FirmTotals {
  economy::Vector firms;            ///< n [firms]
  economy::Vector effective_firms;  ///< sum of size over firms, before the cell's constant ratio [firms]
  economy::Vector foreign_share;    ///< of the effective firms: of sales and profits [1]
};

/// Who passed which door; vectors by region [firms].
struct FirmDoors {
  economy::Vector exits;
  economy::Vector entries;
  economy::Vector foreign_entries;
  economy::Vector moved_out;
  std::vector<economy::Vector> moved_in;  ///< by search class
  Eigen::MatrixXd moved_between;          ///< [from,to]; empty unless the rules ask for it
};

struct FirmStep;

/// The firms of one sector at the start of a year. Never changes: a year makes another one.
class FirmPopulation {
 public:
  virtual ~FirmPopulation() = default;

  [[nodiscard]] virtual FirmTotals totals() const = 0;

  /// One year. Order: exit, relocation of survivors, entry (its pool counts domestic firms at the start).
  [[nodiscard]] virtual FirmStep step(const FirmParameters& parameters, const FirmRules& rules) const = 0;

  /// Records all that totals and steps depend on beside what `restored` is called on.
  [[nodiscard]] virtual PopulationRecord record() const = 0;

  /// The population of a record that one of the same sector and run made.
  [[nodiscard]] virtual std::shared_ptr<const FirmPopulation> restored(const PopulationRecord& record) const = 0;

 protected:
  FirmPopulation() = default;
  FirmPopulation(const FirmPopulation&) = default;
  FirmPopulation& operator=(const FirmPopulation&) = default;
};

struct FirmStep {
  std::shared_ptr<const FirmPopulation> next;
  FirmDoors doors;
};

/// Firms of a sector in the base year.
struct FirmCensus {
  economy::Vector firms;          ///< by region; 0 abroad
  economy::Vector foreign_share;  ///< of them [1]
  economy::Vector state_share;    ///< of them [1]
};

/// The firms of a sector in the base year in the form that the parameters ask for.
/// @param sector  its number, for the keys of draws
[[nodiscard]] std::shared_ptr<const FirmPopulation> firm_population(const FirmParameters& parameters,
                                                                    std::shared_ptr<const FirmClasses> classes,
                                                                    const FirmCensus& census, std::uint64_t seed,
                                                                    std::uint32_t sector);

}  // namespace pericore::dynamics

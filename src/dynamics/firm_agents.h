/// Firms of a sector one by one. Every draw belongs to (seed, sector, firm, year): the same for any number of threads and whatever
/// other firms do. docs/model.md#firms.
#pragma once

#include <array>
#include <functional>
#include <tuple>

#include "dynamics/firm_population.h"

namespace pericore::dynamics {

/// One firm, or the firms that one agent stands for.
struct Firm {
  std::uint64_t id;  ///< unique in its sector for the whole run: founding region, year, ordinal
  Eigen::Index region;
  Eigen::Index founded_in;  ///< region
  int born;                 ///< year of foundation, 0 the base year; negative before it
  double size;              ///< phi^(sigma-1) [1]
  FirmOwner owner;
  double firms;  ///< that it stands for
};

/// Agents of one sector as arrays, in chunks of bounded length: 14 bytes a firm.
class FirmAgents final : public FirmPopulation {
 public:
  /// Firms of the base year: whole numbers of agents by region, each worth firms / agents of its founding region; owners, sizes and ages by
  /// systematic sampling from the balanced distribution, so that sums differ from it by less than independent draws would.
  /// @throws InputError  if there are more than 65,535 regions
  FirmAgents(std::shared_ptr<const FirmClasses> classes, const FirmCensus& census, double firms_per_agent,
             std::uint64_t seed, std::uint32_t sector);

  [[nodiscard]] FirmTotals totals() const override;
  [[nodiscard]] FirmStep step(const FirmParameters& parameters, const FirmRules& rules) const override;
  [[nodiscard]] PopulationRecord record() const override;
  [[nodiscard]] std::shared_ptr<const FirmPopulation> restored(const PopulationRecord& record) const override;

  [[nodiscard]] std::size_t count() const;

  /// What is expected of these firms from here on: their exact mean field.
  [[nodiscard]] std::shared_ptr<const FirmPopulation> mean_field() const;

  /// Visits the agents in a fixed order.
  void visit(const std::function<void(const Firm&)>& visitor) const;

  /// Bytes that the agents' arrays take.
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Chunk {
    std::vector<std::uint64_t> id;
    std::vector<std::uint16_t> region;
    std::vector<std::int16_t> born;
    std::vector<std::uint8_t> node;
    std::vector<std::uint8_t> owner;

    [[nodiscard]] auto columns() { return std::tie(id, region, born, node, owner); }
    [[nodiscard]] auto columns() const { return std::tie(id, region, born, node, owner); }
  };
  struct Tally;
  struct Choices;

  struct WithoutFirms {};
  /// The sector of `other`, nobody in it yet.
  FirmAgents(const FirmAgents& other, WithoutFirms);
  void count_in(const Chunk& chunk, Tally& tally) const;
  void take(const Tally& tally);
  [[nodiscard]] Chunk survive(const Chunk& chunk, const Choices& choices, Chunk& room, Tally& tally) const;
  void found(const FirmParameters& parameters, const FirmRules& rules, const FirmAgents& before, FirmDoors& doors,
             Tally& tally);

  std::shared_ptr<const FirmClasses> classes_;
  std::uint64_t seed_;
  std::uint32_t sector_;
  int year_ = 0;                    ///< 0 in the base year, one more after each step
  economy::Vector worth_;           ///< firms that an agent founded in a region stands for
  economy::Vector state_founders_;  ///< share of domestic founders that the state owns [1]
  std::vector<Chunk> chunks_;
  economy::Vector domestic_;  ///< by region [firms]
  economy::Vector foreign_;
  economy::Vector domestic_size_;  ///< sum of sizes [firms]
  economy::Vector foreign_size_;
  economy::Array seen_;  ///< [node, region] domestic firms, where founders imitate
};

}  // namespace pericore::dynamics

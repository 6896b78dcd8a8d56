/// Firms one by one in the result: what a business register would show of a sample of them; docs/firms.md.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "panel/checkpoint.h"
#include "panel/dataset.h"
#include "simulation/model.h"
#include "simulation/year_record.h"

namespace pericore::simulation {

/// Dimension of the firms' variables.
inline constexpr const char* firm_rows = "firm_row";

/// Rows of firms and years, those of a year together. The same firms are in the sample every year as long as they live: by key, not by
/// draw.
class FirmSample {
 public:
  explicit FirmSample(const Model& model);

  /// Adds the sampled firms of a year, in the order of sectors and of the agents' arrays; nothing in years that are left out.
  void add(const YearRecord& record);

  /// Adds dimension and variables `firm_*` to the panel where the scenario asks for them.
  void write(panel::Dataset& dataset);

  void save(panel::Checkpoint& checkpoint) const;
  void restore(const panel::Checkpoint& checkpoint);

 private:
  enum Whole : std::size_t { year, id, sector, region, founded_in, founded, owner, n_whole };
  enum Number : std::size_t { firms, size, sales, employment, longitude, latitude, n_numbers };

  const Model& model_;
  std::array<std::vector<std::int64_t>, n_whole> whole_;
  std::array<std::vector<double>, n_numbers> numbers_;
};

}  // namespace pericore::simulation

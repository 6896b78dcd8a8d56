/// A table cut into periods, and its sizes by region and sector.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>
#include <vector>

#include "indices/notes.h"
#include "indices/request.h"

namespace pericore::indices {

/// Rows of one period.
struct Slice {
  std::optional<long> time;
  std::vector<std::size_t> rows;
};

/// "Changchun 2005", "2005", "Changchun" or "".
[[nodiscard]] std::string where(const std::string& entity, const std::optional<long>& time);

/// Periods in ascending order; one without `time`.
/// @throws InputError  if a time is missing or no whole number
[[nodiscard]] std::vector<Slice> slices(const panel::Table& table, const std::optional<std::string>& time);

/// Sizes of one period.
struct SectorTable {
  std::optional<long> time;
  std::vector<std::string> entities;
  std::vector<std::string> sectors;
  Eigen::ArrayXXd size;        ///< entities x sectors, >= 0
  Eigen::ArrayXd total;        ///< by entity, >= 0
  Eigen::ArrayXd herfindahl;   ///< by sector, of plants; NaN where unknown
  Eigen::ArrayXXd plant_size;  ///< entities x sectors: from plants where given, else size

  /// Shares of each region in all employment; NaN where there is none.
  [[nodiscard]] Eigen::ArrayXd region_shares() const { return total / total.sum(); }
};

/// The sector tables of all periods. Regions with a missing number are left out and noted.
/// @throws InputError  negative sizes, sectors above the total, plants in unknown regions: one a line
[[nodiscard]] std::vector<SectorTable> sector_tables(const panel::Table& table, const Request& request, Notes& notes);

}  // namespace pericore::indices

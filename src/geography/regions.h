/// The regions of a country as a table, and its reduction to a part of the country and the rest.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pericore::geography {

/// A further column of words, e.g. a tier.
struct TextColumn {
  std::string name;
  std::vector<std::string> values;  ///< by region
};

/// A further column of numbers, e.g. a city's built-up area.
struct NumericColumn {
  std::string name;
  Eigen::ArrayXd values;  ///< by region, unit as the file says; NaN where missing
};

/// One row a region; all columns have the same length.
struct RegionTable {
  std::vector<std::string> ids;  ///< unique
  std::vector<std::string> names;
  std::vector<std::string> provinces;
  std::vector<std::string> macro_regions;
  Eigen::ArrayXd longitude;   ///< of the seat of government [degrees east], -180 to 180
  Eigen::ArrayXd latitude;    ///< of the seat [degrees north], -90 to 90
  Eigen::ArrayXd area_km2;    ///< [km2], > 0
  Eigen::ArrayXd population;  ///< [persons], >= 0
  std::vector<TextColumn> text;
  std::vector<NumericColumn> numeric;

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(ids.size()); }
};

/// All faults of a table, one sentence each; empty if it can be used.
[[nodiscard]] std::vector<std::string> problems(const RegionTable& table);

/// Row of the region with this id, or else of the only region with this name.
/// @return none where nothing fits, or several regions bear the name
[[nodiscard]] std::optional<Eigen::Index> find_region(const RegionTable& table, std::string_view id_or_name);

/// Words of a column: id, name, province, macro_region or the name of a text column.
/// @throws DomainError  if there is no such column
[[nodiscard]] std::span<const std::string> text_column(const RegionTable& table, std::string_view name);

/// Numbers of a column: longitude, latitude, area_km2, population or the name of a numeric column.
/// @throws DomainError  if there is no such column
[[nodiscard]] const Eigen::ArrayXd& numeric_column(const RegionTable& table, std::string_view name);

/// Codes 0, 1, ... of words in the order of their first appearance: equal words, equal codes.
[[nodiscard]] Eigen::ArrayXi category_codes(std::span<const std::string> words);

/// Who ranks where among the regions that share a group.
struct TierRule {
  std::vector<std::string> groups;  ///< by region; empty: one group
  Eigen::ArrayXd rank_by;           ///< by region, largest first; NaN last
  Eigen::Index core = 1;            ///< first ranks of a group, >= 0
  Eigen::Index second_centre = 1;   ///< ranks after those, >= 0
};

/// "core", "second_centre" or "periphery" by region. Ties keep the order of the rows.
/// @throws DomainError  if columns differ in length
[[nodiscard]] std::vector<std::string> tiers(const TierRule& rule);

/// The rows with keep[i] != 0, in their order.
/// @throws DomainError  if the mask has another length
[[nodiscard]] RegionTable subset(const RegionTable& table, const std::vector<char>& keep);

struct AggregatedRegions {
  RegionTable table;                  ///< the kept rows in their order, then the merged one (if any row was not kept)
  std::vector<Eigen::Index> mapping;  ///< by old row: its row in `table`
};

/// Merges all rows that are not kept into one last region with `name` for its id and name.
///
/// Population, area and the `extensive` columns are summed (NaN if a part is missing); other numbers become means weighted by
/// population. The seat is the population-weighted centre of the members' seats on the sphere. Words that all members share
/// stay; where they differ the cell becomes `name`, so that the rest of a country is a province of its own.
///
/// @throws DomainError  if the mask has another length, an extensive column does not exist or the id is taken
[[nodiscard]] AggregatedRegions aggregate(const RegionTable& table, const std::vector<char>& keep,
                                          const std::string& name, std::span<const std::string> extensive = {});

}  // namespace pericore::geography

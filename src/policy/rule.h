/// Policies that react: where the figures of the year before meet a condition (docs/levers.md#rules).
#pragma once

#include <Eigen/Core>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "policy/entry.h"

namespace pericore::policy {

/// A variable of one year: one number, by region, by sector, or both.
struct Figure {
  bool by_region = false;
  bool by_sector = false;
  Eigen::ArrayXXd values;  ///< (regions or 1) x (sectors or 1); NaN where undefined
};

/// By name.
using Figures = std::map<std::string, Figure, std::less<>>;

/// Cells in which an entry is in force, regions x sectors, 1 or 0; an entry without a rule has none: everywhere.
using Cells = Eigen::Array<char, Eigen::Dynamic, Eigen::Dynamic>;

/// A condition on figures, compiled by whoever reads conditions. A cell whose figures are missing does not meet it.
struct Rule {
  std::string text;                    ///< as it was written
  std::vector<std::string> variables;  ///< that it reads, each once
  bool by_region = false;              ///< whether it may differ between regions
  bool by_sector = false;
  std::function<Cells(const Figures& figures)> cells;  ///< regions x sectors; pure
};

/// Names of all variables that rules of the entries read, each once.
[[nodiscard]] std::vector<std::string> variables_of_rules(std::span<const PolicyEntry> entries);

/// By entry: the cells in which its rule holds, empty for entries without one. No entry has a rule: empty.
/// @throws DomainError  if a figure is missing
[[nodiscard]] std::vector<Cells> cells_in_force(std::span<const PolicyEntry> entries, const Figures& figures);

/// Share of the entry's full size in each region: intensity of the schedule times the share of its target sectors in which its rule
/// holds; 0 where it has no target.
/// @param cells  of cells_in_force(), or empty
[[nodiscard]] Eigen::ArrayXd intensity_by_region(const PolicyEntry& entry, const Cells& cells,
                                                 const std::vector<char>& regions,
                                                 const std::vector<Eigen::Index>& sectors, int year);

}  // namespace pericore::policy

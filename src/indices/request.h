/// What to measure, and the answer: the indices of a table (docs/estimators/indices.md). How a user writes it: config/indices_spec.h.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "indices/coupling.h"
#include "indices/k_density.h"
#include "indices/spatial_autocorrelation.h"
#include "panel/table.h"

namespace pericore::indices {

/// What an index is computed from.
enum class Source {
  sectors,    ///< a table of regions x sectors
  pairs,      ///< the same, for pairs of sectors or classes
  classes,    ///< the same, for classes of sectors
  plants,     ///< sizes of plants, or a table of regions x sectors with Herfindahl indices
  variables,  ///< one variable across entities
  groups,     ///< the same, with groups of entities
  summary,    ///< one variable across entities, whole and by groups where these are given
  spatial,    ///< one variable and spatial weights
  points,     ///< places of plants
  coupling,   ///< indicators of subsystems
};

struct IndexKind {
  std::string name;
  Source source;
  std::string meaning;  ///< in a few words, for --help and messages
};

/// All indices, in the order of the documentation.
[[nodiscard]] const std::vector<IndexKind>& index_kinds();
/// Null for an unknown name.
[[nodiscard]] const IndexKind* find_index(std::string_view name);

/// Sizes of plants.
struct Plants {
  panel::Table table;
  std::string entity;
  std::string sector;
  std::string value;
  std::optional<std::string> time;
};

/// Places of plants.
struct Points {
  panel::Table table;
  std::string latitude;
  std::string longitude;
  std::string sector;
  std::optional<std::string> value;  ///< employment; each plant counts one without
  std::optional<std::string> time;
  KDensityOptions options;
};

/// A subsystem by its columns.
struct SubsystemColumns {
  std::string name;
  std::vector<std::string> columns;
  std::vector<char> lower_better;  ///< by column
  double coefficient = 1.0;
};

/// All names of columns are columns of the table.
struct Request {
  std::vector<std::string> indices;
  std::string entity;
  std::optional<std::string> time;

  std::vector<std::pair<std::string, std::string>> sectors;  ///< wide: name and column of each sector
  std::optional<std::pair<std::string, std::string>> tall;   ///< long: column of the sector, column of the value
  std::vector<std::pair<std::string, std::vector<std::string>>> classes;  ///< name and sectors
  std::vector<std::pair<std::string, std::string>> pairs;                 ///< of sectors or classes
  std::optional<std::string> total;                                       ///< column of region totals
  std::optional<Plants> plants;
  std::map<std::string, double> herfindahl;  ///< of plants, by sector

  std::vector<std::string> variables;
  std::optional<std::string> population;
  std::optional<std::string> groups;
  bool pooled = false;        ///< summaries over all periods together
  long top = 0;               ///< ranks up to this one; 0: all
  std::vector<long> periods;  ///< periods to show of variables; empty: all

  std::optional<WeightMatrix> weights;  ///< raw, in the order of panel::code of the entity column
  bool row_standardise = true;
  Permutations permutations;

  std::optional<Points> points;
  std::vector<SubsystemColumns> subsystems;
  IndicatorWeights indicator_weights = IndicatorWeights::entropy;
};

/// One number. Keys that do not apply are empty.
struct IndexRow {
  std::string index;
  std::string entity;
  std::optional<long> time;
  std::string sector;  ///< also the variable, "a:b" or the class
  double value = undefined;
  std::vector<std::pair<std::string, double>> fields;
  std::string grade;  ///< name of the grade of coordination; else empty
};

struct Measurement {
  std::vector<IndexRow> rows;      ///< by index as asked for, time, sector, entity
  std::vector<std::string> notes;  ///< why values are empty, rows left out
};

/// @throws InputError  if the table does not suit the request: all faults, one a line
[[nodiscard]] Measurement measure(const panel::Table& table, const Request& request);

}  // namespace pericore::indices

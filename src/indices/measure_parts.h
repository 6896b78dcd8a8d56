/// The parts of measure(), by source of the indices.
#pragma once

#include <functional>

#include "indices/notes.h"
#include "indices/request.h"
#include "indices/slices.h"

namespace pericore::indices::detail {

using Rows = std::vector<IndexRow>;

/// Values that came out empty are noted under `where`.
void push(Rows& rows, Notes& notes, IndexRow row, const std::string& reason);

void measure_sectors(const std::string& index, const std::vector<SectorTable>& tables, const Request& request,
                     Rows& rows, Notes& notes);
void measure_variable(const std::string& index, const panel::Table& table, const std::vector<Slice>& slices,
                      const Request& request, Rows& rows, Notes& notes);
void measure_spatial(const std::string& index, const panel::Table& table, const std::vector<Slice>& slices,
                     const Request& request, Rows& rows, Notes& notes);

/// @param slices  one with all rows where periods are pooled
void measure_summary(const std::string& index, const panel::Table& table, const std::vector<Slice>& slices,
                     const Request& request, Rows& rows, Notes& notes);
void measure_rank(const panel::Table& table, const std::vector<Slice>& slices, const Request& request, Rows& rows,
                  Notes& notes);

/// K-densities of all sectors and periods, computed once for the indices that show them.
class Densities {
 public:
  Densities(const Points& points, Notes& notes);
  void add(const std::string& index, Rows& rows, Notes& notes) const;

 private:
  struct One {
    std::optional<long> time;
    std::string sector;
    KDensity density;
  };
  std::vector<One> all_;
};

/// Coupling of all complete rows, computed once for the indices that show it.
class CouplingRows {
 public:
  CouplingRows(const panel::Table& table, const Request& request, Notes& notes);
  void add(const std::string& index, Rows& rows, Notes& notes) const;

 private:
  std::vector<SubsystemColumns> subsystems_;
  std::vector<std::string> entities_;
  std::vector<std::optional<long>> times_;
  Coupling coupling_;
};

}  // namespace pericore::indices::detail

#include "indices/slices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "base/errors.h"
#include "base/spelling.h"

namespace pericore::indices {
namespace {

using Eigen::ArrayXd;
using Eigen::ArrayXXd;

/// Collects faults of data; a data set may have thousands of one kind.
class DataFaults {
 public:
  void add(std::string text) {
    if (++count_ <= most_) lines_ += (lines_.empty() ? "" : "\n") + std::move(text);
  }
  void raise_if_any() const {
    if (count_ > most_) throw InputError(fmt::format("{}\n... {} in all", lines_, count_));
    if (count_ > 0) throw InputError(lines_);
  }

 private:
  long count_ = 0;
  long most_ = 20;
  std::string lines_;
};

std::optional<Slice*> at_time(std::vector<Slice>& slices, const std::optional<long>& time) {
  for (Slice& slice : slices) {
    if (slice.time == time) return &slice;
  }
  return std::nullopt;
}

/// Entities of a slice in natural order, each once.
struct Regions {
  const panel::Coding& coding;      ///< of all rows of the table
  std::vector<std::string> labels;  ///< of the slice
  std::vector<Eigen::Index> place;  ///< by code; -1 where the slice has no such entity

  [[nodiscard]] Eigen::Index of_row(std::size_t row) const { return place[coding.codes[row]]; }
  [[nodiscard]] Eigen::Index of_label(const std::string& label) const {
    const auto found = std::find(labels.begin(), labels.end(), label);
    return found == labels.end() ? -1 : found - labels.begin();
  }
};

Regions regions_of(const panel::Coding& coding, const std::string& entity, const Slice& slice) {
  Regions regions{.coding = coding, .labels = {}, .place = {}};
  std::set<int> present;
  for (const std::size_t row : slice.rows) {
    if (coding.codes[row] < 0) throw InputError(fmt::format("row {}: no {}", row + 1, entity));
    present.insert(coding.codes[row]);
  }
  regions.place.assign(static_cast<std::size_t>(coding.count()), -1);
  for (const int code : present) {
    regions.place[code] = static_cast<Eigen::Index>(regions.labels.size());
    regions.labels.push_back(coding.labels[code]);
  }
  return regions;
}

std::vector<std::string> labels_of(const panel::Table& table, const std::string& column) {
  return panel::code(table.column(column)).labels;
}

std::unordered_map<std::string, Eigen::Index> places(const std::vector<std::string>& labels) {
  std::unordered_map<std::string, Eigen::Index> result;
  for (std::size_t i = 0; i < labels.size(); ++i) result.emplace(labels[i], static_cast<Eigen::Index>(i));
  return result;
}

void read_wide(const panel::Table& table, const Request& request, const Slice& slice, const Regions& regions,
               SectorTable& result) {
  for (std::size_t j = 0; j < request.sectors.size(); ++j) {
    const panel::Column& column = table.column(request.sectors[j].second);
    for (const std::size_t row : slice.rows)
      result.size(regions.of_row(row), static_cast<Eigen::Index>(j)) = column.numbers[row];
  }
}

/// Rows of the same region and sector add up; absent ones are zero.
void read_tall(const panel::Table& table, const Request& request, const Slice& slice, const Regions& regions,
               SectorTable& result, Notes& notes) {
  const auto place = places(result.sectors);
  const panel::Column& sector = table.column(request.tall->first);
  const panel::Column& value = table.column(request.tall->second);
  ArrayXXd seen = ArrayXXd::Zero(result.size.rows(), result.size.cols());
  for (const std::size_t row : slice.rows) {
    if (sector.missing(row)) throw InputError(fmt::format("row {}: no {}", row + 1, sector.name));
    const Eigen::Index i = regions.of_row(row);
    const Eigen::Index j = place.at(sector.label(row));
    result.size(i, j) += value.numbers[row];
    if (++seen(i, j) == 2.0)
      notes.added_up(fmt::format("{}, {}", where(regions.labels[i], slice.time), result.sectors[j]));
  }
}

/// Sizes and Herfindahl indices of plants, by sector of `result`.
void read_plants(const Plants& plants, const std::vector<std::size_t>& rows, const Regions& regions,
                 SectorTable& result, DataFaults& faults) {
  const auto place = places(result.sectors);
  const panel::Column& entities = plants.table.column(plants.entity);
  const panel::Column& sectors = plants.table.column(plants.sector);
  const panel::Column& values = plants.table.column(plants.value);
  const ArrayXXd empty = ArrayXXd::Zero(result.size.rows(), result.size.cols());
  result.plant_size = empty;
  ArrayXd squares = ArrayXd::Zero(empty.cols());
  for (const std::size_t row : rows) {
    const std::string entity = entities.label(row);
    const std::string sector = sectors.label(row);
    const double value = values.numbers[row];
    const Eigen::Index i = regions.of_label(entity);
    const auto j = place.find(sector);
    if (i < 0) {
      faults.add(fmt::format("plants, row {}: region '{}' is not in the data{}", row + 1, entity,
                             did_you_mean(entity, regions.labels)));
    } else if (j == place.end()) {
      faults.add(fmt::format("plants, row {}: sector '{}' is not in the data{}", row + 1, sector,
                             did_you_mean(sector, result.sectors)));
    } else if (!(value >= 0.0)) {
      faults.add(fmt::format("plants, row {}: {} is {}; allowed: at least 0", row + 1, plants.value,
                             std::isnan(value) ? "missing" : fmt::format("{}", value)));
    } else {
      result.plant_size(i, j->second) += value;
      squares(j->second) += value * value;
    }
  }
  result.herfindahl = squares / result.plant_size.colwise().sum().transpose().square();
}

void check(const SectorTable& result, const std::optional<std::string>& total, DataFaults& faults) {
  for (Eigen::Index i = 0; i < result.size.rows(); ++i) {
    const std::string place = where(result.entities[i], result.time);
    for (Eigen::Index j = 0; j < result.size.cols(); ++j) {
      if (result.size(i, j) < 0.0)
        faults.add(fmt::format("{}: {} is {}; allowed: at least 0", place, result.sectors[j], result.size(i, j)));
      if (total && result.size(i, j) > result.total(i) * (1.0 + 1e-9))
        faults.add(fmt::format("{}: {} is {}, above the region's {} of {}", place, result.sectors[j], result.size(i, j),
                               *total, result.total(i)));
    }
    if (result.total(i) < 0.0)
      faults.add(fmt::format("{}: {} is {}; allowed: at least 0", place, *total, result.total(i)));
  }
}

void drop_incomplete(SectorTable& table, Notes& notes) {
  std::vector<Eigen::Index> keep;
  for (Eigen::Index i = 0; i < table.size.rows(); ++i) {
    if (table.size.row(i).isNaN().any() || std::isnan(table.total(i))) {
      notes.left_out("a number of the region is missing", where(table.entities[i], table.time));
    } else {
      keep.push_back(i);
    }
  }
  if (static_cast<Eigen::Index>(keep.size()) == table.size.rows()) return;
  std::vector<std::string> entities;
  for (const Eigen::Index i : keep) entities.push_back(table.entities[i]);
  table.entities = std::move(entities);
  table.size = ArrayXXd(table.size(keep, Eigen::all));
  table.plant_size = ArrayXXd(table.plant_size(keep, Eigen::all));
  table.total = ArrayXd(table.total(keep));
}

std::vector<std::string> sector_names(const panel::Table& table, const Request& request) {
  std::vector<std::string> names;
  if (request.tall) return labels_of(table, request.tall->first);
  for (const auto& [name, column] : request.sectors) names.push_back(name);
  if (names.empty() && request.plants) names = labels_of(request.plants->table, request.plants->sector);
  return names;
}

}  // namespace

std::string where(const std::string& entity, const std::optional<long>& time) {
  if (!time) return entity;
  return entity.empty() ? fmt::format("{}", *time) : fmt::format("{} {}", entity, *time);
}

std::vector<Slice> slices(const panel::Table& table, const std::optional<std::string>& time) {
  std::vector<Slice> result;
  if (!time) {
    result.push_back({});
    for (std::size_t row = 0; row < table.row_count(); ++row) result.back().rows.push_back(row);
    return result;
  }
  const panel::Column& column = table.column(*time);
  if (column.is_text) throw InputError(fmt::format("time: column '{}' is no column of whole numbers", *time));
  std::map<long, std::vector<std::size_t>> by_time;
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    const double value = column.numbers[row];
    if (!(std::abs(value) < 1e15) || std::nearbyint(value) != value)
      throw InputError(fmt::format("row {}: {} is {}, expected a whole number", row + 1, *time,
                                   std::isnan(value) ? "missing" : fmt::format("{}", value)));
    by_time[static_cast<long>(value)].push_back(row);
  }
  for (auto& [when, rows] : by_time) result.push_back({when, std::move(rows)});
  return result;
}

std::vector<SectorTable> sector_tables(const panel::Table& table, const Request& request, Notes& notes) {
  const std::vector<std::string> sectors = sector_names(table, request);
  const auto columns = static_cast<Eigen::Index>(sectors.size());
  const bool has_sizes = request.tall || !request.sectors.empty();
  std::vector<Slice> plant_slices;
  if (request.plants) plant_slices = slices(request.plants->table, request.plants->time);
  const panel::Coding coding = panel::code(table.column(request.entity));
  const panel::Column* totals = request.total ? &table.column(*request.total) : nullptr;
  DataFaults faults;
  std::vector<SectorTable> result;
  for (const Slice& slice : slices(table, request.time)) {
    const Regions regions = regions_of(coding, request.entity, slice);
    SectorTable one;
    one.time = slice.time;
    one.entities = regions.labels;
    one.sectors = sectors;
    one.size = ArrayXXd::Zero(static_cast<Eigen::Index>(regions.labels.size()), columns);
    one.herfindahl = ArrayXd::Constant(columns, undefined);
    if (request.tall) {
      read_tall(table, request, slice, regions, one, notes);
    } else {
      read_wide(table, request, slice, regions, one);
    }
    one.plant_size = one.size;
    if (request.plants) {
      const auto of_time = at_time(plant_slices, request.plants->time ? slice.time : std::nullopt);
      read_plants(*request.plants, of_time ? (*of_time)->rows : std::vector<std::size_t>(), regions, one, faults);
      if (!has_sizes) one.size = one.plant_size;
    } else {
      for (Eigen::Index j = 0; j < columns; ++j) {
        const auto found = request.herfindahl.find(sectors[j]);
        if (found != request.herfindahl.end()) one.herfindahl(j) = found->second;
      }
    }
    one.total = one.size.rowwise().sum();
    if (totals != nullptr) {
      one.total.setConstant(undefined);
      for (const std::size_t row : slice.rows) {
        const Eigen::Index i = regions.of_row(row);
        const double value = totals->numbers[row];
        if (!std::isnan(one.total(i)) && !std::isnan(value) && one.total(i) != value)
          faults.add(fmt::format("{}: {} differs between the rows of the region", where(one.entities[i], one.time),
                                 *request.total));
        if (!std::isnan(value)) one.total(i) = value;
      }
    }
    check(one, request.total, faults);
    drop_incomplete(one, notes);
    result.push_back(std::move(one));
  }
  faults.raise_if_any();
  return result;
}

}  // namespace pericore::indices

#include "geography/regions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <set>

#include "base/errors.h"
#include "geography/preconditions.h"

namespace pericore::geography {

namespace {

using Rows = std::vector<Eigen::Index>;

Rows rows_where(const std::vector<char>& keep, bool kept) {
  Rows rows;
  for (std::size_t row = 0; row < keep.size(); ++row) {
    if ((keep[row] != 0) == kept) rows.push_back(static_cast<Eigen::Index>(row));
  }
  return rows;
}

std::vector<std::string> pick(const std::vector<std::string>& values, const Rows& rows) {
  std::vector<std::string> picked;
  picked.reserve(rows.size());
  for (const Eigen::Index row : rows) picked.push_back(values[row]);
  return picked;
}

Eigen::ArrayXd pick(const Eigen::ArrayXd& values, const Rows& rows) { return values(rows); }

void append(Eigen::ArrayXd& values, double value) {
  values.conservativeResize(values.size() + 1);
  values[values.size() - 1] = value;
}

/// What the rows agree on, or `otherwise`.
std::string common_word(const std::vector<std::string>& values, const Rows& rows, const std::string& otherwise) {
  const std::string& first = values[rows.front()];
  const bool agreed = std::ranges::all_of(rows, [&](Eigen::Index row) { return values[row] == first; });
  return agreed ? first : otherwise;
}

struct Seat {
  double longitude;
  double latitude;
};

/// Mean of directions, which does not break at the date line as a mean of longitudes would.
Seat centre_of_seats(const RegionTable& table, const Rows& rows, const Eigen::ArrayXd& weight) {
  const double degree = std::numbers::pi / 180.0;
  const Eigen::ArrayXd lambda = pick(table.longitude, rows) * degree;
  const Eigen::ArrayXd phi = pick(table.latitude, rows) * degree;
  const double x = (weight * phi.cos() * lambda.cos()).sum();
  const double y = (weight * phi.cos() * lambda.sin()).sum();
  const double z = (weight * phi.sin()).sum();
  return {.longitude = std::atan2(y, x) / degree, .latitude = std::atan2(z, std::hypot(x, y)) / degree};
}

void check_text(const RegionTable& table, const std::vector<std::string>& values, std::string_view name,
                std::vector<std::string>& faults) {
  if (static_cast<Eigen::Index>(values.size()) != table.size()) {
    faults.push_back(fmt::format("column {} has {} values for {} regions", name, values.size(), table.size()));
  }
}

void check_numbers(const RegionTable& table, const Eigen::ArrayXd& values, std::string_view name, double lowest,
                   double highest, std::vector<std::string>& faults) {
  if (values.size() != table.size()) {
    faults.push_back(fmt::format("column {} has {} values for {} regions", name, values.size(), table.size()));
    return;
  }
  for (Eigen::Index row = 0; row < values.size(); ++row) {
    if (!(values[row] >= lowest && values[row] <= highest)) {
      faults.push_back(
          fmt::format("region '{}': {} is {}, allowed: {} to {}", table.ids[row], name, values[row], lowest, highest));
    }
  }
}

}  // namespace

std::vector<std::string> problems(const RegionTable& table) {
  std::vector<std::string> faults;
  std::set<std::string_view> seen;
  for (const std::string& id : table.ids) {
    if (id.empty()) faults.push_back("a region has an empty id");
    if (!seen.insert(id).second) faults.push_back(fmt::format("region '{}' appears more than once", id));
  }
  check_text(table, table.names, "name", faults);
  check_text(table, table.provinces, "province", faults);
  check_text(table, table.macro_regions, "macro_region", faults);
  for (const TextColumn& column : table.text) check_text(table, column.values, column.name, faults);
  const double largest = std::numeric_limits<double>::max();
  check_numbers(table, table.longitude, "longitude", -180.0, 180.0, faults);
  check_numbers(table, table.latitude, "latitude", -90.0, 90.0, faults);
  check_numbers(table, table.area_km2, "area_km2", std::numeric_limits<double>::min(), largest, faults);
  check_numbers(table, table.population, "population", 0.0, largest, faults);
  for (const NumericColumn& column : table.numeric) {
    if (column.values.size() != table.size()) {
      faults.push_back(
          fmt::format("column {} has {} values for {} regions", column.name, column.values.size(), table.size()));
    }
  }
  return faults;
}

std::optional<Eigen::Index> find_region(const RegionTable& table, std::string_view id_or_name) {
  const auto id = std::ranges::find(table.ids, id_or_name);
  if (id != table.ids.end()) return id - table.ids.begin();
  const auto name = std::ranges::find(table.names, id_or_name);
  if (name == table.names.end() || std::find(name + 1, table.names.end(), id_or_name) != table.names.end())
    return std::nullopt;
  return name - table.names.begin();
}

std::span<const std::string> text_column(const RegionTable& table, std::string_view name) {
  if (name == "id") return table.ids;
  if (name == "name") return table.names;
  if (name == "province") return table.provinces;
  if (name == "macro_region") return table.macro_regions;
  const auto column = std::ranges::find(table.text, name, &TextColumn::name);
  if (column == table.text.end()) throw DomainError(fmt::format("regions have no text column '{}'", name));
  return column->values;
}

const Eigen::ArrayXd& numeric_column(const RegionTable& table, std::string_view name) {
  if (name == "longitude") return table.longitude;
  if (name == "latitude") return table.latitude;
  if (name == "area_km2") return table.area_km2;
  if (name == "population") return table.population;
  const auto column = std::ranges::find(table.numeric, name, &NumericColumn::name);
  if (column == table.numeric.end()) throw DomainError(fmt::format("regions have no numeric column '{}'", name));
  return column->values;
}

Eigen::ArrayXi category_codes(std::span<const std::string> words) {
  std::map<std::string_view, int> code_of;
  Eigen::ArrayXi codes(static_cast<Eigen::Index>(words.size()));
  for (Eigen::Index row = 0; row < codes.size(); ++row) {
    codes[row] = code_of.try_emplace(words[row], static_cast<int>(code_of.size())).first->second;
  }
  return codes;
}

std::vector<std::string> tiers(const TierRule& rule) {
  const auto count = static_cast<std::size_t>(rule.rank_by.size());
  if (!rule.groups.empty() && rule.groups.size() != count) throw DomainError("tiers: columns differ in length");
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto value = [&](std::size_t i) {
    const double x = rule.rank_by(static_cast<Eigen::Index>(i));
    return std::isnan(x) ? -std::numeric_limits<double>::infinity() : x;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
  std::map<std::string, Eigen::Index> ranks;
  std::vector<std::string> result(count);
  for (const std::size_t i : order) {
    const Eigen::Index rank = ranks[rule.groups.empty() ? std::string() : rule.groups[i]]++;
    result[i] = rank < rule.core ? "core" : rank < rule.core + rule.second_centre ? "second_centre" : "periphery";
  }
  return result;
}

RegionTable subset(const RegionTable& table, const std::vector<char>& keep) {
  require_size(static_cast<Eigen::Index>(keep.size()), table.size(), "keep");
  const Rows rows = rows_where(keep, true);
  RegionTable kept{.ids = pick(table.ids, rows),
                   .names = pick(table.names, rows),
                   .provinces = pick(table.provinces, rows),
                   .macro_regions = pick(table.macro_regions, rows),
                   .longitude = pick(table.longitude, rows),
                   .latitude = pick(table.latitude, rows),
                   .area_km2 = pick(table.area_km2, rows),
                   .population = pick(table.population, rows),
                   .text = {},
                   .numeric = {}};
  for (const TextColumn& column : table.text) kept.text.push_back({column.name, pick(column.values, rows)});
  for (const NumericColumn& column : table.numeric) kept.numeric.push_back({column.name, pick(column.values, rows)});
  return kept;
}

AggregatedRegions aggregate(const RegionTable& table, const std::vector<char>& keep, const std::string& name,
                            std::span<const std::string> extensive) {
  AggregatedRegions result{.table = subset(table, keep), .mapping = {}};
  RegionTable& reduced = result.table;
  Eigen::Index next = 0;
  for (const char kept : keep) result.mapping.push_back(kept ? next++ : reduced.size());
  for (const std::string& column : extensive) static_cast<void>(numeric_column(table, column));

  const Rows merged = rows_where(keep, false);
  if (merged.empty()) return result;
  if (std::ranges::find(reduced.ids, name) != reduced.ids.end()) {
    throw DomainError(fmt::format("the merged region cannot be called '{}': a kept region has this id", name));
  }
  // Members without any population count equally: their place is still defined.
  Eigen::ArrayXd weight = pick(table.population, merged);
  if (!(weight.sum() > 0.0)) weight.setOnes();
  weight /= weight.sum();

  const Seat seat = centre_of_seats(table, merged, weight);
  reduced.ids.push_back(name);
  reduced.names.push_back(name);
  reduced.provinces.push_back(common_word(table.provinces, merged, name));
  reduced.macro_regions.push_back(common_word(table.macro_regions, merged, name));
  append(reduced.longitude, seat.longitude);
  append(reduced.latitude, seat.latitude);
  append(reduced.area_km2, pick(table.area_km2, merged).sum());
  append(reduced.population, pick(table.population, merged).sum());
  for (std::size_t column = 0; column < table.text.size(); ++column) {
    reduced.text[column].values.push_back(common_word(table.text[column].values, merged, name));
  }
  for (std::size_t column = 0; column < table.numeric.size(); ++column) {
    const Eigen::ArrayXd members = pick(table.numeric[column].values, merged);
    const bool summed = std::ranges::find(extensive, table.numeric[column].name) != extensive.end();
    append(reduced.numeric[column].values, summed ? members.sum() : (weight * members).sum());
  }
  return result;
}

}  // namespace pericore::geography

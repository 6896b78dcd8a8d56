#include "config/build_regions.h"

#include <algorithm>
#include <map>
#include <numbers>
#include <set>

#include "config/csv.h"
#include "config/node.h"

namespace pericore::config {
namespace {

const Range coordinate_longitude = between(-180.0, 180.0);
const Range coordinate_latitude = between(-90.0, 90.0);

Eigen::ArrayXd to_array(const std::vector<double>& values) {
  return Eigen::Map<const Eigen::ArrayXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

/// Whether every cell of a column is a number: then it is one (a regional figure), else words.
bool is_numeric(const CsvTable& table, std::size_t column) {
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    const std::string_view text = table.text(row, column);
    if (!text.empty() && std::holds_alternative<std::string>(parse_number(text, ""))) return false;
  }
  return true;
}

geography::RegionTable read_table(const CsvTable& csv, Faults& faults) {
  geography::RegionTable table;
  table.ids = unique_column(csv, "id", faults);
  table.names = unique_column(csv, "name", faults);
  const auto optional_text = [&](std::string_view name) {
    return csv.column(name) ? text_column(csv, name, faults) : std::vector<std::string>(csv.row_count(), "");
  };
  table.provinces = optional_text("province");
  table.macro_regions = optional_text("macro_region");
  const auto optional_number = [&](std::string_view name, const Range& range, std::string_view unit, double fallback) {
    return to_array(csv.column(name) ? number_column(csv, name, range, unit, faults)
                                     : std::vector<double>(csv.row_count(), fallback));
  };
  table.longitude = optional_number("longitude", coordinate_longitude, "", 0.0);
  table.latitude = optional_number("latitude", coordinate_latitude, "", 0.0);
  table.area_km2 = optional_number("area_km2", above(0.0, 1e9), "km2", 1.0);
  table.population = optional_number("population", between(0.0, 1e11), "persons", 1.0);
  static const std::set<std::string, std::less<>> known = {"id",        "name",     "province", "macro_region",
                                                           "longitude", "latitude", "area_km2", "population"};
  for (std::size_t column = 0; column < csv.columns().size(); ++column) {
    const std::string& name = csv.columns()[column];
    if (known.contains(name)) continue;
    if (is_numeric(csv, column)) {
      table.numeric.push_back(
          {name, to_array(number_column(csv, name, {}, "", faults, std::numeric_limits<double>::quiet_NaN()))});
    } else {
      std::vector<std::string> words;
      for (std::size_t row = 0; row < csv.row_count(); ++row) words.emplace_back(csv.text(row, column));
      table.text.push_back({name, std::move(words)});
    }
  }
  return table;
}

/// Equal regions 1, 2, ... on a circle, or on the equator where they form a line, within one degree of the origin.
geography::RegionTable equal_regions(Eigen::Index count, bool line) {
  geography::RegionTable table;
  for (Eigen::Index r = 1; r <= count; ++r) table.ids.push_back(std::to_string(r));
  table.names = table.ids;
  table.provinces = table.ids;
  table.macro_regions = table.ids;
  if (line) {
    table.longitude = Eigen::ArrayXd::LinSpaced(count, count > 1 ? -1.0 : 0.0, count > 1 ? 1.0 : 0.0);
    table.latitude = Eigen::ArrayXd::Zero(count);
  } else {
    const Eigen::ArrayXd angle = Eigen::ArrayXd::LinSpaced(count + 1, 0.0, 2.0 * std::numbers::pi).head(count);
    table.longitude = angle.cos();
    table.latitude = angle.sin();
  }
  table.area_km2 = Eigen::ArrayXd::Ones(count);
  table.population = Eigen::ArrayXd::Ones(count);
  return table;
}

/// Members chosen by a map of columns to allowed values.
std::vector<char> select_members(const Settings& settings, const std::string& path,
                                 const geography::RegionTable& table) {
  std::vector<char> chosen(static_cast<std::size_t>(table.size()), 1);
  const std::vector<std::string> columns = text_columns(table);
  for (const auto& [column, values] : settings.texts_by_name(path)) {
    if (column == "except") continue;
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      settings.unknown_name(path + "." + column, "column", column, columns);
      continue;
    }
    const auto words = geography::text_column(table, column);
    const std::set<std::string> present(words.begin(), words.end());
    const std::vector<std::string> known(present.begin(), present.end());
    for (const std::string& value : values) {
      if (!present.contains(value)) settings.unknown_name(path + "." + column, column, value, known);
    }
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (std::find(values.begin(), values.end(), words[i]) == values.end()) chosen[i] = 0;
    }
  }
  return chosen;
}

}  // namespace

std::vector<std::string> text_columns(const geography::RegionTable& table) {
  std::vector<std::string> names = {"id", "name", "province", "macro_region"};
  for (const auto& column : table.text) names.push_back(column.name);
  return names;
}

std::vector<std::string> numeric_columns(const geography::RegionTable& table) {
  std::vector<std::string> names = {"longitude", "latitude", "area_km2", "population"};
  for (const auto& column : table.numeric) names.push_back(column.name);
  return names;
}

namespace {

/// Core, second centre, periphery: as the file says, else by rank.
void add_tiers(const Settings& settings, geography::RegionTable& table) {
  const auto given = text_columns(table);
  if (std::find(given.begin(), given.end(), "tier") != given.end()) {
    if (settings.has("regions.tiers"))
      settings.fault("regions.tiers", "the file of regions has a column 'tier' already");
    return;
  }
  if (const auto taken = numeric_columns(table); std::find(taken.begin(), taken.end(), "tier") != taken.end()) {
    if (settings.has("regions.tiers")) settings.fault("regions.tiers", "the column 'tier' of the file holds numbers");
    return;
  }
  const std::string within = settings.text("regions.tiers.within");
  const std::string by = settings.text("regions.tiers.by");
  geography::TierRule rule{.groups = {},
                           .rank_by = {},
                           .core = settings.integer("regions.tiers.core"),
                           .second_centre = settings.integer("regions.tiers.second_centre")};
  if (within != "country") {
    std::vector<std::string> known = given;
    if (std::find(known.begin(), known.end(), within) == known.end()) {
      known.emplace_back("country");
      settings.unknown_name("regions.tiers.within", "column", within, known);
      return;
    }
    const auto words = geography::text_column(table, within);
    rule.groups.assign(words.begin(), words.end());
  }
  const auto numbers = numeric_columns(table);
  if (std::find(numbers.begin(), numbers.end(), by) == numbers.end()) {
    settings.unknown_name("regions.tiers.by", "column of numbers", by, numbers);
    return;
  }
  rule.rank_by = geography::numeric_column(table, by);
  table.text.push_back({"tier", geography::tiers(rule)});
}

/// All rows of the file of regions, or as many equal regions as are asked for.
void read_members(const Settings& settings, RegionData& data) {
  Faults& faults = settings.faults();
  const OwnFaults own(faults);
  if (settings.has("regions.count")) {
    if (settings.has("regions.file")) {
      settings.fault("regions.count", "regions come from a file or are counted, not both; `file: null` drops the file");
      return;
    }
    data.members = equal_regions(settings.integer("regions.count"), settings.text("geography.layout") == "line");
  } else if (!settings.doubtful("regions.count")) {
    if (!settings.require("regions.file", "or `count` for equal regions")) return;
    const NamedAt file_at = settings.named_at("regions.file");
    const CsvTable csv = read_csv(settings.path("regions.file"), faults, &file_at);
    if (csv.columns().empty()) return;
    data.members = read_table(csv, faults);
    if (own.any()) return;
    for (const std::string& problem : geography::problems(data.members)) faults.add(csv.header_place(), "", problem);
    if (own.any()) return;
  }
  add_tiers(settings, data.members);
}

/// The row of the employment file for each member; faults where there is none, and for rows of no member.
std::vector<std::size_t> rows_of_members(const geography::RegionTable& members, const CsvTable& employment,
                                         const std::vector<std::string>& ids, Faults& faults) {
  std::map<std::string, std::size_t> row_of;
  for (std::size_t row = 0; row < ids.size(); ++row) row_of[ids[row]] = row;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < members.ids.size(); ++i) {
    const auto found = row_of.find(members.ids[i]);
    if (found == row_of.end()) {
      faults.add(employment.header_place(), "column 'id'",
                 "no row for region '" + members.ids[i] + "' (" + members.names[i] + ")");
      rows.push_back(0);
    } else {
      rows.push_back(found->second);
    }
  }
  const std::set<std::string> known(members.ids.begin(), members.ids.end());
  for (std::size_t row = 0; row < ids.size(); ++row) {
    if (!known.contains(ids[row]))
      cell_fault(employment, row, "id", "unknown region '" + ids[row] + "': not in the file of regions", faults);
  }
  return rows;
}

/// Employment by member and census section; where the members are not known, only the file itself is looked at.
void read_employment(const Settings& settings, bool members_known, RegionData& data) {
  Faults& faults = settings.faults();
  const NamedAt employment_at = settings.named_at("regions.employment");
  const CsvTable employment = read_csv(settings.path("regions.employment"), faults, &employment_at);
  if (!require_column(employment, "id", faults)) return;
  const OwnFaults of_ids(faults);
  const std::vector<std::string> ids = unique_column(employment, "id", faults);
  for (const std::string& column : employment.columns()) {
    if (column != "id") data.sections.push_back(column);
  }
  std::vector<std::size_t> rows;
  if (members_known && !of_ids.any()) rows = rows_of_members(data.members, employment, ids, faults);
  data.section_employment = Eigen::ArrayXXd::Zero(data.members.size(), static_cast<Eigen::Index>(data.sections.size()));
  const double scale = settings.number("regions.employment_scale");
  for (std::size_t j = 0; j < data.sections.size(); ++j) {
    const std::vector<double> counted =
        number_column(employment, data.sections[j], between(0.0, 1e11), "persons", faults);
    for (std::size_t i = 0; i < rows.size() && rows[i] < counted.size(); ++i) {
      data.section_employment(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = scale * counted[rows[i]];
    }
  }
}

/// The regions of the run: all members, or those of the detail and the rest as one.
void merge_members(const Settings& settings, RegionData& data) {
  if (!settings.has("regions.detail")) {
    data.table = data.members;
    data.mapping.resize(static_cast<std::size_t>(data.members.size()));
    for (std::size_t i = 0; i < data.mapping.size(); ++i) data.mapping[i] = static_cast<Eigen::Index>(i);
    return;
  }
  const OwnFaults own(settings.faults());
  const std::vector<char> keep = select_members(settings, "regions.detail", data.members);
  if (own.any()) return;
  if (std::none_of(keep.begin(), keep.end(), [](char k) { return k != 0; })) {
    settings.fault("regions.detail", "no region fits");
    return;
  }
  const std::string rest = settings.text("regions.rest");
  const auto same = geography::find_region(data.members, rest);
  if (same && keep[static_cast<std::size_t>(*same)] != 0) {
    settings.fault("regions.rest", "a region of the detail has this name already");
    return;
  }
  std::vector<std::string> extensive;
  for (const auto& column : data.members.numeric) extensive.push_back(column.name);
  auto merged = geography::aggregate(data.members, keep, rest, extensive);
  data.table = std::move(merged.table);
  data.mapping = std::move(merged.mapping);
}

void read_ports(const Settings& settings, RegionData& data) {
  if (settings.doubtful("rest_of_world.ports")) return;
  for (const std::string& port : settings.texts("rest_of_world.ports")) {
    if (const auto row = geography::find_region(data.members, port)) {
      data.ports.push_back(*row);
    } else {
      settings.unknown_name("rest_of_world.ports", "region", port, data.members.names);
    }
  }
}

}  // namespace

RegionData read_regions(const Settings& settings) {
  RegionData data;
  const OwnFaults own(settings.faults());
  data.abroad = settings.has("rest_of_world");
  read_members(settings, data);
  const bool members_known = !own.any() && data.members.size() > 0;
  const OwnFaults of_employment(settings.faults());
  if (settings.has("regions.employment")) read_employment(settings, members_known, data);
  data.counted = members_known && !of_employment.any() && !settings.doubtful("regions");
  if (!members_known) return data;
  const OwnFaults of_merging(settings.faults());
  merge_members(settings, data);
  const auto doubtful = [&](const char* key) { return settings.doubtful(std::string("regions.") + key); };
  data.sound = !of_merging.any() && !doubtful("file") && !doubtful("count") && !doubtful("detail") &&
               !doubtful("rest") && !doubtful("tiers");
  if (data.abroad) {
    read_ports(settings, data);
    const std::string name = settings.text("rest_of_world.name");
    if (geography::find_region(data.table, name))
      settings.fault("rest_of_world.name", "a region has this name already");
  }
  return data;
}

Eigen::ArrayXd sum_by_region(const RegionData& regions, const Eigen::Ref<const Eigen::ArrayXd>& values) {
  Eigen::ArrayXd sums = Eigen::ArrayXd::Zero(regions.table.size() + (regions.abroad ? 1 : 0));
  for (Eigen::Index i = 0; i < values.size(); ++i) sums(regions.mapping[static_cast<std::size_t>(i)]) += values(i);
  return sums;
}

std::vector<char> select_regions(const Settings& settings, const std::string& path, const RegionData& regions) {
  const geography::RegionTable& table = regions.table;
  const std::size_t faults_before = settings.faults().size();
  std::vector<char> chosen(static_cast<std::size_t>(table.size() + (regions.abroad ? 1 : 0)), 0);
  const auto mark = [&](const std::vector<std::string>& names, char value, const std::string& at) {
    for (const std::string& name : names) {
      if (const auto row = geography::find_region(table, name)) {
        chosen[static_cast<std::size_t>(*row)] = value;
      } else {
        settings.unknown_name(at, "region", name, table.names);
      }
    }
  };
  if (settings.is_map(path)) {
    const std::vector<char> members = select_members(settings, path, table);
    std::copy(members.begin(), members.end(), chosen.begin());
    for (const auto& [column, values] : settings.texts_by_name(path)) {
      if (column == "except") mark(values, 0, path + ".except");
    }
  } else if (settings.is_list(path)) {
    mark(settings.texts(path), 1, path);
  } else {
    std::fill(chosen.begin(), chosen.begin() + table.size(), 1);
  }
  const bool none = std::none_of(chosen.begin(), chosen.end(), [](char c) { return c != 0; });
  if (none && settings.faults().size() == faults_before) settings.fault(path, "no region fits");
  return chosen;
}

}  // namespace pericore::config

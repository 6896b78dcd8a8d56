#include "config/build_regions.h"

#include <algorithm>
#include <map>
#include <numbers>
#include <set>

#include "config/csv.h"
#include "config/node.h"
#include "geography/distance.h"
#include "geography/network.h"

namespace pericore::config {
namespace {

const Range coordinate_longitude = between(-180.0, 180.0);
const Range coordinate_latitude = between(-90.0, 90.0);
constexpr double highest_iceberg = 1e6;  // of a pair, as of `geography.iceberg`
constexpr double highest_distant_iceberg =
    1e100;  // over many steps: beyond, freeness is not a number that prices can be made of

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

/// Column names a selection may use.
std::vector<std::string> text_columns(const geography::RegionTable& table) {
  std::vector<std::string> names = {"id", "name", "province", "macro_region"};
  for (const auto& column : table.text) names.push_back(column.name);
  return names;
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

RegionData read_regions(const Settings& settings) {
  RegionData data;
  Faults& faults = settings.faults();
  if (settings.has("regions.count")) {
    if (settings.has("regions.file")) {
      settings.fault("regions.count", "regions come from a file or are counted, not both; `file: null` drops the file");
      return data;
    }
    data.members = equal_regions(settings.integer("regions.count"), settings.text("geography.layout") == "line");
  } else {
    if (!settings.require("regions.file", "or `count` for equal regions")) return data;
    const NamedAt file_at = settings.named_at("regions.file");
    const CsvTable csv = read_csv(settings.path("regions.file"), faults, &file_at);
    if (csv.columns().empty()) return data;
    data.members = read_table(csv, faults);
    if (!faults.empty()) return data;
    for (const std::string& problem : geography::problems(data.members)) faults.add(csv.header_place(), "", problem);
    if (!faults.empty()) return data;
  }

  if (settings.has("regions.employment")) {
    const NamedAt employment_at = settings.named_at("regions.employment");
    const CsvTable employment = read_csv(settings.path("regions.employment"), faults, &employment_at);
    if (employment.columns().empty()) return data;
    const std::vector<std::string> ids = unique_column(employment, "id", faults);
    std::map<std::string, std::size_t> row_of;
    for (std::size_t row = 0; row < ids.size(); ++row) row_of[ids[row]] = row;
    for (const std::string& column : employment.columns()) {
      if (column != "id") data.sections.push_back(column);
    }
    data.section_employment =
        Eigen::ArrayXXd::Zero(data.members.size(), static_cast<Eigen::Index>(data.sections.size()));
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < data.members.ids.size(); ++i) {
      const auto found = row_of.find(data.members.ids[i]);
      if (found == row_of.end()) {
        faults.add(employment.header_place(), "column 'id'",
                   "no row for region '" + data.members.ids[i] + "' (" + data.members.names[i] + ")");
        rows.push_back(0);
      } else {
        rows.push_back(found->second);
      }
    }
    const std::set<std::string> known(data.members.ids.begin(), data.members.ids.end());
    for (std::size_t row = 0; row < ids.size(); ++row) {
      if (!known.contains(ids[row]))
        cell_fault(employment, row, "id", "unknown region '" + ids[row] + "': not in the file of regions", faults);
    }
    const double scale = settings.number("regions.employment_scale");
    for (std::size_t j = 0; j < data.sections.size(); ++j) {
      const std::vector<double> counted =
          number_column(employment, data.sections[j], between(0.0, 1e11), "persons", faults);
      for (std::size_t i = 0; i < rows.size() && rows[i] < counted.size(); ++i) {
        data.section_employment(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = scale * counted[rows[i]];
      }
    }
    if (!faults.empty()) return data;
  }

  std::vector<std::string> extensive;
  for (const auto& column : data.members.numeric) extensive.push_back(column.name);
  if (settings.has("regions.detail")) {
    const std::vector<char> keep = select_members(settings, "regions.detail", data.members);
    if (!faults.empty()) return data;
    if (std::none_of(keep.begin(), keep.end(), [](char k) { return k != 0; })) {
      settings.fault("regions.detail", "no region fits");
      return data;
    }
    const std::string rest = settings.text("regions.rest");
    const auto same = geography::find_region(data.members, rest);
    if (same && keep[static_cast<std::size_t>(*same)] != 0) {
      settings.fault("regions.rest", "a region of the detail has this name already");
      return data;
    }
    auto merged = geography::aggregate(data.members, keep, rest, extensive);
    data.table = std::move(merged.table);
    data.mapping = std::move(merged.mapping);
  } else {
    data.table = data.members;
    data.mapping.resize(static_cast<std::size_t>(data.members.size()));
    for (std::size_t i = 0; i < data.mapping.size(); ++i) data.mapping[i] = static_cast<Eigen::Index>(i);
  }
  data.abroad = settings.has("rest_of_world");
  if (data.abroad) {
    for (const std::string& port : settings.texts("rest_of_world.ports")) {
      if (const auto row = geography::find_region(data.members, port)) {
        data.ports.push_back(*row);
      } else {
        settings.unknown_name("rest_of_world.ports", "region", port, data.members.names);
      }
    }
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

namespace {

/// Edges of a CSV file; faults go to the settings' collector.
std::vector<geography::NetworkEdge> read_edges(const Settings& settings, const std::string& path) {
  Faults& faults = settings.faults();
  std::vector<geography::NetworkEdge> edges;
  const NamedAt at = settings.named_at(path);
  const CsvTable csv = read_csv(settings.path(path), faults, &at);
  if (csv.columns().empty()) return edges;
  const auto from = text_column(csv, "from", faults);
  const auto to = text_column(csv, "to", faults);
  const auto length = number_column(csv, "length_km", between(0.0, 1e5), "km", faults);
  const auto speed = number_column(csv, "speed_kmh", above(0.0, 2000.0), "km/h", faults);
  constexpr int always = -10000;
  const auto opened = csv.column("opened") ? integer_column(csv, "opened", always, 10000, faults, always)
                                           : std::vector<int>(csv.row_count(), always);
  const auto closed = csv.column("closed") ? integer_column(csv, "closed", always, 10000, faults, 10000)
                                           : std::vector<int>(csv.row_count(), 10000);
  const auto mode = csv.column("mode");
  if (!faults.empty()) return edges;
  for (std::size_t i = 0; i < from.size(); ++i) {
    geography::NetworkEdge edge{.from = from[i],
                                .to = to[i],
                                .length_km = length[i],
                                .speed_kmh = speed[i],
                                .opened = opened[i],
                                .closed = {},
                                .mode = {}};
    if (closed[i] < 10000) edge.closed = closed[i];
    if (mode) edge.mode = std::string(csv.text(i, *mode));
    edges.push_back(std::move(edge));
  }
  return edges;
}

/// Nodes: those of the configuration, and the seat of every region under its name, so that edges may join regions directly.
std::vector<geography::NetworkNode> read_nodes(const Settings& settings, const geography::RegionTable& table) {
  std::vector<geography::NetworkNode> nodes;
  std::set<std::string> taken;
  if (settings.has("geography.network.nodes")) {
    Faults& faults = settings.faults();
    const NamedAt at = settings.named_at("geography.network.nodes");
    const CsvTable csv = read_csv(settings.path("geography.network.nodes"), faults, &at);
    if (csv.columns().empty()) return nodes;
    const auto ids = unique_column(csv, "id", faults);
    const auto longitude = number_column(csv, "longitude", coordinate_longitude, "", faults);
    const auto latitude = number_column(csv, "latitude", coordinate_latitude, "", faults);
    const auto region = csv.column("region");
    if (!faults.empty()) return nodes;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      geography::NetworkNode node{.id = ids[i], .longitude = longitude[i], .latitude = latitude[i], .region = {}};
      if (region && !csv.text(i, *region).empty()) node.region = std::string(csv.text(i, *region));
      taken.insert(node.id);
      nodes.push_back(std::move(node));
    }
  }
  for (Eigen::Index r = 0; r < table.size(); ++r) {
    const auto i = static_cast<std::size_t>(r);
    if (!taken.contains(table.names[i]))
      nodes.push_back({.id = table.names[i],
                       .longitude = table.longitude(r),
                       .latitude = table.latitude(r),
                       .region = table.ids[i]});
  }
  return nodes;
}

/// The network of the configuration with the edges of `extra` (a key path, or empty); none where there is neither.
std::optional<geography::TravelNetwork> read_network(const Settings& settings, const geography::RegionTable& table,
                                                     const std::string& extra) {
  const bool configured = settings.has("geography.network");
  if (!configured && extra.empty()) return {};
  geography::TravelNetwork network;
  network.nodes = read_nodes(settings, table);
  if (configured) network.edges = read_edges(settings, "geography.network.edges");
  if (!extra.empty()) {
    const auto more = read_edges(settings, extra);
    network.edges.insert(network.edges.end(), more.begin(), more.end());
  }
  if (!settings.faults().empty()) return {};
  for (const std::string& problem : geography::problems(network, table))
    settings.fault(extra.empty() ? "geography.network" : extra, problem);
  if (!settings.faults().empty()) return {};
  return network;
}

/// A file of pairs: which rows name known regions, and the number of each pair.
struct Pairs {
  CsvTable csv;
  struct Row {
    std::size_t row;
    Eigen::Index from;
    Eigen::Index to;
    double value;
  };
  std::vector<Row> rows;
};

/// Reads from, to and `column` of the CSV under `path`; faulty cells go to the settings' collector.
Pairs read_pairs(const Settings& settings, const std::string& path, const geography::RegionTable& table,
                 std::string_view column, const Range& range, std::string_view unit) {
  Faults& faults = settings.faults();
  const NamedAt at = settings.named_at(path);
  Pairs pairs{.csv = read_csv(settings.path(path), faults, &at), .rows = {}};
  if (pairs.csv.columns().empty()) return pairs;
  const auto from = text_column(pairs.csv, "from", faults);
  const auto to = text_column(pairs.csv, "to", faults);
  const auto values = number_column(pairs.csv, column, range, unit, faults);
  if (!faults.empty()) return pairs;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto r = geography::find_region(table, from[i]);
    const auto n = geography::find_region(table, to[i]);
    if (!r) cell_fault(pairs.csv, i, "from", "unknown region '" + from[i] + "'", faults);
    if (!n) cell_fault(pairs.csv, i, "to", "unknown region '" + to[i] + "'", faults);
    if (r && n) pairs.rows.push_back({i, *r, *n, values[i]});
  }
  return pairs;
}

/// Travel times given pair by pair; pairs that the file lacks keep those of `times`.
void read_matrix(const Settings& settings, const geography::RegionTable& table, Eigen::ArrayXXd& times) {
  for (const auto& pair : read_pairs(settings, "geography.matrix", table, "hours", between(0.0, 1e5), "h").rows)
    times(pair.from, pair.to) = pair.value;
}

/// Iceberg trade costs given pair by pair: all of them, or it would be unclear what the others are.
Eigen::ArrayXXd read_iceberg_matrix(const Settings& settings, const geography::RegionTable& table) {
  Faults& faults = settings.faults();
  const Eigen::Index count = table.size();
  Eigen::ArrayXXd iceberg = Eigen::ArrayXXd::Zero(count, count);
  const Pairs pairs =
      read_pairs(settings, "geography.iceberg_matrix", table, "iceberg", between(1.0, highest_iceberg), "1");
  if (!faults.empty()) return iceberg;
  for (const auto& pair : pairs.rows) {
    double& entry = iceberg(pair.from, pair.to);
    if (entry > 0.0) {
      cell_fault(pairs.csv, pair.row, "to",
                 "the trade cost from '" + table.names[static_cast<std::size_t>(pair.from)] + "' to '" +
                     table.names[static_cast<std::size_t>(pair.to)] + "' is given twice",
                 faults);
    }
    entry = pair.value;
  }
  Eigen::Index missing = 0;
  std::string first;
  for (Eigen::Index from = 0; from < count; ++from) {
    for (Eigen::Index to = 0; to < count; ++to) {
      if (iceberg(from, to) > 0.0) continue;
      if (from == to) {
        iceberg(from, to) = 1.0;
      } else if (++missing == 1) {
        first = "from '" + table.names[static_cast<std::size_t>(from)] + "' to '" +
                table.names[static_cast<std::size_t>(to)] + "'";
      }
    }
  }
  if (missing > 0) {
    faults.add(pairs.csv.header_place(), "column 'iceberg'",
               std::to_string(missing) + (missing == 1 ? " pair has" : " pairs have") + " no trade cost: " + first +
                   (missing == 1 ? "" : " and others"));
  }
  return iceberg;
}

/// Trade costs given outright, by layout or pair by pair; empty where they follow from travel times.
Eigen::ArrayXXd build_iceberg(const Settings& settings, const RegionData& regions) {
  const std::string key = settings.has("geography.iceberg_matrix") ? "geography.iceberg_matrix" : "geography.iceberg";
  if (settings.has("geography.iceberg_matrix") && settings.has("geography.iceberg")) {
    settings.fault(key, "trade costs come from a file or from `geography.iceberg`, not both; null drops one");
    return {};
  }
  if (settings.has("geography.layout") && !settings.has("geography.iceberg")) {
    settings.fault("geography.layout",
                   "says how far apart regions are, in steps of `geography.iceberg`, which is not given");
    return {};
  }
  if (!settings.has(key)) return {};
  if (regions.abroad) {
    settings.fault(key, "a rest_of_world has its trade costs from travel times");
    return {};
  }
  if (key == "geography.iceberg_matrix") return read_iceberg_matrix(settings, regions.table);
  const std::string word = settings.text("geography.layout");
  const auto layout = word == "ring"   ? geography::Layout::ring
                      : word == "line" ? geography::Layout::line
                                       : geography::Layout::pairs;
  Eigen::ArrayXXd iceberg = geography::layout_iceberg(layout, settings.number(key), regions.table.size());
  if (!(iceberg <= highest_distant_iceberg).all())
    settings.fault(key,
                   "the trade cost between the regions furthest apart exceeds 1e100: fewer regions, or a lower cost");
  return iceberg;
}

}  // namespace

std::map<std::string, geography::TravelTimeRule> travel_time_rules(const Settings& settings, const std::string& path,
                                                                   const geography::RegionTable& members) {
  std::map<std::string, geography::TravelTimeRule> rules;
  const std::set<std::string> present(members.provinces.begin(), members.provinces.end());
  for (const std::string& province : settings.names(path)) {
    const std::string key = join_key(path, province);
    if (!present.contains(province)) {
      settings.unknown_name(key, "province", province, std::vector<std::string>(present.begin(), present.end()));
      continue;
    }
    rules[province] = {settings.number(join_key(key, "intercept")), settings.number(join_key(key, "slope"))};
  }
  return rules;
}

Eigen::MatrixXd travel_times(const Settings& settings, const RegionData& regions, int year,
                             const TravelTimeChange& change) {
  const geography::RegionTable& members = regions.members;
  geography::TravelTimeParameters parameters;
  if (change.rule) {
    parameters.between = *change.rule;
    parameters.within = change.within;
  } else {
    parameters.between = {settings.number("geography.travel_time.intercept"),
                          settings.number("geography.travel_time.slope")};
    parameters.within = travel_time_rules(settings, "geography.travel_time_within", members);
  }
  parameters.access_time = settings.number("geography.access_time");
  parameters.local_speed = settings.number("geography.local_speed");
  parameters.local_radius_max = settings.number("geography.local_radius_max");
  if (!settings.faults().empty()) return {};

  const Eigen::ArrayXXd distances = geography::great_circle_distances(members.longitude, members.latitude);
  Eigen::ArrayXXd times = geography::travel_times_by_rule(distances, members.area_km2, members.provinces, parameters);
  if (const auto network = read_network(settings, members, change.network)) {
    const geography::NetworkAccess access{.speed_kmh = settings.number("geography.network.access_speed"),
                                          .fixed_time = settings.number("geography.network.access_time"),
                                          .max_km = settings.number("geography.network.access_distance"),
                                          .nearest = settings.integer("geography.network.access_nodes")};
    times = geography::faster_travel_times(times, geography::network_travel_times(*network, members, access, year));
  }
  if (settings.has("geography.matrix")) read_matrix(settings, members, times);
  if (!settings.faults().empty()) return {};

  std::vector<Eigen::Index> mapping = regions.mapping;
  Eigen::ArrayXd population = members.population;
  if (regions.abroad) {
    times = geography::append_rest_of_world(times, regions.ports, settings.number("rest_of_world.sea_time"));
    mapping.push_back(regions.table.size());
    population.conservativeResize(population.size() + 1);
    population(population.size() - 1) = 1.0;
  }
  return geography::aggregate_travel_time(times, population, mapping).matrix();
}

simulation::Geography build_geography(const Settings& settings, const RegionData& regions) {
  simulation::Geography geography;
  const geography::RegionTable& table = regions.table;
  geography.table = table;
  const Eigen::Index count = table.size() + (regions.abroad ? 1 : 0);
  const int base_year = settings.integer("base_year");
  geography.travel_time = travel_times(settings, regions, base_year);
  if (settings.has("geography.network.edges") && settings.faults().empty()) {
    // Roads that open or close later: new times from that year on.
    std::set<int> changes;
    for (const auto& edge : read_edges(settings, "geography.network.edges")) {
      changes.insert(edge.opened);
      if (edge.closed) changes.insert(*edge.closed);
    }
    const int last_year = settings.years("years").second;
    for (const int year : changes) {
      if (year > base_year && year <= last_year)
        geography.later_travel_times.emplace_back(year, travel_times(settings, regions, year));
    }
  }
  geography.distance = Eigen::MatrixXd::Zero(count, count);
  const Eigen::ArrayXXd distances = geography::great_circle_distances(table.longitude, table.latitude);
  geography.distance.topLeftCorner(table.size(), table.size()) = distances.matrix();
  geography.distance.diagonal().head(table.size()) =
      geography::internal_distance(table.area_km2, settings.number("geography.local_radius_max")).matrix();
  geography.reference_time = settings.number("geography.reference_time");
  geography.iceberg = build_iceberg(settings, regions);

  const std::string column = settings.text("geography.jurisdiction");
  const std::vector<std::string> columns = text_columns(table);
  geography.jurisdiction = Eigen::ArrayXi::Zero(count);
  if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
    settings.unknown_name("geography.jurisdiction", "column", column, columns);
  } else {
    geography.jurisdiction.head(table.size()) = geography::category_codes(geography::text_column(table, column));
  }
  geography.no_self_trade.assign(static_cast<std::size_t>(count), 0);
  if (regions.abroad) {
    geography.jurisdiction(count - 1) = geography.jurisdiction.head(table.size()).maxCoeff() + 1;
    geography.no_self_trade.back() = 1;
  }
  return geography;
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

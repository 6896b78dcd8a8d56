// Travel times and trade costs of a configuration: dense, pair by pair, or as a function of places.
#include <algorithm>
#include <cmath>
#include <set>

#include "config/build_regions.h"
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
constexpr Eigen::Index most_dense_regions = 10000;  // 0.8 GB an array of pairs

/// Edges of a CSV file; faults go to the settings' collector.
std::vector<geography::NetworkEdge> read_edges(const Settings& settings, const std::string& path) {
  Faults& faults = settings.faults();
  const OwnFaults own(faults);
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
  if (own.any()) return edges;
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
    const OwnFaults own(faults);
    const NamedAt at = settings.named_at("geography.network.nodes");
    const CsvTable csv = read_csv(settings.path("geography.network.nodes"), faults, &at);
    if (csv.columns().empty()) return nodes;
    const auto ids = unique_column(csv, "id", faults);
    const auto longitude = number_column(csv, "longitude", coordinate_longitude, "", faults);
    const auto latitude = number_column(csv, "latitude", coordinate_latitude, "", faults);
    const auto region = csv.column("region");
    if (own.any()) return nodes;
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
  const OwnFaults own(settings.faults());
  geography::TravelNetwork network;
  network.nodes = read_nodes(settings, table);
  if (configured) network.edges = read_edges(settings, "geography.network.edges");
  if (!extra.empty()) {
    const auto more = read_edges(settings, extra);
    network.edges.insert(network.edges.end(), more.begin(), more.end());
  }
  if (own.any()) return {};
  for (const std::string& problem : geography::problems(network, table))
    settings.fault(extra.empty() ? "geography.network" : extra, problem);
  if (own.any()) return {};
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
  const OwnFaults own(faults);
  const NamedAt at = settings.named_at(path);
  Pairs pairs{.csv = read_csv(settings.path(path), faults, &at), .rows = {}};
  if (pairs.csv.columns().empty()) return pairs;
  const auto from = text_column(pairs.csv, "from", faults);
  const auto to = text_column(pairs.csv, "to", faults);
  const auto values = number_column(pairs.csv, column, range, unit, faults);
  if (own.any()) return pairs;
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
  const OwnFaults own(faults);
  const Eigen::Index count = table.size();
  Eigen::ArrayXXd iceberg = Eigen::ArrayXXd::Zero(count, count);
  const Pairs pairs =
      read_pairs(settings, "geography.iceberg_matrix", table, "iceberg", between(1.0, highest_iceberg), "1");
  if (own.any()) return iceberg;
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

const char* const too_distant =
    "the trade cost between the regions furthest apart exceeds 1e100: fewer regions, or a lower cost";

geography::Layout layout_of(const Settings& settings) {
  const std::string word = settings.text("geography.layout");
  return word == "ring" ? geography::Layout::ring : word == "line" ? geography::Layout::line : geography::Layout::pairs;
}

/// The key that gives trade costs outright, if any; contradictions are faults.
std::optional<std::string> given_trade_costs(const Settings& settings, const RegionData& regions) {
  const std::string key = settings.has("geography.iceberg_matrix") ? "geography.iceberg_matrix" : "geography.iceberg";
  if (settings.has("geography.iceberg_matrix") && settings.has("geography.iceberg")) {
    settings.fault(key, "trade costs come from a file or from `geography.iceberg`, not both; null drops one");
    return {};
  }
  if (settings.has("geography.layout") && !settings.has("geography.iceberg")) {
    if (settings.doubtful("geography.iceberg")) return {};
    settings.fault("geography.layout",
                   "says how far apart regions are, in steps of `geography.iceberg`, which is not given");
    return {};
  }
  if (!settings.has(key)) return {};
  if (regions.abroad) {
    settings.fault(key, "a rest_of_world has its trade costs from travel times");
    return {};
  }
  return key;
}

/// Trade costs given outright, by layout or pair by pair; empty where they follow from travel times.
Eigen::ArrayXXd build_iceberg(const Settings& settings, const RegionData& regions) {
  const auto key = given_trade_costs(settings, regions);
  if (!key) return {};
  if (*key == "geography.iceberg_matrix") return read_iceberg_matrix(settings, regions.table);
  Eigen::ArrayXXd iceberg = geography::layout_iceberg(layout_of(settings), settings.number(*key), regions.table.size());
  if (!(iceberg <= highest_distant_iceberg).all()) settings.fault(*key, too_distant);
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

namespace {

geography::TravelTimeParameters travel_time_parameters(const Settings& settings, const geography::RegionTable& members,
                                                       const TravelTimeChange& change) {
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
  return parameters;
}

}  // namespace

Eigen::MatrixXd travel_times(const Settings& settings, const RegionData& regions, int year,
                             const TravelTimeChange& change) {
  const OwnFaults own(settings.faults());
  const geography::RegionTable& members = regions.members;
  const geography::TravelTimeParameters parameters = travel_time_parameters(settings, members, change);

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
  if (own.any() || (regions.abroad && regions.ports.empty())) return {};

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

namespace {

/// Whose change is a border, and who does not trade with itself.
void build_jurisdictions(const Settings& settings, const RegionData& regions, simulation::Geography& geography) {
  const geography::RegionTable& table = regions.table;
  const Eigen::Index count = table.size() + (regions.abroad ? 1 : 0);
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
    geography.jurisdiction(count - 1) = geography::no_jurisdiction;
    geography.no_self_trade.back() = 1;
  }
}

bool wants_compressed_kernels(const Settings& settings) { return settings.text("geography.kernel") == "compressed"; }

/// What needs a number for every pair of regions.
void refuse_pairs(const Settings& settings) {
  if (settings.text("base") != "levels" && !settings.doubtful("base"))
    settings.fault("geography.kernel", "compressed kernels need base: levels; the inversion of data reads every pair");
  for (const char* key : {"geography.network", "geography.matrix", "geography.iceberg_matrix", "regions.detail"}) {
    if (settings.has(key))
      settings.fault(key,
                     "needs every pair of regions; with geography.kernel: compressed costs follow from places alone");
  }
}

/// Trade costs as a function of places: of the layout, or of travel times by rule.
std::shared_ptr<const geography::PlaceGeography> build_places(const Settings& settings, const RegionData& regions,
                                                              const Eigen::ArrayXi& jurisdiction) {
  const geography::RegionTable& table = regions.table;
  if (settings.has("geography.iceberg")) {
    const double step_cost = settings.number("geography.iceberg");
    const geography::Layout layout = layout_of(settings);
    const double longest = layout == geography::Layout::pairs  ? 1.0
                           : layout == geography::Layout::ring ? static_cast<double>(table.size() / 2)
                                                               : static_cast<double>(table.size() - 1);
    if (!(longest * std::log(step_cost) <= std::log(highest_distant_iceberg))) {
      settings.fault("geography.iceberg", too_distant);
      return nullptr;
    }
    return std::make_shared<const geography::PlaceGeography>(layout, step_cost, table.size());
  }
  const OwnFaults own(settings.faults());
  const geography::TravelTimeParameters parameters = travel_time_parameters(settings, regions.members, {});
  if (own.any()) return nullptr;
  return std::make_shared<const geography::PlaceGeography>(table.longitude, table.latitude, table.area_km2,
                                                           table.provinces, parameters,
                                                           settings.number("geography.reference_time"), jurisdiction);
}

}  // namespace

simulation::Geography build_geography(const Settings& settings, const RegionData& regions) {
  simulation::Geography geography;
  const geography::RegionTable& table = regions.table;
  geography.table = table;
  const Eigen::Index count = table.size() + (regions.abroad ? 1 : 0);
  build_jurisdictions(settings, regions, geography);
  geography.reference_time = settings.number("geography.reference_time");
  const OwnFaults own(settings.faults());
  if (wants_compressed_kernels(settings)) {
    refuse_pairs(settings);
    static_cast<void>(given_trade_costs(settings, regions));
    if (own.any()) return geography;
    geography.kernel_tolerance = settings.number("geography.kernel_tolerance");
    geography.places = build_places(settings, regions, geography.jurisdiction);
    return geography;
  }
  if (settings.has("geography.kernel_tolerance") && !settings.doubtful("geography.kernel"))
    settings.fault("geography.kernel_tolerance", "is for geography.kernel: compressed; dense kernels are exact");
  if (count > most_dense_regions) {
    if (settings.doubtful("geography.kernel")) return geography;
    settings.fault("geography.kernel", "more than " + std::to_string(most_dense_regions) +
                                           " regions need `compressed`: dense kernels hold every pair");
    return geography;
  }
  const int base_year = settings.integer("base_year");
  geography.travel_time = travel_times(settings, regions, base_year);
  if (settings.has("geography.network.edges") && !own.any()) {
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
  geography.iceberg = build_iceberg(settings, regions);
  return geography;
}

}  // namespace pericore::config

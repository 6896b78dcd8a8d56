#include "geography/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/errors.h"
#include "geography/distance.h"

namespace pericore::geography {

namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                    boost::property<boost::edge_weight_t, double>>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Positions = std::map<std::string_view, std::size_t>;

template <typename Rows>
Positions positions_by_id(const Rows& rows) {
  Positions positions;
  for (std::size_t i = 0; i < rows.size(); ++i) positions.emplace(rows[i].id, i);
  return positions;
}

bool in_use(const NetworkEdge& edge, int year) { return edge.opened <= year && (!edge.closed || year < *edge.closed); }

void require_access(const NetworkAccess& access) {
  const auto sound = [](double value) { return std::isfinite(value) && value >= 0.0; };
  if (!sound(access.speed_kmh) || access.speed_kmh == 0.0 || !sound(access.fixed_time) || !sound(access.max_km) ||
      access.nearest < 0) {
    throw DomainError(fmt::format("network access out of range: speed_kmh {}, fixed_time {}, max_km {}, nearest {}",
                                  access.speed_kmh, access.fixed_time, access.max_km, access.nearest));
  }
}

/// Nodes at which a region enters, with the way there [km].
std::vector<std::pair<double, std::size_t>> entrances(const TravelNetwork& network, const RegionTable& regions,
                                                      Eigen::Index region, const NetworkAccess& access) {
  std::vector<std::pair<double, std::size_t>> own;
  std::vector<std::pair<double, std::size_t>> near;
  const Coordinates seat{regions.longitude[region], regions.latitude[region]};
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const NetworkNode& node = network.nodes[i];
    const double km = great_circle_distance(seat, {node.longitude, node.latitude});
    if (node.region == regions.ids[region]) own.emplace_back(km, i);
    if (km <= access.max_km) near.emplace_back(km, i);
  }
  if (!own.empty()) return own;
  std::ranges::sort(near);  // ties go to the node that comes first
  if (static_cast<Eigen::Index>(near.size()) > access.nearest) near.resize(static_cast<std::size_t>(access.nearest));
  return near;
}

/// Vertices: first the regions' seats, then the nodes.
Graph build_graph(const TravelNetwork& network, const RegionTable& regions, const NetworkAccess& access, int year) {
  const auto seats = static_cast<std::size_t>(regions.size());
  Graph graph(seats + network.nodes.size());
  for (Eigen::Index region = 0; region < regions.size(); ++region) {
    for (const auto& [km, node] : entrances(network, regions, region, access)) {
      boost::add_edge(static_cast<Vertex>(region), seats + node, access.fixed_time + km / access.speed_kmh, graph);
    }
  }
  const Positions position = positions_by_id(network.nodes);
  for (const NetworkEdge& edge : network.edges) {
    if (!in_use(edge, year)) continue;
    boost::add_edge(seats + position.at(edge.from), seats + position.at(edge.to), edge.length_km / edge.speed_kmh,
                    graph);
  }
  return graph;
}

void check_nodes(const TravelNetwork& network, const RegionTable& regions, std::vector<std::string>& faults) {
  const std::set<std::string_view> region_ids(regions.ids.begin(), regions.ids.end());
  std::set<std::string_view> seen;
  for (const NetworkNode& node : network.nodes) {
    if (node.id.empty()) faults.push_back("a node has an empty id");
    if (!seen.insert(node.id).second) faults.push_back(fmt::format("node '{}' appears more than once", node.id));
    if (!(std::abs(node.longitude) <= 180.0 && std::abs(node.latitude) <= 90.0)) {
      faults.push_back(fmt::format("node '{}' lies at longitude {}, latitude {}: no place on earth", node.id,
                                   node.longitude, node.latitude));
    }
    if (node.region && !region_ids.contains(*node.region)) {
      faults.push_back(fmt::format("node '{}' serves unknown region '{}'", node.id, *node.region));
    }
  }
}

void check_edges(const TravelNetwork& network, std::vector<std::string>& faults) {
  const Positions position = positions_by_id(network.nodes);
  for (std::size_t i = 0; i < network.edges.size(); ++i) {
    const NetworkEdge& edge = network.edges[i];
    const std::string name = fmt::format("edge {} ({} to {})", i + 1, edge.from, edge.to);
    for (const std::string& end : {edge.from, edge.to}) {
      if (!position.contains(end)) faults.push_back(fmt::format("{}: unknown node '{}'", name, end));
    }
    if (!(edge.length_km >= 0.0) || std::isinf(edge.length_km)) {
      faults.push_back(fmt::format("{}: length is {} km, must not be negative", name, edge.length_km));
    }
    if (!(edge.speed_kmh > 0.0) || std::isinf(edge.speed_kmh)) {
      faults.push_back(fmt::format("{}: speed is {} km/h, must be positive", name, edge.speed_kmh));
    }
    if (edge.closed && *edge.closed <= edge.opened) {
      faults.push_back(fmt::format("{}: closes in {}, not after it opens in {}", name, *edge.closed, edge.opened));
    }
  }
}

}  // namespace

std::vector<std::string> problems(const TravelNetwork& network, const RegionTable& regions) {
  std::vector<std::string> faults;
  check_nodes(network, regions, faults);
  check_edges(network, faults);
  return faults;
}

Eigen::ArrayXXd network_travel_times(const TravelNetwork& network, const RegionTable& regions,
                                     const NetworkAccess& access, int year) {
  require_access(access);
  std::vector<std::string> faults = problems(regions);
  std::ranges::move(problems(network, regions), std::back_inserter(faults));
  if (!faults.empty()) throw DomainError(fmt::format("travel network: {}", fmt::join(faults, "; ")));

  const Graph graph = build_graph(network, regions, access, year);
  const Eigen::Index n = regions.size();
  Eigen::ArrayXXd times(n, n);
  std::vector<double> from_seat(boost::num_vertices(graph));
  for (Eigen::Index from = 0; from < n; ++from) {
    boost::dijkstra_shortest_paths(
        graph, static_cast<Vertex>(from),
        boost::distance_map(from_seat.data()).distance_inf(std::numeric_limits<double>::infinity()));
    for (Eigen::Index to = from; to < n; ++to) {
      // The way back is the same sum in another order: taken over, not summed again.
      times(from, to) = from_seat[to];
      times(to, from) = from_seat[to];
    }
  }
  return times;
}

}  // namespace pericore::geography

/// The travel network: roads and railways that open and close, and the shortest times over them.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "geography/regions.h"

namespace pericore::geography {

/// A junction or station.
struct NetworkNode {
  std::string id;                     ///< unique
  double longitude = 0.0;             ///< [degrees east]
  double latitude = 0.0;              ///< [degrees north]
  std::optional<std::string> region;  ///< id of the region it serves; none = whichever is near
};

/// A stretch that is travelled both ways.
struct NetworkEdge {
  std::string from;
  std::string to;
  double length_km = 0.0;     ///< [km], >= 0
  double speed_kmh = 0.0;     ///< door to door, stops included [km/h], > 0
  int opened = 0;             ///< first year in use
  std::optional<int> closed;  ///< first year no longer in use
  std::string mode;           ///< e.g. road, rail: for levers to pick by
};

struct TravelNetwork {
  std::vector<NetworkNode> nodes;
  std::vector<NetworkEdge> edges;
};

/// How a region gets on and off the network.
struct NetworkAccess {
  double speed_kmh = 40.0;   ///< between seat and node, by great circle [km/h], > 0
  double fixed_time = 0.0;   ///< each time on or off [h], >= 0
  double max_km = 100.0;     ///< no access beyond, unless the node names the region [km], >= 0
  Eigen::Index nearest = 1;  ///< nodes tried where no node names the region, >= 0
};

/// All faults of a network, one sentence each: ids, unknown nodes and regions, lengths, speeds, years, places.
[[nodiscard]] std::vector<std::string> problems(const TravelNetwork& network, const RegionTable& regions);

/// Shortest travel times between the seats of regions over the edges in use in `year`.
///
/// A region enters at the nodes that name it, else at the nearest ones within reach; it may be travelled through, by leaving
/// and entering the network at its seat.
///
/// @return [h], regions x regions: exactly symmetric, 0 on the diagonal, infinite where no way leads; the triangle
///         inequality holds to rounding
/// @throws DomainError  with the text of problems(), or if an access parameter is out of range
/// @see docs/model.md#trade-costs; Dijkstra (1959)
[[nodiscard]] Eigen::ArrayXXd network_travel_times(const TravelNetwork& network, const RegionTable& regions,
                                                   const NetworkAccess& access, int year);

}  // namespace pericore::geography

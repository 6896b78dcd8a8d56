#include "geography/network.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>
#include <string>

#include "base/errors.h"
#include "four_regions.h"
#include "geography/distance.h"

using namespace pericore;
using namespace pericore::geography;

namespace {

const double degree_km = earth_radius_km * std::numbers::pi / 180.0;  // one degree of the equator

/// Stations at the four seats, and a road along them at 100 km in 2 h; a railway a-d opens in 2012, the road c-d closes in 2015.
TravelNetwork road_and_railway() {
  TravelNetwork network;
  network.nodes = {{"na", 0.0, 0.0, "a"}, {"nb", 1.0, 0.0, "b"}, {"nc", 2.0, 0.0, "c"}, {"nd", 3.0, 0.0, "d"}};
  network.edges = {{"na", "nb", 100.0, 50.0, 1990, {}, "road"},
                   {"nc", "nb", 100.0, 50.0, 1990, {}, "road"},
                   {"nc", "nd", 100.0, 50.0, 1990, 2015, "road"},
                   {"nd", "na", 300.0, 200.0, 2012, {}, "rail"}};
  return network;
}

}  // namespace

TEST_CASE("a network worked out by hand", "[geography][network]") {
  const NetworkAccess access{.speed_kmh = 40.0, .fixed_time = 0.1, .max_km = 0.0, .nearest = 1};
  const auto times = [&](int year) { return network_travel_times(road_and_railway(), four_regions(), access, year); };

  SECTION("before the railway: along the road") {
    const Eigen::ArrayXXd before = times(2011);
    CHECK(before(0, 1) == Approx(2.2));
    CHECK(before(0, 2) == Approx(4.2));
    CHECK(before(0, 3) == Approx(6.2));
  }
  SECTION("the railway opens in 2012: c reaches a faster through d") {
    const Eigen::ArrayXXd after = times(2012);
    CHECK(after(0, 3) == Approx(1.7));
    CHECK(after(0, 2) == Approx(3.7));
    CHECK(after(1, 3) == Approx(3.7));
  }
  SECTION("the road c-d is gone in 2015") {
    CHECK(times(2014)(2, 3) == Approx(2.2));
    CHECK(times(2015)(2, 3) == Approx(2.0 + 2.0 + 1.5 + 0.2));
  }
  SECTION("no edge is open yet") {
    const Eigen::ArrayXXd none = times(1989);
    CHECK(none(0, 0) == 0.0);
    CHECK(std::isinf(none(0, 1)));
  }
}

TEST_CASE("access from the seat to the nearest node within reach", "[geography][network]") {
  TravelNetwork network;
  network.nodes = {{"w", 0.1, 0.0, {}}, {"e", 2.9, 0.0, {}}};
  network.edges = {{"w", "e", 280.0, 100.0, 2000, {}, "rail"}};
  NetworkAccess access{.speed_kmh = 50.0, .fixed_time = 0.0, .max_km = 0.5 * degree_km, .nearest = 1};
  const RegionTable regions = four_regions();

  Eigen::ArrayXXd times = network_travel_times(network, regions, access, 2010);
  CHECK(times(0, 3) == Approx(2.8 + 2.0 * 0.1 * degree_km / 50.0));
  CHECK(std::isinf(times(0, 1)));  // b is 0.9 degrees away

  access.max_km = 2.0 * degree_km;
  times = network_travel_times(network, regions, access, 2010);
  CHECK(times(0, 1) == Approx((0.1 + 0.9) * degree_km / 50.0));  // through the node they share

  network.nodes[1].region = "b";  // b now enters at its own node, however far
  access.max_km = 0.0;
  network.nodes[0].region = "a";
  times = network_travel_times(network, regions, access, 2010);
  CHECK(times(0, 1) == Approx(2.8 + (0.1 + 1.9) * degree_km / 50.0));
}

TEST_CASE("times over any network are symmetric and obey the triangle inequality", "[geography][network]") {
  std::mt19937 random(7);
  const auto uniform = [&] { return std::generate_canonical<double, 32>(random); };
  const Eigen::Index n = 12;
  RegionTable regions;
  TravelNetwork network;
  regions.longitude = regions.latitude = Eigen::ArrayXd::Zero(n);
  regions.area_km2 = regions.population = Eigen::ArrayXd::Ones(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const std::string id = std::to_string(i);
    regions.ids.push_back(id);
    regions.longitude[i] = 10.0 * uniform();
    regions.latitude[i] = 10.0 * uniform();
    network.nodes.push_back({"n" + id, regions.longitude[i] + uniform(), regions.latitude[i], {}});
  }
  regions.names = regions.provinces = regions.macro_regions = regions.ids;
  for (int edge = 0; edge < 20; ++edge) {
    network.edges.push_back({"n" + std::to_string(random() % n),
                             "n" + std::to_string(random() % n),
                             500.0 * uniform(),
                             20.0 + 100.0 * uniform(),
                             2000,
                             {},
                             "road"});
  }
  const Eigen::ArrayXXd times = network_travel_times(network, regions, {.max_km = 200.0, .nearest = 2}, 2010);
  CHECK(times.isFinite().count() > n);  // something is connected
  CHECK((times == times.transpose()).all());
  for (Eigen::Index via = 0; via < n; ++via) {
    for (Eigen::Index from = 0; from < n; ++from) {
      for (Eigen::Index to = 0; to < n; ++to)
        CHECK(times(from, to) <= (times(from, via) + times(via, to)) * (1.0 + 1e-14));
    }
  }
}

TEST_CASE("a new edge never slows anyone", "[geography][network]") {
  TravelNetwork network = road_and_railway();
  const Eigen::ArrayXXd before = network_travel_times(network, four_regions(), {}, 2013);
  network.edges.push_back({"nb", "nd", 200.0, 300.0, 2013, {}, "rail"});
  const Eigen::ArrayXXd after = network_travel_times(network, four_regions(), {}, 2013);
  CHECK((after <= before).all());
  CHECK(after(1, 3) < before(1, 3));
}

TEST_CASE("faults of a network are told all at once, and refused", "[geography][network]") {
  const RegionTable regions = four_regions();
  TravelNetwork network = road_and_railway();
  CHECK(problems(network, regions).empty());
  network.nodes[3].id = "nc";  // twice; nd is then unknown in two edges
  network.nodes[0].region = "x";
  network.nodes[1].latitude = 91.0;
  network.edges[0].speed_kmh = -50.0;
  network.edges[1].length_km = NAN;
  network.edges[2].closed = 1990;
  const std::vector<std::string> faults = problems(network, regions);
  CHECK(faults.size() == 8);
  CHECK_THROWS_AS(network_travel_times(network, regions, {}, 2010), DomainError);
  try {
    static_cast<void>(network_travel_times(network, regions, {}, 2010));
  } catch (const DomainError& error) {
    CHECK_THAT(error.what(),
               Catch::Contains("edge 4 (nd to na): unknown node 'nd'") && Catch::Contains("speed is -50 km/h"));
  }
  CHECK_THROWS_AS(network_travel_times(road_and_railway(), regions, {.speed_kmh = 0.0}, 2010), DomainError);
}

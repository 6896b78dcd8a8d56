#include "geography/travel_time.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/errors.h"
#include "four_regions.h"
#include "geography/distance.h"

using namespace pericore;
using namespace pericore::geography;

namespace {

Eigen::ArrayXXd distances_of(const RegionTable& table) {
  return great_circle_distances(table.longitude, table.latitude);
}

/// Symmetric times between five places on a line, 0.5 h inside each.
Eigen::ArrayXXd line_times() {
  Eigen::ArrayXXd times(5, 5);
  for (Eigen::Index i = 0; i < 5; ++i) {
    for (Eigen::Index j = 0; j < 5; ++j) times(i, j) = i == j ? 0.5 : 0.7 + 1.3 * std::abs(static_cast<double>(i - j));
  }
  return times;
}

}  // namespace

TEST_CASE("mean distance in a disc, capped", "[geography][travel_time]") {
  const Eigen::ArrayXd area = (Eigen::ArrayXd(3) << 0.0, 9.0 * std::numbers::pi, 1e6).finished();
  const Eigen::ArrayXd distance = internal_distance(area, 25.0);
  CHECK(distance[0] == 0.0);
  CHECK(distance[1] == Approx(2.0));  // radius 3
  CHECK(distance[2] == 25.0);
  CHECK_THROWS_AS(internal_distance(-area, 25.0), DomainError);
}

TEST_CASE("travel times by rule: between, within a province, own region", "[geography][travel_time]") {
  const RegionTable table = four_regions();
  const Eigen::ArrayXXd distances = distances_of(table);
  TravelTimeParameters parameters;
  parameters.within["East"] = {.intercept = 0.34, .slope = 0.0134};
  parameters.local_radius_max = 6.0;
  const Eigen::ArrayXXd times = travel_times_by_rule(distances, table.area_km2, table.provinces, parameters);

  const double km = earth_radius_km * std::numbers::pi / 180.0;
  CHECK(times(0, 1) == Approx(0.72 + 0.010334 * km));
  CHECK(times(1, 2) == Approx(0.72 + 0.010334 * km));  // from province to province
  CHECK(times(2, 3) == Approx(0.34 + 0.0134 * km));
  CHECK(times(0, 0) == Approx(0.3 + 2.0 / 3.0 * std::sqrt(100.0 / std::numbers::pi) / 30.0));
  CHECK(times(3, 3) == Approx(0.3 + 6.0 / 30.0));  // capped
  CHECK((times == times.transpose()).all());
}

TEST_CASE("travel times refuse what is out of range", "[geography][travel_time]") {
  const RegionTable table = four_regions();
  const auto times = [&](const TravelTimeParameters& parameters) {
    return travel_times_by_rule(distances_of(table), table.area_km2, table.provinces, parameters);
  };
  CHECK_NOTHROW(times({}));
  CHECK_THROWS_AS(times({.between = {-1.0, 0.01}}), DomainError);
  CHECK_THROWS_AS(times({.between = {0.7, NAN}}), DomainError);
  CHECK_THROWS_AS(times({.within = {{"North", {}}}}), DomainError);
  CHECK_THROWS_AS(times({.access_time = -0.1}), DomainError);
  CHECK_THROWS_AS(times({.local_speed = 0.0}), DomainError);
  CHECK_THROWS_AS(times({.local_radius_max = -1.0}), DomainError);
}

TEST_CASE("the faster way counts, but a network has no inside", "[geography][travel_time]") {
  Eigen::ArrayXXd network = line_times() * 0.5;
  network.matrix().diagonal().setZero();
  network(0, 4) = network(4, 0) = std::numeric_limits<double>::infinity();
  const Eigen::ArrayXXd times = faster_travel_times(line_times(), network);
  CHECK(times(0, 0) == 0.5);
  CHECK(times(0, 1) == network(0, 1));
  CHECK(times(0, 4) == line_times()(0, 4));
}

TEST_CASE("times to a merged region are harmonic means over its members", "[geography][travel_time]") {
  const Eigen::ArrayXXd times = line_times();
  const Eigen::ArrayXd population = (Eigen::ArrayXd(5) << 7.0, 3.0, 1.0, 0.0, 4.0).finished();
  const Eigen::ArrayXXd merged = aggregate_travel_time(times, population, {0, 2, 1, 2, 2});

  CHECK(merged(0, 1) == times(0, 2));  // single members: to the bit
  CHECK(merged(1, 1) == times(2, 2));
  CHECK(merged(0, 2) ==
        Approx(7.0 / (3.0 / times(0, 1) + 4.0 / times(0, 4))));  // the member without people has no weight
  CHECK(merged(2, 2) == Approx(49.0 / (9.0 / times(1, 1) + 2.0 * 12.0 / times(1, 4) + 16.0 / times(4, 4))));
  CHECK((merged == merged.transpose()).all());
}

TEST_CASE("merging places that lie in one spot changes nothing", "[geography][travel_time]") {
  // Three copies of place 1, with times among each other like its own.
  const Eigen::ArrayXXd places = line_times().topLeftCorner(3, 3);
  const std::vector<Eigen::Index> place_of = {1, 0, 1, 2, 1};
  Eigen::ArrayXXd times(5, 5);
  for (Eigen::Index i = 0; i < 5; ++i) {
    for (Eigen::Index j = 0; j < 5; ++j) times(i, j) = places(place_of[i], place_of[j]);
  }
  const Eigen::ArrayXd population = (Eigen::ArrayXd(5) << 1.0, 2.0, 3.0, 4.0, 5.0).finished();
  CHECK((aggregate_travel_time(times, population, place_of) / places - 1.0).abs().maxCoeff() < 1e-15);
}

TEST_CASE("merging in two steps is merging in one", "[geography][travel_time]") {
  const Eigen::ArrayXXd times = line_times();
  const Eigen::ArrayXd population = (Eigen::ArrayXd(5) << 1.0, 2.0, 3.0, 4.0, 5.0).finished();
  const Eigen::ArrayXXd pairs = aggregate_travel_time(times, population, {0, 1, 1, 2, 2});
  const Eigen::ArrayXd pair_population = (Eigen::ArrayXd(3) << 1.0, 5.0, 9.0).finished();
  const Eigen::ArrayXXd two_steps = aggregate_travel_time(pairs, pair_population, {0, 1, 1});
  const Eigen::ArrayXXd one_step = aggregate_travel_time(times, population, {0, 1, 1, 1, 1});
  CHECK((two_steps / one_step - 1.0).abs().maxCoeff() < 1e-14);
}

TEST_CASE("merging refuses gaps, strangers and empty weights", "[geography][travel_time]") {
  const Eigen::ArrayXXd times = line_times();
  const Eigen::ArrayXd population = Eigen::ArrayXd::Ones(5);
  CHECK_THROWS_AS(aggregate_travel_time(times, population, {0, 0, 0, 0}), DomainError);
  CHECK_THROWS_AS(aggregate_travel_time(times, population, {0, 0, 0, 0, -1}), DomainError);
  CHECK_THROWS_AS(aggregate_travel_time(times, population, {0, 0, 0, 0, 2}), DomainError);
  CHECK_THROWS_AS(aggregate_travel_time(times, Eigen::ArrayXd::Zero(5), {0, 1, 1, 1, 1}), DomainError);
  CHECK_THROWS_AS(aggregate_travel_time(times.leftCols(4), population, {0, 0, 0, 0, 0}), DomainError);
}

TEST_CASE("the rest of the world lies behind the nearest port", "[geography][travel_time]") {
  const Eigen::ArrayXXd times = line_times();
  const std::vector<Eigen::Index> ports = {4, 1};
  const Eigen::ArrayXXd world = append_rest_of_world(times, ports, 240.0);
  REQUIRE(world.rows() == 6);
  CHECK((world.topLeftCorner(5, 5) == times).all());
  CHECK(world(0, 5) == times(0, 1) + 240.0);
  CHECK(world(1, 5) == times(1, 1) + 240.0);  // a port has its own access
  CHECK(world(3, 5) == times(3, 4) + 240.0);
  CHECK(world(5, 5) == 0.0);
  CHECK((world == world.transpose()).all());

  // Merged afterwards, each member keeps its own way to the sea; the appended region needs no population.
  const Eigen::ArrayXd population = (Eigen::ArrayXd(6) << 1.0, 1.0, 1.0, 1.0, 1.0, 0.0).finished();
  const Eigen::ArrayXXd merged = aggregate_travel_time(world, population, {0, 1, 1, 1, 1, 2});
  CHECK(merged(0, 2) == world(0, 5));
  CHECK(merged(2, 2) == 0.0);
  CHECK(merged(1, 2) == Approx(4.0 / (1 / world(1, 5) + 1 / world(2, 5) + 1 / world(3, 5) + 1 / world(4, 5))));

  CHECK_THROWS_AS(append_rest_of_world(times, {}, 240.0), DomainError);
  const std::vector<Eigen::Index> stranger = {5};
  CHECK_THROWS_AS(append_rest_of_world(times, stranger, 240.0), DomainError);
  CHECK_THROWS_AS(append_rest_of_world(times, ports, -1.0), DomainError);
}

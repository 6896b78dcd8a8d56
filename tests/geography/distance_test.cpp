#include "geography/distance.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "base/errors.h"

using namespace pericore;
using namespace pericore::geography;

TEST_CASE("arcs with a closed form", "[geography][distance]") {
  const double quarter = 0.5 * std::numbers::pi * earth_radius_km;
  CHECK(great_circle_distance({0.0, 0.0}, {90.0, 0.0}) == Approx(quarter).epsilon(1e-14));
  CHECK(great_circle_distance({25.0, 0.0}, {70.0, 90.0}) == Approx(quarter).epsilon(1e-14));
  // Antipodes: the arcsine is flat at its end, half of the digits are lost.
  CHECK(great_circle_distance({-30.0, 20.0}, {150.0, -20.0}) == Approx(2.0 * quarter).epsilon(1e-8));
  CHECK(great_circle_distance({179.5, 0.0}, {-179.5, 0.0}) == Approx(quarter / 90.0).epsilon(1e-12));
  // A metre: the arc cosine of a number next to 1 would have no digit right here.
  const double metre = 1e-3 / earth_radius_km * 180.0 / std::numbers::pi;
  CHECK(great_circle_distance({100.0, 0.0}, {100.0 + metre, 0.0}) == Approx(1e-3).epsilon(1e-7));
}

TEST_CASE("distances between Chinese seats agree with those on the ellipsoid", "[geography][distance][published]") {
  // 98.9 km and 1,066 km on the WGS84 ellipsoid; a sphere is within 0.6 % of it.
  CHECK(great_circle_distance({125.3245, 43.8868}, {126.553, 43.8436}) == Approx(98.9).epsilon(0.006));
  CHECK(great_circle_distance({116.4053, 39.905}, {121.4726, 31.2317}) == Approx(1066.0).epsilon(0.006));
}

TEST_CASE("the haversine agrees with the angle between directions", "[geography][distance]") {
  const Eigen::ArrayXd longitude = (Eigen::ArrayXd(5) << 116.4, 121.5, 87.6, -74.0, 18.4).finished();
  const Eigen::ArrayXd latitude = (Eigen::ArrayXd(5) << 39.9, 31.2, 43.8, 40.7, -33.9).finished();
  const Eigen::ArrayXXd distances = great_circle_distances(longitude, latitude);
  const double degree = std::numbers::pi / 180.0;
  for (Eigen::Index i = 0; i < 5; ++i) {
    for (Eigen::Index j = 0; j < 5; ++j) {
      const double cosine = std::sin(degree * latitude[i]) * std::sin(degree * latitude[j]) +
                            std::cos(degree * latitude[i]) * std::cos(degree * latitude[j]) *
                                std::cos(degree * (longitude[i] - longitude[j]));
      if (i != j) CHECK(distances(i, j) == Approx(earth_radius_km * std::acos(cosine)).epsilon(1e-10));
      CHECK(distances(i, j) == distances(j, i));
    }
    CHECK(distances(i, i) == 0.0);
  }
}

TEST_CASE("distances refuse columns that do not match or hold no number", "[geography][distance]") {
  CHECK_THROWS_AS(great_circle_distances(Eigen::ArrayXd::Zero(3), Eigen::ArrayXd::Zero(2)), DomainError);
  CHECK_THROWS_AS(great_circle_distances(Eigen::ArrayXd::Constant(2, NAN), Eigen::ArrayXd::Zero(2)), DomainError);
}

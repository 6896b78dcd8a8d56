/// Trade costs as a function of places against the dense path, entry by entry.
#include "geography/place_trade_cost.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "geography/distance.h"

using namespace pericore;
using namespace pericore::geography;

namespace {

struct Country {
  Eigen::ArrayXd longitude;
  Eigen::ArrayXd latitude;
  Eigen::ArrayXd area;
  std::vector<std::string> provinces;
  Eigen::ArrayXi jurisdiction;
  TravelTimeParameters parameters;

  explicit Country(Eigen::Index regions) : longitude(regions), latitude(regions), area(regions), jurisdiction(regions) {
    for (Eigen::Index r = 0; r < regions; ++r) {
      const auto x = static_cast<double>(r);
      longitude(r) = 170.0 + 20.0 * std::sin(1.7 * x);  // across the date line
      if (longitude(r) > 180.0) longitude(r) -= 360.0;
      latitude(r) = 60.0 * std::cos(0.9 * x);
      area(r) = 100.0 * (1.0 + std::fmod(x, 7.0));
      provinces.push_back(r % 3 == 0 ? "north" : r % 3 == 1 ? "south" : "sea");
      jurisdiction(r) = static_cast<int>(r % 4);
    }
    parameters.within["north"] = {.intercept = 0.2, .slope = 0.02};
  }

  [[nodiscard]] PlaceGeography places() const {
    return {longitude, latitude, area, provinces, parameters, 1.5, jurisdiction};
  }
  [[nodiscard]] Eigen::ArrayXXd times() const {
    return travel_times_by_rule(great_circle_distances(longitude, latitude), area, provinces, parameters);
  }
};

double largest_error(const numerics::Kernel& kernel, const Eigen::MatrixXd& exact) {
  double largest = 0.0;
  for (Eigen::Index n = 0; n < exact.cols(); ++n) {
    for (Eigen::Index r = 0; r < exact.rows(); ++r)
      largest = std::max(largest, std::abs(kernel.entry(r, n) - exact(r, n)) / exact(r, n));
  }
  return largest;
}

}  // namespace

TEST_CASE("places: travel times are those of the rule", "[geography]") {
  const Country country(40);
  const PlaceGeography places = country.places();
  const Eigen::ArrayXXd times = country.times();
  for (Eigen::Index n = 0; n < 40; ++n) {
    for (Eigen::Index r = 0; r < 40; ++r) {
      CHECK(places.travel_time(r, n) == Approx(times(r, n)).epsilon(1e-12));
      CHECK(places.travel_time(r, n) == places.travel_time(n, r));
    }
  }
}

TEST_CASE("places: compressed freeness is that of the dense path, borders and reliefs included", "[geography]") {
  const Country country(300);
  TradeCostRelief relief;
  relief.information = Eigen::ArrayXd::LinSpaced(300, 0.0, 0.8);
  relief.border = Eigen::ArrayXd::LinSpaced(300, -0.5, 1.0);
  const SectorTradeCost sector{
      .elasticity = 6.0, .distance_elasticity = 0.25, .border = 0.1, .information_helps = GENERATE(false, true)};
  Eigen::MatrixXd exact(300, 300);
  trade_freeness(trade_geography(country.times(), 1.5, country.jurisdiction), sector, relief, exact);
  const auto kernel = compressed_freeness(country.places(), sector, relief, 1e-8);
  CHECK(largest_error(*kernel, exact) < 1.2e-8);
}

TEST_CASE("places: layouts are those given outright", "[geography]") {
  const auto layout = GENERATE(Layout::pairs, Layout::ring, Layout::line);
  const SectorTradeCost sector{.elasticity = 4.0};
  Eigen::MatrixXd exact(500, 500);
  given_trade_freeness(layout_iceberg(layout, 1.02, 500), sector, exact);
  const auto kernel = compressed_freeness(PlaceGeography(layout, 1.02, 500), sector, {}, 1e-9);
  CHECK(largest_error(*kernel, exact) < 1.2e-9);
  CHECK(kernel->bytes() < 500 * 500 * sizeof(double));
}

TEST_CASE("places: what makes no sense is refused", "[geography]") {
  const Country country(6);
  CHECK_THROWS_AS(PlaceGeography(Layout::ring, 0.9, 6), DomainError);
  CHECK_THROWS_AS(PlaceGeography(Layout::ring, 1.1, 0), DomainError);
  const auto made = [&](auto change) {
    Country other = country;
    change(other);
    return other.places();
  };
  CHECK_THROWS_AS(made([](Country& c) { c.parameters.local_speed = 0.0; }), DomainError);
  CHECK_THROWS_AS(made([](Country& c) { c.parameters.within["nowhere"] = {}; }), DomainError);
  CHECK_THROWS_AS(made([](Country& c) { c.parameters.within["north"].slope = -1.0; }), DomainError);
  CHECK_THROWS_AS(made([](Country& c) { c.latitude(2) = std::nan(""); }), DomainError);
  CHECK_THROWS_AS(compressed_freeness(country.places(), {.elasticity = 1.0}, {}, 1e-8), DomainError);
  CHECK_THROWS_AS(compressed_freeness(country.places(), {.distance_elasticity = -1.0}, {}, 1e-8), DomainError);
  TradeCostRelief relief;
  relief.border = Eigen::ArrayXd::Constant(6, 1.5);
  CHECK_THROWS_AS(compressed_freeness(country.places(), {}, relief, 1e-8), DomainError);
}

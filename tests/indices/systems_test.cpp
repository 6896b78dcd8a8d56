#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/errors.h"
#include "base/parallel.h"
#include "geography/distance.h"
#include "indices/coupling.h"
#include "indices/k_density.h"
#include "numerics/keyed_draws.h"

using namespace pericore;
using namespace pericore::indices;
using Eigen::ArrayXd;

namespace {

/// Sites scattered over two degrees; the first `clustered` of them within a tenth of a degree.
struct Map {
  ArrayXd latitude;
  ArrayXd longitude;
};

Map scattered(int sites, int clustered) {
  Map map{ArrayXd(sites), ArrayXd(sites)};
  numerics::KeyedDraws draws(4, 3, 0);
  for (int i = 0; i < sites; ++i) {
    const double width = i < clustered ? 0.1 : 2.0;
    map.latitude(i) = 40.0 + width * draws.uniform();
    map.longitude(i) = 120.0 + width * draws.uniform();
  }
  return map;
}

std::vector<int> first(int count) {
  std::vector<int> members(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) members[i] = i;
  return members;
}

}  // namespace

TEST_CASE("the K-density integrates to one", "[indices][k_density]") {
  const Map map = scattered(60, 0);
  KDensityOptions options{.reach = 400.0, .step = 1.0, .bandwidth = 8.0, .draws = 2, .level = 0.95, .seed = 1};
  const KDensity k = k_density(map.latitude, map.longitude, first(25), {}, options);
  CHECK(k.density.sum() - 0.5 * k.density(0) == Approx(1.0).epsilon(1e-4));  // trapezoids of 1 km
  CHECK(k.density.minCoeff() >= 0.0);
}

TEST_CASE("the K-density is the sum of kernels over pairs", "[indices][k_density]") {
  // Formula (1) of Duranton and Overman (2005), reflected at zero. The program bins distances: 1e-5.
  const Map map = scattered(12, 0);
  const std::vector<double> weight = {1, 2, 3, 4, 5};
  KDensityOptions options{.reach = 100.0, .step = 10.0, .bandwidth = 12.0, .draws = 2, .level = 0.95, .seed = 1};
  const KDensity k = k_density(map.latitude, map.longitude, first(5), weight, options);
  for (Eigen::Index at = 0; at < k.distance.size(); ++at) {
    double sum = 0.0;
    double pairs = 0.0;
    for (int i = 0; i < 5; ++i) {
      for (int j = i + 1; j < 5; ++j) {
        const double d =
            geography::great_circle_distance({map.longitude(i), map.latitude(i)}, {map.longitude(j), map.latitude(j)});
        const auto kernel = [&](double u) { return std::exp(-0.5 * u * u) / std::sqrt(2.0 * std::acos(-1.0)); };
        pairs += weight[i] * weight[j];
        sum += weight[i] * weight[j] * (kernel((k.distance(at) - d) / 12.0) + kernel((k.distance(at) + d) / 12.0));
      }
    }
    CHECK(k.density(at) == Approx(sum / (pairs * 12.0)).epsilon(1e-5));
  }
}

TEST_CASE("a clustered sector is localised, a random one within the band", "[indices][k_density]") {
  const Map map = scattered(150, 30);
  KDensityOptions options{.reach = 0.0, .step = 0.0, .bandwidth = 0.0, .draws = 200, .level = 0.95, .seed = 9};
  const KDensity clustered = k_density(map.latitude, map.longitude, first(30), {}, options);
  CHECK(clustered.localisation > 0.0);
  CHECK(clustered.dispersion == 0.0);
  CHECK((clustered.global_upper >= clustered.local_upper - 1e-15).all());
  CHECK((clustered.global_lower <= clustered.local_lower + 1e-15).all());
  set_thread_count(1);
  const KDensity again = k_density(map.latitude, map.longitude, first(30), {}, options);
  set_thread_count(0);
  CHECK((again.global_upper == clustered.global_upper).all());
}

TEST_CASE("about five percent of random sectors leave the global band", "[indices][k_density]") {
  // 200 random sectors of 15 sites: the share above the upper band is binomial around 5 %, at most 11 % in 99.9 % of cases.
  const Map map = scattered(80, 0);
  int beyond = 0;
  for (std::uint32_t sector = 0; sector < 200; ++sector) {
    std::vector<int> all = first(80);
    numerics::KeyedDraws draws(77, 5, sector);
    numerics::draw_to_front(std::span(all), 15, draws);
    KDensityOptions options{.reach = 80.0, .step = 4.0, .bandwidth = 10.0, .draws = 199, .level = 0.95, .seed = sector};
    const KDensity k = k_density(map.latitude, map.longitude, std::span(all).first(15), {}, options);
    beyond += k.localisation > 0.0 ? 1 : 0;
  }
  CHECK(beyond <= 22);
  CHECK(beyond >= 1);
}

TEST_CASE("K-densities say why there is none", "[indices][k_density]") {
  const Map map = scattered(10, 0);
  CHECK(k_density(map.latitude, map.longitude, first(2), {}, {}).reason == "the sector has fewer than three plants");
  const ArrayXd same = ArrayXd::Constant(10, 45.0);
  CHECK(k_density(same, same, first(4), {}, {}).reason == "distances between plants do not vary: give a bandwidth");
}

namespace {

/// One indicator a subsystem whose extremes are 0 and 1, so that the levels are the values.
std::vector<Subsystem> systems(const std::vector<std::vector<double>>& values) {
  std::vector<Subsystem> result;
  for (const auto& column : values) {
    Subsystem system;
    system.indicators = Eigen::Map<const ArrayXd>(column.data(), static_cast<Eigen::Index>(column.size()));
    system.lower_better = {0};
    result.push_back(system);
  }
  return result;
}

}  // namespace

TEST_CASE("coupling by hand", "[indices][coupling]") {
  const Coupling c = coupling_coordination(systems({{0, 1, 0.5, 0.2}, {0, 1, 0.5, 0.8}}), IndicatorWeights::entropy);
  CHECK(std::isnan(c.coupling(0)));  // both at their lowest
  CHECK(c.coupling(1) == Approx(1.0));
  CHECK(c.coordination(1) == Approx(1.0));
  CHECK(c.coordination(2) == Approx(std::sqrt(0.5)));
  CHECK(c.coupling(3) == Approx(2.0 * std::sqrt(0.16) / 1.0));  // 2 sqrt(ab)/(a + b)
  CHECK(c.coupling_corrected(3) == Approx(std::sqrt((1.0 - 0.6) * (0.2 / 0.8))));
  CHECK(c.comprehensive(3) == Approx(0.5));
}

TEST_CASE("three subsystems: geometric over arithmetic mean", "[indices][coupling]") {
  const Coupling c = coupling_coordination(systems({{0, 1, 0.3}, {0, 1, 0.6}, {0, 1, 0.9}}), IndicatorWeights::equal);
  CHECK(c.coupling(2) == Approx(std::cbrt(0.3 * 0.6 * 0.9) / 0.6));
  const double closeness = 1.0 - (0.3 + 0.3 + 0.6) / 3.0;
  CHECK(c.coupling_corrected(2) == Approx(std::sqrt(closeness * std::sqrt(0.3 / 0.9 * 0.6 / 0.9))));
}

TEST_CASE("entropy weights", "[indices][coupling]") {
  Subsystem system;
  system.indicators = (Eigen::ArrayXXd(4, 3) << 0, 5, 1, 0, 5, 2, 0, 5, 3, 1, 5, 4).finished();
  system.lower_better = {0, 0, 1};
  const Coupling c = coupling_coordination({system, system}, IndicatorWeights::entropy);
  // The first is all in one case: entropy 0. The third is (3, 2, 1, 0)/6 after standardisation. The second does not vary.
  const double entropy = -(0.5 * std::log(0.5) + std::log(1.0 / 3.0) / 3.0 + std::log(1.0 / 6.0) / 6.0) / std::log(4.0);
  CHECK(c.weights[0](0) == Approx(1.0 / (2.0 - entropy)));
  CHECK(c.weights[0](1) == 0.0);
  CHECK(c.weights[0](2) == Approx((1.0 - entropy) / (2.0 - entropy)));
  CHECK(c.level(0, 0) == Approx(c.weights[0](2)));
}

TEST_CASE("grades of coordination", "[indices][coupling]") {
  CHECK(coordination_grade(0.0) == 1);
  CHECK(coordination_grade(0.1) == 2);
  CHECK(coordination_grade(0.3) == 4);
  CHECK(coordination_grade(0.8999) == 9);
  CHECK(coordination_grade(1.0) == 10);
  CHECK(coordination_grade(std::nan("")) == 0);
  CHECK(grade_name(10) == "superior coordination");
}

TEST_CASE("coupling needs subsystems and cases", "[indices][coupling]") {
  CHECK_THROWS_AS(coupling_coordination(systems({{0, 1}}), IndicatorWeights::equal), InputError);
  CHECK_THROWS_AS(coupling_coordination(systems({{1}, {1}}), IndicatorWeights::equal), InputError);
}

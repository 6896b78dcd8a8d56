#include "geography/spatial_weights.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "geography/distance.h"

using namespace pericore;
using namespace pericore::geography;

namespace {

/// Places on the equator, one degree apart, and one far away.
const Eigen::ArrayXd latitude = Eigen::ArrayXd::Zero(4);
const Eigen::ArrayXd longitude = (Eigen::ArrayXd(4) << 0, 1, 2, 90).finished();
const double degree = earth_radius_km * std::acos(-1.0) / 180.0;

}  // namespace

TEST_CASE("weights from links, directed or both ways", "[geography][weights]") {
  const std::vector<Link> links = {{0, 2, 0.5}, {1, 0, 2.0}};
  const Eigen::MatrixXd directed = weights_from_links(3, links);
  CHECK(directed == (Eigen::MatrixXd(3, 3) << 0, 0, 0.5, 2, 0, 0, 0, 0, 0).finished());
  const Eigen::MatrixXd both = weights_from_links(3, links, LinkDirection::both);
  CHECK(both == directed + directed.transpose());
  const std::vector<Link> border_twice = {{0, 1}, {1, 0}};
  CHECK(weights_from_links(2, border_twice, LinkDirection::both).nonZeros() == 2);
  const std::vector<Link> twice = {{0, 1}, {0, 1}};
  CHECK_THROWS_WITH(weights_from_links(2, twice), "weights: the link from 1 to 2 comes twice");
  const std::vector<Link> itself = {{1, 1}};
  const std::vector<Link> outside = {{0, 3}};
  const std::vector<Link> negative = {{0, 1, -1.0}};
  CHECK_THROWS_AS(weights_from_links(3, itself), InputError);
  CHECK_THROWS_AS(weights_from_links(3, outside), InputError);
  CHECK_THROWS_AS(weights_from_links(3, negative), InputError);
}

TEST_CASE("rows sum to one after standardisation, islands stay empty", "[geography][weights]") {
  const std::vector<Link> links = {{0, 1, 3.0}, {0, 2, 1.0}, {1, 0, 5.0}};
  const WeightMatrix weights = row_standardised(weights_from_links(3, links));
  CHECK(weights.coeff(0, 1) == 0.75);
  CHECK(weights.coeff(1, 0) == 1.0);
  CHECK(islands(weights) == std::vector<Eigen::Index>{2});
  const std::vector<Eigen::Index> some = {1, 0};
  const Eigen::MatrixXd rest = subset(weights, some);
  CHECK(rest == (Eigen::MatrixXd(2, 2) << 0, 1, 0.75, 0).finished());
}

TEST_CASE("weights by distance", "[geography][weights]") {
  const Eigen::MatrixXd nearest = nearest_weights(latitude, longitude, 1);
  CHECK(nearest.row(3) == Eigen::RowVector4d(0, 0, 1, 0));
  CHECK(nearest.row(1) == Eigen::RowVector4d(1, 0, 0, 0));  // a tie, to the lower index
  const WeightMatrix band = distance_band_weights(latitude, longitude, 1.001 * degree);
  CHECK(islands(band) == std::vector<Eigen::Index>{3});
  CHECK(band.nonZeros() == 4);
  const WeightMatrix inverse = inverse_distance_weights(latitude, longitude, 2.001 * degree, 2.0);
  CHECK(inverse.coeff(0, 1) == Approx(1.0 / (degree * degree)));
  CHECK(inverse.coeff(0, 2) == Approx(0.25 / (degree * degree)));
  CHECK(inverse.coeff(0, 3) == 0.0);
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(inverse_distance_weights(latitude, longitude, inf, 1.0).nonZeros() == 12);
}

TEST_CASE("weights refuse what has no distance", "[geography][weights]") {
  const Eigen::ArrayXd same = Eigen::ArrayXd::Zero(4);
  CHECK_THROWS_WITH(inverse_distance_weights(latitude, same, 10.0, 1.0),
                    "weights: units 1 and 2 share a place, so 1/distance is infinite");
  CHECK_THROWS_AS(nearest_weights(latitude, longitude, 4), InputError);
  CHECK_THROWS_AS(nearest_weights(latitude, longitude, 0), InputError);
  const Eigen::ArrayXd unknown = Eigen::ArrayXd::Constant(4, std::nan(""));
  CHECK_THROWS_AS(distance_band_weights(latitude, unknown, 10.0), InputError);
}

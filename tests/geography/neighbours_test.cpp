#include "geography/neighbours.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"

using namespace pericore;
using namespace pericore::geography;

TEST_CASE("nearest neighbours, nearest first, ties to the lower index", "[geography][neighbours]") {
  const double inf = std::numeric_limits<double>::infinity();
  const Eigen::ArrayXXd distances =
      (Eigen::ArrayXXd(4, 4) << 0, 3, 1, 3, 3, 0, 2, inf, 1, 2, 0, inf, 3, inf, inf, 0).finished();
  CHECK(nearest_neighbours(distances, 2) == Neighbours{{2, 1}, {2, 0}, {0, 1}, {0}});
  CHECK(nearest_neighbours(distances, 9)[0] == std::vector<Eigen::Index>{2, 1, 3});
  CHECK(nearest_neighbours(distances, 0)[0].empty());
  CHECK_THROWS_AS(nearest_neighbours(distances, -1), DomainError);
  CHECK_THROWS_AS(nearest_neighbours(-distances, 1), DomainError);
  CHECK_THROWS_AS(nearest_neighbours(distances.leftCols(3), 1), DomainError);
}

TEST_CASE("adjacency lists from pairs", "[geography][neighbours]") {
  const std::vector<Border> borders = {{2, 0}, {0, 1}, {1, 0}, {3, 2}};
  CHECK(border_neighbours(5, borders) == Neighbours{{1, 2}, {0}, {0, 3}, {2}, {}});
  const std::vector<Border> outside = {{0, 5}};
  const std::vector<Border> itself = {{1, 1}};
  CHECK_THROWS_AS(border_neighbours(5, outside), DomainError);
  CHECK_THROWS_AS(border_neighbours(5, itself), DomainError);
}

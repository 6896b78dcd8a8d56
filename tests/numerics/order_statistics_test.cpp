#include "numerics/order_statistics.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace pericore::numerics;

TEST_CASE("quantiles of a sample are those of R's default", "[numerics]") {
  // R 4.2.2: quantile(c(1, 2, 4, 8), c(0, .1, .5, .9, 1))
  const std::vector<double> sorted = {1, 2, 4, 8};
  CHECK(sorted_quantile(sorted, 0.0) == 1.0);
  CHECK(sorted_quantile(sorted, 0.1) == Approx(1.3));
  CHECK(sorted_quantile(sorted, 0.5) == Approx(3.0));
  CHECK(sorted_quantile(sorted, 0.9) == Approx(6.8));
  CHECK(sorted_quantile(sorted, 1.0) == 8.0);
  CHECK(sorted_quantile(std::vector<double>{5.0}, 0.3) == 5.0);
}

TEST_CASE("equal values share the mean of their ranks", "[numerics]") {
  const std::vector<double> values = {3, 1, 3, 2, 3, 1};
  CHECK(average_ranks(values) == std::vector<double>{5, 1.5, 5, 3, 5, 1.5});
  CHECK(average_ranks(std::vector<double>{}).empty());
}

#include "indices/spatial_autocorrelation.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/parallel.h"
#include "geography/spatial_weights.h"
#include "numerics/keyed_draws.h"

using namespace pericore;
using namespace pericore::indices;
using Eigen::ArrayXd;

namespace {

/// A square grid, neighbours share an edge.
geography::WeightMatrix grid(int side) {
  std::vector<geography::Link> links;
  for (int r = 0; r < side; ++r) {
    for (int c = 0; c < side; ++c) {
      if (c + 1 < side) links.push_back({r * side + c, r * side + c + 1});
      if (r + 1 < side) links.push_back({r * side + c, (r + 1) * side + c});
    }
  }
  return geography::weights_from_links(side * side, links, geography::LinkDirection::both);
}

ArrayXd random_values(std::uint64_t seed, Eigen::Index count) {
  numerics::KeyedDraws draws(seed, 2, 0);
  ArrayXd values(count);
  for (double& value : values) value = -std::log(draws.uniform());
  return values;
}

}  // namespace

TEST_CASE("a chessboard: like never neighbours like", "[indices][spatial]") {
  const auto w = geography::row_standardised(grid(4));
  ArrayXd x(16);
  for (int i = 0; i < 16; ++i) x(i) = (i / 4 + i % 4) % 2;
  CHECK(moran(x, w, Hypothesis::randomisation).value == Approx(-1.0));
  CHECK(geary(x, w).value == Approx(15.0 / 8.0));  // (n - 1)/(2n) x 1 / variance 1/4
  for (const SpatialStatistic& local : local_moran(x, w)) CHECK(local.value == Approx(-1.0));
}

TEST_CASE("mean and variance of all permutations are the analytical ones", "[indices][spatial]") {
  // 20,000 draws: the mean is within 4 standard errors, the variance within 5 %.
  const auto w = geography::row_standardised(grid(5));
  const ArrayXd x = random_values(7, 25);
  const Permutations permutations{.count = 20000, .seed = 3};
  for (const SpatialStatistic& s : {moran(x, w, Hypothesis::randomisation, permutations), geary(x, w, permutations),
                                    getis_ord(x, w, permutations)}) {
    CHECK(std::abs(s.permutation_mean - s.expectation) < 4.0 * std::sqrt(s.variance / 20000.0));
    CHECK(s.permutation_variance == Approx(s.variance).epsilon(0.05));
  }
  const auto local = local_moran(x, w, permutations);
  const auto star = local_getis_ord(x, w);
  for (std::size_t i = 0; i < local.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(local[i].permutation_mean - local[i].expectation) < 4.5 * std::sqrt(local[i].variance / 20000.0));
    CHECK(local[i].permutation_variance == Approx(local[i].variance).epsilon(0.06));
    CHECK(star[i].z == star[i].value);
  }
}

TEST_CASE("local values add up to the global one", "[indices][spatial][property]") {
  const auto w = geography::row_standardised(grid(6));
  const ArrayXd x = random_values(11, 36);
  double sum = 0.0;
  for (const SpatialStatistic& local : local_moran(x, w)) sum += local.value;
  CHECK(sum / 36.0 == Approx(moran(x, w, Hypothesis::normality).value));
}

TEST_CASE("G* is free of the scale of the weights and of units", "[indices][spatial][property]") {
  const ArrayXd x = random_values(12, 36);
  const auto raw = local_getis_ord(x, grid(6));
  const auto standardised = local_getis_ord(1000.0 * x + 5.0, geography::row_standardised(grid(6)));
  for (std::size_t i = 0; i < raw.size(); ++i) CHECK(raw[i].value == Approx(standardised[i].value));
}

TEST_CASE("permutations keep their bytes for any number of threads", "[indices][spatial][threads]") {
  const auto w = geography::row_standardised(grid(5));
  const ArrayXd x = random_values(8, 25);
  const Permutations permutations{.count = 500, .seed = 5};
  const auto both = [&] {
    std::vector<double> numbers = {moran(x, w, Hypothesis::randomisation, permutations).permutation_p_value,
                                   moran(x, w, Hypothesis::randomisation, permutations).permutation_mean};
    for (const SpatialStatistic& local : local_moran(x, w, permutations)) numbers.push_back(local.permutation_mean);
    return numbers;
  };
  set_thread_count(1);
  const auto alone = both();
  set_thread_count(2);
  const auto together = both();
  set_thread_count(0);
  CHECK(alone == together);
  CHECK(moran(x, w, Hypothesis::randomisation, {.count = 500, .seed = 6}).permutation_mean != alone[1]);
}

TEST_CASE("a unit without neighbours counts in the mean, not in n", "[indices][spatial]") {
  // spdep's convention, adjust.n = TRUE: n is 4, the sums are over 5.
  const std::vector<geography::Link> links = {{0, 1}, {1, 2}, {2, 3}};
  const auto w = geography::weights_from_links(5, links, geography::LinkDirection::both);
  const ArrayXd x = (ArrayXd(5) << 1, 2, 3, 4, 10).finished();
  const ArrayXd z = x - 4.0;
  const double cross = 2.0 * (z(0) * z(1) + z(1) * z(2) + z(2) * z(3));
  const SpatialStatistic result = moran(x, w, Hypothesis::randomisation);
  CHECK(result.value == Approx(4.0 / 6.0 * cross / z.square().sum()));
  CHECK(result.expectation == Approx(-1.0 / 3.0));
  const auto local = local_moran(x, w);
  CHECK(std::isnan(local[4].value));
  CHECK(local[4].reason == "the unit has no neighbours");
}

TEST_CASE("spatial statistics say why they have no value", "[indices][spatial]") {
  const auto w = grid(2);
  CHECK(moran(ArrayXd::Constant(4, 0.1), w, Hypothesis::randomisation).reason == "the variable does not vary");
  CHECK(moran(random_values(1, 4), geography::WeightMatrix(4, 4), Hypothesis::randomisation).reason ==
        "no unit has a neighbour");
  const SpatialStatistic negative = getis_ord(random_values(1, 4) - 5.0, w);
  CHECK(negative.reason == "a value is negative");
  const std::vector<geography::Link> one = {{0, 1}};
  const SpatialStatistic tiny =
      moran((ArrayXd(3) << 1, 2, 4).finished(), geography::weights_from_links(3, one, geography::LinkDirection::both),
            Hypothesis::randomisation);
  CHECK(std::isfinite(tiny.value));
  CHECK(std::isnan(tiny.p_value));
  CHECK(tiny.reason == "too few units for a variance");
}

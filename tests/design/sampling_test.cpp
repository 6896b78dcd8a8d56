#include "design/sampling.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "base/errors.h"
#include "design/keyed_permutation.h"
#include "design/points.h"
#include "unit_cube.h"

using namespace pericore;
using namespace pericore::design;

TEST_CASE("each stratum of a Latin hypercube has one run", "[design]") {
  const auto centred = GENERATE(false, true);
  const auto runs = GENERATE(std::uint64_t{1}, std::uint64_t{10}, std::uint64_t{1000}, std::uint64_t{70001});
  CAPTURE(centred, runs);
  const auto design = make_design(LatinHypercube{.runs = runs, .dimensions = 3, .centred = centred, .seed = 11});
  const Eigen::MatrixXd x = points(*design);
  CHECK((x.array() > 0.0 && x.array() < 1.0).all());
  for (Eigen::Index d = 0; d < 3; ++d) {
    std::vector<int> count(runs, 0);
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      const double place = x(i, d) * static_cast<double>(runs);
      ++count[static_cast<std::size_t>(place)];
      if (centred) REQUIRE(place - std::floor(place) == Approx(0.5).epsilon(0).margin(1e-9));
    }
    CHECK(std::all_of(count.begin(), count.end(), [](int c) { return c == 1; }));
  }
}

TEST_CASE("columns of random designs are independent", "[design]") {
  // 20,000 pairs: four standard errors are 0.028. The second size has no tables.
  const auto check = [](const Eigen::MatrixXd& x) {
    for (Eigen::Index a = 0; a < x.cols(); ++a) {
      const std::vector<double> first(x.col(a).begin(), x.col(a).end());
      for (Eigen::Index b = 0; b < a; ++b) {
        const std::vector<double> second(x.col(b).begin(), x.col(b).end());
        CHECK(std::abs(correlation(first, second)) < 4.0 / std::sqrt(static_cast<double>(x.rows())));
      }
    }
  };
  check(points(*make_design(LatinHypercube{.runs = 20000, .dimensions = 5, .seed = 2})));
  check(points(*make_design(LatinHypercube{.runs = 100000, .dimensions = 5, .seed = 2})));
  check(points(*make_design(MonteCarlo{.runs = 20000, .dimensions = 5, .seed = 2})));
}

TEST_CASE("Monte Carlo is uniform", "[design]") {
  const Eigen::MatrixXd x = points(*make_design(MonteCarlo{.runs = 10000, .dimensions = 3, .seed = 1}));
  for (Eigen::Index d = 0; d < 3; ++d) {
    // 99 degrees of freedom: 0.999 quantile 148.2
    CHECK(chi_square_uniform({x.col(d).begin(), x.col(d).end()}, 100) < 148.2);
  }
}

TEST_CASE("a million runs: any row at once", "[design]") {
  // Nothing is stored: a design of 2^32 runs is made and asked in no time.
  const auto design = make_design(LatinHypercube{.runs = std::uint64_t{1} << 32U, .dimensions = 20, .seed = 1});
  std::vector<double> unit(20);
  design->point((std::uint64_t{1} << 32U) - 1, unit);
  CHECK(std::all_of(unit.begin(), unit.end(), [](double u) { return u > 0.0 && u < 1.0; }));
}

TEST_CASE("a keyed permutation has every item once", "[design]") {
  const auto items = GENERATE(std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{65536}, std::uint64_t{65537},
                              std::uint64_t{131072}, std::uint64_t{131073}, std::uint64_t{300000});
  CAPTURE(items);
  const KeyedPermutation permutation(items, 42, 3);
  std::vector<char> seen(items, 0);
  for (std::uint64_t k = 0; k < items; ++k) {
    const std::uint64_t image = permutation(k);
    REQUIRE(image < items);
    seen[image] = 1;
  }
  CHECK(std::accumulate(seen.begin(), seen.end(), std::uint64_t{0}) == items);
}

TEST_CASE("keyed permutations are random orders", "[design]") {
  SECTION("a table: each of 24 orders equally likely") {
    std::map<std::uint64_t, double> count;
    constexpr int keys = 24000;
    for (std::uint64_t seed = 0; seed < keys; ++seed) {
      const KeyedPermutation order(4, seed, 0);
      count[order(0) * 64 + order(1) * 16 + order(2) * 4 + order(3)] += 1.0;
    }
    REQUIRE(count.size() == 24);
    double chi_square = 0.0;
    for (const auto& [key, c] : count) chi_square += (c - 1000.0) * (c - 1000.0) / 1000.0;
    CHECK(chi_square < 49.7);  // 23 degrees of freedom, 0.999 quantile
  }
  SECTION("a network: images of neighbours over keys are uniform and unrelated") {
    constexpr std::uint64_t items = 100000;
    std::vector<double> first;
    std::vector<double> next;
    for (std::uint64_t seed = 0; seed < 10000; ++seed) {
      const KeyedPermutation order(items, seed, 1);
      first.push_back((static_cast<double>(order(0)) + 0.5) / items);
      next.push_back((static_cast<double>(order(1)) + 0.5) / items);
    }
    CHECK(chi_square_uniform(first, 100) < 148.2);
    CHECK(chi_square_uniform(next, 100) < 148.2);
    CHECK(std::abs(correlation(first, next)) < 0.04);
  }
  SECTION("streams differ") {
    const KeyedPermutation one(100000, 1, 1);
    const KeyedPermutation two(100000, 1, 2);
    int equal = 0;
    for (std::uint64_t k = 0; k < 1000; ++k) equal += one(k) == two(k) ? 1 : 0;
    CHECK(equal <= 3);
  }
  CHECK_THROWS_AS(KeyedPermutation(0, 1, 1), DomainError);
  CHECK_THROWS_AS(KeyedPermutation((std::uint64_t{1} << 32U) + 1, 1, 1), DomainError);
}

TEST_CASE("faults of random designs", "[design]") {
  CHECK_THROWS_AS(make_design(MonteCarlo{.runs = 0, .dimensions = 1}), DomainError);
  CHECK_THROWS_AS(make_design(MonteCarlo{.runs = 1, .dimensions = 0}), DomainError);
  CHECK_THROWS_AS(make_design(LatinHypercube{.runs = (std::uint64_t{1} << 32U) + 1, .dimensions = 1}), DomainError);
}

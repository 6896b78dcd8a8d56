#include "design/morris.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <vector>

#include "base/errors.h"
#include "design/points.h"

using namespace pericore;
using namespace pericore::design;

namespace {

/// Whole number of steps of the grid, or -1 if it stands off it.
int grid_level(double u, std::uint64_t levels) {
  const double place = u * static_cast<double>(levels - 1);
  return std::abs(place - std::round(place)) < 1e-12 ? static_cast<int>(std::round(place)) : -1;
}

}  // namespace

TEST_CASE("a trajectory moves every group once, by p/(2(p - 1)), on the grid", "[design]") {
  const auto levels = GENERATE(std::uint64_t{2}, std::uint64_t{4}, std::uint64_t{6}, std::uint64_t{10});
  const Groups groups = GENERATE(Groups(5), Groups({0, 1, 0, 2, 1}), Groups(1));
  const Morris options{.trajectories = 50, .groups = groups, .levels = levels, .seed = 9};
  const Eigen::MatrixXd x = points(*make_design(options));
  REQUIRE(x.rows() == static_cast<Eigen::Index>(50 * (groups.count() + 1)));
  const auto half = static_cast<int>(levels / 2);
  for (Eigen::Index row = 0; row < x.rows(); ++row) {
    const MorrisRow what = describe_row(options, static_cast<std::uint64_t>(row));
    CHECK(what.block == static_cast<std::uint64_t>(row) / (groups.count() + 1));
    CHECK(what.moved.has_value() == (what.step > 0));
    for (std::size_t d = 0; d < groups.dimensions(); ++d) {
      const int level = grid_level(x(row, static_cast<Eigen::Index>(d)), levels);
      REQUIRE(level >= 0);
      REQUIRE(level < static_cast<int>(levels));
      if (what.step == 0) continue;
      const int before = grid_level(x(row - 1, static_cast<Eigen::Index>(d)), levels);
      REQUIRE(std::abs(level - before) == (groups.of(d) == *what.moved ? half : 0));
    }
  }
  // Every group at one step of each trajectory.
  for (std::uint64_t t = 0; t < 50; ++t) {
    std::vector<int> moves(groups.count(), 0);
    for (std::size_t step = 1; step <= groups.count(); ++step) {
      ++moves[*describe_row(options, t * (groups.count() + 1) + step).moved];
    }
    CHECK(std::all_of(moves.begin(), moves.end(), [](int m) { return m == 1; }));
  }
}

TEST_CASE("levels, directions and orders of Morris are equally likely", "[design]") {
  constexpr std::uint64_t trajectories = 6000;
  const Morris options{.trajectories = trajectories, .groups = Groups(3), .levels = 4, .seed = 4};
  const Eigen::MatrixXd x = points(*make_design(options));
  std::map<int, int> level;
  std::map<std::size_t, int> order;
  int up = 0;
  for (std::uint64_t t = 0; t < trajectories; ++t) {
    const auto row = static_cast<Eigen::Index>(4 * t);
    ++level[grid_level(x(row, 1), 4)];
    up += x(row + 3, 1) > x(row, 1) ? 1 : 0;
    ++order[*describe_row(options, 4 * t + 1).moved * 3 + *describe_row(options, 4 * t + 2).moved];
  }
  // Five standard deviations of a binomial count.
  REQUIRE(level.size() == 4);
  for (const auto& [l, count] : level) CHECK(std::abs(count - 1500) < 5 * std::sqrt(6000 * 0.25 * 0.75));
  CHECK(std::abs(up - 3000) < 5 * std::sqrt(6000 * 0.25));
  REQUIRE(order.size() == 6);
  for (const auto& [o, count] : order) CHECK(std::abs(count - 1000) < 5 * std::sqrt(6000.0 / 6 * 5 / 6));
}

TEST_CASE("a radial block changes one coordinate of its base at a time", "[design]") {
  const RadialMorris options{.blocks = 40, .dimensions = 6, .seed = 3};
  const Eigen::MatrixXd x = points(*make_design(options));
  const Eigen::MatrixXd sequence = points(*make_design(Sobol{.runs = 44, .dimensions = 12, .seed = 3}));
  REQUIRE(x.rows() == 40 * 7);
  for (Eigen::Index t = 0; t < 40; ++t) {
    CHECK(x.row(7 * t) == sequence.row(t).head(6));
    for (Eigen::Index k = 0; k < 6; ++k) {
      Eigen::RowVectorXd expected = sequence.row(t).head(6);
      expected[k] = sequence(t + 4, 6 + k);
      CHECK(x.row(7 * t + 1 + k) == expected);
      CHECK(describe_row(options, static_cast<std::uint64_t>(7 * t + 1 + k)).moved == static_cast<std::size_t>(k));
    }
  }
  CHECK_FALSE(describe_row(options, 7).moved.has_value());
}

TEST_CASE("faults of screening designs", "[design]") {
  CHECK_THROWS_WITH(make_design(Morris{.trajectories = 3, .groups = Groups(2), .levels = 5}), Catch::Contains("even"));
  CHECK_THROWS_AS(make_design(Morris{.trajectories = 3, .groups = Groups(2), .levels = 0}), DomainError);
  CHECK_THROWS_AS(make_design(Morris{.trajectories = 0, .groups = Groups(2)}), DomainError);
  CHECK_THROWS_AS(make_design(RadialMorris{.blocks = 0, .dimensions = 2}), DomainError);
  CHECK_THROWS_AS(make_design(RadialMorris{.blocks = 1, .dimensions = 1834}), DomainError);
}

#include "sensitivity/morris_indices.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"
#include "design/morris.h"
#include "design/points.h"
#include "test_functions.h"

using namespace pericore;
using namespace pericore::sensitivity;
using design::Groups;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

std::vector<MorrisIndex> indices_of(const design::Morris& options, double (*function)(const std::vector<double>&)) {
  const auto design = design::make_design(options);
  return morris_indices(design::points(*design), run(*design, function), options.groups, Screening::trajectory, {});
}

/// Six trajectories of two parameters on four levels: Saltelli et al. (2008), Global Sensitivity Analysis, exercise 4 of chapter 3, p. 138.
Eigen::MatrixXd exercise_points() {
  Eigen::MatrixXd x(18, 2);
  x << 0, 1, 0, 3, 2, 3,  //
      0, 1, 2, 1, 2, 3,   //
      2, 0, 2, 2, 0, 2,   //
      1, 3, 3, 3, 3, 1,   //
      1, 3, 1, 1, 3, 1,   //
      1, 2, 1, 0, 3, 0;
  return x / 3.0;
}

const std::vector<double> exercise_outputs = {0.97, 0.71, 2.39, 0.97, 2.30, 2.39, 1.87, 2.40, 0.87,
                                              2.15, 1.71, 1.54, 2.15, 2.17, 1.54, 2.20, 1.87, 1.0};

}  // namespace

TEST_CASE("Morris: the exercise of Saltelli et al. (2008)", "[sensitivity][published]") {
  const auto indices =
      morris_indices(exercise_points(), exercise_outputs, Groups(2), Screening::trajectory, {.replications = 1000});
  // Elementary effects and measures of the solution, given to two decimals; the book rounds its outputs.
  const double first[] = {2.52, 2.01, 2.30, -0.66, -0.93, -1.30};
  const double second[] = {-0.39, 0.13, 0.80, 0.25, -0.02, 0.51};
  REQUIRE(indices[0].effects.size() == 6);
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(indices[0].effects[k] == Approx(first[k]).margin(0.02));
    CHECK(indices[1].effects[k] == Approx(second[k]).margin(0.02));
  }
  CHECK(indices[0].mu == Approx(0.66).margin(0.01));
  CHECK(indices[0].mu_star.value == Approx(1.62).margin(0.01));
  CHECK(indices[0].sigma == Approx(1.79).margin(0.01));
  CHECK(indices[1].mu == Approx(0.21).margin(0.01));
  CHECK(indices[1].mu_star.value == Approx(0.35).margin(0.01));
  CHECK(indices[1].sigma == Approx(0.41).margin(0.01));
  // SALib's test of mu_star_conf for the first parameter: 0.5 within 0.1.
  CHECK(indices[0].mu_star.conf == Approx(0.5).margin(0.1));
}

// SALib, tests/test_analyze_morris.py: the points and outputs of Saltelli et al. (2008), exercise 5, in two groups.
TEST_CASE("Morris with groups: the numbers of SALib", "[sensitivity][published]") {
  // Group 1 moves in the first step, group 0 in the second, each parameter by 2/3, up or down.
  const std::vector<std::size_t> of = {1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0};
  Eigen::MatrixXd x(3, 15);
  for (Eigen::Index row = 0; row < 3; ++row) {
    for (Eigen::Index d = 0; d < 15; ++d) {
      const bool moved = row >= (of[static_cast<std::size_t>(d)] == 1 ? 1 : 2);
      x(row, d) = moved == (d % 2 == 0) ? 2.0 / 3.0 : 0.0;
    }
  }
  const std::vector<double> outputs = {13.85, -10.11, 1.12};
  const auto indices = morris_indices(x, outputs, Groups(of), Screening::trajectory, {});
  CHECK(indices[0].mu_star.value == Approx(16.86).margin(0.1));
  CHECK(indices[1].mu_star.value == Approx(35.95).margin(0.1));
  CHECK(std::isnan(indices[0].mu));
  CHECK(std::isnan(indices[0].sigma));
}

// SALib, tests/test_regression.py: 10,000 trajectories, four levels: mu* of the Ishigami function over the range.
TEST_CASE("Morris on Ishigami: the closed form on four levels, and SALib", "[sensitivity][published]") {
  const auto indices = indices_of({.trajectories = 10000, .groups = Groups(3), .levels = 4, .seed = 1}, ishigami);
  // x1 moves between -pi and pi/3 or -pi/3 and pi, x2 likewise: |7 (sin^2(pi/3) - 0)| / (2/3) = 7.875 in every trajectory.
  CHECK(indices[1].mu_star.value == Approx(7.875).epsilon(1e-12));
  CHECK(indices[1].mu_star.conf == Approx(0.0).epsilon(0).margin(1e-12));
  CHECK(indices[1].mu == Approx(0.0).margin(4.0 * 7.875 / 100.0));  // signs are even: four standard errors
  // |sin(pi/3)| (1 + 0.1 x3^4)/(2/3) with x3 at pi/3 or pi, even odds; |sin x1| 0.1 (pi^4 - (pi/3)^4)/(2/3), 0 at x1 = +-pi
  const double root = std::sqrt(0.75);
  const double pi4 = std::pow(std::numbers::pi, 4);
  const double first = root * (1.0 + 0.1 * pi4 * 0.5 * (1.0 + 1.0 / 81.0)) * 1.5;
  const double third = 0.5 * root * 0.1 * pi4 * (1.0 - 1.0 / 81.0) * 1.5;
  CHECK(indices[0].mu_star.lower < first);
  CHECK(first < indices[0].mu_star.upper);
  CHECK(indices[2].mu_star.lower < third);
  CHECK(third < indices[2].mu_star.upper);
  // SALib's own draw of 10,000: two samples apart by at most four standard errors of the difference.
  CHECK(indices[0].mu_star.value == Approx(7.767792).margin(4.0 * std::sqrt(2.0) / 1.96 * indices[0].mu_star.conf));
  CHECK(indices[2].mu_star.value == Approx(6.308785).margin(4.0 * std::sqrt(2.0) / 1.96 * indices[2].mu_star.conf));
}

TEST_CASE("a linear model has one elementary effect a parameter", "[sensitivity]") {
  const auto linear = [](const std::vector<double>& u) { return 3.0 * u[0] - 2.0 * u[1] + 0.5 * u[2]; };
  const auto levels = GENERATE(std::uint64_t{2}, std::uint64_t{4}, std::uint64_t{8});
  const auto trajectories = indices_of({.trajectories = 10, .groups = Groups(3), .levels = levels}, linear);
  const design::RadialMorris radial{.blocks = 10, .dimensions = 3};
  const auto design = design::make_design(radial);
  const auto blocks = morris_indices(design::points(*design), run(*design, linear), Groups(3), Screening::radial, {});
  for (const auto& indices : {trajectories, blocks}) {
    const double slope[] = {3.0, -2.0, 0.5};
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(indices[i].mu == Approx(slope[i]));
      CHECK(indices[i].mu_star.value == Approx(std::abs(slope[i])));
      CHECK(indices[i].sigma == Approx(0.0).epsilon(0).margin(1e-9));
      CHECK(indices[i].used == 10);
      CHECK(indices[i].dropped == 0);
    }
  }
}

TEST_CASE("a failed run drops the effects at its sides", "[sensitivity]") {
  const design::Morris options{.trajectories = 5, .groups = Groups(3)};
  const auto design = design::make_design(options);
  const Eigen::MatrixXd x = design::points(*design);
  std::vector<double> outputs = run(*design, ishigami);
  const auto whole = morris_indices(x, outputs, options.groups, Screening::trajectory, {});
  outputs[4 * 2 + 1] = no_number;                                // second point of the third trajectory
  outputs[4 * 4 + 3] = std::numeric_limits<double>::infinity();  // last point of the last
  const auto gaps = morris_indices(x, outputs, options.groups, Screening::trajectory, {});
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    dropped += gaps[i].dropped;
    CHECK(gaps[i].used + gaps[i].dropped == 5);
  }
  CHECK(dropped == 3);
  const std::size_t group = *describe_row(options, 4 * 4 + 3).moved;
  std::vector<double> expected = whole[group].effects;
  expected.pop_back();
  if (gaps[group].dropped == 1) CHECK(gaps[group].effects == expected);

  // The base of a radial block takes the whole block with it.
  const auto radial = design::make_design(design::RadialMorris{.blocks = 4, .dimensions = 3});
  std::vector<double> values = run(*radial, ishigami);
  values[4] = no_number;
  values[9] = no_number;
  const auto blocks = morris_indices(design::points(*radial), values, Groups(3), Screening::radial, {});
  CHECK(blocks[0].used == 2);
  CHECK(blocks[1].used == 3);
  CHECK(blocks[2].used == 3);

  const auto none = morris_indices(x, std::vector<double>(20, no_number), options.groups, Screening::trajectory, {});
  CHECK(none[0].used == 0);
  CHECK(std::isnan(none[0].mu));
  CHECK(std::isnan(none[0].mu_star.value));
}

TEST_CASE("faults of Morris's measures", "[sensitivity]") {
  const Eigen::MatrixXd x = exercise_points();
  const auto with = [](const Eigen::MatrixXd& points, const std::vector<double>& outputs, const Groups& groups,
                       Screening screening = Screening::trajectory) {
    return morris_indices(points, outputs, groups, screening, {});
  };
  CHECK_THROWS_AS(with(x, {1.0}, Groups(2)), DomainError);
  CHECK_THROWS_AS(with(x, exercise_outputs, Groups(3)), DomainError);
  CHECK_THROWS_AS(with(x.topRows(17), std::vector<double>(17, 0.0), Groups(2)), DomainError);
  CHECK_THROWS_AS(with(x.topRows(2), {0.0, 1.0}, Groups({0, 0}), Screening::radial), DomainError);
  Eigen::MatrixXd both = x;
  both.row(1) = both.row(2);  // row 1 moves both parameters, row 2 none
  CHECK_THROWS_WITH(with(both, exercise_outputs, Groups(2)), Catch::Contains("more than one group"));
  Eigen::MatrixXd still = x;
  still.row(1) = still.row(0);
  still.row(2) = still.row(0);
  CHECK_THROWS_WITH(with(still, exercise_outputs, Groups(2)), Catch::Contains("nothing moves"));
}

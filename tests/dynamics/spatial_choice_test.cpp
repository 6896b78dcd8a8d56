#include "dynamics/spatial_choice.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace pericore;

namespace {
constexpr double closed = -std::numeric_limits<double>::infinity();
}

TEST_CASE("shares of a logit with costs", "[dynamics]") {
  Eigen::MatrixXd away(2, 2);
  away << 0.0, 0.5, 0.25, 0.0;
  const Eigen::Array2d searching(10.0, 20.0);
  const Eigen::Array2d log_weight(std::log(2.0), std::log(3.0));
  const auto moves = dynamics::choose(away, searching, log_weight, log_weight);
  const double first = 10.0 * 0.5 * 3.0 / (2.0 + 0.5 * 3.0);
  const double second = 20.0 * 0.25 * 2.0 / (3.0 + 0.25 * 2.0);
  CHECK(moves.out(0) == Approx(first).epsilon(1e-14));
  CHECK(moves.out(1) == Approx(second).epsilon(1e-14));
  CHECK(moves.in(0) == Approx(second).epsilon(1e-14));
  CHECK(moves.in(1) == Approx(first).epsilon(1e-14));
  const auto matrix = dynamics::choose_matrix(away, searching, log_weight, log_weight);
  CHECK(matrix(0, 1) == Approx(first).epsilon(1e-14));
  CHECK(matrix(0, 0) == Approx(10.0 - first).epsilon(1e-14));
}

TEST_CASE("closed places, nowhere to go, and weights far apart", "[dynamics]") {
  const Eigen::MatrixXd away = Eigen::MatrixXd::Ones(3, 3) - Eigen::MatrixXd::Identity(3, 3);
  const Eigen::Array3d searching(1.0, 1.0, 1.0);
  const Eigen::Array3d log_weight(0.0, 0.0, closed);
  const auto moves = dynamics::choose(away, searching, log_weight, log_weight);
  CHECK(moves.in(2) == 0.0);
  CHECK(moves.out(2) == Approx(1.0).epsilon(1e-14));  // nothing keeps them
  const auto stuck = dynamics::choose(Eigen::MatrixXd::Zero(3, 3), searching, log_weight, log_weight);
  CHECK((stuck.out == 0.0).all());
  // Only differences of weights count, however large the weights.
  const auto large = dynamics::choose(away, searching, log_weight + 5000.0, log_weight + 5000.0);
  CHECK((large.out == moves.out).all());
  const auto none =
      dynamics::choose(away, searching, Eigen::Array3d::Constant(closed), Eigen::Array3d::Constant(closed));
  CHECK((none.out == 0.0).all());
  CHECK((none.in == 0.0).all());
}

TEST_CASE("costs of moves: distance, borders, reliefs, and no moves abroad", "[dynamics]") {
  economy::Economy economy;
  economy.regions = {"a", "b", "abroad"};
  economy.abroad = 2;
  Eigen::ArrayXXd hours(3, 3);
  hours << 1.0, 3.0, 9.0, 3.0, 1.0, 9.0, 9.0, 9.0, 1.0;
  Eigen::ArrayXXd borders = Eigen::ArrayXXd::Zero(3, 3);
  borders(0, 1) = 1.0;
  dynamics::MoveCost cost;
  cost.fixed = 0.7;
  cost.distance = 0.5;
  cost.border = 0.3;
  cost.distance_relief = Eigen::Array3d(0.0, 0.2, 0.0);
  cost.border_relief = Eigen::Array3d(0.0, 0.5, 0.0);
  const auto away = dynamics::move_kernel(economy, hours, 2.0, cost, borders);
  CHECK(away(0, 1) == Approx(std::exp(-0.7 - 0.4 * std::log(2.5) - 0.15)).epsilon(1e-14));
  CHECK(away(1, 0) == Approx(std::exp(-0.7 - 0.5 * std::log(2.5))).epsilon(1e-14));
  CHECK(away(0, 0) == 0.0);
  CHECK((away.row(2).array() == 0.0).all());
  CHECK((away.col(2).array() == 0.0).all());
}

// Break and sustain points against closed forms and published values.
#include "bifurcation/critical_points.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "bifurcation/ring_modes.h"
#include "textbook_models.h"

using namespace pericore;
using bifurcation::find_critical_points;

TEST_CASE("core-periphery: break and sustain points", "[bifurcation][published]") {
  struct Row {
    double sigma, mu, break_point, sustain_point;
  };
  const auto row = GENERATE(Row{4, 0.2, 1.37346435119, 1.39341677012}, Row{4, 0.3, 1.6303244155, 1.72536770155},
                            Row{4, 0.4, 1.97182723323, 2.33937534971}, Row{4, 0.6, 3.30192724889, 14.6200787104},
                            Row{5, 0.2, 1.25743342968, 1.26921160955}, Row{5, 0.3, 1.42172957669, 1.47386050412},
                            Row{5, 0.4, 1.6265765617, 1.80731271993}, Row{5, 0.6, 2.30032663379, 4.99994879633});
  CAPTURE(row.sigma, row.mu);
  const auto model_at = [&](double t) {
    return testing::core_periphery_model(row.sigma, row.mu, testing::two_regions(t));
  };
  const auto points = find_critical_points(model_at, {.from = 1.05, .to = row.sustain_point * 1.1, .intervals = 12});
  REQUIRE(points.break_points.size() == 1);
  REQUIRE(points.sustain_points.size() == 1);
  CHECK(points.even_rests);
  // Printed to 12 digits.
  CHECK(points.break_points[0].value == Approx(row.break_point).epsilon(1e-10));
  CHECK(points.break_points[0].value == Approx(testing::core_periphery_break(row.sigma, row.mu)).epsilon(1e-10));
  CHECK(points.break_points[0].stable_above);
  CHECK_FALSE(points.break_points[0].oscillates);
  CHECK(points.sustain_points[0].value == Approx(row.sustain_point).epsilon(1e-10));
  CHECK_FALSE(points.sustain_points[0].stable_above);
}

TEST_CASE("footloose entrepreneur: break and sustain points in closed form", "[bifurcation][published]") {
  struct Row {
    double sigma, mu, break_phi, sustain_phi;
  };
  const auto row = GENERATE(Row{5, 0.4, 23.0 / 33.0, 0.695442367568}, Row{3, 0.3, 0.604743083004, 0.600849651041});
  CAPTURE(row.sigma, row.mu);
  const auto cost_of = [&](double phi) { return std::pow(phi, 1.0 / (1.0 - row.sigma)); };
  const auto model_at = [&](double t) {
    return testing::with_mover(testing::footloose_entrepreneur(row.sigma, row.mu, testing::two_regions(t)), 1);
  };
  const double middle = cost_of(row.break_phi);
  const auto points = find_critical_points(
      model_at, {.from = 1.0 + 0.5 * (middle - 1.0), .to = 1.0 + 1.5 * (middle - 1.0), .intervals = 7});
  REQUIRE(points.break_points.size() == 1);
  REQUIRE(points.sustain_points.size() == 1);
  CHECK(points.break_points[0].value == Approx(cost_of(row.break_phi)).epsilon(1e-10));
  CHECK(points.sustain_points[0].value == Approx(cost_of(row.sustain_phi)).epsilon(1e-10));
}

TEST_CASE("vertical linkages: break and sustain points are those of core-periphery, whatever consumers buy",
          "[bifurcation][published]") {
  struct Row {
    double alpha, break_point, sustain_point;
  };
  const auto row = GENERATE(Row{0.3, 1.42172957669, 1.47386050412}, Row{0.4, 1.6265765617, 1.80731271993},
                            Row{0.5, 1.89882892212, 2.51671561617});
  const double mu = GENERATE(0.3, 0.45);
  CAPTURE(row.alpha, mu);
  const auto model_at = [&](double t) {
    return testing::with_mover(testing::vertical_linkages(5.0, row.alpha, mu, testing::two_regions(t)), -1);
  };
  const auto points = find_critical_points(model_at, {.from = 1.2, .to = 3.0, .intervals = 9});
  REQUIRE(points.break_points.size() == 1);
  REQUIRE(points.sustain_points.size() == 1);
  CHECK(points.break_points[0].value == Approx(row.break_point).epsilon(1e-10));
  CHECK(points.break_points[0].stable_above);
  CHECK(points.sustain_points[0].value == Approx(row.sustain_point).epsilon(1e-10));
  CHECK_FALSE(points.sustain_points[0].stable_above);
}

TEST_CASE("Puga: without migration equal regions are unstable between two trade costs", "[bifurcation][published]") {
  struct Row {
    double inputs, budget_share, elasticity, low, high;
  };
  const auto row =
      GENERATE(Row{0.4, 0.4, 50.0, 1.03653248453, 1.9094646297}, Row{0.5, 0.1, 20.0, 1.06205865414, 2.32703290129});
  const auto model_at = [&](double t) {
    return testing::with_mover(
        testing::puga(4.0, row.inputs, row.budget_share, row.elasticity, testing::two_regions(t)), -1);
  };
  const auto points = find_critical_points(model_at, {.from = 1.02, .to = 2.6, .intervals = 40});
  REQUIRE(points.break_points.size() == 2);
  CHECK(points.break_points[0].value == Approx(row.low).epsilon(1e-9));
  CHECK_FALSE(points.break_points[0].stable_above);
  CHECK(points.break_points[1].value == Approx(row.high).epsilon(1e-9));
  CHECK(points.break_points[1].stable_above);
}

TEST_CASE("Puga: with migration equal regions are unstable below one trade cost", "[bifurcation][published]") {
  const auto model_at = [&](double t) {
    return testing::with_mover(testing::puga(4.0, 0.5, 0.1, 20.0, testing::two_regions(t)), 0);
  };
  const auto points = find_critical_points(model_at, {.from = 2.5, .to = 3.5, .intervals = 8});
  REQUIRE(points.break_points.size() == 1);
  CHECK(points.break_points[0].value == Approx(3.12833490137).epsilon(1e-9));
  CHECK(points.break_points[0].stable_above);
}

TEST_CASE("Helpman: equal regions break at high trade cost, and no core lasts", "[bifurcation][published]") {
  const auto model_at = [&](double t) {
    return testing::with_mover(testing::helpman(3.0, 0.75, testing::two_regions(t)), 0);
  };
  const auto points = find_critical_points(model_at, {.from = 1.5, .to = 2.2, .intervals = 8});
  REQUIRE(points.break_points.size() == 1);
  CHECK(points.break_points[0].value == Approx(1.84390889146).epsilon(1e-10));
  CHECK_FALSE(points.break_points[0].stable_above);
  CHECK(points.sustain_points.empty());
}

TEST_CASE("static logit: tastes add 1/theta to what must be gained", "[bifurcation]") {
  // A wave grows under the logit where it grows at more than 1/theta under the replicator: the break point is where Omega(Z) = 1/theta.
  constexpr double theta = 40.0;
  const auto model_at = [&](double t) {
    auto model = testing::core_periphery_model(5.0, 0.4, testing::two_regions(t), dynamics::Mobility::logit_static);
    model.parameters.groups[1].elasticity = theta;
    return bifurcation::calibrated_model(model.economy, model.kernels, model.calibration.state.economy,
                                         model.parameters, model.travel_time, model.travel_time);
  };
  const auto points = find_critical_points(model_at, {.from = 1.2, .to = 2.0, .intervals = 10});
  REQUIRE(points.break_points.size() == 1);
  const double freeness = std::pow(points.break_points[0].value, -4.0);
  const double z = (1.0 - freeness) / (1.0 + freeness);
  CHECK(testing::core_periphery_growth(5.0, 0.4, z) == Approx(1.0 / theta).epsilon(1e-9));
  CHECK(points.sustain_points.empty());  // tastes leave no place empty
}

TEST_CASE("racetrack of eight: the first break from autarky is of every second region", "[bifurcation][published]") {
  struct Row {
    bool entrepreneurs;
    double step;
  };
  const auto row = GENERATE(Row{false, 1.93185165258}, Row{true, 1.25283956389});
  CAPTURE(row.entrepreneurs);
  const auto model_at = [&](double t) {
    const Eigen::MatrixXd cost = testing::ring(8, t);
    if (row.entrepreneurs) return testing::with_mover(testing::footloose_entrepreneur(5.0, 0.4, cost), 1);
    return testing::core_periphery_model(5.0, 0.4, cost);
  };
  const auto points = find_critical_points(model_at, {.from = 1.02 * row.step, .to = 1.5 * row.step, .intervals = 4});
  CHECK(points.break_points.empty());
  const auto at = find_critical_points(model_at, {.from = 0.9 * row.step, .to = 1.1 * row.step, .intervals = 4});
  REQUIRE(at.break_points.size() == 1);
  CHECK(at.break_points[0].value == Approx(row.step).epsilon(1e-10));
  const bifurcation::LongRun below(model_at(0.999 * row.step));
  const auto even = bifurcation::even_point(below);
  REQUIRE(even);
  CHECK(bifurcation::preferred_mode(bifurcation::ring_modes(below, *even)).frequency == 4);
}

TEST_CASE("nothing that moves is an error that says so", "[bifurcation]") {
  const auto built = testing::krugman(5.0, 0.4, testing::two_regions(1.7), Eigen::Array2d(0.5, 0.5));
  CHECK_THROWS_WITH(bifurcation::LongRun(testing::with_mover(built, -1)),
                    Catch::Contains("nothing moves in the long run"));
}

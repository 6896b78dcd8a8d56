#include "calibrate/minimise.h"

#include <Eigen/Dense>
#include <catch2/catch.hpp>
#include <cmath>
#include <stdexcept>

#include "base/errors.h"
#include "calibrate/differences.h"

using namespace pericore;
using calibrate::Minimiser;

namespace {

double bowl(const Eigen::VectorXd& x) {
  return 1.0 + std::pow(x[0] - 0.3, 2) + (x.size() > 1 ? 4.0 * std::pow(x[1] - 0.7 - 0.5 * (x[0] - 0.3), 2) : 0.0);
}

/// Rastrigin's function on the cube: 25 local minima, the lowest at (0.6, 0.6).
double waves(const Eigen::VectorXd& x) {
  const Eigen::ArrayXd z = 5.0 * (x.array() - 0.6);
  return (z.square() - 2.0 * (2.0 * M_PI * z).cos() + 2.0).sum();
}

}  // namespace

TEST_CASE("Local minimisers find the bottom of a tilted bowl", "[calibrate][minimise]") {
  const auto method = GENERATE(Minimiser::bobyqa, Minimiser::cobyla, Minimiser::sbplx);
  CAPTURE(static_cast<int>(method));
  const auto found =
      calibrate::minimise(bowl, Eigen::Vector2d(0.9, 0.05), {.method = method, .evaluations = 2000, .tolerance = 1e-8});
  CHECK(found.ended == "tolerance");
  // A quadratic bottom is flat to the root of the machine's precision.
  CHECK(found.unit[0] == Approx(0.3).margin(1e-6));
  CHECK(found.unit[1] == Approx(0.7).margin(1e-6));
  CHECK(found.value == Approx(1.0).epsilon(1e-12));
  const auto one = calibrate::minimise(bowl, Eigen::VectorXd::Constant(1, 1.0), {.method = method, .tolerance = 1e-7});
  CHECK(one.unit[0] == Approx(0.3).margin(1e-4));
}

TEST_CASE("Global minimisers are not held by local minima, and repeat themselves", "[calibrate][minimise]") {
  const auto method = GENERATE(Minimiser::direct, Minimiser::crs, Minimiser::mlsl);
  CAPTURE(static_cast<int>(method));
  const calibrate::Search search{.method = method, .evaluations = 4000, .tolerance = 1e-6, .seed = 7};
  const auto found = calibrate::minimise(waves, Eigen::Vector2d(0.1, 0.9), search);
  CHECK((found.unit - Eigen::Vector2d(0.6, 0.6)).norm() < 0.02);
  const auto again = calibrate::minimise(waves, Eigen::Vector2d(0.1, 0.9), search);
  CHECK(again.unit == found.unit);
  CHECK(again.evaluations == found.evaluations);
}

TEST_CASE("What the objective throws comes through", "[calibrate][minimise]") {
  int calls = 0;
  const auto broken = [&](const Eigen::VectorXd& x) -> double {
    if (++calls == 5) throw Interrupted("stop");
    return bowl(x);
  };
  CHECK_THROWS_AS(calibrate::minimise(broken, Eigen::Vector2d(0.5, 0.5), {}), Interrupted);
  CHECK(calls == 5);
  CHECK_THROWS_AS(calibrate::minimise(bowl, Eigen::Vector2d(0.5, 1.5), {}), DomainError);
}

TEST_CASE("Differences are exact for parabolas, inside and at bounds", "[calibrate][differences]") {
  const double at = GENERATE(0.0, 0.004, 0.5, 1.0);
  const auto beside = calibrate::neighbours(at, 0.01);
  CHECK(beside.first >= 0.0);
  CHECK(beside.second <= 1.0);
  const auto value = [](double x) { return Eigen::VectorXd(Eigen::Vector2d(3.0 * x * x - x, 5.0 - 2.0 * x)); };
  const Eigen::VectorXd slope = calibrate::parabola_slope({at, beside.first, beside.second},
                                                          {value(at), value(beside.first), value(beside.second)});
  CHECK(slope[0] == Approx(6.0 * at - 1.0).epsilon(1e-9));
  CHECK(slope[1] == Approx(-2.0).epsilon(1e-9));
}

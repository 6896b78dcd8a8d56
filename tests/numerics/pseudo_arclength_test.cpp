// Continuation on curves whose points, folds and branch points are known.
#include "numerics/pseudo_arclength.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace pericore;
using numerics::CurveEnd;
using numerics::CurveOptions;
using numerics::CurvePoint;
using numerics::ParametricSystem;

namespace {

ParametricSystem scalar(double (*f)(double, double), double (*by_x)(double, double), double (*by_p)(double, double)) {
  return {
      .evaluate =
          [=](const Eigen::VectorXd& x, double p, Eigen::VectorXd& value, Eigen::MatrixXd* fx, Eigen::VectorXd* fp) {
            value = Eigen::VectorXd::Constant(1, f(x(0), p));
            if (fx != nullptr) *fx = Eigen::MatrixXd::Constant(1, 1, by_x(x(0), p));
            if (fp != nullptr) *fp = Eigen::VectorXd::Constant(1, by_p(x(0), p));
            return true;
          },
      .inside = {}};
}

/// p = x^3 - x: folds at x = +-1/sqrt 3, p = -+2 / (3 sqrt 3).
ParametricSystem cusp() {
  return scalar([](double x, double p) { return x * x * x - x - p; },
                [](double x, double) { return 3.0 * x * x - 1.0; }, [](double, double) { return -1.0; });
}

CurvePoint at(double x, double p) { return {Eigen::VectorXd::Constant(1, x), p, {}}; }

}  // namespace

TEST_CASE("a curve is followed through both its folds", "[numerics]") {
  const ParametricSystem system = cusp();
  CurveOptions options{.from = -1.0, .to = 1.0};
  options.tolerance = 1e-13;
  Eigen::VectorXd x = Eigen::VectorXd::Constant(1, -1.3);
  REQUIRE(numerics::correct_at(system, -1.0, options, x));
  CHECK(x(0) == Approx(-1.3247179572447461).epsilon(1e-13));  // minus the plastic number
  const auto curve = numerics::follow_curve(system, at(x(0), -1.0), Eigen::Vector2d(0.0, 1.0), options);
  CHECK(curve.end == CurveEnd::parameter);
  CHECK(curve.points.back().p == 1.0);
  CHECK(curve.points.back().x(0) == Approx(1.3247179572447461).epsilon(1e-12));
  int folds = 0;
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    const CurvePoint& point = curve.points[i];
    CHECK(std::abs(std::pow(point.x(0), 3) - point.x(0) - point.p) < 1e-12);
    CHECK(point.tangent.norm() == Approx(1.0).epsilon(1e-12));
    if (i == 0 || curve.points[i - 1].tangent(1) * point.tangent(1) > 0.0) continue;
    const auto fold = numerics::zero_between(
        system, curve.points[i - 1], point, [](const CurvePoint& p) { return p.tangent(1); }, options, 1e-13);
    REQUIRE(fold);
    CHECK(std::abs(fold->x(0)) == Approx(1.0 / std::sqrt(3.0)).epsilon(1e-10));
    CHECK(std::abs(fold->p) == Approx(2.0 / (3.0 * std::sqrt(3.0))).epsilon(1e-12));
    ++folds;
  }
  CHECK(folds == 2);
}

TEST_CASE("a closed curve is followed round until the points run out", "[numerics]") {
  const ParametricSystem circle =
      scalar([](double x, double p) { return x * x + p * p - 1.0; }, [](double x, double) { return 2.0 * x; },
             [](double, double p) { return 2.0 * p; });
  CurveOptions options{.from = -2.0, .to = 2.0};
  options.max_points = 400;
  const auto curve = numerics::follow_curve(circle, at(1.0, 0.0), Eigen::Vector2d(0.0, 1.0), options);
  CHECK(curve.end == CurveEnd::limit);
  double lowest = 1.0;
  for (const CurvePoint& point : curve.points) {
    CHECK(point.x(0) * point.x(0) + point.p * point.p == Approx(1.0).epsilon(1e-9));
    lowest = std::min(lowest, point.x(0));
  }
  CHECK(lowest < -0.99);
}

TEST_CASE("a pitchfork is left along its branches", "[numerics]") {
  // x (p - x^2) = 0: zero for all p, and x = +-sqrt p.
  const ParametricSystem system =
      scalar([](double x, double p) { return x * (p - x * x); }, [](double x, double p) { return p - 3.0 * x * x; },
             [](double x, double) { return x; });
  const CurveOptions options{.from = -1.0, .to = 1.0};
  for (const double side : {1.0, -1.0}) {
    const auto off = numerics::correct_on_plane(system, at(0.05 * side, 0.0), Eigen::Vector2d(side, 0.0), options);
    REQUIRE(off);
    CHECK(off->x(0) == Approx(0.05 * side).epsilon(1e-12));
    CHECK(off->p == Approx(0.0025).epsilon(1e-8));
    const auto curve = numerics::follow_curve(system, *off, Eigen::Vector2d(side, 0.0), options);
    CHECK(curve.end == CurveEnd::parameter);
    CHECK(curve.points.back().x(0) == Approx(side).epsilon(1e-9));
  }
}

TEST_CASE("a curve ends where it leaves the domain, and says so", "[numerics]") {
  ParametricSystem line = scalar([](double x, double p) { return x - p; }, [](double, double) { return 1.0; },
                                 [](double, double) { return -1.0; });
  line.inside = [](const Eigen::VectorXd& x, double) { return x(0) < 0.5; };
  const CurveOptions options{.from = 0.0, .to = 1.0};
  const auto curve = numerics::follow_curve(line, at(0.0, 0.0), Eigen::Vector2d(0.0, 1.0), options);
  CHECK(curve.end == CurveEnd::domain);
  CHECK(curve.points.back().x(0) == Approx(0.5).margin(1e-5));
  CHECK(curve.points.back().x(0) < 0.5);
  const auto stopped = numerics::follow_curve(line, at(0.0, 0.0), Eigen::Vector2d(0.0, 1.0), options,
                                              [](const CurvePoint&, const CurvePoint& now) { return now.p > 0.2; });
  CHECK(stopped.end == CurveEnd::stopped);
  CHECK(stopped.points.back().p > 0.2);
}

/// Derivatives of moments by parameters from differences.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace pericore::calibrate {

/// Two points beside an estimate, in one parameter.
struct Neighbours {
  double first = 0.0;
  double second = 0.0;
};

/// Of a coordinate of the unit cube: one step to either side, or one and two steps inwards where a bound is nearer than a step.
/// @param step  above 0, at most 1/4
[[nodiscard]] Neighbours neighbours(double unit, double step);

/// Derivative at x0 of the parabola through three points: its error is of the second order in the steps, wherever the points lie.
///
/// @param x       x0 and two others, all different
/// @param values  by point: moments
[[nodiscard]] Eigen::VectorXd parabola_slope(const double (&x)[3], const Eigen::VectorXd (&values)[3]);

}  // namespace pericore::calibrate

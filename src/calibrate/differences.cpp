#include "calibrate/differences.h"

#include "base/errors.h"

namespace pericore::calibrate {

Neighbours neighbours(double unit, double step) {
  if (!(step > 0.0) || step > 0.25) throw DomainError("a step of differences must be above 0 and at most 1/4");
  if (unit - step < 0.0) return {unit + step, unit + 2.0 * step};
  if (unit + step > 1.0) return {unit - step, unit - 2.0 * step};
  return {unit - step, unit + step};
}

Eigen::VectorXd parabola_slope(const double (&x)[3], const Eigen::VectorXd (&values)[3]) {
  const double a = x[1] - x[0];
  const double b = x[2] - x[0];
  if (a == 0.0 || b == 0.0 || a == b) throw DomainError("points of a difference coincide");
  // Lagrange's polynomials, differentiated at x0.
  return values[1] * (-b / (a * (a - b))) + values[2] * (-a / (b * (b - a))) + values[0] * (-(a + b) / (a * b));
}

}  // namespace pericore::calibrate

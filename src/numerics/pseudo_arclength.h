/// Curves of solutions of f(x, p) = 0 in one parameter, through folds, by pseudo-arclength continuation (Keller 1977; Allgower and
/// Georg 2003, ch. 6). No economics.
#pragma once

#include <Eigen/Dense>
#include <functional>
#include <optional>
#include <vector>

namespace pericore::numerics {

/// n equations in n unknowns and one parameter.
struct ParametricSystem {
  /// f, n; where not null also its derivatives to x, n x n, and to p, n. False where f is not defined.
  std::function<bool(const Eigen::VectorXd& x, double p, Eigen::VectorXd& f, Eigen::MatrixXd* by_x,
                     Eigen::VectorXd* by_p)>
      evaluate;
  /// Whether a point may be stepped on; empty: every point. Points outside end the curve.
  std::function<bool(const Eigen::VectorXd& x, double p)> inside;
};

struct CurveOptions {
  double from = 0.0;            ///< the curve ends where p leaves [from, to]
  double to = 1.0;              ///< lengths along p are counted in to - from
  double first_step = 0.01;     ///< of arclength [1], > 0
  double shortest_step = 1e-7;  ///< [1]: where even this fails the curve ends
  double longest_step = 0.05;   ///< [1]
  double tolerance = 1e-10;     ///< largest |f| of a point, and largest last Newton step
  int max_newton = 12;
  int max_points = 500;
};

/// A point of a curve.
struct CurvePoint {
  Eigen::VectorXd x;
  double p = 0.0;
  Eigen::VectorXd tangent;  ///< n + 1: of x and of p / (to - from), length 1, in the direction of travel
};

enum class CurveEnd {
  parameter,  ///< p reached `from` or `to`, exactly
  domain,     ///< the next point is outside, or f is not defined there
  stuck,      ///< no step however short converged
  limit,      ///< max_points
  stopped,    ///< by the caller
};

struct Curve {
  std::vector<CurvePoint> points;  ///< the first is the start
  CurveEnd end = CurveEnd::limit;
};

/// Newton's method at fixed p. @return  false where it does not converge; x is then the last point
bool correct_at(const ParametricSystem& system, double p, const CurveOptions& options, Eigen::VectorXd& x);

/// Newton's method on the plane through `guess` (n + 1, p scaled) orthogonal to `direction`; empty where it does not converge. The
/// tangent of the point found points as `direction` does.
std::optional<CurvePoint> correct_on_plane(const ParametricSystem& system, const CurvePoint& guess,
                                           const Eigen::VectorXd& direction, const CurveOptions& options);

/// Follows the curve from a solution.
///
/// @param direction  n + 1 with p scaled; its inner product with the first tangent is positive. If orthogonal, as it stands
/// @param stop       called with each new point and the one before; true ends the curve with that point. May be empty
[[nodiscard]] Curve follow_curve(const ParametricSystem& system, const CurvePoint& start,
                                 const Eigen::VectorXd& direction, const CurveOptions& options,
                                 const std::function<bool(const CurvePoint& before, const CurvePoint& now)>& stop = {});

/// A zero of `test` on the curve between two neighbouring points at which it has different signs: bracketing (TOMS 748) in arclength.
/// Empty where the corrector fails.
/// @param tolerance  of arclength [1]
std::optional<CurvePoint> zero_between(const ParametricSystem& system, const CurvePoint& left, const CurvePoint& right,
                                       const std::function<double(const CurvePoint&)>& test,
                                       const CurveOptions& options, double tolerance);

}  // namespace pericore::numerics

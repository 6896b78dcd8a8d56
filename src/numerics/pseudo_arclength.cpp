#include "numerics/pseudo_arclength.h"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>

namespace pericore::numerics {
namespace {

/// Unknowns and scaled parameter as one vector.
Eigen::VectorXd joined(const CurvePoint& point, double scale) {
  Eigen::VectorXd z(point.x.size() + 1);
  z << point.x, point.p / scale;
  return z;
}

/// Derivatives of f and, as last row, the plane's normal.
struct Bordered {
  Eigen::VectorXd value;
  Eigen::MatrixXd matrix;
};

bool evaluate(const ParametricSystem& system, const Eigen::VectorXd& z, double scale, const Eigen::VectorXd& normal,
              Bordered& result) {
  const Eigen::Index n = z.size() - 1;
  Eigen::MatrixXd by_x;
  Eigen::VectorXd by_p;
  if (!system.evaluate(z.head(n), z(n) * scale, result.value, &by_x, &by_p)) return false;
  if (!result.value.allFinite() || !by_x.allFinite() || !by_p.allFinite()) return false;
  result.matrix.resize(n + 1, n + 1);
  result.matrix.topLeftCorner(n, n) = by_x;
  result.matrix.topRightCorner(n, 1) = scale * by_p;
  result.matrix.bottomRows(1) = normal.transpose();
  return true;
}

/// Solves the bordered system; the shortest solution where it is singular, as on the plane across a branch point.
Eigen::VectorXd solve(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
  const Eigen::PartialPivLU<Eigen::MatrixXd> factors(matrix);
  const Eigen::VectorXd pivots = factors.matrixLU().diagonal().cwiseAbs();
  if (pivots.minCoeff() > 1e-11 * pivots.maxCoeff()) return factors.solve(right);
  Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> rank_revealing;
  rank_revealing.setThreshold(1e-9);
  return rank_revealing.compute(matrix).solve(right);
}

/// Unit vector along the curve: f does not change, and it points as `direction`.
Eigen::VectorXd tangent_at(const Bordered& bordered, const Eigen::VectorXd& direction) {
  Eigen::VectorXd right = Eigen::VectorXd::Zero(direction.size());
  right(right.size() - 1) = 1.0;
  Eigen::VectorXd tangent = solve(bordered.matrix, right);
  const double length = tangent.norm();
  if (!std::isfinite(length) || length == 0.0) return direction.normalized();
  tangent /= length;
  return tangent.dot(direction) < 0.0 ? Eigen::VectorXd(-tangent) : tangent;
}

}  // namespace

bool correct_at(const ParametricSystem& system, double p, const CurveOptions& options, Eigen::VectorXd& x) {
  Eigen::VectorXd f;
  Eigen::MatrixXd by_x;
  for (int step = 0; step < options.max_newton; ++step) {
    if (!system.evaluate(x, p, f, &by_x, nullptr) || !f.allFinite() || !by_x.allFinite()) return false;
    const Eigen::VectorXd move = solve(by_x, -f);
    if (!move.allFinite()) return false;
    if (f.cwiseAbs().maxCoeff() <= options.tolerance && move.cwiseAbs().maxCoeff() <= 1e3 * options.tolerance)
      return true;
    const Eigen::VectorXd next = x + move;
    if (system.inside && !system.inside(next, p)) return false;
    x = next;
  }
  return false;
}

std::optional<CurvePoint> correct_on_plane(const ParametricSystem& system, const CurvePoint& guess,
                                           const Eigen::VectorXd& direction, const CurveOptions& options) {
  const double scale = options.to - options.from;
  const Eigen::VectorXd normal = direction.normalized();
  const Eigen::VectorXd anchor = joined(guess, scale);
  Eigen::VectorXd z = anchor;
  const Eigen::Index n = guess.x.size();
  Bordered bordered;
  double before = std::numeric_limits<double>::infinity();
  for (int step = 0; step < options.max_newton; ++step) {
    if (system.inside && !system.inside(z.head(n), z(n) * scale)) return {};
    if (!evaluate(system, z, scale, normal, bordered)) return {};
    Eigen::VectorXd right(n + 1);
    right << -bordered.value, normal.dot(anchor - z);
    const Eigen::VectorXd move = solve(bordered.matrix, right);
    if (!move.allFinite()) return {};
    const double off = bordered.value.cwiseAbs().maxCoeff();
    if (off <= options.tolerance && move.cwiseAbs().maxCoeff() <= 1e3 * options.tolerance) {
      CurvePoint point{z.head(n), z(n) * scale, {}};
      point.tangent = tangent_at(bordered, normal);
      return point;
    }
    // Newton's method that does not contract has been started too far away.
    const double length = move.norm();
    if (step > 2 && length > 2.0 * before) return {};
    before = length;
    z += move;
  }
  return {};
}

Curve follow_curve(const ParametricSystem& system, const CurvePoint& start, const Eigen::VectorXd& direction,
                   const CurveOptions& options,
                   const std::function<bool(const CurvePoint& before, const CurvePoint& now)>& stop) {
  const double scale = options.to - options.from;
  const Eigen::Index n = start.x.size();
  Curve curve;
  CurvePoint now = start;
  {
    Bordered bordered;
    const Eigen::VectorXd normal = direction.normalized();
    if (!evaluate(system, joined(now, scale), scale, normal, bordered)) {
      curve.end = CurveEnd::domain;
      return curve;
    }
    now.tangent = tangent_at(bordered, normal);
    // At a branch point the equations leave the direction open.
    if (!(std::abs(now.tangent.dot(normal)) > 1e-3)) now.tangent = normal;
  }
  curve.points.push_back(now);
  double step = options.first_step;
  while (static_cast<int>(curve.points.size()) < options.max_points) {
    const CurvePoint& last = curve.points.back();
    std::optional<CurvePoint> next;
    bool outside = false;
    for (;;) {
      const Eigen::VectorXd z = joined(last, scale) + step * last.tangent;
      const CurvePoint guess{z.head(n), z(n) * scale, last.tangent};
      if (const double bound = std::clamp(guess.p, options.from, options.to); guess.p != bound) {
        // Ends on the bound itself, by Newton's method at fixed p: beyond it nothing need be defined.
        const double share = (bound - last.p) / (guess.p - last.p);
        CurvePoint end{last.x + share * (guess.x - last.x), bound, last.tangent};
        const Eigen::VectorXd from_guess = end.x;
        if (share <= 0.0) {
          curve.end = CurveEnd::parameter;
          return curve;
        }
        if (correct_at(system, bound, options, end.x) && (end.x - from_guess).norm() <= step) {
          if (stop && stop(last, end))
            curve.end = CurveEnd::stopped;
          else
            curve.end = CurveEnd::parameter;
          curve.points.push_back(std::move(end));
          return curve;
        }
        step *= 0.5;
        if (step < options.shortest_step) break;
        continue;
      }
      outside = system.inside && !system.inside(guess.x, guess.p);
      if (!outside) {
        next = correct_on_plane(system, guess, last.tangent, options);
        // A tangent that turns sharply has jumped to another curve.
        const bool between = next && next->p >= options.from && next->p <= options.to;
        if (between && next->tangent.dot(last.tangent) > 0.8) break;
        next.reset();
      }
      step *= 0.5;
      if (step < options.shortest_step) break;
    }
    if (!next) {
      curve.end = outside ? CurveEnd::domain : CurveEnd::stuck;
      return curve;
    }
    const bool straight = next->tangent.dot(last.tangent) > 0.99;
    const bool stopped = stop && stop(last, *next);
    curve.points.push_back(std::move(*next));
    if (stopped) {
      curve.end = CurveEnd::stopped;
      return curve;
    }
    step = std::min(options.longest_step, straight ? 1.5 * step : 0.7 * step);
  }
  curve.end = CurveEnd::limit;
  return curve;
}

std::optional<CurvePoint> zero_between(const ParametricSystem& system, const CurvePoint& left, const CurvePoint& right,
                                       const std::function<double(const CurvePoint&)>& test,
                                       const CurveOptions& options, double tolerance) {
  const double scale = options.to - options.from;
  const Eigen::VectorXd a = joined(left, scale);
  const Eigen::VectorXd chord = joined(right, scale) - a;
  const double length = chord.norm();
  const Eigen::Index n = left.x.size();
  bool failed = false;
  std::optional<CurvePoint> best;
  double best_value = std::numeric_limits<double>::infinity();
  const auto value_at = [&](double share) {
    const Eigen::VectorXd z = a + share * chord;
    const auto point = correct_on_plane(system, {z.head(n), z(n) * scale, {}}, chord, options);
    if (!point) {
      failed = true;
      return 0.0;  // ends the search
    }
    const double value = test(*point);
    if (std::abs(value) < best_value) {
      best_value = std::abs(value);
      best = point;
    }
    return value;
  };
  const double at_left = test(left);
  const double at_right = test(right);
  if (at_left == 0.0) return left;
  if (at_right == 0.0) return right;
  if (!(at_left * at_right < 0.0)) return {};
  std::uintmax_t steps = 60;
  const auto close = [&](double s, double t) { return failed || std::abs(t - s) * length <= tolerance; };
  boost::math::tools::toms748_solve(value_at, 0.0, 1.0, at_left, at_right, close, steps);
  if (failed && !best) return {};
  return best;
}

}  // namespace pericore::numerics

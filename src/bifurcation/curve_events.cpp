#include "bifurcation/curve_events.h"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>

#include "bifurcation/critical_points.h"

namespace pericore::bifurcation {
namespace {

using numerics::CurveOptions;

constexpr double rough_tolerance = 1e-5;     // of arclength, of a branch point before it is refined
constexpr double node_distance = 1e-3;       // of arclength, between points a branch point is interpolated from
constexpr double refined_tolerance = 3e-12;  // of the equations at branch points

/// Where a growth rate is zero along a curve. Next to a branch point the equations hardly tell the curve from the one that crosses
/// it, so that a bracket alone is good to some 1e-6: rate, state and parameter are interpolated from points on both sides (degree 5).
std::optional<CurvePoint> zero_on_curve(LongRunCurves& curves, const numerics::ParametricSystem& system,
                                        const Support& support, const CurvePoint& left, const CurvePoint& right,
                                        const CurveOptions& options, std::size_t rate) {
  const auto test = [&](const CurvePoint& at) { return curves.judge(support, at).rates[rate].real(); };
  auto rough = numerics::zero_between(system, left, right, test, options, rough_tolerance);
  if (!rough || rough->tangent.size() == 0) return rough;
  const double scale = options.to - options.from;
  const Eigen::Index n = rough->x.size();
  Eigen::VectorXd origin(n + 1);
  origin << rough->x, rough->p / scale;
  constexpr Eigen::Index nodes = 6;
  const double spacing[nodes] = {-3.0, -2.0, -1.0, 1.0, 2.0, 3.0};
  Eigen::Matrix<double, nodes, nodes> powers;
  Eigen::MatrixXd values(nodes, n + 2);  // the point, and the rate there
  for (Eigen::Index k = 0; k < nodes; ++k) {
    const Eigen::VectorXd z = origin + spacing[k] * node_distance * rough->tangent;
    CurveOptions tight = options;
    tight.tolerance = refined_tolerance;
    auto node = numerics::correct_on_plane(system, {z.head(n), z(n) * scale, {}}, rough->tangent, tight);
    if (!node) node = numerics::correct_on_plane(system, {z.head(n), z(n) * scale, {}}, rough->tangent, options);
    if (!node) return rough;
    values.row(k) << node->x.transpose(), node->p / scale, test(*node);
    for (Eigen::Index i = 0; i < nodes; ++i) powers(k, i) = std::pow(spacing[k], static_cast<double>(i));
  }
  const Eigen::MatrixXd coefficients = powers.partialPivLu().solve(values);
  const auto at = [&](double s) {
    Eigen::RowVectorXd value = Eigen::RowVectorXd::Zero(n + 2);
    for (Eigen::Index i = nodes - 1; i >= 0; --i) value = value * s + coefficients.row(i);
    return value;
  };
  double s = 0.0;
  for (int step = 0; step < 20; ++step) {
    const double slope = (at(s + 1e-4)(n + 1) - at(s - 1e-4)(n + 1)) / 2e-4;
    const double move = -at(s)(n + 1) / slope;
    if (!std::isfinite(move) || std::abs(s + move) > 3.0) return rough;
    s += move;
    if (std::abs(move) < 1e-13) break;
  }
  const Eigen::RowVectorXd found = at(s);
  return CurvePoint{found.head(n).transpose(), found(n) * scale, rough->tangent};
}

/// The same on the even spread, which symmetry keeps even: no other branch can be taken for it.
std::optional<CurvePoint> zero_on_even_spread(LongRunCurves& curves, double left, double right, std::size_t rate) {
  std::optional<LongRunPoint> point;
  const auto rate_at = [&](double p) {
    const auto system = curves.system_at(p);
    point = even_point(*system);
    if (!point) return std::numeric_limits<double>::quiet_NaN();
    const auto used = LongRun::support(*system, point->y);
    return spectrum(*system, *point, used, system->residual_jacobian(*point, used), false)
        .eigenvalues(static_cast<Eigen::Index>(rate))
        .real();
  };
  const double at_left = rate_at(left);
  const double at_right = rate_at(right);
  if (!(at_left * at_right < 0.0)) return {};
  std::uintmax_t steps = 100;
  const auto close = [&](double a, double b) { return std::abs(b - a) <= 1e-13 * std::abs(a); };
  const auto bracket = boost::math::tools::toms748_solve(rate_at, std::min(left, right), std::max(left, right),
                                                         left < right ? at_left : at_right,
                                                         left < right ? at_right : at_left, close, steps);
  const double p = 0.5 * (bracket.first + bracket.second);
  if (!std::isfinite(rate_at(p)) || !point) return {};
  return CurvePoint{LongRunCurves::part(LongRun::support(curves.reference(), point->y), point->y), p, {}};
}

}  // namespace

std::vector<std::pair<CurvePoint, DiagramEvent>> find_events(LongRunCurves& curves, const Support& support,
                                                             const CurvePoint& left, const CurvePoint& right,
                                                             const Judged& before, const Judged& after) {
  const CurveOptions options = curves.curve_options();
  const auto system = curves.equations(support, 0.0);
  std::vector<std::pair<CurvePoint, DiagramEvent>> met;
  const Eigen::Index last = left.x.size();
  const bool turns =
      left.tangent.size() > 0 && right.tangent.size() > 0 && left.tangent(last) * right.tangent(last) < 0.0;
  int real_crossings = 0;
  const auto keep = [&](const CurvePoint& at, EventKind kind, int multiplicity) {
    DiagramEvent event{.kind = kind, .branch = 0, .parameter = at.p, .y = curves.whole(support, at.x)};
    event.pattern = pattern_of(curves.reference(), event.y);
    event.multiplicity = multiplicity;
    met.emplace_back(at, std::move(event));
  };
  const auto along = [&](const CurvePoint& at) {
    Eigen::VectorXd a(last + 1);
    a << at.x - left.x, (at.p - left.p) / (options.to - options.from);
    return a.norm();
  };
  const bool even = pattern_of(curves.reference(), curves.whole(support, left.x)) == Pattern::even &&
                    pattern_of(curves.reference(), curves.whole(support, right.x)) == Pattern::even;
  std::vector<std::pair<CurvePoint, bool>> zeros;
  for (std::size_t j = 0; j < before.rates.size(); ++j) {
    if ((before.rates[j].real() < 0.0) == (after.rates[j].real() < 0.0)) continue;
    const auto zero = even ? zero_on_even_spread(curves, left.p, right.p, j)
                           : zero_on_curve(curves, system, support, left, right, options, j);
    if (!zero) continue;
    const bool turning = std::abs(curves.judge(support, *zero).rates[j].imag()) > 1e-6;
    zeros.emplace_back(*zero, turning);
    real_crossings += turning ? 0 : 1;
  }
  std::stable_sort(zeros.begin(), zeros.end(),
                   [&](const auto& a, const auto& b) { return along(a.first) < along(b.first); });
  // Where the curve turns back in the parameter one rate crosses zero: that is the fold itself.
  if (turns && real_crossings > 0) {
    const auto test = [&](const CurvePoint& at) { return at.tangent(last); };
    if (const auto fold = numerics::zero_between(system, left, right, test, options, event_tolerance)) {
      auto nearest = zeros.end();
      for (auto it = zeros.begin(); it != zeros.end(); ++it) {
        if (it->second) continue;
        if (nearest == zeros.end() ||
            std::abs(along(it->first) - along(*fold)) < std::abs(along(nearest->first) - along(*fold)))
          nearest = it;
      }
      if (nearest != zeros.end()) zeros.erase(nearest);
      keep(*fold, EventKind::fold, 1);
    }
  }
  for (std::size_t i = 0; i < zeros.size();) {
    std::size_t end = i + 1;
    while (end < zeros.size() && along(zeros[end].first) - along(zeros[i].first) < 1e-7) ++end;
    keep(zeros[i].first, zeros[i].second ? EventKind::oscillation : EventKind::branch_point, static_cast<int>(end - i));
    i = end;
  }
  std::stable_sort(met.begin(), met.end(),
                   [&](const auto& a, const auto& b) { return along(a.first) < along(b.first); });
  return met;
}

std::optional<BoundaryEnd> end_on_boundary(LongRunCurves& curves, const Traced& traced, bool back) {
  const std::size_t count = traced.points.size();
  if (count < 2) return {};
  const CurvePoint& last = back ? traced.points.front() : traced.points.back();
  const CurvePoint& before = back ? traced.points[1] : traced.points[count - 2];
  std::size_t vanishing = 0;
  const double least = curves.smallest(traced.support, last.x, &vanishing);
  if (least > 0.5) return {};  // it did not end for want of people
  const auto at = static_cast<Eigen::Index>(vanishing);
  const double fall = before.x(at) - last.x(at);
  if (!(fall > 0.0)) return {};
  Support rest;
  Eigen::VectorXd y = curves.whole(traced.support, last.x + (last.x - before.x) * (last.x(at) / fall));
  Eigen::Index first = -1;
  for (std::size_t j = 0; j < traced.support.size(); ++j) {
    const Eigen::Index i = traced.support[j];
    const auto k = static_cast<Eigen::Index>(j);
    // Places that are alike vanish together.
    const bool gone =
        curves.reference().block_of(i).law != Law::productivity && last.x(k) <= 1.05 * last.x(at) &&
        curves.reference().block_of(i).first == curves.reference().block_of(traced.support[vanishing]).first;
    if (gone) {
      y(i) = 0.0;
      if (first < 0) first = i;
    } else {
      rest.push_back(i);
    }
  }
  for (const Block& block : curves.reference().blocks()) {
    if (!are_shares(block.law)) continue;
    auto shares = y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
    shares = shares.cwiseMax(0.0).eval();
    if (shares.sum() > 0.0) shares /= shares.sum();
  }
  const double guess = last.p + (last.p - before.p) * (last.x(at) / fall);
  const auto rest_at = [&](double p) { return find_rest_point(*curves.system_at(p), y, nullptr); };
  const auto gain = [&](double p) {
    const auto point = rest_at(p);
    return point ? point->growth(first) : std::numeric_limits<double>::quiet_NaN();
  };
  const double range = curves.options().to - curves.options().from;
  double width = std::max(1e-4 * range, 2.0 * std::abs(guess - last.p));
  for (int attempt = 0; attempt < 8; ++attempt, width *= 2.0) {
    const double left = std::max(curves.options().from, guess - width);
    const double right = std::min(curves.options().to, guess + width);
    const double at_left = gain(left);
    const double at_right = gain(right);
    if (!std::isfinite(at_left) || !std::isfinite(at_right) || (at_left < 0.0) == (at_right < 0.0)) continue;
    std::uintmax_t steps = 100;
    const auto close = [&](double a, double b) { return std::abs(b - a) <= 1e-13 * std::abs(a) + 1e-14 * range; };
    const auto bracket = boost::math::tools::toms748_solve(gain, left, right, at_left, at_right, close, steps);
    const double p = 0.5 * (bracket.first + bracket.second);
    const auto end = rest_at(p);
    if (!end || LongRun::support(curves.reference(), end->y) != rest) return {};
    return BoundaryEnd{rest, end->y, p};
  }
  return {};
}

std::vector<Eigen::VectorXd> leaving_directions(LongRunCurves& curves, const Support& support,
                                                const DiagramEvent& event) {
  const Eigen::VectorXd x = LongRunCurves::part(support, event.y);
  const LongRunPoint point = curves.evaluate(support, x, event.parameter);
  const Eigen::MatrixXd jacobian = curves.system_at(event.parameter)->residual_jacobian(point, support);
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(jacobian, Eigen::ComputeFullV);
  const Eigen::Index n = x.size();
  const Eigen::MatrixXd null = svd.matrixV().rightCols(std::min<Eigen::Index>(event.multiplicity, n));
  std::vector<Eigen::VectorXd> directions;
  const auto offer = [&](const Eigen::VectorXd& wanted) {
    Eigen::VectorXd v = null * (null.transpose() * wanted);
    if (!(v.norm() > 1e-6)) return;
    v.normalize();
    for (const double sign : {1.0, -1.0}) {
      const Eigen::VectorXd candidate = sign * v;
      const bool known = std::any_of(directions.begin(), directions.end(),
                                     [&](const Eigen::VectorXd& other) { return candidate.dot(other) > 1.0 - 1e-9; });
      if (!known) directions.push_back(candidate);
    }
  };
  if (null.cols() == 1) {
    offer(null.col(0));
    return directions;
  }
  for (const Block& block : curves.reference().blocks()) {
    const Eigen::Index end = block.first + static_cast<Eigen::Index>(block.regions.size());
    std::vector<Eigen::Index> rows;
    for (std::size_t j = 0; j < support.size(); ++j) {
      if (support[j] >= block.first && support[j] < end) rows.push_back(static_cast<Eigen::Index>(j));
    }
    for (std::size_t j = 0; j < rows.size(); ++j) {
      Eigen::VectorXd wanted = Eigen::VectorXd::Zero(n);
      wanted(rows[0]) = 1.0;
      wanted(rows[j]) += j == 0 ? 0.0 : 1.0;
      offer(wanted);
      if (j == 0) continue;
      wanted(rows[j]) = -1.0;
      offer(wanted);
    }
    if (!rows.empty()) break;
  }
  return directions;
}

}  // namespace pericore::bifurcation

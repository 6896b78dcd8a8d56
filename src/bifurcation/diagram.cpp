#include "bifurcation/diagram.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <memory>

#include <boost/math/tools/toms748_solve.hpp>

#include "base/errors.h"
#include "bifurcation/critical_points.h"
#include "numerics/pseudo_arclength.h"

namespace pericore::bifurcation {
namespace {

using numerics::Curve;
using numerics::CurveEnd;
using numerics::CurveOptions;
using numerics::CurvePoint;
using Support = std::vector<Eigen::Index>;

constexpr double parameter_difference =
    1e-6;  // of the range: only steers the continuation, whose points solve exact equations
constexpr double first_offset =
    0.02;                             // of the smallest share in use: how far from a branch point a branch is first met
constexpr double floor_share = 1e-3;  // of the mean share: nearer to the boundary a branch is closed by its exact end
constexpr double event_tolerance = 1e-11;    // of arclength
constexpr double rough_tolerance = 1e-5;     // of arclength, of a branch point before it is refined
constexpr double node_distance = 1e-3;       // of arclength, between points a branch point is interpolated from
constexpr double refined_tolerance = 3e-12;  // of the equations at branch points
constexpr std::size_t models_kept = 8;

/// A curve over the places in use, with what its points need to be judged.
struct Traced {
  Support support;
  std::vector<CurvePoint> points;
  CurveEnd end_back = CurveEnd::limit;
  CurveEnd end = CurveEnd::limit;
  bool sustained_to_end = true;  ///< the last point is not a sustain point
};

/// Judgement of a point of a curve.
struct Judged {
  std::vector<std::complex<double>> rates;
  double first = -std::numeric_limits<double>::infinity();  ///< largest gain of a first comer
};

class Tracer {
 public:
  Tracer(const ModelAt& model_at, const DiagramOptions& options)
      : model_at_(model_at),
        options_(options),
        reference_(model_at(std::clamp(options.configured, options.from, options.to)), options.tolerance) {
    two_regions_ = reference_.economy().n_regions() == 2;
  }

  Diagram trace() {
    describe_blocks();
    for (const double p : starting_values()) {
      if (const auto even = even_point(*system_at(p))) {
        follow_both_ways(even->y, p);
        break;
      }
    }
    switch_at_events();
    for (const double p : starting_values()) {
      const auto system = system_at(p);
      const auto found = find_equilibria(
          *system,
          {.starts = options_.starts, .seed = options_.seed, .motion = false, .interrupted = options_.interrupted});
      for (const LongRunEquilibrium& equilibrium : found) {
        seed(equilibrium.point, p);
        if (!two_regions_) continue;
        // With two regions the mirror image is another curve of the diagram.
        Eigen::VectorXd mirror = equilibrium.point.y;
        for (const Block& block : system->blocks()) {
          auto part = mirror.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
          part.reverseInPlace();
        }
        if (auto point = find_rest_point(*system, mirror, nullptr)) {
          if (as_equilibrium(*system, *point)) seed(*point, p);
        }
      }
    }
    if (diagram_.branches.empty())
      throw NumericalError("no long-run equilibrium was found anywhere between the bounds");
    return std::move(diagram_);
  }

 private:
  void check() const {
    if (options_.interrupted != nullptr && options_.interrupted->load()) throw Interrupted("interrupted");
  }

  [[nodiscard]] std::vector<double> starting_values() const {
    const double configured = std::clamp(options_.configured, options_.from, options_.to);
    std::vector<double> values = {configured};
    for (const double p : {options_.from, options_.to}) {
      if (p != configured) values.push_back(p);
    }
    return values;
  }

  void describe_blocks() {
    const economy::Economy& economy = reference_.economy();
    for (const Block& block : reference_.blocks()) {
      if (block.law == Law::productivity) continue;
      DiagramBlock described{.law = block.law, .name = {}, .first = block.first, .regions = {}, .scale = block.scale};
      described.name = block.law == Law::entry ? economy.sectors[static_cast<std::size_t>(block.item)].name
                                               : economy.factors[static_cast<std::size_t>(block.item)].name;
      for (const Eigen::Index r : block.regions)
        described.regions.push_back(economy.regions[static_cast<std::size_t>(r)]);
      diagram_.blocks.push_back(std::move(described));
    }
  }

  std::shared_ptr<const LongRun> system_at(double p) {
    for (const auto& [value, system] : systems_) {
      if (value == p) return system;
    }
    check();
    auto system = std::make_shared<const LongRun>(model_at_(p), options_.tolerance, &reference_);
    if (system->size() != reference_.size())
      throw InputError("the parameter changes which regions are open to whom: its diagram cannot be followed");
    systems_.emplace_back(p, system);
    if (systems_.size() > models_kept) systems_.pop_front();
    return system;
  }

  [[nodiscard]] Eigen::VectorXd whole(const Support& support, const Eigen::VectorXd& x) const {
    Eigen::VectorXd y = Eigen::VectorXd::Zero(reference_.size());
    for (std::size_t j = 0; j < support.size(); ++j) y(support[j]) = x(static_cast<Eigen::Index>(j));
    return y;
  }
  [[nodiscard]] static Eigen::VectorXd part(const Support& support, const Eigen::VectorXd& y) {
    Eigen::VectorXd x(static_cast<Eigen::Index>(support.size()));
    for (std::size_t j = 0; j < support.size(); ++j) x(static_cast<Eigen::Index>(j)) = y(support[j]);
    return x;
  }

  /// Smallest share in use over the mean share of its block.
  [[nodiscard]] double smallest(const Support& support, const Eigen::VectorXd& x, std::size_t* where = nullptr) const {
    double least = std::numeric_limits<double>::infinity();
    for (const Block& block : reference_.blocks()) {
      if (block.law == Law::productivity) continue;
      const Eigen::Index end = block.first + static_cast<Eigen::Index>(block.regions.size());
      double sum = 0.0;
      for (std::size_t j = 0; j < support.size(); ++j) {
        if (support[j] >= block.first && support[j] < end) sum += std::max(0.0, x(static_cast<Eigen::Index>(j)));
      }
      const double mean = sum / static_cast<double>(block.regions.size());
      for (std::size_t j = 0; j < support.size(); ++j) {
        if (support[j] < block.first || support[j] >= end) continue;
        const double relative = mean > 0.0 ? x(static_cast<Eigen::Index>(j)) / mean : -1.0;
        if (relative < least) {
          least = relative;
          if (where != nullptr) *where = j;
        }
      }
    }
    return least;
  }

  [[nodiscard]] numerics::ParametricSystem equations(const Support& support, double floor) {
    numerics::ParametricSystem system;
    system.inside = [this, support, floor](const Eigen::VectorXd& x, double) { return smallest(support, x) > floor; };
    system.evaluate = [this, support](const Eigen::VectorXd& x, double p, Eigen::VectorXd& f, Eigen::MatrixXd* by_x,
                                      Eigen::VectorXd* by_p) {
      if (!(smallest(support, x) > 0.0)) return false;
      try {
        const LongRunPoint point = evaluate(support, x, p);
        f = part(support, point.residual);
        if (by_x != nullptr) *by_x = system_at(p)->residual_jacobian(point, support);
        if (by_p != nullptr) {
          const double step = parameter_difference * (options_.to - options_.from);
          const double side = p + step > options_.to ? -step : step;
          *by_p = (part(support, evaluate(support, x, p + side).residual) - f) / side;
        }
        return true;
      } catch (const NumericalError&) {
        return false;
      } catch (const InputError&) {
        // Newton's method may look beyond the bounds, where the parameter is not allowed.
        if (p >= options_.from && p <= options_.to) throw;
        return false;
      }
    };
    return system;
  }

  LongRunPoint evaluate(const Support& support, const Eigen::VectorXd& x, double p) {
    const Eigen::VectorXd y = whole(support, x);
    LongRunPoint point = system_at(p)->evaluate(y, have_prices_ ? &prices_ : nullptr);
    prices_ = point.equilibrium.prices;
    have_prices_ = true;
    return point;
  }

  [[nodiscard]] CurveOptions curve_options() const {
    CurveOptions options;
    options.from = options_.from;
    options.to = options_.to;
    options.first_step = 0.25 * options_.longest_step;
    options.longest_step = options_.longest_step;
    options.tolerance = 1e-10;
    options.max_points = options_.max_points;
    return options;
  }

  Judged judge(const Support& support, const CurvePoint& at, DiagramPoint* point = nullptr) {
    const LongRunPoint full = evaluate(support, at.x, at.p);
    const Spectrum seen =
        spectrum(*system_at(at.p), full, support, system_at(at.p)->residual_jacobian(full, support), false);
    Judged judged;
    for (const std::complex<double>& rate : seen.eigenvalues) judged.rates.push_back(rate);
    if (seen.of_the_first.size() > 0) judged.first = seen.of_the_first(0);
    if (point != nullptr) {
      point->parameter = at.p;
      point->y = full.y;
      point->leading = leading_eigenvalue(seen);
      for (const auto& rate : judged.rates) point->unstable += rate.real() > neutral ? 1 : 0;
      point->unstable += static_cast<int>((seen.of_the_first.array() > neutral).count());
      point->stable = point->leading.real() < -neutral;
    }
    return judged;
  }

  double gain_of_first(const Support& support, const CurvePoint& at) {
    const LongRunPoint point = evaluate(support, at.x, at.p);
    double gain = -std::numeric_limits<double>::infinity();
    for (Eigen::Index i = 0; i < point.y.size(); ++i) {
      if (reference_.block_of(i).law != Law::productivity && !(point.y(i) > 0.0))
        gain = std::max(gain, point.growth(i));
    }
    return gain;
  }

  /// Follows one way. Stops where first comers start to gain, at branch points already known, and closes on the boundary.
  Curve follow(const Support& support, const CurvePoint& start, const Eigen::VectorXd& direction, bool* sustained) {
    const bool some_empty = support.size() < static_cast<std::size_t>(reference_.size());
    const double floor = std::min(floor_share, 0.5 * smallest(support, start.x));
    const auto system = equations(support, floor);
    const CurveOptions options = curve_options();
    const double scale = options.to - options.from;
    bool lost = false;
    int met = -1;
    int steps = 0;
    const auto stop = [&](const CurvePoint& before, const CurvePoint& now) {
      check();
      ++steps;
      if (some_empty && gain_of_first(support, now) > neutral) {
        lost = true;
        return true;
      }
      for (std::size_t e = 0; e < diagram_.events.size() && steps > 2; ++e) {
        const DiagramEvent& event = diagram_.events[e];
        if (event.kind != EventKind::branch_point) continue;
        Eigen::VectorXd a(before.x.size() + 1), b(a.size()), c(a.size());
        a << before.x, before.p / scale;
        b << now.x, now.p / scale;
        c << part(support, event.y), event.parameter / scale;
        const Eigen::VectorXd chord = b - a;
        const double along = (c - a).dot(chord) / chord.squaredNorm();
        if (along < -0.1 || along > 1.1) continue;
        const Eigen::VectorXd apart = c - a - along * chord;
        if (apart.norm() > 0.1 * chord.norm()) continue;
        met = static_cast<int>(e);
        return true;
      }
      return false;
    };
    Curve curve = numerics::follow_curve(system, start, direction, options, stop);
    *sustained = !lost;
    if (lost) {
      const CurvePoint now = curve.points.back();
      curve.points.pop_back();
      const CurvePoint& before = curve.points.back();
      if (curve.points.size() > 1 || gain_of_first(support, before) < -1e-7) {
        const auto test = [&](const CurvePoint& at) { return gain_of_first(support, at); };
        if (auto end = numerics::zero_between(system, before, now, test, options, event_tolerance))
          curve.points.push_back(std::move(*end));
      }
    } else if (met >= 0) {
      const DiagramEvent& event = diagram_.events[static_cast<std::size_t>(met)];
      CurvePoint& last = curve.points.back();
      last.x = part(support, event.y);
      last.p = event.parameter;
    }
    return curve;
  }

  /// Both ways from a rest point, and everything that hangs on its ends.
  void follow_both_ways(const Eigen::VectorXd& y, double p) {
    if (full()) return;
    const Support support = LongRun::support(reference_, y);
    const CurvePoint start{part(support, y), p, {}};
    Eigen::VectorXd direction = Eigen::VectorXd::Zero(start.x.size() + 1);
    direction(start.x.size()) = -1.0;
    Traced traced{.support = support, .points = {}};
    bool sustained_back = true;
    bool sustained = true;
    Curve back{{start}, CurveEnd::parameter};
    Curve ahead = back;
    if (p > options_.from) back = follow(support, start, direction, &sustained_back);
    if (p < options_.to) ahead = follow(support, start, -direction, &sustained);
    traced.points.assign(back.points.rbegin(), back.points.rend());
    if (traced.points.empty()) traced.points.push_back(start);
    for (std::size_t i = 1; i < ahead.points.size(); ++i) traced.points.push_back(ahead.points[i]);
    traced.end_back = back.end;
    traced.end = ahead.end;
    add_branch(std::move(traced), sustained_back, sustained, -1);
  }

  [[nodiscard]] bool full() {
    if (static_cast<int>(diagram_.branches.size()) < options_.max_branches) return false;
    diagram_.complete = false;
    return true;
  }

  /// Turns a curve into a branch with its events, and closes its ends.
  void add_branch(Traced traced, bool sustained_back, bool sustained, int from_event) {
    const auto index = static_cast<int>(diagram_.branches.size());
    const CurveOptions options = curve_options();
    const auto system = equations(traced.support, 0.0);
    Branch branch;
    std::vector<Judged> judged;
    std::vector<CurvePoint> points;
    const auto append = [&](const CurvePoint& at) {
      DiagramPoint point;
      judged.push_back(judge(traced.support, at, &point));
      branch.points.push_back(std::move(point));
      points.push_back(at);
    };
    std::vector<std::size_t> own_events;
    for (std::size_t i = 0; i < traced.points.size(); ++i) {
      const CurvePoint& now = traced.points[i];
      if (i == 0) {
        append(now);
        if (from_event >= 0) branch.points.back().event = from_event;
        continue;
      }
      const CurvePoint left = points.back();
      const Judged before = judged.back();
      const Judged after = judge(traced.support, now);
      // At the branch point it came from, and at the one it ran into, rates are zero: nothing changes sign there.
      const bool at_known = (i == 1 && from_event >= 0) || known_event_at(traced.support, now) >= 0;
      std::vector<std::pair<CurvePoint, DiagramEvent>> met;
      if (!at_known) find_events(system, traced.support, left, now, before, after, options, met);
      for (auto& [at, event] : met) {
        event.branch = index;
        append(at);
        branch.points.back().event = static_cast<int>(diagram_.events.size());
        own_events.push_back(diagram_.events.size());
        diagram_.events.push_back(std::move(event));
      }
      append(now);
      if (at_known && i > 1) branch.points.back().event = known_event_at(traced.support, now);
    }
    std::map<Pattern, int> patterns;
    for (const DiagramPoint& point : branch.points) ++patterns[pattern_of(reference_, point.y)];
    branch.pattern = std::max_element(patterns.begin(), patterns.end(), [](const auto& a, const auto& b) {
                       return a.second < b.second;
                     })->first;
    diagram_.branches.push_back(std::move(branch));
    judge_sides(index);
    if (options_.progress) {
      options_.progress(static_cast<int>(diagram_.branches.size()), static_cast<int>(traced.points.size()));
    }
    if (!sustained_back) mark_sustain(index, true);
    if (!sustained) mark_sustain(index, false);
    if (sustained_back && traced.end_back == CurveEnd::domain) close_on_boundary(index, traced, true);
    if (sustained && traced.end == CurveEnd::domain) close_on_boundary(index, traced, false);
    for (const std::size_t e : own_events) waiting_.push_back({static_cast<int>(e), traced.support});
  }

  int known_event_at(const Support& support, const CurvePoint& at) const {
    for (std::size_t e = 0; e < diagram_.events.size(); ++e) {
      if (diagram_.events[e].parameter == at.p && part(support, diagram_.events[e].y) == at.x)
        return static_cast<int>(e);
    }
    return -1;
  }

  void find_events(const numerics::ParametricSystem& system, const Support& support, const CurvePoint& left,
                   const CurvePoint& right, const Judged& before, const Judged& after, const CurveOptions& options,
                   std::vector<std::pair<CurvePoint, DiagramEvent>>& met) {
    const Eigen::Index last = left.x.size();
    const bool turns =
        left.tangent.size() > 0 && right.tangent.size() > 0 && left.tangent(last) * right.tangent(last) < 0.0;
    int real_crossings = 0;
    const auto keep = [&](const CurvePoint& at, EventKind kind, int multiplicity) {
      DiagramEvent event{.kind = kind, .branch = 0, .parameter = at.p, .y = whole(support, at.x)};
      event.pattern = pattern_of(reference_, event.y);
      event.multiplicity = multiplicity;
      met.emplace_back(at, std::move(event));
    };
    const auto along = [&](const CurvePoint& at) {
      Eigen::VectorXd a(last + 1);
      a << at.x - left.x, (at.p - left.p) / (options.to - options.from);
      return a.norm();
    };
    const bool even = pattern_of(reference_, whole(support, left.x)) == Pattern::even &&
                      pattern_of(reference_, whole(support, right.x)) == Pattern::even;
    std::vector<std::pair<CurvePoint, bool>> zeros;
    for (std::size_t j = 0; j < before.rates.size(); ++j) {
      if ((before.rates[j].real() < 0.0) == (after.rates[j].real() < 0.0)) continue;
      const auto zero =
          even ? zero_on_even_spread(left.p, right.p, j) : zero_on_curve(system, support, left, right, options, j);
      if (!zero) continue;
      const bool turning = std::abs(judge(support, *zero).rates[j].imag()) > 1e-6;
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
      keep(zeros[i].first, zeros[i].second ? EventKind::oscillation : EventKind::branch_point,
           static_cast<int>(end - i));
      i = end;
    }
    std::stable_sort(met.begin(), met.end(),
                     [&](const auto& a, const auto& b) { return along(a.first) < along(b.first); });
  }

  /// Where a growth rate is zero along a curve. Next to a branch point the equations hardly tell the curve from the one that crosses
  /// it, so that a bracket alone is good to some 1e-6: rate, state and parameter are interpolated from points on both sides (degree 5).
  std::optional<CurvePoint> zero_on_curve(const numerics::ParametricSystem& system, const Support& support,
                                          const CurvePoint& left, const CurvePoint& right, const CurveOptions& options,
                                          std::size_t rate) {
    const auto test = [&](const CurvePoint& at) { return judge(support, at).rates[rate].real(); };
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
  std::optional<CurvePoint> zero_on_even_spread(double left, double right, std::size_t rate) {
    std::optional<LongRunPoint> point;
    const auto rate_at = [&](double p) {
      const auto system = system_at(p);
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
    return CurvePoint{part(LongRun::support(reference_, point->y), point->y), p, {}};
  }

  /// Stability of the branch itself on both sides of its events.
  void judge_sides(int index) {
    const Branch& branch = diagram_.branches[static_cast<std::size_t>(index)];
    for (std::size_t i = 0; i < branch.points.size(); ++i) {
      const int e = branch.points[i].event;
      if (e < 0 || diagram_.events[static_cast<std::size_t>(e)].branch != index) continue;
      DiagramEvent& event = diagram_.events[static_cast<std::size_t>(e)];
      for (const std::size_t j : {i - 1, i + 1}) {
        if (j >= branch.points.size()) continue;  // i - 1 of 0 wraps round
        (branch.points[j].parameter > event.parameter ? event.stable_above : event.stable_below) =
            branch.points[j].stable;
      }
    }
  }

  void mark_sustain(int index, bool back) {
    Branch& branch = diagram_.branches[static_cast<std::size_t>(index)];
    DiagramPoint& point = back ? branch.points.front() : branch.points.back();
    for (std::size_t e = 0; e < diagram_.events.size(); ++e) {
      const DiagramEvent& known = diagram_.events[e];
      if (known.kind == EventKind::sustain_point &&
          std::abs(known.parameter - point.parameter) < 1e-7 * (options_.to - options_.from) &&
          (known.y - point.y).cwiseAbs().maxCoeff() < 1e-7) {
        point.event = static_cast<int>(e);
        return;
      }
    }
    DiagramEvent event{.kind = EventKind::sustain_point, .branch = index, .parameter = point.parameter, .y = point.y};
    event.pattern = pattern_of(reference_, point.y);
    const std::size_t count = branch.points.size();
    if (count > 1) {
      const DiagramPoint& next = back ? branch.points[1] : branch.points[count - 2];
      (next.parameter > point.parameter ? event.stable_above : event.stable_below) = next.stable;
    }
    point.event = static_cast<int>(diagram_.events.size());
    diagram_.events.push_back(std::move(event));
  }

  /// An interior branch that runs into the boundary ends where the state without the vanishing places starts to attract first comers.
  void close_on_boundary(int index, const Traced& traced, bool back) {
    const std::size_t count = traced.points.size();
    if (count < 2) return;
    const CurvePoint& last = back ? traced.points.front() : traced.points.back();
    const CurvePoint& before = back ? traced.points[1] : traced.points[count - 2];
    std::size_t vanishing = 0;
    const double least = smallest(traced.support, last.x, &vanishing);
    if (least > 0.5) return;  // it did not end for want of people
    const auto at = static_cast<Eigen::Index>(vanishing);
    const double fall = before.x(at) - last.x(at);
    if (!(fall > 0.0)) return;
    Support rest;
    Eigen::VectorXd y = whole(traced.support, last.x + (last.x - before.x) * (last.x(at) / fall));
    Eigen::Index first = -1;
    for (std::size_t j = 0; j < traced.support.size(); ++j) {
      const Eigen::Index i = traced.support[j];
      const auto k = static_cast<Eigen::Index>(j);
      // Places that are alike vanish together.
      const bool gone = reference_.block_of(i).law != Law::productivity && last.x(k) <= 1.05 * last.x(at) &&
                        reference_.block_of(i).first == reference_.block_of(traced.support[vanishing]).first;
      if (gone) {
        y(i) = 0.0;
        if (first < 0) first = i;
      } else {
        rest.push_back(i);
      }
    }
    for (const Block& block : reference_.blocks()) {
      if (!are_shares(block.law)) continue;
      auto shares = y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
      shares = shares.cwiseMax(0.0).eval();
      if (shares.sum() > 0.0) shares /= shares.sum();
    }
    const double guess = last.p + (last.p - before.p) * (last.x(at) / fall);
    const auto rest_at = [&](double p) { return find_rest_point(*system_at(p), y, nullptr); };
    const auto gain = [&](double p) {
      const auto point = rest_at(p);
      return point ? point->growth(first) : std::numeric_limits<double>::quiet_NaN();
    };
    const double range = options_.to - options_.from;
    double width = std::max(1e-4 * range, 2.0 * std::abs(guess - last.p));
    for (int attempt = 0; attempt < 8; ++attempt, width *= 2.0) {
      const double left = std::max(options_.from, guess - width);
      const double right = std::min(options_.to, guess + width);
      const double at_left = gain(left);
      const double at_right = gain(right);
      if (!std::isfinite(at_left) || !std::isfinite(at_right) || (at_left < 0.0) == (at_right < 0.0)) continue;
      std::uintmax_t steps = 100;
      const auto close = [&](double a, double b) { return std::abs(b - a) <= 1e-13 * std::abs(a) + 1e-14 * range; };
      const auto bracket = boost::math::tools::toms748_solve(gain, left, right, at_left, at_right, close, steps);
      const double p = 0.5 * (bracket.first + bracket.second);
      const auto end = rest_at(p);
      if (!end || LongRun::support(reference_, end->y) != rest) return;
      DiagramPoint point;
      judge(rest, {part(rest, end->y), p, {}}, &point);
      Branch& branch = diagram_.branches[static_cast<std::size_t>(index)];
      branch.points.insert(back ? branch.points.begin() : branch.points.end(), std::move(point));
      mark_sustain(index, back);
      edges_.emplace_back(end->y, p);
      return;
    }
  }

  struct Waiting {
    int event;
    Support support;
  };

  /// Directions in which other states may leave a branch point: the null space of the Jacobian; where it has more dimensions, its
  /// nearest vectors to one or two regions that gain on all others, which is how symmetric branches leave.
  std::vector<Eigen::VectorXd> directions_at(const Waiting& waiting, const DiagramEvent& event) {
    const Eigen::VectorXd x = part(waiting.support, event.y);
    const LongRunPoint point = evaluate(waiting.support, x, event.parameter);
    const Eigen::MatrixXd jacobian = system_at(event.parameter)->residual_jacobian(point, waiting.support);
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
    for (const Block& block : reference_.blocks()) {
      const Eigen::Index end = block.first + static_cast<Eigen::Index>(block.regions.size());
      std::vector<Eigen::Index> rows;
      for (std::size_t j = 0; j < waiting.support.size(); ++j) {
        if (waiting.support[j] >= block.first && waiting.support[j] < end) rows.push_back(static_cast<Eigen::Index>(j));
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

  void switch_at_events() {
    for (;;) {
      if (!waiting_.empty()) {
        const Waiting next = waiting_.front();
        waiting_.pop_front();
        if (diagram_.events[static_cast<std::size_t>(next.event)].kind == EventKind::branch_point) switch_at(next);
      } else if (!edges_.empty()) {
        const auto [y, p] = edges_.front();
        edges_.pop_front();
        const Support support = LongRun::support(reference_, y);
        if (!is_known(support, y, p, true)) follow_both_ways(y, p);
      } else {
        return;
      }
      if (full()) return;
    }
  }

  void switch_at(const Waiting& waiting) {
    const DiagramEvent event = diagram_.events[static_cast<std::size_t>(waiting.event)];
    const Eigen::VectorXd x = part(waiting.support, event.y);
    const CurveOptions options = curve_options();
    const auto system = equations(waiting.support, 0.0);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < waiting.support.size(); ++j) {
      if (reference_.block_of(waiting.support[j]).law != Law::productivity)
        least = std::min(least, x(static_cast<Eigen::Index>(j)));
    }
    std::vector<LongRunPoint> started;
    std::vector<std::pair<Eigen::VectorXd, bool>> left;  // directions, and whether to larger values of the parameter
    for (const Eigen::VectorXd& v : directions_at(waiting, event)) {
      if (full()) return;
      std::optional<CurvePoint> off;
      Eigen::VectorXd normal = Eigen::VectorXd::Zero(x.size() + 1);
      normal.head(x.size()) = v;
      for (double length = first_offset * least / v.cwiseAbs().maxCoeff(); !off && length > 1e-6; length *= 0.25) {
        off = numerics::correct_on_plane(system, {x + length * v, event.parameter, {}}, normal, options);
        // Fallen back on the branch it should leave, or on another one far away.
        if (off && (off->x - x).norm() > 3.0 * length) off.reset();
      }
      if (!off || off->p < options_.from || off->p > options_.to) continue;
      LongRunPoint point = evaluate(waiting.support, off->x, off->p);
      const bool copy = !two_regions_ && std::any_of(started.begin(), started.end(), [&](const LongRunPoint& other) {
        return are_copies(other, point, 1e-7);
      });
      if (copy) continue;
      if (is_known(waiting.support, point.y, off->p, false)) continue;
      started.push_back(std::move(point));
      left.emplace_back(v, off->p > event.parameter);
      bool sustained = true;
      Curve curve = follow(waiting.support, *off, normal, &sustained);
      Traced traced{.support = waiting.support, .points = {}};
      CurvePoint origin{x, event.parameter, normal};
      traced.points.push_back(std::move(origin));
      traced.points.insert(traced.points.end(), curve.points.begin(), curve.points.end());
      traced.end = curve.end;
      traced.end_back = CurveEnd::stopped;
      add_branch(std::move(traced), true, sustained, waiting.event);
    }
    using Criticality = DiagramEvent::Criticality;
    DiagramEvent& kept = diagram_.events[static_cast<std::size_t>(waiting.event)];
    bool subcritical = false;
    bool supercritical = false;
    for (const auto& [v, above] : left) {
      for (const auto& [w, other] : left) {
        if (v.dot(w) < -0.999 && above != other) kept.criticality = Criticality::transcritical;
      }
      const bool stable_there = above ? kept.stable_above : kept.stable_below;
      const bool stable_opposite = above ? kept.stable_below : kept.stable_above;
      subcritical = subcritical || (stable_there && !stable_opposite);
      supercritical = supercritical || (!stable_there && stable_opposite);
    }
    if (kept.criticality == Criticality::unknown && (subcritical || supercritical))
      kept.criticality = subcritical ? Criticality::subcritical : Criticality::supercritical;
  }

  /// Whether a state lies on a branch already followed, or with more than two regions is a copy of one that does.
  /// @param ends_do_not_count  a point where a branch ended may start another one
  bool is_known(const Support& support, const Eigen::VectorXd& y, double p, bool ends_do_not_count) {
    const LongRunPoint target = evaluate(support, part(support, y), p);
    const auto sorted = [](Eigen::VectorXd values) {
      std::sort(values.data(), values.data() + values.size());
      return values;
    };
    const Eigen::VectorXd ordered = sorted(y);
    for (const Branch& branch : diagram_.branches) {
      for (std::size_t i = 1; i < branch.points.size(); ++i) {
        const DiagramPoint& a = branch.points[i - 1];
        const DiagramPoint& b = branch.points[i];
        if ((p - a.parameter) * (p - b.parameter) > 0.0 || a.parameter == b.parameter) continue;
        if (((a.y.array() > 0.0) != (b.y.array() > 0.0)).any()) continue;
        if (ends_do_not_count && (p == a.parameter || p == b.parameter) && (i == 1 || i + 1 == branch.points.size()) &&
            LongRun::support(reference_, a.y) != support && two_regions_)
          continue;
        const double share = (p - a.parameter) / (b.parameter - a.parameter);
        const Eigen::VectorXd between = a.y + share * (b.y - a.y);
        const double off =
            two_regions_ ? (between - y).cwiseAbs().maxCoeff() : (sorted(between) - ordered).cwiseAbs().maxCoeff();
        if (off > 0.02) continue;
        const auto point = find_rest_point(*system_at(p), between, nullptr);
        if (!point) continue;
        if (two_regions_ ? (point->y - y).cwiseAbs().maxCoeff() < 1e-6 : are_copies(*point, target)) return true;
      }
    }
    return false;
  }

  void seed(const LongRunPoint& point, double p) {
    if (full()) return;
    const Support support = LongRun::support(reference_, point.y);
    if (is_known(support, point.y, p, false)) return;
    follow_both_ways(point.y, p);
    switch_at_events();
  }

  const ModelAt& model_at_;
  const DiagramOptions& options_;
  LongRun reference_;
  bool two_regions_ = false;
  std::deque<std::pair<double, std::shared_ptr<const LongRun>>> systems_;
  economy::Prices prices_;
  bool have_prices_ = false;
  std::deque<Waiting> waiting_;
  std::deque<std::pair<Eigen::VectorXd, double>> edges_;
  Diagram diagram_;
};

}  // namespace

double share(const Diagram& diagram, const Eigen::VectorXd& y, std::size_t block, Eigen::Index place) {
  const DiagramBlock& described = diagram.blocks[block];
  const auto part = y.segment(described.first, static_cast<Eigen::Index>(described.regions.size()));
  return part(place) / part.sum();
}

double largest_share(const Diagram& diagram, const Eigen::VectorXd& y, std::size_t block) {
  const DiagramBlock& described = diagram.blocks[block];
  const auto part = y.segment(described.first, static_cast<Eigen::Index>(described.regions.size()));
  return part.maxCoeff() / part.sum();
}

Diagram trace_diagram(const ModelAt& model_at, const DiagramOptions& options) {
  return Tracer(model_at, options).trace();
}

const char* to_text(EventKind kind) {
  switch (kind) {
    case EventKind::branch_point:
      return "branch point";
    case EventKind::fold:
      return "fold";
    case EventKind::sustain_point:
      return "sustain point";
    case EventKind::oscillation:
      break;
  }
  return "oscillation";
}

}  // namespace pericore::bifurcation

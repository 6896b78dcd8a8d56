#include "bifurcation/diagram.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>

#include "base/errors.h"
#include "bifurcation/critical_points.h"
#include "bifurcation/curve_events.h"
#include "bifurcation/long_run_curves.h"

namespace pericore::bifurcation {
namespace {

using numerics::Curve;
using numerics::CurveEnd;
using numerics::CurveOptions;

constexpr double first_offset =
    0.02;                             // of the smallest share in use: how far from a branch point a branch is first met
constexpr double floor_share = 1e-3;  // of the mean share: nearer to the boundary a branch is closed by its exact end

class Tracer {
 public:
  Tracer(const ModelAt& model_at, const DiagramOptions& options)
      : options_(options),
        curves_(model_at, options),
        reference_(curves_.reference()),
        two_regions_(reference_.economy().n_regions() == 2) {}

  Diagram trace() {
    describe_blocks();
    for (const double p : starting_values()) {
      if (const auto even = even_point(*curves_.system_at(p))) {
        follow_both_ways(even->y, p);
        break;
      }
    }
    switch_at_events();
    for (const double p : starting_values()) {
      const auto system = curves_.system_at(p);
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

  /// Follows one way. Stops where first comers start to gain, at branch points already known, and closes on the boundary.
  Curve follow(const Support& support, const CurvePoint& start, const Eigen::VectorXd& direction, bool* sustained) {
    const bool some_empty = support.size() < static_cast<std::size_t>(reference_.size());
    const double floor = std::min(floor_share, 0.5 * curves_.smallest(support, start.x));
    const auto system = curves_.equations(support, floor);
    const CurveOptions options = curves_.curve_options();
    const double scale = options.to - options.from;
    bool lost = false;
    int met = -1;
    int steps = 0;
    const auto stop = [&](const CurvePoint& before, const CurvePoint& now) {
      curves_.check();
      ++steps;
      if (some_empty && curves_.gain_of_first(support, now) > neutral) {
        lost = true;
        return true;
      }
      for (std::size_t e = 0; e < diagram_.events.size() && steps > 2; ++e) {
        const DiagramEvent& event = diagram_.events[e];
        if (event.kind != EventKind::branch_point) continue;
        Eigen::VectorXd a(before.x.size() + 1), b(a.size()), c(a.size());
        a << before.x, before.p / scale;
        b << now.x, now.p / scale;
        c << LongRunCurves::part(support, event.y), event.parameter / scale;
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
      if (curve.points.size() > 1 || curves_.gain_of_first(support, before) < -1e-7) {
        const auto test = [&](const CurvePoint& at) { return curves_.gain_of_first(support, at); };
        if (auto end = numerics::zero_between(system, before, now, test, options, event_tolerance))
          curve.points.push_back(std::move(*end));
      }
    } else if (met >= 0) {
      const DiagramEvent& event = diagram_.events[static_cast<std::size_t>(met)];
      CurvePoint& last = curve.points.back();
      last.x = LongRunCurves::part(support, event.y);
      last.p = event.parameter;
    }
    return curve;
  }

  /// Both ways from a rest point, and everything that hangs on its ends.
  void follow_both_ways(const Eigen::VectorXd& y, double p) {
    if (full()) return;
    const Support support = LongRun::support(reference_, y);
    const CurvePoint start{LongRunCurves::part(support, y), p, {}};
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
    Branch branch;
    std::vector<Judged> judged;
    std::vector<CurvePoint> points;
    const auto append = [&](const CurvePoint& at) {
      DiagramPoint point;
      judged.push_back(curves_.judge(traced.support, at, &point));
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
      const Judged after = curves_.judge(traced.support, now);
      // At the branch point it came from, and at the one it ran into, rates are zero: nothing changes sign there.
      const bool at_known = (i == 1 && from_event >= 0) || known_event_at(traced.support, now) >= 0;
      std::vector<std::pair<CurvePoint, DiagramEvent>> met;
      if (!at_known) met = find_events(curves_, traced.support, left, now, before, after);
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
      if (diagram_.events[e].parameter == at.p && LongRunCurves::part(support, diagram_.events[e].y) == at.x)
        return static_cast<int>(e);
    }
    return -1;
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
    const auto end = end_on_boundary(curves_, traced, back);
    if (!end) return;
    DiagramPoint point;
    curves_.judge(end->support, {LongRunCurves::part(end->support, end->y), end->parameter, {}}, &point);
    Branch& branch = diagram_.branches[static_cast<std::size_t>(index)];
    branch.points.insert(back ? branch.points.begin() : branch.points.end(), std::move(point));
    mark_sustain(index, back);
    edges_.emplace_back(end->y, end->parameter);
  }

  struct Waiting {
    int event;
    Support support;
  };

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
    const Eigen::VectorXd x = LongRunCurves::part(waiting.support, event.y);
    const CurveOptions options = curves_.curve_options();
    const auto system = curves_.equations(waiting.support, 0.0);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < waiting.support.size(); ++j) {
      if (reference_.block_of(waiting.support[j]).law != Law::productivity)
        least = std::min(least, x(static_cast<Eigen::Index>(j)));
    }
    std::vector<LongRunPoint> started;
    std::vector<std::pair<Eigen::VectorXd, bool>> left;  // directions, and whether to larger values of the parameter
    for (const Eigen::VectorXd& v : leaving_directions(curves_, waiting.support, event)) {
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
      LongRunPoint point = curves_.evaluate(waiting.support, off->x, off->p);
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
    const LongRunPoint target = curves_.evaluate(support, LongRunCurves::part(support, y), p);
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
        const auto point = find_rest_point(*curves_.system_at(p), between, nullptr);
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

  const DiagramOptions& options_;
  LongRunCurves curves_;
  const LongRun& reference_;
  const bool two_regions_;
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

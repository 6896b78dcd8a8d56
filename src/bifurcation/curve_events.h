/// What a curve of long-run equilibria meets: branch points, folds, oscillations, the boundary; and how other curves leave it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "bifurcation/long_run_curves.h"

namespace pericore::bifurcation {

inline constexpr double event_tolerance = 1e-11;  ///< of arclength

/// Events between two neighbouring points, in order along the curve; `branch` of each is left to the caller.
/// @param before, after  judgement of `left` and `right`
[[nodiscard]] std::vector<std::pair<CurvePoint, DiagramEvent>> find_events(LongRunCurves& curves,
                                                                           const Support& support,
                                                                           const CurvePoint& left,
                                                                           const CurvePoint& right,
                                                                           const Judged& before, const Judged& after);

/// Where a curve meets one with fewer places in use.
struct BoundaryEnd {
  Support support;  ///< without the places that vanish
  Eigen::VectorXd y;
  double parameter = 0.0;
};

/// An interior branch that runs into the boundary ends where the state without the vanishing places starts to attract first comers.
/// Empty where the curve did not end for want of people, or no such value is found near.
/// @param back  the first point of the curve, else the last
[[nodiscard]] std::optional<BoundaryEnd> end_on_boundary(LongRunCurves& curves, const Traced& traced, bool back);

/// Directions in which other states may leave a branch point: the null space of the Jacobian; where it has more dimensions, its
/// nearest vectors to one or two regions that gain on all others, which is how symmetric branches leave.
[[nodiscard]] std::vector<Eigen::VectorXd> leaving_directions(LongRunCurves& curves, const Support& support,
                                                              const DiagramEvent& event);

}  // namespace pericore::bifurcation

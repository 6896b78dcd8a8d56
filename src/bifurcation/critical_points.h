/// Break and sustain points of an economy with one factor that moves between regions for real income
/// (Fujita, Krugman and Venables 1999, ch. 5): where an even spread stops to be stable, and where a full core does.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "equilibrium/base_year.h"

namespace pericore::bifurcation {

/// An economy as a function of the parameter that is varied.
using EconomyAt = std::function<equilibrium::BaseYear(double)>;

/// A value of the parameter at which stability changes.
struct CriticalPoint {
  double value;
  bool stable_above;  ///< whether the state is stable for larger values of the parameter
};

struct CriticalPoints {
  std::vector<CriticalPoint> break_points;    ///< of the even spread
  std::vector<CriticalPoint> sustain_points;  ///< of everything in the first region
};

struct Search {
  double from = 1.0;
  double to = 3.0;
  int intervals = 40;        ///< equal steps in the parameter that are looked through for changes of sign
  double tolerance = 1e-12;  ///< of the short-run equilibrium and, relative, of the point [1]
};

/// ln real income of the mobile factor in each region, shadow income where none lives: ln W - ln P_consumption.
[[nodiscard]] Eigen::ArrayXd log_real_income(const equilibrium::BaseYear& base, Eigen::Index factor,
                                             const Eigen::ArrayXd& shares, double tolerance);

/// Growth of a small deviation of the first region from an even spread: d(V_1 - mean V)/d ln(share of 1), by central differences
/// with Richardson extrapolation (error of the order of the step to the fourth).
[[nodiscard]] double symmetric_slope(const equilibrium::BaseYear& base, Eigen::Index factor, double tolerance);

/// Largest gain of leaving a full core in the first region: max over others of V - V_1.
[[nodiscard]] double core_gap(const equilibrium::BaseYear& base, Eigen::Index factor, double tolerance);

/// All changes of sign of both between `from` and `to`, refined by bracketing (TOMS 748).
/// @throws NumericalError  if a short-run equilibrium is not found
[[nodiscard]] CriticalPoints find_critical_points(const EconomyAt& economy_at, Eigen::Index factor,
                                                  const Search& search);

}  // namespace pericore::bifurcation

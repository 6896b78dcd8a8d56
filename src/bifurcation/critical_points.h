/// Break and sustain points: where an even spread stops to be stable as a parameter varies, and where a full core does (Fujita, Krugman
/// and Venables 1999, ch. 5). Found from the eigenvalues of the exact Jacobian, refined by bracketing; docs/bifurcation.md.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bifurcation/stability.h"

namespace pericore::bifurcation {

/// A value of the parameter at which the stability of a state changes.
struct CriticalPoint {
  double value = 0.0;
  bool stable_above = false;        ///< whether the state is stable for larger values of the parameter
  bool oscillates = false;          ///< a pair of complex rates crosses zero: what grows turns round
  Eigen::Index region = -1;         ///< of a core; -1: the even spread
  std::vector<Eigen::Index> alike;  ///< other regions whose core ends at the same value
};

struct CriticalPoints {
  std::vector<CriticalPoint> break_points;    ///< of the even spread, by rising value
  std::vector<CriticalPoint> sustain_points;  ///< of everything in one region, by rising value
  bool even_rests = false;                    ///< whether an even spread is a rest point anywhere in the interval
};

struct Search {
  double from = 1.0;
  double to = 3.0;
  int intervals = 40;        ///< equal steps in the parameter that are looked through for changes of stability
  double tolerance = 1e-12;  ///< of the short-run equilibrium and, relative, of the point [1]
  /// Regions whose core is looked at. Empty: all of up to twelve, else the three with most of what moves at the start; on a ring one
  /// stands for all.
  std::vector<Eigen::Index> cores{};
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(int done, int all)> progress{};  ///< may be empty; called from any thread
};

/// Largest growth rate at the even spread: positive, it breaks up. NaN where equal shares are no rest point. On a ring by frequency.
[[nodiscard]] std::complex<double> even_rate(const LongRun& system);

/// Largest growth rate at a full core: positive, it dissolves. -infinity where nothing else can be, NaN where there is no such state.
[[nodiscard]] std::complex<double> core_rate(const LongRun& system, Eigen::Index region);

/// The rest point with everything spread evenly, or in one region; empty where there is none.
[[nodiscard]] std::optional<LongRunPoint> even_point(const LongRun& system);
[[nodiscard]] std::optional<LongRunPoint> core_point(const LongRun& system, Eigen::Index region);

/// All changes of sign of both between `from` and `to`, refined by bracketing (TOMS 748). A state that has no short-run equilibrium at
/// some value is left out there.
/// @throws Interrupted
[[nodiscard]] CriticalPoints find_critical_points(const ModelAt& model_at, const Search& search);

}  // namespace pericore::bifurcation

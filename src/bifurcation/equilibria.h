/// Long-run equilibria at one value of the parameter: all that keyed multi-start finds, with their stability.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bifurcation/stability.h"

namespace pericore::bifurcation {

enum class Pattern {
  even,      ///< equal shares everywhere
  interior,  ///< every place in use, unequally
  boundary,  ///< some places empty
  core,      ///< all in one region
};
[[nodiscard]] const char* to_text(Pattern pattern);

/// A rest point that nobody gains by leaving: exact zeros at empty places.
struct LongRunEquilibrium {
  LongRunPoint point;
  Spectrum stability{};
  bool stable = false;  ///< all growth rates below -neutral
  Pattern pattern = Pattern::interior;
  int copies = 1;   ///< states found that differ only by which region is which, this one included
  int reached = 0;  ///< starts from which the laws of motion lead to it or to a copy
};

struct RootOptions {
  double tolerance = 1e-11;  ///< largest |residual| [log utility, log profitability]
  int max_steps = 60;
};

/// A rest point over the places used in `y`, by Newton's method with exact derivatives, steps kept inside and shortened until the
/// residual falls. Places whose share falls to nothing on the way are emptied. Empty where it does not converge.
[[nodiscard]] std::optional<LongRunPoint> find_rest_point(const LongRun& system, const Eigen::VectorXd& y,
                                                          const economy::Prices* start,
                                                          const RootOptions& options = {});

struct Flow {
  std::optional<LongRunPoint> end;  ///< where it came to rest
  double time = 0.0;                ///< [unit of time]
  int steps = 0;
};

/// Follows the laws of motion from `y` (continuous time, Bogacki and Shampine's embedded Runge-Kutta pair of orders 3 and 2 in logs) until
/// a stable rest point is near; places that shrink to nothing and lose are emptied.
[[nodiscard]] Flow follow_motion(const LongRun& system, const Eigen::VectorXd& y, int max_steps = 3000,
                                 const std::atomic<bool>* interrupted = nullptr);

struct SearchOptions {
  int starts = 40;         ///< random draws, Dirichlet(1, ..., 1) over the regions of each block
  std::uint64_t seed = 1;  ///< with the number of the start, the key of its draws
  bool motion = true;      ///< from each start also along the laws of motion, to count how many lead where
  RootOptions root{};
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(int done, int all)> progress{};  ///< may be empty; called from any thread
};

/// All equilibria found from: the configured state, the even spread, every full core, and random starts, each by Newton's method and, if
/// asked, by the laws of motion. States that differ only by which region is which are one, with the number of copies.
/// The same for any number of threads. By falling `reached`, then stable first.
/// @throws Interrupted
[[nodiscard]] std::vector<LongRunEquilibrium> find_equilibria(const LongRun& system, const SearchOptions& options = {});

/// As found at a rest point; empty where somebody would gain by being the first in an empty place.
[[nodiscard]] std::optional<LongRunEquilibrium> as_equilibrium(const LongRun& system, LongRunPoint point);

/// Whether two states are the same up to which region is which: equal sorted shares, utilities and price indices.
[[nodiscard]] bool are_copies(const LongRunPoint& a, const LongRunPoint& b, double tolerance = 1e-6);

/// Uniform on the simplex of each block's regions, from keyed draws (Random123, Philox 4x32): start i of a seed is the same whatever
/// else is drawn.
[[nodiscard]] Eigen::VectorXd random_start(const LongRun& system, std::uint64_t seed, std::uint64_t start);

[[nodiscard]] Pattern pattern_of(const LongRun& system, const Eigen::VectorXd& y);

}  // namespace pericore::bifurcation

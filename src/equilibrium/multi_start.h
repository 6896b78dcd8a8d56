/// How many short-run equilibria scattered starts lead to; docs/certificate.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// A standard normal number for place `i` of array `array` of start `start`: by key, so that none depends on another.
using KeyedNormal = std::function<double(std::uint64_t array, std::uint64_t start, std::uint64_t i)>;

/// Normal numbers of a seed (Random123, Philox 4x64; Salmon et al. 2011, Box and Muller 1958).
[[nodiscard]] KeyedNormal keyed_normals(std::uint64_t seed);

/// `from` with ln W, ln P, ln M moved by normal numbers of standard deviation 0.2, 0.7 or 1.5, by turns; every other start has larger
/// markets besides, in which losses are smaller.
[[nodiscard]] economy::Prices scattered_start(const economy::MarketMap& map, economy::Prices from, std::uint64_t start,
                                              const KeyedNormal& normal);

struct MultiStartOptions {
  int starts = 20;
  std::uint64_t seed = 1;
  SolverOptions solver;
  double same = 1e-6;  ///< largest difference of shares in all sales, and in all factor income, of one equilibrium [1]
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(int done, int all)> progress = {};  ///< after each start, from several threads
};

struct FoundEquilibrium {
  ShortRunEquilibrium equilibrium;
  int reached = 0;        ///< starts that led to it; 0: the given one, to which none led
  double distance = 0.0;  ///< largest difference of shares from the given equilibrium [1]
};

struct MultiStart {
  std::vector<FoundEquilibrium> found;  ///< the given one first, then as they turned up
  int starts = 0;
  int failed = 0;  ///< starts from which the solver ended nowhere: they say nothing
};

/// Solves anew from scattered starts, half about the given equilibrium, half about the cold start; firms that entry settles are scattered
/// with the prices. That all lead to one equilibrium is evidence, no proof. The same for any number of threads.
/// @throws Interrupted
[[nodiscard]] MultiStart multi_start(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                     const economy::State& state, const ShortRunEquilibrium& given,
                                     const MultiStartOptions& options);

}  // namespace pericore::equilibrium

/// What shows that a short-run equilibrium is one: the residual of every market; docs/certificate.md.
#pragma once

#include <string>

#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// "factor_markets", "price_indices", "market_access" or "entry": the name in results.
[[nodiscard]] const char* to_text(MarketKind kind);

struct Certificate {
  WorstMarkets markets;
  double walras = 0.0;  ///< relative residual of the market that is not solved for [1]
  int evaluations = 0;  ///< of the market map, that the solution took

  /// Largest residual of all kinds.
  [[nodiscard]] const WorstMarket& worst() const;
};

/// Evaluates the market map once more at the prices of a solution.
///
/// @param state        as solved; the firms that entry settled are taken from the accounts
/// @param equilibrium  converged
[[nodiscard]] Certificate certify(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                  const economy::State& state, const ShortRunEquilibrium& equilibrium);

/// The same from the evaluation with which the solver ended, which was made at the very prices it returned; anew where entry settles firms.
[[nodiscard]] Certificate certify_as_solved(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                            const economy::State& state, const ShortRunEquilibrium& equilibrium);

}  // namespace pericore::equilibrium

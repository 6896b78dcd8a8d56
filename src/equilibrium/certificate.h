/// What shows that a short-run equilibrium is one: every market evaluated anew; docs/certificate.md.
#pragma once

#include <array>
#include <string>

#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

inline constexpr std::size_t n_market_kinds = 4;
inline constexpr std::array<MarketKind, n_market_kinds> market_kinds = {MarketKind::factor, MarketKind::price_index,
                                                                        MarketKind::market_access, MarketKind::profit};

/// "factor_markets", "price_indices", "market_access" or "entry": the name in results.
[[nodiscard]] const char* to_text(MarketKind kind);

/// The market of a kind that is furthest from clearing.
struct WorstMarket {
  double residual = 0.0;   ///< |ln| of what clears the market over what is charged; of entry max(x, min(-x, N)) [1]
  Market market;           ///< where that is
  Eigen::Index count = 0;  ///< markets of this kind
};

struct Certificate {
  std::array<WorstMarket, n_market_kinds> markets;  ///< by kind, in the order of `market_kinds`
  double walras = 0.0;                              ///< relative residual of the market that is not solved for [1]
  int evaluations = 0;                              ///< of the market map, that the solution took

  /// Largest residual of all kinds.
  [[nodiscard]] const WorstMarket& worst() const;
};

/// Evaluates the market map once more at the prices of a solution.
///
/// @param state        as solved; the firms that entry settled are taken from the accounts
/// @param equilibrium  converged
[[nodiscard]] Certificate certify(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                  const economy::State& state, const ShortRunEquilibrium& equilibrium);

}  // namespace pericore::equilibrium

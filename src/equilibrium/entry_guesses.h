/// Numbers of firms to start from where free entry settles them.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "economy/market_map.h"
#include "equilibrium/entry_response.h"

namespace pericore::equilibrium {

struct EntryGuesses {
  std::vector<Cell> cells;    ///< contestable ones
  Eigen::ArrayXd plain;       ///< N by cell: a quarter of what the scarcest factor would allow
  Eigen::ArrayXd affordable;  ///< the same scaled by sector so that the price indices to start from hold on average
  std::vector<char>
      known;  ///< by cell: its sector is supplied as the state has it, so that no firms means that they left
};

/// @param start  prices; what is not finite counts as 0
[[nodiscard]] EntryGuesses entry_guesses(economy::MarketMap& map, const economy::Prices& start);

/// `state` with `scale` times `guess` in every contestable cell; with `keep_known` only in sectors of which nothing is known.
[[nodiscard]] economy::State filled(const EntryGuesses& guesses, economy::State state, double scale,
                                    const Eigen::ArrayXd& guess, bool keep_known = false);

/// Firms to start from, in the order in which they are tried.
[[nodiscard]] std::vector<economy::State> first_states(const EntryGuesses& guesses, const economy::State& state);

}  // namespace pericore::equilibrium

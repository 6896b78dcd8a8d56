/// Easy and hard economies for the comparison of solvers; all figures are synthetic.
#pragma once

#include <string>
#include <vector>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::benchmarks {

/// An economy with a state whose equilibrium is known.
struct SolvedEconomy {
  std::string name;
  std::string what;  ///< in a few words, for the legend
  economy::Economy economy;
  economy::TradeKernels kernels;
  economy::State state;
  economy::Prices prices;  ///< at which all markets clear
};

/// All of them, `regions` regions each.
[[nodiscard]] std::vector<SolvedEconomy> solved_economies(Eigen::Index regions);

/// The state with ln A of each cell moved by `size`, up and down by a keyed draw.
[[nodiscard]] economy::State shocked(const SolvedEconomy& base, double size);

/// `years` states: trends of productivity by sector and cell and of stocks by region, and `noise` on ln A of each cell and year.
[[nodiscard]] std::vector<economy::State> drifting(const SolvedEconomy& base, int years, double noise);

}  // namespace pericore::benchmarks

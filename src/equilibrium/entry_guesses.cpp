#include "equilibrium/entry_guesses.h"

#include <algorithm>
#include <cmath>

#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {
namespace {

using economy::Accounts;
using economy::Array;
using economy::Economy;
using economy::MarketMap;
using economy::Prices;
using economy::State;

constexpr double smallest_guess = 1e-6;  // of the largest of the sector

std::vector<Cell> contestable_cells(const MarketMap& map) {
  std::vector<Cell> cells;
  for (Eigen::Index s = 0; s < map.economy().n_sectors(); ++s) {
    for (Eigen::Index r = 0; r < map.economy().n_regions(); ++r) {
      if (map.active().contestable(r, s)) cells.push_back({r, s});
    }
  }
  return cells;
}

/// A quarter of what the scarcest factor would allow at the prices to start from; these may be absurd where nobody makes anything, so that
/// no cell is guessed at a millionth of the sector's largest.
Eigen::ArrayXd first_guess(const MarketMap& map, Accounts& accounts, const Prices& start,
                           const std::vector<Cell>& cells) {
  const Economy& economy = map.economy();
  const Array income = start.log_wage.exp() * map.state().stock;
  Eigen::ArrayXd guess(static_cast<Eigen::Index>(cells.size()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [r, s] = cells[i];
    const auto& technology = economy.technology(r);
    double spending = income.row(r).sum();
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      if (technology.alpha(f, s) > 0.0) spending = std::min(spending, income(r, f) / technology.alpha(f, s));
    }
    spending *= 0.25;
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    const bool homogeneous = sector.market == economy::Market::homogeneous;
    guess(static_cast<Eigen::Index>(i)) =
        homogeneous ? spending
                    : spending / (sector.elasticity * sector.fixed_cost * std::exp(accounts.unit_cost(r, s)));
  }
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    double largest = 0.0;
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (cells[i].sector == s) largest = std::max(largest, guess(static_cast<Eigen::Index>(i)));
    for (std::size_t i = 0; i < cells.size(); ++i) {
      double& own = guess(static_cast<Eigen::Index>(i));
      if (cells[i].sector == s) own = std::max(own, smallest_guess * largest);
    }
  }
  return guess;
}

/// Whether the sector of each cell is supplied as the state has it: then a cell without firms is one that firms left or never entered.
std::vector<char> known_cells(const MarketMap& map, const std::vector<Cell>& cells) {
  std::vector<char> known;
  for (const Cell& cell : cells) known.push_back(map.active().supply.col(cell.sector).any() ? 1 : 0);
  return known;
}

/// The guess scaled sector by sector so that the price indices to start from hold on average.
Eigen::ArrayXd affordable_guess(const MarketMap& map, const Accounts& accounts, const Prices& start,
                                const std::vector<Cell>& cells, const Eigen::ArrayXd& guess) {
  const Eigen::Index regions = map.economy().n_regions();
  const economy::Vector buyers = economy::Vector::Constant(regions, 1.0 / static_cast<double>(regions));
  Eigen::ArrayXd affordable = guess;
  for (Eigen::Index s = 0; s < map.economy().n_sectors(); ++s) {
    if (s == map.numeraire()) continue;
    const double power = 1.0 - map.economy().sectors[static_cast<std::size_t>(s)].elasticity;
    economy::Vector supply = economy::Vector::Zero(regions);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto [r, k] = cells[i];
      if (k == s)
        supply(r) = guess(static_cast<Eigen::Index>(i)) *
                    std::exp(power * (accounts.mill_price(r, s) - start.log_price_index.col(s).mean()));
    }
    if (!(supply.sum() > 0.0)) continue;
    const double scale = (power * (start.log_price_index.col(s) - start.log_price_index.col(s).mean())).exp().mean() /
                         map.kernels().mean_freeness(s, supply, buyers);
    if (!std::isfinite(scale) || !(scale > 0.0)) continue;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].sector == s) affordable(static_cast<Eigen::Index>(i)) *= scale;
    }
  }
  return affordable;
}

}  // namespace

EntryGuesses entry_guesses(MarketMap& map, const Prices& start) {
  Prices from = start;
  make_finite(map, from);
  Prices cleared;
  Accounts accounts;
  map.evaluate(from, cleared, accounts);
  EntryGuesses guesses;
  guesses.cells = contestable_cells(map);
  guesses.known = known_cells(map, guesses.cells);
  guesses.plain = first_guess(map, accounts, from, guesses.cells);
  guesses.affordable = affordable_guess(map, accounts, from, guesses.cells, guesses.plain);
  return guesses;
}

State filled(const EntryGuesses& guesses, State state, double scale, const Eigen::ArrayXd& guess, bool keep_known) {
  for (std::size_t i = 0; i < guesses.cells.size(); ++i) {
    if (!keep_known || guesses.known[i] == 0)
      state.effective_firms(guesses.cells[i].region, guesses.cells[i].sector) =
          scale * guess(static_cast<Eigen::Index>(i));
  }
  return state;
}

std::vector<State> first_states(const EntryGuesses& guesses, const State& state) {
  std::vector<State> states{
      filled(guesses, state, 1.0, guesses.plain, true), filled(guesses, state, 1.0, guesses.plain, false),
      filled(guesses, state, 1.0, guesses.affordable, false), filled(guesses, state, 0.05, guesses.plain, false)};
  // Each sector where its factors are most plentiful.
  State core = filled(guesses, state, 0.0, guesses.plain, false);
  for (std::size_t i = 0; i < guesses.cells.size(); ++i) {
    bool largest = true;
    for (std::size_t j = 0; j < guesses.cells.size(); ++j) {
      if (guesses.cells[j].sector == guesses.cells[i].sector) {
        largest = largest && guesses.plain(static_cast<Eigen::Index>(j)) <= guesses.plain(static_cast<Eigen::Index>(i));
      }
    }
    if (largest)
      core.effective_firms(guesses.cells[i].region, guesses.cells[i].sector) =
          guesses.plain(static_cast<Eigen::Index>(i));
  }
  states.push_back(std::move(core));
  return states;
}

}  // namespace pericore::equilibrium

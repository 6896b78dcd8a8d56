/// A random economy solved for a property test.
#pragma once

#include <catch2/catch.hpp>
#include <cmath>

#include "equilibrium/free_entry.h"
#include "support/census.h"
#include "support/random_economy.h"

namespace pericore::testing {

/// The planted prices and firms as a start: the planted state with them.
inline economy::State planted_firms_in(const RandomEconomy& draw) {
  economy::State state = draw.state;
  const economy::MarketMap map(draw.economy, draw.kernels, state);
  state.effective_firms = map.active().contestable.select(draw.planted_firms, state.effective_firms);
  return state;
}

/// The planted equilibrium, to the solver's tolerance; with the planted firms as given where free entry leads away from them (an
/// unstable equilibrium is one, too).
inline equilibrium::ShortRunEquilibrium solved_as_planted(const RandomEconomy& draw, double tolerance) {
  const economy::State state = planted_firms_in(draw);
  const equilibrium::SolverOptions options{.tolerance = tolerance};
  auto result = equilibrium::solve_short_run(draw.economy, draw.kernels, state, draw.planted_prices, options);
  if (result.status != equilibrium::SolverStatus::converged)
    result = equilibrium::solve_given_firms(draw.economy, draw.kernels, state, draw.planted_prices, options);
  return result;
}

/// From a cold start, or from the planted equilibrium where that fails: how often it fails is for the census to say, a property
/// holds at every equilibrium.
inline equilibrium::ShortRunEquilibrium solved(const RandomEconomy& draw, double tolerance) {
  auto result = equilibrium::solve_short_run(draw.economy, draw.kernels, draw.state,
                                             equilibrium::cold_start(draw.economy, draw.kernels, draw.state),
                                             {.tolerance = tolerance});
  if (result.status != equilibrium::SolverStatus::converged) result = solved_as_planted(draw, tolerance);
  return result;
}

/// The same equilibrium with factor incomes that sum to `total`, where no numeraire settles the scale of prices.
inline equilibrium::ShortRunEquilibrium at_scale(const RandomEconomy& draw, equilibrium::ShortRunEquilibrium result,
                                                 double total) {
  for (const auto& sector : draw.economy.sectors) {
    if (sector.market == economy::Market::homogeneous) return result;
  }
  const double factor = total / result.accounts.factor_income.sum();
  const double shift = std::log(factor);
  result.prices.log_wage += shift;
  result.prices.log_price_index += shift;
  for (Eigen::Index s = 0; s < draw.economy.n_sectors(); ++s)
    result.prices.log_market_access.col(s) += draw.economy.sectors[static_cast<std::size_t>(s)].elasticity * shift;
  auto& accounts = result.accounts;
  for (economy::Array* flow : {&accounts.sales, &accounts.expenditure, &accounts.factor_income}) *flow *= factor;
  for (economy::Vector* flow : {&accounts.disposable_income, &accounts.consumption, &accounts.lump_sum})
    *flow *= factor;
  return result;
}

/// Largest difference of logs where both are finite and `mask` is positive.
inline double largest_gap(const economy::Array& a, const economy::Array& b, const economy::Array& mask) {
  double worst = 0.0;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    if (!(mask.data()[i] > 0.0)) continue;
    const double gap = std::abs(a.data()[i] - b.data()[i]);
    if (!(gap <= worst)) worst = gap;
  }
  return worst;
}

/// Largest difference over the column's largest entry.
inline double relative_gap(const economy::Array& a, const economy::Array& b) {
  double worst = 0.0;
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    const double scale = std::max(a.col(j).abs().maxCoeff(), 1e-300);
    const double gap = (a.col(j) - b.col(j)).abs().maxCoeff() / scale;
    if (!(gap <= worst)) worst = gap;
  }
  return worst;
}

}  // namespace pericore::testing

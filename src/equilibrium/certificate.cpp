#include "equilibrium/certificate.h"

#include <algorithm>
#include <cmath>

#include "equilibrium/free_entry.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {

const char* to_text(MarketKind kind) {
  switch (kind) {
    case MarketKind::factor:
      return "factor_markets";
    case MarketKind::price_index:
      return "price_indices";
    case MarketKind::market_access:
      return "market_access";
    case MarketKind::profit:
      break;
  }
  return "entry";
}

const WorstMarket& Certificate::worst() const {
  return *std::max_element(markets.begin(), markets.end(),
                           [](const WorstMarket& a, const WorstMarket& b) { return a.residual < b.residual; });
}

Certificate certify(const economy::Economy& economy, const economy::TradeKernels& kernels, const economy::State& state,
                    const ShortRunEquilibrium& equilibrium) {
  economy::State solved = state;
  keep_firms(economy, kernels, equilibrium.accounts, solved);
  economy::MarketMap map(economy, kernels, solved);
  economy::Prices prices = equilibrium.prices;
  make_finite(map, prices);
  economy::Prices cleared;
  economy::Accounts accounts;
  map.evaluate(prices, cleared, accounts);

  Certificate certificate;
  certificate.walras = accounts.walras;
  certificate.evaluations = equilibrium.evaluations;
  const Unknowns unknowns(map);
  certificate.markets = worst_markets(unknowns, prices, cleared);
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (!map.active().contestable(r, s)) continue;
      // Of an empty cell x counts the access that its firms would have, as the solution has it.
      const double firms = solved.effective_firms(r, s);
      const double x = firms > 0.0 ? accounts.profitability(r, s) : equilibrium.accounts.profitability(r, s);
      judge(certificate.markets, {MarketKind::profit, r, s}, x > 0.0 ? x : std::min(-x, firms));
    }
  }
  return certificate;
}

Certificate certify_as_solved(const economy::Economy& economy, const economy::TradeKernels& kernels,
                              const economy::State& state, const ShortRunEquilibrium& equilibrium) {
  if (!equilibrium.markets) return certify(economy, kernels, state, equilibrium);
  return {
      .markets = *equilibrium.markets, .walras = equilibrium.accounts.walras, .evaluations = equilibrium.evaluations};
}

}  // namespace pericore::equilibrium

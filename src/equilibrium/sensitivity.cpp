#include "equilibrium/sensitivity.h"

#include <cmath>

#include "base/errors.h"
#include "equilibrium/entry_response.h"
#include "equilibrium/free_entry.h"
#include "equilibrium/linear_system.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {

using economy::AccountsChange;
using economy::PriceChange;
using economy::StateChange;

namespace {

constexpr double precision = 1e-13;  // of the iterative solution, relative to its right-hand side

/// The state with the firms that the equilibrium found.
economy::State with_firms(const economy::Economy& economy, const economy::TradeKernels& kernels,
                          const economy::State& state, const ShortRunEquilibrium& equilibrium) {
  economy::State found = state;
  keep_firms(economy, kernels, equilibrium.accounts, found);
  return found;
}

economy::Prices finite(const economy::MarketMap& map, economy::Prices prices) {
  make_finite(map, prices);
  return prices;
}

}  // namespace

struct Sensitivity::Implementation {
  Implementation(const economy::Economy& economy, const economy::TradeKernels& kernels, const economy::State& given,
                 const ShortRunEquilibrium& equilibrium)
      : state(with_firms(economy, kernels, given, equilibrium)),
        map(economy, kernels, state),
        prices(finite(map, equilibrium.prices)),
        unknowns(map) {
    map.evaluate(prices, cleared, accounts);
    tangent.emplace(map, prices, cleared, accounts);
    for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
      for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
        if (map.active().contestable(r, s) && state.effective_firms(r, s) > 0.0) entrants.push_back({r, s});
      }
    }
    system.emplace(*tangent, unknowns, entrants);
  }

  /// Prices and firms as one direction, and what follows for cleared prices and accounts.
  void along(const Eigen::VectorXd& x, const StateChange* outside, PriceChange& change, StateChange& by,
             PriceChange& image, AccountsChange& answer) const {
    system->unpack(x, change, by);
    if (outside != nullptr) {
      if (outside->log_stock.size() > 0) by.log_stock = outside->log_stock;
      if (outside->log_productivity.size() > 0) by.log_productivity = outside->log_productivity;
      if (outside->log_firms.size() > 0) {
        // Firms that may enter are unknowns: what the caller says of them does not count.
        economy::Array firms = outside->log_firms;
        for (const Cell& cell : entrants) firms(cell.region, cell.sector) = by.log_firms(cell.region, cell.sector);
        by.log_firms = std::move(firms);
      }
    }
    tangent->apply(change, &by, image, answer);
  }

  economy::State state;
  economy::MarketMap map;
  economy::Prices prices;
  economy::Prices cleared;
  economy::Accounts accounts;
  Unknowns unknowns;
  std::vector<Cell> entrants;
  std::optional<economy::MarketTangent> tangent;
  std::optional<LinearSystem> system;
};

Sensitivity::Sensitivity(const economy::Economy& economy, const economy::TradeKernels& kernels,
                         const economy::State& state, const ShortRunEquilibrium& equilibrium)
    : implementation_(std::make_unique<Implementation>(economy, kernels, state, equilibrium)) {}
Sensitivity::~Sensitivity() = default;

Response Sensitivity::respond(const StateChange& change) const { return respond(std::vector{change}).front(); }

std::vector<Response> Sensitivity::respond(const std::vector<StateChange>& changes) const {
  const Implementation& at = *implementation_;
  const Eigen::Index size = at.system->size();
  Eigen::MatrixXd right(size, static_cast<Eigen::Index>(changes.size()));
  PriceChange price_change;
  StateChange by;
  PriceChange image;
  AccountsChange answer;
  const Eigen::VectorXd still = Eigen::VectorXd::Zero(size);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    at.along(still, &changes[i], price_change, by, image, answer);
    right.col(static_cast<Eigen::Index>(i)) = at.system->excess(price_change, image, answer);
  }
  const Eigen::MatrixXd solution = at.system->solve(right, precision);
  std::vector<Response> responses(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Response& response = responses[i];
    at.along(solution.col(static_cast<Eigen::Index>(i)), &changes[i], price_change, by, image, response.accounts);
    response.prices = price_change;
    // P and M of empty cells follow the others.
    const auto& active = at.map.active();
    response.prices.log_market_access = active.supply.select(price_change.log_market_access, image.log_market_access);
    for (Eigen::Index k = 0; k < active.supply.cols(); ++k) {
      if (k == at.map.numeraire()) continue;
      if (!active.supply.col(k).any()) response.prices.log_price_index.col(k) = image.log_price_index.col(k);
      // Profitability of empty cells was counted at unchanged access.
      if (at.map.economy().sectors[static_cast<std::size_t>(k)].market == economy::Market::monopolistic) {
        response.accounts.profitability.col(k) +=
            active.supply.col(k).select(0.0, image.log_market_access.col(k) - price_change.log_market_access.col(k));
      }
    }
  }
  return responses;
}

ShortRunEquilibrium moved_along(const ShortRunEquilibrium& equilibrium, const Response& response, double step) {
  ShortRunEquilibrium moved = equilibrium;
  moved.prices.log_wage += step * response.prices.log_wage;
  moved.prices.log_price_index += step * response.prices.log_price_index;
  moved.prices.log_market_access += step * response.prices.log_market_access;
  economy::Accounts& accounts = moved.accounts;
  const AccountsChange& change = response.accounts;
  accounts.unit_cost += step * change.log_unit_cost;
  accounts.mill_price += step * change.log_unit_cost;
  accounts.sales += step * change.sales;
  accounts.profitability += step * change.profitability;
  accounts.factor_income += step * change.factor_income;
  accounts.disposable_income += step * change.disposable_income;
  accounts.tax_rate += step * change.tax_rate;
  accounts.investment += step * change.investment;
  accounts.employment += step * change.employment;
  accounts.consumer_price *= std::exp(step * change.log_consumer_price);
  return moved;
}

}  // namespace pericore::equilibrium

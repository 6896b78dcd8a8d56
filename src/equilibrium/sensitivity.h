/// How a short-run equilibrium answers to its state: exact first derivatives of prices and accounts by the implicit function theorem.
#pragma once

#include <memory>
#include <vector>

#include "economy/market_tangent.h"
#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// The answer to one direction of the state.
struct Response {
  economy::PriceChange prices;       ///< d ln W, d ln P, d ln M; 0 in inactive cells
  economy::AccountsChange accounts;  ///< incomes, sales, profitability, ...; numbers of firms where entry is free
};

/// Linearised at a solved equilibrium; factorised once, then any number of directions. Refers to its arguments.
class Sensitivity {
 public:
  /// @param equilibrium  converged; with free entry `accounts.effective_firms` holds the firms found
  /// @throws NumericalError  if the short-run equilibrium is singular (a fold of its own)
  Sensitivity(const economy::Economy& economy, const economy::TradeKernels& kernels, const economy::State& state,
              const ShortRunEquilibrium& equilibrium);
  ~Sensitivity();
  Sensitivity(const Sensitivity&) = delete;
  Sensitivity& operator=(const Sensitivity&) = delete;

  [[nodiscard]] Response respond(const economy::StateChange& change) const;

  /// All directions at once: one factorisation, blocks of right-hand sides.
  [[nodiscard]] std::vector<Response> respond(const std::vector<economy::StateChange>& changes) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// The equilibrium after a step of length `step` in the direction of a response, to first order: prices, and the accounts that laws of
/// motion read (costs, sales, incomes, tax rates, investment, profitability, employment, consumer price). Others stay.
[[nodiscard]] ShortRunEquilibrium moved_along(const ShortRunEquilibrium& equilibrium, const Response& response,
                                              double step);

}  // namespace pericore::equilibrium

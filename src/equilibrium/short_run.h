/// Short-run equilibrium: all markets clear for given stocks, firms, productivity and policy (docs/model.md#short-run-equilibrium).
#pragma once

#include <Eigen/Dense>
#include <array>
#include <optional>
#include <string>

#include "economy/economy.h"
#include "economy/market_map.h"
#include "economy/state.h"

namespace pericore::equilibrium {

class RegionalBlocks;

struct SolverOptions {
  double tolerance = 1e-10;    ///< largest relative (log) residual of any market [1]
  int max_evaluations = 2000;  ///< of the market map, over all attempts to clear the markets
  /// Over all the solutions that free entry nests, products with the derivative included; 0: fifty times max_evaluations.
  int entry_evaluations = 0;
  int anderson_depth = 8;  ///< earlier steps combined
  double damping = 0.15;   ///< share of the wage update taken a step where damped steps are tried, (0, 1]
  /// Made at a near equilibrium, such as the base year's: saves making them for each solution. Null: made where needed. Not owned.
  const RegionalBlocks* blocks = nullptr;
  /// Of many regions with dense kernels, solve_short_run takes most steps in single precision, to the same tolerance (refined_solve.h).
  bool refine = true;
};

/// entry_evaluations, or what stands for it.
[[nodiscard]] int entry_budget(const SolverOptions& options);

enum class SolverStatus { converged, iteration_limit, diverged, insolvent };

enum class MarketKind {
  factor,
  price_index,
  market_access,
  profit
};  ///< profit: of firms that may enter (equilibrium/free_entry.h)

/// A market by what it is and where.
struct Market {
  MarketKind kind = MarketKind::factor;
  Eigen::Index region = 0;
  Eigen::Index item = 0;  ///< factor or sector
};

inline constexpr std::size_t n_market_kinds = 4;
inline constexpr std::array<MarketKind, n_market_kinds> market_kinds = {MarketKind::factor, MarketKind::price_index,
                                                                        MarketKind::market_access, MarketKind::profit};

/// The market of a kind that is furthest from clearing.
struct WorstMarket {
  double residual = 0.0;   ///< |ln| of what clears the market over what is charged; of entry max(x, min(-x, N)) [1]
  Market market;           ///< where that is
  Eigen::Index count = 0;  ///< markets of this kind
};
using WorstMarkets = std::array<WorstMarket, n_market_kinds>;  ///< by kind, in the order of `market_kinds`

struct ShortRunEquilibrium {
  economy::Prices prices;  ///< ln W, ln P, ln M; defined for empty cells too where buyers and suppliers are in reach
  economy::Accounts accounts;                           ///< at these prices
  SolverStatus status = SolverStatus::iteration_limit;  ///< read before the numbers
  double residual = 0.0;                                ///< largest relative residual [1]
  Market worst_market;                                  ///< where that is
  /// Of a converged solution: residuals at these prices, by kind. None where entry settles firms.
  std::optional<WorstMarkets> markets;
  Eigen::Index insolvent_region = -1;  ///< set with SolverStatus::insolvent
  int evaluations = 0;                 ///< of the market map
};

/// Starts where nothing is known: prices of one national economy in which every sector breaks even, then M where firms do in each region.
/// No unit of a factor or good matters.
[[nodiscard]] economy::Prices cold_start(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                         const economy::State& state);

/// Anderson-accelerated fixed point in ln W, ln P, ln M on the active cells, preconditioned by the linearised markets of each region
/// (RegionalBlocks). Where that fails from `start`: damped steps, then Newton's method with exact derivatives (docs/decisions/0013).
/// @throws DomainError  if the model does not define the economy (economy/defined.h)
[[nodiscard]] ShortRunEquilibrium solve_short_run(const economy::Economy& economy, const economy::TradeKernels& kernels,
                                                  const economy::State& state, const economy::Prices& start,
                                                  const SolverOptions& options = {});

/// As above with the firms of `state` everywhere: where entry would be free, accounts.profitability tells who would enter or leave.
[[nodiscard]] ShortRunEquilibrium solve_given_firms(const economy::Economy& economy,
                                                    const economy::TradeKernels& kernels, const economy::State& state,
                                                    const economy::Prices& start, const SolverOptions& options = {});

/// A solved economy to retreat to: the calibrated base, or the year before.
struct Refuge {
  const economy::TradeKernels& kernels;
  const economy::State& state;
  const economy::Prices& prices;
};

/// As above; when it fails, starts from the refuge's prices, then walks from the refuge to `state` by homotopy in everything that differs.
[[nodiscard]] ShortRunEquilibrium solve_short_run_safely(const economy::Economy& economy,
                                                         const economy::TradeKernels& kernels,
                                                         const economy::State& state, const economy::Prices& start,
                                                         const Refuge& refuge, const SolverOptions& options = {});

/// "labour market 'skilled' in Changchun", for messages.
[[nodiscard]] std::string market_name(const economy::Economy& economy, const Market& market);

/// What a unit of `factor` would earn in `region`, ln W, where none is in use: from the sector whose firms it runs (free entry).
/// NaN where no sector could employ it.
[[nodiscard]] double log_shadow_price(const economy::Economy& economy, const economy::State& state,
                                      const ShortRunEquilibrium& equilibrium, Eigen::Index factor, Eigen::Index region);

}  // namespace pericore::equilibrium

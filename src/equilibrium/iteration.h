/// One way of iterating towards a short-run equilibrium, fed with evaluations of the market map by whoever owns the map: alone
/// (short_run.cpp) or beside others in lock step (batch.cpp).
#pragma once

#include <Eigen/Dense>
#include <limits>
#include <optional>

#include "economy/market_map.h"
#include "equilibrium/regional_blocks.h"
#include "equilibrium/short_run.h"
#include "equilibrium/unknowns.h"
#include "numerics/anderson.h"

namespace pericore::equilibrium {

struct Attempt {
  bool blocks;          ///< preconditioned by regional blocks, else damped in W
  double damping;       ///< of W without blocks
  int depth;            ///< earlier steps combined
  double longest_step;  ///< log units an unknown may move at once
};

/// The first way that is tried, and nearly always the last.
[[nodiscard]] Attempt first_attempt(const SolverOptions& options);

/// Evaluations one attempt may take.
[[nodiscard]] int attempt_budget(const SolverOptions& options);

/// next() -> evaluate -> absorb(), until done(). The best point is kept in the equilibrium given.
class Iteration {
 public:
  /// All but `attempt` and `budget` must outlive it. @param equilibrium  starts from its prices, finite everywhere
  Iteration(const economy::MarketMap& map, const Unknowns& unknowns, const Attempt& attempt,
            const SolverOptions& options, int budget, ShortRunEquilibrium& equilibrium);

  [[nodiscard]] bool done() const { return done_; }
  /// Where to evaluate next.
  [[nodiscard]] const economy::Prices& next() const { return prices_; }
  /// Takes what clear_markets returned there; moves `accounts` into the equilibrium once that is found.
  void absorb(const economy::Prices& cleared, economy::Accounts& accounts);

 private:
  [[nodiscard]] Market market_of(double residual) const;
  void retreat(const economy::Accounts& accounts);
  bool take_step(double residual, const economy::Prices& cleared, economy::Accounts& accounts);

  const economy::MarketMap& map_;
  const Unknowns& unknowns_;
  const Attempt attempt_;
  const SolverOptions& options_;
  const int budget_;
  ShortRunEquilibrium& equilibrium_;       ///< the best point found
  numerics::Anderson<float> accelerator_;  // an iterate need not be exact: it is judged where it is evaluated
  economy::Prices prices_;
  const double total_;
  const RegionalBlocks* blocks_;
  std::optional<RegionalBlocks> own_blocks_;
  int since_blocks_ = 0;
  double residual_at_blocks_ = 0.0;
  double milestone_ = std::numeric_limits<double>::infinity();
  int stall_ = 0;
  int evaluations_ = 0;
  int retreats_ = 0;
  bool done_ = false;
  Eigen::VectorXd x_, image_, residuals_, correction_, next_, last_good_;
};

/// Completes a converged equilibrium: its accounts, and what empty cells would face there, for entry, relocation and sustain points.
void keep_solution(const economy::MarketMap& map, const Unknowns& unknowns, const economy::Prices& cleared,
                   economy::Accounts& accounts, ShortRunEquilibrium& equilibrium);

}  // namespace pericore::equilibrium

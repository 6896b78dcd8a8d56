/// What becomes of random economies: solved with all invariants, shown to have no equilibrium, or failed.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "equilibrium/short_run.h"
#include "support/audit.h"
#include "support/random_economy.h"

namespace pericore::testing {

enum class Outcome {
  solved,          ///< converged from a cold start, all invariants hold
  no_equilibrium,  ///< not converged, and rightly: proved to have none
  none_found,  ///< not converged, nor from any other start; on the path of the shock an income runs out, or it turns back
  numerical_failure,  ///< not converged though an equilibrium is known, or another start finds one, or nothing speaks against one
  false_success,  ///< reported as converged, but an invariant is broken or there is no equilibrium
};
inline constexpr int n_outcomes = 5;
[[nodiscard]] const char* name(Outcome outcome);

struct CensusOptions {
  equilibrium::SolverOptions solver;
  double market_tolerance = 2e-10;  ///< of every market evaluated anew: the solver's, and rounding
  double account_tolerance = 1e-9;  ///< of accounts and Walras' law: they collect the residuals of all markets
  int starts = 30;                  ///< other starts tried after a failure
  int search_evaluations = 300000;  ///< after which no other start is tried; as many again on the path of the shock
};

/// One line of the census.
struct Verdict {
  std::uint64_t index = 0;
  EconomyClass kind = EconomyClass::general;
  Existence existence = Existence::planted;
  int redraws = 0;
  Eigen::Index regions = 0, sectors = 0, factors = 0, contestable = 0;
  bool numeraire = false;
  Outcome outcome = Outcome::solved;
  std::string cause;            ///< status, worst market, broken invariant or error, in words
  std::string rescue;           ///< the start from which a failed economy was solved
  int evaluations = 0;          ///< from the cold start
  int search_evaluations = 0;   ///< from other starts and on the path of the shock
  double seconds = 0.0;         ///< from the cold start, this thread
  double search_seconds = 0.0;  ///< from other starts and on the path
  double residual = 0.0;
  double planted_residual = 0.0;  ///< of the planted equilibrium: how well its existence is known
  Audit audit;
};

/// Largest relative (log) residual of any market, and of x where entry is free, at the planted equilibrium.
[[nodiscard]] double planted_residual(const RandomEconomy& draw);

/// Prices to start from: keyed perturbations of the cold start and of the planted prices, up to a factor e^2 or so.
[[nodiscard]] economy::Prices scattered_start(const RandomEconomy& draw, std::uint64_t number);

[[nodiscard]] Verdict examine(const RandomEconomy& draw, const CensusOptions& options);

/// Economies first .. first + count - 1 of a seed, in parallel; a line belongs to (seed, index) alone but for its time.
[[nodiscard]] std::vector<Verdict> take_census(std::uint64_t seed, std::uint64_t first, std::uint64_t count,
                                               const CensusOptions& options);

/// By class: how many of each outcome; evaluations and time of those solved.
void print_table(std::ostream& out, const std::vector<Verdict>& verdicts);
/// One line an economy.
void print_csv(std::ostream& out, std::uint64_t seed, const std::vector<Verdict>& verdicts);

}  // namespace pericore::testing

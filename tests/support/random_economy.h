/// Random economies by key: economy i of a seed is the same whatever else is drawn (docs/robustness.md).
///
/// Each is *planted*: prices and flows are drawn first, and the stocks, firms and productivities with which they are an equilibrium
/// are read off, as the inversion of a base year does. So an equilibrium exists, and a solver that finds none has failed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::testing {

/// What makes a class of economies hard; economy i belongs to class i modulo their number.
enum class EconomyClass {
  general,            ///< a little of everything
  low_elasticity,     ///< sigma 1.5 to 2.5
  high_elasticity,    ///< sigma 8 to 15
  nearly_free_trade,  ///< trade costs of a few per cent
  local_services,     ///< (sigma-1) delta 3 to 8
  unequal,            ///< regions differ a thousandfold in size
  sparse,             ///< every second cell is empty
  free_entry,         ///< the number of firms solved for: shared factors, own factors, fixed inputs
  strong_links,       ///< up to 0.7 of costs are inputs
  fiscal,             ///< taxes, subsidies, purchases, transfers, all closures
  open,               ///< a rest of the world with its own technology, a port, processing trade
  equal_regions,      ///< a ring of equal regions
};
inline constexpr int n_economy_classes = 12;
[[nodiscard]] const char* name(EconomyClass kind);

/// Ranges from which an economy is drawn. Probabilities are of the whole economy unless said.
struct Traits {
  int min_regions = 2, max_regions = 40;  ///< the rest of the world counts
  int min_sectors = 1, max_sectors = 6;   ///< beside the homogeneous one
  double homogeneous = 0.5;               ///< probability of a homogeneous sector
  double sigma_low = 1.5, sigma_high = 15.0;
  double decay_low = 0.2, decay_high = 4.0;  ///< (sigma-1) delta of a sector, drawn in logs
  double asymmetry = 0.3;                    ///< probability that trade costs differ by direction
  double size_spread = 0.6;                  ///< standard deviation of ln size over regions
  double empty = 0.1;                        ///< probability that a cell is empty
  double links = 0.45;                       ///< largest share of inputs in costs
  /// Relative frequency of the regimes of a sector.
  double stock = 1.0, stock_fixed = 0.5, free_own = 0.5, free_fixed = 0.5, free_shared = 0.4, armington = 1.0;
  double own_factor_farm = 0.4,
         one_factor_farm = 0.3;  ///< homogeneous sector: of the former kind, of the latter; else contestable
  bool farm_without_inputs = false;
  double abroad = 0.25;
  double housing = 0.3;
  double saving = 0.5;
  double ownership = 0.4;      ///< probability that a factor is not all owned locally
  double policy = 0.3;         ///< probability of each kind of policy
  double labour_groups = 0.5;  ///< probability of a second labour factor
  bool equal = false;          ///< all regions equal, on a ring
  double shock = 0.0;  ///< standard deviation of log changes after planting; then existence is likely, not certain
};
[[nodiscard]] Traits traits_of(EconomyClass kind);

/// Why an equilibrium is known to exist, or not to.
enum class Existence {
  planted,  ///< one is known
  likely,   ///< a planted economy after a shock to stocks, firms and productivity
  none,     ///< shown to have none: `proof` says how
};
[[nodiscard]] const char* name(Existence existence);

struct RandomEconomy {
  std::uint64_t seed = 0;
  std::uint64_t index = 0;
  EconomyClass kind = EconomyClass::general;
  Existence existence = Existence::planted;
  std::string proof;  ///< of Existence::none, in words
  int redraws = 0;    ///< attempts thrown away because incomes would not all be positive
  economy::Economy economy;
  economy::TradeKernels kernels;
  economy::State state;          ///< numbers of firms that entry settles are left open (0)
  economy::State planted_state;  ///< before shocks
  economy::Prices planted_prices;
  economy::Array planted_firms;  ///< N[r,s] of the planted equilibrium (contestable homogeneous sector: its spending)
};

/// Economy `index` of a seed, of class index % n_economy_classes; every fourth is shocked, every 25th has no equilibrium.
[[nodiscard]] RandomEconomy random_economy(std::uint64_t seed, std::uint64_t index);

/// An economy of given traits.
/// @throws NumericalError  if none with positive incomes is found in 50 attempts
[[nodiscard]] RandomEconomy random_economy(std::uint64_t seed, std::uint64_t index, const Traits& traits);

/// A number in (0, 1) that belongs to (seed, index, purpose, i, j) alone.
[[nodiscard]] double keyed_uniform(std::uint64_t seed, std::uint64_t index, std::uint64_t purpose, std::uint64_t i,
                                   std::uint64_t j = 0);
[[nodiscard]] double keyed_normal(std::uint64_t seed, std::uint64_t index, std::uint64_t purpose, std::uint64_t i,
                                  std::uint64_t j = 0);

}  // namespace pericore::testing

/// The same economy in another order, cut in two, or twice as large: what must leave its equilibrium alone.
#pragma once

#include <vector>

#include "support/random_economy.h"

namespace pericore::testing {

/// Which old region (sector, factor) stands at each new place; a region may stand at several.
struct Order {
  std::vector<Eigen::Index> regions;
  std::vector<Eigen::Index> sectors;
  std::vector<Eigen::Index> factors;
};

[[nodiscard]] Order same_order(const economy::Economy& economy);
/// Keyed random permutations.
[[nodiscard]] Order shuffled_order(const RandomEconomy& draw);

[[nodiscard]] economy::Array rearranged(const economy::Array& array, const std::vector<Eigen::Index>& rows,
                                        const std::vector<Eigen::Index>& columns);
[[nodiscard]] RandomEconomy rearranged(const RandomEconomy& draw, const Order& order);

/// Region `region`, a domestic one, in two: the share `first` keeps its place, the rest becomes the last region. Nothing lies between the
/// two: trade from one to the other costs what it did inside. An Armington variety is divided so that both parts together
/// attract buyers as before: A^(sigma-1) in proportion.
[[nodiscard]] RandomEconomy split(const RandomEconomy& draw, Eigen::Index region, double first);

/// Stocks, firms and real public money times `scale`; varieties N times `scale` at prices p scale^(1/(sigma-1)), so that price
/// indices stay: A times scale^(-1/(sigma-1)), and F in bundles so that F c stays. Then W and P stay and all flows are multiplied.
[[nodiscard]] RandomEconomy enlarged(const RandomEconomy& draw, double scale);

}  // namespace pericore::testing

/// How profitability answers to the number of firms once all other markets have cleared.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "economy/market_map.h"
#include "equilibrium/short_run.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {

/// A region's sector.
struct Cell {
  Eigen::Index region;
  Eigen::Index sector;
};

/// Linearisation at a short-run equilibrium with given firms, by exact derivatives.
struct EntryResponse {
  Eigen::MatrixXd slope;       ///< dx/d ln N, cells x cells [1]
  Eigen::VectorXd profit;      ///< x where the markets clear exactly, to first order in what they still miss [log]
  Eigen::MatrixXd movement;    ///< du/d ln N of the unknowns, unknowns x cells [1]
  Eigen::VectorXd correction;  ///< of the unknowns by which the markets clear exactly [log]
};

/// @param map    of the state with these firms
/// @param cells  contestable cells in use: N > 0
/// @throws NumericalError  if the short-run equilibrium is singular
[[nodiscard]] EntryResponse entry_response(economy::MarketMap& map, const economy::Prices& prices,
                                           const std::vector<Cell>& cells);

}  // namespace pericore::equilibrium

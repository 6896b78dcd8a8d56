#include "equilibrium/entry_response.h"

#include "base/errors.h"
#include "equilibrium/linear_system.h"

namespace pericore::equilibrium {

EntryResponse entry_response(economy::MarketMap& map, const economy::Prices& prices, const std::vector<Cell>& cells) {
  constexpr double precision = 1e-12;
  const Unknowns unknowns(map);
  const auto count = static_cast<Eigen::Index>(cells.size());
  economy::Prices at = prices;
  make_finite(map, at);
  economy::Prices cleared;
  economy::Accounts accounts;
  map.evaluate(at, cleared, accounts);
  const economy::MarketTangent tangent(map, at, cleared, accounts);
  const LinearSystem system(tangent, unknowns, {});

  // Excesses as they are, and by the number of firms of each cell.
  economy::PriceChange change;
  economy::StateChange entry;
  economy::PriceChange image;
  economy::AccountsChange answer;
  Eigen::MatrixXd right(system.size(), count + 1);
  Eigen::VectorXd part;
  unknowns.pack(cleared, part);
  right.col(count) = part;
  unknowns.pack(at, part);
  right.col(count) -= part;
  const auto along = [&](const Eigen::VectorXd& x, Eigen::Index cell) {
    system.unpack(x, change, entry);
    entry.log_firms = economy::Array::Zero(map.economy().n_regions(), map.economy().n_sectors());
    if (cell < count) {
      const Cell& moved = cells[static_cast<std::size_t>(cell)];
      entry.log_firms(moved.region, moved.sector) = 1.0;
    }
    tangent.apply(change, &entry, image, answer);
  };
  const Eigen::VectorXd still = Eigen::VectorXd::Zero(system.size());
  for (Eigen::Index j = 0; j < count; ++j) {
    along(still, j);
    right.col(j) = system.excess(change, image, answer);
  }
  const Eigen::MatrixXd solved = system.solve(right, precision);
  EntryResponse response;
  response.movement = solved.leftCols(count);
  response.correction = solved.col(count);
  response.slope.resize(count, count);
  response.profit.resize(count);
  for (Eigen::Index j = 0; j <= count; ++j) {
    along(solved.col(j), j);
    for (Eigen::Index i = 0; i < count; ++i) {
      const Cell& cell = cells[static_cast<std::size_t>(i)];
      const double moved = answer.profitability(cell.region, cell.sector);
      if (j < count) {
        response.slope(i, j) = moved;
      } else {
        response.profit(i) = accounts.profitability(cell.region, cell.sector) + moved;
      }
    }
  }
  return response;
}

}  // namespace pericore::equilibrium

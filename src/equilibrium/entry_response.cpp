#include "equilibrium/entry_response.h"

#include <cmath>

#include "base/errors.h"

namespace pericore::equilibrium {
namespace {

constexpr double difference = 1e-5;  // in logs: truncation and rounding errors are both near 1e-10

}  // namespace

EntryResponse entry_response(economy::MarketMap& map, economy::State& state, const economy::Prices& prices,
                             const std::vector<Cell>& cells) {
  const Unknowns unknowns(map);
  const Eigen::Index size = unknowns.size();
  const auto count = static_cast<Eigen::Index>(cells.size());
  economy::Prices at = prices;
  make_finite(at);
  economy::Prices cleared;
  economy::Accounts accounts;
  Eigen::VectorXd u;
  unknowns.pack(at, u);

  const auto evaluate = [&](Eigen::VectorXd& excess, Eigen::VectorXd& profit) {
    map.evaluate(at, cleared, accounts);
    Eigen::VectorXd here;
    unknowns.pack(at, here);
    unknowns.pack(cleared, excess);
    excess -= here;
    profit.resize(count);
    for (Eigen::Index i = 0; i < count; ++i) {
      const Cell& cell = cells[static_cast<std::size_t>(i)];
      profit(i) = accounts.profitability(cell.region, cell.sector);
    }
  };
  Eigen::VectorXd excess;
  Eigen::VectorXd profit;
  evaluate(excess, profit);

  Eigen::MatrixXd excess_by_price(size, size);
  Eigen::MatrixXd profit_by_price(count, size);
  Eigen::VectorXd excess_up, excess_down, profit_up, profit_down;
  for (Eigen::Index j = 0; j < size; ++j) {
    Eigen::VectorXd moved = u;
    moved(j) = u(j) + difference;
    unknowns.unpack(moved, at);
    evaluate(excess_up, profit_up);
    moved(j) = u(j) - difference;
    unknowns.unpack(moved, at);
    evaluate(excess_down, profit_down);
    excess_by_price.col(j) = (excess_up - excess_down) / (2.0 * difference);
    profit_by_price.col(j) = (profit_up - profit_down) / (2.0 * difference);
  }
  unknowns.unpack(u, at);
  Eigen::MatrixXd excess_by_firms(size, count);
  Eigen::MatrixXd profit_by_firms(count, count);
  for (Eigen::Index j = 0; j < count; ++j) {
    double& firms =
        state.effective_firms(cells[static_cast<std::size_t>(j)].region, cells[static_cast<std::size_t>(j)].sector);
    const double kept = firms;
    firms = kept * std::exp(difference);
    evaluate(excess_up, profit_up);
    firms = kept * std::exp(-difference);
    evaluate(excess_down, profit_down);
    firms = kept;
    excess_by_firms.col(j) = (excess_up - excess_down) / (2.0 * difference);
    profit_by_firms.col(j) = (profit_up - profit_down) / (2.0 * difference);
  }
  if (map.numeraire() < 0) {
    // All nominal values together are free: the direction is closed by asking for no movement along it.
    Eigen::VectorXd scale = Eigen::VectorXd::Ones(size);
    for (Eigen::Index i = 0; i < size; ++i) {
      const Market& market = unknowns.place(i);
      if (market.kind == MarketKind::market_access)
        scale(i) = map.economy().sectors[static_cast<std::size_t>(market.item)].elasticity;
    }
    scale.normalize();
    excess_by_price += scale * scale.transpose();
  }

  const Eigen::PartialPivLU<Eigen::MatrixXd> solver(excess_by_price);
  EntryResponse response;
  response.movement = -solver.solve(excess_by_firms);
  response.correction = -solver.solve(excess);
  if (!response.movement.allFinite() || !response.correction.allFinite())
    throw NumericalError("the short-run equilibrium is singular");
  response.slope = profit_by_firms + profit_by_price * response.movement;
  response.profit = profit + profit_by_price * response.correction;
  return response;
}

}  // namespace pericore::equilibrium

#include "equilibrium/linear_system.h"

#include <fmt/format.h>

#include "base/errors.h"
#include "equilibrium/regional_blocks.h"
#include "numerics/gmres.h"

namespace pericore::equilibrium {

using economy::AccountsChange;
using economy::PriceChange;
using economy::StateChange;

namespace {

constexpr Eigen::Index largest_dense =
    1600;                           // unknowns: above, assembling and factorising costs more than some hundred products
constexpr double singular = 1e-15;  // reciprocal condition number
constexpr int restart = 120;
constexpr int most_products = 1200;

}  // namespace

LinearSystem::LinearSystem(const economy::MarketTangent& tangent, const Unknowns& unknowns,
                           const std::vector<Cell>& entrants)
    : tangent_(tangent), unknowns_(unknowns), entrants_(entrants) {
  const economy::MarketMap& map = tangent.map();
  if (map.numeraire() >= 0) return;
  scale_ = Eigen::VectorXd::Zero(size());
  for (Eigen::Index i = 0; i < unknowns.size(); ++i) {
    const Market& market = unknowns.place(i);
    scale_(i) = market.kind == MarketKind::market_access
                    ? map.economy().sectors[static_cast<std::size_t>(market.item)].elasticity
                    : 1.0;
  }
  scale_.normalize();
}

void LinearSystem::unpack(const Eigen::VectorXd& x, PriceChange& prices, StateChange& state) const {
  const economy::Economy& economy = tangent_.map().economy();
  const Eigen::Index regions = economy.n_regions();
  prices.log_wage.setZero(regions, economy.n_factors());
  prices.log_price_index.setZero(regions, economy.n_sectors());
  prices.log_market_access.setZero(regions, economy.n_sectors());
  unknowns_.unpack(x.head(unknowns_.size()), prices);
  state = StateChange();
  if (entrants_.empty()) return;
  state.log_firms = economy::Array::Zero(regions, economy.n_sectors());
  for (std::size_t i = 0; i < entrants_.size(); ++i)
    state.log_firms(entrants_[i].region, entrants_[i].sector) = x(unknowns_.size() + static_cast<Eigen::Index>(i));
}

Eigen::VectorXd LinearSystem::excess(const PriceChange& given, const PriceChange& returned,
                                     const AccountsChange& accounts) const {
  Eigen::VectorXd right(size());
  Eigen::VectorXd part;
  unknowns_.pack(returned, part);
  right.head(unknowns_.size()) = part;
  unknowns_.pack(given, part);
  right.head(unknowns_.size()) -= part;
  for (std::size_t i = 0; i < entrants_.size(); ++i)
    right(unknowns_.size() + static_cast<Eigen::Index>(i)) =
        accounts.profitability(entrants_[i].region, entrants_[i].sector);
  return right;
}

void LinearSystem::product(const Eigen::VectorXd& x, Eigen::VectorXd& y) const {
  PriceChange given;
  PriceChange returned;
  StateChange state;
  AccountsChange accounts;
  unpack(x, given, state);
  tangent_.apply(given, entrants_.empty() ? nullptr : &state, returned, accounts);
  y = -excess(given, returned, accounts);
  if (scale_.size() > 0) y += scale_ * scale_.dot(x);
}

Eigen::MatrixXd LinearSystem::matrix() const {
  Eigen::MatrixXd matrix(size(), size());
  Eigen::VectorXd unit = Eigen::VectorXd::Zero(size());
  Eigen::VectorXd column;
  for (Eigen::Index j = 0; j < size(); ++j) {
    unit(j) = 1.0;
    product(unit, column);
    matrix.col(j) = column;
    unit(j) = 0.0;
  }
  return matrix;
}

Eigen::MatrixXd LinearSystem::solve(const Eigen::MatrixXd& right, double precision) const {
  if (size() <= largest_dense || !entrants_.empty()) {
    if (!factors_) {
      factors_ = std::make_unique<Eigen::PartialPivLU<Eigen::MatrixXd>>(matrix());
      if (!(factors_->rcond() > singular)) throw NumericalError("the short-run equilibrium is singular");
    }
    Eigen::MatrixXd solution = factors_->solve(right);
    if (!solution.allFinite()) throw NumericalError("the short-run equilibrium is singular");
    return solution;
  }
  if (!blocks_) blocks_ = std::make_shared<const RegionalBlocks>(tangent_, unknowns_);
  Eigen::MatrixXd solution(right.rows(), right.cols());
  for (Eigen::Index j = 0; j < right.cols(); ++j) {
    const auto result =
        numerics::gmres([&](const Eigen::VectorXd& x, Eigen::VectorXd& y) { product(x, y); }, right.col(j),
                        [&](const Eigen::VectorXd& y, Eigen::VectorXd& x) { blocks_->solve(unknowns_, y, x); },
                        precision, restart, most_products);
    if (!result.converged) {
      throw NumericalError(
          fmt::format("the linearised short-run equilibrium was not solved: relative residual {:.1e} after {} products",
                      result.residual, result.products));
    }
    solution.col(j) = result.solution;
  }
  return solution;
}

}  // namespace pericore::equilibrium

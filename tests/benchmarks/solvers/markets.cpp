#include "solvers/markets.h"

#include <cmath>
#include <limits>

namespace pericore::benchmarks {

using economy::Prices;

Markets::Markets(const economy::Economy& economy, const economy::TradeKernels& kernels, const economy::State& state,
                 const Prices& start, const equilibrium::RegionalBlocks* blocks, int budget)
    : map_(economy, kernels, state), unknowns_(map_), base_(start), budget_(budget), blocks_(blocks) {
  equilibrium::make_finite(map_, base_);
  income_ = equilibrium::factor_income(map_, base_);
  unknowns_.pack(base_, start_);
  if (map_.numeraire() >= 0) return;
  scale_ = Eigen::VectorXd::Ones(size());
  for (Eigen::Index i = 0; i < size(); ++i) {
    const equilibrium::Market& market = unknowns_.place(i);
    if (market.kind == equilibrium::MarketKind::market_access)
      scale_(i) = economy.sectors[static_cast<std::size_t>(market.item)].elasticity;
  }
  scale_.normalize();
}

Prices Markets::prices(const Eigen::VectorXd& x) const {
  Prices prices = base_;
  unknowns_.unpack(x, prices);
  return prices;
}

bool Markets::residual(const Eigen::VectorXd& x, Eigen::VectorXd& f) {
  if (spent() || !x.allFinite()) return false;
  ++evaluations;
  last_.x = x;
  last_.prices = base_;
  unknowns_.unpack(x, last_.prices);
  map_.evaluate(last_.prices, last_.cleared, last_.accounts);
  unknowns_.pack(last_.cleared, image_);
  f = image_ - x;
  last_.usable = f.allFinite() && !last_.accounts.insolvent;
  return last_.usable;
}

void Markets::hold_scale(Eigen::VectorXd& x) {
  if (map_.numeraire() >= 0 || !x.allFinite()) return;
  Prices held = prices(x);
  equilibrium::hold_scale(map_, income_, held);
  unknowns_.pack(held, x);
}

bool Markets::linearise(const Eigen::VectorXd& x) {
  if (last_.x.size() != x.size() || last_.x != x) {
    Eigen::VectorXd f;
    if (!residual(x, f)) return false;
  }
  if (!last_.usable) return false;
  system_.reset();
  linearised_ = last_;
  tangent_.emplace(map_, linearised_.prices, linearised_.cleared, linearised_.accounts);
  system_.emplace(*tangent_, unknowns_, std::vector<equilibrium::Cell>{});
  return true;
}

void Markets::product(const Eigen::VectorXd& v, Eigen::VectorXd& image) {
  ++products;
  system_->product(v, image);
}

bool Markets::make_blocks() {
  ++blocks_made;
  own_blocks_.emplace(*tangent_, unknowns_);
  blocks_ = own_blocks_->usable() ? &*own_blocks_ : nullptr;
  return blocks_ != nullptr;
}

void Markets::solve_blocks(const Eigen::VectorXd& right, Eigen::VectorXd& solution) const {
  blocks_->solve(unknowns_, right, solution);
}

double judged_residual(const economy::Economy& economy, const economy::TradeKernels& kernels,
                       const economy::State& state, const Prices& prices) {
  economy::MarketMap map(economy, kernels, state);
  const equilibrium::Unknowns unknowns(map);
  Prices at = prices;
  equilibrium::make_finite(map, at);
  Prices cleared;
  economy::Accounts accounts;
  map.evaluate(at, cleared, accounts);
  Eigen::VectorXd x, image;
  unknowns.pack(at, x);
  unknowns.pack(cleared, image);
  const double residual = (image - x).cwiseAbs().maxCoeff();
  return std::isfinite(residual) && !accounts.insolvent ? residual : std::numeric_limits<double>::infinity();
}

}  // namespace pericore::benchmarks

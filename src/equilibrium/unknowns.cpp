#include "equilibrium/unknowns.h"

#include <cmath>

namespace pericore::equilibrium {

using economy::Array;
using economy::Economy;
using economy::MarketMap;
using economy::Prices;

namespace {

const double& entry(const Prices& prices, const Market& market) {
  switch (market.kind) {
    case MarketKind::factor:
      return prices.log_wage(market.region, market.item);
    case MarketKind::price_index:
      return prices.log_price_index(market.region, market.item);
    case MarketKind::market_access:
    case MarketKind::profit:
      break;
  }
  return prices.log_market_access(market.region, market.item);
}

}  // namespace

Unknowns::Unknowns(const MarketMap& map) {
  const Economy& economy = map.economy();
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (map.active().factor(r, f)) places_.push_back({MarketKind::factor, r, f});
    }
  }
  wages_ = static_cast<Eigen::Index>(places_.size());
  for (Eigen::Index k = 0; k < economy.n_sectors(); ++k) {
    if (k == map.numeraire() || !map.active().supply.col(k).any()) continue;
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) places_.push_back({MarketKind::price_index, r, k});
  }
  for (Eigen::Index k = 0; k < economy.n_sectors(); ++k) {
    if (k == map.numeraire()) continue;
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (map.active().supply(r, k)) places_.push_back({MarketKind::market_access, r, k});
    }
  }
}

void Unknowns::pack(const Prices& prices, Eigen::VectorXd& x) const {
  x.resize(size());
  for (Eigen::Index i = 0; i < size(); ++i) x(i) = entry(prices, place(i));
}

void Unknowns::unpack(const Eigen::VectorXd& x, Prices& prices) const {
  for (Eigen::Index i = 0; i < size(); ++i) const_cast<double&>(entry(prices, place(i))) = x(i);
}

double factor_income(const MarketMap& map, const Prices& prices) {
  return map.active().factor.select(prices.log_wage.exp() * map.state().stock, 0.0).sum();
}

void hold_scale(const MarketMap& map, double total, Prices& prices) {
  if (map.numeraire() >= 0) return;
  const double shift = std::log(total / factor_income(map, prices));
  prices.log_wage += shift;
  prices.log_price_index += shift;
  for (Eigen::Index k = 0; k < map.economy().n_sectors(); ++k) {
    prices.log_market_access.col(k) += map.economy().sectors[static_cast<std::size_t>(k)].elasticity * shift;
  }
}

void make_finite(Prices& prices) {
  for (Array* array : {&prices.log_wage, &prices.log_price_index, &prices.log_market_access}) {
    *array = array->isFinite().select(*array, 0.0);
  }
}

}  // namespace pericore::equilibrium

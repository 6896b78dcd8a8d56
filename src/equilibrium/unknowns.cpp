#include "equilibrium/unknowns.h"

#include <cmath>

namespace pericore::equilibrium {

using economy::Array;
using economy::Economy;
using economy::MarketMap;
using economy::Prices;

namespace {

template <class Prices>
auto& array_of(Prices& prices, MarketKind kind) {
  switch (kind) {
    case MarketKind::factor:
      return prices.log_wage;
    case MarketKind::price_index:
      return prices.log_price_index;
    case MarketKind::market_access:
    case MarketKind::profit:
      break;
  }
  return prices.log_market_access;
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
  variables_.reserve(places_.size());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Market& market = places_[i];
    const Eigen::Index offset = market.kind == MarketKind::factor        ? 0
                                : market.kind == MarketKind::price_index ? economy.n_factors()
                                                                         : economy.n_factors() + economy.n_sectors();
    variables_.push_back(offset + market.item);
    if (!runs_.empty()) {
      Run& last = runs_.back();
      if (last.kind == market.kind && last.item == market.item && last.region + last.length == market.region) {
        ++last.length;
        continue;
      }
    }
    runs_.push_back({static_cast<Eigen::Index>(i), 1, market.kind, market.region, market.item, variables_.back()});
  }
}

double& Unknowns::entry(Prices& prices, Eigen::Index i) const {
  const Market& market = place(i);
  return array_of(prices, market.kind)(market.region, market.item);
}

void Unknowns::pack(const Prices& prices, Eigen::VectorXd& x) const {
  x.resize(size());
  for (const Run& run : runs_)
    x.segment(run.first, run.length) =
        array_of(prices, run.kind).col(run.item).segment(run.region, run.length).matrix();
}

void Unknowns::unpack(const Eigen::VectorXd& x, Prices& prices) const {
  for (const Run& run : runs_)
    array_of(prices, run.kind).col(run.item).segment(run.region, run.length) = x.segment(run.first, run.length).array();
}

void judge(WorstMarkets& worst, const Market& market, double residual) {
  WorstMarket& of_kind = worst[static_cast<std::size_t>(market.kind)];
  if (of_kind.count++ == 0 || !(residual <= of_kind.residual)) {
    of_kind.residual = residual;
    of_kind.market = market;
  }
}

WorstMarkets worst_markets(const Unknowns& unknowns, const Prices& prices, const Prices& cleared) {
  WorstMarkets worst;
  for (const Unknowns::Run& run : unknowns.runs()) {
    const auto given = array_of(prices, run.kind).col(run.item).segment(run.region, run.length);
    const auto returned = array_of(cleared, run.kind).col(run.item).segment(run.region, run.length);
    for (Eigen::Index i = 0; i < run.length; ++i)
      judge(worst, {run.kind, run.region + i, run.item}, std::abs(returned(i) - given(i)));
  }
  return worst;
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

void make_finite(const MarketMap& map, Prices& prices) {
  for (Array* array : {&prices.log_wage, &prices.log_price_index, &prices.log_market_access}) {
    *array = array->isFinite().select(*array, 0.0);
  }
  if (map.numeraire() >= 0) prices.log_price_index.col(map.numeraire()).setZero();
}

}  // namespace pericore::equilibrium

#include "support/rearrange.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pericore::testing {
namespace {

using economy::Array;
using economy::Market;
using economy::Vector;
using Eigen::Index;

using Indices = std::vector<Index>;

Indices counting(Index count) {
  Indices indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), Index{0});
  return indices;
}

Indices shuffled(Index count, const RandomEconomy& draw, std::uint64_t stream) {
  constexpr std::uint64_t purpose = 20000;  // beyond the purposes of the other files
  Indices indices = counting(count);
  for (Index i = count - 1; i > 0; --i) {
    const double u = keyed_uniform(draw.seed, draw.index, purpose + stream, static_cast<std::uint64_t>(i));
    std::swap(
        indices[static_cast<std::size_t>(i)],
        indices[static_cast<std::size_t>(std::min<Index>(i, static_cast<Index>(u * static_cast<double>(i + 1))))]);
  }
  return indices;
}

template <class T>
std::vector<T> taken(const std::vector<T>& items, const Indices& order) {
  std::vector<T> result;
  for (const Index i : order) result.push_back(items[static_cast<std::size_t>(i)]);
  return result;
}

Vector taken(const Vector& values, const Indices& order) {
  if (values.size() == 0) return values;
  Vector result(static_cast<Index>(order.size()));
  for (std::size_t i = 0; i < order.size(); ++i) result(static_cast<Index>(i)) = values(order[i]);
  return result;
}

/// Where an old index stands now; the first of several places.
Index place(const Indices& order, Index old) { return std::find(order.begin(), order.end(), old) - order.begin(); }

std::vector<Array> taken(const std::vector<Array>& arrays, const Indices& rows, const Indices& columns) {
  std::vector<Array> result;
  for (const Array& array : arrays) result.push_back(rearranged(array, rows, columns));
  return result;
}

economy::State taken(const economy::State& old, const Order& order) {
  economy::State state = old;
  const auto& [regions, sectors, factors] = order;
  state.stock = rearranged(old.stock, regions, factors);
  for (auto member : {&economy::State::firms, &economy::State::effective_firms, &economy::State::log_productivity,
                      &economy::State::foreign_share})
    state.*member = rearranged(old.*member, regions, sectors);
  state.investment_weight = taken(old.investment_weight, regions);
  for (Vector& grants : state.flow_grants) grants = taken(grants, regions);
  state.flow_purchases = taken(old.flow_purchases, regions, sectors);

  const auto& from = old.instruments;
  economy::Instruments instruments(static_cast<Index>(regions.size()), static_cast<Index>(sectors.size()),
                                   static_cast<Index>(factors.size()));
  instruments.production_subsidy = rearranged(from.production_subsidy, regions, sectors);
  instruments.production_subsidy_by_account = taken(from.production_subsidy_by_account, regions, sectors);
  instruments.factor_subsidy = taken(taken(from.factor_subsidy, factors), regions, sectors);
  for (std::size_t a = 0; a < from.factor_subsidy_by_account.size(); ++a)
    instruments.factor_subsidy_by_account[a] =
        taken(taken(from.factor_subsidy_by_account[a], factors), regions, sectors);
  instruments.purchases = taken(from.purchases, regions, sectors);
  for (std::size_t a = 0; a < from.transfers.size(); ++a) instruments.transfers[a] = taken(from.transfers[a], regions);
  for (std::size_t r = 0; r < regions.size(); ++r) {
    for (auto shift : from.input_shifts) {
      if (shift.region != regions[r]) continue;
      shift.region = static_cast<Index>(r);
      shift.sector = place(sectors, shift.sector);
      shift.input = place(sectors, shift.input);
      instruments.input_shifts.push_back(shift);
    }
    for (auto processing : from.processing) {
      if (processing.region != regions[r]) continue;
      processing.region = static_cast<Index>(r);
      processing.sector = place(sectors, processing.sector);
      processing.input = place(sectors, processing.input);
      instruments.processing.push_back(processing);
    }
  }
  state.instruments = std::move(instruments);
  return state;
}

/// Multiplies what region `region` has and gets.
void scale_region(economy::State& state, Index region, double share) {
  state.stock.row(region) *= share;
  state.firms.row(region) *= share;
  state.effective_firms.row(region) *= share;
  for (Array& purchases : state.instruments.purchases) purchases.row(region) *= share;
  for (auto& transfers : state.instruments.transfers) transfers(region) *= share;
  for (Vector& grants : state.flow_grants) {
    if (grants.size() > 0) grants(region) *= share;
  }
  for (Array& purchases : state.flow_purchases) {
    if (purchases.size() > 0) purchases.row(region) *= share;
  }
}

}  // namespace

Order same_order(const economy::Economy& economy) {
  return {counting(economy.n_regions()), counting(economy.n_sectors()), counting(economy.n_factors())};
}

Order shuffled_order(const RandomEconomy& draw) {
  return {shuffled(draw.economy.n_regions(), draw, 0), shuffled(draw.economy.n_sectors(), draw, 1),
          shuffled(draw.economy.n_factors(), draw, 2)};
}

Array rearranged(const Array& array, const Indices& rows, const Indices& columns) {
  if (array.size() == 0) return array;
  Array result(static_cast<Index>(rows.size()), static_cast<Index>(columns.size()));
  for (std::size_t j = 0; j < columns.size(); ++j) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      result(static_cast<Index>(i), static_cast<Index>(j)) = array(rows[i], columns[j]);
  }
  return result;
}

RandomEconomy rearranged(const RandomEconomy& draw, const Order& order) {
  RandomEconomy result = draw;
  const auto& [regions, sectors, factors] = order;
  const economy::Economy& old = draw.economy;
  economy::Economy& e = result.economy;
  e.regions = taken(old.regions, regions);
  e.sectors = taken(old.sectors, sectors);
  for (economy::Sector& sector : e.sectors) {
    if (sector.fixed_input) sector.fixed_input = static_cast<int>(place(factors, *sector.fixed_input));
  }
  e.factors = taken(old.factors, factors);
  for (std::size_t t = 0; t < e.technologies.size(); ++t) {
    e.technologies[t].alpha = rearranged(old.technologies[t].alpha, factors, sectors);
    e.technologies[t].gamma = rearranged(old.technologies[t].gamma, sectors, sectors);
  }
  e.technology_of = taken(old.technology_of, regions);
  e.wage_premium = rearranged(old.wage_premium, factors, sectors);
  e.household_basket = rearranged(old.household_basket, regions, sectors);
  e.investment_basket = rearranged(old.investment_basket, regions, sectors);
  for (auto member :
       {&economy::Economy::housing_share, &economy::Economy::saving_rate, &economy::Economy::income_tax,
        &economy::Economy::population_per_worker, &economy::Economy::price_weights, &economy::Economy::national_share})
    e.*member = taken(old.*member, regions);
  e.reference_log_wage = rearranged(old.reference_log_wage, regions, factors);
  e.reference_log_price = rearranged(old.reference_log_price, regions, sectors);
  if (e.abroad) e.abroad = static_cast<int>(place(regions, *old.abroad));
  if (e.capital) e.capital = static_cast<int>(place(factors, *old.capital));

  economy::TradeKernels kernels;
  for (const Index s : sectors) {
    const Array freeness = draw.kernels.freeness[static_cast<std::size_t>(s)].array();
    kernels.freeness.push_back(rearranged(freeness, regions, regions).matrix());
  }
  result.kernels = std::move(kernels);
  result.state = taken(draw.state, order);
  result.planted_state = taken(draw.planted_state, order);
  result.planted_prices.log_wage = rearranged(draw.planted_prices.log_wage, regions, factors);
  result.planted_prices.log_price_index = rearranged(draw.planted_prices.log_price_index, regions, sectors);
  result.planted_prices.log_market_access = rearranged(draw.planted_prices.log_market_access, regions, sectors);
  result.planted_firms = rearranged(draw.planted_firms, regions, sectors);
  return result;
}

RandomEconomy split(const RandomEconomy& draw, Index region, double first) {
  Order order = same_order(draw.economy);
  order.regions.push_back(region);
  RandomEconomy result = rearranged(draw, order);
  const Index last = result.economy.n_regions() - 1;
  const double shares[] = {first, 1.0 - first};
  const Index places[] = {region, last};
  for (int i = 0; i < 2; ++i) {
    const Index r = places[i];
    result.economy.national_share(r) *= shares[i];
    result.economy.price_weights(r) *= shares[i];
    for (economy::State* state : {&result.state, &result.planted_state}) {
      scale_region(*state, r, shares[i]);
      for (Index s = 0; s < result.economy.n_sectors(); ++s) {
        const economy::Sector& sector = result.economy.sectors[static_cast<std::size_t>(s)];
        if (sector.market != Market::armington) continue;
        state->log_productivity(r, s) += std::log(shares[i]) / (sector.elasticity - 1.0);
        // One variety a region.
        state->firms(r, s) = state->effective_firms(r, s) = draw.state.effective_firms(region, s);
      }
    }
    for (Index s = 0; s < result.economy.n_sectors(); ++s) {
      if (result.economy.sectors[static_cast<std::size_t>(s)].market != Market::armington)
        result.planted_firms(r, s) *= shares[i];
    }
  }
  return result;
}

RandomEconomy enlarged(const RandomEconomy& draw, double scale) {
  RandomEconomy result = draw;
  for (Index s = 0; s < result.economy.n_sectors(); ++s) {
    economy::Sector& sector = result.economy.sectors[static_cast<std::size_t>(s)];
    if (sector.market != Market::monopolistic) continue;
    const double change = std::log(scale) / (sector.elasticity - 1.0);
    if (!sector.fixed_input) sector.fixed_cost *= std::exp(-change);
    result.state.log_productivity.col(s) -= change;
    result.planted_state.log_productivity.col(s) -= change;
  }
  for (economy::State* state : {&result.state, &result.planted_state}) {
    const Array firms = state->firms;
    const Array effective = state->effective_firms;
    for (Index r = 0; r < result.economy.n_regions(); ++r) scale_region(*state, r, scale);
    for (Index s = 0; s < result.economy.n_sectors(); ++s) {
      if (result.economy.sectors[static_cast<std::size_t>(s)].market != Market::armington) continue;
      state->firms.col(s) = firms.col(s);
      state->effective_firms.col(s) = effective.col(s);
    }
  }
  for (Index s = 0; s < result.economy.n_sectors(); ++s) {
    const economy::Sector& sector = result.economy.sectors[static_cast<std::size_t>(s)];
    if (sector.market != Market::armington) result.planted_firms.col(s) *= scale;
    if (sector.market != Market::homogeneous) result.planted_prices.log_market_access.col(s) += std::log(scale);
  }
  return result;
}

}  // namespace pericore::testing

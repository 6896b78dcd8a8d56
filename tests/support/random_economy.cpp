#include "support/random_economy.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "support/planter.h"

namespace pericore::testing {
namespace {

using economy::Economy;
using economy::Entry;
using economy::Market;
using economy::Sector;
using economy::State;
using economy::Vector;
using Eigen::Index;

/// Firms whose number is given need more of a fixed input than there is: proof that there is no equilibrium.
std::string exceeded_stock(const Economy& e, const State& state) {
  for (Index f = 0; f < e.n_factors(); ++f) {
    for (Index r = 0; r < e.n_regions(); ++r) {
      double needed = 0.0;
      for (Index s = 0; s < e.n_sectors(); ++s) {
        const Sector& sector = e.sectors[static_cast<std::size_t>(s)];
        if (sector.entry == Entry::stock && sector.fixed_input == static_cast<int>(f))
          needed += sector.fixed_cost * state.firms(r, s);
      }
      if (needed > 0.0 && needed >= state.stock(r, f)) {
        return "firms in region " + std::to_string(r) + " need " + std::to_string(needed / state.stock(r, f)) +
               " times the stock of factor " + std::to_string(f) + " as their fixed input";
      }
    }
  }
  return {};
}

/// Firms whose number is given shrink with the resources of their region: most would otherwise be too many to feed.
void shock(const Draws& draw, double size, RandomEconomy& result) {
  State& state = result.state;
  Vector poorer = Vector::Zero(state.stock.rows());
  for (Index f = 0; f < state.stock.cols(); ++f) {
    for (Index r = 0; r < state.stock.rows(); ++r) {
      const double change = size * draw.normal(Purpose::shock_stock, f, r);
      state.stock(r, f) *= std::exp(change);
      if (state.stock(r, f) > 0.0) poorer(r) = std::min(poorer(r), change);
    }
  }
  for (Index s = 0; s < state.firms.cols(); ++s) {
    for (Index r = 0; r < state.firms.rows(); ++r) {
      const double productivity = size * draw.normal(Purpose::shock_productivity, s, r);
      state.log_productivity(r, s) += productivity;
      const Sector& sector = result.economy.sectors[static_cast<std::size_t>(s)];
      if (sector.entry != Entry::stock) continue;
      const double bundle = sector.fixed_input ? 0.0 : std::min(0.0, productivity);
      const double change = std::exp(poorer(r) + bundle + 0.3 * size * draw.normal(Purpose::shock_firms, s, r));
      state.firms(r, s) *= change;
      state.effective_firms(r, s) *= change;
    }
  }
  result.proof = exceeded_stock(result.economy, state);
  result.existence = result.proof.empty() ? Existence::likely : Existence::none;
}

/// More of the homogeneous good is bought by government than all regions together could ever make.
void exceed_capacity(const Draws& draw, RandomEconomy& result) {
  const Economy& e = result.economy;
  double capacity = 0.0;
  for (Index r = 0; r < e.n_regions(); ++r) {
    const auto& alpha = e.technology(r).alpha;
    double log_output = result.state.log_productivity(r, 0);
    for (Index f = 0; f < e.n_factors(); ++f) {
      if (alpha(f, 0) > smallest_share) log_output += alpha(f, 0) * std::log(result.state.stock(r, f) / alpha(f, 0));
    }
    if (std::isfinite(log_output)) capacity += std::exp(log_output);
  }
  result.state.instruments.purchases[economy::main_budget](0, 0) +=
      capacity * draw.uniform(Purpose::infeasible, 1, 0, 1.05, 3.0);
  result.proof =
      "government buys more of the homogeneous good than the sum of A prod (X/alpha)^alpha over regions, all factors "
      "in it";
}

/// Firms of one cell need more of the fixed input than there is.
bool exceed_stock(const Draws& draw, RandomEconomy& result) {
  State& state = result.state;
  for (Index s = 0; s < result.economy.n_sectors(); ++s) {
    const Sector& sector = result.economy.sectors[static_cast<std::size_t>(s)];
    if (sector.entry != Entry::stock || !sector.fixed_input) continue;
    for (Index r = 0; r < result.economy.n_regions(); ++r) {
      if (!(state.firms(r, s) > 0.0)) continue;
      state.firms(r, s) =
          state.stock(r, *sector.fixed_input) / sector.fixed_cost * draw.uniform(Purpose::infeasible, 1, 0, 1.05, 3.0);
      result.proof = exceeded_stock(result.economy, state);
      return true;
    }
  }
  return false;
}

/// A sector that households buy has no supplier anywhere.
void remove_suppliers(const Draws& draw, RandomEconomy& result) {
  Economy& e = result.economy;
  Index s = draw.pick(e.n_sectors(), Purpose::infeasible, 2);
  if (e.sectors[static_cast<std::size_t>(s)].market == Market::homogeneous) s = e.n_sectors() - 1;
  // A tenth of consumption, lest it be an input only.
  e.household_basket *= 0.9;
  e.household_basket.col(s) += 0.1 * (1.0 - e.housing_share);
  result.state.log_productivity.col(s).setConstant(-std::numeric_limits<double>::infinity());
  result.state.firms.col(s).setZero();
  result.state.effective_firms.col(s).setZero();
  result.state.instruments.processing.clear();
  result.proof = "households want sector " + std::to_string(s) + ", which nobody can make";
}

}  // namespace

double keyed_uniform(std::uint64_t seed, std::uint64_t index, std::uint64_t purpose, std::uint64_t i, std::uint64_t j) {
  return open_unit(bits(seed, index, purpose, i, j, 0)[0]);
}

double keyed_normal(std::uint64_t seed, std::uint64_t index, std::uint64_t purpose, std::uint64_t i, std::uint64_t j) {
  return normal_of(bits(seed, index, purpose, i, j, 0));
}

const char* name(EconomyClass kind) {
  constexpr const char* names[n_economy_classes] = {
      "general", "low_elasticity", "high_elasticity", "nearly_free_trade", "local_services",
      "unequal", "sparse",         "free_entry",      "strong_links",      "fiscal",
      "open",    "equal_regions"};
  return names[static_cast<int>(kind)];
}

const char* name(Existence existence) {
  switch (existence) {
    case Existence::planted:
      return "planted";
    case Existence::likely:
      return "shocked";
    case Existence::none:
      break;
  }
  return "none";
}

Traits traits_of(EconomyClass kind) {
  Traits t;
  switch (kind) {
    case EconomyClass::general:
      break;
    case EconomyClass::low_elasticity:
      t.sigma_high = 2.5;
      break;
    case EconomyClass::high_elasticity:
      t.sigma_low = 8.0;
      break;
    case EconomyClass::nearly_free_trade:
      t.decay_low = 1e-3;
      t.decay_high = 0.05;
      break;
    case EconomyClass::local_services:
      t.decay_low = 3.0;
      t.decay_high = 8.0;
      t.min_sectors = 2;
      break;
    case EconomyClass::unequal:
      t.size_spread = 2.2;
      t.min_regions = 6;
      break;
    case EconomyClass::sparse:
      t.empty = 0.5;
      t.min_sectors = 2;
      break;
    case EconomyClass::free_entry:
      t.stock = t.stock_fixed = t.armington = 0.3;
      t.free_own = t.free_fixed = 1.0;
      t.free_shared = 2.0;
      t.homogeneous = 0.7;
      t.own_factor_farm = t.one_factor_farm = 0.3;
      t.max_regions = 20;
      break;
    case EconomyClass::strong_links:
      t.links = 0.7;
      t.min_sectors = 3;
      break;
    case EconomyClass::fiscal:
      t.policy = 0.9;
      t.ownership = 0.8;
      t.saving = 0.8;
      t.housing = 0.7;
      break;
    case EconomyClass::open:
      t.abroad = 1.0;
      t.policy = 0.5;
      t.ownership = 0.7;
      t.saving = 0.7;
      t.links = 0.6;
      break;
    case EconomyClass::equal_regions:
      t.equal = true;
      t.abroad = 0.0;
      t.empty = 0.0;
      break;
  }
  return t;
}

RandomEconomy random_economy(std::uint64_t seed, std::uint64_t index, const Traits& traits) {
  for (int attempt = 0; attempt < 50; ++attempt) {
    RandomEconomy result;
    result.seed = seed;
    result.index = index;
    result.redraws = attempt;
    Planter planter(seed, index, static_cast<std::uint64_t>(attempt), traits);
    if (!planter.plant(result)) continue;
    if (traits.shock > 0.0) shock(Draws(seed, index, 0), traits.shock, result);
    return result;
  }
  throw NumericalError("no random economy with positive incomes in 50 attempts");
}

RandomEconomy random_economy(std::uint64_t seed, std::uint64_t index) {
  const auto kind = static_cast<EconomyClass>(index % n_economy_classes);
  const Draws draw(seed, index, 0);
  Traits traits = traits_of(kind);
  const double u = draw.uniform(Purpose::existence, 0);
  const Index size = draw.pick(3, Purpose::existence, 1);
  const Index impossible = draw.pick(3, Purpose::existence, 2);
  if (u < 0.04) {
    if (impossible == 0) {
      traits.homogeneous = 1.0;
      traits.farm_without_inputs = true;
    }
    if (impossible == 1) traits.stock_fixed = 20.0;
  } else if (u < 0.29) {
    constexpr double sizes[] = {0.1, 0.4, 1.0};
    traits.shock = sizes[size];
  }
  RandomEconomy result = random_economy(seed, index, traits);
  result.kind = kind;
  if (u < 0.04) {
    result.existence = Existence::none;
    if (impossible == 0) exceed_capacity(draw, result);
    if (impossible == 2 || (impossible == 1 && !exceed_stock(draw, result))) remove_suppliers(draw, result);
  }
  return result;
}

}  // namespace pericore::testing

#include "dynamics/firm_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double solver_noise = 1e-8;  // of profitability: what two solutions of one equilibrium may differ by

/// ln of what a cell's pull has become since the base year: sensitivity x (x - base). A latent cell pulls by what it exceeds its
/// base-year profitability, so that it stays empty until something makes it better; rounding does not.
Vector log_pull(const Fundamentals& fundamentals, Eigen::Index s, const Vector& profitability, double sensitivity) {
  Vector pull(profitability.size());
  for (Eigen::Index r = 0; r < profitability.size(); ++r) {
    const double better = profitability(r) - fundamentals.profitability(r, s);
    const double change = sensitivity * better;
    if (std::isnan(change)) {
      pull(r) = -infinity;
    } else if (fundamentals.latent(r, s)) {
      pull(r) = better > solver_noise ? std::log(std::expm1(change)) : -infinity;
    } else {
      pull(r) = change;
    }
  }
  return pull;
}

/// Adding logs of weights where one may be +inf (a price of nothing) and the other -inf (closed): closed wins.
Vector closed_or_sum(const Vector& log_weight, const Vector& change) {
  return (log_weight == -infinity).select(log_weight, log_weight + change);
}

std::vector<SearchClass> grant_classes(const economy::Instruments& instruments, Eigen::Index sector,
                                       Eigen::Index regions) {
  std::vector<SearchClass> classes;
  for (Eigen::Index r = 0; r < regions; ++r) {
    std::vector<std::size_t> eligible;
    for (std::size_t g = 0; g < instruments.relocation_grants.size(); ++g) {
      const economy::RelocationGrant& grant = instruments.relocation_grants[g];
      if (grant.sector == sector && grant.origins[static_cast<std::size_t>(r)] != 0) eligible.push_back(g);
    }
    auto it =
        std::find_if(classes.begin(), classes.end(), [&](const SearchClass& one) { return one.grants == eligible; });
    if (it == classes.end()) {
      classes.push_back({.grants = eligible, .member = Vector::Zero(regions), .log_weight = {}});
      it = std::prev(classes.end());
    }
    it->member(r) = 1.0;
  }
  return classes;
}

/// Places of the sector: what staying and each destination are worth to each class of origins.
void describe_places(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                     const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium, Eigen::Index s,
                     FirmRules& rules) {
  const economy::Instruments& instruments = state.economy.instruments;
  const double beta = parameters.firms[static_cast<std::size_t>(s)].relocation_dispersion;
  const Vector x = equilibrium.accounts.profitability.col(s);
  rules.log_stay = closed_or_sum(fundamentals.log_relocation_weight.col(s), log_pull(fundamentals, s, x, 1.0 / beta));
  const Vector open = closed_or_sum(rules.log_stay, -instruments.zoning_penalty.col(s) / beta);

  rules.search = grant_classes(instruments, s, economy.n_regions());
  const double price = equilibrium.accounts.consumer_price;
  const double fixed_cost = economy.sectors[static_cast<std::size_t>(s)].fixed_cost;
  const Vector operating_profit = fixed_cost * fixed_cost_price(economy, state.economy, equilibrium, s) * x.exp();
  for (SearchClass& one : rules.search) {
    Vector gain = Vector::Zero(economy.n_regions());
    for (const std::size_t g : one.grants) {
      gain += instruments.relocation_grants[g].amount * fundamentals.operating_profit.col(s) * price / operating_profit;
    }
    gain = gain.isFinite().select(gain, 0.0);
    one.log_weight = closed_or_sum(open, (1.0 + gain).max(0.0).log() / beta);
  }
}

/// Who comes: founders for each firm of their pool, and foreign firms.
void describe_entry(const economy::Economy& economy, const FirmParameters& firm, const Fundamentals& fundamentals,
                    const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium, Eigen::Index s,
                    FirmRules& rules) {
  const economy::Instruments& instruments = state.economy.instruments;
  const Vector x = equilibrium.accounts.profitability.col(s);
  const Vector zoned = exact_exp(-firm.entry_sensitivity * instruments.zoning_penalty.col(s));
  const Vector open =
      (instruments.zoning_penalty.col(s) == infinity).select(0.0, zoned);  // also where sensitivity is 0
  const Vector pull =
      closed_or_sum(fundamentals.log_entry_weight.col(s), log_pull(fundamentals, s, x, firm.entry_sensitivity));
  rules.entry_rate = firm.exit_rate * exact_exp(pull) * open / instruments.entry_barrier.col(s);
  rules.foreign_entries = Vector::Zero(economy.n_regions());
  const double volume = fundamentals.foreign_volume.col(s).sum();
  if (volume > 0.0) {
    const Vector change = (x - fundamentals.profitability.col(s)) / firm.relocation_dispersion;
    const Vector weight = fundamentals.foreign_volume.col(s) * change.isNaN().select(0.0, exact_exp(change)) * open;
    const double total = weight.sum();
    if (total > 0.0)
      rules.foreign_entries = volume * (weight / total) * (1.0 + instruments.foreign_entry.col(s)).max(0.0);
  }
  rules.foreign_entries += instruments.foreign_firms.col(s).max(0.0) * open;
  if (economy.abroad) {
    rules.entry_rate(*economy.abroad) = 0.0;
    rules.foreign_entries(*economy.abroad) = 0.0;
  }
}

}  // namespace

bool moves_by_dynamics(const economy::Sector& sector) {
  return sector.market == economy::Market::monopolistic && sector.entry == economy::Entry::stock;
}

MoveCost relocation_cost(const FirmParameters& parameters) {
  MoveCost cost;
  cost.fixed = parameters.relocation_cost / parameters.relocation_dispersion;
  cost.distance = parameters.relocation_distance_cost / parameters.relocation_dispersion;
  return cost;
}

Vector founder_pool(const FirmParameters& parameters, const MoveKernel& kernel, const Vector& firms) {
  if (parameters.founders_elsewhere == 0.0) return firms;
  Vector near(firms.size());
  kernel.away.multiply(firms.matrix(), near.matrix());
  near = (kernel.reach > 0.0).select(near / kernel.reach, 0.0);
  return (1.0 - parameters.founders_elsewhere) * firms + parameters.founders_elsewhere * near;
}

Vector searching_share(double rate, double state_relocation, const Vector& state_share, const Vector& foreign_share) {
  return rate * (1.0 - foreign_share - (1.0 - state_relocation) * state_share).max(0.0);
}

Vector fixed_cost_price(const economy::Economy& economy, const economy::State& state,
                        const equilibrium::ShortRunEquilibrium& equilibrium, Eigen::Index sector) {
  const economy::Sector& of = economy.sectors[static_cast<std::size_t>(sector)];
  if (!of.fixed_input) return equilibrium.accounts.unit_cost.col(sector).exp();
  Vector price = equilibrium.prices.log_wage.col(*of.fixed_input).exp();
  const Array& subsidy = state.instruments.factor_subsidy[static_cast<std::size_t>(*of.fixed_input)];
  if (subsidy.size() > 0) price *= 1.0 - subsidy.col(sector);
  return price;
}

FirmRules firm_rules(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                     const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                     const SpatialKernels& spatial, Eigen::Index s) {
  const FirmParameters& firm = parameters.firms[static_cast<std::size_t>(s)];
  const economy::Instruments& instruments = state.economy.instruments;
  FirmRules rules;
  rules.abroad = economy.abroad;
  rules.moves_between = parameters.moves_between;
  rules.exit_rate = firm.exit_rate;
  rules.search_rate = std::clamp(firm.relocation_rate * instruments.relocation_rate(s), 0.0, 1.0);
  rules.state_relocation = firm.state_relocation;
  rules.kernel = spatial.moves(relocation_cost(firm), false);

  // A firm in a once empty cell is judged by its own profits, not by the threshold at which the cell opened.
  const Vector x = equilibrium.accounts.profitability.col(s);
  const Vector base = fundamentals.latent.col(s).select(0.0, fundamentals.profitability.col(s));
  const Vector change = x - base;
  // Where profitability is undefined (a factor has vanished) nobody stays in business.
  rules.exit_factor = (change.isNaN() || change == -infinity)
                          .select(Vector::Constant(x.size(), infinity), (-firm.exit_sensitivity * change).exp());

  const Vector owned = state.state_share.col(s);
  rules.state_in_force = state_share_in_force(state).col(s);
  rules.still_state = (owned > 0.0).select((rules.state_in_force / owned).min(1.0), Vector::Ones(owned.size()));
  describe_places(economy, parameters, fundamentals, state, equilibrium, s, rules);
  describe_entry(economy, firm, fundamentals, state, equilibrium, s, rules);
  return rules;
}

}  // namespace pericore::dynamics

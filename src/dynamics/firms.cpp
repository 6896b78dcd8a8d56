#include "dynamics/firms.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dynamics/spatial_kernels.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double solver_noise = 1e-8;  // of profitability: what two solutions of one equilibrium may differ by

bool moves_by_dynamics(const economy::Sector& sector) {
  return sector.market == economy::Market::monopolistic && sector.entry == economy::Entry::stock;
}

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

/// Origins that can claim the same grants of a sector.
struct GrantClass {
  std::vector<std::size_t> grants;  ///< indices into Instruments::relocation_grants
  Vector member;                    ///< by region, 1 or 0
};

std::vector<GrantClass> grant_classes(const economy::Instruments& instruments, Eigen::Index sector,
                                      Eigen::Index regions) {
  std::vector<GrantClass> classes;
  for (Eigen::Index r = 0; r < regions; ++r) {
    std::vector<std::size_t> eligible;
    for (std::size_t g = 0; g < instruments.relocation_grants.size(); ++g) {
      const economy::RelocationGrant& grant = instruments.relocation_grants[g];
      if (grant.sector == sector && grant.origins[static_cast<std::size_t>(r)] != 0) eligible.push_back(g);
    }
    auto it =
        std::find_if(classes.begin(), classes.end(), [&](const GrantClass& one) { return one.grants == eligible; });
    if (it == classes.end()) {
      classes.push_back({.grants = eligible, .member = Vector::Zero(regions)});
      it = std::prev(classes.end());
    }
    it->member(r) = 1.0;
  }
  return classes;
}

/// The choice set of one sector: who searches, what staying and each destination are worth to each class of origins.
struct Search {
  Vector searching;  ///< firms
  Vector log_stay;
  std::vector<GrantClass> classes;
  std::vector<Vector> log_weight;  ///< by class
};

Search prepare_search(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                      const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium, Eigen::Index s,
                      const Vector& survivors, const Vector& state_share) {
  const FirmParameters& firm = parameters.firms[static_cast<std::size_t>(s)];
  const economy::Instruments& instruments = state.economy.instruments;
  const double beta = firm.relocation_dispersion;
  const Vector x = equilibrium.accounts.profitability.col(s);

  Search search;
  search.searching = survivors * searching_share(firm, instruments.relocation_rate(s), state_share,
                                                 state.economy.foreign_share.col(s));
  if (economy.abroad) search.searching(*economy.abroad) = 0.0;
  const Vector log_pull_now = log_pull(fundamentals, s, x, 1.0 / beta);
  search.log_stay = closed_or_sum(fundamentals.log_relocation_weight.col(s), log_pull_now);
  const Vector open = closed_or_sum(search.log_stay, -instruments.zoning_penalty.col(s) / beta);

  search.classes = grant_classes(instruments, s, economy.n_regions());
  const double price = equilibrium.accounts.consumer_price;
  const double fixed_cost = economy.sectors[static_cast<std::size_t>(s)].fixed_cost;
  const Vector operating_profit = fixed_cost * fixed_cost_price(economy, state.economy, equilibrium, s) * x.exp();
  for (const GrantClass& one : search.classes) {
    Vector gain = Vector::Zero(economy.n_regions());
    for (const std::size_t g : one.grants) {
      gain += instruments.relocation_grants[g].amount * fundamentals.operating_profit.col(s) * price / operating_profit;
    }
    gain = gain.isFinite().select(gain, 0.0);
    search.log_weight.push_back(closed_or_sum(open, (1.0 + gain).max(0.0).log() / beta));
  }
  return search;
}

Vector survival(const FirmParameters& firm, const Vector& change) {
  // Where profitability is undefined (a factor has vanished) nobody stays in business.
  const Vector hazard = (firm.exit_rate * (-firm.exit_sensitivity * change).exp()).min(1.0);
  return 1.0 - (change.isNaN() || change == -infinity).select(Vector::Ones(change.size()), hazard);
}

Vector domestic_firms(const DynamicState& state, Eigen::Index s) {
  return state.economy.firms.col(s) * (1.0 - state.economy.foreign_share.col(s));
}

Vector survival_of(const Parameters& parameters, const Fundamentals& fundamentals,
                   const equilibrium::ShortRunEquilibrium& equilibrium, Eigen::Index s) {
  const Vector x = equilibrium.accounts.profitability.col(s);
  // A firm in a once empty cell is judged by its own profits, not by the threshold at which the cell opened.
  const Vector base = fundamentals.latent.col(s).select(0.0, fundamentals.profitability.col(s));
  return survival(parameters.firms[static_cast<std::size_t>(s)], x - base);
}

}  // namespace

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

Vector fixed_cost_price(const economy::Economy& economy, const economy::State& state,
                        const equilibrium::ShortRunEquilibrium& equilibrium, Eigen::Index sector) {
  const economy::Sector& of = economy.sectors[static_cast<std::size_t>(sector)];
  if (!of.fixed_input) return equilibrium.accounts.unit_cost.col(sector).exp();
  Vector price = equilibrium.prices.log_wage.col(*of.fixed_input).exp();
  const Array& subsidy = state.instruments.factor_subsidy[static_cast<std::size_t>(*of.fixed_input)];
  if (subsidy.size() > 0) price *= 1.0 - subsidy.col(sector);
  return price;
}

Vector searching_share(const FirmParameters& parameters, double rate_factor, const Vector& state_share,
                       const Vector& foreign_share) {
  const double rate = std::clamp(parameters.relocation_rate * rate_factor, 0.0, 1.0);
  return rate * (1.0 - foreign_share - (1.0 - parameters.state_relocation) * state_share).max(0.0);
}

FirmYear move_firms(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                    const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                    const SpatialKernels& spatial) {
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const economy::Instruments& instruments = state.economy.instruments;
  const Array none = Array::Zero(regions, sectors);
  FirmYear year{.firms = state.economy.firms,
                .effective_firms = state.economy.effective_firms,
                .foreign_share = state.economy.foreign_share,
                .flows = {none, none, none, none, none, {}}};
  year.flows.grants.assign(economy::n_accounts, Vector::Zero(regions));
  const Array state_share = state_share_in_force(state);

  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (!moves_by_dynamics(economy.sectors[static_cast<std::size_t>(s)])) continue;
    const FirmParameters& firm = parameters.firms[static_cast<std::size_t>(s)];
    const std::shared_ptr<const MoveKernel> kernel = spatial.moves(relocation_cost(firm), false);
    const Vector start = state.economy.firms.col(s);
    const Vector domestic = domestic_firms(state, s);
    const Vector stay_alive = survival_of(parameters, fundamentals, equilibrium, s);

    const Search search = prepare_search(economy, parameters, fundamentals, state, equilibrium, s, start * stay_alive,
                                         state_share.col(s));
    for (std::size_t c = 0; c < search.classes.size(); ++c) {
      const GrantClass& one = search.classes[c];
      const Moves moves = choose(kernel->away, search.searching * one.member, search.log_stay, search.log_weight[c]);
      year.flows.moved_out.col(s) += moves.out;
      year.flows.moved_in.col(s) += moves.in;
      for (const std::size_t g : one.grants) {
        const economy::RelocationGrant& grant = instruments.relocation_grants[g];
        year.flows.grants[static_cast<std::size_t>(grant.account)] +=
            moves.in * grant.amount * fundamentals.operating_profit.col(s);
      }
    }

    const Vector x = equilibrium.accounts.profitability.col(s);
    const Vector zoned = exact_exp(-firm.entry_sensitivity * instruments.zoning_penalty.col(s));
    const Vector open =
        (instruments.zoning_penalty.col(s) == infinity).select(0.0, zoned);  // also where sensitivity is 0
    const Vector pull =
        closed_or_sum(fundamentals.log_entry_weight.col(s), log_pull(fundamentals, s, x, firm.entry_sensitivity));
    year.flows.entries.col(s) = firm.exit_rate * founder_pool(firm, *kernel, domestic) * exact_exp(pull) * open /
                                instruments.entry_barrier.col(s);

    const double volume = fundamentals.foreign_volume.col(s).sum();
    if (volume > 0.0) {
      const Vector change = (x - fundamentals.profitability.col(s)) / firm.relocation_dispersion;
      const Vector weight = fundamentals.foreign_volume.col(s) * change.isNaN().select(0.0, exact_exp(change)) * open;
      const double total = weight.sum();
      if (total > 0.0)
        year.flows.foreign_entries.col(s) =
            volume * (weight / total) * (1.0 + instruments.foreign_entry.col(s)).max(0.0);
    }
    if (economy.abroad) {
      year.flows.entries(*economy.abroad, s) = 0.0;
      year.flows.foreign_entries(*economy.abroad, s) = 0.0;
    }

    const Vector foreign_left = (start - domestic) * stay_alive + year.flows.foreign_entries.col(s);
    const Vector domestic_left =
        (domestic * stay_alive - year.flows.moved_out.col(s) + year.flows.moved_in.col(s) + year.flows.entries.col(s))
            .max(0.0);
    year.flows.exits.col(s) = start * (1.0 - stay_alive);
    year.firms.col(s) = foreign_left + domestic_left;
    const Vector share = foreign_left / year.firms.col(s);
    year.foreign_share.col(s) = (year.firms.col(s) > 0.0).select(share, state.economy.foreign_share.col(s));
    year.effective_firms.col(s) = year.firms.col(s) * fundamentals.effective_ratio.col(s);
    if (economy.abroad) {
      const Eigen::Index abroad = *economy.abroad;
      year.flows.exits(abroad, s) = 0.0;
      year.firms(abroad, s) = state.economy.firms(abroad, s);
      year.effective_firms(abroad, s) = state.economy.effective_firms(abroad, s);
      year.foreign_share(abroad, s) = state.economy.foreign_share(abroad, s);
    }
  }
  return year;
}

Eigen::MatrixXd relocation_matrix(const economy::Economy& economy, const Parameters& parameters,
                                  const Fundamentals& fundamentals, const DynamicState& state,
                                  const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial,
                                  Eigen::Index sector) {
  const auto kernel = spatial.moves(relocation_cost(parameters.firms[static_cast<std::size_t>(sector)]), false);
  const Vector survivors = state.economy.firms.col(sector) * survival_of(parameters, fundamentals, equilibrium, sector);
  const Search search = prepare_search(economy, parameters, fundamentals, state, equilibrium, sector, survivors,
                                       state_share_in_force(state).col(sector));
  Eigen::MatrixXd moves = Eigen::MatrixXd::Zero(economy.n_regions(), economy.n_regions());
  for (std::size_t c = 0; c < search.classes.size(); ++c) {
    moves += choose_matrix(kernel->away.matrix(), search.searching * search.classes[c].member, search.log_stay,
                           search.log_weight[c]);
  }
  return moves;
}

}  // namespace pericore::dynamics

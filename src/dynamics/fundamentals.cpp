#include "dynamics/fundamentals.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <mutex>

#include "base/errors.h"
#include "base/parallel.h"
#include "dynamics/firm_population.h"
#include "dynamics/growth.h"
#include "dynamics/people.h"
#include "dynamics/spatial_kernels.h"
#include "dynamics/utility.h"
#include "numerics/gravity_balance.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double rounding = 1e-6;        // relative: what a converged base year may still be off zero profit
constexpr double renewal_margin = 1e-6;  // relative: data may round rates, a scale then makes the base year exact

void require_sizes(const economy::Economy& economy, const Parameters& parameters, const Eigen::ArrayXXd& travel_time,
                   const Eigen::ArrayXXd& distance) {
  const auto sectors = static_cast<std::size_t>(economy.n_sectors());
  const Eigen::Index regions = economy.n_regions();
  const auto fits_if_given = [regions](const Eigen::ArrayXXd& pairs) {
    return pairs.size() == 0 || (pairs.rows() == regions && pairs.cols() == regions);
  };
  const bool fits = parameters.firms.size() == sectors && parameters.spillovers.size() == sectors &&
                    parameters.groups.size() == static_cast<std::size_t>(economy.n_factors()) &&
                    fits_if_given(travel_time) && fits_if_given(distance) &&
                    fits_if_given(parameters.registration_border);
  if (!fits) throw DomainError("dynamics: parameters or distances do not have the sizes of the economy");
  for (const GroupParameters& group : parameters.groups) {
    if (group.log_amenity.size() != 0 && group.log_amenity.size() != regions)
      throw DomainError("dynamics: given amenities are not one a region");
  }
}

DynamicState base_state(const economy::Economy& economy, const Parameters& parameters, const economy::State& state) {
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  DynamicState base{.economy = state,
                    .public_capital = Vector::Zero(regions),
                    .knowledge = Vector::Zero(regions),
                    .log_knowledge_shock = {},
                    .state_share = Array::Zero(regions, sectors),
                    .populations = {},
                    .people = nullptr};
  if (base.economy.foreign_share.size() == 0) base.economy.foreign_share = Array::Zero(regions, sectors);
  base.economy.flow_grants.assign(economy::n_accounts, Vector::Zero(regions));
  base.economy.flow_purchases.assign(economy::n_accounts, Array::Zero(regions, sectors));
  for (Eigen::Index s = 0; s < sectors; ++s) {
    base.state_share.col(s) = parameters.firms[static_cast<std::size_t>(s)].state_share;
  }
  if (economy.abroad) base.state_share.row(*economy.abroad) = 0.0;
  return base;
}

/// A kernel of moves with 1 for those who stay.
numerics::DenseKernel with_stay(const MoveKernel& kernel) {
  const auto away = kernel.away.matrix();
  return {away.rows(), kernel.away.symmetric() ? numerics::Symmetry::certain : numerics::Symmetry::unknown,
          [&](Eigen::Index to, Eigen::Index first, double* column) {
            std::copy_n(away.col(to).data() + first, away.rows() - first, column + first);
            if (to >= first) column[to] = 1.0;
          }};
}

/// Kernels with those who stay, shared by all who have the same costs.
class StayKernels {
 public:
  const numerics::DenseKernel& of(const std::shared_ptr<const MoveKernel>& kernel) {
    const std::lock_guard lock(mutex_);
    auto& made = made_[kernel];
    if (!made) made = std::make_unique<numerics::DenseKernel>(with_stay(*kernel));
    return *made;
  }

 private:
  std::map<std::shared_ptr<const MoveKernel>, std::unique_ptr<numerics::DenseKernel>> made_;
  std::mutex mutex_;
};

/// Weights that make arrivals equal departures; `searching` is who looks around, everywhere the same people or firms.
Vector balanced_weights(const numerics::DenseKernel& with_stay, const Vector& searching, const Vector& arriving,
                        const std::string& what) {
  const numerics::GravityBalance balance =
      numerics::balance_gravity(with_stay, numerics::Orientation::as_is, searching, arriving);
  if (!balance.converged) {
    throw NumericalError(
        fmt::format("the base-year balance of {} did not converge: arrivals off by {:.1e}", what, balance.residual));
  }
  return balance.log_weight;
}

/// Mean of the finite entries: what an average cell is worth.
double finite_mean(const Vector& values) {
  const double count = static_cast<double>(values.isFinite().count());
  return count > 0.0 ? values.isFinite().select(values, 0.0).sum() / count : -infinity;
}

void calibrate_firms(const economy::Economy& economy, const Parameters& parameters, const DynamicState& base,
                     const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial,
                     StayKernels& stay_kernels, Fundamentals& result) {
  const Eigen::Index regions = economy.n_regions();
  const Array zero = Array::Zero(regions, economy.n_sectors());
  result.profitability = zero;
  result.latent = decltype(result.latent)::Constant(regions, economy.n_sectors(), false);
  result.log_relocation_weight = Array::Constant(regions, economy.n_sectors(), -infinity);
  result.log_entry_weight = result.log_relocation_weight;
  result.operating_profit = zero;
  result.effective_ratio = Array::Ones(regions, economy.n_sectors());
  result.foreign_volume = zero;
  result.foreign_effect = Vector::Zero(economy.n_sectors());

  parallel_for(economy.sectors.size(), 1, [&](std::size_t at) {
    const auto s = static_cast<Eigen::Index>(at);
    const economy::Sector& sector = economy.sectors[at];
    if (!moves_by_dynamics(sector)) return;
    const FirmParameters& firm = parameters.firms[at];
    const std::shared_ptr<const MoveKernel> kernel = spatial.moves(relocation_cost(firm), false);
    const Vector x = equilibrium.accounts.profitability.col(s);
    Vector firms = base.economy.firms.col(s);
    if (economy.abroad) firms(*economy.abroad) = 0.0;
    if (!(firms > 0.0).any()) return;

    for (Eigen::Index r = 0; r < regions; ++r) {
      if (!(firms(r) > 0.0)) continue;
      if (!(std::abs(x(r)) <= rounding)) {
        throw InputError(
            fmt::format("sector '{}' in {}: firms of the base year make profits of {:+.3g} of fixed cost; a base year "
                        "stands still only at zero profit",
                        sector.name, economy.regions[static_cast<std::size_t>(r)], std::expm1(x(r))));
      }
      result.profitability(r, s) = x(r);
    }
    const double national_ratio = base.economy.effective_firms.col(s).sum() / base.economy.firms.col(s).sum();
    result.effective_ratio.col(s) =
        (base.economy.firms.col(s) > 0.0)
            .select(base.economy.effective_firms.col(s) / base.economy.firms.col(s), national_ratio);
    result.foreign_effect(s) = std::pow(firm.foreign_productivity, sector.elasticity - 1.0) - 1.0;
    result.effective_ratio.col(s) /= 1.0 + result.foreign_effect(s) * base.economy.foreign_share.col(s);
    const Vector profit = fixed_cost_price(economy, base.economy, equilibrium, s) * sector.fixed_cost;
    const auto defined = x.isFinite() && base.economy.log_productivity.col(s).isFinite();
    result.operating_profit.col(s) = defined.select(profit, 0.0);

    const Vector foreign_share = base.economy.foreign_share.col(s);
    const Vector domestic = firms * (1.0 - foreign_share);
    result.foreign_volume.col(s) = firm.exit_rate * firms * foreign_share;

    const Vector survivors = firms * (1.0 - firm.exit_rate);
    const Vector searching = survivors * searching_share(firm.relocation_rate, firm.state_relocation,
                                                         state_share_in_force(base).col(s), foreign_share);
    if ((searching > 0.0).any()) {
      result.log_relocation_weight.col(s) =
          balanced_weights(stay_kernels.of(kernel), searching, searching, "relocation in sector '" + sector.name + "'");
    } else {
      result.log_relocation_weight.col(s) = (firms > 0.0).select(Vector::Zero(regions), -infinity);
    }
    const Vector pool = founder_pool(firm, *kernel, domestic);
    result.log_entry_weight.col(s) = (domestic > 0.0).select((domestic / pool).log(), -infinity);

    if (parameters.empty_cells != EmptyCells::latent) return;
    const double mean_relocation = finite_mean(result.log_relocation_weight.col(s));
    const double mean_entry = finite_mean(result.log_entry_weight.col(s));
    for (Eigen::Index r = 0; r < regions; ++r) {
      // Without a productivity the cell's profitability says nothing.
      if (firms(r) > 0.0 || economy.is_abroad(r) || !std::isfinite(x(r)) ||
          !std::isfinite(base.economy.log_productivity(r, s)))
        continue;
      result.latent(r, s) = true;
      result.profitability(r, s) = x(r);
      result.log_relocation_weight(r, s) = mean_relocation;
      result.log_entry_weight(r, s) = mean_entry;
    }
  });
}

/// Firms that differ, in the forms that the parameters ask for. What a firm of mean size sells stays what it was.
void populate(const economy::Economy& economy, const Parameters& parameters, DynamicState& base, Fundamentals& result) {
  base.populations.assign(economy.sectors.size(), nullptr);
  const Array state_share = state_share_in_force(base);
  parallel_for(economy.sectors.size(), 1, [&](std::size_t at) {
    const auto s = static_cast<Eigen::Index>(at);
    const FirmParameters& firm = parameters.firms[at];
    if (!moves_by_dynamics(economy.sectors[at]) || is_scalar(firm)) return;
    FirmCensus census{.firms = base.economy.firms.col(s),
                      .foreign_share = base.economy.foreign_share.col(s),
                      .state_share = state_share.col(s)};
    if (economy.abroad) census.firms(*economy.abroad) = 0.0;
    const auto classes = std::make_shared<const FirmClasses>(firm_classes(firm, economy.sectors[at].elasticity));
    base.populations[at] = firm_population(firm, classes, census, parameters.seed, static_cast<std::uint32_t>(s));

    const FirmTotals totals = base.populations[at]->totals();
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (economy.is_abroad(r)) continue;
      base.economy.effective_firms(r, s) = totals.effective_firms(r) * result.effective_ratio(r, s);
      base.economy.foreign_share(r, s) = totals.foreign_share(r);
    }
  });
}

void check_rate(double rate, double turnover, const char* name) {
  if (rate > 1.0 - turnover) {
    throw InputError(fmt::format("migration.{} is {:g} and migration.turnover {:g}: together more than everybody", name,
                                 rate, turnover));
  }
}

/// Which rate takes more people into a group than turnover takes out: for the message about negative entrants.
std::string rate_to_lower(const PeopleParameters& people, Eigen::Index factor, double gap, double stock) {
  const auto at_most = [](double rate, double flow, double excess) {
    return rate * std::max(0.0, flow - excess) / flow;
  };
  const double arrivals = gap + people.turnover * stock;  // net conversion into the cell
  if (people.migrant && factor == *people.migrant) {
    const double gross = arrivals + people.citizenisation * stock;
    return fmt::format(
        "migration.rural_to_migrant = {:g} is too high (at most {:.4g}), or migration.citizenisation or turnover too "
        "low",
        people.rural_to_migrant, at_most(people.rural_to_migrant, gross, gap));
  }
  if (people.unskilled && factor == *people.unskilled) {
    const double gross = arrivals + people.training * stock;
    return fmt::format(
        "migration.citizenisation = {:g} is too high (at most {:.4g}), or migration.training or turnover too low",
        people.citizenisation, at_most(people.citizenisation, gross, gap));
  }
  return fmt::format("migration.training = {:g} is too high (at most {:.4g}), or migration.turnover too low",
                     people.training, at_most(people.training, arrivals, gap));
}

void calibrate_conversion(const economy::Economy& economy, const Parameters& parameters, const DynamicState& base,
                          const SpatialKernels& spatial, StayKernels& stay_kernels, Fundamentals& result) {
  const PeopleParameters& people = parameters.people;
  result.log_conversion_weight = Vector::Constant(economy.n_regions(), -infinity);
  result.conversion_access = Vector::Ones(economy.n_regions());
  if (!people.rural || !people.migrant || people.rural_to_migrant <= 0.0) return;
  Vector leaving = people.rural_to_migrant * base.economy.stock.col(*people.rural);
  Vector arriving = base.economy.stock.col(*people.migrant);
  if (economy.abroad) leaving(*economy.abroad) = arriving(*economy.abroad) = 0.0;
  if (!(leaving > 0.0).any()) return;
  if (!(arriving > 0.0).any()) {
    throw InputError(
        "migration.rural_to_migrant is positive, but no region has migrants in the base year: rural labour has nowhere "
        "to go");
  }
  arriving *= leaving.sum() / arriving.sum();
  const auto kernel = spatial.moves(migration_cost(parameters, base.economy.instruments, *people.migrant), true);
  result.log_conversion_weight =
      balanced_weights(stay_kernels.of(kernel), leaving, arriving, "the change from rural to urban work");
  const Vector weight = exact_exp(result.log_conversion_weight);
  kernel->away.multiply(weight.matrix(), result.conversion_access.matrix());
  result.conversion_access += weight;
}

/// Persons that a group gains over all years where relative growth is observed: none in the sum over regions; empty: none anywhere.
Vector observed_gain(const economy::Economy& economy, const PeopleParameters& people, const Vector& stock) {
  if (people.relative_growth.size() == 0) return {};
  Vector growth = people.relative_growth;
  if (economy.abroad) growth(*economy.abroad) = 0.0;
  const Vector gain = stock * (growth - (stock * growth).sum() / stock.sum());
  return gain;
}

/// Stocks to which migration tends: those that are there, or so many more or fewer that the observed gain is there after its years, when a
/// share 1 - (1 - nu)^years of the way has been gone.
Vector destinations(const economy::Economy& economy, const PeopleParameters& people, const GroupParameters& group,
                    const std::string& name, const Vector& stock) {
  const Vector gain = observed_gain(economy, people, stock);
  if (gain.size() == 0) return stock;
  const double gone = 1.0 - std::pow(1.0 - group.reconsider, people.growth_years);
  const Vector to = stock + gain / gone;
  for (Eigen::Index r = 0; r < to.size(); ++r) {
    if (stock(r) > 0.0 && !(to(r) > 0.0)) {
      throw InputError(fmt::format(
          "group '{}' in {} loses {:.3g} of its people in {:g} years, but only {:.3g} reconsider where to live by "
          "then: "
          "migration.groups.{}.reconsider is too low",
          name, economy.regions[static_cast<std::size_t>(r)], -gain(r) / stock(r), people.growth_years, gone, name));
    }
  }
  return to;
}

void calibrate_people(const economy::Economy& economy, const Parameters& parameters, const DynamicState& base,
                      const equilibrium::ShortRunEquilibrium& equilibrium, const SpatialKernels& spatial,
                      StayKernels& stay_kernels, Fundamentals& result) {
  const PeopleParameters& people = parameters.people;
  if (!(people.turnover < 1.0)) throw InputError("migration.turnover must be below 1");
  check_rate(people.rural_to_migrant, people.turnover, "rural_to_migrant");
  check_rate(people.citizenisation, people.turnover, "citizenisation");
  check_rate(people.training, people.turnover, "training");
  result.utility = utility_without_amenities(economy, parameters, base.economy, equilibrium, result.base, result.base);
  result.log_migration_weight = Array::Constant(economy.n_regions(), economy.n_factors(), -infinity);
  // All groups, and the change from rural to urban work behind them.
  parallel_for(economy.factors.size() + 1, 1, [&](std::size_t at) {
    if (at == economy.factors.size()) {
      calibrate_conversion(economy, parameters, base, spatial, stay_kernels, result);
      return;
    }
    const auto f = static_cast<Eigen::Index>(at);
    const GroupParameters& group = parameters.groups[at];
    if (group.mobility != Mobility::logit && group.mobility != Mobility::logit_static) return;
    if (economy.factors[static_cast<std::size_t>(f)].kind != economy::FactorKind::labour) {
      throw InputError("factor '" + economy.factors[static_cast<std::size_t>(f)].name +
                       "' is not labour: it moves by replicator or not at all");
    }
    Vector stock = base.economy.stock.col(f);
    if (economy.abroad) stock(*economy.abroad) = 0.0;
    if (!(stock > 0.0).any()) return;
    if (!group.calibrated_amenities) {
      result.log_migration_weight.col(f) = (stock > 0.0).select(group.elasticity * result.utility.col(f), -infinity);
    } else if (group.mobility == Mobility::logit) {
      const auto kernel = spatial.moves(migration_cost(parameters, base.economy.instruments, f), true);
      result.log_migration_weight.col(f) = balanced_weights(
          stay_kernels.of(kernel), stock, destinations(economy, people, group, economy.factors[at].name, stock),
          "migration of group '" + economy.factors[at].name + "'");
    } else {
      result.log_migration_weight.col(f) = (stock > 0.0).select(stock.log(), -infinity);
    }
  });
  // Entrants make up for what a year without them and without migration changes.
  Parameters settled = parameters;
  for (GroupParameters& group : settled.groups) group.mobility = Mobility::none;
  result.entrants = Array::Zero(economy.n_regions(), economy.n_factors());
  const PeopleYear year = move_people(economy, settled, result, base, result.utility, spatial);
  const Array& stock = base.economy.stock;
  result.entrants = stock - year.stock;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    // Of all places, the one where the rate is furthest beyond what turnover allows.
    Eigen::Index worst = -1;
    double worst_ratio = -1e-12;
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (!(result.entrants(r, f) < -1e-12 * stock(r, f))) continue;
      const double ratio = stock(r, f) > 0.0 ? result.entrants(r, f) / stock(r, f) : -infinity;
      if (ratio < worst_ratio) {
        worst_ratio = ratio;
        worst = r;
      }
    }
    if (worst < 0) continue;
    const double gap = -result.entrants(worst, f);
    throw InputError(fmt::format(
        "group '{}' in {} gains {:.6g} persons a year more than turnover takes out, so the base year cannot "
        "stand still: {}",
        economy.factors[static_cast<std::size_t>(f)].name, economy.regions[static_cast<std::size_t>(worst)], gap,
        rate_to_lower(people, f, gap, stock(worst, f))));
  }
  // Who does not migrate grows where it lives.
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const auto at = static_cast<std::size_t>(f);
    if (economy.factors[at].kind != economy::FactorKind::labour || parameters.groups[at].mobility != Mobility::none)
      continue;
    Vector stock_at_home = stock.col(f);
    if (economy.abroad) stock_at_home(*economy.abroad) = 0.0;
    if (!(stock_at_home > 0.0).any()) continue;
    const Vector gain = observed_gain(economy, people, stock_at_home);
    if (gain.size() > 0) result.entrants.col(f) += gain / people.growth_years;
  }
}

/// People one by one, of the groups that the parameters ask for.
void populate_places(const economy::Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals,
                     const SpatialKernels& spatial, DynamicState& base) {
  const bool any = std::any_of(parameters.groups.begin(), parameters.groups.end(),
                               [](const GroupParameters& group) { return group.form == PeopleForm::agents; });
  if (!any) return;
  auto frame = std::make_shared<const PeopleFrame>(people_frame(economy, parameters, fundamentals, base, spatial));
  Array at_home = base.economy.stock;
  if (economy.abroad) at_home.row(*economy.abroad) = 0.0;
  base.people = std::make_shared<const PeopleAgents>(std::move(frame), at_home);
}

void calibrate_capital(const economy::Economy& economy, const GrowthParameters& growth, const DynamicState& base,
                       const equilibrium::ShortRunEquilibrium& equilibrium, Fundamentals& result) {
  result.capital_scale = Vector::Zero(economy.n_regions());
  if (!economy.capital) return;
  const Vector price = log_investment_price(economy, equilibrium.prices).exp();
  const double renewal = growth.capital_depreciation + growth.capital_growth;
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    const double stock = base.economy.stock(r, *economy.capital);
    const double real = equilibrium.accounts.investment(r) / price(r);
    if (economy.is_abroad(r) || !(stock > 0.0) || !(real > 0.0)) continue;
    const double scale = renewal * stock / real;
    if (!(std::abs(scale - 1.0) <= renewal_margin)) {
      throw InputError(
          fmt::format("{}: base-year investment renews {:.4g} of the capital stock, growth.capital_depreciation + "
                      "capital_growth ask for {:.4g}",
                      economy.regions[static_cast<std::size_t>(r)], real / stock, renewal));
    }
    result.capital_scale(r) = scale;
  }
}

/// Spillovers count from the same level everywhere: productivity of the base year includes those of its own employment, and what is
/// left is the place's own, A = Abar (employment / reference)^mar (density / reference)^-cong.
void count_from_reference(const economy::Economy& economy, const Parameters& parameters, const DynamicState& base,
                          Fundamentals& result) {
  const Observables seen = result.base;
  const SpilloverReference& reference = *parameters.reference;
  if (!(reference.employment > 0.0) || !(reference.density > 0.0))
    throw DomainError("dynamics: the reference of spillovers must be positive");
  result.base.employment.setConstant(reference.employment);
  result.base.density.setConstant(reference.density);
  if (economy.abroad) {
    result.base.employment.row(*economy.abroad).setZero();
    result.base.density(*economy.abroad) = 0.0;
  }
  const Array with = next_log_productivity(economy, parameters, result, base, seen);
  const Array spillover = with - result.log_productivity;
  result.log_productivity -= spillover.isFinite().select(spillover, 0.0);
}

}  // namespace

Calibration calibrate_dynamics(const economy::Economy& economy, const Parameters& parameters,
                               const economy::State& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                               const Eigen::ArrayXXd& travel_time, const Eigen::ArrayXXd& distance_km) {
  require_sizes(economy, parameters, travel_time, distance_km);
  const GrowthParameters& growth = parameters.growth;
  Calibration result{.fundamentals = {}, .state = base_state(economy, parameters, state)};
  Fundamentals& fundamentals = result.fundamentals;
  DynamicState& base = result.state;
  fundamentals.stock = state.stock;
  fundamentals.log_productivity = state.log_productivity;
  fundamentals.knowledge_distance = distance_km;
  if (parameters.roles.research)
    fundamentals.research_log_price = equilibrium.accounts.mill_price.col(*parameters.roles.research);

  fundamentals.public_outlay = growth.public_share * equilibrium.accounts.government.rowwise().sum();
  if (economy.abroad) fundamentals.public_outlay(*economy.abroad) = 0.0;
  base.public_capital = fundamentals.public_outlay / (growth.public_depreciation + growth.public_growth);

  // Knowledge in proportion to what a year adds to it; only ratios between regions count.
  const SpatialKernels spatial(economy, parameters, travel_time, distance_km);
  const Observables seen = observe(economy, parameters, base, equilibrium, spatial, fundamentals.research_log_price);
  const Vector flow = knowledge_flow(economy, parameters, 1.0, base, seen);
  const double regions = static_cast<double>(economy.n_regions() - (economy.abroad ? 1 : 0));
  if (flow.sum() > 0.0) fundamentals.knowledge_scale = growth.knowledge_depreciation * regions / flow.sum();
  base.knowledge =
      knowledge_flow(economy, parameters, fundamentals.knowledge_scale, base, seen) / growth.knowledge_depreciation;
  fundamentals.base = observe(economy, parameters, base, equilibrium, spatial, fundamentals.research_log_price);
  if (parameters.reference) count_from_reference(economy, parameters, base, fundamentals);

  calibrate_capital(economy, growth, base, equilibrium, fundamentals);
  StayKernels stay_kernels;
  calibrate_firms(economy, parameters, base, equilibrium, spatial, stay_kernels, fundamentals);
  populate(economy, parameters, base, fundamentals);
  calibrate_people(economy, parameters, base, equilibrium, spatial, stay_kernels, fundamentals);
  populate_places(economy, parameters, fundamentals, spatial, base);
  return result;
}

void put_in_force(const economy::Economy& economy, const Fundamentals& fundamentals,
                  const economy::Instruments& instruments, DynamicState& state) {
  state.economy.instruments = instruments;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].kind != economy::FactorKind::land) continue;
    state.economy.stock.col(f) = fundamentals.stock.col(f) * (1.0 + instruments.land_supply.col(f)).max(0.0);
  }
}

}  // namespace pericore::dynamics

#include "bifurcation/utility_response.h"

#include <cmath>
#include <limits>

#include "dynamics/utility.h"

namespace pericore::bifurcation {

using economy::Array;
using economy::Vector;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool is_labour(const economy::Economy& economy, Eigen::Index factor) {
  return economy.factors[static_cast<std::size_t>(factor)].kind == economy::FactorKind::labour;
}

/// Changes of stocks, dX, labour summed over groups.
Vector change_of_workers(const economy::Economy& economy, const economy::State& state,
                         const economy::StateChange& change) {
  Vector workers = Vector::Zero(economy.n_regions());
  if (change.log_stock.size() == 0) return workers;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (is_labour(economy, f)) workers += change.log_stock.col(f) * state.stock.col(f);
  }
  return workers;
}

/// Whether a sector that is at work in the region, or would be with this factor, cannot do without it and has no price for it.
bool is_indispensable(const economy::Economy& economy, const economy::State& state, Eigen::Index region,
                      Eigen::Index factor) {
  const auto& technology = economy.technology(region);
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    const bool needed = technology.alpha(factor, s) > 0.0 || sector.fixed_input == static_cast<int>(factor);
    if (!needed || !std::isfinite(state.log_productivity(region, s))) continue;
    if (sector.market == economy::Market::armington) return true;
    if (sector.market == economy::Market::homogeneous) return true;
    if (sector.entry == economy::Entry::stock && state.effective_firms(region, s) > 0.0) return true;
  }
  return false;
}

}  // namespace

Array utility_response(const economy::Economy& economy, const dynamics::Parameters& parameters,
                       const economy::State& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                       const dynamics::Observables& now, const dynamics::Observables& base,
                       const economy::StateChange& change, const equilibrium::Response& response) {
  const Eigen::Index regions = economy.n_regions();
  const economy::Accounts& accounts = equilibrium.accounts;
  const economy::AccountsChange& moved = response.accounts;
  const Array income = dynamics::income_per_head(economy, state, accounts);
  const Vector price = dynamics::log_consumer_price(economy, response.prices);  // linear in log prices

  const Vector keep = 1.0 - accounts.tax_rate;
  Vector rest = accounts.disposable_income;
  Vector rest_change = moved.disposable_income;
  Vector workers = Vector::Zero(regions);
  Vector land_change = Vector::Zero(regions);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const economy::Factor& factor = economy.factors[static_cast<std::size_t>(f)];
    if (factor.housing && change.log_stock.size() > 0) land_change = change.log_stock.col(f);
    if (!is_labour(economy, f)) continue;
    rest -= keep * factor.owner.local * accounts.factor_income.col(f);
    rest_change -=
        factor.owner.local * (keep * moved.factor_income.col(f) - moved.tax_rate * accounts.factor_income.col(f));
    workers += state.stock.col(f);
  }
  const Vector workers_change = change_of_workers(economy, state, change);

  const dynamics::PeopleParameters& people = parameters.people;
  const auto counted = [](double a, double b) { return a > 0.0 && b > 0.0; };
  Array utility = Array::Constant(regions, economy.n_factors(), std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const economy::Factor& factor = economy.factors[static_cast<std::size_t>(f)];
    for (Eigen::Index r = 0; r < regions; ++r) {
      const double stock = state.stock(r, f);
      if (economy.is_abroad(r) || !(stock > 0.0)) continue;
      if (!is_labour(economy, f)) {
        utility(r, f) = response.prices.log_wage(r, f);
        continue;
      }
      const double log_stock = change.log_stock.size() > 0 ? change.log_stock(r, f) : 0.0;
      const double own = keep(r) * factor.owner.local * accounts.factor_income(r, f) / stock;
      const double own_change =
          factor.owner.local *
              (keep(r) * moved.factor_income(r, f) - moved.tax_rate(r) * accounts.factor_income(r, f)) / stock -
          own * log_stock;
      const double share_change = rest_change(r) / workers(r) - rest(r) / workers(r) * workers_change(r) / workers(r);
      utility(r, f) = (own_change + share_change) / (economy.population_per_worker(r) * income(r, f)) - price(r);
      const double population = workers_change(r) / workers(r);
      if (counted(now.public_output(r), base.public_output(r)))
        utility(r, f) -= people.public_services * people.crowding * population;
      if (counted(now.density(r), base.density(r))) {
        utility(r, f) -=
            people.congestion * (1.0 - state.instruments.congestion_relief(r)) * (population - land_change(r));
      }
    }
  }
  return utility;
}

double utility_of_the_first(const economy::Economy& economy, const dynamics::Parameters& parameters,
                            const economy::State& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                            const dynamics::Observables& now, const dynamics::Observables& base, Eigen::Index region,
                            Eigen::Index factor) {
  if (is_indispensable(economy, state, region, factor)) return infinity;
  const double log_wage = equilibrium::log_shadow_price(economy, state, equilibrium, factor, region);
  if (!std::isfinite(log_wage)) return std::isnan(log_wage) ? -infinity : log_wage;
  if (!is_labour(economy, factor)) return log_wage;

  const economy::Accounts& accounts = equilibrium.accounts;
  const Vector keep = 1.0 - accounts.tax_rate;
  double rest = accounts.disposable_income(region);
  double workers = 0.0;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (!is_labour(economy, f)) continue;
    const double local = economy.factors[static_cast<std::size_t>(f)].owner.local;
    rest -= keep(region) * local * accounts.factor_income(region, f);
    workers += state.stock(region, f);
  }
  if (workers == 0.0 && rest > 0.0) return infinity;  // the first would own all the rest
  double premium = 1.0;
  const auto& technology = economy.technology(region);
  for (Eigen::Index s = economy.n_sectors() - 1; s >= 0; --s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (sector.entry == economy::Entry::free && technology.alpha(factor, s) > 0.0)
      premium = economy.wage_premium(factor, s);
  }
  const double pay =
      keep(region) * economy.factors[static_cast<std::size_t>(factor)].owner.local * premium * std::exp(log_wage);
  const double income = (pay + (workers > 0.0 ? rest / workers : 0.0)) / economy.population_per_worker(region);
  if (!(income > 0.0)) return -infinity;

  const dynamics::PeopleParameters& people = parameters.people;
  const dynamics::GroupParameters& group = parameters.groups[static_cast<std::size_t>(factor)];
  double utility = std::log(income) - dynamics::log_consumer_price(economy, equilibrium.prices)(region) +
                   people.public_services * std::log(group.access) + state.instruments.amenity(region, factor) +
                   (group.log_amenity.size() > 0 ? group.log_amenity(region) : 0.0);
  if (base.public_output(region) > 0.0 && people.public_services > 0.0) {
    if (now.public_output(region) == 0.0) return infinity;
    utility += people.public_services * std::log(now.public_output(region) / base.public_output(region));
  }
  const double crowding = people.congestion * (1.0 - state.instruments.congestion_relief(region));
  if (base.density(region) > 0.0 && crowding > 0.0) {
    if (now.density(region) == 0.0) return infinity;
    utility -= crowding * std::log(now.density(region) / base.density(region));
  }
  return utility;
}

}  // namespace pericore::bifurcation

#include "dynamics/utility.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::dynamics {

using economy::Array;
using economy::Vector;

Array income_per_head(const economy::Economy& economy, const economy::State& state, const economy::Accounts& accounts) {
  const Eigen::Index regions = economy.n_regions();
  const Vector keep = 1.0 - accounts.tax_rate;
  Vector rest = accounts.disposable_income;
  Vector workers = Vector::Zero(regions);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const economy::Factor& factor = economy.factors[static_cast<std::size_t>(f)];
    if (factor.kind != economy::FactorKind::labour) continue;
    rest -= keep * factor.owner.local * accounts.factor_income.col(f);
    workers += state.stock.col(f);
  }
  Array income = Array::Constant(regions, economy.n_factors(), std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const economy::Factor& factor = economy.factors[static_cast<std::size_t>(f)];
    if (factor.kind != economy::FactorKind::labour) continue;
    for (Eigen::Index r = 0; r < regions; ++r) {
      const double stock = state.stock(r, f);
      if (!(stock > 0.0) || economy.is_abroad(r)) continue;
      const double pay = keep(r) * factor.owner.local * accounts.factor_income(r, f) / stock;
      income(r, f) = (pay + rest(r) / workers(r)) / economy.population_per_worker(r);
    }
  }
  return income;
}

Array pay_per_head(const economy::Economy& economy, const economy::State& state, const economy::Accounts& accounts) {
  const Vector keep = 1.0 - accounts.tax_rate;
  Array pay = Array::Constant(economy.n_regions(), economy.n_factors(), std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const economy::Factor& factor = economy.factors[static_cast<std::size_t>(f)];
    if (factor.kind != economy::FactorKind::labour) continue;
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      const double stock = state.stock(r, f);
      if (!(stock > 0.0) || economy.is_abroad(r)) continue;
      pay(r, f) =
          keep(r) * factor.owner.local * accounts.factor_income(r, f) / stock / economy.population_per_worker(r);
    }
  }
  return pay;
}

Vector log_goods_price(const economy::Economy& economy, const economy::Prices& prices) {
  const auto weighted = economy.household_basket * prices.log_price_index;
  // What is not bought has no say, whatever its price.
  return (economy.household_basket > 0.0).select(weighted, 0.0).rowwise().sum();
}

Vector log_housing_price(const economy::Economy& economy, const economy::Prices& prices) {
  Vector price = Vector::Zero(economy.n_regions());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (!economy.factors[static_cast<std::size_t>(f)].housing) continue;
    const Vector rent = economy.housing_share * prices.log_wage.col(f);
    price += (economy.housing_share > 0.0).select(rent, 0.0);
  }
  return price;
}

Vector log_consumer_price(const economy::Economy& economy, const economy::Prices& prices) {
  return log_goods_price(economy, prices) + log_housing_price(economy, prices);
}

namespace {

Vector service_term(const Parameters& parameters, const Observables& now, const Observables& base) {
  return parameters.people.public_services * log_ratio(now.public_output, base.public_output);
}

double access_term(const Parameters& parameters, std::size_t group) {
  return parameters.people.public_services * std::log(parameters.groups[group].access);
}

/// A loss.
Vector crowding_term(const Parameters& parameters, const economy::Instruments& instruments, const Observables& now,
                     const Observables& base) {
  return parameters.people.congestion * (1.0 - instruments.congestion_relief) * log_ratio(now.density, base.density);
}

}  // namespace

Array utility_without_amenities(const economy::Economy& economy, const Parameters& parameters,
                                const economy::State& state, const equilibrium::ShortRunEquilibrium& equilibrium,
                                const Observables& now, const Observables& base) {
  const economy::Instruments& instruments = state.instruments;
  const Array income = income_per_head(economy, state, equilibrium.accounts);
  const Vector price = log_consumer_price(economy, equilibrium.prices);
  const Vector services = service_term(parameters, now, base);
  const Vector crowding = crowding_term(parameters, instruments, now, base);

  Array utility = Array::Constant(economy.n_regions(), economy.n_factors(), std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const auto at = static_cast<std::size_t>(f);
    const bool labour = economy.factors[at].kind == economy::FactorKind::labour;
    const Eigen::ArrayXd& amenity = parameters.groups[at].log_amenity;
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (economy.is_abroad(r) || !(state.stock(r, f) > 0.0)) continue;
      if (!labour) {
        utility(r, f) = equilibrium.prices.log_wage(r, f);
        continue;
      }
      if (!(income(r, f) > 0.0)) {
        throw NumericalError(
            fmt::format("the disposable income of group '{}' in {} is {:.3g} a head: levies exceed pay",
                        economy.factors[at].name, economy.regions[static_cast<std::size_t>(r)], income(r, f)));
      }
      utility(r, f) = std::log(income(r, f)) - price(r) + access_term(parameters, at) + services(r) - crowding(r) +
                      instruments.amenity(r, f) + (amenity.size() > 0 ? amenity(r) : 0.0);
    }
  }
  return utility;
}

UtilityTerms utility_terms(const economy::Economy& economy, const Parameters& parameters,
                           const economy::Instruments& instruments, const Observables& now, const Observables& base) {
  const Array undefined =
      Array::Constant(economy.n_regions(), economy.n_factors(), std::numeric_limits<double>::quiet_NaN());
  const Vector services = service_term(parameters, now, base);
  UtilityTerms terms{.amenities = undefined,
                     .public_services = undefined,
                     .congestion = -crowding_term(parameters, instruments, now, base)};
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const auto at = static_cast<std::size_t>(f);
    if (economy.factors[at].kind != economy::FactorKind::labour) continue;
    terms.amenities.col(f) = instruments.amenity.col(f);
    if (const Eigen::ArrayXd& given = parameters.groups[at].log_amenity; given.size() > 0)
      terms.amenities.col(f) += given;
    terms.public_services.col(f) = access_term(parameters, at) + services;
  }
  return terms;
}

}  // namespace pericore::dynamics

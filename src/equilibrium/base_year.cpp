#include "equilibrium/base_year.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/errors.h"
#include "base/parallel.h"
#include "economy/market_map.h"
#include "economy/public_accounts.h"
#include "equilibrium/base_year_processing.h"
#include "numerics/gravity_balance.h"

namespace pericore::equilibrium {
namespace {

using economy::Accounts;
using economy::Array;
using economy::Economy;
using economy::FactorKind;
using economy::Vector;

constexpr double balance_tolerance = 1e-13;

bool is_labour(const Economy& economy, Eigen::Index factor) {
  return economy.factors[static_cast<std::size_t>(factor)].kind == FactorKind::labour;
}

const std::string& sector_name(const Economy& economy, Eigen::Index sector) {
  return economy.sectors[static_cast<std::size_t>(sector)].name;
}

/// Shares of the bundle cost BC = Y (1 + b), b = - production tax / Y.
economy::Technology domestic_technology(const BaseYearData& data, const Eigen::ArrayXd& bundle) {
  const NationalAccounts& table = data.accounts;
  economy::Technology technology;
  technology.gamma = table.intermediate.rowwise() / bundle.transpose();
  technology.alpha = (data.labour_shares.rowwise() * (table.labour / bundle).transpose()) +
                     (data.property_shares.rowwise() * (table.capital / bundle).transpose());
  return technology;
}

void check_final_demand(const Economy& economy, const NationalAccounts& table) {
  const Eigen::ArrayXd demand = table.final_demand();
  std::string faults;
  for (Eigen::Index k = 0; k < demand.size(); ++k) {
    if (demand(k) < 0.0) {
      faults += fmt::format(
          "national table: final demand for sector '{}' is {:.6g} (output {:.6g}, sold to sectors {:.6g}, exports less "
          "imports {:.6g}); "
          "it must not be negative (national_accounts.rebalance: ras mends this)\n",
          sector_name(economy, k), demand(k), table.output()(k), table.intermediate.row(k).sum(),
          table.exports(k) - table.imports(k));
    }
  }
  if (!faults.empty()) throw InputError(faults.substr(0, faults.size() - 1));
}

/// Wages in money and premiums by sector such that employment at these wages pays the table's labour compensation, sector by sector.
struct Pay {
  Array wage;               // [r,f], labour factors
  Eigen::ArrayXXd premium;  // factors x sectors
  Array bundle_cost;        // [r,s]
};

Pay pay_employment(const BaseYearData& data, const economy::Technology& technology, const Eigen::ArrayXd& bundle) {
  const Economy& economy = data.economy;
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  Pay pay{.wage = data.relative_wage,
          .premium = Eigen::ArrayXXd::Ones(economy.n_factors(), sectors),
          .bundle_cost = Array::Zero(regions, sectors)};
  Eigen::ArrayXd premium = Eigen::ArrayXd::Ones(sectors);
  std::string faults;
  for (Eigen::Index s = 0; s < sectors; ++s) {
    double total = 0.0;
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (economy.is_abroad(r) || data.employment(r, s) <= 0.0) continue;
      double per_cost = 0.0;  // persons a unit of bundle cost at a premium of 1
      for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
        if (is_labour(economy, f)) per_cost += technology.alpha(f, s) / pay.wage(r, f);
      }
      pay.bundle_cost(r, s) = data.employment(r, s) / per_cost;
      total += pay.bundle_cost(r, s);
    }
    if (!(total > 0.0) && bundle(s) > 0.0) {
      faults += fmt::format("sector '{}' has output in the national table but no employment in any region\n",
                            sector_name(economy, s));
      continue;
    }
    premium(s) = bundle(s) / total;
    pay.bundle_cost.col(s) *= premium(s);
  }
  if (!faults.empty()) throw InputError(faults.substr(0, faults.size() - 1));

  // Premiums are relative to the wage of the group. A group that works in one sector has none; for the rest the mean over persons is 1.
  std::vector<Eigen::Index> shared;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (!is_labour(economy, f) || f == data.foreign_factor) continue;
    Eigen::Index uses = 0;
    Eigen::Index user = 0;
    for (Eigen::Index s = 0; s < sectors; ++s) {
      if (technology.alpha(f, s) > 0.0) {
        ++uses;
        user = s;
      }
    }
    if (uses == 1) {
      pay.wage.col(f) *= premium(user);
    } else {
      shared.push_back(f);
    }
  }
  double persons = 0.0;
  double paid = 0.0;
  for (const Eigen::Index f : shared) {
    for (Eigen::Index s = 0; s < sectors; ++s) {
      for (Eigen::Index r = 0; r < regions; ++r) {
        const double use = technology.alpha(f, s) * pay.bundle_cost(r, s) / (pay.wage(r, f) * premium(s));
        persons += use * pay.wage(r, f);
        paid += use * pay.wage(r, f) * premium(s);
      }
    }
  }
  const double mean = persons > 0.0 ? paid / persons : 1.0;
  for (const Eigen::Index f : shared) {
    pay.wage.col(f) *= mean;
    for (Eigen::Index s = 0; s < sectors; ++s)
      pay.premium(f, s) = technology.alpha(f, s) > 0.0 ? premium(s) / mean : 1.0;
  }
  return pay;
}

/// Supply weights of a sector: what each region sells reaches the buyers.
numerics::GravityBalance balance_sector(const economy::TradeKernels& kernels, Eigen::Index sector,
                                        const Vector& expenditure, const Vector& sales) {
  const auto at = static_cast<std::size_t>(sector);
  const auto* fast =
      at < kernels.fast.size() ? dynamic_cast<const numerics::DenseKernel*>(kernels.fast[at].get()) : nullptr;
  if (fast != nullptr) {
    return numerics::balance_gravity(*fast, numerics::Orientation::transposed, expenditure, sales, balance_tolerance);
  }
  return numerics::balance_gravity(kernels.freeness[at].transpose(), expenditure, sales, balance_tolerance);
}

}  // namespace

BaseYear invert_base_year(BaseYearData data) {
  const NationalAccounts& table = data.accounts;
  const Eigen::ArrayXd output = table.output();
  const Eigen::ArrayXd bundle = output - table.production_tax;
  check_final_demand(data.economy, table);

  BaseYear base;
  base.economy = data.economy;
  base.kernels = std::move(data.kernels);
  Economy& economy = base.economy;
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const Eigen::Index factors = economy.n_factors();
  economy::State& state = base.state;
  state.instruments = economy::Instruments(regions, sectors, factors);

  // 1. Technology, pay, sales.
  economy.technologies = {domestic_technology(data, bundle)};
  economy.technology_of.assign(static_cast<std::size_t>(regions), 0);
  Pay pay = pay_employment(data, economy.technologies.front(), bundle);
  economy.wage_premium = pay.premium;
  base.wage_premium.resize(static_cast<std::size_t>(sectors), 1.0);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    for (Eigen::Index f = 0; f < factors; ++f) {
      if (is_labour(economy, f) && economy.technologies.front().alpha(f, s) > 0.0)
        base.wage_premium[static_cast<std::size_t>(s)] = pay.premium(f, s);
    }
  }
  Accounts accounts;
  accounts.bundle_cost = pay.bundle_cost;
  for (Eigen::Index s = 0; s < sectors; ++s)
    state.instruments.production_subsidy.col(s) = -table.production_tax(s) / output(s);
  if (economy.abroad) {
    const Eigen::Index abroad = *economy.abroad;
    state.instruments.production_subsidy.row(abroad).setZero();
    economy::Technology foreign{.alpha = Eigen::ArrayXXd::Zero(factors, sectors),
                                .gamma = Eigen::ArrayXXd::Zero(sectors, sectors)};
    foreign.alpha.row(data.foreign_factor).setOnes();
    economy.technologies.push_back(foreign);
    economy.technology_of[static_cast<std::size_t>(abroad)] = 1;
    accounts.bundle_cost.row(abroad) = table.imports.transpose();
  }
  accounts.sales = accounts.bundle_cost / (1.0 + state.instruments.production_subsidy);

  const Array direct = processing_imports(data.processing, economy, accounts.bundle_cost, state.instruments);

  // 2. Final demand left over, split as in the table.
  const Eigen::ArrayXd demand = table.final_demand();
  const Eigen::ArrayXd uses = table.household + table.government + table.investment;
  const auto part = [&](const Eigen::ArrayXd& use) -> Eigen::ArrayXd {
    return (uses > 0.0).select(demand * use / uses, 0.0);
  };
  const Eigen::ArrayXd consumption = (uses > 0.0).select(part(table.household), demand);
  const Eigen::ArrayXd government = part(table.government);
  const Eigen::ArrayXd investment = part(table.investment);
  const double total_consumption = consumption.sum() + table.housing;

  // 3. Baskets, incomes, saving.
  economy.household_basket = (consumption / total_consumption).transpose().replicate(regions, 1);
  economy.housing_share = Vector::Constant(regions, table.housing / total_consumption);
  economy.investment_basket = (investment / investment.sum()).transpose().replicate(regions, 1);
  economy.income_tax = Vector::Constant(regions, data.income_tax);
  economy.national_share = data.population;
  if (economy.abroad) {
    const Eigen::Index abroad = *economy.abroad;
    const Eigen::ArrayXd basket = table.exports / table.exports.sum();
    economy.household_basket.row(abroad) = basket.transpose();
    economy.investment_basket.row(abroad) = basket.transpose();
    economy.housing_share(abroad) = 0.0;
    economy.income_tax(abroad) = 0.0;
    economy.national_share(abroad) = 0.0;
  }
  economy.national_share /= economy.national_share.sum();
  economy.price_weights = Vector();
  economy.reference_log_wage = Array::Zero(regions, factors);
  economy.reference_log_price = Array::Zero(regions, sectors);

  Eigen::Index housing = -1;
  state.stock = Array::Zero(regions, factors);
  accounts.factor_income = Array::Zero(regions, factors);
  accounts.factor_use.assign(static_cast<std::size_t>(factors), Array::Zero(regions, sectors));
  for (Eigen::Index f = 0; f < factors; ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].housing) housing = f;
    for (Eigen::Index s = 0; s < sectors; ++s) {
      for (Eigen::Index r = 0; r < regions; ++r) {
        const auto& technology = economy.technology(r);
        const double payment = technology.alpha(f, s) * accounts.bundle_cost(r, s);
        accounts.factor_income(r, f) += payment;
        if (is_labour(economy, f) && f != data.foreign_factor)
          state.stock(r, f) += payment / (pay.wage(r, f) * economy.wage_premium(f, s));
      }
    }
  }
  accounts.profit = Array::Zero(regions, sectors);
  accounts.subsidy_outlay = (state.instruments.production_subsidy * accounts.sales).rowwise().sum();
  accounts.factor_subsidy_outlay = Vector::Zero(regions);
  Vector weights = data.government_weights;
  if (economy.abroad) weights(*economy.abroad) = 0.0;
  weights /= weights.sum();
  const Array nominal_purchases = (weights.matrix() * government.matrix().transpose()).array();
  state.instruments.purchases[economy::main_budget] =
      nominal_purchases;  // at prices 1: real amounts follow with the prices
  state.investment_weight = Vector::Zero(regions);
  const Array zero_price = Array::Zero(regions, sectors);
  const Array zero_wage = Array::Zero(regions, factors);
  economy.saving_rate = Vector::Zero(regions);
  const economy::PublicPlans plans(economy, state);
  double saving = 0.3;
  for (int pass = 0; pass < 200; ++pass) {
    economy.saving_rate.setConstant(saving);
    if (economy.abroad) economy.saving_rate(*economy.abroad) = 0.0;
    economy::close_accounts(economy, state, plans, housing, zero_price, zero_wage, accounts);
    double income = accounts.disposable_income.sum();
    if (economy.abroad) income -= accounts.disposable_income(*economy.abroad);
    const double next = 1.0 - total_consumption / income;
    const double change = std::abs(next - saving);
    saving = next;
    if (change < 1e-16) break;
  }
  if (!(saving >= 0.0))
    throw InputError(fmt::format("base year: households consume more than their income (saving rate {:.4f})", saving));
  if (accounts.insolvent)
    throw InputError("base year: no disposable income is left in " +
                     economy.regions[static_cast<std::size_t>(*accounts.insolvent)]);
  const double pool = accounts.saving.sum();
  // The rest of the world spends what it earns here (imports, foreign-owned factors) and what is lent to it.
  economy.foreign_share_of_pool =
      economy.abroad ? (table.exports.sum() - accounts.consumption(*economy.abroad)) / pool : 0.0;

  // Investment follows capital income: the return on capital at replacement cost is the same everywhere.
  for (Eigen::Index f = 0; f < factors; ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].kind == FactorKind::capital && f != data.foreign_factor)
      economy.capital = static_cast<int>(f);
  }
  accounts.investment = Vector::Zero(regions);
  if (economy.capital) {
    Vector income = accounts.factor_income.col(*economy.capital);
    if (economy.abroad) income(*economy.abroad) = 0.0;
    const double domestic = (1.0 - economy.foreign_share_of_pool) * pool;
    accounts.investment = domestic * income / income.sum();
    base.real_return = data.capital_renewal * income.sum() / domestic;
  }
  if (economy.abroad) accounts.investment(*economy.abroad) = economy.foreign_share_of_pool * pool;

  // 4. Demand and the gravity balances.
  Array expenditure = (accounts.bundle_cost.matrix() * economy.technologies.front().gamma.matrix().transpose()).array();
  if (economy.abroad) expenditure.row(*economy.abroad).setZero();
  expenditure += nominal_purchases + (economy.household_basket.colwise() * accounts.consumption) +
                 (economy.investment_basket.colwise() * accounts.investment);
  // What is bought abroad in any case takes no part in the choice of suppliers.
  expenditure -= direct;
  Array market_sales = accounts.sales;
  if (economy.abroad) market_sales.row(*economy.abroad) -= direct.colwise().sum();
  base.prices.log_price_index = Array::Zero(regions, sectors);
  base.prices.log_market_access = Array::Zero(regions, sectors);
  base.prices.log_wage = Array::Zero(regions, factors);
  Array log_supply = Array::Zero(regions, sectors);
  std::vector<numerics::GravityBalance> balances(static_cast<std::size_t>(sectors));
  parallel_for(balances.size(), 1, [&](std::size_t at) {
    const auto k = static_cast<Eigen::Index>(at);
    if (economy.sectors[at].market == economy::Market::homogeneous) return;
    const double sigma = economy.sectors[at].elasticity;
    balances[at] = balance_sector(base.kernels, k, expenditure.col(k), market_sales.col(k));
    const Vector& log_weight = balances[at].log_weight;
    if (!balances[at].converged && balances[at].residual > 1e-11) {
      throw NumericalError(
          fmt::format("base year: the gravity balance of sector '{}' stops at a relative residual of {:.2e}",
                      sector_name(economy, k), balances[at].residual));
    }
    Vector log_price;
    base.kernels.reach(k, log_weight.exp(), log_price);
    log_price = log_price.log() / (1.0 - sigma);
    const double shift = (sigma - 1.0) * log_price.mean();  // national mean of ln P = 0
    log_supply.col(k) = log_weight + shift;
    log_price -= log_price.mean();
    base.prices.log_price_index.col(k) = log_price;
    Vector access;
    base.kernels.access(k, expenditure.col(k) * ((sigma - 1.0) * log_price).exp(), access);
    base.prices.log_market_access.col(k) = access.log();
  });
  for (const numerics::GravityBalance& balance : balances) {
    if (balance.log_weight.size() == 0) continue;
    base.balance_residual = std::max(base.balance_residual, balance.residual);
    base.balance_steps += balance.steps;
  }

  // 5. Factor prices and stocks.
  const Array& log_price = base.prices.log_price_index;
  for (Eigen::Index f = 0; f < factors; ++f) {
    Vector income = accounts.factor_income.col(f);
    if (f == housing) income += economy.housing_share * accounts.consumption;
    if (is_labour(economy, f) && f != data.foreign_factor) {
      base.prices.log_wage.col(f) = (state.stock.col(f) > 0.0).select(pay.wage.col(f).log(), 0.0);
    } else if (economy.capital && f == *economy.capital) {
      base.prices.log_wage.col(f) =
          std::log(base.real_return) + (economy.investment_basket * log_price).rowwise().sum();
      state.stock.col(f) = income / base.prices.log_wage.col(f).exp();
      state.investment_weight = (income > 0.0).select(accounts.investment / state.stock.col(f), 0.0);
    } else {
      const Vector given = data.given_stock.col(f);
      for (Eigen::Index r = 0; r < regions; ++r) {
        if (income(r) <= 0.0) continue;
        // Where the stock is unknown a unit is what earns one unit of money.
        state.stock(r, f) = given(r) > 0.0 ? given(r) : income(r);
        base.prices.log_wage(r, f) = std::log(income(r) / state.stock(r, f));
      }
    }
  }

  // 6. Costs, firms, productivity.
  Vector foreign_price = Vector::Zero(sectors);
  state.firms = Array::Zero(regions, sectors);
  state.log_productivity = Array::Constant(regions, sectors, -std::numeric_limits<double>::infinity());
  for (Eigen::Index s = 0; s < sectors; ++s) {
    economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    const double sigma = sector.elasticity;
    const Vector gross = 1.0 + state.instruments.production_subsidy.col(s);
    Vector log_cost = gross.log();  // homogeneous: price 1
    if (sector.market == economy::Market::armington) {
      log_cost += log_supply.col(s) / (1.0 - sigma);
      state.firms.col(s) = (accounts.sales.col(s) > 0.0).cast<double>();
    } else if (sector.market == economy::Market::monopolistic) {
      const double markup = sigma / (sigma - 1.0);
      // c and N for F = 1, then F such that the number of firms is the one of the data.
      log_cost = (accounts.sales.col(s).log() + sigma * gross.log() + (1.0 - sigma) * std::log(markup) -
                  std::log(sigma) - log_supply.col(s)) /
                 sigma;
      Vector firms =
          (accounts.sales.col(s) > 0.0).select(accounts.sales.col(s) * gross / (sigma * log_cost.exp()), 0.0);
      double counted = firms.sum();
      double wanted = data.employment.col(s).sum() / data.firm_size(s);
      if (economy.abroad) {
        counted -= firms(*economy.abroad);
        wanted -= data.employment(*economy.abroad, s) / data.firm_size(s);
      }
      sector.fixed_cost = std::pow(counted / wanted, sigma / (sigma - 1.0));
      log_cost -= std::log(sector.fixed_cost) / sigma;
      state.firms.col(s) =
          (accounts.sales.col(s) > 0.0)
              .select(accounts.sales.col(s) * gross / (sigma * sector.fixed_cost * log_cost.exp()), 0.0);
    }
    if (economy.abroad && sector.market != economy::Market::homogeneous)
      foreign_price(s) = log_supply(*economy.abroad, s) / (1.0 - sigma);
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (!(accounts.sales(r, s) > 0.0)) continue;
      const auto& technology = economy.technology(r);
      double log_inputs = 0.0;
      for (Eigen::Index f = 0; f < factors; ++f) log_inputs += technology.alpha(f, s) * base.prices.log_wage(r, f);
      for (Eigen::Index k = 0; k < sectors; ++k) log_inputs += technology.gamma(k, s) * log_price(r, k);
      state.log_productivity(r, s) = log_inputs - log_cost(r);
    }
  }
  state.effective_firms = state.firms;
  add_processing_costs(economy, base.kernels, log_price, foreign_price, state);

  // Anchors of price indices, technology shifts and real amounts.
  economy.reference_log_price = log_price;
  economy.reference_log_wage = base.prices.log_wage;
  state.instruments.purchases[economy::main_budget] = nominal_purchases / log_price.exp();
  economy.price_weights = accounts.consumption;
  if (economy.abroad) economy.price_weights(*economy.abroad) = 0.0;
  economy.price_weights /= economy.price_weights.sum();
  // Where the income tax closes the budget its rate follows from the accounts: from here on it is the base-year rate.
  if (economy.closure.by == economy::ClosureBy::income_tax) economy.income_tax = accounts.tax_rate;
  economy.population_per_worker = Vector::Zero(regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    double workers = 0.0;
    for (Eigen::Index f = 0; f < factors; ++f)
      workers += is_labour(economy, f) && f != data.foreign_factor ? state.stock(r, f) : 0.0;
    if (workers > 0.0 && !economy.is_abroad(r)) economy.population_per_worker(r) = data.population(r) / workers;
  }
  state.foreign_share = Array::Zero(regions, sectors);
  return base;
}

ReturnCheck check_return(const BaseYear& base, double off, const SolverOptions& options) {
  economy::Prices start = base.prices;
  const double step = std::log1p(off);
  // A fixed pattern of signs without period in regions or sectors: the bits of a multiplicative hash.
  const auto sign = [](Eigen::Index i) {
    return ((static_cast<std::uint64_t>(i) * 0x9E3779B97F4A7C15ULL) >> 63U) != 0U ? 1.0 : -1.0;
  };
  Eigen::Index count = 0;
  for (Array* array : {&start.log_wage, &start.log_price_index, &start.log_market_access}) {
    for (Eigen::Index i = 0; i < array->size(); ++i) array->data()[i] += step * sign(++count);
  }
  const ShortRunEquilibrium found = solve_short_run(base.economy, base.kernels, base.state, start, options);
  ReturnCheck check{.status = found.status, .distance = 0.0, .evaluations = found.evaluations};
  const economy::MarketMap map(base.economy, base.kernels, base.state);
  for (Eigen::Index f = 0; f < base.economy.n_factors(); ++f) {
    for (Eigen::Index r = 0; r < base.economy.n_regions(); ++r) {
      if (map.active().factor(r, f))
        check.distance = std::max(check.distance, std::abs(found.prices.log_wage(r, f) - base.prices.log_wage(r, f)));
    }
  }
  for (Eigen::Index k = 0; k < base.economy.n_sectors(); ++k) {
    if (k == map.numeraire()) continue;
    for (Eigen::Index r = 0; r < base.economy.n_regions(); ++r) {
      check.distance =
          std::max(check.distance, std::abs(found.prices.log_price_index(r, k) - base.prices.log_price_index(r, k)));
      if (map.active().supply(r, k)) {
        check.distance = std::max(check.distance,
                                  std::abs(found.prices.log_market_access(r, k) - base.prices.log_market_access(r, k)));
      }
    }
  }
  return check;
}

}  // namespace pericore::equilibrium

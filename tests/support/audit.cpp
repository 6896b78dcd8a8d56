#include "support/audit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "economy/social_accounts.h"

namespace pericore::testing {
namespace {

using economy::Accounts;
using economy::Array;
using economy::Economy;
using economy::Entry;
using economy::FactorKind;
using economy::Market;
using economy::Prices;
using economy::State;
using economy::TradeKernels;
using economy::Vector;
using Eigen::Index;

void raise(double& worst, double value) {
  const double size = std::abs(value);
  if (!(size <= worst)) worst = std::isnan(size) ? std::numeric_limits<double>::infinity() : size;
}

/// Cost shares of a cell, input shifts included.
struct Shares {
  Eigen::ArrayXd alpha;
  Eigen::ArrayXd gamma;
  double log_adjustment = 0.0;  ///< of ln c beside the shares: ratio form and efficiency of shifts
};

Shares shares_of(const Economy& economy, const State& state, Index r, Index s) {
  const auto& technology = economy.technology(r);
  Shares shares{.alpha = technology.alpha.col(s), .gamma = technology.gamma.col(s)};
  double labour = 0.0;
  for (Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].kind == FactorKind::labour) labour += technology.alpha(f, s);
  }
  for (const auto& shift : state.instruments.input_shifts) {
    if (shift.region != r || shift.sector != s) continue;
    shares.gamma(shift.input) += shift.amount;
    shares.log_adjustment -= shift.efficiency + shift.amount * economy.reference_log_price(r, shift.input);
    for (Index f = 0; f < economy.n_factors(); ++f) {
      if (economy.factors[static_cast<std::size_t>(f)].kind != FactorKind::labour) continue;
      const double change = -shift.amount * technology.alpha(f, s) / labour;
      shares.alpha(f) += change;
      shares.log_adjustment -= change * economy.reference_log_wage(r, f);
    }
  }
  return shares;
}

double factor_subsidy(const State& state, Index f, Index r, Index s) {
  const Array& u = state.instruments.factor_subsidy[static_cast<std::size_t>(f)];
  return u.size() > 0 ? u(r, s) : 0.0;
}

double at(const std::vector<Array>& arrays, std::size_t a, Index r, Index s) {
  return a < arrays.size() && arrays[a].size() > 0 ? arrays[a](r, s) : 0.0;
}

}  // namespace

double Audit::worst_market() const {
  return std::max({factor_markets, price_indices, market_access, goods_markets, shipments, technology});
}

double Audit::worst_account() const { return std::max({incomes, budgets, walras, social_accounts, gdp}); }

std::string Audit::breach(double market_tolerance, double account_tolerance) const {
  if (!finite) return "finite";
  const std::pair<const char*, double> markets[] = {
      {"factor_markets", factor_markets},  {"price_indices", price_indices}, {"market_access", market_access},
      {"goods_markets", goods_markets},    {"shipments", shipments},         {"technology", technology},
      {"complementarity", complementarity}};
  const std::pair<const char*, double> books[] = {{"incomes", incomes},
                                                  {"budgets", budgets},
                                                  {"walras", walras},
                                                  {"social_accounts", social_accounts},
                                                  {"gdp", gdp}};
  std::string where;
  double worst = 1.0;
  const auto look = [&](const auto& entries, double tolerance) {
    for (const auto& [what, value] : entries) {
      if (value / tolerance > worst) {
        worst = value / tolerance;
        where = what;
      }
    }
  };
  look(markets, market_tolerance);
  look(books, account_tolerance);
  return where;
}

Audit audit(const Economy& economy, const TradeKernels& kernels, const State& state, const Prices& prices,
            const Accounts& accounts) {
  const Index regions = economy.n_regions();
  const Index sectors = economy.n_sectors();
  const Index factors = economy.n_factors();
  const auto& instruments = state.instruments;
  Audit result;
  Index numeraire = -1;
  Index housing = -1;
  for (Index s = 0; s < sectors; ++s) {
    if (economy.sectors[static_cast<std::size_t>(s)].market == Market::homogeneous) numeraire = s;
  }
  for (Index f = 0; f < factors; ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].housing) housing = f;
  }
  result.finite = accounts.sales.allFinite() && accounts.expenditure.allFinite() && accounts.consumption.allFinite() &&
                  accounts.factor_income.allFinite();

  // Turnover of a region: what its accounts are measured against.
  const Vector turnover = accounts.sales.rowwise().sum() + accounts.expenditure.rowwise().sum() +
                          accounts.primary_income.abs() + accounts.transfers + accounts.lump_sum.abs();

  // Costs and mill prices.
  std::vector<std::vector<Shares>> shares(static_cast<std::size_t>(regions));
  Array log_cost(regions, sectors);
  Array log_price = Array::Zero(regions, sectors);
  for (Index order = 0; order < regions; ++order) {
    for (Index s = 0; s < sectors; ++s)
      shares[static_cast<std::size_t>(order)].push_back(shares_of(economy, state, order, s));
  }
  const auto cost = [&](Index r, Index s) {
    const Shares& share = shares[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)];
    double value = share.log_adjustment - state.log_productivity(r, s);
    for (Index f = 0; f < factors; ++f) {
      if (share.alpha(f) > 0.0)
        value += share.alpha(f) * (prices.log_wage(r, f) + std::log1p(-factor_subsidy(state, f, r, s)));
    }
    for (Index k = 0; k < sectors; ++k) {
      if (share.gamma(k) != 0.0) value += share.gamma(k) * prices.log_price_index(r, k);
    }
    return value;
  };
  const auto markup = [&](Index s) {
    const auto& sector = economy.sectors[static_cast<std::size_t>(s)];
    return sector.market == Market::monopolistic ? sector.elasticity / (sector.elasticity - 1.0) : 1.0;
  };
  for (Index r = 0; r < regions; ++r) {
    for (Index s = 0; s < sectors; ++s) {
      log_cost(r, s) = cost(r, s);
      if (s != numeraire)
        log_price(r, s) = log_cost(r, s) + std::log(markup(s) / (1.0 + instruments.production_subsidy(r, s)));
    }
  }
  for (const auto& p : instruments.processing) {
    if (p.input == numeraire) continue;
    const Index abroad = *economy.abroad;
    const double sigma = economy.sectors[static_cast<std::size_t>(p.input)].elasticity;
    // Price index of what comes from abroad: (N p^(1-sigma) K)^(1/(1-sigma)).
    const double firms = accounts.effective_firms(abroad, p.input);
    const double freeness = kernels.freeness[static_cast<std::size_t>(p.input)](abroad, p.region);
    const double landed = log_price(abroad, p.input) + std::log(freeness * (firms > 0.0 ? firms : 1.0)) / (1.0 - sigma);
    const double gamma = shares[static_cast<std::size_t>(p.region)][static_cast<std::size_t>(p.sector)].gamma(p.input);
    const double extra = gamma * p.share * (landed - prices.log_price_index(p.region, p.input));
    log_cost(p.region, p.sector) += extra;
    log_price(p.region, p.sector) += extra;
  }

  // Firms, trade, sales.
  Array market_sales = Array::Zero(regions, sectors);
  for (Index s = 0; s < sectors; ++s) {
    if (s == numeraire) continue;
    const auto& sector = economy.sectors[static_cast<std::size_t>(s)];
    const double sigma = sector.elasticity;
    const Eigen::MatrixXd& freeness = kernels.freeness[static_cast<std::size_t>(s)];
    Eigen::ArrayXd supplied = Eigen::ArrayXd::Zero(regions);  // P^(1-sigma)
    for (Index n = 0; n < regions; ++n) {
      double& power = supplied(n);
      for (Index r = 0; r < regions; ++r) {
        const double firms = accounts.effective_firms(r, s);
        if (firms > 0.0 && freeness(r, n) > 0.0)
          power += firms * std::exp((1.0 - sigma) * log_price(r, s)) * freeness(r, n);
      }
      const bool bought = accounts.expenditure(n, s) != 0.0;
      if (power > 0.0) raise(result.price_indices, std::log(power) / (1.0 - sigma) - prices.log_price_index(n, s));
      if (!bought) continue;
      // What n spends reaches somebody: n's purchases over its spending, per unit of the price's effect on them.
      raise(result.shipments, std::log(power) / (sigma - 1.0) + prices.log_price_index(n, s));
    }
    for (Index r = 0; r < regions; ++r) {
      double access = 0.0;  // every buyer spends what it spends: shares of suppliers sum to 1
      for (Index n = 0; n < regions; ++n) {
        if (freeness(r, n) > 0.0 && accounts.expenditure(n, s) != 0.0)
          access += freeness(r, n) / supplied(n) * accounts.expenditure(n, s);
      }
      const double firms = accounts.effective_firms(r, s);
      if (!(firms > 0.0)) {
        raise(result.technology, economy.is_abroad(r) ? 0.0 : accounts.sales(r, s) / turnover(r));
        continue;
      }
      raise(result.market_access, std::log(access) - prices.log_market_access(r, s));
      market_sales(r, s) = firms * std::exp((1.0 - sigma) * log_price(r, s)) * access;
    }
  }
  Array direct = Array::Zero(regions, sectors);
  for (const auto& p : instruments.processing) {
    if (p.input == numeraire) continue;
    const double gamma = shares[static_cast<std::size_t>(p.region)][static_cast<std::size_t>(p.sector)].gamma(p.input);
    direct(p.region, p.input) += p.share * gamma * accounts.bundle_cost(p.region, p.sector);
  }
  for (Index s = 0; s < sectors; ++s) {
    if (s == numeraire) continue;
    const auto& sector = economy.sectors[static_cast<std::size_t>(s)];
    const double sigma = sector.elasticity;
    for (Index r = 0; r < regions; ++r) {
      const double firms = accounts.effective_firms(r, s);
      if (!(firms > 0.0)) continue;
      const double extra = economy.is_abroad(r) ? direct.col(s).sum() : 0.0;
      raise(result.goods_markets, std::log((market_sales(r, s) + extra) / accounts.sales(r, s)));
      const double gross = 1.0 + instruments.production_subsidy(r, s);
      const double receipts = (accounts.sales(r, s) - extra) * gross;
      const double operating = sector.market == Market::monopolistic ? receipts / sigma : 0.0;
      double log_scale = log_cost(r, s);
      if (sector.fixed_input)
        log_scale =
            prices.log_wage(r, *sector.fixed_input) + std::log1p(-factor_subsidy(state, *sector.fixed_input, r, s));
      const bool free = sector.entry == Entry::free;
      double fixed = 0.0;
      if (sector.market == Market::monopolistic) {
        const double number = free ? firms : state.firms(r, s);
        fixed = number * sector.fixed_cost * std::exp(log_scale);
        if (free) {
          // x N = 0 as min(-x, sales over turnover): a cell may hold a trace of firms that lose.
          const double x = std::log(operating / fixed);
          raise(result.complementarity, std::max(x, std::min(-x, receipts / turnover(r))));
        } else {
          raise(result.technology, std::log(firms / state.effective_firms(r, s)));
        }
      }
      const double extra_cost = extra * gross * (sector.entry == Entry::stock ? (sigma - 1.0) / sigma : 1.0);
      const double bundle = receipts - operating + (sector.fixed_input ? 0.0 : fixed) + extra_cost;
      raise(result.technology, (bundle - accounts.bundle_cost(r, s)) / turnover(r));
      if (sector.fixed_input && sector.market == Market::monopolistic)
        raise(result.technology, (fixed - accounts.fixed_payment(r, s)) / turnover(r));
      const double profit = operating - fixed + extra * gross - extra_cost;
      raise(result.incomes, (profit - accounts.profit(r, s)) / turnover(r));
    }
  }

  // Contestable cells without firms: nobody would gain by entry.
  const auto has_factors = [&](Index r, Index s) {
    if (!std::isfinite(state.log_productivity(r, s))) return false;
    const Shares& share = shares[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)];
    for (Index f = 0; f < factors; ++f) {
      if (share.alpha(f) > 1e-15 && !(state.stock(r, f) > 0.0)) return false;
    }
    return true;
  };
  for (Index s = 0; s < sectors; ++s) {
    const auto& sector = economy.sectors[static_cast<std::size_t>(s)];
    for (Index r = 0; r < regions; ++r) {
      if (s == numeraire) {
        if (!has_factors(r, s)) {
          raise(result.technology, accounts.sales(r, s) / turnover(r));
          continue;
        }
        // c/(1+b) >= 1, Y >= 0, one with equality.
        const double loss = log_cost(r, s) - std::log(1.0 + instruments.production_subsidy(r, s));
        raise(result.complementarity, std::max(-loss, std::min(loss, accounts.sales(r, s) / turnover(r))));
        raise(result.complementarity, std::min(0.0, accounts.sales(r, s) / turnover(r)));
        raise(result.technology,
              (accounts.sales(r, s) * (1.0 + instruments.production_subsidy(r, s)) - accounts.bundle_cost(r, s)) /
                  turnover(r));
        continue;
      }
      if (sector.entry != Entry::free || sector.fixed_input || accounts.effective_firms(r, s) > 0.0) continue;
      raise(result.complementarity, std::min(0.0, accounts.effective_firms(r, s)));
      if (!has_factors(r, s)) continue;
      const Eigen::MatrixXd& freeness = kernels.freeness[static_cast<std::size_t>(s)];
      double access = 0.0;
      for (Index n = 0; n < regions; ++n) {
        if (freeness(r, n) > 0.0 && accounts.expenditure(n, s) > 0.0)
          access += freeness(r, n) * std::exp((sector.elasticity - 1.0) * prices.log_price_index(n, s)) *
                    accounts.expenditure(n, s);
      }
      const double x = (1.0 - sector.elasticity) * log_price(r, s) + std::log(access) +
                       std::log(1.0 + instruments.production_subsidy(r, s)) -
                       std::log(sector.elasticity * sector.fixed_cost) - log_cost(r, s);
      raise(result.complementarity, std::max(0.0, x));
    }
  }

  // Factor markets.
  Array income = Array::Zero(regions, factors);
  Array units = Array::Zero(regions, factors);  // payments without premia
  Array subsidised = Array::Zero(regions, economy::n_accounts);
  for (Index r = 0; r < regions; ++r) {
    for (Index f = 0; f < factors; ++f) {
      for (Index s = 0; s < sectors; ++s) {
        const Shares& share = shares[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)];
        double net = share.alpha(f) * accounts.bundle_cost(r, s);
        if (economy.sectors[static_cast<std::size_t>(s)].fixed_input == static_cast<int>(f))
          net += accounts.fixed_payment(r, s);
        const double u = factor_subsidy(state, f, r, s);
        const double gross = net / (1.0 - u);
        income(r, f) += gross;
        units(r, f) += gross / economy.wage_premium(f, s);
        subsidised(r, 0) += gross * u;
        for (std::size_t a = 1; a < economy::n_accounts; ++a) {
          const auto& by_factor = instruments.factor_subsidy_by_account[a];
          if (by_factor.empty()) continue;
          const double extra = at(by_factor, static_cast<std::size_t>(f), r, s);
          subsidised(r, static_cast<Index>(a)) += gross * extra;
          subsidised(r, 0) -= gross * extra;
        }
      }
      if (f == housing) {
        income(r, f) += economy.housing_share(r) * accounts.consumption(r);
        units(r, f) += economy.housing_share(r) * accounts.consumption(r);
      }
      if (units(r, f) > 0.0) {
        if (!std::isfinite(prices.log_wage(r, f))) result.finite = false;
        raise(result.factor_markets, std::log(units(r, f) / state.stock(r, f)) - prices.log_wage(r, f));
      }
      raise(result.incomes, (income(r, f) - accounts.factor_income(r, f)) / turnover(r));
    }
  }

  // Primary income by owner.
  const double cpi = accounts.consumer_price;
  Vector primary = Vector::Zero(regions);
  Vector property = Vector::Zero(regions);
  Vector domestic = Vector::Ones(regions);
  if (economy.abroad) domestic(*economy.abroad) = 0.0;
  for (Index r = 0; r < regions; ++r) {
    for (Index f = 0; f < factors; ++f) {
      const auto& owner = economy.factors[static_cast<std::size_t>(f)].owner;
      if (economy.is_abroad(r)) {
        primary(r) += income(r, f);
        continue;
      }
      primary(r) += owner.local * income(r, f);
      for (Index n = 0; n < regions; ++n) primary(n) += owner.national * economy.national_share(n) * income(r, f);
      property(r) += owner.government * income(r, f);
      if (economy.abroad) primary(*economy.abroad) += owner.abroad * income(r, f);
    }
    for (Index s = 0; s < sectors; ++s) {
      const double foreign =
          economy.abroad && !economy.is_abroad(r) && state.foreign_share.size() > 0 ? state.foreign_share(r, s) : 0.0;
      primary(r) += (1.0 - foreign) * accounts.profit(r, s);
      if (foreign != 0.0) primary(*economy.abroad) += foreign * accounts.profit(r, s);
    }
    for (const Vector& grants : state.flow_grants) {
      if (grants.size() > 0) primary(r) += grants(r) * cpi;
    }
  }

  // Budgets.
  Array outlay = subsidised;
  Array government = Array::Zero(regions, sectors);
  Vector transfers = Vector::Zero(regions);
  for (Index r = 0; r < regions; ++r) {
    for (Index s = 0; s < sectors; ++s) outlay(r, 0) += instruments.production_subsidy(r, s) * accounts.sales(r, s);
    for (std::size_t a = 0; a < economy::n_accounts; ++a) {
      const auto column = static_cast<Index>(a);
      for (Index s = 0; s < sectors; ++s) {
        const double extra =
            a == 0 ? 0.0 : at(instruments.production_subsidy_by_account, a, r, s) * accounts.sales(r, s);
        outlay(r, column) += extra;
        outlay(r, 0) -= extra;
        const double bought = (instruments.purchases[a](r, s) + at(state.flow_purchases, a, r, s)) *
                              std::exp(prices.log_price_index(r, s));
        outlay(r, column) += bought;
        government(r, s) += bought;
      }
      transfers(r) += instruments.transfers[a](r) * cpi;
      outlay(r, column) += instruments.transfers[a](r) * cpi;
      if (a < state.flow_grants.size() && state.flow_grants[a].size() > 0)
        outlay(r, column) += state.flow_grants[a](r) * cpi;
    }
  }
  const bool by_tax = economy.closure.by == economy::ClosureBy::income_tax;
  const bool regional = economy.closure.level == economy::ClosureLevel::regional;
  const double domestic_income = (primary * domestic).sum();
  const Vector base_tax = by_tax ? Vector(Vector::Zero(regions)) : Vector(economy.income_tax * domestic * primary);
  for (Index r = 0; r < regions; ++r) {
    double revenue = economy.national_share(r) * outlay.col(economy::lump_sum_national).sum() +
                     outlay(r, economy::lump_sum_regional) + outlay(r, economy::income_tax_regional) +
                     outlay.col(economy::income_tax_national).sum() * domestic(r) * primary(r) / domestic_income;
    const double need = (outlay.col(0) - property).sum();
    if (regional) {
      revenue += outlay(r, 0) - property(r);
    } else if (by_tax) {
      revenue += need * domestic(r) * primary(r) / domestic_income;
    } else {
      revenue += base_tax(r) + economy.national_share(r) * (need - base_tax.sum());
    }
    raise(result.budgets, (accounts.tax_paid(r) + accounts.lump_sum(r) - revenue) / turnover(r));
    raise(result.incomes, (primary(r) - accounts.primary_income(r)) / turnover(r));
    const double disposable = primary(r) - revenue + transfers(r);
    raise(result.incomes, (disposable - accounts.disposable_income(r)) / turnover(r));
    raise(result.incomes, ((1.0 - economy.saving_rate(r)) * disposable - accounts.consumption(r)) / turnover(r));
    raise(result.incomes, (economy.saving_rate(r) * disposable - accounts.saving(r)) / turnover(r));
    for (Index k = 0; k < sectors; ++k) {
      double spending = government(r, k) + economy.household_basket(r, k) * accounts.consumption(r) +
                        economy.investment_basket(r, k) * accounts.investment(r) - direct(r, k);
      for (Index s = 0; s < sectors; ++s)
        spending +=
            shares[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)].gamma(k) * accounts.bundle_cost(r, s);
      raise(result.incomes, (spending - accounts.expenditure(r, k)) / turnover(r));
    }
  }
  raise(result.incomes, (accounts.investment.sum() - accounts.saving.sum()) / turnover.sum());

  const double sold = accounts.sales.sum() - direct.sum();
  raise(result.walras, (sold - accounts.expenditure.sum()) / accounts.expenditure.sum());
  if (numeraire >= 0) {
    raise(result.walras, (accounts.sales.col(numeraire).sum() - accounts.expenditure.col(numeraire).sum()) /
                             accounts.expenditure.sum());
  }
  const auto flows = economy::social_accounts(economy, kernels, state, prices, accounts);
  for (Index r = 0; r < regions; ++r) {
    const Eigen::MatrixXd matrix = economy::social_accounting_matrix(economy, state, prices, accounts, flows, r);
    raise(result.social_accounts,
          (matrix.rowwise().sum() - matrix.colwise().sum().transpose()).cwiseAbs().maxCoeff() / turnover(r));
    raise(result.gdp, (flows.gdp_income(r) - flows.gdp_output(r)) / turnover(r));
    raise(result.gdp, (flows.gdp_expenditure(r) - flows.gdp_output(r)) / turnover(r));
  }
  for (Index s = 0; s < sectors; ++s) {
    for (Index r = 0; r < regions; ++r) {
      if (s == numeraire) continue;
      if (accounts.expenditure(r, s) > 0.0 && !std::isfinite(prices.log_price_index(r, s))) result.finite = false;
      if (accounts.sales(r, s) > 0.0 && !std::isfinite(prices.log_market_access(r, s))) result.finite = false;
    }
  }
  return result;
}

}  // namespace pericore::testing

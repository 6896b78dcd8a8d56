// Flows at the drawn prices, and the fundamentals with which these are an equilibrium.
#include <cmath>
#include <limits>

#include "economy/public_accounts.h"
#include "support/planter.h"

namespace pericore::testing {

using economy::Array;
using economy::Entry;
using economy::FactorKind;
using economy::Market;
using economy::Vector;
using Eigen::Index;

Vector Planter::value_added(const economy::Accounts& accounts) const {
  return accounts.sales.rowwise().sum() - accounts.intermediate.rowwise().sum();
}

void Planter::evaluate(const Array& market_sales, Flows& flows) {
  const Index regions = e_.n_regions();
  const Index sectors = e_.n_sectors();
  const Index factors = e_.n_factors();
  auto& instruments = state_.instruments;
  auto& a = flows.accounts;
  a.sales = market_sales;
  a.bundle_cost.setZero(regions, sectors);
  a.fixed_payment.setZero(regions, sectors);
  a.profit.setZero(regions, sectors);
  a.direct_imports.setZero(regions, sectors);
  a.intermediate.setZero(regions, sectors);
  for (Index s = 0; s < sectors; ++s) {
    const double sigma = sector(s).elasticity;
    for (Index r = 0; r < regions; ++r) {
      const double receipts = market_sales(r, s) * (1.0 + instruments.production_subsidy(r, s));
      a.bundle_cost(r, s) = receipts;
      if (sector(s).market != Market::monopolistic) continue;
      const double operating = receipts / sigma;
      const double fixed = operating * profit_ratio_(r, s);
      a.bundle_cost(r, s) = receipts - operating + (sector(s).fixed_input ? 0.0 : fixed);
      if (sector(s).fixed_input) a.fixed_payment(r, s) = fixed;
      a.profit(r, s) = is_free(s) ? 0.0 : operating - fixed;
    }
  }
  for (const auto& p : instruments.processing) {
    a.direct_imports(p.region, p.input) +=
        p.share * gamma_[static_cast<std::size_t>(p.region)][static_cast<std::size_t>(p.sector)](p.input) *
        a.bundle_cost(p.region, p.sector);
  }
  if (e_.abroad) {
    for (Index k = 0; k < sectors; ++k) {
      const double direct = a.direct_imports.col(k).sum();
      const double cost =
          sector(k).entry == Entry::stock ? direct * (sector(k).elasticity - 1.0) / sector(k).elasticity : direct;
      a.sales(*e_.abroad, k) += direct;
      a.bundle_cost(*e_.abroad, k) += cost;
      a.profit(*e_.abroad, k) += direct - cost;
    }
  }
  a.factor_use.assign(static_cast<std::size_t>(factors), Array::Zero(regions, sectors));
  a.factor_income.setZero(regions, factors);
  a.factor_subsidy_outlay.setZero(regions);
  for (Index r = 0; r < regions; ++r) {
    for (Index s = 0; s < sectors; ++s) {
      const auto& alpha = alpha_[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)];
      a.intermediate.row(r) +=
          (gamma_[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)] * a.bundle_cost(r, s)).transpose();
      for (Index f = 0; f < factors; ++f) {
        double net = alpha(f) * a.bundle_cost(r, s);
        if (sector(s).fixed_input == static_cast<int>(f)) net += a.fixed_payment(r, s);
        const double gross = net / (1.0 - subsidy(f, r, s));
        a.factor_income(r, f) += gross;
        a.factor_subsidy_outlay(r) += gross - net;
        a.factor_use[static_cast<std::size_t>(f)](r, s) = gross / e_.wage_premium(f, s) / std::exp(log_wage_(r, f));
      }
    }
  }

  // What policy and population are is drawn in proportion to value added.
  const Vector added = value_added(a).max(0.0);
  e_.national_share.setZero(regions);
  for (Index r = 0; r < domestic(); ++r)
    e_.national_share(r) = added(r) * std::exp(0.2 * draw_.normal(Purpose::national, key(r)));
  e_.national_share /= e_.national_share.sum();
  e_.price_weights = e_.national_share;
  const double cpi = economy::consumer_price_index(e_, housing_, log_price_index_, log_wage_);
  instruments.purchases[static_cast<std::size_t>(purchase_account_)] =
      (purchase_share_.colwise() * added) / log_price_index_.exp();
  instruments.transfers[static_cast<std::size_t>(transfer_account_)] = transfer_share_ * added / cpi;
  if (grant_share_.maxCoeff() > 0.0) {
    state_.flow_grants.assign(economy::n_accounts, Vector());
    state_.flow_grants[static_cast<std::size_t>(grant_account_)] = grant_share_ * added / cpi;
    state_.flow_purchases.assign(economy::n_accounts, Array());
    state_.flow_purchases[static_cast<std::size_t>(grant_account_)] = Array::Zero(regions, sectors);
    state_.flow_purchases[static_cast<std::size_t>(grant_account_)].col(sectors - 1) =
        0.5 * grant_share_ * added / log_price_index_.col(sectors - 1).exp();
  }
  state_.investment_weight = investment_share_ * added;
  economy::close_accounts(e_, state_, economy::PublicPlans(e_, state_), housing_, log_price_index_, log_wage_, a);
  a.expenditure = a.intermediate - a.direct_imports + a.government;
  a.expenditure += e_.household_basket.colwise() * a.consumption;
  a.expenditure += e_.investment_basket.colwise() * a.investment;

  flows.market_sales.setZero(regions, sectors);
  for (Index s = 0; s < sectors; ++s) {
    if (s == farm_) {
      flows.market_sales.col(s) = attraction_.col(s) / attraction_.col(s).sum() * a.expenditure.col(s).sum();
    } else {
      flows.market_sales.col(s).matrix().noalias() =
          origin_[static_cast<std::size_t>(s)] * a.expenditure.col(s).matrix();
    }
  }
}

bool Planter::solve_flows(Flows& flows) {
  const Index regions = e_.n_regions();
  const Index sectors = e_.n_sectors();
  log_price_index_.setZero(regions, sectors);
  origin_.resize(static_cast<std::size_t>(sectors));
  const auto set_shares = [&] {
    for (Index s = 0; s < sectors; ++s) {
      if (s == farm_) continue;
      const double sigma = sector(s).elasticity;
      Eigen::MatrixXd& share = origin_[static_cast<std::size_t>(s)];
      share = attraction_.col(s).matrix().asDiagonal() * kernels_.freeness[static_cast<std::size_t>(s)];
      const Eigen::RowVectorXd power = share.colwise().sum();
      log_price_index_.col(s) = power.transpose().array().log() / (1.0 - sigma);
      share.array().rowwise() /= power.array();
    }
    e_.reference_log_wage = log_wage_;
    e_.reference_log_price = log_price_index_;
    for (Index f = 0; f < e_.n_factors(); ++f) {
      for (Index r = 0; r < regions; ++r)
        e_.reference_log_wage(r, f) += 0.1 * draw_.normal(Purpose::reference, f, key(r));
    }
    for (Index s = 0; s < sectors; ++s) {
      if (s == farm_) continue;
      for (Index r = 0; r < regions; ++r)
        e_.reference_log_price(r, s) += 0.1 * draw_.normal(Purpose::reference, 1000 + s, key(r));
    }
  };
  const double total = static_cast<double>(regions);
  const auto normalise = [&](Array& sales) { sales *= total / sales.sum(); };
  state_.stock.setOnes(regions, e_.n_factors());  // weights of investment, until stocks are known
  Array sales = attraction_.rowwise() / attraction_.colwise().sum();
  normalise(sales);
  set_shares();
  for (int round = 0; round < (traits_.equal ? 1 : 10); ++round) {
    // Attraction follows the sizes wanted, as far as trade lets it.
    for (int step = 0; step < 15; ++step) {
      evaluate(sales, flows);
      if (!flows.market_sales.allFinite()) return false;
      sales = flows.market_sales.max(0.0);
      normalise(sales);
    }
    if (traits_.equal) break;
    const Vector added = value_added(flows.accounts);
    if (!(added > 0.0).all()) return false;
    const Vector wanted = target_size_ / target_size_.sum() * added.sum();
    attraction_.colwise() *= (wanted / added).sqrt().max(0.1).min(10.0);
    set_shares();
  }
  // Newton's method on the flows that are not exactly zero; one scale is free.
  std::vector<Index> used;
  for (Index i = 0; i < sales.size(); ++i) {
    if (attraction_.data()[i] > 0.0) used.push_back(i);
  }
  const auto size = static_cast<Index>(used.size());
  Eigen::VectorXd y(size);
  const auto residual_at = [&](const Eigen::VectorXd& point, Eigen::VectorXd& gap) {
    Array at = Array::Zero(regions, sectors);
    for (Index i = 0; i < size; ++i) at.data()[used[static_cast<std::size_t>(i)]] = point(i);
    evaluate(at, flows);
    gap.resize(size);
    for (Index i = 0; i < size; ++i) gap(i) = flows.market_sales.data()[used[static_cast<std::size_t>(i)]] - point(i);
  };
  for (Index i = 0; i < size; ++i) y(i) = sales.data()[used[static_cast<std::size_t>(i)]];
  Eigen::VectorXd gap;
  Eigen::VectorXd moved_gap;
  residual_at(y, gap);
  Eigen::MatrixXd jacobian(size, size);
  for (Index i = 0; i < size; ++i) {
    Eigen::VectorXd moved = y;
    const double step = 1e-6 * std::max(y(i), 1e-8);
    moved(i) += step;
    residual_at(moved, moved_gap);
    jacobian.col(i) = (moved_gap - gap) / step;
  }
  const Eigen::PartialPivLU<Eigen::MatrixXd> lu(jacobian + Eigen::MatrixXd::Ones(size, size));
  for (int step = 0; step < 30; ++step) {
    residual_at(y, gap);
    const double worst = (gap.array() / y.array()).abs().maxCoeff();
    if (!std::isfinite(worst)) return false;
    if (worst <= planted_precision) break;
    const Eigen::VectorXd move = -lu.solve(gap + Eigen::VectorXd::Constant(size, y.sum() - total));
    y += move;
    if (!(y.array() > 0.0).all()) return false;
  }
  residual_at(y, gap);
  if (!((gap.array() / y.array()).abs().maxCoeff() <= 10.0 * planted_precision)) return false;
  // The flows bought are kept: every buyer is served exactly, what is sold is off by the rest.
  Array at = Array::Zero(regions, sectors);
  for (Index i = 0; i < size; ++i) at.data()[used[static_cast<std::size_t>(i)]] = y(i);
  evaluate(at, flows);
  flows.market_sales = at;
  const Vector added = value_added(flows.accounts);
  return !flows.accounts.insolvent && (added > 0.0).all() && added.maxCoeff() / added.minCoeff() <= largest_contrast;
}

void Planter::read_off(const Flows& flows, RandomEconomy& result) {
  const Index regions = e_.n_regions();
  const Index sectors = e_.n_sectors();
  const Index factors = e_.n_factors();
  const auto& accounts = flows.accounts;
  const auto& instruments = state_.instruments;
  constexpr double infinity = std::numeric_limits<double>::infinity();

  Array use = Array::Zero(regions, factors);
  for (Index f = 0; f < factors; ++f) use.col(f) = accounts.factor_use[static_cast<std::size_t>(f)].rowwise().sum();
  if (housing_ >= 0) use.col(housing_) += e_.housing_share * accounts.consumption / log_wage_.col(housing_).exp();
  state_.stock = use;

  Array log_access = Array::Zero(regions, sectors);
  for (Index s = 0; s < sectors; ++s) {
    if (s == farm_) continue;
    const double sigma = sector(s).elasticity;
    const Eigen::VectorXd demand =
        (accounts.expenditure.col(s) * ((sigma - 1.0) * log_price_index_.col(s)).exp()).matrix();
    log_access.col(s) = (kernels_.freeness[static_cast<std::size_t>(s)] * demand).array().log();
  }

  state_.firms.setZero(regions, sectors);
  state_.log_productivity.setConstant(regions, sectors, -infinity);
  Array firms = Array::Zero(regions, sectors);
  for (Index r = 0; r < regions; ++r) {
    for (Index s = 0; s < sectors; ++s) {
      const auto& alpha = alpha_[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)];
      const auto& gamma = gamma_[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)];
      const double sigma = sector(s).elasticity;
      const double markup = sector(s).market == Market::monopolistic ? sigma / (sigma - 1.0) : 1.0;
      const double gross = 1.0 + instruments.production_subsidy(r, s);
      const bool active = attraction_(r, s) > 0.0;
      bool possible = true;  // every factor it needs is at hand
      // ln c + ln A from the cost function.
      double inputs = 0.0;
      for (Index f = 0; f < factors; ++f) {
        if (alpha(f) <= smallest_share) continue;
        inputs += alpha(f) * (log_wage_(r, f) + std::log1p(-subsidy(f, r, s)));
        possible = possible && use(r, f) > 0.0;
      }
      for (Index k = 0; k < sectors; ++k) inputs += gamma(k) * log_price_index_(r, k);
      for (const auto& shift : instruments.input_shifts) {
        if (shift.region != r || shift.sector != s) continue;
        const Eigen::ArrayXd base = technology(r).alpha.col(s);
        inputs -= shift.efficiency + ((alpha - base) * e_.reference_log_wage.row(r).transpose()).sum() +
                  shift.amount * e_.reference_log_price(r, shift.input);
      }
      for (const auto& p : instruments.processing) {
        if (p.region != r || p.sector != s) continue;
        const double freeness = kernels_.freeness[static_cast<std::size_t>(p.input)](*e_.abroad, r);
        const double landed =
            std::log(attraction_(*e_.abroad, p.input) * freeness) / (1.0 - sector(p.input).elasticity);
        inputs += gamma(p.input) * p.share * (landed - log_price_index_(r, p.input));
      }
      double log_cost = 0.0;
      // How much an empty cell loses: it stays empty where entry is free.
      const double loss = draw_.spread(Purpose::latent, s, r, 0.01, 2.0);
      if (s == farm_) {
        log_cost = std::log(gross) + (active ? 0.0 : loss);
        firms(r, s) = active ? accounts.bundle_cost(r, s) : 0.0;
        if (!active && !possible) continue;
        state_.log_productivity(r, s) = inputs - log_cost;
        continue;
      }
      const double log_fixed_scale = sector(s).fixed_input ? log_wage_(r, *sector(s).fixed_input) +
                                                                 std::log1p(-subsidy(*sector(s).fixed_input, r, s))
                                                           : 0.0;
      if (active) {
        const double receipts = flows.market_sales(r, s) * gross;
        const double effective_fixed =
            profit_ratio_(r, s) * receipts / (sigma * sector(s).fixed_cost * plain_per_effective_(r, s));
        if (regime(s) == Regime::armington) {
          firms(r, s) = 1.0;
          log_cost = std::log(attraction_(r, s)) / (1.0 - sigma) + std::log(gross);
        } else if (sector(s).fixed_input) {
          firms(r, s) = effective_fixed * std::exp(-log_fixed_scale);
          log_cost = std::log(attraction_(r, s) / firms(r, s)) / (1.0 - sigma) - std::log(markup / gross);
        } else {
          // a = N p^(1-sigma) with N = effective_fixed / c and p = m c / (1+b).
          log_cost = (std::log(effective_fixed / attraction_(r, s)) + (1.0 - sigma) * std::log(markup / gross)) / sigma;
          firms(r, s) = effective_fixed * std::exp(-log_cost);
        }
      } else if (sector(s).market == Market::monopolistic && !sector(s).fixed_input) {
        // Zero profit at c*, less than that by `loss`.
        const double zero_profit = ((1.0 - sigma) * std::log(markup / gross) + log_access(r, s) + std::log(gross) -
                                    std::log(sigma * sector(s).fixed_cost)) /
                                   sigma;
        log_cost = zero_profit + loss / sigma;
      } else {
        continue;  // no technology there
      }
      if (!active && (!possible || !std::isfinite(log_access(r, s)))) continue;
      state_.log_productivity(r, s) = inputs - log_cost;
    }
  }
  // Fixed inputs tie the stock to the number of firms; rounding apart these already agree.
  state_.firms = firms * plain_per_effective_;
  state_.effective_firms = firms;
  result.planted_firms = firms;
  for (Index s = 0; s < sectors; ++s) {
    if (s == farm_ || is_free(s)) {
      state_.firms.col(s).setZero();
      state_.effective_firms.col(s).setZero();
    }
  }
  if (e_.capital) {
    const double mobility =
        draw_.chance(0.5, Purpose::investment, 3) ? draw_.uniform(Purpose::investment, 4, 0, 0.5, 3.0) : 0.0;
    e_.capital_mobility = mobility;
    const Vector log_return = log_wage_.col(*e_.capital) - (e_.investment_basket * log_price_index_).rowwise().sum();
    const Vector base = state_.investment_weight;
    const Vector stock = use.col(*e_.capital);
    state_.investment_weight =
        (stock > 0.0).select(base / stock * (-mobility * log_return).exp(), Vector(Vector::Zero(regions)));
  }
  result.planted_prices = {.log_wage = log_wage_, .log_price_index = log_price_index_, .log_market_access = log_access};
  result.economy = std::move(e_);
  result.kernels = std::move(kernels_);
  result.state = std::move(state_);
  result.planted_state = result.state;
}

bool Planter::plant(RandomEconomy& result) {
  sets();
  technologies();
  geography();
  cells();
  prices();
  households();
  firms();
  policies();
  if (capital_ >= 0 && e_.capital) {
    // Investment follows capital in use: with none anywhere there is no saving.
    bool anywhere = false;
    for (Index r = 0; r < e_.n_regions(); ++r) {
      bool used = false;
      for (Index s = 0; s < e_.n_sectors(); ++s) {
        used = used || (attraction_(r, s) > 0.0 &&
                        (alpha_[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)](capital_) > smallest_share ||
                         sector(s).fixed_input == static_cast<int>(capital_)));
      }
      if (!used) investment_share_(r) = 0.0;
      anywhere = anywhere || (used && !e_.is_abroad(r));
    }
    if (!anywhere) {
      e_.capital.reset();
      e_.saving_rate.setZero();
      e_.foreign_share_of_pool = 0.0;
    }
  }
  Flows flows;
  if (!solve_flows(flows)) return false;
  read_off(flows, result);
  return true;
}

}  // namespace pericore::testing

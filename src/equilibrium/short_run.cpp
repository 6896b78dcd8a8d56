#include "equilibrium/short_run.h"

#include <cmath>
#include <limits>
#include <vector>

#include "equilibrium/free_entry.h"
#include "equilibrium/unknowns.h"
#include "numerics/anderson.h"

namespace pericore::equilibrium {
namespace {

using economy::Accounts;
using economy::Array;
using economy::Economy;
using economy::MarketMap;
using economy::Prices;
using economy::State;
using economy::TradeKernels;

constexpr double longest_step = 1.0;  // log units an unknown may move at once: a factor of e
constexpr double blow_up = 1e3;       // times the best residual: the stored steps have become useless

struct Attempt {
  double damping;
  int depth;
};

/// One attempt from `equilibrium.prices`; leaves the best point found there.
void iterate(MarketMap& map, const Unknowns& unknowns, const Attempt& attempt, const SolverOptions& options, int budget,
             ShortRunEquilibrium& equilibrium) {
  numerics::Anderson accelerator(unknowns.size(), attempt.depth);
  Prices prices = equilibrium.prices;
  Prices cleared;
  Accounts accounts;
  const double total = factor_income(map, prices);
  Eigen::VectorXd x;
  Eigen::VectorXd image;
  Eigen::VectorXd next;
  Eigen::VectorXd last_good;
  double best = std::numeric_limits<double>::infinity();
  int retreats = 0;
  unknowns.pack(prices, x);

  for (int evaluation = 0; evaluation < budget; ++evaluation) {
    unknowns.unpack(x, prices);
    map.evaluate(prices, cleared, accounts);
    ++equilibrium.evaluations;
    unknowns.pack(cleared, image);
    Eigen::Index worst = 0;
    const double residual = unknowns.size() > 0 ? (image - x).cwiseAbs().maxCoeff(&worst) : 0.0;
    const bool usable = image.allFinite() && !accounts.insolvent;
    if (!usable) {
      equilibrium.status = accounts.insolvent ? SolverStatus::insolvent : SolverStatus::diverged;
      if (accounts.insolvent) equilibrium.insolvent_region = *accounts.insolvent;
      // Half-way back to the last point whose accounts made sense.
      if (last_good.size() == 0 || ++retreats > 40) return;
      x = 0.5 * (x + last_good);
      accelerator.restart();
      continue;
    }
    last_good = x;
    if (residual < best) {
      best = residual;
      equilibrium.prices = prices;
      equilibrium.residual = residual;
      equilibrium.worst_market = unknowns.size() > 0 ? unknowns.place(worst) : Market{};
      equilibrium.status = SolverStatus::iteration_limit;
    }
    if (residual <= options.tolerance) {
      equilibrium.status = SolverStatus::converged;
      equilibrium.accounts = std::move(accounts);
      // Empty cells: what they would face, for entry, relocation and sustain points.
      for (Eigen::Index i = unknowns.wages(); i < unknowns.size(); ++i) {
        const Market& market = unknowns.place(i);
        if (market.kind == MarketKind::price_index)
          cleared.log_price_index(market.region, market.item) = prices.log_price_index(market.region, market.item);
        if (market.kind == MarketKind::market_access)
          cleared.log_market_access(market.region, market.item) = prices.log_market_access(market.region, market.item);
      }
      // Profitability was counted at the access an empty cell had before.
      for (Eigen::Index k = 0; k < map.economy().n_sectors(); ++k) {
        if (map.economy().sectors[static_cast<std::size_t>(k)].market != economy::Market::monopolistic) continue;
        const Eigen::ArrayXd change = cleared.log_market_access.col(k) - prices.log_market_access.col(k);
        equilibrium.accounts.profitability.col(k) +=
            (!map.active().supply.col(k) && change.isFinite()).select(change, 0.0);
      }
      equilibrium.prices = prices;
      equilibrium.prices.log_price_index = cleared.log_price_index;
      equilibrium.prices.log_market_access = cleared.log_market_access;
      return;
    }
    if (residual > blow_up * best) {
      if (++retreats > 40) return;
      accelerator.restart();
      unknowns.pack(equilibrium.prices, next);
      x = next;
      continue;
    }
    image.head(unknowns.wages()) =
        x.head(unknowns.wages()) + attempt.damping * (image.head(unknowns.wages()) - x.head(unknowns.wages()));
    accelerator.step(x, image, 1.0, next);
    const double length = (next - x).cwiseAbs().maxCoeff();
    if (!(length <= longest_step)) {
      next = std::isfinite(length) ? Eigen::VectorXd(x + (longest_step / length) * (next - x)) : image;
    }
    unknowns.unpack(next, prices);
    hold_scale(map, total, prices);
    unknowns.pack(prices, x);
  }
}

/// x as a point between two states and geographies; stocks and firms in logs, so that zeros stay zeros where both are zero.
State between(const State& from, const State& to, double share) {
  State state = to;
  const auto geometric = [share](const Array& a, const Array& b) -> Array {
    return (a > 0.0 && b > 0.0).select((a.log() + share * (b.log() - a.log())).exp(), b);
  };
  const auto linear = [share](const Array& a, const Array& b) -> Array {
    return a.size() == b.size() && a.size() > 0 ? Array(a + share * (b - a)) : b;
  };
  state.stock = geometric(from.stock, to.stock);
  state.firms = geometric(from.firms, to.firms);
  state.effective_firms = geometric(from.effective_firms, to.effective_firms);
  state.log_productivity = (from.log_productivity.isFinite() && to.log_productivity.isFinite())
                               .select(linear(from.log_productivity, to.log_productivity), to.log_productivity);
  auto& instruments = state.instruments;
  instruments.production_subsidy = linear(from.instruments.production_subsidy, to.instruments.production_subsidy);
  for (std::size_t a = 0; a < instruments.purchases.size(); ++a) {
    instruments.purchases[a] = linear(from.instruments.purchases[a], to.instruments.purchases[a]);
    instruments.transfers[a] = linear(from.instruments.transfers[a], to.instruments.transfers[a]);
    instruments.production_subsidy_by_account[a] = share * to.instruments.production_subsidy_by_account[a];
    for (Array& subsidy : instruments.factor_subsidy_by_account[a]) subsidy *= share;
  }
  for (std::size_t f = 0; f < instruments.factor_subsidy.size(); ++f) {
    const Array& a = from.instruments.factor_subsidy[f];
    Array& b = instruments.factor_subsidy[f];
    if (b.size() > 0) b = a.size() > 0 ? linear(a, b) : Array(share * b);
  }
  for (auto& shift : instruments.input_shifts) {
    shift.amount *= share;
    shift.efficiency *= share;
  }
  for (auto& processing : instruments.processing) processing.share *= share;
  return state;
}

TradeKernels between(const TradeKernels& from, const TradeKernels& to, double share) {
  TradeKernels kernels = to;
  for (std::size_t s = 0; s < kernels.freeness.size(); ++s) {
    if (to.freeness[s].size() == 0 || from.freeness[s].size() != to.freeness[s].size()) continue;
    const Eigen::ArrayXXd a = from.freeness[s].array();
    const Eigen::ArrayXXd b = to.freeness[s].array();
    kernels.freeness[s] = (a > 0.0 && b > 0.0).select((a.log() + share * (b.log() - a.log())).exp(), b).matrix();
  }
  return kernels;
}

}  // namespace

Prices cold_start(const Economy& economy, const TradeKernels& kernels, const State& state) {
  Prices prices{.log_wage = Array::Zero(economy.n_regions(), economy.n_factors()),
                .log_price_index = Array::Zero(economy.n_regions(), economy.n_sectors()),
                .log_market_access = Array::Zero(economy.n_regions(), economy.n_sectors())};
  MarketMap map(economy, kernels, state);
  Prices cleared;
  Accounts accounts;
  map.evaluate(prices, cleared, accounts);
  // From M = 1 losses can make incomes negative: M where profits are zero.
  prices.log_market_access = -accounts.profitability;
  make_finite(prices);
  return prices;
}

namespace {

ShortRunEquilibrium solve_markets(MarketMap& map, const Prices& start, const SolverOptions& options) {
  const Unknowns unknowns(map);
  ShortRunEquilibrium equilibrium;
  Prices from = start;
  make_finite(from);
  if (map.numeraire() >= 0) from.log_price_index.col(map.numeraire()).setZero();
  const Attempt attempts[] = {{options.damping, options.anderson_depth},
                              {0.5 * options.damping, options.anderson_depth},
                              {0.2 * options.damping, 2 * options.anderson_depth},
                              {0.05 * options.damping, 0}};
  const int budget = std::max(1, options.max_evaluations / 4);
  for (const Attempt& attempt : attempts) {
    equilibrium.prices = from;
    equilibrium.residual = std::numeric_limits<double>::infinity();
    iterate(map, unknowns, attempt, options, budget, equilibrium);
    if (equilibrium.status == SolverStatus::converged) return equilibrium;
  }
  return equilibrium;
}

}  // namespace

ShortRunEquilibrium solve_short_run(const Economy& economy, const TradeKernels& kernels, const State& state,
                                    const Prices& start, const SolverOptions& options) {
  MarketMap map(economy, kernels, state);
  if (map.active().contestable.any()) return solve_free_entry(economy, kernels, state, start, options);
  return solve_markets(map, start, options);
}

ShortRunEquilibrium solve_given_firms(const Economy& economy, const TradeKernels& kernels, const State& state,
                                      const Prices& start, const SolverOptions& options) {
  MarketMap map(economy, kernels, state);
  return solve_markets(map, start, options);
}

ShortRunEquilibrium solve_short_run_safely(const Economy& economy, const TradeKernels& kernels, const State& state,
                                           const Prices& start, const Refuge& refuge, const SolverOptions& options) {
  ShortRunEquilibrium equilibrium = solve_short_run(economy, kernels, state, start, options);
  int evaluations = equilibrium.evaluations;
  if (equilibrium.status == SolverStatus::converged) return equilibrium;

  ShortRunEquilibrium again = solve_short_run(economy, kernels, state, refuge.prices, options);
  evaluations += again.evaluations;
  if (again.status != SolverStatus::converged) {
    // Homotopy: small steps of everything that differs, halved where one fails.
    Prices prices = refuge.prices;
    double reached = 0.0;
    double step = 0.25;
    while (reached < 1.0 && step > 1.0 / 512.0) {
      const double target = std::min(1.0, reached + step);
      const State midway = target < 1.0 ? between(refuge.state, state, target) : state;
      const TradeKernels geography = target < 1.0 ? between(refuge.kernels, kernels, target) : kernels;
      ShortRunEquilibrium stage = solve_short_run(economy, geography, midway, prices, options);
      evaluations += stage.evaluations;
      if (stage.status == SolverStatus::converged) {
        reached = target;
        prices = stage.prices;
        step *= 1.5;
        if (reached >= 1.0) again = std::move(stage);
      } else {
        step *= 0.5;
      }
    }
  }
  if (again.status == SolverStatus::converged || again.residual < equilibrium.residual) equilibrium = std::move(again);
  equilibrium.evaluations = evaluations;
  return equilibrium;
}

std::string market_name(const Economy& economy, const Market& market) {
  const std::string& region = economy.regions[static_cast<std::size_t>(market.region)];
  if (market.kind == MarketKind::factor)
    return "market of factor '" + economy.factors[static_cast<std::size_t>(market.item)].name + "' in " + region;
  const std::string& sector = economy.sectors[static_cast<std::size_t>(market.item)].name;
  if (market.kind == MarketKind::profit) return "entry into sector '" + sector + "' in " + region;
  if (market.kind == MarketKind::price_index) return "supply of sector '" + sector + "' to " + region;
  return "sales of sector '" + sector + "' from " + region;
}

double log_shadow_price(const Economy& economy, const State& state, const ShortRunEquilibrium& equilibrium,
                        Eigen::Index factor, Eigen::Index region) {
  const auto& technology =
      economy.technologies[static_cast<std::size_t>(economy.technology_of[static_cast<std::size_t>(region)])];
  const Prices& prices = equilibrium.prices;
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (sector.market != economy::Market::monopolistic || sector.entry != economy::Entry::free) continue;
    const double sigma = sector.elasticity;
    const double log_markup = std::log(sigma / (sigma - 1.0));
    const double log_gross = std::log1p(state.instruments.production_subsidy(region, s));
    const auto& subsidy = state.instruments.factor_subsidy[static_cast<std::size_t>(factor)];
    const double log_net = subsidy.size() > 0 ? std::log1p(-subsidy(region, s)) : 0.0;
    double others = -state.log_productivity(region, s);  // ln c without the factor's own part
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      if (f == factor || technology.alpha(f, s) == 0.0) continue;
      const auto& u = state.instruments.factor_subsidy[static_cast<std::size_t>(f)];
      others +=
          technology.alpha(f, s) * (prices.log_wage(region, f) + (u.size() > 0 ? std::log1p(-u(region, s)) : 0.0));
    }
    for (Eigen::Index k = 0; k < economy.n_sectors(); ++k)
      others += technology.gamma(k, s) * prices.log_price_index(region, k);
    const double access = prices.log_market_access(region, s);
    if (sector.fixed_input == static_cast<int>(factor)) {
      const double log_price = others + log_markup - log_gross;
      return access + (1.0 - sigma) * log_price + log_gross - std::log(sigma * sector.fixed_cost) - log_net;
    }
    if (!sector.fixed_input && technology.alpha(factor, s) > 0.0) {
      const double log_cost =
          ((1.0 - sigma) * log_markup + sigma * log_gross + access - std::log(sigma * sector.fixed_cost)) / sigma;
      return (log_cost - others) / technology.alpha(factor, s) - log_net;
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace pericore::equilibrium

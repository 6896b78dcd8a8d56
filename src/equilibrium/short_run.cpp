#include "equilibrium/short_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "economy/defined.h"
#include "equilibrium/free_entry.h"
#include "equilibrium/iteration.h"
#include "equilibrium/linear_system.h"
#include "equilibrium/refined_solve.h"
#include "equilibrium/regional_blocks.h"
#include "equilibrium/unknowns.h"
#include "numerics/gmres.h"

namespace pericore::equilibrium {
namespace {

using economy::Accounts;
using economy::Array;
using economy::Economy;
using economy::MarketMap;
using economy::Prices;
using economy::State;
using economy::TradeKernels;

constexpr double newton_reach = 5.0;  // residual from which it is tried
constexpr int newton_steps = 40;
constexpr int halvings = 8;  // of a Newton step
constexpr int krylov_width = 80;

void iterate(MarketMap& map, const Unknowns& unknowns, const Attempt& attempt, const SolverOptions& options, int budget,
             ShortRunEquilibrium& equilibrium) {
  Iteration iteration(map, unknowns, attempt, options, budget, equilibrium);
  Prices cleared;
  Accounts accounts;
  while (!iteration.done()) {
    map.clear_markets(iteration.next(), cleared, accounts);
    iteration.absorb(cleared, accounts);
  }
}

/// Newton's method from the best point so far, inexact (Eisenstat and Walker 1996) and with halved steps where the residual does not fall.
void newton(MarketMap& map, const Unknowns& unknowns, const SolverOptions& options, ShortRunEquilibrium& equilibrium) {
  Prices prices = equilibrium.prices;
  const double total = factor_income(map, prices);
  Prices cleared;
  Accounts accounts;
  Eigen::VectorXd x, image, step;
  const auto evaluate = [&](Eigen::VectorXd& excess) {
    map.evaluate(prices, cleared, accounts);
    ++equilibrium.evaluations;
    unknowns.pack(prices, x);
    unknowns.pack(cleared, image);
    excess = image - x;
    return excess.allFinite() && !accounts.insolvent;
  };
  Eigen::VectorXd excess;
  if (!evaluate(excess)) return;
  for (int k = 0; k < newton_steps && equilibrium.evaluations < options.max_evaluations; ++k) {
    Eigen::Index worst = 0;
    const double residual = excess.cwiseAbs().maxCoeff(&worst);
    if (residual < equilibrium.residual) {
      equilibrium.prices = prices;
      equilibrium.residual = residual;
      equilibrium.worst_market = unknowns.place(worst);
    }
    if (residual <= options.tolerance) {
      equilibrium.status = SolverStatus::converged;
      keep_solution(map, unknowns, cleared, accounts, equilibrium);
      return;
    }
    const economy::MarketTangent tangent(map, prices, cleared, accounts);
    const LinearSystem system(tangent, unknowns, {});
    const RegionalBlocks blocks(tangent, unknowns);
    const auto solved =
        numerics::gmres([&](const Eigen::VectorXd& from, Eigen::VectorXd& to) { system.product(from, to); }, excess,
                        blocks.usable() ? numerics::LinearMap([&](const Eigen::VectorXd& from, Eigen::VectorXd& to) {
                          blocks.solve(unknowns, from, to);
                        })
                                        : numerics::LinearMap(),
                        std::clamp(residual, 1e-8, 1e-2), krylov_width,
                        std::clamp(options.max_evaluations - equilibrium.evaluations, 1, 4 * krylov_width));
    equilibrium.evaluations += solved.products;
    step = solved.solution;
    if (!step.allFinite()) return;
    if (const double length = step.cwiseAbs().maxCoeff(); length > 2.0) step *= 2.0 / length;
    const double before = excess.norm();
    const Eigen::VectorXd from = x;
    bool better = false;
    for (int halving = 0; halving < halvings && !better; ++halving) {
      unknowns.unpack(from + std::ldexp(1.0, -halving) * step, prices);
      hold_scale(map, total, prices);
      better = evaluate(excess) && excess.norm() < before;
    }
    if (!better) return;
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
  for (auto& grants : state.flow_grants) grants *= share;
  for (auto& purchases : state.flow_purchases) purchases *= share;
  for (auto& shift : instruments.input_shifts) {
    shift.amount *= share;
    shift.efficiency *= share;
  }
  for (std::size_t i = 0; i < instruments.processing.size(); ++i) {
    // Policies change shares of the base year's entries, never which there are.
    economy::ProcessingShare& own = instruments.processing[i];
    const auto& base = from.instruments.processing;
    const double before =
        i < base.size() && base[i].region == own.region && base[i].sector == own.sector && base[i].input == own.input
            ? base[i].share
            : 0.0;
    own.share = before + share * (own.share - before);
  }
  return state;
}

TradeKernels between(const TradeKernels& from, const TradeKernels& to, double share) {
  TradeKernels kernels = to;
  for (std::size_t s = 0; s < kernels.freeness.size(); ++s) {
    if (to.freeness[s].size() == 0) continue;  // a compressed kernel has no entries to go between
    if (s < kernels.fast.size()) kernels.fast[s] = nullptr;
    if (from.freeness[s].size() != to.freeness[s].size()) continue;
    const Eigen::ArrayXXd a = from.freeness[s].array();
    const Eigen::ArrayXXd b = to.freeness[s].array();
    kernels.freeness[s] = (a > 0.0 && b > 0.0).select((a.log() + share * (b.log() - a.log())).exp(), b).matrix();
  }
  return kernels;
}

}  // namespace

namespace {

ShortRunEquilibrium solve_markets(MarketMap& map, const Prices& start, const SolverOptions& options) {
  const Unknowns unknowns(map);
  ShortRunEquilibrium equilibrium;
  Prices from = start;
  make_finite(map, from);
  const Attempt attempts[] = {first_attempt(options),
                              {true, 1.0, options.anderson_depth, 0.3},
                              {false, options.damping, options.anderson_depth, 1.0},
                              {false, 0.2 * options.damping, 2 * options.anderson_depth, 1.0}};
  const int budget = attempt_budget(options);
  for (const Attempt& attempt : attempts) {
    equilibrium.prices = from;
    iterate(map, unknowns, attempt, options, budget, equilibrium);
    if (equilibrium.status == SolverStatus::converged) return equilibrium;
    // Newton's method from the best point reached, on the way to the next attempt.
    if (std::isfinite(equilibrium.residual) && equilibrium.residual < newton_reach) {
      newton(map, unknowns, options, equilibrium);
      if (equilibrium.status == SolverStatus::converged) return equilibrium;
    }
  }
  return equilibrium;
}

}  // namespace

ShortRunEquilibrium solve_given_firms(const Economy& economy, const TradeKernels& kernels, const State& state,
                                      const Prices& start, const SolverOptions& options) {
  MarketMap map(economy, kernels, state);
  return solve_markets(map, start, options);
}

namespace {

ShortRunEquilibrium solve_from(const Economy& economy, const TradeKernels& kernels, const State& state,
                               const Prices& start, const SolverOptions& options) {
  economy::require_defined(economy, state);
  MarketMap map(economy, kernels, state);
  if (map.active().contestable.any()) {
    ShortRunEquilibrium settled = solve_free_entry(economy, kernels, state, start, options);
    settled.markets.reset();  // its markets were judged with firms as given
    return settled;
  }
  return solve_markets(map, start, options);
}

/// Homotopy: small steps of everything that differs from the refuge, halved where one fails.
ShortRunEquilibrium walk(const Economy& economy, const TradeKernels& kernels, const State& state, const Refuge& refuge,
                         const SolverOptions& options, int& evaluations) {
  ShortRunEquilibrium last;
  last.residual = std::numeric_limits<double>::infinity();
  Prices prices = refuge.prices;
  Accounts firms;
  firms.effective_firms = refuge.state.effective_firms;
  double reached = 0.0;
  double step = 0.25;
  int left = entry_budget(options);
  SolverOptions stage_options = options;
  while (reached < 1.0 && step > 1.0 / 512.0 && left > 0) {
    stage_options.entry_evaluations = (left + 1) / 2;  // so that a stage that fails leaves something for shorter steps
    const double target = std::min(1.0, reached + step);
    State midway = target < 1.0 ? between(refuge.state, state, target) : state;
    const TradeKernels geography =
        target < 1.0 && &refuge.kernels != &kernels ? between(refuge.kernels, kernels, target) : kernels;
    // Firms that may enter: from those of the stage before.
    if (firms.effective_firms.size() > 0) keep_firms(economy, geography, firms, midway);
    ShortRunEquilibrium stage = solve_from(economy, geography, midway, prices, stage_options);
    evaluations += stage.evaluations;
    left -= stage.evaluations;
    if (stage.status == SolverStatus::converged) {
      reached = target;
      prices = stage.prices;
      firms.effective_firms = stage.accounts.effective_firms;
      step *= 1.5;
      if (reached >= 1.0) return stage;
    } else {
      step *= 0.5;
      if (stage.residual < last.residual) last = std::move(stage);
    }
  }
  last.status = last.status == SolverStatus::converged ? SolverStatus::iteration_limit : last.status;
  return last;
}

/// The same stocks, firms and productivity without government: outlays that exceed incomes at the prices to start from may well not do so
/// at those of the equilibrium.
State without_government(const State& state) {
  State free = state;
  auto& instruments = free.instruments;
  const economy::Instruments neutral(state.firms.rows(), state.firms.cols(), state.stock.cols());
  instruments.production_subsidy = neutral.production_subsidy;
  instruments.factor_subsidy = neutral.factor_subsidy;
  instruments.purchases = neutral.purchases;
  instruments.transfers = neutral.transfers;
  instruments.production_subsidy_by_account = neutral.production_subsidy_by_account;
  instruments.factor_subsidy_by_account = neutral.factor_subsidy_by_account;
  free.flow_grants.clear();
  free.flow_purchases.clear();
  return free;
}

}  // namespace

ShortRunEquilibrium solve_short_run(const Economy& economy, const TradeKernels& kernels, const State& state,
                                    const Prices& start, const SolverOptions& options) {
  if (options.refine && worth_refining(economy, kernels, state))
    return solve_refined(economy, kernels, state, start, options);
  ShortRunEquilibrium equilibrium = solve_from(economy, kernels, state, start, options);
  if (equilibrium.status != SolverStatus::insolvent) return equilibrium;
  int evaluations = equilibrium.evaluations;
  const State free = without_government(state);
  const ShortRunEquilibrium easy = solve_from(economy, kernels, free, cold_start(economy, kernels, free), options);
  evaluations += easy.evaluations;
  if (easy.status == SolverStatus::converged) {
    SolverOptions left = options;
    left.entry_evaluations = std::max(1, entry_budget(options) - easy.evaluations);
    State from = free;
    keep_firms(economy, kernels, easy.accounts, from);
    ShortRunEquilibrium found =
        walk(economy, kernels, state, {.kernels = kernels, .state = from, .prices = easy.prices}, left, evaluations);
    if (found.status == SolverStatus::converged) equilibrium = std::move(found);
  }
  equilibrium.evaluations = evaluations;
  return equilibrium;
}

ShortRunEquilibrium solve_short_run_safely(const Economy& economy, const TradeKernels& kernels, const State& state,
                                           const Prices& start, const Refuge& refuge, const SolverOptions& options) {
  ShortRunEquilibrium equilibrium = solve_from(economy, kernels, state, start, options);
  int evaluations = equilibrium.evaluations;
  if (equilibrium.status == SolverStatus::converged) return equilibrium;

  ShortRunEquilibrium again = solve_from(economy, kernels, state, refuge.prices, options);
  evaluations += again.evaluations;
  if (again.status != SolverStatus::converged) again = walk(economy, kernels, state, refuge, options, evaluations);
  if (again.status == SolverStatus::converged || again.residual < equilibrium.residual) equilibrium = std::move(again);
  equilibrium.evaluations = evaluations;
  return equilibrium;
}

int entry_budget(const SolverOptions& options) {
  constexpr int nested = 50;
  return options.entry_evaluations > 0 ? options.entry_evaluations : nested * options.max_evaluations;
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
  const auto& technology = economy.technology(region);
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

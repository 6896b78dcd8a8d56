#include "support/census.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/errors.h"
#include "base/parallel.h"
#include "economy/market_map.h"
#include "equilibrium/free_entry.h"
#include "equilibrium/multi_start.h"
#include "equilibrium/sensitivity.h"
#include "equilibrium/unknowns.h"

namespace pericore::testing {
namespace {

using economy::Accounts;
using economy::Array;
using economy::MarketMap;
using economy::Prices;
using economy::State;
using Eigen::Index;
using equilibrium::ShortRunEquilibrium;
using equilibrium::SolverStatus;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int path_step_evaluations = 20000;    // of free entry: each step starts next to the one before
constexpr double near_fold = 1e-3;              // share of the shock from the last point solved
constexpr std::uint64_t start_purpose = 10000;  // beyond the purposes of random_economy.cpp

const char* word(SolverStatus status) {
  switch (status) {
    case SolverStatus::converged:
      return "converged";
    case SolverStatus::iteration_limit:
      return "iteration limit";
    case SolverStatus::diverged:
      return "diverged";
    case SolverStatus::insolvent:
      break;
  }
  return "insolvent";
}

/// Contestable cells filled with the planted firms.
State with_planted_firms(const RandomEconomy& draw, const State& from) {
  State state = from;
  const MarketMap map(draw.economy, draw.kernels, state);
  const auto& contestable = map.active().contestable;
  state.effective_firms = contestable.select(draw.planted_firms, state.effective_firms);
  for (Index s = 0; s < state.firms.cols(); ++s) {
    if (s != map.numeraire())
      state.firms.col(s) = contestable.col(s).select(draw.planted_firms.col(s), state.firms.col(s));
  }
  return state;
}

struct Solution {
  ShortRunEquilibrium equilibrium;
  std::string error;
  [[nodiscard]] bool converged() const { return error.empty() && equilibrium.status == SolverStatus::converged; }
};

template <class Solve>
Solution guarded(Solve&& solve) {
  Solution solution;
  try {
    solution.equilibrium = solve();
  } catch (const std::exception& error) {
    solution.error = error.what();
    solution.equilibrium.status = SolverStatus::diverged;
  }
  return solution;
}

/// The economy a share of the way from the planted one to the shocked one, in logs.
State on_the_way(const RandomEconomy& draw, double share) {
  State state = draw.planted_state;
  const auto move = [share](Array& from, const Array& to) {
    from = (from > 0.0 && to > 0.0).select((from.log() + share * (to.log() - from.log())).exp(), to);
  };
  move(state.stock, draw.state.stock);
  move(state.firms, draw.state.firms);
  move(state.effective_firms, draw.state.effective_firms);
  const Array& from = draw.planted_state.log_productivity;
  state.log_productivity =
      from.isFinite().select(from + share * (draw.state.log_productivity - from), draw.state.log_productivity);
  return state;
}

/// The direction of the shock in logs.
economy::StateChange direction(const RandomEconomy& draw) {
  const auto logs = [](const Array& from, const Array& to) -> Array {
    return (from > 0.0 && to > 0.0).select((to / from).log(), 0.0);
  };
  const Array& from = draw.planted_state.log_productivity;
  const Array productivity = draw.state.log_productivity - from;
  return {.log_stock = logs(draw.planted_state.stock, draw.state.stock),
          .log_firms = logs(draw.planted_state.effective_firms, draw.state.effective_firms),
          .log_productivity = productivity.isFinite().select(productivity, 0.0)};
}

/// How fast prices move with the share of the shock at a point of the path, by exact derivatives; infinite at a fold.
double speed(const RandomEconomy& draw, const State& state, const ShortRunEquilibrium& at) {
  try {
    const equilibrium::Sensitivity sensitivity(draw.economy, draw.kernels, state, at);
    const equilibrium::Response response = sensitivity.respond(direction(draw));
    return std::max(response.prices.log_wage.abs().maxCoeff(), response.prices.log_market_access.abs().maxCoeff());
  } catch (const NumericalError&) {
    return infinity;
  }
}

struct Path {
  double reached = 0.0;    ///< share of the shock
  double fold = infinity;  ///< share at which the path turns back, extrapolated from its last two points
  double smallest = 1.0;   ///< disposable income over factor income there, of the region where it is least
  Index region = 0;
  Solution end;  ///< of the shocked economy, if reached
  int evaluations = 0;
  bool cut_short = false;  ///< by the evaluations it may take, not by where it leads
};

/// Follows the planted equilibrium as the shock sets in, in small steps, until `most` evaluations are spent.
Path follow_shock(const RandomEconomy& draw, equilibrium::SolverOptions options, int most) {
  constexpr double shortest = 1e-4;
  options.entry_evaluations = path_step_evaluations;
  Path path;
  path.end.equilibrium.status = SolverStatus::iteration_limit;
  Prices prices = draw.planted_prices;
  const MarketMap map(draw.economy, draw.kernels, draw.planted_state);
  const auto contestable = map.active().contestable;
  Array firms = draw.planted_firms;
  double before = infinity;  // speed^-2 of the point before, and where
  double before_at = 0.0;
  for (double step = 0.1; path.reached < 1.0 && step > shortest && path.evaluations < most;) {
    const double target = std::min(1.0, path.reached + step);
    State state = target < 1.0 ? on_the_way(draw, target) : draw.state;
    state.effective_firms = contestable.select(firms, state.effective_firms);
    Solution solution =
        guarded([&] { return equilibrium::solve_short_run(draw.economy, draw.kernels, state, prices, options); });
    path.evaluations += solution.equilibrium.evaluations;
    path.cut_short = path.evaluations >= most;
    if (!solution.converged()) {
      step *= 0.5;
      continue;
    }
    path.reached = target;
    step *= 1.3;
    prices = solution.equilibrium.prices;
    firms = solution.equilibrium.accounts.effective_firms;
    const auto& accounts = solution.equilibrium.accounts;
    path.smallest =
        (accounts.disposable_income / accounts.factor_income.rowwise().sum().max(1e-300)).minCoeff(&path.region);
    // Along a fold speed^-2 falls to nothing in a straight line.
    const double now = std::pow(speed(draw, state, solution.equilibrium), -2.0);
    path.fold = now < before ? target + now * (target - before_at) / (before - now) : infinity;
    before = now;
    before_at = target;
    if (target == 1.0) path.end = std::move(solution);
  }
  return path;
}

double median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

}  // namespace

const char* name(Outcome outcome) {
  constexpr const char* names[n_outcomes] = {"solved", "no_equilibrium", "none_found", "numerical_failure",
                                             "false_success"};
  return names[static_cast<int>(outcome)];
}

double planted_residual(const RandomEconomy& draw) {
  const State state = with_planted_firms(draw, draw.planted_state);
  MarketMap map(draw.economy, draw.kernels, state);
  const equilibrium::Unknowns unknowns(map);
  Prices cleared;
  Accounts accounts;
  map.evaluate(draw.planted_prices, cleared, accounts);
  Eigen::VectorXd x;
  Eigen::VectorXd image;
  unknowns.pack(draw.planted_prices, x);
  unknowns.pack(cleared, image);
  double worst = unknowns.size() > 0 ? (image - x).cwiseAbs().maxCoeff() : 0.0;
  for (Index s = 0; s < draw.economy.n_sectors(); ++s) {
    for (Index r = 0; r < draw.economy.n_regions(); ++r) {
      if (!map.active().contestable(r, s)) continue;
      const double x_cell = accounts.profitability(r, s);
      worst = std::max(worst, state.effective_firms(r, s) > 0.0 ? std::abs(x_cell) : x_cell);
    }
  }
  return std::isfinite(worst) ? worst : infinity;
}

Prices scattered_start(const RandomEconomy& draw, std::uint64_t number) {
  // From the cold start, or from the prices before the shock.
  Prices start = number % 4 < 2 ? equilibrium::cold_start(draw.economy, draw.kernels, draw.state) : draw.planted_prices;
  return equilibrium::scattered_start(economy::MarketMap(draw.economy, draw.kernels, draw.state), std::move(start),
                                      number, [&](std::uint64_t array, std::uint64_t which, std::uint64_t i) {
                                        return keyed_normal(draw.seed, draw.index, start_purpose + array, which, i);
                                      });
}

Verdict examine(const RandomEconomy& draw, const CensusOptions& options) {
  Verdict verdict;
  verdict.index = draw.index;
  verdict.kind = draw.kind;
  verdict.existence = draw.existence;
  verdict.redraws = draw.redraws;
  verdict.regions = draw.economy.n_regions();
  verdict.sectors = draw.economy.n_sectors();
  verdict.factors = draw.economy.n_factors();
  {
    const MarketMap map(draw.economy, draw.kernels, draw.state);
    verdict.contestable = map.active().contestable.count();
    verdict.numeraire = map.numeraire() >= 0;
  }
  verdict.planted_residual = planted_residual(draw);

  const auto check = [&](const Solution& solution, Audit& found) {
    State state = draw.state;
    equilibrium::keep_firms(draw.economy, draw.kernels, solution.equilibrium.accounts, state);
    found = audit(draw.economy, draw.kernels, state, solution.equilibrium.prices, solution.equilibrium.accounts);
    return found.breach(options.market_tolerance, options.account_tolerance);
  };
  const auto clock = std::chrono::steady_clock::now();
  const Solution cold = guarded([&] {
    return equilibrium::solve_short_run(draw.economy, draw.kernels, draw.state,
                                        equilibrium::cold_start(draw.economy, draw.kernels, draw.state),
                                        options.solver);
  });
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - clock).count();
  verdict.evaluations = cold.equilibrium.evaluations;
  verdict.residual = cold.equilibrium.residual;
  if (cold.converged()) {
    const std::string breach = check(cold, verdict.audit);
    if (draw.existence == Existence::none) {
      verdict.outcome = Outcome::false_success;
      verdict.cause = "converged, but " + draw.proof;
    } else if (!breach.empty()) {
      verdict.outcome = Outcome::false_success;
      verdict.cause = "converged, but broken: " + breach;
    }
    return verdict;
  }
  verdict.cause = !cold.error.empty()
                      ? cold.error
                      : fmt::format("{}, residual {:.1e}, {}", word(cold.equilibrium.status), cold.equilibrium.residual,
                                    equilibrium::market_name(draw.economy, cold.equilibrium.worst_market));
  if (draw.existence == Existence::none) {
    verdict.outcome = Outcome::no_equilibrium;
    verdict.rescue = draw.proof;
    return verdict;
  }

  // Is there an equilibrium after all?
  const auto search_clock = std::chrono::steady_clock::now();
  const auto try_start = [&](const std::string& label, auto&& solve) {
    const Solution solution = guarded(solve);
    verdict.search_evaluations += solution.equilibrium.evaluations;
    if (!solution.converged()) return false;
    Audit found;
    if (!check(solution, found).empty()) return false;
    verdict.rescue = label;
    return true;
  };
  bool rescued = try_start("planted prices", [&] {
    return equilibrium::solve_short_run(draw.economy, draw.kernels, with_planted_firms(draw, draw.state),
                                        draw.planted_prices, options.solver);
  });
  // Outlays of fixed real size can exceed incomes at poor starting prices: without them first.
  State modest_state = draw.state;
  for (Array& purchases : modest_state.instruments.purchases) purchases.setZero();
  for (auto& transfers : modest_state.instruments.transfers) transfers.setZero();
  modest_state.flow_grants.clear();
  modest_state.flow_purchases.clear();
  const Solution modest = guarded([&] {
    return equilibrium::solve_short_run(draw.economy, draw.kernels, modest_state,
                                        equilibrium::cold_start(draw.economy, draw.kernels, modest_state),
                                        options.solver);
  });
  verdict.search_evaluations += modest.equilibrium.evaluations;
  if (modest.converged()) {
    equilibrium::keep_firms(draw.economy, draw.kernels, modest.equilibrium.accounts, modest_state);
    rescued = rescued || try_start("homotopy in outlays", [&] {
                State state = draw.state;
                equilibrium::keep_firms(draw.economy, draw.kernels, modest.equilibrium.accounts, state);
                return equilibrium::solve_short_run_safely(draw.economy, draw.kernels, state, modest.equilibrium.prices,
                                                           {draw.kernels, modest_state, modest.equilibrium.prices},
                                                           options.solver);
              });
  }
  for (int i = 0; i < options.starts && !rescued && verdict.search_evaluations < options.search_evaluations; ++i) {
    rescued = try_start(fmt::format("start {}", i), [&] {
      return equilibrium::solve_short_run(draw.economy, draw.kernels, draw.state,
                                          scattered_start(draw, static_cast<std::uint64_t>(i)), options.solver);
    });
  }
  bool exhausted = false;
  if (!rescued && draw.existence == Existence::likely) {
    const Path path = follow_shock(draw, options.solver, options.search_evaluations);
    verdict.search_evaluations += path.evaluations;
    rescued = path.end.converged() && try_start("the path of the shock", [&] {
                ShortRunEquilibrium end = path.end.equilibrium;
                end.evaluations = 0;  // counted above
                return end;
              });
    if (!rescued) {
      // Where an income runs out on the way, levies of fixed real size come to more than somebody earns. Where the path turns back, its
      // equilibrium meets another and both are gone. Where it ends for no such reason, the solver may be to blame, and is.
      const bool turns_back = path.fold - path.reached < near_fold;
      exhausted = !path.cut_short && (path.smallest < 0.01 || turns_back);
      if (turns_back) verdict.cause += fmt::format("; the path of the shock turns back at {:.4f}", path.fold);
      verdict.cause += fmt::format("; reached {:.3f} of the shock, where region {} keeps {:.1e} of its factor income",
                                   path.reached, path.region, path.smallest);
    }
  }
  verdict.search_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - search_clock).count();
  verdict.outcome = exhausted ? Outcome::none_found : Outcome::numerical_failure;
  return verdict;
}

std::vector<Verdict> take_census(std::uint64_t seed, std::uint64_t first, std::uint64_t count,
                                 const CensusOptions& options) {
  std::vector<Verdict> verdicts(count);
  parallel_for(count, 1, [&](std::size_t i) { verdicts[i] = examine(random_economy(seed, first + i), options); });
  return verdicts;
}

void print_table(std::ostream& out, const std::vector<Verdict>& verdicts) {
  fmt::print(out, "{:18} {:>6} {:>7} {:>8} {:>8} {:>8} {:>8} | {:>6} {:>6} | {:>8} {:>8} | {:>8} {:>8}\n", "class",
             "draws", "solved", "no equi.", "none", "numeric.", "false", "evals", "max", "ms", "max", "market",
             "account");
  const auto row = [&](const std::string& label, auto&& select) {
    int counts[n_outcomes] = {};
    int draws = 0;
    std::vector<double> evaluations;
    std::vector<double> times;
    double market = 0.0;
    double account = 0.0;
    for (const Verdict& v : verdicts) {
      if (!select(v)) continue;
      ++draws;
      ++counts[static_cast<int>(v.outcome)];
      if (v.outcome != Outcome::solved) continue;
      evaluations.push_back(v.evaluations);
      times.push_back(1e3 * v.seconds);
      market = std::max(market, v.audit.worst_market());
      account = std::max(account, v.audit.worst_account());
    }
    if (draws == 0) return;
    const auto largest = [](const std::vector<double>& values) {
      return values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
    };
    fmt::print(out, "{:18} {:6} {:7} {:8} {:8} {:8} {:8} | {:6.0f} {:6.0f} | {:8.2f} {:8.1f} | {:8.1e} {:8.1e}\n",
               label, draws, counts[0], counts[1], counts[2], counts[3], counts[4], median(evaluations),
               largest(evaluations), median(times), largest(times), market, account);
  };
  for (int c = 0; c < n_economy_classes; ++c) {
    const auto kind = static_cast<EconomyClass>(c);
    row(name(kind), [&](const Verdict& v) { return v.kind == kind; });
  }
  for (const Existence existence : {Existence::planted, Existence::likely, Existence::none})
    row(std::string("- ") + name(existence), [&](const Verdict& v) { return v.existence == existence; });
  row("all", [](const Verdict&) { return true; });
  const auto failed = std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& v) {
    return v.outcome == Outcome::numerical_failure || v.outcome == Outcome::false_success;
  });
  fmt::print(out, "numerical failures: {} of {} = {:.2f} %\n", failed, verdicts.size(),
             100.0 * static_cast<double>(failed) / static_cast<double>(std::max<std::size_t>(1, verdicts.size())));
  for (const Verdict& v : verdicts) {
    if (v.outcome == Outcome::solved || v.outcome == Outcome::no_equilibrium) continue;
    fmt::print(out, "{:6} {} {} {}: {}{}\n", v.index, name(v.kind), name(v.existence), name(v.outcome), v.cause,
               v.rescue.empty() ? "" : "; solved from " + v.rescue);
  }
}

void print_csv(std::ostream& out, std::uint64_t seed, const std::vector<Verdict>& verdicts) {
  fmt::print(
      out,
      "seed,index,class,existence,redraws,regions,sectors,factors,contestable,numeraire,outcome,evaluations,seconds,"
      "search_evaluations,search_seconds,residual,planted_residual,factor_markets,price_indices,market_access,goods_"
      "markets,shipments,technology,"
      "complementarity,incomes,budgets,walras,social_accounts,gdp,cause,rescue\n");
  const auto quoted = [](const std::string& text) {
    std::string copy = text;
    std::replace(copy.begin(), copy.end(), '"', '\'');
    return '"' + copy + '"';
  };
  for (const Verdict& v : verdicts) {
    const Audit& a = v.audit;
    fmt::print(out, "{},{},{},{},{},{},{},{},{},{},{},{},{:.6f},{},{:.6f},{:.3e},{:.3e},", seed, v.index, name(v.kind),
               name(v.existence), v.redraws, v.regions, v.sectors, v.factors, v.contestable, v.numeraire ? 1 : 0,
               name(v.outcome), v.evaluations, v.seconds, v.search_evaluations, v.search_seconds, v.residual,
               v.planted_residual);
    for (const double value :
         {a.factor_markets, a.price_indices, a.market_access, a.goods_markets, a.shipments, a.technology,
          a.complementarity, a.incomes, a.budgets, a.walras, a.social_accounts, a.gdp})
      fmt::print(out, "{:.3e},", value);
    fmt::print(out, "{},{}\n", quoted(v.cause), quoted(v.rescue));
  }
}

}  // namespace pericore::testing

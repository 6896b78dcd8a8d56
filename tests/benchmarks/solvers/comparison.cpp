// Ways of solving for the short-run equilibrium, compared on easy and hard economies: docs/performance.md#solvers-compared.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>

#include "base/parallel.h"
#include "equilibrium/short_run.h"
#include "solvers/economies.h"
#include "solvers/methods.h"
#include "solvers/report.h"

using namespace pericore;
using namespace pericore::benchmarks;

namespace {

const std::string solver_name = "**the solver as it is**";

struct Options {
  int regions = 285;
  int repetitions = 5;
  int budget = 2000;
  int years = 16;
  std::vector<std::string> economies{};
  std::string method{};  ///< part of a name
  std::string csv{};
};

/// One equilibrium to be found.
struct Problem {
  const SolvedEconomy& economy;
  const economy::State& state;
  const economy::Prices& start;
  const equilibrium::RegionalBlocks* blocks;
};

struct Solved {
  economy::Prices prices;
  Outcome outcome;
};

Solved solve_once(const Problem& problem, const Method* method, int budget) {
  Solved solved;
  const std::clock_t begin = std::clock();
  const auto& [base, state, start, blocks] = problem;
  if (method == nullptr) {
    auto found =
        equilibrium::solve_short_run(base.economy, base.kernels, state, start,
                                     {.tolerance = wanted_residual, .max_evaluations = budget, .blocks = blocks});
    solved.outcome.evaluations = found.evaluations;
    solved.prices = std::move(found.prices);
  } else {
    Markets markets(base.economy, base.kernels, state, start, blocks, budget);
    const Eigen::VectorXd x = method->solve(markets);
    solved.prices = markets.prices(x);
    solved.outcome.evaluations = markets.evaluations;
    solved.outcome.products = markets.products;
    solved.outcome.blocks_made = markets.blocks_made;
  }
  solved.outcome.milliseconds = 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  solved.outcome.residual = judged_residual(base.economy, base.kernels, state, solved.prices);
  // The judge's own rounding: a residual just below the tolerance may be just above it there.
  solved.outcome.failures = solved.outcome.residual <= 1.01 * wanted_residual ? 0 : 1;
  return solved;
}

constexpr double enough = 400.0;  // ms of processor time after which a solution is not repeated

/// Median of the time; everything else is the same each time.
Solved solve_often(const Problem& problem, const Method* method, const Options& options) {
  Solved solved = solve_once(problem, method, options.budget);
  if (solved.outcome.failures > 0) return solved;
  std::vector<double> times = {solved.outcome.milliseconds};
  double spent = times.front();
  for (int i = 1; i < options.repetitions && spent < enough; ++i) {
    times.push_back(solve_once(problem, method, options.budget).outcome.milliseconds);
    spent += times.back();
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  solved.outcome.milliseconds = times[times.size() / 2];
  return solved;
}

/// Starts of a year from the `order` + 1 years before: constant, linear, quadratic in logs.
economy::Prices extrapolated(const std::vector<economy::Prices>& past, int order) {
  static constexpr double weights[3][3] = {{1.0, 0.0, 0.0}, {2.0, -1.0, 0.0}, {3.0, -3.0, 1.0}};
  const auto used = std::min<std::size_t>(static_cast<std::size_t>(order), past.size() - 1);
  economy::Prices start = past.back();
  const auto combine = [&](economy::Array economy::Prices::*field) {
    economy::Array sum = economy::Array::Zero((start.*field).rows(), (start.*field).cols());
    for (std::size_t i = 0; i <= used; ++i) sum += weights[used][i] * (past[past.size() - 1 - i].*field);
    start.*field = sum;
  };
  combine(&economy::Prices::log_wage);
  combine(&economy::Prices::log_price_index);
  combine(&economy::Prices::log_market_access);
  return start;
}

/// All years one after the other, each from those before; sums.
Outcome solve_sequence(const SolvedEconomy& base, const std::vector<economy::State>& years, int order,
                       const Method* method, const equilibrium::RegionalBlocks* blocks, const Options& options) {
  Outcome total;
  std::vector<double> times;
  double spent = 0.0;
  for (int repetition = 0; repetition < options.repetitions && spent < enough; ++repetition) {
    total = {};
    std::vector<economy::Prices> past = {base.prices};
    for (const economy::State& state : years) {
      const economy::Prices start = extrapolated(past, order);
      Solved solved = solve_once({base, state, start, blocks}, method, options.budget);
      total.evaluations += solved.outcome.evaluations;
      total.products += solved.outcome.products;
      total.blocks_made += solved.outcome.blocks_made;
      total.milliseconds += solved.outcome.milliseconds;
      total.residual = std::max(total.residual, solved.outcome.residual);
      total.failures += solved.outcome.failures;
      if (solved.outcome.failures == 0) past.push_back(std::move(solved.prices));
    }
    times.push_back(total.milliseconds);
    spent += total.milliseconds;
    if (total.failures > 0) break;
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  total.milliseconds = times[times.size() / 2];
  return total;
}

void compare(const SolvedEconomy& base, const std::vector<Method>& methods, const Options& options,
             std::vector<Outcome>& outcomes) {
  std::cerr << base.name << ": residual at its equilibrium "
            << judged_residual(base.economy, base.kernels, base.state, base.prices) << '\n';
  const auto record = [&](Outcome outcome, const std::string& start, const std::string& method) {
    outcome.economy = base.name;
    outcome.start = start;
    outcome.method = method;
    outcomes.push_back(std::move(outcome));
  };
  const auto each_method = [&](const auto& run) {
    if (options.method.empty()) run(nullptr, solver_name);
    for (const Method& method : methods) {
      if (method.name.find(options.method) != std::string::npos) run(&method, method.name);
    }
  };
  equilibrium::ShortRunEquilibrium at_base;
  at_base.prices = base.prices;
  const auto blocks = equilibrium::regional_blocks_at(base.economy, base.kernels, base.state, at_base);

  const economy::Prices cold = equilibrium::cold_start(base.economy, base.kernels, base.state);
  each_method([&](const Method* method, const std::string& name) {
    record(solve_often({base, base.state, cold, nullptr}, method, options).outcome, "Cold", name);
  });
  for (const double size : {0.01, 0.2}) {
    const economy::State state = shocked(base, size);
    each_method([&](const Method* method, const std::string& name) {
      record(solve_often({base, state, base.prices, blocks.get()}, method, options).outcome,
             fmt::format("Warm, shocks of {:.0f} %", 100.0 * size), name);
    });
  }
  for (const double noise : {0.0, 0.01}) {
    const auto years = drifting(base, options.years, noise);
    for (const int order : {0, 1, 2}) {
      each_method([&](const Method* method, const std::string& name) {
        if (method != nullptr && !method->in_sequences) return;
        record(solve_sequence(base, years, order, method, blocks.get(), options),
               fmt::format("{} years of drift, {}", options.years, noise > 0.0 ? "1 % of noise" : "smooth"),
               fmt::format("{}, order {}", name, order));
      });
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Ways of solving for the short-run equilibrium, compared: Markdown to standard output");
  app.add_option("--regions", options.regions, "of every economy")->check(CLI::Range(20, 5000))->capture_default_str();
  app.add_option("--repetitions", options.repetitions,
                 "of each solution, for the median of its time; fewer where it is long")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--budget", options.budget, "evaluations and products a solution may take")->capture_default_str();
  app.add_option("--years", options.years, "of a sequence")->capture_default_str();
  app.add_option("--economy", options.economies, "only these (repeatable)");
  app.add_option("--method", options.method, "only methods whose name contains this");
  app.add_option("--csv", options.csv, "all rows as a table");
  CLI11_PARSE(app, argc, argv);
  set_thread_count(1);

  std::vector<Method> methods = own_methods();
  for (Method& method : kinsol_methods()) methods.push_back(std::move(method));
  std::vector<Outcome> outcomes;
  std::cout << "SUNDIALS: " << (sundials_version().empty() ? "not built in" : sundials_version()) << "\n\n";
  for (const SolvedEconomy& base : solved_economies(options.regions)) {
    if (!options.economies.empty() &&
        std::find(options.economies.begin(), options.economies.end(), base.name) == options.economies.end())
      continue;
    std::cout << "* " << base.name << ": " << base.what << '\n';
    compare(base, methods, options, outcomes);
  }
  write_markdown(std::cout, outcomes);
  if (options.csv.empty()) return 0;
  std::ofstream file(options.csv);
  write_csv(file, outcomes);
  file.close();
  if (!file) {
    std::cerr << options.csv << ": cannot be written\n";
    return 1;
  }
  return 0;
}

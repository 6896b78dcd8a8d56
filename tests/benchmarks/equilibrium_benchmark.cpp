// One evaluation of the market map, a cold and a warm equilibrium, the inversion, against the number of regions; 12 sectors, 11 traded.
#include <benchmark/benchmark.h>

#include <map>

#include "economy/market_map.h"
#include "equilibrium/batch.h"
#include "equilibrium/regional_blocks.h"
#include "synthetic_country.h"

using namespace pericore;

namespace {

constexpr Eigen::Index sectors = 12;

const equilibrium::BaseYear& country(Eigen::Index regions) {
  static std::map<Eigen::Index, equilibrium::BaseYear> cache;
  const auto found = cache.find(regions);
  if (found != cache.end()) return found->second;
  auto base = equilibrium::invert_base_year(benchmarks::synthetic_country(regions, sectors));
  base.kernels.accelerate();
  return cache.emplace(regions, std::move(base)).first->second;
}

void evaluation(benchmark::State& state) {
  const auto& base = country(state.range(0));
  economy::MarketMap map(base.economy, base.kernels, base.state);
  economy::Prices cleared;
  economy::Accounts accounts;
  for (auto _ : state) {
    map.evaluate(base.prices, cleared, accounts);
    benchmark::DoNotOptimize(cleared.log_wage.data());
  }
  // Two products with each matrix: R^2 S multiply-adds each; each matrix is read from memory once or twice.
  const double entries = static_cast<double>(state.range(0) * state.range(0) * (sectors - 1));
  state.counters["GFLOP/s"] = benchmark::Counter(4.0 * entries * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(evaluation)->Arg(9)->Arg(285)->Arg(1000)->Unit(benchmark::kMicrosecond);

void cold_equilibrium(benchmark::State& state) {
  const auto& base = country(state.range(0));
  int evaluations = 0;
  for (auto _ : state) {
    const auto start = equilibrium::cold_start(base.economy, base.kernels, base.state);
    const auto solved = equilibrium::solve_short_run(base.economy, base.kernels, base.state, start, {});
    if (solved.status != equilibrium::SolverStatus::converged) state.SkipWithError("not converged");
    evaluations = solved.evaluations;
  }
  state.counters["evaluations"] = evaluations;
}
BENCHMARK(cold_equilibrium)->Arg(9)->Arg(285)->Arg(1000)->Unit(benchmark::kMillisecond);

/// From the base year after shocks of one per cent to productivity, up and down by turns.
void warm_equilibrium(benchmark::State& state) {
  const auto& base = country(state.range(0));
  economy::State shocked = base.state;
  for (Eigen::Index i = 0; i < shocked.log_productivity.size(); ++i)
    shocked.log_productivity.data()[i] += i % 2 == 0 ? 0.01 : -0.01;
  int evaluations = 0;
  for (auto _ : state) {
    const auto solved = equilibrium::solve_short_run(base.economy, base.kernels, shocked, base.prices, {});
    if (solved.status != equilibrium::SolverStatus::converged) state.SkipWithError("not converged");
    evaluations = solved.evaluations;
  }
  state.counters["evaluations"] = evaluations;
}
BENCHMARK(warm_equilibrium)->Arg(9)->Arg(285)->Arg(1000)->Unit(benchmark::kMillisecond);

/// Warm equilibria of many scenarios that share trade kernels and the base year's blocks, in lock step; time is that of one of them.
void batch_of_equilibria(benchmark::State& state) {
  const auto& base = country(state.range(0));
  const auto count = static_cast<std::size_t>(state.range(1));
  const auto blocks = equilibrium::regional_blocks_at(
      base.economy, base.kernels, base.state,
      equilibrium::solve_short_run(base.economy, base.kernels, base.state, base.prices, {}));
  equilibrium::SolverOptions options;
  options.blocks = blocks.get();
  std::vector<economy::State> shocked(count, base.state);
  std::vector<equilibrium::ShortRunProblem> problems;
  for (std::size_t k = 0; k < count; ++k) {
    for (Eigen::Index i = 0; i < base.state.log_productivity.size(); ++i) {
      shocked[k].log_productivity.data()[i] +=
          (i % 2 == 0 ? 0.01 : -0.01) * (1.0 + 0.1 * static_cast<double>(k) / static_cast<double>(count));
    }
    problems.push_back({base.economy, base.kernels, shocked[k], base.prices, options});
  }
  std::size_t evaluations = 0;
  for (auto _ : state) {
    evaluations = 0;
    for (const auto& solved : equilibrium::solve_short_run_batch(problems)) {
      if (solved.status != equilibrium::SolverStatus::converged) state.SkipWithError("not converged");
      evaluations += static_cast<std::size_t>(solved.evaluations);
    }
  }
  state.counters["evaluations"] = static_cast<double>(evaluations) / static_cast<double>(count);
  state.counters["s/equilibrium"] = benchmark::Counter(
      static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(batch_of_equilibria)
    ->ArgsProduct({{285}, {1, 8, 32}})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void inversion(benchmark::State& state) {
  const auto data = benchmarks::synthetic_country(state.range(0), sectors);
  int steps = 0;
  for (auto _ : state) {
    const auto base = equilibrium::invert_base_year(data);
    steps = base.balance_steps;
  }
  state.counters["balance steps"] = steps;
}
BENCHMARK(inversion)->Arg(9)->Arg(285)->Unit(benchmark::kMillisecond);

}  // namespace

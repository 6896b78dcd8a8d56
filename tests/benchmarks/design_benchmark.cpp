#include <benchmark/benchmark.h>

#include <functional>
#include <vector>

#include "design/grid.h"
#include "design/morris.h"
#include "design/saltelli.h"
#include "design/sampling.h"
#include "design/sobol.h"
#include "sensitivity/sobol_indices.h"

using namespace pericore;
using namespace pericore::design;

namespace {

constexpr std::size_t parameters = 20;

/// Rows of a design of twenty parameters, each asked for alone.
void rows_of(benchmark::State& state, const std::function<DesignPointer()>& make) {
  const DesignPointer design = make();
  std::vector<double> unit(parameters);
  std::uint64_t row = 0;
  for (auto _ : state) {
    design->point(row, unit);
    benchmark::DoNotOptimize(unit.data());
    row = (row + 7919) % design->rows();
  }
  state.counters["points"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

constexpr std::uint64_t million = 1000000;

void full_factorial_rows(benchmark::State& state) {
  rows_of(state, [] { return make_design(FullFactorial{.levels = std::vector<std::uint64_t>(parameters, 2)}); });
}

void one_at_a_time_rows(benchmark::State& state) {
  rows_of(state, [] {
    return make_design(OneAtATime{.base = std::vector<double>(parameters, 0.5),
                                  .levels = std::vector<std::vector<double>>(parameters, {0.0, 1.0})});
  });
}

void monte_carlo_rows(benchmark::State& state) {
  rows_of(state, [] { return make_design(MonteCarlo{.runs = million, .dimensions = parameters}); });
}

/// 50,000 runs have tables, a million none.
void latin_hypercube_rows(benchmark::State& state) {
  const auto runs = static_cast<std::uint64_t>(state.range(0));
  rows_of(state, [=] { return make_design(LatinHypercube{.runs = runs, .dimensions = parameters}); });
}

void sobol_rows(benchmark::State& state) {
  const auto scrambling = static_cast<Scrambling>(state.range(0));
  rows_of(state,
          [=] { return make_design(Sobol{.runs = million, .dimensions = parameters, .scrambling = scrambling}); });
}

void morris_rows(benchmark::State& state) {
  rows_of(state, [] { return make_design(Morris{.trajectories = million / 21, .groups = Groups(parameters)}); });
}

void radial_rows(benchmark::State& state) {
  rows_of(state, [] { return make_design(RadialMorris{.blocks = million / 21, .dimensions = parameters}); });
}

void saltelli_rows(benchmark::State& state) {
  rows_of(state, [] {
    return make_design(Saltelli{.base_points = 16384, .groups = Groups(parameters), .second_order = true});
  });
}

/// Making a design: what a shard pays before its first row.
void latin_hypercube_made(benchmark::State& state) {
  const LatinHypercube options{.runs = static_cast<std::uint64_t>(state.range(0)), .dimensions = parameters};
  for (auto _ : state) benchmark::DoNotOptimize(make_design(options));
}

void sobol_made(benchmark::State& state) {
  const Sobol options{.runs = million, .dimensions = static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) benchmark::DoNotOptimize(make_design(options));
}

/// Indices of first and second order of twenty parameters with 1,000 replications, from 4,096 base points.
void sobol_indices_with_intervals(benchmark::State& state) {
  const SaltelliLayout layout(parameters, true);
  std::vector<double> outputs;
  const auto design = make_design(MonteCarlo{.runs = 4096 * layout.block(), .dimensions = 1});
  double unit = 0.0;
  for (std::uint64_t row = 0; row < design->rows(); ++row) {
    design->point(row, {&unit, 1});
    outputs.push_back(unit);
  }
  for (auto _ : state) benchmark::DoNotOptimize(sensitivity::sobol_indices(outputs, layout, {}));
}

}  // namespace

BENCHMARK(full_factorial_rows);
BENCHMARK(one_at_a_time_rows);
BENCHMARK(monte_carlo_rows);
BENCHMARK(latin_hypercube_rows)->Arg(50000)->Arg(1000000);
BENCHMARK(sobol_rows)->Arg(0)->Arg(1);
BENCHMARK(morris_rows);
BENCHMARK(radial_rows);
BENCHMARK(saltelli_rows);
BENCHMARK(latin_hypercube_made)->Arg(50000)->Arg(1000000)->Unit(benchmark::kMillisecond);
BENCHMARK(sobol_made)->Arg(20)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(sobol_indices_with_intervals)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

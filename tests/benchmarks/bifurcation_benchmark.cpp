// Long-run equilibria and stability against the number of regions: rings of core-periphery economies.
#include <benchmark/benchmark.h>

#include <cmath>

#include "bifurcation/critical_points.h"
#include "bifurcation/diagram.h"
#include "bifurcation/ring_modes.h"
#include "bifurcation/textbook_models.h"

using namespace pericore;

namespace {

bifurcation::Model racetrack(Eigen::Index regions) {
  // The same circumference whatever the number of regions: T = e^2.4 all the way round.
  return testing::core_periphery_model(4.0, 0.2, testing::ring(regions, std::exp(2.4 / static_cast<double>(regions))));
}

/// Growth rates of all waves: one short-run equilibrium, one factorisation, one column.
void waves_of_a_ring(benchmark::State& state) {
  const bifurcation::LongRun system(racetrack(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(ring_modes(system, system.evaluate(system.even_state())).data());
}
BENCHMARK(waves_of_a_ring)->Arg(12)->Arg(100)->Arg(300)->Unit(benchmark::kMillisecond);

/// The whole Jacobian and its eigenvalues, as any geography needs them.
void full_spectrum(benchmark::State& state) {
  const bifurcation::LongRun system(racetrack(state.range(0)));
  const auto even = system.evaluate(system.even_state());
  for (auto _ : state) benchmark::DoNotOptimize(spectrum(system, even).eigenvalues.data());
}
BENCHMARK(full_spectrum)->Arg(12)->Arg(100)->Arg(300)->Unit(benchmark::kMillisecond);

/// One random start to a rest point along the laws of motion.
void motion_to_rest(benchmark::State& state) {
  const bifurcation::LongRun system(racetrack(state.range(0)));
  int steps = 0;
  for (auto _ : state) steps = bifurcation::follow_motion(system, bifurcation::random_start(system, 1, 0)).steps;
  state.counters["steps"] = steps;
}
BENCHMARK(motion_to_rest)->Arg(2)->Arg(12)->Unit(benchmark::kMillisecond);

/// Break and sustain point of two regions, each to twelve digits.
void break_and_sustain_point(benchmark::State& state) {
  const auto model_at = [](double t) {
    Eigen::MatrixXd cost(2, 2);
    cost << 1.0, t, t, 1.0;
    return testing::core_periphery_model(5.0, 0.4, cost);
  };
  for (auto _ : state)
    benchmark::DoNotOptimize(
        bifurcation::find_critical_points(model_at, {.from = 1.02, .to = 3.0}).break_points.data());
}
BENCHMARK(break_and_sustain_point)->Unit(benchmark::kMillisecond);

/// The whole tomahawk.
void tomahawk(benchmark::State& state) {
  const auto model_at = [](double t) { return testing::core_periphery_model(5.0, 0.4, testing::two_regions(t)); };
  for (auto _ : state)
    benchmark::DoNotOptimize(
        bifurcation::trace_diagram(model_at, {.from = 1.3, .to = 2.2, .configured = 1.7, .starts = 5}).branches.data());
}
BENCHMARK(tomahawk)->Unit(benchmark::kMillisecond);

}  // namespace

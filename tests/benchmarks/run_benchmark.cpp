// Whole runs of the shipped scenarios: reading and calibration (what `pericore check` does), and the years alone, panel included.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "config/build_model.h"
#include "simulation/run.h"

using namespace pericore;

namespace {

const std::string source = PERICORE_SOURCE_DIR;

void calibration(benchmark::State& state, const std::string& file) {
  for (auto _ : state) {
    const auto model = config::load_model(source + file, {});
    const auto base = simulation::prepare(model);
    benchmark::DoNotOptimize(base.sizes.gdp.data());
  }
}
BENCHMARK_CAPTURE(calibration, jilin, "/scenarios/jilin/high_end_services.yaml")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(calibration, china, "/scenarios/china/baseline.yaml")->Unit(benchmark::kMillisecond);

/// The laws of motion alone: what is left of calibration once the base year is inverted.
void preparation(benchmark::State& state, const std::string& file) {
  const auto model = config::load_model(source + file, {});
  for (auto _ : state) {
    const auto base = simulation::prepare(model);
    benchmark::DoNotOptimize(base.sizes.gdp.data());
  }
}
BENCHMARK_CAPTURE(preparation, china, "/scenarios/china/baseline.yaml")->Unit(benchmark::kMillisecond);

void years(benchmark::State& state, const std::string& file, const std::vector<std::string>& options) {
  const auto model = config::load_model(source + file, options);
  const auto base = simulation::prepare(model);
  int evaluations = 0;
  for (auto _ : state) {
    evaluations = 0;
    simulation::RunOptions run;
    run.progress = [&](int, int count) { evaluations += count; };
    const auto panel = simulation::run(model, base, run);
    benchmark::DoNotOptimize(panel.variables().data());
  }
  state.counters["evaluations"] = evaluations;
}

void years_2010_to_2020(benchmark::State& state, const std::string& file) { years(state, file, {}); }
BENCHMARK_CAPTURE(years_2010_to_2020, jilin, "/scenarios/jilin/high_end_services.yaml")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(years_2010_to_2020, china, "/scenarios/china/baseline.yaml")->Unit(benchmark::kMillisecond);

/// The size of a national run: 361 regions, 12 sectors, 16 years; in the last six travel times stand still.
void sixteen_years(benchmark::State& state, const std::string& file) { years(state, file, {"years=[2010, 2025]"}); }
BENCHMARK_CAPTURE(sixteen_years, china, "/scenarios/china/baseline.yaml")
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

/// Sixteen years under so many policies of different size at once; time of all of them.
void runs_together(benchmark::State& state, const std::string& file) {
  const std::vector<std::string> sixteen = {"years=[2010, 2025]"};
  const auto model = config::load_model(source + file, sixteen);
  const auto base = simulation::prepare(model);
  const auto count = static_cast<std::size_t>(state.range(0));
  policy::PolicyEntry support;
  support.lever = "producer_service_support";
  support.sectors = model.producer_services;
  std::vector<std::vector<policy::PolicyEntry>> policies;
  for (std::size_t i = 0; i < count; ++i) {
    support.size = 0.001 * static_cast<double>(i + 1);
    policies.push_back({support});
  }
  for (auto _ : state) {
    for (const simulation::Outcome& outcome : simulation::run_together(model, base, policies)) {
      if (!outcome.panel) state.SkipWithError("a run failed");
    }
  }
  state.counters["runs/s"] =
      benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(runs_together, china, "/scenarios/china/baseline.yaml")
    ->Arg(1)
    ->Arg(8)
    ->Arg(16)
    ->Arg(32)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

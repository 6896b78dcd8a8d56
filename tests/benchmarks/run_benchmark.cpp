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

}  // namespace

// Whole runs of the shipped scenarios, 2010 to 2020: calibration, and the years alone.
#include <benchmark/benchmark.h>

#include <string>

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

void years_2010_to_2020(benchmark::State& state, const std::string& file) {
  const auto model = config::load_model(source + file, {});
  const auto base = simulation::prepare(model);
  int evaluations = 0;
  for (auto _ : state) {
    evaluations = 0;
    simulation::RunOptions options;
    options.progress = [&](int, int count) { evaluations += count; };
    const auto panel = simulation::run(model, base, options);
    benchmark::DoNotOptimize(panel.variables().data());
  }
  state.counters["evaluations"] = evaluations;
}
BENCHMARK_CAPTURE(years_2010_to_2020, jilin, "/scenarios/jilin/high_end_services.yaml")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(years_2010_to_2020, china, "/scenarios/china/baseline.yaml")->Unit(benchmark::kMillisecond);

}  // namespace

// Whole runs of the shipped scenarios: reading and calibration (what `pericore check` does), and the years alone, panel included.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "benchmarks/national_scenario.h"
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

void years(benchmark::State& state, const simulation::Model& model) {
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

void years_2010_to_2020(benchmark::State& state, const std::string& file) {
  years(state, config::load_model(source + file, {}));
}
BENCHMARK_CAPTURE(years_2010_to_2020, jilin, "/scenarios/jilin/high_end_services.yaml")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(years_2010_to_2020, china, "/scenarios/china/baseline.yaml")->Unit(benchmark::kMillisecond);

/// The size of a national run: 361 regions, 12 sectors, 16 years; in the last six travel times stand still.
void sixteen_years(benchmark::State& state, const std::string& file) {
  const std::vector<std::string> sixteen = {"years=[2010, 2025]"};
  years(state, config::load_model(source + file, sixteen));
}
BENCHMARK_CAPTURE(sixteen_years, china, "/scenarios/china/baseline.yaml")
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

/// The size that the aims of speed name: 281 regions at home and the rest, 9 sectors, 7 factors, 16 years; few variables kept.
simulation::Model national_model() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("pericore-benchmark-{}", ::getpid());
  const auto model = config::load_model(benchmarks::write_national_scenario(folder), {});
  std::filesystem::remove_all(folder);
  return model;
}

void national_calibration(benchmark::State& state) {
  const auto model = national_model();
  for (auto _ : state) {
    const auto base = simulation::prepare(model);
    benchmark::DoNotOptimize(base.sizes.gdp.data());
  }
}
BENCHMARK(national_calibration)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

void national_run(benchmark::State& state) { years(state, national_model()); }
BENCHMARK(national_run)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

/// Sixteen years under so many policies of different size at once; time of all of them.
void runs_together(benchmark::State& state, const simulation::Model& model) {
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
  const auto path = simulation::trend_path(model, base);
  simulation::RunOptions options;
  options.beside = &path;
  std::atomic<int> evaluations = 0;
  options.progress = [&](int, int used) { evaluations += used; };
  for (auto _ : state) {
    evaluations = 0;
    for (const simulation::Outcome& outcome : simulation::run_together(model, base, policies, options)) {
      if (!outcome.panel) state.SkipWithError("a run failed");
    }
  }
  state.counters["evaluations/run"] = static_cast<double>(evaluations) / static_cast<double>(count);
  state.counters["runs/s"] =
      benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate);
}
void runs_together_china(benchmark::State& state) {
  const std::vector<std::string> sixteen = {"years=[2010, 2025]"};
  runs_together(state, config::load_model(source + "/scenarios/china/baseline.yaml", sixteen));
}
BENCHMARK(runs_together_china)->Arg(1)->Arg(16)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);

void runs_together_national(benchmark::State& state) { runs_together(state, national_model()); }
BENCHMARK(runs_together_national)
    ->Arg(1)
    ->Arg(8)
    ->Arg(16)
    ->Arg(32)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

// Fixed effects of ten million rows: effects swept out of a response and two regressors, then least squares.
#include <benchmark/benchmark.h>

#include <cmath>

#include "base/memory.h"
#include "econometrics/linear_panel.h"

namespace pericore::econometrics {
namespace {

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

double draw(std::uint64_t purpose, std::uint64_t i) {
  return static_cast<double>(mix(mix(purpose) ^ i) >> 11U) * 0x1.0p-53 - 0.5;
}

/// Firms in order with ten rows each; the second effect is the year, or one of many towns drawn at random.
Sample make_sample(Eigen::Index rows, int second) {
  Sample sample;
  sample.y_name = "y";
  const auto count = static_cast<std::size_t>(rows);
  Grouping firm{"firm", std::vector<int>(count), static_cast<int>(rows / 10)};
  Grouping other{"second", std::vector<int>(count), second};
  sample.exogenous.names = {"x1", "x2"};
  sample.exogenous.values.resize(rows, 2);
  sample.y.resize(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const auto at = static_cast<std::size_t>(i);
    firm.codes[at] = static_cast<int>(i / 10);
    other.codes[at] =
        second == 10 ? static_cast<int>(i % 10) : static_cast<int>(mix(at) % static_cast<std::uint64_t>(second));
    const double a = draw(1, static_cast<std::uint64_t>(firm.codes[at]));
    const double b = draw(2, static_cast<std::uint64_t>(other.codes[at]));
    sample.exogenous.values(i, 0) = draw(3, at) + a;
    sample.exogenous.values(i, 1) = draw(4, at) + b;
    sample.y[i] = sample.exogenous.values(i, 0) - 0.5 * sample.exogenous.values(i, 1) + a + b + draw(5, at);
  }
  sample.absorbed = {firm, other};
  return sample;
}

/// Arguments: millions of rows, levels of the second effect.
void absorb_fixed_effects(benchmark::State& state) {
  keep_freed_memory();  // as `pericore estimate` does
  const Sample sample = make_sample(state.range(0) * 1'000'000, static_cast<int>(state.range(1)));
  for (auto _ : state) {
    const Estimate estimate = fixed_effects(sample, {});
    benchmark::DoNotOptimize(estimate.rss);
  }
}
BENCHMARK(absorb_fixed_effects)
    ->Args({1, 10})
    ->Args({10, 10})
    ->Args({10, 100'000})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace pericore::econometrics

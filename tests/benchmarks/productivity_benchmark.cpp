#include <benchmark/benchmark.h>

#include "productivity/analysis.h"
#include "productivity/random_units.h"

using namespace pericore;
using namespace pericore::productivity;

namespace {

/// Cities x years with two inputs and one output.
panel::Table synthetic_panel(int cities, int years) {
  std::vector<std::vector<double>> columns(5);
  for (int t = 0; t < years; ++t) {
    const Units units = random_units(Kind::smooth, 31 + static_cast<std::uint64_t>(t), cities, 2, 1);
    for (int i = 0; i < cities; ++i) {
      const double row[] = {static_cast<double>(i), 2003.0 + t, units.inputs(i, 0), units.inputs(i, 1),
                            units.outputs(i, 0)};
      for (std::size_t c = 0; c < 5; ++c) columns[c].push_back(row[c]);
    }
  }
  panel::Table table(columns[0].size());
  const char* names[] = {"city", "year", "capital", "labour", "gdp"};
  for (std::size_t c = 0; c < 5; ++c) table.add({.name = names[c], .numbers = columns[c], .texts = {}, .unit = {}});
  return table;
}

/// Scores and Malmquist indices of cities x 16 years: 4 programs an observation, less those beyond the ends (17,422 of 281 cities).
void malmquist_of_panel(benchmark::State& state) {
  const auto cities = static_cast<int>(state.range(0));
  const panel::Table table = synthetic_panel(cities, 16);
  Specification specification;
  specification.entity = "city";
  specification.time = "year";
  specification.inputs = {"capital", "labour"};
  specification.outputs = {"gdp"};
  for (auto _ : state) benchmark::DoNotOptimize(analyse(table, specification));
  state.counters["programs"] = benchmark::Counter(static_cast<double>(state.iterations()) * cities * (4.0 * 16.0 - 2.0),
                                                  benchmark::Counter::kIsRate);
}

}  // namespace

BENCHMARK(malmquist_of_panel)->Arg(31)->Arg(281)->Arg(3000)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

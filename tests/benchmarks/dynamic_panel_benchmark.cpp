/// System and difference GMM against the size of the panel. Instruments: all lags of the dependent variable (281 x 16: 105 + 14 columns, 3,000 x 20:
/// 171 + 18) with the regressors and year dummies as iv, or all lags of the regressors too.
#include <benchmark/benchmark.h>

#include "econometrics/dynamic_panel.h"
#include "econometrics/dynamic_panel_support.h"

namespace {

using namespace pericore::econometrics;
using pericore::econometrics::testing::normal;
using pericore::econometrics::testing::TestPanel;

/// y_it = 0.5 y_i,t-1 + the sum of 0.1 x_k + a_i + year + e_it with autoregressive regressors.
TestPanel synthetic_panel(int entities, int periods, int regressors) {
  TestPanel panel;
  const int rows = entities * periods;
  std::vector<Eigen::VectorXd> x(static_cast<std::size_t>(regressors), Eigen::VectorXd(rows));
  Eigen::VectorXd y(rows);
  int r = 0;
  for (int i = 0; i < entities; ++i) {
    const auto key = static_cast<std::uint64_t>(i);
    const double effect = normal(1, 1, key, 0);
    std::vector<double> value(x.size(), 0.0);
    double level = 2.0 * effect;
    for (int t = -10; t < periods; ++t) {
      const auto when = static_cast<std::uint64_t>(t + 10);
      level = 0.5 * level + effect + 0.05 * t + normal(1, 2, key, when);
      for (std::size_t k = 0; k < x.size(); ++k) {
        value[k] = 0.7 * value[k] + 0.2 * effect + normal(1, 3 + k, key, when);
        level += 0.1 * value[k];
      }
      if (t < 0) continue;
      panel.entity.push_back(i);
      panel.time.push_back(2000 + t);
      y[r] = level;
      for (std::size_t k = 0; k < x.size(); ++k) x[k][r] = value[k];
      ++r;
    }
  }
  panel.variables["y"] = y;
  for (std::size_t k = 0; k < x.size(); ++k) panel.variables["x" + std::to_string(k)] = x[k];
  return panel;
}

DynamicPanel model(int entities, int periods, bool all_lagged) {
  constexpr int regressors = 6;
  const TestPanel data = synthetic_panel(entities, periods, regressors);
  std::vector<PanelColumn> terms{data.term("y", 1)};
  std::vector<std::string> names;
  for (int k = 0; k < regressors; ++k) names.push_back("x" + std::to_string(k));
  for (const std::string& name : names) terms.push_back(data.term(name));
  for (const PanelColumn& dummy : data.period_dummies()) terms.push_back(dummy);
  DynamicPanel panel = data.model("y", terms);
  panel.gmm = {data.gmm("y", 2)};
  for (const std::string& name : names) {
    if (all_lagged) {
      panel.gmm.push_back(data.gmm(name, 2));
    } else {
      panel.iv.push_back({name, {data.term(name)}, InstrumentEquation::both});
    }
  }
  panel.iv.push_back({"i(year)", data.period_dummies(), InstrumentEquation::level});
  return panel;
}

void system_gmm(benchmark::State& state) {
  const DynamicPanel panel =
      model(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)), state.range(2) != 0);
  long instruments = 0;
  for (auto _ : state) {
    const Estimate estimate = dynamic_panel(panel, {});
    benchmark::DoNotOptimize(estimate.coefficients.data());
    instruments = *estimate.n_instruments;
  }
  state.counters["instruments"] = static_cast<double>(instruments);
}
BENCHMARK(system_gmm)
    ->ArgNames({"entities", "periods", "all"})
    ->Args({281, 16, 0})
    ->Args({281, 16, 1})
    ->Args({3000, 20, 0})
    ->Args({3000, 20, 1})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

void difference_gmm(benchmark::State& state) {
  const DynamicPanel panel = model(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)), false);
  DynamicPanelOptions options;
  options.system = false;
  for (auto _ : state) {
    const Estimate estimate = dynamic_panel(panel, options);
    benchmark::DoNotOptimize(estimate.coefficients.data());
  }
}
BENCHMARK(difference_gmm)
    ->ArgNames({"entities", "periods"})
    ->Args({281, 16})
    ->Args({3000, 20})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

}  // namespace
